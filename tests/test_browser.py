"""The page in a real browser, Debian's Chromium, on a fake answerer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from index.documents import Document
from tests.fakes_web import FakeAnswerer
from web import create_app

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}")

WHO = "Who opened the bridge?"
WHERE = "Where did José come from?"
EVIL = "What is evil?"
MANY = "What is said twice?"

BRIDGE = Document(
    "2024/bridge 🌉",
    "🎉🎉 Cafe\u0301 e\u0301te\u0301 👩‍👩‍👧‍👦: news of the day.\r\n"
    + "The river is wide. 🌊\r\n" * 80
    + "After 🥁🥁 drums, Maria\u0301 Keller 🌉 opened the bridge.\n"
    + "It rained.\n" * 40
    + "جاء خوسيه من قرطبة 🌧 يوم الأحد.\nSaid twice.",
    "The bridge",
    "https://example.org/bridge",
    "2024-05-04",
)
HOSTILE = Document(
    "evil",
    '</div><script>window.hacked = 1</script>\n<img src=x onerror="hacked = 2"> evil\n'
    "Said twice.",
    '<b onmouseover="hacked=3">Evil</b>',
    "javascript:hacked=4",
)
QUOTES = {
    WHO: "Maria\u0301 Keller 🌉",
    WHERE: "قرطبة",
    EVIL: '<img src=x onerror="hacked = 2"> evil',
    MANY: "Said twice.",
}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@contextmanager
def serving(answerer: FakeAnswerer) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(answerer), threaded=True)
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
def address() -> Iterator[str]:
    with serving(FakeAnswerer([BRIDGE, HOSTILE], QUOTES)) as url:
        yield url


@contextmanager
def visiting(
    chromium: Browser, address: str, *, width: int = 1280, dark: bool = False
) -> Iterator[Page]:
    """A page at the address; at the end, nothing was wrong in its console."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
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
            None if request.url.startswith(address) else strangers.append(request.url)
        ),
    )
    page.goto(address)
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
    expect(page.locator(".reply").last).not_to_contain_text("Reading…")


def test_the_first_view_says_what_can_be_asked(page: Page) -> None:
    expect(page.get_by_role("button", name="The bridge")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_ask_get_the_answer_click_the_citation_and_see_the_quote(page: Page) -> None:
    ask(page, WHO)
    reply = page.get_by_role("log").locator(".reply")
    assert reply.locator("strong").text_content() == QUOTES[WHO]
    quote = reply.locator("blockquote").text_content() or ""
    assert quote.startswith(f"After 🥁🥁 drums, {QUOTES[WHO]} opened the bridge.")
    reply.get_by_role("button", name="Citation 1").click()
    mark = page.locator("#source mark")
    expect(mark).to_be_in_viewport()
    assert mark.text_content() == QUOTES[WHO]
    assert page.locator("#source .body").text_content() == BRIDGE.text
    expect(page.get_by_role("link", name="Open the original")).to_have_attribute(
        "href", "https://example.org/bridge"
    )


def test_a_right_to_left_quote_is_set_so(page: Page) -> None:
    ask(page, WHERE)
    quote = page.locator(".reply blockquote")
    assert quote.evaluate("node => getComputedStyle(node).direction") == "rtl"
    page.get_by_role("button", name="Citation 1").click()
    assert page.locator("mark").text_content() == QUOTES[WHERE]


def test_each_citation_opens_its_own_document(page: Page) -> None:
    ask(page, MANY)
    page.get_by_role("button", name="Citation 2").click()
    expect(page.locator("#source h2")).to_have_text(HOSTILE.title)
    expect(page.locator("mark")).to_have_text("Said twice.")
    page.get_by_role("button", name="Citation 1").click()
    expect(page.locator("#source h2")).to_have_text(BRIDGE.title)
    assert page.locator('[aria-expanded="true"]').text_content() == "1"


def test_the_confidence_is_told_on_demand(page: Page) -> None:
    ask(page, WHO)
    figure = page.get_by_text("87 %")
    expect(figure).to_be_hidden()
    page.get_by_text("Sure", exact=True).click()
    expect(figure).to_be_visible()


def test_no_answer_is_said_with_the_nearest_passages_folded(page: Page) -> None:
    ask(page, "Why is the moon?")
    reply = page.locator(".reply")
    expect(reply).to_contain_text("The article does not say.")
    expect(reply.locator("strong").first).to_be_hidden()
    page.get_by_text("Nearest passages, which do not answer it").click()
    page.get_by_role("button", name="Citation 1").click()
    expect(page.locator("mark")).to_contain_text("news of the day.")


def test_an_unsure_answer_says_so(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES, kind="unsure")
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        expect(page.locator(".reply")).to_contain_text("Not sure:")


def test_a_hostile_article_is_only_text(page: Page) -> None:
    ask(page, EVIL)
    assert page.locator(".reply strong").text_content() == QUOTES[EVIL]
    page.get_by_role("button", name="Citation 1").click()
    assert page.locator("mark").text_content() == QUOTES[EVIL]
    assert page.locator("#source .body").text_content() == HOSTILE.text
    assert page.locator("#source h2").text_content() == HOSTILE.title
    assert page.locator("#source a").count() == 0
    assert page.locator("main img, aside img, main script, aside script").count() == 0
    assert page.evaluate("typeof window.hacked") == "undefined"


def test_all_works_by_keyboard(page: Page) -> None:
    box = page.get_by_label("Your question")
    box.press_sequentially("Who opened")
    page.keyboard.press("Shift+Enter")
    expect(box).to_have_value("Who opened\n")
    expect(page.locator(".exchange")).to_have_count(0)
    box.fill(WHO)
    page.keyboard.press("Enter")
    citation = page.get_by_role("button", name="Citation 1")
    citation.focus()
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(citation).to_be_focused()
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
    expect(page.locator(".reply")).to_contain_text("The article does not say.")


def test_a_server_that_is_down_can_be_tried_again(page: Page) -> None:
    page.route("**/api/answer", lambda route: route.abort())
    ask(page, WHO)
    expect(page.locator(".reply")).to_contain_text("cannot be reached")
    page.unroute("**/api/answer")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.locator(".exchange")).to_have_count(1)


def test_an_error_of_the_service_is_told_kindly(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with serving(answerer) as address, visiting(chromium, address) as page:
        answerer.error = RuntimeError("secret")
        ask(page, WHO)
        expect(page.locator(".reply")).to_contain_text("Sorry, that did not work.")
        expect(page.locator(".reply")).not_to_contain_text("secret")


def test_a_changed_article_is_not_marked_wrongly(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        answerer.replace(Document(BRIDGE.doc_id, "!" + BRIDGE.text, BRIDGE.title))
        page.get_by_role("button", name="Citation 1").click()
        expect(page.locator("#source")).to_contain_text("has changed since")
        expect(page.locator("mark")).to_have_count(0)


def test_an_empty_index_is_said(chromium: Browser) -> None:
    with serving(FakeAnswerer([])) as address, visiting(chromium, address) as page:
        expect(page.locator(".welcome")).to_contain_text("No article has been indexed")


def test_on_a_phone_the_source_covers_the_talk(chromium: Browser, address: str) -> None:
    with visiting(chromium, address, width=375) as page:
        ask(page, WHO)
        page.get_by_role("button", name="Citation 1").click()
        expect(page.locator("mark")).to_be_in_viewport()
        assert page.locator("#talk").evaluate("node => node.inert")
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("button", name="Citation 1")).to_be_focused()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nobody_is_shut_out(
    chromium: Browser, address: str, width: int, dark: bool
) -> None:
    axe = Axe()
    with visiting(chromium, address, width=width, dark=dark) as page:
        expect(page.locator(".articles")).to_be_visible()
        assert axe.run(page).violations_count == 0
        ask(page, "Why is the moon?")
        page.get_by_text("Nearest passages").click()
        ask(page, MANY)
        page.get_by_text("Sure", exact=True).click()
        assert _is_wide(page) is False
        result = axe.run(page)
        assert result.violations_count == 0, result.generate_report()
        page.get_by_role("button", name="Citation 1").last.click()
        expect(page.locator("mark")).to_be_visible()
        assert _is_wide(page) is False
        result = axe.run(page)
        assert result.violations_count == 0, result.generate_report()


def test_text_of_double_size_fits(chromium: Browser, address: str) -> None:
    with visiting(chromium, address) as page:
        page.evaluate("document.documentElement.classList.add('double')")
        page.evaluate(
            "document.styleSheets[0].insertRule('.double { font-size: 200% }')"
        )
        ask(page, MANY)
        page.get_by_role("button", name="Citation 1").click()
        expect(page.locator("mark")).to_be_visible()
        assert _is_wide(page) is False


def _is_wide(page: Page) -> bool:
    """Whether something sticks out to the side."""
    wide: bool = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll("*")].some(
            node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 1
                && !["inline", "block ruby"].includes(getComputedStyle(node).display)
                && !node.closest(".hidden"))"""
    )
    return wide
