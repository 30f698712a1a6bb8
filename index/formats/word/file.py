"""The text of a Word file, as its reader sees it: python-docx."""

from __future__ import annotations

import io
import zipfile
import zlib

import docx
from docx.document import Document as WordFile
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from lxml import etree

from index.formats.base import Extracted, ExtractError, Findings
from index.formats.blocks import TextBuilder
from index.formats.titles import told_title
from index.formats.word.blocks import WordBlocks

# A Word file is a zip archive; one that unpacks to more than this is a bomb.
_MAX_UNPACKED_BYTES = 200_000_000
_MAX_PARTS = 10_000
# The date of python-docx's own template, which says nothing of the article.
_TEMPLATE_YEAR = 2013


def extract_docx(data: bytes) -> Extracted:
    """Return all that a reader of a Word file sees: paragraphs, tables, boxes, notes.

    Headers stand before the text, footnotes and footers after it, each once. Deleted
    and hidden text is left out, and so are comments.

    Raises:
        ExtractError: If it is broken, encrypted, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
        # zipfile reads no more of a part than the size that is stated for it.
        unpacked = sum(part.file_size for part in parts)
        if unpacked > _MAX_UNPACKED_BYTES or len(parts) > _MAX_PARTS:
            raise ExtractError(
                f"unpacks to {unpacked:,} bytes in {len(parts):,} parts, which no "
                "article does"
            )
        return _extract(docx.Document(io.BytesIO(data)))
    except zipfile.BadZipFile as error:
        # Word puts an encrypted file into the container of its older formats.
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise ExtractError(
                "is encrypted, or of Word 2003 or older; save it as .docx without a "
                "password"
            ) from error
        raise ExtractError(f"is a broken Word file ({error})") from error
    except ExtractError:
        raise
    except (
        OpcError,
        OSError,
        AttributeError,
        LookupError,
        NotImplementedError,
        RuntimeError,
        SyntaxError,
        ValueError,
        zlib.error,
    ) as error:
        raise ExtractError(f"is a broken Word file ({error})") from error


def _extract(document: WordFile) -> Extracted:
    builder = TextBuilder()
    blocks = WordBlocks(builder)
    margins = _margins(document)
    for root in margins["headers"]:
        blocks.add(root)
    blocks.add(document.element.body)
    notes = _notes(document)
    for note in blocks.noted:
        if note in notes:
            blocks.add(notes[note])
    for root in margins["footers"]:
        blocks.add(root)
    properties = document.core_properties
    created = properties.created
    is_known = created is not None and created.year != _TEMPLATE_YEAR
    return Extracted(
        builder.text,
        title=told_title(properties.title) or _heading(document),
        published=created.date().isoformat() if created and is_known else None,
        tables=builder.tables,
        findings=Findings(left_out=blocks.left_out()),
    )


def _margins(document: WordFile) -> dict[str, list[etree._Element]]:
    """Return the headers and the footers of the sections, each text once."""
    found: dict[str, list[etree._Element]] = {"headers": [], "footers": []}
    seen: set[tuple[str, str]] = set()
    for relation in document.part.rels.values():
        kinds = {
            RELATIONSHIP_TYPE.HEADER: "headers",
            RELATIONSHIP_TYPE.FOOTER: "footers",
        }
        kind = kinds.get(relation.reltype)
        if kind is None or relation.is_external:
            continue
        root = etree.fromstring(relation.target_part.blob)
        text = "".join(map(str, root.itertext()))
        if (kind, text) not in seen:
            seen.add((kind, text))
            found[kind].append(root)
    return found


def _notes(document: WordFile) -> dict[tuple[str, str], etree._Element]:
    """Return the footnotes and endnotes by their kind and number."""
    notes: dict[tuple[str, str], etree._Element] = {}
    for relation in document.part.rels.values():
        kinds = {
            RELATIONSHIP_TYPE.FOOTNOTES: "footnote",
            RELATIONSHIP_TYPE.ENDNOTES: "endnote",
        }
        kind = kinds.get(relation.reltype)
        if kind is None or relation.is_external:
            continue
        for note in etree.fromstring(relation.target_part.blob):
            number = next(
                (str(v) for k, v in note.attrib.items() if str(k).endswith("}id")), ""
            )
            notes[(kind, number)] = note
    return notes


def _heading(document: WordFile) -> str | None:
    for paragraph in document.paragraphs:
        style = paragraph.style
        name = (style.name or "") if style is not None else ""
        if name == "Title" or name.startswith("Heading"):
            return paragraph.text.strip() or None
    return None
