"""The text of a Markdown file: markdown-it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

import lxml.html
from lxml.etree import LxmlError
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.formats.base import Extracted, ExtractError, Findings
from index.formats.blocks import TextBuilder
from index.formats.dates import told_date
from index.formats.encoding import decode_text
from index.formats.front_matter import part_front_matter
from index.formats.page.blocks import add_blocks

_TITLE = ("title", "headline")
_URL = ("url", "canonical_url", "canonical", "link", "source", "permalink")
_DATE = ("published", "date", "pubdate", "created")
# The library leaves out, without a word, what is nested deeper than its limit.
_NO_LIMIT = 1_000_000
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def extract_markdown(data: bytes) -> Extracted:
    """Return the words of a Markdown file, block by block, without the marks.

    Title, address and date are taken from the front matter; without a title there, the
    first heading is it.

    Raises:
        ExtractError: If it is no text, or nested too deeply to be read.
    """
    text, guess = decode_text(data)
    fields, text = part_front_matter(text)
    parser = MarkdownIt("commonmark", {"maxNesting": _NO_LIMIT})
    parser.enable(["table", "strikethrough"])
    try:
        tokens = parser.parse(text)
    except RecursionError as error:
        raise ExtractError("is nested too deeply; flatten it") from error
    builder = TextBuilder()
    _add_blocks(builder, tokens)
    return Extracted(
        builder.text,
        title=_field(fields, _TITLE) or _heading(tokens),
        url=_field(fields, _URL),
        published=told_date(_field(fields, _DATE)),
        tables=builder.tables,
        findings=Findings(encoding=guess),
    )


def _field(fields: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((fields[name] for name in names if fields.get(name)), None)


def _add_blocks(builder: TextBuilder, tokens: Sequence[Token]) -> None:
    rows: list[list[str]] | None = None
    number = ""
    for token in tokens:
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open" and rows is not None:
            rows.append([])
        elif token.type == "table_close" and rows is not None:
            builder.add_table(rows, header_rows=1)
            rows = None
        elif token.type == "list_item_open":
            # A bullet is no word, the number of an item is.
            number = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "inline":
            words = _words(token.children or [])
            if rows is not None:
                rows[-1].append(words)
            elif words.strip():
                builder.add(number + words)
                number = ""
        elif token.type in ("fence", "code_block"):
            builder.add(number + token.content.rstrip("\n"))
            number = ""
        elif token.type == "html_block":
            _add_html(builder, token.content)


def _add_html(builder: TextBuilder, source: str) -> None:
    """Add the words of a piece of a page that stands among the Markdown."""
    source = _COMMENT.sub("", source)
    if not source.strip():
        return
    try:
        add_blocks(builder, lxml.html.fragment_fromstring(source, create_parent="div"))
    except (LxmlError, ValueError):
        builder.add(source)


def _words(tokens: Sequence[Token]) -> str:
    words: list[str] = []
    for token in tokens:
        if token.type == "softbreak":
            words.append(" ")
        elif token.type == "hardbreak" or (
            token.type == "html_inline" and _BREAK.fullmatch(token.content)
        ):
            words.append("\n")
        elif token.type in ("text", "code_inline", "image"):
            words.append(token.content)
    return "".join(words)


def _heading(tokens: Sequence[Token]) -> str | None:
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open":
            return " ".join(_words(inline.children or []).split()) or None
    return None
