"""Questions of where something is, by rules alone."""

from __future__ import annotations

import re

from qa.mentions import kind_of, names

_WHERE = re.compile(
    r"(?:(?:and|so|but) )?(?:where|(?:in |at |to |from )?(?:which|what) (?:city|town"
    r"|country|place|village|region))\b(?! (?:did|does|do) .*\b(?:from|work)\b)",
    re.IGNORECASE,
)
# Organisations that are buildings as well.
_BUILDING = re.compile(
    r"\b(?:University|College|School|Court|Bank|Club|Institute|Museum|Hospital|Office"
    r"|Parliament|Senate|Congress|Airport)\b"
)


def asks_where(question: str) -> bool:
    """Tell whether a question asks for a place."""
    return _WHERE.match(question.strip()) is not None


def names_organisation(text: str) -> bool:
    """Tell whether a text names an organisation that is no building, and no place."""
    kinds = {
        "place" if _BUILDING.search(name) else kind_of(name, "")
        for _, name in names(text)
    }
    return "group" in kinds and "place" not in kinds
