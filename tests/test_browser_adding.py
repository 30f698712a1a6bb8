"""Bringing articles in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from index.documents import Document
from index.intake.added import AddedFiles
from index.intake.worker import Intake
from tests.browser_pages import ask, citation, is_wide, serving, visiting
from tests.fakes_intake import FakeBuilder
from tests.fakes_page import BRIDGE
from tests.fakes_pdf import make_pdf
from tests.fakes_web import FakeAnswerer


class EditedAnswerer(FakeAnswerer):
    """Answers from what a builder made live."""

    def __init__(self, builder: FakeBuilder) -> None:
        super().__init__([], {"Who talked?": "Two ministers"})
        self._builder = builder

    def index_version(self) -> str:
        return f"2026112{self._builder.builds}T000000Z-0123abcd"

    def documents(self) -> dict[str, Document]:
        self._documents = dict(self._builder.live)
        return self._documents


@pytest.fixture
def editor(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    builder = FakeBuilder(BRIDGE)
    intake = Intake(AddedFiles(tmp_path / "added"), builder)
    answerer = EditedAnswerer(builder)
    with (
        serving(answerer, intake=intake) as address,
        visiting(chromium, address) as page,
    ):
        page.get_by_role("button", name="Articles", exact=True).click()
        yield page


def test_files_are_brought_and_asked(editor: Page) -> None:
    files: list[FilePayload] = [
        {
            "name": "Talks.txt",
            "mimeType": "text/plain",
            "buffer": b"Two ministers talked.",
        },
        {"name": "bad.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
    ]
    editor.get_by_label("Choose files").set_input_files(files)
    brought = editor.locator(".brought li")
    expect(brought.filter(has_text="Talks.txt")).to_contain_text("Can be asked now.")
    expect(brought.filter(has_text="bad.pdf")).to_have_class("wrong")
    expect(editor.locator("[data-scope]")).to_contain_text("all 2 articles")
    result = Axe().run(editor)
    assert result.violations_count == 0, result.generate_report()
    editor.get_by_label("Your question").focus()
    editor.set_viewport_size({"width": 390, "height": 844})
    editor.get_by_role("button", name="Articles", exact=True).click()
    expect(editor.get_by_label("Or paste a text")).to_be_visible()
    assert is_wide(editor) is False
    editor.set_viewport_size({"width": 1280, "height": 800})
    ask(editor, "Who talked?")
    expect(editor.locator(".reply strong")).to_have_text("Two ministers")


def test_a_file_is_dropped_and_a_text_pasted(editor: Page) -> None:
    editor.set_viewport_size({"width": 1280, "height": 420})
    data = editor.evaluate_handle(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["Dropped text."], "dropped.md"));
            return data;
        }"""
    )
    editor.dispatch_event("body", "drop", {"dataTransfer": data})
    expect(editor.locator(".brought")).to_contain_text("Can be asked now.")
    expect(editor.locator(".brought li").first).to_be_in_viewport()
    editor.get_by_label("Or paste a text").fill("Trade talks\n\nThey talked.")
    editor.get_by_role("button", name="Add the text").click()
    expect(editor.locator("[data-articles]")).to_contain_text("Trade Talks")


def test_an_article_is_renamed_and_removed_with_undo(editor: Page) -> None:
    editor.get_by_label("Or paste a text").fill("Trade talks\n\nThey talked.")
    editor.get_by_role("button", name="Add the text").click()
    expect(editor.locator("[data-articles]")).to_contain_text("Trade Talks")
    editor.get_by_role("button", name="Rename “The bridge”").click()
    editor.emulate_media(color_scheme="dark")
    result = Axe().run(editor)
    assert result.violations_count == 0, result.generate_report()
    editor.get_by_label("New title").fill("A bridge")
    editor.keyboard.press("Enter")
    expect(editor.get_by_role("button", name="Read “A bridge”")).to_be_visible()
    editor.get_by_role("button", name="Remove “A bridge”").click()
    expect(editor.get_by_text("“A bridge” was removed.")).to_be_visible()
    expect(editor.get_by_role("button", name="Read “A bridge”")).to_have_count(0)
    editor.get_by_role("button", name="Undo").click()
    expect(editor.get_by_role("button", name="Read “A bridge”")).to_be_visible()


def test_a_title_being_typed_stays_when_an_article_arrives(editor: Page) -> None:
    editor.get_by_role("button", name="Rename “The bridge”").click()
    title = editor.get_by_label("New title")
    title.fill("A brid")
    editor.evaluate(
        """() => fetch("api/documents", { method: "POST", body: (() => {
            const form = new FormData();
            form.append("files", new File(["They talked."], "Trade talks.txt"));
            return form;
        })() })"""
    )
    # An open page looks from time to time, and when it comes into view.
    for _ in range(100):
        editor.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        if "2 articles" in editor.locator("[data-scope]").inner_text():
            break
        editor.wait_for_timeout(50)
    title.press_sequentially("ge")
    expect(title).to_have_value("A bridge")
    title.press("Enter")
    expect(editor.get_by_role("button", name="Read “A bridge”")).to_be_visible()
    expect(editor.get_by_role("button", name="Read “Trade Talks”")).to_be_visible()


def test_the_original_of_a_brought_pdf_opens_at_the_page(editor: Page) -> None:
    data = make_pdf(
        [["They met in Oslo."], ["Two ministers talked about their trade."]]
    )
    editor.get_by_label("Choose files").set_input_files(
        {"name": "Talks.pdf", "mimeType": "application/pdf", "buffer": data}
    )
    expect(editor.locator(".brought")).to_contain_text("Can be asked now.")
    ask(editor, "Who talked?")
    citation(editor, 1).click()
    expect(editor.locator("mark")).to_have_text("Two ministers")
    link = editor.locator("#source").get_by_role("link", name="Open the original")
    with editor.expect_popup() as opened:
        link.click()
    assert opened.value.url.endswith("/api/originals/added%3ATalks.pdf#page=2")
    fetched = editor.evaluate(
        "async link => (await (await fetch(link)).arrayBuffer()).byteLength",
        link.get_attribute("href"),
    )
    assert fetched == len(data)


def test_a_service_that_is_started_anew_goes_on_with_what_it_took(editor: Page) -> None:
    asked: list[str] = []

    def be_away(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.fulfill(status=404, json={"status": 404, "title": "Not Found"})

    editor.route("**/api/builds/*", be_away)
    editor.get_by_label("Or paste a text").fill("Trade talks\n\nThey talked.")
    editor.get_by_role("button", name="Add the text").click()
    brought = editor.locator(".brought")
    expect(brought).to_contain_text("cannot be reached. Trying again")
    expect(brought).to_contain_text("started anew and goes on with it.")
    expect(editor.locator("[data-articles]")).to_contain_text("Trade Talks")
