"""What an article is about: the sentences that carry it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.boilerplate import is_boilerplate
from index.documents import Document
from index.embedder import Embedder
from index.passages import Passage
from index.sentences import sentence_spans
from index.vectors import Vectors
from qa.confidence import support

_ARTICLE = (
    r"(?:(?:the|this|that|your)\s(?:\w+\s)?(?:article|text|story|news|document|report"
    r"|page|piece|passage|post)s?|this|that|it|everything|all(?: of (?:it|this))?)"
)
_SUMMARY = (
    r"(?:(?:short|brief|quick|concise|general)\s)?(?:summary|overview|outline|gist|recap"
    r"|synopsis|digest|tl;?\s?dr|(?:key|main|most important|central|important)\s"
    r"(?:points?|ideas?|facts?|takeaways?|messages?|findings?|topics?"
    r"|themes?|things?|events?|subject)|highlights|takeaways|bottom line|main story"
    r"|topic|subject)"
)
_POLITE = r"(?:(?:please|can you|could you|would you|so|ok|and|in short|briefly)[, ]+)*"
_OF = r"(?:\s(?:of|about|on|for|in|from)\s)"
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
_PLEASE = re.compile(r",?\s(?:please|pls|plz|thanks)$", re.IGNORECASE)
_KIND_OF_TEXT = r"(?:article|text|story|news|document|report|piece)"
_CHOICE = re.compile(
    r"(?!(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|has|have|can"
    rf"|will)\b)(?:the (?:one|{_KIND_OF_TEXT}) (?:about|on|with|of) )?(?P<topic>\S.{{1,80}})",
    re.IGNORECASE,
)
# A few words without a verb, as typed into a search box.
_KEYWORDS = re.compile(
    r"(?!(?:who|whom|whose|what|when|where|why|how|which|and|or|but|so|the|any|some|more"
    r"|yes|no|not|name|list|show|give|tell|explain)\b)[^\W_][\w’'.-]*(?: (?!(?:is|are|was|were|do"
    r"|does|did|has|have|had|can|could|will|would|should|he|she|it|they|that|this|there"
    r"|who|what|when|where|why|how|which|else|me|you|i)\b)[^\W_][\w’'.-]*){0,3}",
    re.IGNORECASE,
)
_MAX_SENTENCES = 150
_MIN_WORDS = 5
_MAX_ABOUT = 4
# Weights of the likeness to the sentences before and after, and the share of the
# range of likenesses that counts as none (PacSum's lambda and beta).
_BEFORE, _AFTER, _CUT = 0.8, 1.0, 0.3
# What a sentence loses by its likeness to one already chosen.
_REPEATS = 0.6
# And by opening with a pronoun, whose sense may stand in a sentence left out.
_DANGLES = 0.2
_PRONOUN = re.compile(r"(?:He|She|It|They|This|That|These|Those)\b")


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
    asked = _PLEASE.sub("", asked)
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


def sentences_about(
    subject: str, passages: Sequence[Passage]
) -> list[tuple[str, int, int]]:
    """Return where the passages' sentences stand that have all words of a subject.

    Args:
        subject: A name or noun phrase.
        passages: Best first, of one or more documents.

    Returns:
        Document ids with offsets, in the order of the text; those of the first
        document that has any, at most as many as an overview has.
    """
    found: dict[tuple[str, int, int], None] = {}
    for passage in passages:
        for start, end in sentence_spans(passage.text):
            sentence = passage.text[start:end]
            if _is_whole(sentence) and support(subject, sentence) == 1.0:
                place = (passage.doc_id, passage.start + start, passage.start + end)
                found.setdefault(place)
    first = next(iter(found), ("", 0, 0))[0]
    return sorted(place for place in found if place[0] == first)[:_MAX_ABOUT]


def central_sentences(document: Document, embedder: Embedder) -> list[tuple[int, int]]:
    """Return the offsets of the 3 to 5 sentences that carry an article, in order.

    A sentence counts by its likeness to the others, to those after it more than to
    those before it, as stories put first what matters: position-augmented centrality
    (PacSum, Zheng and Lapata 2019), after LexRank (Erkan and Radev 2004).
    What has been said by a chosen sentence counts less (maximal marginal relevance,
    Carbonell and Goldstein 1998).
    """
    spans = _sentences(document.text)
    if not spans:
        return []
    vectors = embedder.embed_passages([document.text[s:e] for s, e in spans])
    wanted = 3 if len(spans) < 12 else 4 if len(spans) < 25 else 5
    scores = centrality(vectors)
    scores = scores / max(float(scores.max()), 1e-6)
    for row, (start, _) in enumerate(spans):
        scores[row] -= _DANGLES * (_PRONOUN.match(document.text, start) is not None)
    chosen: list[int] = []
    while len(chosen) < min(wanted, len(spans)):
        said = (vectors @ vectors[chosen].T).max(axis=1, initial=0.0)  # (n,)
        worth = scores - _REPEATS * said
        worth[chosen] = -np.inf
        chosen.append(int(worth.argmax()))
    return [spans[row] for row in sorted(chosen)]


def centrality(vectors: Vectors) -> Vectors:
    """Return the position-augmented centrality of sentences, in their order.

    Args:
        vectors: Shape ``(n, dim)``, unit length.
    """
    likeness = vectors @ vectors.T  # (n, n)
    if len(vectors) > 1:
        others = likeness[~np.eye(len(vectors), dtype=bool)]
        floor = others.min() + _CUT * (others.max() - others.min())
        likeness = np.maximum(0.0, likeness - floor)
    after = np.triu(likeness, k=1).sum(axis=1)
    before = np.tril(likeness, k=-1).sum(axis=1)
    scores: Vectors = (_AFTER * after + _BEFORE * before).astype(np.float32)
    return scores


def _sentences(text: str) -> list[tuple[int, int]]:
    """Return the offsets of an article's full sentences, without menus and headings."""
    spans = []
    for start, end in sentence_spans(text):
        line = text[text.rfind("\n", 0, start) + 1 : start] + text[start:end]
        sentence = text[start:end]
        if len(sentence.split()) < _MIN_WORDS or is_boilerplate(line):
            continue
        if _is_whole(sentence):
            spans.append((start, end))
    return spans[:_MAX_SENTENCES]


def _is_whole(sentence: str) -> bool:
    """Tell whether a sentence is none of a heading or a menu, by how it ends."""
    return sentence.rstrip("\"'”’)] ")[-1:] in tuple(".!?…。！？")
