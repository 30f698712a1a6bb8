"""Titles of articles: not what programs put into files, and no whole texts."""

from __future__ import annotations

import re

_JUNK = re.compile(
    r"\W?(?:(?:untitled|no title|title|anonymous|unknown|document|dokument"
    r"|presentation|slide|layout)"
    r"[\s_-]*\d*){1,2}\W?"
    r"|(?:microsoft (?:word|powerpoint|excel|office)|powerpoint presentation)\b.*"
    r"|.*\.(?:docx?|odt|rtf|txt|pdf|indd|qxd|pptx?|xlsx?|tex|dvi|ps|html?|eps|ai)"
    r"|[\W\d_]*",
    re.IGNORECASE,
)


_MAX_CHARACTERS = 300


def short_title(title: str) -> str:
    """Return a title of a length that can be shown: some are whole texts."""
    if len(title) <= _MAX_CHARACTERS:
        return title
    return title[: _MAX_CHARACTERS - 1] + "…"


def told_title(title: str | None) -> str | None:
    """Return the title that a file's properties give, or ``None`` if it is junk."""
    title = " ".join((title or "").split())
    return None if not title or _JUNK.fullmatch(title) else title
