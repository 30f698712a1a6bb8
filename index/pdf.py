"""The text of a PDF file, page by page: pypdf."""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections.abc import Callable, Iterator

import pypdf
from pypdf.errors import DependencyError, PyPdfError

from index.extract import Extracted, ExtractError

# What it finds odd it tells without the file's name; what it cannot read it raises.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_MAX_PAGES = 5_000
# Pages are packed; one file that unpacks to more than this is a bomb.
_MAX_UNPACKED_BYTES = 100_000_000
_MAX_CHARACTERS = 20_000_000
# A broken PDF makes pypdf fail in many ways; whichever it is, it is the file's.
_BROKEN = (
    PyPdfError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_])")
_PARAGRAPH_END = re.compile(r"[.!?…:][\"'”’»)\]]*\Z")
# A line this much shorter than the page's longest ends its paragraph.
_SHORT = 0.75


def extract_pdf(data: bytes) -> Extracted:
    """Return the text of a PDF, its lines joined to paragraphs, and where pages start.

    A printed line ends where the paper does, and a line end in our texts ends a
    sentence. So lines are joined, and words that were parted at a line's end, unless a
    paragraph seems to end there.

    Raises:
        ExtractError: If it is broken, encrypted, too long, or unpacks to too much.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractError("is encrypted; save it without a password")
        if len(reader.pages) > _MAX_PAGES:
            raise ExtractError(f"has more than {_MAX_PAGES:,} pages; split it")
        pages = list(_pages(reader))
    except ExtractError:
        raise
    except DependencyError as error:
        raise ExtractError("is encrypted; save it without a password") from error
    except NotImplementedError as error:
        raise ExtractError(f"is a PDF of an unknown kind ({error})") from error
    except _BROKEN as error:
        raise ExtractError(f"is a broken PDF ({error})") from error
    starts: list[int] = []
    text = ""
    for page in pages:
        starts.append(len(text))
        text += page + "\n\n"
    return Extracted(
        text.rstrip(),
        title=_told(lambda: _title(reader)),
        published=_told(lambda: _created(reader)),
        pages=tuple(starts),
    )


def _pages(reader: pypdf.PdfReader) -> Iterator[str]:
    """Yield the text of each page, as long as all is no more than an article has."""
    unpacked = characters = 0
    for page in reader.pages:
        contents = page.get_contents()
        unpacked += len(contents.get_data()) if contents is not None else 0
        if unpacked > _MAX_UNPACKED_BYTES:
            raise ExtractError(
                f"unpacks to more than {_MAX_UNPACKED_BYTES:,} bytes, which no article "
                "does"
            )
        text = page.extract_text()
        characters += len(text)
        if characters > _MAX_CHARACTERS:
            raise ExtractError(
                f"holds more than {_MAX_CHARACTERS:,} characters; split it into "
                "articles"
            )
        yield _join_lines(text)


def _told(read: Callable[[], str | None]) -> str | None:
    """Return what a PDF says of itself; if it is odd, the text is still good."""
    try:
        return read() or None
    except _BROKEN:
        return None


def _title(reader: pypdf.PdfReader) -> str | None:
    title = reader.metadata.title if reader.metadata else None
    return str(title).strip() if title else None


def _created(reader: pypdf.PdfReader) -> str | None:
    created = reader.metadata.creation_date if reader.metadata else None
    return created.date().isoformat() if created else None


def _join_lines(page: str) -> str:
    # Half characters, which some fonts' tables give, are in no UTF-8 text.
    page = page.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = [line.strip() for line in _HYPHEN.sub("", page).splitlines()]
    longest = max((len(line) for line in lines), default=0)
    joined = ""
    previous = ""
    for line in lines:
        if joined and line:
            ends = not previous or (
                len(previous) < _SHORT * longest
                or (_PARAGRAPH_END.search(previous) and len(previous) < 0.9 * longest)
            )
            joined += "\n" if ends else " "
        joined += line
        previous = line
    return joined
