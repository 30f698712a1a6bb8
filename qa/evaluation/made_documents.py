"""Documents made at random in each format, of which every visible word is known."""

from __future__ import annotations

import html
import io
import itertools
import random
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

_ONSETS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_SYLLABLES = [onset + vowel for onset in _ONSETS for vowel in _VOWELS]

Kind = Literal["heading", "paragraph", "items", "steps", "table", "quote"]
_KINDS: tuple[Kind, ...] = ("heading", "items", "steps", "table", "quote")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a quote of one piece, items of a list, or rows."""

    kind: Kind
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A file, and the words that its reader sees, in their order."""

    data: bytes
    words: tuple[str, ...]


def make_document(suffix: str, seed: int) -> MadeDocument:
    """Return a document of a format, such as ``.txt``; see ``MADE_SUFFIXES``."""
    rng = random.Random(f"{suffix}{seed}")
    words = _vocabulary(rng)
    blocks = [_block("paragraph", rng, words)]
    for _ in range(rng.randint(3, 9)):
        blocks.append(_block("paragraph", rng, words))
        blocks.append(_block(rng.choice(_KINDS), rng, words))
    blocks.append(_block("paragraph", rng, words))
    return _WRITERS[suffix](blocks, rng, words)


def _vocabulary(rng: random.Random) -> Iterator[str]:
    """Yield words of which each comes once."""
    found = ["".join(parts) for parts in itertools.product(_SYLLABLES, repeat=3)]
    rng.shuffle(found)
    return iter(found)


def _block(kind: Kind, rng: random.Random, words: Iterator[str]) -> Block:
    def sentence(least: int, most: int) -> str:
        found = list(itertools.islice(words, rng.randint(least, most)))
        return " ".join(found).capitalize()

    if kind == "heading":
        return Block(kind, ((sentence(2, 6),),))
    if kind in ("items", "steps"):
        rows = tuple((sentence(1, 9),) for _ in range(rng.randint(2, 5)))
        return Block(kind, rows)
    if kind == "table":
        columns = rng.randint(2, 4)
        head = tuple(sentence(1, 2) for _ in range(columns))
        body = tuple(
            tuple(
                sentence(1, 2) if column == 0 or rng.random() > 0.2 else ""
                for column in range(columns)
            )
            for _ in range(rng.randint(2, 5))
        )
        return Block(kind, (head, *body))
    text = " ".join(f"{sentence(4, 16)}." for _ in range(rng.randint(2, 5)))
    return Block(kind, ((text,),))


def _seen(blocks: Sequence[Block]) -> tuple[str, ...]:
    words: list[str] = []
    for block in blocks:
        for number, row in enumerate(block.rows, start=1):
            if block.kind == "steps":
                words.append(str(number))
            words.extend(" ".join(row).replace(".", "").split())
    return tuple(words)


def _markdown(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
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
    return MadeDocument("\n\n".join(parts).encode(), _seen(blocks))


def _plain(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
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
    return MadeDocument(text.encode(encoding), _seen(blocks))


def _page(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
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
    return MadeDocument(page.encode(), _seen(blocks))


def _cell(tag: str, text: str, rng: random.Random) -> str:
    if text and rng.random() < 0.2:
        items = "".join(f"<li>{word}</li>" for word in text.split())
        return f"<{tag}><ul>{items}</ul></{tag}>"
    return f"<{tag}>{text}</{tag}>"


def _word_file(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
    document = docx.Document()
    seen: list[str] = []
    for block in blocks:
        first = block.rows[0][0]
        if block.kind == "table":
            table = document.add_table(len(block.rows), len(block.rows[0]))
            for row, cells in zip(block.rows, table.rows, strict=True):
                for text, cell in zip(row, cells.cells, strict=True):
                    cell.text = text
            seen.extend(_seen([block]))
            continue
        if block.kind in ("items", "steps"):
            for row in block.rows:
                document.add_paragraph(row[0], style="List Bullet")
                seen.extend(row[0].split())
            continue
        paragraph = document.add_paragraph(
            first, style="Heading 1" if block.kind == "heading" else None
        )
        seen.extend(_seen([block]))
        if block.kind == "paragraph":
            # Boxes are read after the paragraph that holds them.
            boxed: list[str] = []
            for _ in range(rng.randint(0, 2)):
                word = next(words)
                xml, is_seen = _marked(word, rng)
                paragraph._p.append(parse_xml(xml))
                place = boxed if "txbxContent" in xml else seen
                place.extend([word] if is_seen else [])
            seen.extend(boxed)
    written = io.BytesIO()
    document.save(written)
    return MadeDocument(written.getvalue(), tuple(seen))


def _marked(word: str, rng: random.Random) -> tuple[str, bool]:
    """Return a word as Word marks it, and whether a reader sees it."""
    names = nsdecls("w")
    run = f'<w:r><w:t xml:space="preserve"> {word}</w:t></w:r>'
    deleted = run.replace("w:t>", "w:delText>").replace("<w:t ", "<w:delText ")
    return rng.choice(
        [
            (f'<w:ins {names} w:id="1" w:author="a">{run}</w:ins>', True),
            (f'<w:del {names} w:id="2" w:author="a">{deleted}</w:del>', False),
            (f"<w:sdt {names}><w:sdtContent>{run}</w:sdtContent></w:sdt>", True),
            (f'<w:hyperlink {names} w:anchor="x">{run}</w:hyperlink>', True),
            (
                f"<w:r {names}><w:rPr><w:vanish/></w:rPr><w:t>{word}</w:t></w:r>",
                False,
            ),
            (
                f"<w:r {names}><w:pict><w:txbxContent><w:p>{run}</w:p>"
                "</w:txbxContent></w:pict></w:r>",
                True,
            ),
        ]
    )


def _pdf(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
    styles = getSampleStyleSheet()
    story: list[Any] = []
    # Long enough for two pages: what stands on one only does not run.
    blocks = [*blocks, *(_block("paragraph", rng, words) for _ in range(14))]
    blocks = [each for each in blocks if each.kind not in ("items", "steps")]
    two_columns = rng.random() < 0.5
    if two_columns:
        blocks = [each for each in blocks if each.kind != "table"]
    for block in blocks:
        if block.kind == "table":
            story.append(Table([list(row) for row in block.rows], hAlign="LEFT"))
        else:
            style = styles["Heading2" if block.kind == "heading" else "BodyText"]
            story.append(Paragraph(block.rows[0][0], style))
        story.append(Spacer(1, 8))
    header = " ".join(itertools.islice(words, 3))

    def furnish(canvas: Canvas, template: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(40, A5[1] - 25, header)
        canvas.drawCentredString(A5[0] / 2, 20, f"{template.page}")

    width, height = A5[0] - 80, A5[1] - 90
    half = (width - 20) / 2
    frames = (
        [Frame(40, 45, half, height), Frame(60 + half, 45, half, height)]
        if two_columns
        else [Frame(40, 45, width, height)]
    )
    written = io.BytesIO()
    template = BaseDocTemplate(written, pagesize=A5)
    template.addPageTemplates(PageTemplate(frames=frames, onPage=furnish))
    template.build(story)
    return MadeDocument(written.getvalue(), _seen(blocks))


_WRITERS: Mapping[
    str, Callable[[Sequence[Block], random.Random, Iterator[str]], MadeDocument]
] = {
    ".txt": _plain,
    ".md": _markdown,
    ".html": _page,
    ".docx": _word_file,
    ".pdf": _pdf,
}
MADE_SUFFIXES = tuple(_WRITERS)
