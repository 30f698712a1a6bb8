"""Asking in a real browser: each kind of reply, and what goes wrong."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from qa.conversation.conversation import CitedPlace, Turn
from tests.browser_pages import ask, citation, serving, visiting
from tests.fakes_page import (
    ABOUT,
    BRIDGE,
    HELLO,
    PERHAPS,
    QUOTES,
    THERE,
    THERE_MEANT,
    WHERE,
    WHO,
    PageAnswerer,
)
from tests.fakes_web import FakeAnswerer


def test_the_first_view_says_what_can_be_asked(page: Page) -> None:
    expect(page.get_by_role("checkbox", name="The bridge")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()
    page.get_by_role("button", name=WHO).click()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.get_by_label("Your question")).to_be_focused()


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
    expect(page.locator(".reply").last).to_contain_text("None of the 2 articles")
    assert answerer.asked[-1] == dataclasses.replace(
        answerer.asked[-1], question=THERE, history=history, interpret=False
    )
    expect(page.locator(".exchange")).to_have_count(12)


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


def test_the_confidence_is_on_the_face_of_an_answer(page: Page) -> None:
    ask(page, WHO)
    figure = page.get_by_text("87 %")
    expect(figure).to_be_hidden()
    page.get_by_text("Very likely right: about 9 in 10").click()
    expect(figure).to_be_visible()


def test_no_answer_is_said_with_the_nearest_passages_folded(page: Page) -> None:
    ask(page, "Why is the moon?")
    reply = page.locator(".reply")
    expect(reply).to_contain_text("None of the 2 articles says so.")
    expect(reply.locator("strong").first).to_be_hidden()
    # What is thought of the reply is asked beside it, before what to ask next.
    assert "suggestions" in (
        reply.locator(":scope > *").last.get_attribute("class") or ""
    )
    expect(reply.get_by_role("button", name=WHO)).to_be_visible()
    page.get_by_text("Nearest passages, which do not answer it").click()
    citation(page, 1).click()
    expect(page.locator("mark")).to_contain_text("news of the day.")


def test_an_unsure_answer_says_so(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES, kind="unsure")
    with serving(answerer) as address, visiting(chromium, address) as page:
        ask(page, WHO)
        expect(page.locator(".reply")).to_contain_text(
            "Very likely, though not surely:"
        )
        # Nobody keeps verdicts here, so none is asked for.
        expect(page.get_by_role("button", name="Right")).to_have_count(0)


def test_several_unsure_answers_say_so(page: Page) -> None:
    ask(page, PERHAPS)
    reply = page.locator(".reply")
    expect(reply.locator(".verdict")).to_have_text("Very likely, though not surely:")
    expect(reply.locator(".items strong")).to_have_text(["the tuba", "drums"])
    expect(reply.locator("summary")).to_have_text("Very likely right: about 9 in 10")
    citation(page, 2).click()
    expect(page.locator("mark")).to_have_text("drums")


def test_the_stages_show_as_they_happen(page: Page, answerer: PageAnswerer) -> None:
    answerer.may_read.clear()
    answerer.may_answer.clear()
    page.get_by_label("Your question").fill(WHO)
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_have_text("Searching the articles…")
    answerer.may_read.set()
    expect(page.locator(".waiting")).to_have_text("Reading the passages…")
    answerer.may_answer.set()
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


def test_a_server_that_is_down_can_be_tried_again(page: Page) -> None:
    page.route("**/api/answer/stream", lambda route: route.abort())
    ask(page, WHO)
    expect(page.locator(".reply")).to_contain_text("cannot be reached")
    page.unroute("**/api/answer/stream")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])
    expect(page.locator(".exchange")).to_have_count(1)


def test_a_server_that_was_stopped_is_told_and_the_talk_stays(
    chromium: Browser,
) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with ExitStack() as server:
        address = server.enter_context(serving(answerer))
        with visiting(chromium, address) as page:
            ask(page, WHO)
            server.close()
            ask(page, WHERE)
            expect(page.locator(".reply").last).to_contain_text("cannot be reached")
            citation_of_first = page.get_by_role("link", name="Citation 1")
            citation_of_first.click()
            expect(page.locator("#source")).to_contain_text("cannot be reached")
            expect(page.locator(".reply strong")).to_have_text(QUOTES[WHO])


def test_a_question_asked_before_the_articles_are_listed_is_kept(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/documents?*", lambda route: held.append(route))
    page.reload()
    ask(page, WHO)
    page.get_by_text("Very likely right: about 9 in 10").click()
    assert held
    # What was held goes on, and what comes is not held.
    page.unroute("**/api/documents?*")
    expect(page.locator(".reply .origin")).to_contain_text("May 4, 2024")
    expect(page.locator(".exchange")).to_have_count(1)
    # All else is left as it was.
    expect(page.get_by_text("87 %")).to_be_visible()


def test_an_error_of_the_service_is_told_kindly(chromium: Browser) -> None:
    answerer = FakeAnswerer([BRIDGE], QUOTES)
    with serving(answerer) as address, visiting(chromium, address) as page:
        answerer.error = RuntimeError("secret")
        ask(page, WHO)
        expect(page.locator(".reply")).to_contain_text("Sorry, that did not work.")
        expect(page.locator(".reply")).to_contain_text("in its log")
        expect(page.locator(".reply")).not_to_contain_text("secret")
