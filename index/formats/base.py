"""What every format gives: a text, what is known about it, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass

from index.formats.tables import Table

# More is no article.
MAX_CHARACTERS = 20_000_000


class ExtractError(ValueError):
    """Bytes that hold no article; the message is the reason, without the file's name.

    It reads on from the name: "is encrypted; save it without a password".
    """


@dataclass(frozen=True, slots=True)
class Findings:
    """What happened to a file on its way to a text.

    Attributes:
        encoding: The encoding it was read in, if nothing in it says so: a guess.
        hyphens: Words parted at the end of a printed line that were joined.
        left_out: What of it is not in the text, in words: "3 deletions".
    """

    encoding: str | None = None
    hyphens: int = 0
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article as it was found in a file.

    Attributes:
        text: The canonical text of the article.
        title: Its title, if the format has one; likewise ``url`` and ``published``,
            an ISO 8601 date.
        pages: For a format with pages, the offset in ``text`` where each starts.
        tables: Where its tables stand, in the order of the text.
        findings: What the person who builds should be told.
    """

    text: str
    title: str | None = None
    url: str | None = None
    published: str | None = None
    pages: tuple[int, ...] = ()
    tables: tuple[Table, ...] = ()
    findings: Findings = Findings()


def check(extracted: Extracted) -> None:
    """Check that there is a text, and that all can be written as UTF-8.

    Raises:
        ExtractError: If not.
    """
    if len(extracted.text) > MAX_CHARACTERS:
        raise ExtractError(
            f"holds more than {MAX_CHARACTERS:,} characters; split it into articles"
        )
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
