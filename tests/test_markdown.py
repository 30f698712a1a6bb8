from __future__ import annotations

import pytest

from index.extract import Extracted, ExtractError
from index.markdown import extract_markdown

FRONT = """---
title: "The talks: a summary"
date: 2024-11-24
canonical_url: https://paper.example/talks
tags: [a, b]
---
"""


def test_the_front_matter_gives_title_address_and_date() -> None:
    assert extract_markdown((FRONT + "Text.").encode()) == Extracted(
        "Text.", "The talks: a summary", "https://paper.example/talks", "2024-11-24"
    )


def test_windows_line_ends_in_the_front_matter_make_no_difference() -> None:
    found = extract_markdown((FRONT + "Text.").replace("\n", "\r\n").encode())
    assert (found.text, found.published) == ("Text.", "2024-11-24")


def test_the_first_heading_is_the_title_without_front_matter() -> None:
    found = extract_markdown(b"Intro.\n\n# The *talks*\n\nText.")
    assert found.title == "The talks"
    assert found.text == "Intro.\nThe talks\nText."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "A *bold*\nline, [a link](http://x.y) and `code`.",
            "A bold line, a link and code.",
        ),
        ("- one\n- two\n\n> three", "one\ntwo\nthree"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b\n1, 2"),
        ("```\nx = 1\n```", "x = 1"),
        ("AT&amp;T ![a map](m.png) <b>said</b> 👩‍👩‍👧", "AT&T a map said 👩‍👩‍👧"),
        ("First  \nsecond", "First\nsecond"),
    ],
)
def test_marks_are_no_text(source: str, text: str) -> None:
    assert extract_markdown(source.encode()).text == text


@pytest.mark.parametrize(
    "front",
    [
        "title: [a",
        "a: b: c",
        "date: 2024-13-45",
        "title: !!timestamp x",
        "title: !!bool x",
        'title: !!int ""',
        "title: 0x" + "f" * 5_000,
        "title: " + "[" * 3_000,
        "? {a: b}\n: c",
    ],
    ids=lambda front: front[:24],
)
def test_broken_front_matter_is_refused(front: str) -> None:
    with pytest.raises(ExtractError, match="broken front matter"):
        extract_markdown(f"---\n{front}\n---\nText.".encode())


def test_a_rule_is_no_front_matter() -> None:
    assert extract_markdown(b"---\njust words\n---\nText.").title is None
    assert "Text." in extract_markdown(b"---\n\nText.").text
