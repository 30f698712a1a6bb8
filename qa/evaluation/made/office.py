"""Made documents as Word files and PDFs."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

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

from qa.evaluation.made.blocks import Block, MadeDocument, make_block, words_seen


def write_word_file(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
    """Return a Word file, with changes tracked, boxes and hidden words."""
    document = docx.Document()
    seen: list[str] = []
    for block in blocks:
        first = block.rows[0][0]
        if block.kind == "table":
            table = document.add_table(len(block.rows), len(block.rows[0]))
            for row, cells in zip(block.rows, table.rows, strict=True):
                for text, cell in zip(row, cells.cells, strict=True):
                    cell.text = text
            seen.extend(words_seen([block]))
            continue
        if block.kind in ("items", "steps"):
            for row in block.rows:
                document.add_paragraph(row[0], style="List Bullet")
                seen.extend(row[0].split())
            continue
        paragraph = document.add_paragraph(
            first, style="Heading 1" if block.kind == "heading" else None
        )
        seen.extend(words_seen([block]))
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


def write_pdf(
    blocks: Sequence[Block], rng: random.Random, words: Iterator[str]
) -> MadeDocument:
    """Return a PDF of one column or two, with a header and numbered pages."""
    styles = getSampleStyleSheet()
    story: list[Any] = []
    # Long enough for two pages: what stands on one only does not run.
    blocks = [*blocks, *(make_block("paragraph", rng, words) for _ in range(14))]
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
    return MadeDocument(written.getvalue(), words_seen(blocks))
