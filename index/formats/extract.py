"""Bytes of a file to text and what is known about it: one function per format."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from index.formats.base import Extracted, ExtractError, Findings, check
from index.formats.boilerplate import is_boilerplate
from index.paragraphs import begins_speech, paragraph_spans
from index.sentences import parted

_HEADLINE_WORDS = (3, 20)
# Characters in which a headline and the end of the paragraph after it are looked for.
_BEGINNING = 10_000


def extract(data: bytes, suffix: str) -> Extracted:
    """Return the article in the bytes of a file.

    Args:
        data: The whole file.
        suffix: Its ending, in lower case and with the dot; one of ``SUFFIXES``.

    Raises:
        ExtractError: If the file is broken, encrypted, wrongly encoded, or holds no
            text.
    """
    try:
        extracted = _EXTRACTORS[suffix](data)
    except RecursionError as error:
        raise ExtractError("is nested too deeply; flatten it") from error
    check(extracted)
    return extracted


def _plain(data: bytes) -> Extracted:
    from index.formats.encoding import decode_text

    text, guess = decode_text(data)
    return Extracted(text, _headline(text), findings=Findings(encoding=guess))


def _headline(text: str) -> str | None:
    """Return the first paragraph of a text if it is a headline: one of a few words.

    It has no full stop or the like at its end, and the one after it has. It is one
    sentence, and the first speech of a transcript is none.
    """
    found = paragraph_spans(text[:_BEGINNING])[:2]
    first, second = [
        *(" ".join(text[start:end].split()) for start, end in found),
        "",
        "",
    ][:2]
    is_short = _HEADLINE_WORDS[0] <= len(first.split()) <= _HEADLINE_WORDS[1]
    ends = first.endswith((".", ",", ";", ":", "…"))
    is_speech = begins_speech(first) and begins_speech(second)
    if not is_short or ends or is_speech or is_boilerplate(first):
        return None
    if len(parted(first, 0, len(first))) > 1:
        return None
    is_story = second.endswith((".", "!", "?", "”", '"'))
    return first if is_story else None


# The libraries of a format are imported when a file of it is read: a server that only
# opens an index should not wait for them.
def _markdown(data: bytes) -> Extracted:
    from index.formats.markdown import extract_markdown

    return extract_markdown(data)


def _html(data: bytes) -> Extracted:
    from index.formats.page.article import extract_html

    return extract_html(data)


def _pdf(data: bytes) -> Extracted:
    from index.formats.pdf.file import extract_pdf

    return extract_pdf(data)


def _docx(data: bytes) -> Extracted:
    from index.formats.word.file import extract_docx

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
