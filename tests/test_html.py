from __future__ import annotations

import pytest

from index.formats.base import ExtractError
from index.formats.page.article import extract_html
from tests.web_pages import JUNK, PAGES, PARAGRAPHS, TITLE


@pytest.mark.parametrize("source", PAGES.values(), ids=PAGES.keys())
def test_the_article_is_kept_and_what_is_round_it_is_not(source: str) -> None:
    text = extract_html(source.encode("utf-8")).text
    assert [p for p in PARAGRAPHS if p not in text] == []
    assert [junk for junk in JUNK if junk in text] == []


@pytest.mark.parametrize("source", PAGES.values(), ids=PAGES.keys())
def test_the_title_is_found(source: str) -> None:
    assert extract_html(source.encode("utf-8")).title == TITLE


@pytest.mark.parametrize("name", ["semantic", "json-ld", "wordpress", "amp"])
def test_address_and_date_are_taken_from_the_metadata(name: str) -> None:
    found = extract_html(PAGES[name].encode("utf-8"))
    assert found.url == "https://paper.example/talks"
    assert found.published == "2024-11-24"


def test_what_a_page_does_not_state_is_not_guessed() -> None:
    found = extract_html(PAGES["divs"].encode("utf-8"))
    assert (found.url, found.published) == (None, None)


def test_a_page_in_another_encoding_is_read_as_it_says() -> None:
    page = PAGES["semantic"].replace("Baghdad", "Orléans").replace("“", '"')
    page = page.replace("”", '"').replace("<head>", '<head><meta charset="iso-8859-1">')
    assert "Orléans" in extract_html(page.encode("latin-1")).text


@pytest.mark.parametrize("source", ["", "<html></html>", "<body><p></p></body>"])
def test_a_page_without_an_article_is_refused(source: str) -> None:
    with pytest.raises(ExtractError, match="holds no article"):
        extract_html(source.encode("utf-8"))
