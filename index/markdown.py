"""The text of a Markdown file: markdown-it, and its front matter with PyYAML."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.extract import Extracted, ExtractError, decode

_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M
)
_TITLE = ("title", "headline")
_URL = ("url", "canonical_url", "canonical", "link", "source", "permalink")
_DATE = ("published", "date", "pubdate", "created")


def extract_markdown(data: bytes) -> Extracted:
    """Return the words of a Markdown file, a line for each block, without the marks.

    Title, address and date are taken from the front matter; without a title there, the
    first heading is it.

    Raises:
        ExtractError: If it is not UTF-8, or its front matter is broken.
    """
    text = decode(data)
    fields: Mapping[str, str] = {}
    match = _FRONT_MATTER.match(text)
    if match:
        fields = _front_matter(match.group(1))
        text = text[match.end() :]
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return Extracted(
        "\n".join(line for line in _lines(tokens) if line.strip()),
        title=_field(fields, _TITLE) or _heading(tokens),
        url=_field(fields, _URL),
        published=_field(fields, _DATE),
    )


def _front_matter(text: str) -> Mapping[str, str]:
    """Return the fields that are words, numbers or dates, as text."""
    try:
        found = yaml.safe_load(text)
        if not isinstance(found, dict):
            return {}
        return {str(name).lower(): _text(value) for name, value in found.items()}
    # A value that is not what it looks like, such as a 13th month, makes PyYAML fail
    # in many ways besides its own error.
    except (
        yaml.YAMLError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        problem = " ".join(str(error).split())
        raise ExtractError(f"has broken front matter ({problem}); mend it") from error


def _text(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _field(fields: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((fields[name] for name in names if fields.get(name)), None)


def _lines(tokens: Sequence[Token]) -> Iterator[str]:
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            yield ", ".join(cell for cell in cells if cell)
            cells = None
        elif token.type == "inline":
            line = _words(token.children or [])
            if cells is None:
                yield line
            else:
                cells.append(line)
        elif token.type in ("fence", "code_block"):
            yield token.content.rstrip("\n")


def _words(tokens: Sequence[Token]) -> str:
    words = ""
    for token in tokens:
        if token.type == "softbreak":
            words += " "
        elif token.type == "hardbreak":
            words += "\n"
        elif token.type in ("text", "code_inline", "image"):
            words += token.content
    return words


def _heading(tokens: Sequence[Token]) -> str | None:
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open":
            return _words(inline.children or []).strip() or None
    return None
