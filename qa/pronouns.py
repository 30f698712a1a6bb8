"""Which words of a question refer to what was said before it, by rules alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qa.mentions import find_mentions
from qa.presence import asks_who_was_there

Reference = Literal["person", "thing", "plural", "place"]

_PRONOUN = re.compile(
    r"\b(?P<person>he|him|his|she|hers?|himself|herself)\b"
    r"|\b(?P<thing>it|its)\b(?!['’])"
    r"|\b(?P<plural>they|them|their|theirs|both of them|the two(?=\s*[?.!]*$|\s(?:meet"
    r"|sign|discuss|agree|say|speak|talk|do)\b))\b"
    r"|(?P<place>(?:\b(?:from|in|to)\s)?\bthere)\b",
    re.IGNORECASE,
)
_KINDS: Mapping[str, Reference] = {
    "person": "person",
    "thing": "thing",
    "plural": "plural",
    "place": "place",
}
# "is there", "there was": nothing is pointed at.
_EXISTS = re.compile(
    r"\b(?:is|are|was|were|be|been|will|has|have|had|would|could|can|did|does)\s+"
    r"(?:n[o’']t\s+)?there\b|\bthere\s+(?:is|are|was|were|be|been|will|has|have|had|to"
    r"|exists?)\b",
    re.IGNORECASE,
)
# "Is it true that", "how long does it take", "what is it like": nothing either.
_EMPTY_IT = re.compile(
    r"\bit\s+(?:mean\s+(?:for|when|to|if)|(?:is|was)\s(?:\w+\s)?\w+ed\b|takes?(?!\s+place)|took(?!\s+place)|rain|rained|snow|snowed|matter|cost\s+to|(?:been\s+)?"
    r"(?:true|possible|necessary|likely|important|called\s+when|known|said|believed"
    r"|thought|like\s+to|that\b))|\b(?:is|was|what time is)\s+it\s+(?:true|possible"
    r"|necessary|likely|important|\w+ed\s+that|like\s+to|that|who|when|in\b.*\bthat)",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(
    r"^(?:(?:and|but|so)\s+)?(?:\w+\s+){0,2}?(?:is|was|are|were|did|does|do|has|would"
    r"|will|could|can)\s+(?P<word>that|this|these|those)\b"
    r"|\b(?:about|after|before|by|with|for|of|in|to|like|do|did|does|done|from|on|at"
    r"|than|under|during|since|into|mean|say|said)\s+(?P<after>that|this|these|those)"
    r"(?=\s*[?.!]*$|\s+[a-z])",
    re.IGNORECASE,
)
# "Did burlesque stay true to its ...?": a noun right after the auxiliary.
_OWN_SUBJECT = re.compile(
    r"(?:\w+\s){0,3}?(?:did|do|does|will|would|can|could|has|have|had)\s"
    r"(?!(?:he|she|it|they|you|we|i|his|her|its|their|this|that|there)\b)\w+\s\w+",
    re.IGNORECASE,
)
_NOMINATIVE = re.compile(r"who(?:se|m)?\b|what\b|which\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Referring:
    """A word that refers to something else.

    Attributes:
        word: The word as written.
        start: Its half-open offsets in the question.
        kind: What it can refer to.
        is_possessive: Whether it stands for "X's".
    """

    word: str
    start: int
    end: int
    kind: Reference
    is_possessive: bool


def referring_words(question: str) -> list[Referring]:
    """Return the pronouns that nothing in the question itself explains, in order.

    A pronoun after a name that it may stand for is bound by it ("What did Luther
    call his ...?"), and so is one after "who" ("Who left his post?").
    """
    found = []
    names = [m.start for m in find_mentions(question)]
    for match in _PRONOUN.finditer(question):
        kind = match.lastgroup or ""
        start, end = match.span()
        exists = kind == "place" and _overlaps(_EXISTS, question, start, end)
        if exists and not asks_who_was_there(question):
            continue
        if kind == "thing" and _overlaps(_EMPTY_IT, question, start, end):
            continue
        if _is_bound(question, start, match.group().lower(), names):
            continue
        possessive = _is_possessive(question, match)
        found.append(Referring(match.group(), start, end, _KINDS[kind], possessive))
    return found


def demonstrative(question: str) -> tuple[int, int] | None:
    """Return where "that" or "this" points at something said before, if it does."""
    match = _DEMONSTRATIVE.search(question)
    if match is None:
        return None
    return match.span("word" if match["word"] else "after")


def _overlaps(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return any(m.start() < end and start < m.end() for m in pattern.finditer(text))


def _is_bound(question: str, start: int, word: str, names: list[int]) -> bool:
    before = question[:start]
    if any(name < start for name in names):
        return True
    if word in ("there", "in there", "from there", "to there"):
        return False
    # "Who left his post?": the question's own subject. Not "What did he do?".
    if _EXPLAINED[_number(word)].search(before):
        return True
    if word in ("its", "their", "his") and _OWN_SUBJECT.match(before):
        return True
    subject = _NOMINATIVE.match(before)
    if subject is None or start <= subject.end() + 1:
        return False
    between = before[subject.end() :]
    own = re.search(r"\b(?:is|are|was|were|did|do|does|has|have|had|will)\s*$", between)
    helped = re.search(
        r"\b(?:did|do|does|is|are|was|were|will|would|can|could|has|have|had)\s+"
        r"(?:the|a|an|these|those|most|some|many|\w+s)\b",
        between,
    )
    if word in ("her", "him", "it", "them", "the two"):
        # Not who does it, but who or what it is done to: "Who signed it?".
        return helped is not None and own is None and "him" not in word
    if subject.group().lower() == "who" and not own and not helped:
        return not re.search(
            r"\b(?:did|do|does|is|are|was|were|will|would|can|could|has|have|had|by"
            r"|with|of|to|for|about)\s*$",
            between,
        )
    # "What did the minister call his visit?": a common noun is before it.
    return helped is not None and own is None


def _number(word: str) -> str:
    if word.startswith(("it", "he", "hi", "sh")):
        return "thing" if word.startswith("it") else "person"
    return "plural"


# A common noun of the question itself that a pronoun after it may stand for.
_EXPLAINED = {
    "thing": re.compile(r"\b(?:an?|the|each|every)\s[a-z].*\s", re.IGNORECASE),
    "person": re.compile(r"\b(?:a|an|every|each|some)\s[a-z].*\s|\b\w+one\b"),
    "plural": re.compile(
        r"\b(?!(?:was|is|does|has|this|his|its|as)\b)[a-z]{2,}s\s.*"
        r"|\bpeople\b|\bchildren\b|\b\w+one\b|\ban?\s[a-z].*\s"
    ),
}


def _is_possessive(question: str, match: re.Match[str]) -> bool:
    word = match.group().lower()
    if word in ("his", "its", "their", "theirs", "hers"):
        return True
    if word != "her":
        return False
    return (
        re.match(
            r"\s+(?!(?:to|in|on|at|for|from|with|by|and|or|about|as|that|after|before"
            r"|during|when|so|do|go|leave|not)\b)[a-z]",
            question[match.end() :],
            re.IGNORECASE,
        )
        is not None
    )
