"""Bytes of a file to text and what is known about it: one function per format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from index.boilerplate import is_boilerplate

_HEADLINE_WORDS = (3, 20)


class ExtractError(ValueError):
    """Bytes that hold no article; the message is the reason, without the file's name.

    It reads on from the name: "is encrypted; save it without a password".
    """


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article as it was found in a file.

    Attributes:
        text: The canonical text of the article.
        title: Its title, if the format has one; likewise ``url`` and ``published``,
            an ISO 8601 date.
        pages: For a format with pages, the offset in ``text`` where each starts.
    """

    text: str
    title: str | None = None
    url: str | None = None
    published: str | None = None
    pages: tuple[int, ...] = ()


def extract(data: bytes, suffix: str) -> Extracted:
    """Return the article in the bytes of a file.

    Args:
        data: The whole file.
        suffix: Its ending, in lower case and with the dot; one of ``SUFFIXES``.

    Raises:
        ExtractError: If the file is broken, encrypted, wrongly encoded, or holds no
            text.
    """
    extracted = _EXTRACTORS[suffix](data)
    check(extracted)
    return extracted


def check(extracted: Extracted) -> None:
    """Check that there is a text, and that all can be written as UTF-8.

    Raises:
        ExtractError: If not.
    """
    if not extracted.text.strip():
        raise ExtractError("holds no text; if it is a scan, recognise its text first")
    for value in (extracted.text, extracted.title, extracted.url, extracted.published):
        try:
            (value or "").encode("utf-8")
        except UnicodeEncodeError as error:
            raise ExtractError(f"holds half a character ({error}); mend it") from error


def decode(data: bytes) -> str:
    """Return the text of UTF-8 bytes; a byte order mark is no part of it.

    Raises:
        ExtractError: If it is in another encoding.
    """
    try:
        # Decoded from bytes, as text mode would change line ends and so offsets.
        text = data.decode("utf-8-sig")
    except UnicodeError as error:
        raise ExtractError(f"is not UTF-8 ({error}); convert it") from error
    if "\0" in text:
        # UTF-16 without a byte order mark is valid UTF-8, of every other character.
        raise ExtractError("has null characters, so is not UTF-8 text; convert it")
    return text


def _plain(data: bytes) -> Extracted:
    text = decode(data)
    return Extracted(text, _headline(text))


def _headline(text: str) -> str | None:
    """Return the first line of a text if it is a headline: one of a few words.

    It has no full stop or the like at its end, and the line after it has.
    """
    lines = (line.strip() for line in text.splitlines() if line.strip())
    first, second = next(lines, ""), next(lines, "")
    is_short = _HEADLINE_WORDS[0] <= len(first.split()) <= _HEADLINE_WORDS[1]
    ends = first.endswith((".", ",", ";", ":", "…"))
    if not is_short or ends or is_boilerplate(first):
        return None
    return first if second.endswith((".", "!", "?", "”", '"')) else None


# The libraries of a format are imported when a file of it is read: a server that only
# opens an index should not wait for them.
def _markdown(data: bytes) -> Extracted:
    from index.markdown import extract_markdown

    return extract_markdown(data)


def _html(data: bytes) -> Extracted:
    from index.html import extract_html

    return extract_html(data)


def _pdf(data: bytes) -> Extracted:
    from index.pdf import extract_pdf

    return extract_pdf(data)


def _docx(data: bytes) -> Extracted:
    from index.docx import extract_docx

    return extract_docx(data)


_EXTRACTORS: Mapping[str, Callable[[bytes], Extracted]] = {
    ".txt": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".docx": _docx,
}
SUFFIXES = tuple(_EXTRACTORS)
