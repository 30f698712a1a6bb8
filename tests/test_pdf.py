from __future__ import annotations

import contextlib
import io
import textwrap

import pytest
from reportlab.pdfgen.canvas import Canvas

from index.documents import Document
from index.formats.base import ExtractError
from index.formats.pdf import file as pdf
from index.formats.pdf.file import extract_pdf
from index.formats.pdf.hyphens import Hyphens
from index.formats.tables import Table
from index.formats.titles import told_title
from qa.answering.citations import cite, verify
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
    assert text.split("\n\n") == [
        "A heading",
        "The ministers met in Baghdad on Monday to talk about the agreement that both "
        "countries want to sign in spring, said one of the officials. It is short.",
        "A second paragraph starts here and goes on until the paper ends.",
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


@pytest.mark.parametrize("date", ["last week", "2024", "D:20241324"])
def test_an_odd_date_is_no_reason_to_refuse_a_text(date: str) -> None:
    found = extract_pdf(make_pdf(PAGES, title="The talks", date=date))
    assert (found.title, found.published) == ("The talks", None)
    assert found.text.startswith("A heading")


def test_a_packing_that_is_not_known_is_no_reason_to_lose_the_other_pages() -> None:
    data = make_pdf(PAGES).replace(b"/Length", b"/Filter /Fancy /Length", 1)
    assert "On the next page" in extract_pdf(data).text


def test_a_file_of_too_many_characters_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 200)
    assert extract_pdf(make_pdf([["Short."]])).text == "Short."
    with pytest.raises(ExtractError, match="holds more than 200 characters; split it"):
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


STORY = (
    "The museum closed its east wing after damp was found, and the architect told the "
    "trustees that the true cost of the repairs would come to one point four million "
    "francs, since the roof beams had to go as well. They asked the canton for a loan."
)


def page(number: int, lines: list[str]) -> list[str]:
    return ["Museum Quarterly", *lines, f"Page {number} of 3"]


def test_running_headers_and_page_numbers_part_no_sentence() -> None:
    lines = textwrap.wrap(STORY, 60)
    found = extract_pdf(
        make_pdf([page(1, lines[:2]), page(2, lines[2:4]), page(3, lines[4:])])
    )
    assert found.text == STORY
    assert found.findings.left_out == ("6 headers, footers and page numbers",)
    document = Document("a", found.text, "A", pages=found.pages)
    assert document.page_at(found.text.index(lines[0])) == 1
    assert document.page_at(found.text.index(lines[2])) == 2
    assert document.page_at(found.text.index(lines[4])) == 3


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("agree", "ment", True),
        ("infor", "mation", True),
        ("part", "time", False),
        ("so", "called", False),
        ("price", "determining", False),
        ("Brandt", "Meyer", False),
        ("Al", "Shammari", False),
    ],
)
def test_a_hyphen_is_kept_unless_the_joined_word_is_likelier(
    first: str, second: str, joined: bool
) -> None:
    assert Hyphens([]).is_parting(first, second) is joined


def test_the_other_words_of_the_document_decide_before_any_list() -> None:
    assert not Hyphens(["an agree-ment of sorts"]).is_parting("agree", "ment")
    assert Hyphens(["the Zorblax"]).is_parting("zorb", "lax")


@pytest.mark.parametrize(
    ("metadata", "title"),
    [
        ("Microsoft Word - report.doc", None),
        ("untitled", None),
        ("report_final.indd", None),
        ("Untitled Document 3", None),
        ("(anonymous)", None),
        ("Unknown", None),
        ("The anonymous", "The anonymous"),
        ("The talks", "The talks"),
        ("Words and documents of the peace", "Words and documents of the peace"),
    ],
)
def test_a_title_that_a_program_wrote_is_none(metadata: str, title: str | None) -> None:
    assert told_title(metadata) == title


@pytest.mark.parametrize("width", [40, 60, 80])
def test_ragged_lines_end_no_paragraph_before_a_name_or_a_number(width: int) -> None:
    story = (
        "The board of Lissmouth said on Tuesday that it had appointed Ingrid Solveig "
        "Tangen as its first chief pilot. She takes over on 4 November from Captain "
        "Piers Aldous of Sorn, who was paid 38.5 million kroner by the Harbour Board."
    )
    pages = [
        ["Harbour Report for the Year That Ended in May of 2025 and for 2024", *lines]
        for lines in (textwrap.wrap(story, width), textwrap.wrap(STORY, width))
    ]
    assert extract_pdf(make_pdf(pages)).text == f"{story}\n\n{STORY}"


def test_short_lines_without_a_stop_stay_apart() -> None:
    lines = [*textwrap.wrap(STORY, 60), "Opening hours", "Prices", "How to get here"]
    assert extract_pdf(make_pdf([lines])).text.split("\n\n")[1:] == [
        "Opening hours",
        "Prices",
        "How to get here",
    ]


def test_numbers_parted_at_their_hyphen_stay_together() -> None:
    lines = ["The price of a berth in the harbour of Lissmouth is 12-", "15 crowns."]
    assert extract_pdf(make_pdf([lines])).text == " ".join(lines).replace("- ", "-")


def test_a_table_keeps_the_column_of_an_empty_cell() -> None:
    rows = [
        ["Station", "Engines", "Chief", "Founded"],
        ["Birk", "", "Hans Ude", "1934"],
        ["Cove", "2", "Ivo Prat", ""],
        ["Dunn Hill", "7", "Mia Rask", "1950"],
    ]
    written = io.BytesIO()
    canvas = Canvas(written)
    for number, row in enumerate(rows):
        for left, cell in zip((60, 180, 260, 400), row, strict=True):
            canvas.drawString(left, 700 - 16 * number, cell)
    canvas.save()
    found = extract_pdf(written.getvalue())
    assert found.text == "\n".join("\t".join(row) for row in rows)
    assert found.tables == (Table(0, len(found.text), tuple(rows[0])),)


def test_a_cell_of_several_lines_and_a_merged_row_stay_in_their_table() -> None:
    drawn = [
        (60, 700, "Station"),
        (180, 700, "Task"),
        (60, 680, "Birk"),
        (180, 680, "Fires in the mills and"),
        (180, 667, "all boats on the lake"),
        (60, 647, "Stations of the northern shore"),
        (180, 627, "Rescue on the ice and"),
        (60, 614, "Cove"),
        (180, 614, "in the mountains"),
        (60, 594, "Dunn"),
        (180, 594, "Floods"),
    ]
    written = io.BytesIO()
    canvas = Canvas(written)
    canvas.drawString(60, 750, "The county has three stations.")
    for left, height, words in drawn:
        canvas.drawString(left, height, words)
    canvas.save()
    assert extract_pdf(written.getvalue()).text.split("\n\n")[1:] == [
        "Station\tTask\n"
        "Birk\tFires in the mills and all boats on the lake\n"
        "Stations of the northern shore\t\n"
        "Cove\tRescue on the ice and in the mountains\n"
        "Dunn\tFloods"
    ]


def test_a_column_of_a_few_lines_is_read_as_on_the_other_pages() -> None:
    words = textwrap.wrap(STORY + " ".join(PAGES[0]) * 2, 40)
    pages = [(words[:7], words[7:14]), (words[14:18], words[18:20])]
    written = io.BytesIO()
    canvas = Canvas(written)
    for left, right in pages:
        for start, lines in ((60, left), (320, right)):
            for number, line in enumerate(lines):
                canvas.drawString(start, 700 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    wanted = " ".join(" ".join([*left, *right]) for left, right in pages)
    assert extract_pdf(written.getvalue()).text.split() == wanted.split()
