"""From a question to an answer with citations: the only place where parts are wired."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from index.build import check_embedder
from index.documents import Document
from index.embedder import SentenceEmbedder
from index.live import LiveVersion
from index.models import resolve_model
from index.store import IndexStore
from qa.answerer import DEFAULT_K, Stage, check_documents, check_question
from qa.answers import Answer
from qa.confidence import UNFITTED, Confidence
from qa.conversation import Turn
from qa.lookup import Asked, Corpus, Lookup
from qa.memory import keep_freed_memory
from qa.reader import ExtractiveReader, Reader
from qa.replies import Replier
from qa.retriever import HybridRetriever
from qa.settings import Settings
from qa.suggestions import Suggestion, load_suggestions

logger = logging.getLogger(__name__)

_SUGGESTED = 3


class Pipeline:
    """Understands a question, looks it up, and cites what answers it."""

    def __init__(
        self,
        corpus: LiveVersion[Corpus],
        reader: Reader,
        confidence: Confidence,
        suggest: Callable[[str], Sequence[Suggestion]] = lambda version: (),
    ) -> None:
        """Wire the parts; ``suggest`` returns the suggestions of an index version."""
        self._corpus = corpus
        self._reader = reader
        self._confidence = confidence
        self._suggest = suggest

    def documents(self) -> Mapping[str, Document]:
        """Return the indexed documents by their ids."""
        return self._corpus.get().documents

    def index_version(self) -> str:
        """Return the version of the index that is answered from now."""
        return self._corpus.get().version

    def suggestions(self, doc_id: str | None = None) -> list[Suggestion]:
        """Return questions that a document, or any of them, answers; maybe none.

        Raises:
            UnknownDocumentError: If the document is not in the index.
        """
        corpus = self._corpus.get()
        if doc_id is not None:
            check_documents([doc_id], corpus.documents)
        return [
            each
            for each in self._suggest(corpus.version)
            if doc_id in (None, each.doc_id) and each.doc_id in corpus.documents
        ]

    def answer(
        self,
        question: str,
        *,
        k: int = DEFAULT_K,
        history: Sequence[Turn] = (),
        doc_ids: Collection[str] | None = None,
        interpret: bool = True,
        report: Callable[[Stage], None] = lambda stage: None,
    ) -> Answer:
        """Return the answer found in the ``k`` nearest passages; see ``Answerer``.

        Raises:
            QuestionError: If the question is blank or too long, ``k`` is not from 1
                to ``MAX_K``, or the history is too long.
            UnknownDocumentError: If ``doc_ids`` has one that is not in the index.
        """
        question = check_question(question, k, history)
        # Taken once: the whole answer comes from one version of the index.
        corpus = self._corpus.get()
        if doc_ids is not None:
            check_documents(doc_ids, corpus.documents)
        asked = Asked(question, k, tuple(history), doc_ids, interpret)
        lookup = Lookup(corpus, self._reader, self._confidence, report)
        reply = Replier(corpus, lookup).reply(asked)
        return replace(reply, suggested_questions=self._questions_after(reply, asked))

    def _questions_after(self, reply: Answer, asked: Asked) -> tuple[str, ...]:
        """Return questions to go on with, where the reply leaves the user at a loss."""
        if reply.suggested_questions or reply.kind not in ("no_answer", "small_talk"):
            return reply.suggested_questions
        near = [citation.doc_id for citation in reply.nearest_passages[:1]]
        known = self.suggestions()
        if asked.doc_ids is not None:
            known = [each for each in known if each.doc_id in asked.doc_ids]
        known.sort(key=lambda each: each.doc_id not in near)
        said = {turn.question for turn in asked.history} | {asked.question}
        fresh = [each.question for each in known if each.question not in said]
        if not fresh:
            # Not all documents have suggestions, but all have an overview.
            documents = self._corpus.get().documents
            ids = dict.fromkeys([*near, *(asked.doc_ids or documents)])
            titles = (documents[each].title for each in ids if each in documents)
            about = (f"What is “{title}” about?" for title in titles)
            fresh = [question for question in about if question not in said]
        return tuple(fresh[:_SUGGESTED])


def load_pipeline(settings: Settings) -> Pipeline:
    """Load the index, the models and the confidence that the settings name.

    Raises:
        IndexNotFoundError: If nothing has been published.
        IndexFormatError: If the index is damaged or of another embedder.
        ModelNotFoundError: If a model's name leads to none.
        ConfidenceError: If the reader's confidence file is damaged.
    """
    torch.set_num_threads(settings.threads)
    keep_freed_memory()
    store = IndexStore(settings.index_dir)
    embedders: dict[str, SentenceEmbedder] = {}

    def load_corpus(version: str) -> Corpus:
        manifest = store.manifest(version)
        snapshot = store.open(version)
        embedder = embedders.get(manifest.embedder)
        if embedder is None:
            embedder = SentenceEmbedder.load(manifest.embedder, settings.precision)
        check_embedder(manifest, embedder)
        # Only the one in use is kept, should the new index have another.
        embedders.clear()
        embedders[manifest.embedder] = embedder
        retriever = HybridRetriever(snapshot, embedder)
        return Corpus(version, snapshot.documents, retriever, embedder)

    corpus = LiveVersion(store, load_corpus)
    reader = ExtractiveReader(settings.reader, settings.precision)
    return Pipeline(
        corpus,
        reader,
        load_confidence(settings.reader),
        lambda version: load_suggestions(settings.index_dir, version),
    )


def load_confidence(reader: str) -> Confidence:
    """Return the confidence fitted for a reader, or a plain rule when there is none.

    Raises:
        ConfidenceError: If its file is damaged.
    """
    source = resolve_model(reader)
    found = Confidence.load(Path(source.location)) if source.is_local else None
    if found is None:
        logger.warning(
            "no confidence was fitted for the reader %s; its figures are rough. "
            "scripts/fit_confidence.py fits one",
            reader,
        )
        return UNFITTED
    return found
