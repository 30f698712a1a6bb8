"""The page in a real browser, Debian's Chromium, on a fake answerer."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from werkzeug.serving import make_server

from index.documents import Document
from qa.conversation import CitedPlace, Turn
from tests.fakes_page import (
    ABOUT,
    BRIDGE,
    EVIL,
    HELLO,
    HOSTILE,
    MANY,
    QUOTES,
    THERE,
    THERE_MEANT,
    WHERE,
    WHICH,
    WHO,
    PageAnswerer,
)
from tests.fakes_web import FakeAnswerer
from web import create_app
from web.feedback_store import FeedbackStore

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@contextmanager
def serving(
    answerer: FakeAnswerer, store: FeedbackStore | None = None
) -> Iterator[str]:
    app = create_app(answerer, store)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# Not pytest-playwright's fixtures: they bring a browser of their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def answerer() -> PageAnswerer:
    return PageAnswerer()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FeedbackStore:
    return FeedbackStore.open(tmp_path_factory.mktemp("feedback") / "f.sqlite")


@pytest.fixture(scope="module")
def address(answerer: PageAnswerer, store: FeedbackStore) -> Iterator[str]:
    with serving(answerer, store) as url:
        yield url


@contextmanager
def visiting(
    chromium: Browser,
    address: str,
    *,
    path: str = "",
    width: int = 1280,
    dark: bool = False,
) -> Iterator[Page]:
    """A page at the address; at the end, nothing was wrong in its console."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    # What does not come within this, does not come.
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    strangers: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "Failed to load" not in message.text
            else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((address, f"blob:{address}"))
            else strangers.append(request.url)
        ),
    )
    page.goto(address + path)
    yield page
    context.close()
    assert complaints == []
    assert strangers == []


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    with visiting(chromium, address) as page:
        yield page


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".question").last).to_contain_text(question)
    expect(page.locator(".waiting")).to_have_count(0)


def citation(page: Page, number: int) -> Locator:
    return page.locator(".reply").last.get_by_role("link", name=f"Citation {number}")


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_the_first_view_says_what_can_be_asked(page: Page) -> None:
    expect(page.get_by_role("radio", name="The bridge")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()
    page.get_by_role("button", name=WHO).click()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.get_by_label("Your question")).to_be_focused()


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
        "https://example.org/bridge#:~:text=Maria%CC%81%20Keller%20%F0%9F%8C%89",
    )


def test_a_follow_up_is_asked_with_what_was_said_before(
    page: Page, answerer: PageAnswerer
) -> None:
    for _ in range(11):
        ask(page, WHERE)
    ask(page, THERE)
    history = answerer.asked[-1].history
    assert len(history) == 10
    start = BRIDGE.text.index(QUOTES[WHERE])
    place = CitedPlace(BRIDGE.doc_id, start, start + len(QUOTES[WHERE]))
    assert history[-1] == Turn(WHERE, QUOTES[WHERE], (place,))
    expect(page.locator(".understood")).to_contain_text(THERE_MEANT)
    page.get_by_role("button", name="Ask it word for word").click()
    expect(page.locator(".reply").last).to_contain_text("do not say")
    assert answerer.asked[-1] == dataclasses.replace(
        answerer.asked[-1], question=THERE, history=history, interpret=False
    )
    expect(page.locator(".exchange")).to_have_count(12)


def test_a_right_to_left_quote_is_set_so(page: Page) -> None:
    ask(page, WHERE)
    quote = page.locator(".reply blockquote")
    assert quote.evaluate("node => getComputedStyle(node).direction") == "rtl"
    citation(page, 1).click()
    mark = page.locator("mark")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == QUOTES[WHERE]
    # Its line starts on the right, in a text that else starts on the left.
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
    assert page.locator("[aria-current]").text_content() == "1"


def test_citations_are_stepped_through(page: Page) -> None:
    ask(page, WHICH)
    items = page.locator(".items li")
    expect(items).to_have_count(3)
    expect(items.locator(".context")).to_have_count(1)
    citation(page, 1).click()
    expect(page.locator("mark")).to_have_text("the tuba")
    expect(page.get_by_role("button", name="Previous quote")).to_be_disabled()
    page.get_by_role("button", name="Next quote").click()
    expect(page.locator("mark")).to_have_text("the viola")
    expect(page.get_by_text("Quote 2 of 3")).to_be_visible()
    expect(page.locator("[aria-current]")).to_have_text("2")
    page.keyboard.press("n")
    expect(page.locator("mark")).to_have_text("the harp")
    page.keyboard.press("n")
    page.keyboard.press("p")
    expect(page.locator("mark")).to_have_text("the viola")


def test_an_overview_quotes_sentences_in_order(page: Page) -> None:
    ask(page, ABOUT)
    sentences = page.locator(".overview p")
    expect(sentences).to_contain_text(
        ["The river is wide.", "It rained.", "Said twice."]
    )
    citation(page, 2).click()
    expect(page.locator("mark")).to_have_text("It rained.")


def test_small_talk_is_plain_and_leads_to_questions(page: Page) -> None:
    ask(page, HELLO)
    reply = page.locator(".reply")
    expect(reply).to_contain_text("Hello. Ask me about the articles.")
    expect(reply.locator(".tools")).to_have_count(0)
    reply.get_by_role("button", name=WHO).click()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])


def test_the_confidence_is_told_on_demand(page: Page) -> None:
    ask(page, WHO)
    figure = page.get_by_text("87 %")
    expect(figure).to_be_hidden()
    page.get_by_text("Sure", exact=True).click()
    expect(figure).to_be_visible()


def test_no_answer_is_said_with_the_nearest_passages_folded(page: Page) -> None:
    ask(page, "Why is the moon?")
    reply = page.locator(".reply")
    expect(reply).to_contain_text("The articles do not say.")
    expect(reply.locator("strong").first).to_be_hidden()
    expect(reply.get_by_role("button", name=WHO)).to_be_visible()
    page.get_by_text("Nearest passages, which do not answer it").click()
    citation(page, 1).click()
    expect(page.locator("mark")).to_contain_text("news of the day.")


def test_an_unsure_answer_says_so(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES, kind="unsure")
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        expect(page.locator(".reply")).to_contain_text("Not sure")
        # Nobody keeps verdicts here, so none is asked for.
        expect(page.get_by_role("button", name="Right")).to_have_count(0)


def test_a_hostile_article_is_only_text(page: Page) -> None:
    ask(page, EVIL)
    assert page.locator(".reply strong").text_content() == QUOTES[EVIL]
    citation(page, 1).click()
    mark = page.locator("mark")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == QUOTES[EVIL]
    assert page.locator("#source .body").text_content() == HOSTILE.text
    assert page.locator("#source-title").text_content() == HOSTILE.title
    assert page.locator("#source a").count() == 0
    assert page.locator("main img, aside img, main script, aside script").count() == 0
    page.reload()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[EVIL])
    assert page.evaluate("typeof window.hacked") == "undefined"


def test_the_stages_show_as_they_happen(page: Page, answerer: PageAnswerer) -> None:
    answerer.may_read.clear()
    page.get_by_label("Your question").fill(WHO)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_have_text("Searching the articles…")
    answerer.may_read.set()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])


@pytest.mark.parametrize("way", ["button", "key"])
def test_an_answer_can_be_stopped_and_asked_again(
    page: Page, answerer: PageAnswerer, way: str
) -> None:
    answerer.may_read.clear()
    page.get_by_label("Your question").fill(WHO)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_have_text("Searching the articles…")
    if way == "button":
        page.get_by_role("button", name="Stop").click()
    else:
        page.keyboard.press("Escape")
    expect(page.locator(".reply")).to_contain_text("Stopped.")
    answerer.may_read.set()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.locator(".exchange")).to_have_count(1)


def test_one_article_can_be_chosen(page: Page, answerer: PageAnswerer) -> None:
    expect(page.locator("[data-scope]")).to_contain_text("all 2 articles")
    page.get_by_label("Filter by title").fill("BRÏDGE")
    expect(page.get_by_text("1 of 2 articles")).to_be_visible()
    page.get_by_role("radio", name="The bridge").check()
    expect(page.locator("[data-scope]")).to_contain_text("The bridge")
    expect(page.get_by_role("button", name=EVIL)).to_have_count(0)
    ask(page, WHO)
    assert answerer.asked[-1].doc_ids == (BRIDGE.doc_id,)
    page.get_by_role("button", name="Read “The bridge”").click()
    expect(page.locator("#source .body")).to_contain_text("news of the day.")
    page.get_by_role("button", name="All articles").click()
    page.get_by_label("Filter by title").fill("")
    page.get_by_role("radio", name="All 2 articles").check()
    ask(page, WHO)
    assert answerer.asked[-1].doc_ids is None


def test_the_talk_survives_a_reload_and_can_be_cleared(page: Page) -> None:
    ask(page, WHO)
    ask(page, WHICH)
    page.get_by_role("button", name="Right").last.click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.reload()
    expect(page.locator(".exchange")).to_have_count(2)
    right = page.get_by_role("button", name="Right").last
    expect(right).to_have_attribute("aria-pressed", "true")
    citation(page, 2).click()
    expect(page.locator("mark")).to_have_text("the viola")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".exchange")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".exchange")).to_have_count(2)
    page.get_by_role("button", name="Clear").click()
    page.reload()
    expect(page.get_by_role("button", name=WHO)).to_be_visible()
    expect(page.locator(".exchange")).to_have_count(0)


def test_a_talk_that_cannot_be_read_does_no_harm(page: Page) -> None:
    page.evaluate("localStorage.setItem('verbatim.talk.1', '[{')")
    page.reload()
    ask(page, WHO)
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])


def test_the_talk_is_exported_with_its_quotes(page: Page, address: str) -> None:
    ask(page, WHO)
    ask(page, EVIL)
    ask(page, "Why is the moon?")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert re.fullmatch(r"verbatim-[\d-]{10}\.md", download.value.suggested_filename)
    start = BRIDGE.text.index(QUOTES[WHO])
    link = f"{address}documents/2024/bridge%20%F0%9F%8C%89#{start}-"
    assert f"## {WHO}\n\n> {QUOTES[WHO]} [1]\n\n1. “After 🥁🥁 drums, " in text
    assert f"([The bridge]({link}{start + len(QUOTES[WHO])}), May 4, 2024)" in text
    assert '\n> \\<img src=x onerror="hacked = 2"\\> evil [1]\n' in text
    assert "## Why is the moon?\n\nThe article does not say." in text


def test_a_quote_is_copied_with_its_source(page: Page, address: str) -> None:
    ask(page, WHO)
    page.get_by_role("button", name="Copy quote with source").click()
    expect(page.get_by_text("Quote copied.")).to_be_visible()
    quote, title, url, link = clipboard(page).split("\n")
    assert quote == f"“{QUOTES[WHO]}”"
    assert title == "The bridge (May 4, 2024)"
    assert url == "https://example.org/bridge"
    page.goto(link)
    expect(page.locator("mark")).to_have_text(QUOTES[WHO])
    expect(page.locator("mark")).to_be_in_viewport()
    page.get_by_role("button", name="Copy link to this quote").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    assert clipboard(page) == link


def test_a_link_to_an_answer_asks_the_question_once(page: Page, address: str) -> None:
    page.get_by_role("radio", name="The bridge").check()
    ask(page, WHO)
    page.get_by_role("button", name="Copy link to this answer").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    link = clipboard(page)
    assert link.startswith(f"{address}#q=Who+opened")
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    page.reload()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.locator(".exchange")).to_have_count(1)


def test_a_link_to_no_article_is_told(chromium: Browser, address: str) -> None:
    with visiting(chromium, address, path="documents/none#1-2") as page:
        expect(page.locator("#source")).to_contain_text("no document 'none'")


def test_verdicts_are_kept(page: Page, store: FeedbackStore) -> None:
    before = len(store.read())
    ask(page, WHO)
    page.get_by_role("button", name="Right").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.get_by_role("button", name="Wrong passage").click()
    expect(page.get_by_text("Noted: wrong passage.")).to_be_visible()
    ask(page, "Why is the moon?")
    expect(page.get_by_role("button", name="Wrong passage")).to_have_count(1)
    page.get_by_role("button", name="Wrong", exact=True).last.click()
    expect(page.get_by_text("Noted: wrong.")).to_be_visible()
    right, passage, wrong = store.read()[before:]
    assert [each.verdict for each in (right, passage, wrong)] == [
        "up",
        "wrong_passage",
        "down",
    ]
    assert right.place is not None
    assert right.place.quote == right.answer == QUOTES[WHO]
    assert wrong.answer is None


def test_all_works_by_keyboard(page: Page) -> None:
    box = page.get_by_label("Your question")
    box.press_sequentially("Who opened")
    page.keyboard.press("Shift+Enter")
    expect(box).to_have_value("Who opened\n")
    expect(page.locator(".exchange")).to_have_count(0)
    ask(page, MANY)
    ask(page, WHO)
    expect(box).to_have_value("")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(WHO)
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(MANY)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_value("")
    citation(page, 1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(citation(page, 1)).to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")


def test_the_limit_counts_what_the_service_counts(page: Page) -> None:
    box = page.get_by_label("Your question")
    box.fill("🌉" * 501)
    page.keyboard.press("Enter")
    expect(page.locator("#limit")).to_have_text("501 of at most 500 characters")
    expect(page.locator(".exchange")).to_have_count(0)
    ask(page, "🌉" * 500)
    expect(page.locator(".reply")).to_contain_text("The articles do not say.")


def test_a_server_that_is_down_can_be_tried_again(page: Page) -> None:
    page.route("**/api/answer/stream", lambda route: route.abort())
    ask(page, WHO)
    expect(page.locator(".reply")).to_contain_text("cannot be reached")
    page.unroute("**/api/answer/stream")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.locator(".exchange")).to_have_count(1)


def test_an_error_of_the_service_is_told_kindly(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with serving(answerer) as address, visiting(chromium, address) as page:
        answerer.error = RuntimeError("secret")
        ask(page, WHO)
        expect(page.locator(".reply")).to_contain_text("Sorry, that did not work.")
        expect(page.locator(".reply")).to_contain_text("its log says what")
        expect(page.locator(".reply")).not_to_contain_text("secret")


def test_a_changed_article_is_not_marked_wrongly(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        answerer.replace(Document(BRIDGE.doc_id, "!" + BRIDGE.text, BRIDGE.title))
        citation(page, 1).click()
        expect(page.locator("#source")).to_contain_text("has changed since")
        expect(page.locator("mark")).to_have_count(0)


def test_a_lone_article_is_there_to_read(chromium: Browser) -> None:
    with (
        serving(FakeAnswerer([BRIDGE], QUOTES)) as address,
        visiting(chromium, address) as page,
    ):
        expect(page.locator("#source .body")).to_contain_text("news of the day.")
        expect(page.get_by_label("Your question")).to_be_focused()
        ask(page, "Why is the moon?")
        expect(page.locator(".reply")).to_contain_text("The article does not say.")


def test_an_empty_index_is_said(chromium: Browser) -> None:
    with serving(FakeAnswerer([])) as address, visiting(chromium, address) as page:
        expect(page.locator("#source")).to_contain_text("No article has been indexed")


def test_on_a_phone_the_source_covers_the_talk(chromium: Browser, address: str) -> None:
    with visiting(chromium, address, width=375) as page:
        expect(page.locator("#source")).to_be_hidden()
        ask(page, WHO)
        citation(page, 1).click()
        expect(page.locator("mark")).to_be_in_viewport()
        assert page.locator("#talk").evaluate("node => node.inert")
        page.get_by_role("button", name="Close").click()
        expect(citation(page, 1)).to_be_focused()
        page.get_by_role("button", name="Articles", exact=True).click()
        expect(page.get_by_label("Filter by title")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nobody_is_shut_out(
    chromium: Browser, address: str, width: int, dark: bool
) -> None:
    with visiting(chromium, address, width=width, dark=dark) as page:
        expect(page.get_by_role("button", name=WHO)).to_be_visible()
        _check_access(page)
        ask(page, "Why is the moon?")
        page.get_by_text("Nearest passages").click()
        for question in (HELLO, WHICH, ABOUT, THERE, MANY):
            ask(page, question)
        page.get_by_text("Sure", exact=True).last.click()
        page.get_by_role("button", name="Right").last.click()
        expect(page.get_by_text("Thank you.")).to_be_visible()
        _check_access(page)
        citation(page, 1).click()
        expect(page.locator("mark")).to_be_visible()
        _check_access(page)
        page.get_by_role("button", name="All articles").click()
        expect(page.get_by_label("Filter by title")).to_be_focused()
        _check_access(page)


@pytest.mark.parametrize("width", [390, 1280, 2560])
def test_text_of_double_size_fits(chromium: Browser, address: str, width: int) -> None:
    with visiting(chromium, address, width=width) as page:
        page.evaluate("document.documentElement.classList.add('double')")
        page.evaluate(
            "document.styleSheets[0].insertRule('.double { font-size: 200% }')"
        )
        ask(page, MANY)
        assert _is_wide(page) is False
        citation(page, 1).click()
        expect(page.locator("mark")).to_be_visible()
        assert _is_wide(page) is False


def _check_access(page: Page) -> None:
    """Whoever reads with ears, fingers or a narrow window is served as well."""
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert _is_wide(page) is False


def _is_wide(page: Page) -> bool:
    """Whether something sticks out to the side."""
    wide: bool = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll("*")].some(
            node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 1
                && !["inline", "block ruby"].includes(getComputedStyle(node).display)
                && !node.closest(".hidden") && node.checkVisibility())"""
    )
    return wide
