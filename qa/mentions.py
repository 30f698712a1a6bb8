"""What a text speaks of: its names and plural noun phrases, by rules alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from qa.words import read_words

# The pronoun that an article uses for a person; empty when it cannot be told.
Gender = Literal["he", "she", ""]
Kind = Literal["person", "place", "group", "thing"]

# A noun or adjective of a name: "Al-Shammari", "O'Brien", "H2O", "U.S.", "J.".
_NAME_WORD = r"(?:[A-Z]\.(?:[A-Z]\.)+|[A-Z][^\W_]*(?:[-'’&.](?=[^\W_])[^\W_]+)*)"
_LINK = r"(?:of(?: the)?|de|del|la|al|bin|ibn|von|van|der|da|&)"
NAME = re.compile(
    rf"(?<![^\W_]){_NAME_WORD}(?:[ ]{_NAME_WORD}|[ ]{_LINK}[ ]{_NAME_WORD})*"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|President|Minister|Premier|Chancellor|Governor"
    r"|Mayor|Senator|Judge|Justice|General|Colonel|Captain|Sheriff|Professor|Secretary"
    r"|Ambassador|Director|Chairman|Chairwoman|Chief|King|Queen|Prince|Princess|Pope"
    r"|Bishop|Coach|spokesman|spokeswoman|spokesperson|director|mayor|minister"
    r"|president|professor|chairman|chairwoman|engineer|coach|captain|author|singer"
    r"|owner|actor|actress|farmer|scientist|researcher|teacher|counterpart)\b"
)
_GROUP = re.compile(
    r"\b(?:Ministry|Party|Company|Corporation|Inc|Ltd|Group|University|College|School"
    r"|Council|Committee|Commission|Agency|Association|Union|Court|Army|Police|Bank"
    r"|Club|Team|Board|Institute|Organi[sz]ation|Federation|Foundation|Society|Museum"
    r"|Hospital|Authority|Department|Office|Command|Parliament|Senate|Congress"
    r"|Government|Airport|Airlines?|Band|Orchestra|Nations|Forces?)\b"
)
_SPEAKS = (
    r"(?:said|says|told|added|stated|announced|explained|revealed|praised|described"
    r"|argued|noted|warned|insisted|promised|pledged|denied|admitted|recalled|thinks"
    r"|believes|wrote|joked|hopes)\b"
)
_DATE_WORD = re.compile(
    r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February"
    r"|March|April|May|June|July|August|September|October|November|December)"
)
# Capitalised where a sentence starts, and no names there.
_NO_NAMES = read_words("not_names")
_PLURAL = re.compile(
    r"\b(?P<head>(?:the|both|all|these|those)\s"
    r"(?:[^\W_][\w’'-]*\s){0,2}?(?:[^\W\d_][\w-]{2,}(?<![sui'’])s|people|children|men"
    r"|women|police))\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(
    r"\b(?:the|this|that)\s(?=(?P<noun>[a-z][\w-]*(?:\s[a-z][\w-]*){0,4}))"
)
_DOES = re.compile(
    r"\b(?:did|do|does|will|would|can|could|should|might|may|must)\s$", re.IGNORECASE
)
_FUNCTION_WORD = re.compile(
    r"(?:the|an?|of|in|on|at|by|for|to|from|with|about|as|and|or|but|is|are|was|were|be|been"
    r"|do|does|did|has|have|had|will|would|can|could|that|which|who|when|while|after"
    r"|before|during|than|so|if|not|any|some|he|she|it|they|his|her|its|their|\w{3,}(?:ed|ly))$"
)
_ROLE = re.compile(
    r"\b(?:[Tt]he|[A-Z][\w-]+['’]s)\s(?:[\w-]+\s){0,2}?(?:minister|president|mayor"
    r"|governor|director|chief|engineer|coach|captain|chairman|chairwoman|spokesman"
    r"|spokeswoman|ambassador|general|king|queen|prince|princess|teacher|doctor|judge"
    r"|author|artist|owner|winner|player|driver|actor|singer|professor|scientist"
    r"|officer|secretary|leader|man|woman|boy|girl)\b(?!['’])"
)
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """Something a text speaks of, as the text calls it, without "’s"."""

    text: str
    kind: Kind
    is_plural: bool
    start: int
    gender: Gender = ""


def find_roles(question: str) -> list[Mention]:
    """Return the people that a question calls by their role: "Iraq’s minister"."""
    return [
        Mention(match.group(), "person", is_plural=False, start=match.start())
        for match in _ROLE.finditer(question)
    ]


def true_case(question: str, context: str) -> str:
    """Return a question written in small letters with its names as an article has them.

    One with a capital letter after its first is left as it is.
    """
    if question[1:].lower() != question[1:]:
        return question
    words = [name.split() for _, name in names(context)]
    # "Mayor Maria Keller" is also "Maria Keller" and "Keller".
    known = {" ".join(each[first:]) for each in words for first in range(len(each))}
    for name in sorted(known, key=len, reverse=True):
        is_word = re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", context)
        if len(name) > _SHORTEST_NAME and not is_word:
            pattern = rf"(?<!\w){re.escape(name.lower())}(?!\w)"
            question = re.sub(pattern, name.replace("\\", ""), question)
    return question


def find_mentions(text: str, context: str = "") -> list[Mention]:
    """Return the names and the plural noun phrases of a text, in its order.

    Args:
        text: A question or an answer.
        context: Text of the article, which may show what a name is the name of.
    """
    found = [
        Mention(
            name,
            kind_of(name, context or text),
            is_plural=False,
            start=start,
            gender=gender_of(name, context),
        )
        for start, name in names(text)
    ]
    taken = [(each.start, each.start + len(each.text)) for each in found]
    for match in _PLURAL.finditer(text):
        start = match.start("head")
        words = match["head"].split()[1:]
        if any(_FUNCTION_WORD.match(word) for word in words[:-1]):
            continue
        if not any(first <= start < last for first, last in taken):
            found.append(Mention(match["head"], "group", is_plural=True, start=start))
    return sorted(found, key=lambda each: each.start)


def find_definite(question: str, context: str = "") -> list[Mention]:
    """Return the singular "the ..." phrases of a question, in its order.

    Where such a phrase ends is seen by the words that cannot stand in one. Of "did
    the school board say" the last word is the verb, unless the article has it all.
    """
    found = []
    for match in _DEFINITE.finditer(question):
        words: list[str] = []
        is_subject = _DOES.search(question[: match.start()]) is not None
        for word in match["noun"].split():
            if _FUNCTION_WORD.match(word):
                break
            words.append(word)
        known = re.search(rf"\b{re.escape(' '.join(words))}\b", context)
        if is_subject and len(words) > 1 and not known:
            words.pop()
        if words and not words[-1].endswith("s"):
            text = f"the {' '.join(words)}"
            found.append(Mention(text, "thing", is_plural=False, start=match.start()))
    return found


def names(text: str) -> list[tuple[int, str]]:
    """Return the capitalised names of a text with their offsets, in its order."""
    found = []
    for match in NAME.finditer(text):
        start, name = match.start(), match.group()
        while name:
            first, _, rest = name.partition(" ")
            lower = _POSSESSIVE.sub("", first).lower()
            if lower not in _NO_NAMES:
                break
            start += len(first) + 1
            name = rest
        name = re.sub(rf"(?: {_LINK})+$", "", name)
        name = _POSSESSIVE.sub("", name)
        if (
            len(name) < _SHORTEST_NAME
            or _DATE_WORD.fullmatch(name.partition(" ")[0])
            or _is_demonym(name)
        ):
            continue
        opens = not text[:start].strip() or text[:start].rstrip()[-1] in ".!?"
        # A lone word that opens a longer sentence is capital for that alone, unless
        # it is known elsewhere in the text.
        is_common = opens and " " not in name and text[match.end() :].strip(" .?!")
        if is_common and re.match(r"[’']s| [a-z]+(?:ed|s)\b", text[match.end() :]):
            is_common = ""
        if is_common and not is_place(name):
            continue
        found.append((start, name))
    return found


def kind_of(name: str, context: str) -> Kind:
    """Return what a name is most likely the name of, by its words and its context."""
    if is_place(name):
        return "place"
    if _GROUP.search(name):
        return "group"
    last = re.escape(name.split()[-1])
    titled = rf"{_TITLE.pattern},? (?:\w+ ){{0,2}}?{re.escape(name)}\b"
    if (
        _TITLE.match(name)
        or re.search(titled, context)
        or re.search(rf"\b{last},? {_SPEAKS}", context)
        or re.search(rf"\b{re.escape(name)}, (?:\d\d\b|who\b|an? \w)", context)
    ):
        return "person"
    return "place" if re.search(rf"\b(?:in|near) {last}\b", context) else "thing"


def gender_of(name: str, context: str) -> Gender:
    """Return the pronoun that follows a name most often, in its sentence or the next.

    "Lindqvist blamed his defeat": he.
    """
    last = re.escape(name.split()[-1])
    follows = rf"\b{last}\b(?:[^.!?]*?\b|[^.!?]*[.!?]\s)(he|his|him|she|her|hers)\b"
    found = [word.lower() for word in re.findall(follows, context, re.IGNORECASE)]
    his = sum(word.startswith("h") and not word.startswith("her") for word in found)
    if 2 * his == len(found):
        return ""
    return "he" if 2 * his > len(found) else "she"


def is_place(name: str) -> bool:
    """Tell whether a name is that of a country or a large city."""
    return is_country(name) or name.removeprefix("the ") in _cities()


def is_country(name: str) -> bool:
    """Tell whether a name is that of a country, or of a part of the world."""
    return name.removeprefix("the ") in _countries()


def _is_demonym(name: str) -> bool:
    """Tell whether a lone word is like "Iraqi" or "Egyptian"."""
    stem = re.sub(r"(?:i|n|ian|ean|ese|ish)$", "", name)
    places = (stem, f"{stem}a", f"{stem}ia")
    return stem != name and not is_place(name) and any(map(is_place, places))


@cache
def _countries() -> frozenset[str]:
    """Return the countries that the time zone database names, and what they are in."""
    places = {"Britain", "England", "Scotland", "Wales", "Europe", "Africa", "Asia"}
    places |= {"Middle East", "Latin America"}
    rows = _time_zones("iso3166.tab")
    return frozenset(places | {re.sub(r" \(.*", "", row[1]) for row in rows})


@cache
def _cities() -> frozenset[str]:
    """Return the larger cities that the time zone database names."""
    rows = _time_zones("zone.tab")
    return frozenset(row[2].rpartition("/")[2].replace("_", " ") for row in rows)


def _time_zones(name: str) -> list[list[str]]:
    text = resources.files("tzdata").joinpath("zoneinfo", name).read_text("utf-8")
    lines = text.splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
