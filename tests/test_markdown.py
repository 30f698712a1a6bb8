from __future__ import annotations

import pytest

from index.formats.base import Extracted
from index.formats.markdown import extract_markdown

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
    assert found.text == "Intro.\n\nThe talks\n\nText."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "A *bold*\nline, [a link](http://x.y) and `code`.",
            "A bold line, a link and code.",
        ),
        ("- one\n- two\n\n> three", "one\n\ntwo\n\nthree"),
        ("4. four\n5. five", "4. four\n\n5. five"),
        ("| a | b |\n|---|---|\n| 1 |  |", "a\tb\n1\t"),
        ("<div>In <b>a</b> box<br>of two</div>", "In a box\nof two"),
        ("```\nx = 1\n```", "x = 1"),
        ("AT&amp;T ![a map](m.png) <b>said</b> 👩‍👩‍👧", "AT&T a map said 👩‍👩‍👧"),
        ("First  \nsecond", "First\nsecond"),
        ("The fee is ~~5~~ 6 crowns.", "The fee is 5 6 crowns."),
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
        "title: " + "[" * 300,
        "? {a: b}\n: c",
    ],
    ids=lambda front: front[:24],
)
def test_broken_front_matter_loses_no_article(front: str) -> None:
    found = extract_markdown(f"---\n{front}\n---\nText.".encode())
    assert found.text.endswith("Text.")


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("---\ntitle: Bees: a hive\ndate: 2026-03-14\n---\n", "Bees: a hive"),
        ('---\ntitle: "Bees\ndate: 2026-03-14\n---\n', "Bees"),
        ('+++\ntitle = "Bees"\ndate = 2026-03-14\n+++\n', "Bees"),
        ("+++\ntitle = Bees\ndate = 2026-03-14\n+++\n", "Bees"),
    ],
)
def test_front_matter_is_read_as_what_it_looks_like(front: str, title: str) -> None:
    found = extract_markdown(f"{front}Text.".encode())
    assert (found.title, found.published) == (title, "2026-03-14")
    assert found.text == "Text."


@pytest.mark.parametrize("mark", ["> ", "- "])
def test_what_is_nested_deeply_is_not_lost(mark: str) -> None:
    assert extract_markdown((mark * 60 + "words").encode()).text == "words"


def test_a_rule_is_no_front_matter() -> None:
    assert extract_markdown(b"---\njust words\n---\nText.").text.startswith("just")
    assert "Text." in extract_markdown(b"---\n\nText.").text
