"""Questions of a few words that the question before them completes: "Why?"."""

from __future__ import annotations

import re

from qa.asking import (
    AUXILIARIES,
    PREPOSITIONS,
    QUESTION,
    SUBJECT_QUESTION,
    VERB,
    WH,
    ask_anew,
)
from qa.mentions import find_mentions

_AND = re.compile(
    r"\A(?:(?:and|but|so|ok(?:ay)?|well|then|also)\b[, ]*)+", re.IGNORECASE
)
_BARE = re.compile(
    rf"(?P<wh>(?:(?:{PREPOSITIONS})\s)?{WH}(?:\s(?:else|not|exactly|so|ones?))?)"
    r"(?P<noun>(?:\s[^\W\d_]+){0,2})",
    re.IGNORECASE,
)
# "Why is that?", "When did this happen?", "how was it done": the whole of what was
# said is meant.
_THAT_HAPPENED = re.compile(
    rf"(?P<wh>(?:(?:{PREPOSITIONS})\s)?{WH})\s(?:"
    r"(?<!who\s)(?<!what\s)(?:is|was|did|does|will|has|would)\s(?:that|this)"
    r"(?:\s(?:so|happen(?:ed)?|occur(?:red)?|take place|be))?|did (?:that|this|it|he"
    r"|she|they) do (?:that|this|so|it))",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:what about|how about|what of|and)\s+(?P<what>\S.*)", re.IGNORECASE
)
# The last question again; what was answered is not wanted twice.
_ANY_MORE = re.compile(
    r"(?:(?:are|is|were|was) there )?(?:any|some)(?:thing|one|body)?"
    r"(?: (?:else|others?|more|other ones)){1,2}|others|(?:what|who) others",
    re.IGNORECASE,
)
_TELL_MORE = re.compile(
    r"(?:please )?(?:(?:can you )?(?:tell|give) me (?:some )?more(?: details)?|more"
    r"(?: details)?(?: please)?|go on|elaborate|continue)",
    re.IGNORECASE,
)
_ASKS_ABOUT = re.compile(
    r"(?P<before>(?:tell me|anything|what do (?:we|you) know).*? (?:about|on) ).+",
    re.IGNORECASE,
)
_PRONOUNS = "he|she|it|they|him|her|them|his|its|their|that|this|we|i|you"
_TOPIC_WORDS = 6


def without_opening(question: str) -> str:
    """Return the question without "and", "but" and the like at its beginning."""
    return _AND.sub("", question.strip(), count=1)


def complete(
    fragment: str,
    last_question: str,
    last_answer: str | None,
    told: tuple[str, str | None] | None = None,
) -> str | None:
    """Return a fragment made whole with the question before it.

    Args:
        fragment: What is asked.
        last_question: The question before it, which stands alone.
        last_answer: What it was answered; ``None`` when it was not.
        told: The question and the answer that question words alone go on about, if
            they are not the last ones; empty when there is nothing to go on about.

    Returns:
        A question that stands alone, or ``None`` when this is no fragment or there
        is no telling what it continues.
    """
    asked = fragment.strip().rstrip("?!. ")
    opened = without_opening(asked)
    last = last_question.strip().rstrip("?!. ")
    if _ANY_MORE.fullmatch(opened):
        return f"{last}?"
    if _TELL_MORE.fullmatch(opened):
        return _tell_more(last, last_answer)
    what = _topic(asked)
    if what is not None:
        return _ask_about(what, last)
    wh = _bare_question_words(opened)
    if wh is None:
        return None
    if wh.lower() == "what for":
        wh = "why"
    question, answer = told or (last, last_answer)
    return ask_anew(wh, question.strip().rstrip("?!. "), answer)


def is_fragment(question: str) -> bool:
    """Tell whether a question is too short to stand alone, by its form."""
    asked = question.strip().rstrip("?!. ")
    opened = without_opening(asked)
    if _ANY_MORE.fullmatch(opened) or _TELL_MORE.fullmatch(opened):
        return True
    if _bare_question_words(opened) is not None:
        return True
    return _topic(asked) is not None


def _topic(asked: str) -> str | None:
    """Return the X of "and X?" or "what about X?"."""
    about = _ABOUT.fullmatch(asked)
    if about is None:
        return None
    what = about["what"].rstrip()
    if (
        len(what.split()) > _TOPIC_WORDS
        or _bare_question_words(what) is not None
        or QUESTION.match(what)
        or SUBJECT_QUESTION.match(what)
        or re.search(rf"\b(?:{AUXILIARIES}|{_PRONOUNS})\b|n[’']t\b", what.lower())
    ):
        return None
    return what


def _bare_question_words(asked: str) -> str | None:
    happened = _THAT_HAPPENED.fullmatch(asked)
    if happened:
        return happened["wh"]
    bare = _BARE.fullmatch(asked)
    if bare is None:
        return None
    noun = bare["noun"].split()
    takes_noun = re.search(
        r"(?:which|what|whose|how many|how much)$", bare["wh"], re.IGNORECASE
    )
    auxiliary = re.compile(rf"(?:{AUXILIARIES})$", re.IGNORECASE)
    if noun and (
        not takes_noun or any(VERB.match(w) or auxiliary.match(w) for w in noun)
    ):
        return None
    return re.sub(r"\s(?:exactly|so|ones?)$", "", bare["wh"]) + bare["noun"]


def _tell_more(last: str, last_answer: str | None) -> str | None:
    """Ask for all that is said of a short answer, or of what was asked about."""
    about = re.sub(r"^(?:an?|the)\s", "", (last_answer or "").rstrip("."))
    if not 0 < len(about.split()) <= _TOPIC_WORDS:
        mentions = find_mentions(last)
        about = mentions[0].text if mentions else ""
    return f"Tell me about {about}" if about else None


def _ask_about(what: str, last: str) -> str | None:
    """Put something else into the last question, where its like stands."""
    asked = _ASKS_ABOUT.fullmatch(last)
    if asked:
        return f"{asked['before']}{what}?"
    phrase = re.match(rf"({PREPOSITIONS})\s(.+)", what, re.IGNORECASE)
    if phrase:
        place = re.search(
            rf"\b{phrase[1]}\s(?:[A-Z\d][\w’'-]*)(?:\s[A-Z\d][\w’'-]*)*", last
        )
        if place and place.start() > 0:
            return f"{last[: place.start()]}{what}{last[place.end() :]}?"
        return f"{last} {what[0].lower() + what[1:]}?"
    mentions = find_mentions(last)
    if not mentions:
        return None
    one = re.sub(r"\sones?$", "", re.sub(r"^the\s", "", what), flags=re.IGNORECASE)
    if re.search(r"['’]s?$", what):
        owned = re.search(r"[A-Z][\w-]*(?:\s[A-Z][\w-]*)*['’]s?", last)
        if owned:
            return f"{last[: owned.start()]}{what}{last[owned.end() :]}?"
    is_one = re.search(r"\sones?$", what, re.IGNORECASE) is not None
    wanted = find_mentions(what)
    if not wanted and not is_one and what.islower():
        # Nothing that was asked about is like it: "what about drugs?".
        return f"Tell me about {what}"
    kind = wanted[0].kind if wanted else None
    alike = [each for each in mentions if each.kind == kind] or mentions
    target = alike[-1]
    end = target.start + len(target.text)
    if is_one and " " in target.text and " " not in one:
        # "the Somali one" after "the Iraqi Interior Minister": the noun stays.
        end = target.start + len(target.text.split()[0])
        what = one
    return f"{last[: target.start]}{what}{last[end:]}?"
