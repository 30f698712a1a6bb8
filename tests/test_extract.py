from __future__ import annotations

import pytest

from index.formats.base import Extracted, ExtractError, check
from index.formats.extract import SUFFIXES, extract


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("data", [b"", b" \n"])
def test_no_format_takes_a_file_without_a_text(suffix: str, data: bytes) -> None:
    with pytest.raises(ExtractError):
        extract(data, suffix)


# The others guess an encoding, and say so.
@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_bytes_that_are_no_utf8_are_no_text(suffix: str) -> None:
    with pytest.raises(ExtractError):
        extract(b"\xff\xfe\x00\xe9", suffix)


def test_plain_text_is_kept_as_it_is() -> None:
    assert extract(b"\xef\xbb\xbfOne\r\n\ttwo ", ".txt") == Extracted("One\r\n\ttwo ")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Ministers meet in Baghdad\n\nThey met on Monday.\n",
            "Ministers meet in Baghdad",
        ),
        ("\n  Will they meet again?\r\nThey may.", "Will they meet again?"),
        ("They met on Monday.\nThey left.", None),
        ("Baghdad\nThey met there.", None),
        ("Milk and two eggs\nFlour and some sugar", None),
        ("The first line of a text\n", None),
        ("Facebook Twitter Instagram\nThey met on Monday.", None),
        ("word " * 21 + "\nThey met on Monday.", None),
        ("HOST: Who runs the ferry?\nMAYOR LUND: My cousin Arne.", None),
        ("Welcome. How many live here now?\nThey met on Monday.", None),
        ("Exclusive: Bridge to close\nIt is old.", "Exclusive: Bridge to close"),
    ],
)
def test_a_headline_is_the_title_of_plain_text(text: str, title: str | None) -> None:
    assert extract(text.encode(), ".txt") == Extracted(text, title)


def test_what_cannot_be_written_as_utf8_is_refused() -> None:
    with pytest.raises(ExtractError, match="half a character"):
        check(Extracted("Text.", title="\ud83c"))
