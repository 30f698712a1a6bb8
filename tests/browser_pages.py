"""The page in a real browser, a Chromium, and what tests do with it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    expect,
)
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
    changes: dict[str, object] = {"cache": 0}
    if intake is not None:
        changes["added_dir"] = intake.added.root
    settings = Settings.defaults().model_copy(update=changes)
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
    """A page at the address; at the end, nothing was wrong in its console.

    A browser's window is used again, as opening one takes longer than most tests: it
    then knows nothing of the visit before.
    """
    page = _window(chromium, touch)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if dark else "light", media="null")
    complaints: list[str] = []
    strangers: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load" not in message.text:
            complaints.append(message.text)

    def see(request: Request) -> None:
        if not request.url.startswith((address, f"blob:{address}", "about:")):
            strangers.append(request.url)

    def take(error: Error) -> None:
        complaints.append(str(error))

    page.on("pageerror", take)
    page.on("console", hear)
    page.on("request", see)
    page.goto(address + path)
    yield page
    for event, listener in (("pageerror", take), ("console", hear), ("request", see)):
        page.remove_listener(event, listener)
    if touch:
        page.context.close()
    else:
        _leave(page, address)
    assert complaints == []
    assert strangers == []


def _window(chromium: Browser, touch: bool) -> Page:
    """The browser's window; one for fingers is opened anew."""
    if chromium.contexts and not touch:
        return chromium.contexts[0].pages[0]
    context = chromium.new_context(
        reduced_motion="reduce",
        has_touch=touch,
        is_mobile=touch,
        permissions=["clipboard-read", "clipboard-write"],
    )
    # What does not come within this, does not come.
    context.set_default_timeout(30_000)
    return context.new_page()


def _leave(page: Page, address: str) -> None:
    for other in page.context.pages[1:]:
        other.close()
    page.unroute_all(behavior="ignoreErrors")
    # Of a page that did not load there is nothing to forget.
    if page.url.startswith(address):
        page.evaluate("sessionStorage.clear()")
    # Nothing is kept any more from here on, so what is forgotten stays so.
    page.goto("about:blank")
    devtools = page.context.new_cdp_session(page)
    origin = {"origin": address.rstrip("/"), "storageTypes": "all"}
    devtools.send("Storage.clearDataForOrigin", origin)
    devtools.detach()


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
                && !node.matches("input") && !node.closest(".hidden")
                && node.checkVisibility())"""
    )
    return wide
