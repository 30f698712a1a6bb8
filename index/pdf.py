"""The text of a PDF file, page by page: pypdf."""

from __future__ import annotations

import io
import logging
import re
import zlib

import pypdf
from pypdf.errors import DependencyError, PyPdfError

from index.extract import Extracted, ExtractError

# What it finds odd it tells without the file's name; what it cannot read it raises.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_MAX_PAGES = 5_000
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
        ExtractError: If it is broken, encrypted or too long.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractError("is encrypted; save it without a password")
        if len(reader.pages) > _MAX_PAGES:
            raise ExtractError(f"has more than {_MAX_PAGES:,} pages; split it")
        pages = [_join_lines(page.extract_text()) for page in reader.pages]
        metadata = reader.metadata
        title = metadata.title if metadata else None
        created = metadata.creation_date if metadata else None
    except ExtractError:
        raise
    except DependencyError as error:
        raise ExtractError("is encrypted; save it without a password") from error
    # A broken PDF makes pypdf fail in many ways; whichever it is, it is the file's.
    except (PyPdfError, ArithmeticError, AttributeError, LookupError) as error:
        raise ExtractError(f"is a broken PDF ({error})") from error
    except (OSError, RecursionError, TypeError, ValueError, zlib.error) as error:
        raise ExtractError(f"is a broken PDF ({error})") from error
    starts: list[int] = []
    text = ""
    for page in pages:
        starts.append(len(text))
        text += page + "\n\n"
    return Extracted(
        text.rstrip(),
        title=str(title).strip() or None if title else None,
        published=created.date().isoformat() if created else None,
        pages=tuple(starts),
    )


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
