"""The articles and the source in a real browser."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser_pages import ask, citation, serving, visiting
from tests.fakes_page import (
    BRIDGE,
    EVIL,
    HOSTILE,
    MANY,
    QUOTES,
    WHERE,
    WHICH,
    WHO,
    PageAnswerer,
)
from tests.fakes_web import FakeAnswerer


def test_ask_get_the_answer_click_the_citation_and_see_the_quote(page: Page) -> None:
    ask(page, WHO)
    reply = page.get_by_role("log").locator(".reply")
    assert reply.locator("strong").text_content() == QUOTES[WHO]
    quote = reply.locator("blockquote").text_content() or ""
    assert quote.startswith(f"After 🥁🥁 drums, {QUOTES[WHO]} opened the bridge.")
    citation(page, 1).click()
    mark = page.locator("#source mark")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == QUOTES[WHO]
    assert page.locator("#source .body").text_content() == BRIDGE.text
    assert "underline" in mark.evaluate("node => getComputedStyle(node).textDecoration")
    about = page.locator("#source .origin")
    expect(about).to_contain_text("May 4, 2024")
    expect(about.get_by_role("link", name="Open the original")).to_have_attribute(
        "href",
        "https://example.org/bridge#:~:text="
        "After%20%F0%9F%A5%81%F0%9F%A5%81%20drums%2C-,Maria%CC%81%20Keller%20%F0%9F%8C%89,"
        "-opened%20the%20bridge.",
    )


def test_a_right_to_left_quote_is_set_so(page: Page) -> None:
    ask(page, WHERE)
    quote = page.locator(".reply blockquote")
    assert quote.evaluate("node => getComputedStyle(node).direction") == "rtl"
    citation(page, 1).click()
    mark = page.locator("mark")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == QUOTES[WHERE]
    # Its line starts on the right, in a text whose other lines start on the left.
    assert mark.evaluate(
        "node => node.getBoundingClientRect().left"
        " > node.closest('.body').getBoundingClientRect().left + 100"
    )


def test_each_citation_opens_its_own_document(page: Page) -> None:
    ask(page, MANY)
    citation(page, 2).click()
    expect(page.locator("#source-title")).to_have_text(HOSTILE.title)
    expect(page.locator("mark")).to_have_text("Said twice.")
    citation(page, 1).click()
    expect(page.locator("#source-title")).to_have_text(BRIDGE.title)
    assert page.locator(".cite[aria-current]").text_content() == "1"


def test_a_quote_at_the_start_of_a_paragraph_stands_apart(page: Page) -> None:
    ask(page, MANY)
    citation(page, 1).click()
    mark = page.locator("mark")
    expect(mark).to_be_in_viewport()
    assert mark.evaluate("node => node.previousSibling.className") == "gap"
    assert page.locator("#source .body").text_content() == BRIDGE.text


def test_citations_are_stepped_through(page: Page) -> None:
    ask(page, WHICH)
    items = page.locator(".items li")
    expect(items).to_have_count(3)
    expect(items.locator(".context")).to_have_count(1)
    citation(page, 1).click()
    expect(page.locator("mark")).to_have_text("the tuba")
    # The other quotes of the reply are marked as well, but less.
    expect(page.locator("#source .also")).to_have_text(["the viola", "the harp"])
    expect(page.get_by_role("button", name="Previous quote")).to_be_disabled()
    page.get_by_role("button", name="Next quote").click()
    expect(page.locator("mark")).to_have_text("the viola")
    expect(page.get_by_text("Quote 2 of 3")).to_be_visible()
    expect(page.locator(".cite[aria-current]")).to_have_text("2")
    page.keyboard.press("n")
    expect(page.locator("mark")).to_have_text("the harp")
    page.keyboard.press("n")
    page.keyboard.press("p")
    expect(page.locator("mark")).to_have_text("the viola")
    page.get_by_role("button", name="Talks").focus()
    page.keyboard.press("n")
    expect(page.get_by_text("Quote 2 of 3")).to_be_visible()
    citation(page, 2).focus()
    page.keyboard.press("n")
    expect(page.locator("mark")).to_have_text("the harp")


def test_a_source_that_fails_to_load_can_be_tried_again(page: Page) -> None:
    ask(page, WHO)
    page.route("**/api/documents/**", lambda route: route.abort())
    citation(page, 1).click()
    expect(page.locator("#source")).to_contain_text("cannot be reached")
    page.unroute("**/api/documents/**")
    page.locator("#source").get_by_role("button", name="Try again").click()
    expect(page.locator("mark")).to_be_focused()


def test_a_hostile_article_is_only_text(page: Page) -> None:
    ask(page, EVIL)
    assert page.locator(".reply strong").text_content() == QUOTES[EVIL]
    citation(page, 1).click()
    mark = page.locator("mark")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == QUOTES[EVIL]
    assert page.locator("#source .body").text_content() == HOSTILE.text
    assert page.locator("#source-title").text_content() == HOSTILE.title
    assert page.locator("[data-reader] a").count() == 0
    assert page.locator("main img, aside img, main script, aside script").count() == 0
    page.reload()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[EVIL])
    assert page.evaluate("typeof window.hacked") == "undefined"


def test_the_first_quote_is_shown_beside_its_answer(page: Page) -> None:
    ask(page, WHO)
    expect(page.locator("mark")).to_be_in_viewport()
    expect(citation(page, 1)).to_have_attribute("aria-current", "true")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_on_a_phone_no_source_covers_an_answer_unasked(chromium: Browser) -> None:
    with (
        serving(FakeAnswerer([BRIDGE], QUOTES)) as address,
        visiting(chromium, address, width=390, height=844) as page,
    ):
        ask(page, WHO)
        expect(citation(page, 1)).to_be_visible()
        expect(page.locator("#source")).to_be_hidden()


def test_some_articles_can_be_chosen(page: Page, answerer: PageAnswerer) -> None:
    expect(page.locator("[data-scope]")).to_contain_text("all 2 articles")
    page.get_by_label("Find in titles and texts").fill("BRÏDGE")
    expect(page.get_by_text("1 article with “BRÏDGE”")).to_be_visible()
    page.get_by_role("checkbox", name="The bridge").check()
    expect(page.locator("[data-scope]")).to_contain_text("The bridge")
    expect(page.get_by_role("button", name=EVIL)).to_have_count(0)
    ask(page, WHO)
    assert answerer.asked[-1].doc_ids == (BRIDGE.doc_id,)
    page.get_by_role("button", name="All articles").click()
    page.get_by_role("button", name="Read “The bridge”").click()
    expect(page.locator("#source .body")).to_contain_text("news of the day.")
    page.get_by_role("button", name="All articles").click()
    page.get_by_label("Find in titles and texts").fill("img src")
    page.get_by_role("checkbox", name="Evil").check()
    ask(page, WHO)
    last = answerer.asked[-1]
    assert last.doc_ids == (BRIDGE.doc_id, HOSTILE.doc_id)
    page.get_by_role("button", name="All articles").click()
    # Whatever is filtered, all of them are a click away.
    page.get_by_role("button", name="Ask all 2 articles").click()
    ask(page, WHO)
    assert answerer.asked[-1].doc_ids is None


def test_a_filter_that_finds_nothing_says_so(page: Page) -> None:
    page.get_by_label("Find in titles and texts").fill("zebra")
    expect(page.locator("#source")).to_contain_text("No article has “zebra”")
    page.get_by_role("button", name="Show all articles").click()
    expect(page.get_by_role("checkbox")).to_have_count(2)


def test_a_lone_article_is_there_to_read(chromium: Browser) -> None:
    with (
        serving(FakeAnswerer([BRIDGE], QUOTES)) as address,
        visiting(chromium, address) as page,
    ):
        expect(page.locator("#source .body")).to_contain_text("news of the day.")
        expect(page.get_by_label("Your question")).to_be_focused()
        ask(page, "Why is the moon?")
        expect(page.locator(".reply")).to_contain_text("The article does not say.")


def test_a_lone_article_takes_no_pane_that_somebody_looks_at(chromium: Browser) -> None:
    waiting: list[Route] = []
    with (
        serving(FakeAnswerer([BRIDGE], {})) as address,
        visiting(chromium, address) as page,
    ):
        # Away from the page first: what it still asks for is not to be waited for.
        page.goto("about:blank")
        page.route("**/api/documents?*", lambda route: waiting.append(route))
        page.goto(address)
        page.get_by_role("button", name="Articles", exact=True).click()
        for _ in range(500):
            if waiting:
                break
            page.wait_for_timeout(20)
        with page.expect_response("**/api/suggestions*"):
            waiting[0].continue_()
        expect(page.locator("[data-articles]")).to_contain_text(BRIDGE.title)
        expect(page.locator("#source .body")).to_be_hidden()


def test_an_empty_index_is_said(chromium: Browser) -> None:
    with serving(FakeAnswerer([])) as address, visiting(chromium, address) as page:
        expect(page.locator("#source")).to_contain_text("No article has been indexed")


def test_a_link_to_no_article_is_told(chromium: Browser, address: str) -> None:
    with visiting(chromium, address, path="documents/none#1-2") as page:
        expect(page.locator("#source")).to_contain_text("not here any more")
