"""The page by keyboard, by ear, by touch, and at every size."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser_pages import ask, citation, is_wide, serving, visiting
from tests.fakes_page import (
    ABOUT,
    BRIDGE,
    HELLO,
    MANY,
    PERHAPS,
    QUOTES,
    THERE,
    WHICH,
    WHO,
)
from tests.fakes_web import FakeAnswerer


# Colours do not depend on the width, nor what fits on the colours.
@pytest.mark.parametrize(
    ("width", "dark"), [(320, True), (390, False), (1280, False), (1280, True)]
)
def test_nobody_is_shut_out(
    chromium: Browser, address: str, width: int, dark: bool
) -> None:
    with visiting(chromium, address, width=width, dark=dark) as page:
        expect(page.get_by_role("button", name=WHO)).to_be_visible()
        _check_access(page)
        ask(page, "Why is the moon?")
        page.get_by_text("Nearest passages").click()
        for question in (HELLO, WHICH, PERHAPS, ABOUT, THERE, MANY):
            ask(page, question)
        page.get_by_text("Very likely right: about 9 in 10").last.click()
        page.get_by_role("button", name="Right").last.click()
        expect(page.get_by_text("Thank you.")).to_be_visible()
        page.get_by_text("Add a comment").click()
        _check_access(page)
        citation(page, 1).click()
        expect(page.locator("mark")).to_be_visible()
        _check_access(page)
        page.get_by_role("button", name="All articles").click()
        expect(page.get_by_label("Find in titles and texts")).to_be_focused()
        _check_access(page)
        page.go_back()
        page.get_by_role("button", name="Talks").click()
        expect(page.get_by_role("button", name="Export as JSON")).to_be_visible()
        _check_access(page)


@pytest.mark.parametrize(("width", "dark"), [(320, False), (390, True), (1440, True)])
def test_nobody_is_shut_out_of_what_is_rarely_seen(
    chromium: Browser, address: str, width: int, dark: bool
) -> None:
    with visiting(chromium, address, width=width, dark=dark) as page:
        ask(page, WHO)
        ask(page, WHICH)
        page.get_by_role("button", name="Edit this question").first.click()
        page.get_by_label("Change your question").fill("x" * 501)
        page.keyboard.press("Enter")
        expect(page.get_by_text("Too long to be asked")).to_be_visible()
        _check_access(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Delete this question").first.click()
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        _check_access(page)
        page.route("**/api/answer/stream", lambda route: None)
        page.get_by_label("Your question").fill(WHO)
        page.keyboard.press("Enter")
        expect(page.locator(".waiting")).to_be_visible()
        _check_access(page)
        page.get_by_role("button", name="Stop").click()
        page.unroute("**/api/answer/stream")
        page.route("**/api/answer/stream", lambda route: route.abort())
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("cannot be reached")).to_be_visible()
        _check_access(page)
        page.get_by_role("button", name="Articles", exact=True).click()
        page.get_by_label("Find in titles and texts").fill("nowhere")
        expect(page.get_by_text("No article has “nowhere”")).to_be_visible()
        _check_access(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Talks").click()
        page.get_by_role("button", name=re.compile("Rename")).click()
        expect(page.get_by_label("New name")).to_be_focused()
        _check_access(page)
        gone = "documents/2024/bridge%20🌉?start=1&end=9&exact=no+such+words&sha256=1"
        page.goto(address + gone)
        expect(page.get_by_text("the words are no longer in it")).to_be_visible()
        _check_access(page)
        for path in ("documents/none", "verbatim", "nothing"):
            page.goto(address + path)
            expect(page.locator("h1, .error").last).to_be_visible()
            _check_access(page)


def test_on_a_touch_screen_the_keyboard_goes_once_a_question_is_asked(
    chromium: Browser, address: str
) -> None:
    with visiting(chromium, address, width=390, touch=True) as page:
        ask(page, WHO)
        expect(page.locator(".reply strong")).to_be_visible()
        expect(page.get_by_label("Your question")).not_to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 1280, 2560])
def test_text_of_double_size_fits(chromium: Browser, address: str, width: int) -> None:
    with visiting(chromium, address, width=width) as page:
        page.evaluate("document.documentElement.classList.add('double')")
        page.evaluate(
            "document.styleSheets[0].insertRule('.double { font-size: 200% }')"
        )
        ask(page, MANY)
        assert is_wide(page) is False
        box = page.get_by_label("Your question").bounding_box()
        assert box is not None
        assert box["width"] > 200
        citation(page, 1).click()
        expect(page.locator("mark")).to_be_visible()
        assert is_wide(page) is False


def test_on_a_laptop_zoomed_to_double_the_box_stays_in_view(
    chromium: Browser, address: str
) -> None:
    with visiting(chromium, address, width=640, height=400) as page:
        box = page.get_by_label("Your question")
        expect(page.get_by_role("button", name=WHO)).to_be_attached()
        expect(box).to_be_in_viewport(ratio=1)
        ask(page, MANY)
        expect(page.locator(".reply strong").first).to_be_in_viewport(ratio=1)
        expect(box).to_be_in_viewport(ratio=1)


def test_on_a_phone_with_large_text_the_box_comes_after_the_answer(
    chromium: Browser, address: str
) -> None:
    with visiting(chromium, address, width=320, height=410) as page:
        ask(page, WHO)
        answer = page.locator(".exchange").bounding_box()
        answered = page.locator(".tools").bounding_box()
        assert answer is not None
        assert answered is not None
        below = answer["y"] + answer["height"] - answered["y"] - answered["height"]
        assert below < 40


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
        expect(page.get_by_label("Find in titles and texts")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()


def test_a_window_made_narrow_does_not_cover_the_talk(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with serving(answerer) as address, visiting(chromium, address) as page:
        expect(page.locator("#source .body")).to_be_visible()
        page.set_viewport_size({"width": 640, "height": 800})
        expect(page.locator("#source")).to_be_hidden()
        expect(page.get_by_label("Your question")).to_be_focused()
        page.set_viewport_size({"width": 1280, "height": 800})
        ask(page, WHO)
        citation(page, 1).click()
        expect(page.locator("mark")).to_be_focused()
        page.set_viewport_size({"width": 640, "height": 800})
        expect(page.locator("mark")).to_be_focused()
        page.keyboard.press("Escape")
        expect(citation(page, 1)).to_be_focused()


def test_a_blank_question_is_answered_with_what_is_wanted(page: Page) -> None:
    page.get_by_label("Your question").fill("   ")
    page.keyboard.press("Enter")
    expect(page.locator("#limit")).to_have_text("Type a question first.")
    page.keyboard.type("Who")
    expect(page.locator("#limit")).to_be_empty()


def test_the_limit_counts_what_the_service_counts(page: Page) -> None:
    box = page.get_by_label("Your question")
    box.fill("🌉" * 501)
    page.keyboard.press("Enter")
    expect(page.locator("#limit")).to_have_text(
        "Too long to be asked: 501 of at most 500 characters. Shorten it."
    )
    expect(page.locator(".exchange")).to_have_count(0)
    ask(page, "🌉" * 500)
    expect(page.locator(".reply")).to_contain_text("None of the 2 articles says so.")


def _check_access(page: Page) -> None:
    """Whoever reads with ears, fingers or a narrow window is served as well."""
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert is_wide(page) is False
