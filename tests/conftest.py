"""Fixtures that many tests share: the real models, the real article, a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from index.documents import PACKAGED_CORPUS, Document, read_documents
from tests.contract import CheckedClient

# Models and a browser are loaded by the fixtures that need them: most tests need none.
if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from index.models.sentence_embedder import SentenceEmbedder
    from qa.pipeline import Pipeline
    from tests.fakes_page import PageAnswerer
    from web.feedback.store import FeedbackStore


@pytest.fixture(autouse=True, scope="session")
def described_replies() -> Iterator[None]:
    """Hold the replies of all tests against the description of the API."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "test_client_class", CheckedClient)
        yield


@pytest.fixture(scope="session")
def article() -> Document:
    (document,) = read_documents(PACKAGED_CORPUS)
    return document


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    import torch

    from index.models.embedder import DEFAULT_EMBEDDER
    from index.models.sentence_embedder import SentenceEmbedder

    torch.set_num_threads(1)  # as in the service; more would wait for one another
    return SentenceEmbedder.load(DEFAULT_EMBEDDER)


@pytest.fixture(scope="session")
def index_dir(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceEmbedder
) -> Path:
    """An index of the packaged article; not to be changed."""
    from index.build import build_index
    from index.passages import Splitting

    root = tmp_path_factory.mktemp("article") / "index"
    build_index(read_documents(PACKAGED_CORPUS), root, embedder, Splitting())
    return root


@pytest.fixture(scope="session")
def pipeline(index_dir: Path) -> Pipeline:
    from qa.loading import load_pipeline

    return load_pipeline(index_dir)


# Not pytest-playwright's fixtures: they bring a browser of their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    from tests.browser_pages import ARGUMENTS, CHROMIUM

    if CHROMIUM is None:
        if os.environ.get("QA_TEST_BROWSER") == "required":
            pytest.fail("no Chromium on the path, and QA_TEST_BROWSER=required")
        pytest.skip("no Chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def answerer() -> PageAnswerer:
    from tests.fakes_page import PageAnswerer

    return PageAnswerer()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FeedbackStore:
    from web.feedback.store import FeedbackStore

    return FeedbackStore.open(tmp_path_factory.mktemp("feedback") / "f.sqlite")


@pytest.fixture(scope="module")
def address(answerer: PageAnswerer, store: FeedbackStore) -> Iterator[str]:
    from tests.browser_pages import serving

    with serving(answerer, store) as url:
        yield url


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    from tests.browser_pages import visiting

    with visiting(chromium, address) as page:
        yield page
