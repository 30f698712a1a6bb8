"""Articles in a file of JSON lines, one a line."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.formats.base import Extracted, ExtractError, check, decode
from index.formats.dates import told_date

_FIELDS = ("title", "url", "published")
_MAX_ID_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Line:
    """An article and the id that its line gives it, or the reason why there is none."""

    number: int
    doc_id: str | None
    article: Extracted | ExtractError


@dataclass(frozen=True, slots=True)
class ParseTask:
    """Parses one line after another, each with its number."""

    def start(self) -> Callable[[tuple[int, bytes]], Line]:
        """Return what parses a line."""
        return parse_line


def read_lines(path: Path, max_bytes: int) -> Iterator[tuple[int, bytes] | Line]:
    """Yield each line of a file with its number; blank lines hold nothing.

    Args:
        path: The file; it is read line by line.
        max_bytes: The longest line that is taken; of a longer one there is the reason.
    """
    with path.open("rb") as file:
        number = 0
        while line := file.readline(max_bytes + 1):
            number += 1
            if len(line) > max_bytes:
                while not line.endswith(b"\n") and (line := file.readline(max_bytes)):
                    pass
                problem = ExtractError(f"is longer than {max_bytes:,} bytes")
                yield Line(number, None, problem)
            elif line.strip():
                yield number, line


def parse_line(numbered: tuple[int, bytes]) -> Line:
    """Return what a line holds.

    It is an object with ``text`` and, if they are known, ``id``, ``title``, ``url``
    and ``published``; other fields are passed over.
    """
    number, line = numbered
    try:
        return _parse(number, line)
    except ExtractError as error:
        return Line(number, None, error)


def _parse(number: int, line: bytes) -> Line:
    try:
        record = json.loads(decode(line))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ExtractError):
            raise
        raise ExtractError(f"is not JSON ({error})") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ExtractError('is no object with a string "text"')
    for name in _FIELDS:
        if not isinstance(record.get(name), str | None):
            shown = reprlib.repr(record[name])
            raise ExtractError(f'has a "{name}" that is no string: {shown}')
    found = record.get("id")
    if not isinstance(found, str | int | None) or isinstance(found, bool):
        shown = reprlib.repr(found)
        raise ExtractError(f'has an "id" that is no string or number: {shown}')
    if len(str(found)) > _MAX_ID_CHARACTERS:
        raise ExtractError(f'has an "id" of more than {_MAX_ID_CHARACTERS} characters')
    article = Extracted(
        record["text"],
        record.get("title") or None,
        record.get("url") or None,
        told_date(record.get("published")),
    )
    check(article)
    try:
        str(found).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ExtractError(f'has an "id" with half a character ({error})') from error
    return Line(number, None if found is None else str(found), article)
