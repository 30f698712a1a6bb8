"""The page in a real browser, a Chromium, and what tests do with it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from index.intake.worker import Intake
from tests.fakes_web import FakeAnswerer
from web import create_app
from web.feedback.store import FeedbackStore
from web.settings import Settings

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


# A busy machine takes its time.
expect.set_options(timeout=20_000)


@contextmanager
def serving(
    answerer: FakeAnswerer,
    store: FeedbackStore | None = None,
    intake: Intake | None = None,
) -> Iterator[str]:
    # Each question is to be answered anew, whatever was asked before.
    settings = Settings.defaults().model_copy(update={"cache": 0})
    app = create_app(answerer, store, settings, intake)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def visiting(
    chromium: Browser,
    address: str,
    *,
    path: str = "",
    width: int = 1280,
    height: int = 800,
    dark: bool = False,
    touch: bool = False,
) -> Iterator[Page]:
    """A page at the address; at the end, nothing was wrong in its console."""
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        has_touch=touch,
        is_mobile=touch,
        permissions=["clipboard-read", "clipboard-write"],
    )
    # What does not come within this, does not come.
    context.set_default_timeout(30_000)
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


def export(page: Page, kind: str = "Markdown") -> None:
    page.get_by_role("button", name="Talks").click()
    page.get_by_role("button", name=f"Export as {kind}").click()


def forget(page: Page) -> None:
    """Leave the page, and have the browser forget all it keeps of it."""
    page.evaluate(
        """() => new Promise(done => {
            localStorage.clear();
            sessionStorage.clear();
            const forgetting = indexedDB.deleteDatabase("verbatim");
            forgetting.onsuccess = forgetting.onerror = done;
        })"""
    )
    page.goto("about:blank")


def is_wide(page: Page) -> bool:
    """Whether something sticks out to the side."""
    wide: bool = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll("*")].some(
            node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 1
                && !["inline", "block ruby"].includes(getComputedStyle(node).display)
                && !node.closest(".hidden") && node.checkVisibility())"""
    )
    return wide
