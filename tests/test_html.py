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


FIRST = "<p>The Alder footbridge closes on 2 September for seven days.</p>"
SECOND = "<p>The county pays for the work, which costs 240,000 crowns.</p>"
STORY = f"<h1>Bridge to close</h1>{FIRST}{SECOND}"
NOTICE = (
    "<h2>We value your privacy</h2>"
    + "<p>We and our partners keep cookies on a device to process personal data.</p>"
    * 9
    + "<button>Accept all</button>"
)
LINKED = NOTICE.replace("<button>", "<a role='button' href='/yes'>")
LINKED = LINKED.replace("</button>", "</a><a href='#'>No</a>")


def words(source: str) -> str:
    page = f"<html><head><title>A page</title></head><body>{source}</body></html>"
    return extract_html(page.encode("utf-8")).text


@pytest.mark.parametrize(
    "source",
    [
        f"<div>{NOTICE}</div><div>{STORY}</div>",
        f"<div>{STORY}</div><div><section>{NOTICE}</section></div>",
        f"<section aria-label='Cookie banner'>{NOTICE}</section><main>{STORY}</main>",
        f"<div>{LINKED}</div><div>{STORY}</div>",
        f"<div>{STORY.replace('h1', 'h2')}</div><div>{NOTICE}</div>",
    ],
)
def test_a_notice_that_asks_for_consent_is_no_article_even_if_longer(
    source: str,
) -> None:
    text = words(source)
    assert "2 September" in text
    assert "240,000" in text
    assert "cookies" not in text


@pytest.mark.parametrize("button", ["", "<button>Share</button>"])
@pytest.mark.parametrize("headline", ["Cookie law", "New law"])
def test_an_article_about_cookies_is_kept(headline: str, button: str) -> None:
    told = "A site must ask before it keeps cookies, said the agency on Monday."
    source = f"<div><h1>{headline}</h1></div><div><p>{told}</p>{SECOND}{button}</div>"
    assert told in words(source)


@pytest.mark.parametrize(
    "source",
    [
        f"<form id='page'><div>{STORY}</div><input type='submit'></form>",
        f"<div class='site has-sidebar'>{STORY}<p class='ad'>Buy new shoes.</p></div>",
        f"<div id='cookie-bar-open'><div>{NOTICE}</div><main>{STORY}</main></div>",
    ],
)
def test_a_whole_page_is_not_left_out_for_the_name_of_what_holds_it(
    source: str,
) -> None:
    text = words(source)
    assert "240,000" in text
    assert "shoes" not in text
    assert "cookies" not in text


def test_a_page_that_was_converted_when_saved_is_read_as_what_it_is() -> None:
    page = PAGES["semantic"].replace("Baghdad", "Orléans")
    page = page.replace("<head>", '<head><meta charset="iso-8859-1">')
    found = extract_html(page.encode("utf-8"))
    assert "Orléans" in found.text
    assert found.findings.encoding == "utf-8"


def test_cells_that_span_rows_and_columns_keep_the_others_in_their_columns() -> None:
    found = extract_html(
        f"""<html><body><article>{STORY}<table><caption>Ferries in 2025</caption>
        <tr><th rowspan="2">Ship</th><th colspan="2">Capacity</th><th>Notes</th></tr>
        <tr><th>Cars</th><th>People</th><th></th></tr>
        <tr><td rowspan="2">Alma</td><td>40</td><td>200</td><td></td></tr>
        <tr><td>45</td><td>210</td><td><ul><li>one</li><li>two</li></ul></td></tr>
        </table></article></body></html>""".encode()
    )
    (table,) = found.tables
    assert found.text[table.start : table.end] == (
        "Ship\tCapacity\t\tNotes\n\tCars\tPeople\t\nAlma\t40\t200\t\n"
        "\t45\t210\t• one • two"
    )
    assert "Ferries in 2025" in found.text[: table.start].split("\n\n")
    assert table.header == ("Ship", "Capacity Cars", "Capacity People", "Notes")


def test_the_paragraphs_of_a_short_page_stay_apart() -> None:
    source = f"<nav><a href='/'>Home</a></nav><div>{STORY}</div><footer>Us</footer>"
    assert words(source).split("\n\n")[0] == "Bridge to close"
    assert "Home" not in words(source)


def test_a_table_in_a_cell_stays_in_its_row() -> None:
    inner = "<table><tr><td>AM</td><td>6-9</td></tr><tr><td>PM</td><td>3-5</td></tr>"
    page = f"""<html><body><article>{STORY}<table>
        <tr><th>Day</th><th>Hours</th></tr>
        <tr><td>Monday</td><td>{inner}</table></td></tr>
        <tr><td>Tuesday</td><td>closed</td></tr></table></article></body></html>"""
    found = extract_html(page.encode())
    (table,) = found.tables
    assert found.text[table.start : table.end] == (
        "Day\tHours\nMonday\tAM 6-9 PM 3-5\nTuesday\tclosed"
    )
    assert table.header == ("Day", "Hours")
