"""What can be taken away from the talk, and what is kept of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from index.documents import Document
from tests.browser_pages import (
    ask,
    citation,
    clipboard,
    export,
    forget,
    serving,
    visiting,
)
from tests.fakes_page import (
    ABOUT,
    BRIDGE,
    EVIL,
    QUOTES,
    THERE,
    THERE_MEANT,
    WHICH,
    WHO,
    PageAnswerer,
)
from tests.fakes_web import FakeAnswerer
from web.feedback.store import FeedbackStore


def test_the_talk_survives_a_reload(page: Page) -> None:
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


@pytest.mark.parametrize(
    "kept",
    [
        "{}",
        '{"question": "x", "without": [], "reply": {}}',
        '{"question": "x", "without": [], "reply": {"kind": "answer",'
        ' "citations": [null], "parts": [], "nearest_passages": [],'
        ' "suggested_questions": []}}',
    ],
)
def test_a_talk_that_cannot_be_read_does_no_harm(page: Page, kept: str) -> None:
    ask(page, WHO)
    page.evaluate(
        """async kept => {
            const { openStore } = await import(
                document.querySelector("script").src.replace("main.js", "store.js"));
            const store = await openStore();
            const [talk] = await store.talks();
            await store.put("exchanges", { at: 1, talk: talk.id, ...JSON.parse(kept) });
        }""",
        kept,
    )
    page.reload()
    expect(page.locator(".reply strong").last).to_have_text(QUOTES[WHO])
    ask(page, WHICH)
    expect(page.locator(".reply .items")).to_be_visible()


def test_the_talk_is_exported_with_its_quotes(page: Page, address: str) -> None:
    ask(page, WHO)
    ask(page, EVIL)
    ask(page, "Why is the moon?")
    with page.expect_download() as download:
        export(page)
    text = download.value.path().read_text(encoding="utf-8")
    assert re.fullmatch(r"verbatim-[\d-]{10}\.md", download.value.suggested_filename)
    start = BRIDGE.text.index(QUOTES[WHO])
    end = start + len(QUOTES[WHO])
    link = f"{address}documents/2024/bridge%20%F0%9F%8C%89?start={start}&end={end}"
    assert f"## {WHO}\n\n> {QUOTES[WHO]} [1]\n\n*Very likely right: " in text
    assert "about 9 in 10*\n\n1. “After 🥁🥁 drums, " in text
    assert f"([The bridge]({link}&exact=Maria%CC%81+Keller+" in text
    assert "), May 4, 2024)" in text
    assert '\n> \\<img src=x onerror="hacked = 2"\\> evil [1]\n' in text
    assert "## Why is the moon?\n\nNone of the 2 articles says so." in text


def test_a_quote_is_copied_with_its_source(page: Page, address: str) -> None:
    ask(page, WHO)
    page.get_by_role("button", name="Copy quote with source").click()
    expect(page.get_by_text("Quote copied.")).to_be_visible()
    quote, sentence, title, url, link = clipboard(page).split("\n")
    assert quote == f"“{QUOTES[WHO]}”"
    assert sentence == f"In: “After 🥁🥁 drums, {QUOTES[WHO]} opened the bridge.”"
    assert title == "The bridge (May 4, 2024)"
    assert url == "https://example.org/bridge"
    page.goto(link)
    expect(page.locator("mark")).to_have_text(QUOTES[WHO])
    expect(page.locator("mark")).to_be_in_viewport()
    page.get_by_role("button", name="Copy link to this quote").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    assert clipboard(page) == link


def test_a_link_to_an_answer_asks_the_question_once(page: Page, address: str) -> None:
    page.get_by_role("checkbox", name="The bridge").check()
    ask(page, WHO)
    page.get_by_role("button", name="Copy link to this answer").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    link = clipboard(page)
    assert link.startswith(f"{address}?q=Who+opened")
    forget(page)
    page.goto(link)
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    page.reload()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.locator(".exchange")).to_have_count(1)


def test_a_link_to_a_follow_up_gives_its_answer_again(page: Page) -> None:
    ask(page, WHO)
    ask(page, THERE)
    page.get_by_role("button", name="Copy link to this answer").last.click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    link = clipboard(page)
    page.goto(link)
    page.reload()
    expect(page.locator(".exchange")).to_have_count(2)
    forget(page)
    page.goto(link)
    expect(page.locator(".question")).to_contain_text(THERE_MEANT)
    expect(page.locator(".reply strong")).to_have_text(QUOTES[THERE_MEANT])


def test_a_link_to_an_overview_names_its_article(
    page: Page, answerer: PageAnswerer
) -> None:
    ask(page, ABOUT)
    page.get_by_role("button", name="Copy link to this answer").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    link = clipboard(page)
    forget(page)
    page.goto(link)
    expect(page.locator(".overview")).to_be_visible()
    assert answerer.asked[-1].doc_ids == (BRIDGE.doc_id,)


def test_a_link_followed_while_an_answer_is_awaited_is_asked(
    page: Page, answerer: PageAnswerer
) -> None:
    ask(page, WHO)
    answerer.may_read.clear()
    page.get_by_label("Your question").fill(EVIL)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_have_text("Searching the articles…")
    page.evaluate("q => { location.hash = q }", "q=Who opened the bridge?&in=evil")
    expect(page.locator(".exchange")).to_have_count(3)
    answerer.may_read.set()
    expect(page.locator(".reply").nth(1)).to_contain_text("Stopped.")
    # Its own reply: the first one says the same, and is there before it is asked.
    expect(page.locator(".reply").nth(2).locator("strong")).to_have_text(QUOTES[WHO])
    assert answerer.asked[-1].doc_ids == ("evil",)


def test_undo_keeps_an_answer_under_way(page: Page, answerer: PageAnswerer) -> None:
    ask(page, EVIL)
    page.get_by_role("button", name="Delete this question").click()
    answerer.may_read.clear()
    page.get_by_label("Your question").fill(WHO)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_have_text("Searching the articles…")
    page.get_by_role("button", name="Undo").click()
    answerer.may_read.set()
    expect(page.locator(".question")).to_contain_text([EVIL, WHO])
    expect(page.locator(".reply strong").last).to_have_text(QUOTES[WHO])


def test_two_tabs_keep_each_other_s_questions(page: Page, address: str) -> None:
    ask(page, WHO)
    other = page.context.new_page()
    other.goto(address)
    ask(other, EVIL)
    ask(page, WHICH)
    other.reload()
    expect(other.locator(".question")).to_contain_text([WHO, EVIL, WHICH])


def test_the_article_chosen_survives_a_reload(page: Page) -> None:
    page.get_by_role("checkbox", name="The bridge").check()
    page.reload()
    expect(page.get_by_role("checkbox", name="The bridge")).to_be_checked()
    expect(page.locator("[data-scope]")).to_contain_text("The bridge")


def test_a_copy_that_fails_is_told(page: Page) -> None:
    ask(page, WHO)
    page.evaluate(
        "navigator.clipboard.writeText = () => Promise.reject(new Error());"
        "document.execCommand = () => false"
    )
    page.get_by_role("button", name="Copy quote with source").click()
    expect(page.get_by_text("That could not be copied.")).to_be_visible()


def test_an_overview_is_judged_but_not_weighed(page: Page) -> None:
    ask(page, ABOUT)
    expect(page.get_by_role("button", name="Right")).to_be_visible()
    expect(page.locator(".confidence")).to_have_count(0)


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
    # Of one answer, what was said last is kept.
    passage, wrong = store.read()[before:]
    assert [each.verdict for each in (passage, wrong)] == ["wrong_passage", "down"]
    assert passage.place is not None
    assert passage.place.quote == passage.answer == QUOTES[WHO]
    assert wrong.answer is None


def test_the_page_of_a_quote_is_told_wherever_its_source_is(chromium: Browser) -> None:
    text = "A report.\nIngrid Dahl retired.\n"
    report = Document("report.pdf", text, "Report", None, "2024-05-04", pages=(0, 10))
    answerer = FakeAnswerer([report], {WHO: "Ingrid Dahl"})
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        expect(page.locator(".reply .origin")).to_contain_text("p. 2")
        page.get_by_role("button", name="Copy quote with source").click()
        expect(page.get_by_text("Quote copied.")).to_be_visible()
        # Of a document without an address, the link is the last line.
        assert "\nReport (May 4, 2024, p. 2)\n" in clipboard(page)
        with page.expect_download() as download:
            export(page)
        exported = download.value.path().read_text(encoding="utf-8")
        assert f"({address}documents/report.pdf?start=10&end=21&" in exported
        assert "), May 4, 2024, p. 2)" in exported
        citation(page, 1).click()
        expect(page.locator("#source .origin")).to_contain_text("p. 2")
