from __future__ import annotations

import contextlib

import pytest

from index import pdf
from index.documents import Document
from index.extract import ExtractError
from index.pdf import extract_pdf
from qa.citations import cite, verify
from tests.fakes_pdf import make_pdf

PAGES = [
    [
        "A heading",
        "The ministers met in Baghdad on Monday to talk about the agree-",
        "ment that both countries want to sign in spring, said one of the",
        "officials. It is short.",
        "A second paragraph starts here and goes on until the paper ends.",
    ],
    ["On the next page there is more."],
]


def test_lines_become_paragraphs_and_parted_words_are_joined() -> None:
    text = extract_pdf(make_pdf(PAGES)).text
    assert text.splitlines() == [
        "A heading",
        "The ministers met in Baghdad on Monday to talk about the agreement that both "
        "countries want to sign in spring, said one of the officials. It is short.",
        "A second paragraph starts here and goes on until the paper ends.",
        "",
        "On the next page there is more.",
    ]


def test_the_page_of_a_place_is_known() -> None:
    found = extract_pdf(make_pdf(PAGES))
    document = Document("a", found.text, "A", pages=found.pages)
    assert document.page_at(0) == 1
    assert document.page_at(found.text.index("paper ends")) == 1
    assert document.page_at(found.text.index("On the next")) == 2
    assert document.page_at(len(found.text) - 1) == 2


def test_a_citation_tells_the_page() -> None:
    found = extract_pdf(make_pdf(PAGES))
    document = Document("a", found.text, "A", pages=found.pages)
    for quote, page in (("Baghdad", 1), ("more", 2)):
        start = found.text.index(quote)
        citation = cite(document, start, start + len(quote))
        assert (citation.quote, citation.page) == (quote, page)
        assert verify(citation, document)


def test_title_and_date_are_taken_from_the_metadata() -> None:
    found = extract_pdf(make_pdf(PAGES, title="The talks"))
    assert (found.title, found.published) == ("The talks", "2024-11-24")


@pytest.mark.parametrize("date", ["last week", "D:2024-11-24"])
def test_an_odd_date_is_no_reason_to_refuse_a_text(date: str) -> None:
    found = extract_pdf(make_pdf(PAGES, title="The talks", date=date))
    assert (found.title, found.published) == ("The talks", None)
    assert found.text.startswith("A heading")


def test_a_lock_that_is_not_known_is_a_reason_to_refuse() -> None:
    data = make_pdf(PAGES, password="secret").replace(b"/Standard", b"/Fancy   ")
    with pytest.raises(ExtractError, match="is a PDF of an unknown kind"):
        extract_pdf(data)


def test_a_packing_that_is_not_known_is_a_reason_to_refuse() -> None:
    data = make_pdf(PAGES).replace(b"/Length", b"/Filter /Fancy /Length", 1)
    with pytest.raises(ExtractError, match="is a"):
        extract_pdf(data)


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("_MAX_UNPACKED_BYTES", "unpacks to more than 200 bytes"),
        ("_MAX_CHARACTERS", "holds more than 200 characters; split it"),
    ],
)
def test_a_file_that_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    monkeypatch.setattr(pdf, limit, 200)
    assert extract_pdf(make_pdf([["Short."]])).text == "Short."
    with pytest.raises(ExtractError, match=message):
        extract_pdf(make_pdf([["Short."]] * 40))


def test_an_encrypted_file_is_refused() -> None:
    with pytest.raises(ExtractError, match="is encrypted; save it without a password"):
        extract_pdf(make_pdf(PAGES, password="secret"))


@pytest.mark.parametrize("cut", [0, 5, 100, 400])
def test_a_broken_file_is_refused(cut: int) -> None:
    with pytest.raises(ExtractError, match="is a broken PDF"):
        extract_pdf(make_pdf(PAGES)[:cut])


@pytest.mark.parametrize("place", range(9, 900, 37))
def test_a_damaged_file_is_read_or_refused(place: int) -> None:
    data = bytearray(make_pdf(PAGES))
    data[place : place + 8] = b"\x00\xff/<<(((["
    with contextlib.suppress(ExtractError):
        extract_pdf(bytes(data))
