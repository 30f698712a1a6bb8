"""The text of a Word file: python-docx."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

import docx
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from index.extract import Extracted, ExtractError

# A Word file is a zip archive; one that unpacks to more than this is a bomb.
_MAX_UNPACKED_BYTES = 200_000_000
_MAX_PARTS = 10_000
# The date of python-docx's own template, which says nothing of the article.
_TEMPLATE_YEAR = 2013


def extract_docx(data: bytes) -> Extracted:
    """Return the paragraphs and table rows of a Word file, a line for each.

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
        document = docx.Document(io.BytesIO(data))
        lines = list(_lines(document))
        properties = document.core_properties
        title = properties.title.strip() or _heading(document)
        created = properties.created
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
    is_known = created is not None and created.year != _TEMPLATE_YEAR
    return Extracted(
        "\n".join(lines),
        title=title,
        published=created.date().isoformat() if created and is_known else None,
    )


def _lines(document: docx.document.Document) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            if block.text.strip():
                yield block.text
        elif isinstance(block, Table):
            for row in block.rows:
                cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                yield ", ".join(cell for cell in cells if cell)


def _heading(document: docx.document.Document) -> str | None:
    for paragraph in document.paragraphs:
        style = paragraph.style
        name = (style.name or "") if style is not None else ""
        if name == "Title" or name.startswith("Heading"):
            return paragraph.text.strip() or None
    return None
