"""Links that cannot lie, and the way back, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from index.documents import Document
from tests.browser_pages import ask, citation, clipboard, serving, visiting
from tests.fakes_page import ABOUT, BRIDGE, HELLO, QUOTES, WHICH, WHO
from tests.fakes_web import FakeAnswerer


def test_a_link_to_a_quote_finds_its_words_in_a_changed_article(
    chromium: Browser,
) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        citation(page, 1).click()
        page.get_by_role("button", name="Copy link to this quote").click()
        expect(page.get_by_text("Link copied.")).to_be_visible()
        link = clipboard(page)
        answerer.replace(Document(BRIDGE.doc_id, "New. " + BRIDGE.text, "The bridge"))
        answerer.version = "20261125T000000Z-0123abcd"
        page.goto(link)
        expect(page.locator("mark")).to_have_text(QUOTES[WHO])
        expect(page.locator("#source")).to_contain_text("has changed since")
        gone = BRIDGE.text.replace(QUOTES[WHO], "Somebody")
        answerer.replace(Document(BRIDGE.doc_id, gone, "The bridge"))
        answerer.version = "20261126T000000Z-0123abcd"
        page.reload()
        expect(page.locator(".changed")).to_contain_text("are no longer in it")
        expect(page.locator(".changed blockquote")).to_have_text(QUOTES[WHO])
        expect(page.locator("mark")).to_have_count(0)
        expect(page).to_have_title("The bridge · Verbatim")


def test_a_link_of_a_place_alone_says_that_it_cannot_be_checked(
    chromium: Browser, address: str
) -> None:
    with visiting(chromium, address, path="documents/evil#0-6") as page:
        expect(page.locator("mark")).to_have_text("</div>")
        expect(page.locator(".changed")).to_contain_text("it cannot be checked")


def test_back_closes_what_was_opened(chromium: Browser, address: str) -> None:
    with visiting(chromium, address, width=390) as page:
        ask(page, WHICH)
        citation(page, 1).click()
        expect(page.locator("mark")).to_have_text("the tuba")
        expect(page).to_have_title("The bridge · Verbatim")
        page.get_by_role("button", name="Next quote").click()
        expect(page.locator("mark")).to_have_text("the viola")
        # A reload keeps it open.
        page.reload()
        expect(page.locator("mark")).to_have_text("the viola")
        page.go_back()
        expect(page.locator("#source")).to_be_hidden()
        expect(page).to_have_title(f"{WHICH} · Verbatim")
        expect(page).to_have_url(address)
        page.get_by_role("button", name="Articles", exact=True).click()
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()
        expect(page).to_have_url(address)


def test_what_is_opened_at_once_after_closing_stays(page: Page) -> None:
    ask(page, WHICH)
    citation(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    # Both in one task of the page, as on a busy machine.
    page.evaluate(
        """() => {
            document.activeElement.dispatchEvent(
                new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
            document.querySelectorAll(".cite")[1].click();
        }"""
    )
    expect(page.locator("mark")).to_have_text("the viola")
    expect(page).to_have_url(re.compile("exact=the\\+viola"))
    expect(page.locator("mark")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Find in titles and texts")).to_be_visible()


def test_a_reply_that_rests_on_nothing_clears_the_mark(page: Page) -> None:
    ask(page, WHO)
    expect(page.locator("mark")).to_have_text(QUOTES[WHO])
    ask(page, HELLO)
    expect(page.locator("mark")).to_have_count(0)
    expect(page.locator(".cite[aria-current]")).to_have_count(0)


def test_a_citation_shows_its_sentence_when_it_is_reached(page: Page) -> None:
    ask(page, ABOUT)
    citation(page, 2).hover()
    expect(page.get_by_role("tooltip")).to_have_text("It rained.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()
    citation(page, 1).focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("tooltip")).to_contain_text("The river is wide.")


def test_an_article_that_is_read_can_be_asked_alone(page: Page) -> None:
    page.get_by_role("button", name="Read “The bridge”").click()
    page.get_by_role("button", name="Ask this article").click()
    expect(page.locator("[data-scope]")).to_contain_text("The bridge")
    expect(page.get_by_label("Your question")).to_be_focused()
    ask(page, "Why is the moon?")
    expect(page.locator(".reply")).to_contain_text("This article does not say.")


def test_an_open_page_learns_of_another_index(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with serving(answerer) as address, visiting(chromium, address) as page:
        expect(page.locator("#source .body")).to_be_visible()
        answerer.replace(Document("2", "More.", "Another"))
        answerer.version = "20261125T000000Z-0123abcd"
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(
            page.get_by_text("The articles have changed: 2 articles")
        ).to_be_visible()
        expect(page.locator("[data-scope]")).to_contain_text("all 2 articles")


def test_a_document_s_pages_are_shown(chromium: Browser) -> None:
    text = "A report.\nIngrid Dahl retired.\n"
    url = "https://example.org/report.pdf"
    report = Document("report", text, "Report", url, "2024-05-04", pages=(0, 10))
    answerer = FakeAnswerer([report], {WHO: "Ingrid Dahl"})
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        expect(page.locator("#source .page")).to_have_count(2)
        assert page.locator("#source .body").text_content() == text
        original = page.locator("#source").get_by_role("link", name="Open the original")
        expect(original).to_have_attribute("href", f"{url}#page=2")


def test_wrapped_lines_are_shown_as_one_paragraph(chromium: Browser) -> None:
    text = (
        "A new pilot\n\nThe board of Lissmouth said on Monday that it had named "
        "Ingrid\nDahl as its first chief pilot, and that she takes over in the spring "
        "from\nthe captains.\nShe is forty.\nList:\n- one\n- two"
    )
    answerer = FakeAnswerer([Document("pilot", text, "Pilot")], {WHO: "Ingrid\nDahl"})
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        body = page.locator("#source .body")
        expect(page.locator("#source mark")).to_have_text("Ingrid Dahl")
        assert body.text_content() == text
        shown = [line for line in body.inner_text().splitlines() if line.strip()]
        assert [line.strip() for line in shown] == [
            "A new pilot",
            "The board of Lissmouth said on Monday that it had named Ingrid Dahl "
            "as its first chief pilot, and that she takes over in the spring from the "
            "captains. She is forty. List:",
            "- one",
            "- two",
        ]
