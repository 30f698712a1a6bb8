from __future__ import annotations

import pytest

from index.documents import Document
from index.formats.boilerplate import is_boilerplate


def test_the_articles_first_line_goes_and_all_others_stay(article: Document) -> None:
    first, *others = article.text.splitlines()
    assert is_boilerplate(first)
    assert [line for line in others if is_boilerplate(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "Facebook Twitter (X) Instagram",
        "Facebook | Twitter | WhatsApp | Email",
        "  Facebook, Twitter, LinkedIn, Email  ",
        "Home | News | World",
        "Home News World Politics The Daily Planet",
        "Advertisement",
        "Skip to main content",
        "Share on Facebook",
        "Follow us on Instagram.",
        "© 2024 Somali Magazine. All rights reserved.",
        "Copyright 2024 Somali Magazine",
        "Subscribe to our newsletter",
        "This site uses cookies to improve your visit.",
    ],
)
def test_navigation_and_notices_are_boilerplate(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "Facebook and Twitter were fined on Monday.",
        "He was banned from Facebook, Twitter and Instagram.",
        "Facebook and Instagram go down for thousands",
        "Facebook, Instagram fined by the European Union",
        "Facebook/Instagram owner Meta reports record profit",
        "Instagram",
        "Facebook",
        "World Health News in brief",
        "World Business Technology summit opens in Dubai",
        "Copyright infringement rose by a fifth, the ministry said.",
        "Advertisement revenue fell by half.",
        "Sport and health are linked, a study finds",
        "He shares this view with many.",
        "Facebook Twitter Instagram and the rest are closed to the young here.",
    ],
)
def test_sentences_and_headlines_stay(line: str) -> None:
    assert not is_boilerplate(line)


def test_a_long_line_is_never_boilerplate() -> None:
    assert not is_boilerplate("Facebook Twitter Instagram " * 20)
