"""What a question wants to be told about: an article, or a thing in the articles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from index.documents import Document
from qa.confidence import support

if TYPE_CHECKING:
    from qa.conversation import Turn

_ARTICLE = (
    r"(?:(?:the|this|that|your)\s(?:(?:whole|full|entire|above|same|main|latest|current"
    r"|new|news|long|short|given)\s)?(?:article|text|story|news|document|report"
    r"|page|piece|passage|post)s?|this|that|it|everything|all(?: of (?:it|this))?)"
)
_SUMMARY = (
    r"(?:(?:short|brief|quick|concise|general)\s)?(?:summary|overview|outline|gist|recap"
    r"|synopsis|digest|point|tl;?\s?dr|(?:key|main|most important|central|important)\s"
    r"(?:points?|ideas?|facts?|takeaways?|messages?|findings?|topics?"
    r"|themes?|things?|events?|subject)|highlights|takeaways|bottom line|main story"
    r"|topic|subject)"
)
_POLITE = r"(?:(?:please|can you|could you|would you|so|ok|and|in short|briefly)[, ]+)*"
_OF = r"(?:\s(?:of|about|on|for|in|from)\s)"
# How long it is to be is not for who asks to say.
_IN_SHORT = re.compile(
    r",? (?:in|with|using) (?:[\w-]+ ){0,3}(?:sentences?|words?|lines?|points?|bullets?"
    r"|paragraphs?|brief)$",
    re.IGNORECASE,
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_POLITE}(?:summari[sz]e|sum(?: (?:it|this|that))? up|recap|outline)"
        rf"(?:\s(?:{_ARTICLE}))?"
        r"(?:,?\s(?:up|for me|briefly|please|in short))*"
        r"(?:\s(?:(?:about|on|of)\s)?(?P<topic>\S.*))?",
        rf"{_POLITE}(?:(?:give|show|tell|write)\s(?:me\s)?|what(?:'?s|\sis|\sare)\s|i "
        rf"(?:want|need)\s)?(?:an?\s|the\s|some\s)?{_SUMMARY}(?:{_OF}(?:{_ARTICLE}|"
        r"(?P<topic>\S.*)))?(?:\splease)?",
        rf"{_POLITE}what(?:'?s|\sis|\swas|\sare|\sdoes|\sdid|\sdo)\s{_ARTICLE}(?:\s(?P<topic>"
        r"(?:about|on)\s\S.*?))?\s(?:(?:all\s)?about|say|tell us|talk about|deal with"
        r"|discuss|cover|report|describe)",
        rf"{_POLITE}tell me (?:more )?about (?:the|this|that)\s(?:article|text|story"
        r"|news|document|report|page)",
        rf"{_POLITE}what(?:'?s| is| has| was)?\s(?:happened|happening|going on|the news"
        r"|the story|been happening)(?:\s(?:here|in (?:this|the) (?:article|story|text"
        r"|news)))?",
        r"what(?:'?s|\sis|\swas)\s[\"“](?P<topic>.+)[\"”]\s(?:all\s)?about",
    )
)
# "What is it about?" after an answer asks about that answer.
_POINTS_BACK = re.compile(r"\b(?:it|that)\b", re.IGNORECASE)
_ABOUT = re.compile(
    rf"{_POLITE}(?:(?:tell me|what do (?:you|we) know|what (?:do|does|is said in|did) "
    rf"{_ARTICLE} (?:say|tell us|report|mention|write)|what (?:is|was) said|anything"
    r"|(?:some )?(?:information|details|more|facts)|what can you tell me)"
    r"(?: (?:more|anything|something))? (?:about|on) )(?P<topic>\S.{1,80})",
    re.IGNORECASE,
)
# "What did she say about the bridge?", where no words are her answer by themselves.
_SPOKEN = re.compile(
    r"(?:(?:and|so|but) )?what (?:did|does|do|has|have) (?P<who>"
    r"(?!(?:he|she|it|they|you|we|i)\b)\S.{0,60}?) (?:say|said|says|tell us|told"
    r"|mention(?:ed)?)"
    r"(?: (?:about|on|of) (?P<what>\S.{0,80}))?"
    r"|what (?:has )?happened (?:in|at|to|with|during) (?P<where>\S.{0,80})",
    re.IGNORECASE,
)
_PLEASE = re.compile(r",?\s(?:please|pls|plz|thanks)$", re.IGNORECASE)
_KIND_OF_TEXT = r"(?:article|text|story|news|document|report|piece)"
# Words of questions and sentences, which no mere name of a topic has.
_ASKING = (
    r"(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|do|does|did|has"
    r"|have|had|can|could|will|would|should)"
)
_CHOICE = re.compile(
    rf"(?!{_ASKING}\b)(?:the (?:one|{_KIND_OF_TEXT}) (?:about|on|with|of) )?"
    r"(?P<topic>\S.{1,80})",
    re.IGNORECASE,
)
_NO_OPENING = (
    rf"(?:{_ASKING}|and|or|but|so|the|any|some|more|yes|no|not|name|list|show|give|tell"
    r"|explain)"
)
_NO_KEYWORD = (
    rf"(?:{_ASKING}|he|she|it|they|that|this|there|else|other|others|me|you|i)"
)
_KEYWORD = r"[^\W_][\w’'.-]*"
# A few words without a verb, as typed into a search box.
_KEYWORDS = re.compile(
    rf"(?!{_NO_OPENING}\b){_KEYWORD}(?: (?!{_NO_KEYWORD}\b){_KEYWORD}){{0,3}}",
    re.IGNORECASE,
)


def wanted_article(question: str, history: Sequence[Turn]) -> str | None:
    """Return the article that an overview is asked of; see ``overview_topic``.

    When the reply before asked which article was meant, this names it.
    """
    topic = overview_topic(question, in_talk=bool(history))
    if topic is not None or not history or history[-1].citations:
        return topic
    before = overview_topic(history[-1].question, in_talk=len(history) > 1)
    return chosen_topic(question) if before == "" else None


def titled(
    topic: str, known: Sequence[str], documents: Mapping[str, Document]
) -> str | None:
    """Return the document whose title or id a topic is, or whose title alone has it."""
    for doc_id in known:
        if topic.lower() in (documents[doc_id].title.lower(), doc_id.lower()):
            return doc_id
    having = [d for d in known if support(topic, documents[d].title) == 1.0]
    return having[0] if len(having) == 1 else None


def overview_topic(question: str, *, in_talk: bool) -> str | None:
    """Return the article that an overview is asked of, as the question names it.

    Args:
        question: As asked.
        in_talk: Whether something was said before, which "it" may be.

    Returns:
        What was named, empty when it is just "this article"; ``None`` when no
        overview is asked for.
    """
    asked = " ".join(question.replace("’", "'").split()).rstrip("?!. ")
    asked = _IN_SHORT.sub("", _PLEASE.sub("", asked))
    for pattern in _PATTERNS:
        match = pattern.fullmatch(asked)
        if match is None:
            continue
        if in_talk and pattern is _PATTERNS[2] and _POINTS_BACK.search(asked):
            return None
        topic = match.groupdict().get("topic") or ""
        return _plain_topic(topic)
    return None


def chosen_topic(reply: str) -> str | None:
    """Return what names an article in the reply to "which one do you mean?"."""
    asked = " ".join(reply.split()).rstrip("?!. ")
    match = _CHOICE.fullmatch(_PLEASE.sub("", asked))
    return _plain_topic(match["topic"]) if match else None


def _plain_topic(topic: str) -> str:
    """Return a topic without articles and "story" round it."""
    topic = re.sub(r"^(?:about|on|the|an?)\s", "", topic, flags=re.IGNORECASE)
    topic = re.sub(rf"\s{_KIND_OF_TEXT}$", "", topic, flags=re.IGNORECASE)
    return topic.strip('"“” ')


def wanted_subject(question: str) -> str | None:
    """Return the X of "tell me about X", or of just "X"; ``None`` for questions."""
    asked = _PLEASE.sub("", " ".join(question.split()).rstrip("?!. "))
    match = _ABOUT.fullmatch(asked)
    if match:
        return match["topic"]
    return asked if _KEYWORDS.fullmatch(asked) else None


def spoken_subject(question: str) -> str | None:
    """Return what the sentences that tell what someone said, or what happened, have.

    Of "what did Maria Keller say about the bridge?" these are her last name and the
    bridge.
    """
    match = _SPOKEN.fullmatch(" ".join(question.split()).rstrip("?!. "))
    if match is None:
        return None
    who = (match["who"] or "").split()[-1:]
    return " ".join([*who, match["what"] or match["where"] or ""]).strip()
