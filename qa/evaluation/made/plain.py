"""Made documents as text, Markdown and pages."""

from __future__ import annotations

import html
import itertools
import random
import textwrap
from collections.abc import Iterator, Sequence

from qa.evaluation.made.blocks import Block, MadeDocument, words_seen


def write_markdown(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
    """Return Markdown, some with front matter."""
    parts = ["---\ntitle: A note\n---"] if rng.random() < 0.5 else []
    for block in blocks:
        first = block.rows[0][0]
        if block.kind == "heading":
            parts.append(f"## {first}")
        elif block.kind == "quote":
            parts.append(f"> {first}")
        elif block.kind == "items":
            parts.append("\n".join(f"- *{row[0]}*" for row in block.rows))
        elif block.kind == "steps":
            steps = enumerate(block.rows, start=1)
            parts.append("\n".join(f"{number}. {row[0]}" for number, row in steps))
        elif block.kind == "table":
            rows = [f"| {' | '.join(row)} |" for row in block.rows]
            rows.insert(1, "|---" * len(block.rows[0]) + "|")
            parts.append("\n".join(rows))
        else:
            at = first.index(" ")
            parts.append(f"**{first[:at]}**{first[at:]}")
    return MadeDocument("\n\n".join(parts).encode(), words_seen(blocks))


def write_text(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
    """Return plain text, wrapped or not, in one of several encodings."""
    width = rng.choice((60, 72, 10_000))
    parts = []
    for block in blocks:
        marks: Iterator[str] = itertools.repeat("- " if block.kind == "items" else "")
        if block.kind == "steps":
            marks = (f"{number}. " for number in itertools.count(1))
        rows = zip(marks, map("   ".join, block.rows), strict=False)
        parts.append("\n".join(textwrap.fill(mark + row, width) for mark, row in rows))
    text = "\n\n".join(parts).replace("\n", rng.choice(("\n", "\r\n")))
    encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"))
    return MadeDocument(text.encode(encoding), words_seen(blocks))


def write_page(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
    """Return a page whose menu, banner and script a reader does not want."""
    parts: list[str] = []
    for block in blocks:
        rows = [[html.escape(cell) for cell in row] for row in block.rows]
        first = rows[0][0]
        if block.kind == "heading":
            parts.append(f"<h2>{first}</h2>")
        elif block.kind == "quote":
            parts.append(f"<blockquote><p>{first}</p></blockquote>")
        elif block.kind in ("items", "steps"):
            tag = "ul" if block.kind == "items" else "ol"
            items = "".join(f"<li><span>{row[0]}</span></li>" for row in rows)
            parts.append(f"<{tag}>{items}</{tag}>")
        elif block.kind == "table":
            lines = [
                "".join(_cell("th" if n == 0 else "td", cell, rng) for cell in row)
                for n, row in enumerate(rows)
            ]
            parts.append(f"<table>{''.join(f'<tr>{x}</tr>' for x in lines)}</table>")
        else:
            at = first.index(" ")
            parts.append(f"<p><b>{first[:at]}</b>{first[at:]}</p>")
    unseen = " ".join(itertools.islice(words, 12))
    page = (
        "<html><head><meta charset='utf-8'><title>A page</title></head><body>"
        f"<nav><a href='/'>{unseen}</a></nav><div id='cookie-consent'>{unseen}</div>"
        f"<main><article>{''.join(parts)}</article></main><footer>{unseen}</footer>"
        f"<script>{unseen}</script></body></html>"
    )
    return MadeDocument(page.encode(), words_seen(blocks))


def _cell(tag: str, text: str, rng: random.Random) -> str:
    if text and rng.random() < 0.2:
        items = "".join(f"<li>{word}</li>" for word in text.split())
        return f"<{tag}><ul>{items}</ul></{tag}>"
    return f"<{tag}>{text}</{tag}>"
