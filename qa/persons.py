"""Questions of who someone is, by rules alone."""

from __future__ import annotations

import re

from qa.mentions import NAME, names

_OFFICE = re.compile(
    r"\b(?:President|Minister|Premier|Chancellor|Governor|Mayor|Senator|Judge|Justice"
    r"|General|Colonel|Captain|Sheriff|Professor|Secretary|Ambassador|Director|Chairman"
    r"|Chairwoman|Chief|Coach|Commissioner|Speaker|Officer)\b"
)
WHO_IS = re.compile(r"(?:(?:and|so|but) )?who(?: is| was|['’]s) ", re.IGNORECASE)
_WHO_IS_NAMED = re.compile(rf"{WHO_IS.pattern}(?P<name>\S.*?)[?!. ]*", re.IGNORECASE)
_RELATION = r"(?:counterpart|opponent|rival|successor|predecessor|colleague)s?"
_RELATED = re.compile(rf"['’]s? (?:\w+ ){{0,2}}?{_RELATION}\b")
_RELATED_TO = re.compile(rf"\b{_RELATION} (?:of|to) (?P<name>{NAME.pattern})")


def without_office(name: str) -> str:
    """Return "Al-Shammari" of "Iraqi Interior Minister Al-Shammari"."""
    *_, last = (0, *(match.end() for match in _OFFICE.finditer(name)))
    return name[last:].strip() or name


def who_is_named(question: str) -> str | None:
    """Return the X of "who is X?" where X is nothing but a name, else ``None``.

    "The Iraqi minister" and "Iraq’s Interior Minister" are roles, not names.
    """
    match = _WHO_IS_NAMED.fullmatch(question.strip())
    if match is None or NAME.fullmatch(match["name"]) is None:
        return None
    name = match["name"]
    is_role = _OFFICE.fullmatch(name.split()[-1]) is not None
    return None if is_role or re.search(r"['’]s?(?: |$)", name) else name


def whose_other(question: str) -> str | None:
    """Return the X of "X’s counterpart" and the like: nobody is their own."""
    match = _RELATED_TO.search(question)
    found = match["name"] if match else None
    relation = _RELATED.search(question)
    if relation is not None:
        before = names(question[: relation.start()])
        if before and before[-1][0] + len(before[-1][1]) == relation.start():
            found = before[-1][1]
    # "The Iraqi Interior Minister’s counterpart" is a minister as well.
    if found is None or _OFFICE.fullmatch(found.split()[-1]):
        return None
    return found


def has_name(text: str, name: str) -> bool:
    """Tell whether a text has a name, if only its last word."""
    return re.search(rf"(?<!\w){re.escape(name.split()[-1])}(?!\w)", text) is not None


def names_another(text: str, name: str) -> bool:
    """Tell whether a text gives another full name, which shares nothing with a name.

    What follows it after a comma does not count.
    """
    other = text.split(",")[0]
    return (
        NAME.fullmatch(other) is not None
        and " " in other
        and not set(re.findall(r"[\w-]+", text)) & set(name.split())
        and _OFFICE.search(text) is None
    )
