"""Fixtures that many tests share: the real models, the real article, a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, Page, sync_playwright

from index.build import build_index
from index.documents import PACKAGED_CORPUS, Document, read_documents
from index.embedder import DEFAULT_EMBEDDER, SentenceEmbedder
from index.passages import Splitting
from qa.pipeline import Pipeline, load_pipeline
from qa.settings import Settings
from tests.browser_pages import ARGUMENTS, CHROMIUM, serving, visiting
from tests.fakes_page import PageAnswerer
from web.feedback_store import FeedbackStore


@pytest.fixture(scope="session")
def article() -> Document:
    (document,) = read_documents(PACKAGED_CORPUS)
    return document


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    torch.set_num_threads(1)  # as in the service; more would wait for one another
    return SentenceEmbedder.load(DEFAULT_EMBEDDER)


@pytest.fixture(scope="session")
def index_dir(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceEmbedder
) -> Path:
    """An index of the packaged article; not to be changed."""
    root = tmp_path_factory.mktemp("article") / "index"
    build_index(read_documents(PACKAGED_CORPUS), root, embedder, Splitting())
    return root


@pytest.fixture(scope="session")
def pipeline(index_dir: Path) -> Pipeline:
    return load_pipeline(Settings(index_dir=index_dir))


# Not pytest-playwright's fixtures: they bring a browser of their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
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
    return PageAnswerer()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FeedbackStore:
    return FeedbackStore.open(tmp_path_factory.mktemp("feedback") / "f.sqlite")


@pytest.fixture(scope="module")
def address(answerer: PageAnswerer, store: FeedbackStore) -> Iterator[str]:
    with serving(answerer, store) as url:
        yield url


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    with visiting(chromium, address) as page:
        yield page
