"""Several talks, and what can be done with each turn, in a real browser."""

from __future__ import annotations

import json
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser_pages import ask, export, serving, visiting
from tests.fakes_page import (
    ABOUT,
    BRIDGE,
    EVIL,
    QUOTES,
    THERE,
    WHERE,
    WHICH,
    WHO,
    PageAnswerer,
)
from tests.fakes_web import FakeAnswerer
from web.feedback.store import FeedbackStore


def test_talks_are_listed_renamed_and_deleted(page: Page) -> None:
    ask(page, WHO)
    page.get_by_role("button", name="New talk").first.click()
    expect(page.locator(".exchange")).to_have_count(0)
    ask(page, EVIL)
    page.get_by_role("button", name="Talks").click()
    talks = page.locator("[data-list] .talk-name")
    expect(talks).to_contain_text([EVIL, WHO])
    page.get_by_role("button", name=f"Rename “{EVIL}”").click()
    page.get_by_label("New name").fill("About evil")
    page.keyboard.press("Enter")
    expect(talks).to_contain_text(["About evil", WHO])
    talks.nth(1).click()
    expect(page.locator(".question")).to_contain_text(WHO)
    page.get_by_role("button", name="Talks").click()
    page.get_by_role("button", name=f"Delete “{WHO}”").click()
    expect(page.locator(".exchange")).to_have_count(0)
    expect(talks).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".question")).to_contain_text(WHO)
    page.reload()
    expect(page.locator(".question")).to_contain_text(WHO)


def test_an_answer_that_arrives_leaves_a_name_being_typed(
    page: Page, answerer: PageAnswerer
) -> None:
    answerer.may_read.clear()
    page.get_by_label("Your question").fill(WHO)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_have_text("Searching the articles…")
    page.get_by_role("button", name="Talks").click()
    page.get_by_role("button", name=f"Rename “{WHO}”").click()
    page.get_by_label("New name").fill("The bridge")
    answerer.may_read.set()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.get_by_label("New name").press("Enter")
    expect(page.locator("[data-list] .talk-name")).to_contain_text("The bridge")


def test_a_name_is_not_lost_to_another_tab(page: Page, address: str) -> None:
    ask(page, WHO)
    other = page.context.new_page()
    other.goto(address)
    expect(other.locator(".question")).to_contain_text(WHO)
    page.get_by_role("button", name="Talks").click()
    page.get_by_role("button", name=f"Rename “{WHO}”").click()
    page.get_by_label("New name").fill("The bridge")
    page.keyboard.press("Enter")
    names = page.locator("[data-list] .talk-name")
    expect(names).to_contain_text("The bridge")
    ask(other, EVIL)
    other.get_by_role("button", name="Talks").click()
    expect(other.locator("[data-list] .talk-name")).to_contain_text("The bridge")
    page.reload()
    page.get_by_role("button", name="Talks").click()
    expect(names).to_contain_text("The bridge")


def test_what_is_done_to_another_talk_leaves_the_open_one(page: Page) -> None:
    ask(page, WHO)
    page.get_by_role("button", name="New talk").first.click()
    ask(page, EVIL)
    page.get_by_role("button", name="Talks").click()
    page.get_by_role("button", name=f"Rename “{WHO}”").click()
    page.get_by_label("New name").fill("The bridge")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Delete “The bridge”").click()
    page.get_by_role("button", name="Undo").click()
    names = page.locator("[data-list] .talk-name")
    expect(names).to_contain_text([EVIL, "The bridge"])
    expect(page.locator(".question")).to_contain_text([EVIL])
    page.reload()
    expect(page.locator(".question")).to_contain_text([EVIL])


def test_a_talk_left_while_its_answer_is_kept_stops_no_other(page: Page) -> None:
    ask(page, EVIL)
    # Keeping takes its time, as on a busy machine.
    page.evaluate(
        """() => {
            window.held = [];
            const { prototype } = IDBTransaction;
            const { set } = Object.getOwnPropertyDescriptor(prototype, "oncomplete");
            Object.defineProperty(prototype, "oncomplete", {
                set(work) {
                    const isHeld = window.held && this.mode === "readwrite";
                    set.call(this, isHeld
                        ? () => window.held ? window.held.push(work) : work()
                        : work);
                },
            });
        }"""
    )
    box = page.get_by_label("Your question")
    box.fill(WHO)
    page.keyboard.press("Enter")
    # The question and its talk were to be kept, and then they with the answer.
    for _ in range(500):
        if page.evaluate("window.held.length") >= 4:
            break
        page.wait_for_timeout(20)
    page.get_by_role("button", name="New talk").first.click()
    page.route("**/api/answer/stream", lambda route: None)
    box.fill(WHICH)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_be_visible()
    page.evaluate("window.held.forEach(work => work())")
    page.evaluate("window.held = null")
    page.wait_for_timeout(100)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.locator(".waiting")).to_be_visible()


def test_a_turn_is_changed_or_deleted(page: Page, answerer: PageAnswerer) -> None:
    ask(page, WHO)
    ask(page, WHERE)
    page.get_by_role("button", name="Edit this question").first.click()
    box = page.get_by_label("Change your question")
    expect(box).to_have_value(WHO)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Your question")).to_have_value("")
    page.get_by_role("button", name="Edit this question").first.click()
    box.fill(WHICH)
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_contain_text([WHICH, WHERE])
    expect(page.locator(".items")).to_be_visible()
    assert answerer.asked[-1].history == ()
    page.get_by_role("button", name="Delete this question").first.click()
    expect(page.locator(".question")).to_contain_text([WHERE])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".question")).to_contain_text([WHICH, WHERE])


def test_a_talk_is_exported_as_json_and_printed_whole(page: Page) -> None:
    ask(page, WHO)
    ask(page, ABOUT)
    with page.expect_download() as download:
        export(page, "JSON")
    exported = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert exported["name"] == WHO
    first, _ = exported["exchanges"]
    assert first["reply"]["answer"] == QUOTES[WHO]
    assert "exact=" in first["links"][0]
    page.emulate_media(media="print")
    expect(page.locator(".printed li").first).to_be_visible()
    expect(page.locator(".printed").first).to_contain_text("The bridge, May 4, 2024")
    expect(page.get_by_text("Very likely right: about 9 in 10")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_hidden()
    expect(page.locator("#source")).to_be_hidden()


def test_a_verdict_is_changed_commented_and_withdrawn(
    page: Page, store: FeedbackStore
) -> None:
    before = len(store.read())
    ask(page, WHO)
    page.get_by_role("button", name="Right").click()
    expect(page.get_by_text("Noted: right.")).to_be_visible()
    page.get_by_role("button", name="Wrong", exact=True).click()
    expect(page.get_by_text("Noted: wrong.")).to_be_visible()
    page.get_by_text("Add a comment").click()
    page.get_by_label("What should it have said?").fill("The mayor.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your comment was noted.")).to_be_visible()
    (kept,) = store.read()[before:]
    assert (kept.verdict, kept.comment) == ("down", "The mayor.")
    page.get_by_role("button", name="Wrong", exact=True).click()
    expect(page.get_by_text("Your verdict was withdrawn.")).to_be_visible()
    assert len(store.read()) == before


def test_what_was_asked_or_offered_is_not_offered_again(page: Page) -> None:
    ask(page, WHO)
    ask(page, "Why is the moon?")
    offered = page.locator(".reply").last.locator(".suggestions button")
    expect(offered).to_have_text([EVIL])
    ask(page, "Why is the sun?")
    expect(page.locator(".reply").last.locator(".suggestions")).to_have_count(0)


def amend(page: Page, **fields: object) -> list[dict[str, Any]]:
    """Have the service's replies say more; returns what it is asked from now on."""
    wanted: list[dict[str, Any]] = []

    def change(route: Route) -> None:
        body: dict[str, Any] = json.loads(route.request.post_data or "{}")
        wanted.append(dict(body))
        body.pop("without_terms", None)
        response = route.fetch(post_data=json.dumps(body))
        *stages, last = response.text().strip().split("\n\n")
        event, data = last.split("\ndata: ")
        reply = json.dumps({**json.loads(data), **fields})
        route.fulfill(
            response=response,
            body="\n\n".join([*stages, f"{event}\ndata: {reply}"]) + "\n\n",
        )

    page.route("**/api/answer/stream", change)
    return wanted


def test_a_word_that_was_kept_of_the_talk_can_be_dropped(page: Page) -> None:
    wanted = amend(page, kept_terms=["shoes", "Michael Jordan"])
    ask(page, THERE)
    chips = page.locator(".chip")
    expect(chips).to_have_text(["shoes ×", "Michael Jordan ×"])
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    page.get_by_role("button", name="Ask again without “shoes”").click()
    expect(page.locator(".waiting")).to_have_count(0)
    assert wanted[-1]["without_terms"] == ["shoes"]
    assert "without_terms" not in wanted[0]
    expect(page.locator(".exchange")).to_have_count(1)


def test_several_articles_answers_are_shown_apart(page: Page) -> None:
    amend(
        page,
        kind="unsure",
        alternatives=[
            {"text": "the tuba", "confidence": 0.64, "citations": [0]},
            {"text": "the viola", "confidence": 0.2, "citations": [1]},
        ],
    )
    ask(page, WHICH)
    shown = page.locator(".alternatives section")
    expect(shown).to_have_count(2)
    expect(shown.first).to_contain_text("Perhaps what this article says: about 2 in 3.")
    expect(shown.nth(1)).to_contain_text("Doubtful: about 1 in 5.")
    expect(page.locator(".reply .verdict")).to_have_text(
        "Not sure: 2 articles answer differently."
    )
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    # Not a third chance, which would be of neither.
    expect(page.locator(".confidence")).to_have_count(0)
    with page.expect_download() as download:
        export(page)
    text = download.value.path().read_text(encoding="utf-8")
    assert "Not sure: 2 articles answer differently." in text


def test_who_reads_another_language_is_told_that_all_is_english(
    chromium: Browser,
) -> None:
    with serving(FakeAnswerer([BRIDGE])) as address:
        context = chromium.new_context(locale="de-CH")
        page = context.new_page()
        page.goto(address)
        expect(page.get_by_text("Fragen und Artikel sind hier auf")).to_be_visible()
        context.close()
        with visiting(chromium, address) as english:
            expect(english.locator("[data-own-language]")).to_be_hidden()
