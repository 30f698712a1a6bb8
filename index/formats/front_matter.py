"""What stands before the text of a Markdown file: YAML, TOML, or lines like these."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping

import yaml

_FENCES = {
    "---": re.compile(
        r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M
    ),
    "+++": re.compile(r"\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.S | re.M),
}
_LINE = re.compile(r"([^\W\d][\w -]{0,40}?)[ \t]*[:=][ \t]*(.*)")
# Values that are not what they look like, such as a 13th month, make the libraries
# fail in many ways besides their own errors.
_FAILURES = (
    yaml.YAMLError,
    tomllib.TOMLDecodeError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def part_front_matter(text: str) -> tuple[Mapping[str, str], str]:
    """Return the fields before a text, and the text after them.

    Front matter that is broken is read line by line, so that no article is lost for a
    colon in its title. What has no fields at all is text.
    """
    fence = _FENCES.get(text[:3])
    match = fence.match(text) if fence else None
    if match is None:
        return {}, text
    inside = match.group(1)
    try:
        found = tomllib.loads(inside) if text[0] == "+" else yaml.safe_load(inside)
    except _FAILURES:
        found = None
    if not isinstance(found, dict):
        found = _by_lines(inside)
    if not found and inside.strip():
        return {}, text
    fields = {str(name).lower(): _text(value) for name, value in found.items()}
    return fields, text[match.end() :]


def _by_lines(text: str) -> dict[str, object]:
    """Return the fields of lines like "title: A title"; none if words are between."""
    fields: dict[str, object] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line.rstrip())
        if match:
            fields[match[1]] = match[2].strip().strip("\"'")
        elif line.strip() and not line.startswith((" ", "\t", "-", "#", "?", "]", "}")):
            return {}
    return fields


def _text(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    try:
        return str(value).strip() if isinstance(value, str | int | float) else ""
    except ValueError:  # an integer of too many digits
        return ""
