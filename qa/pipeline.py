"""From a question to an answer with citations: the only place where parts are wired."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from index.build import check_embedder
from index.documents import Document
from index.embedder import SentenceEmbedder
from index.live import LiveVersion
from index.models import resolve_model
from index.passages import ScoredPassage
from index.store import IndexStore
from qa.answers import (
    Answer,
    Citation,
    Timings,
    cite,
    rank_candidates,
    select_answers,
    verify,
    weigh,
)
from qa.confidence import UNFITTED, Confidence
from qa.reader import ExtractiveReader, QuestionError, Reader
from qa.retriever import HybridRetriever, Retriever
from qa.settings import Settings

logger = logging.getLogger(__name__)

DEFAULT_K = 8
MAX_K = 50
MAX_QUESTION_CHARACTERS = 500
_MAX_CITATIONS = 5
_NEAREST_PASSAGES = 3


class Answerer(Protocol):
    """What the web and the scripts need to know of a pipeline."""

    def answer(self, question: str, *, k: int = DEFAULT_K) -> Answer:
        """Return the answer found in the ``k`` nearest passages.

        Raises:
            QuestionError: If the question is blank or too long, or ``k`` is not
                from 1 to ``MAX_K``.
        """
        ...

    def documents(self) -> Mapping[str, Document]:
        """Return the indexed documents by their ids."""
        ...

    def index_version(self) -> str:
        """Return the version of the index that is answered from now."""
        ...


@dataclass(frozen=True, slots=True)
class Corpus:
    """One version of the index, ready to be searched."""

    version: str
    documents: Mapping[str, Document]
    retriever: Retriever


class Pipeline:
    """Retrieves passages, reads them, and cites the best span with its confidence."""

    def __init__(
        self,
        corpus: LiveVersion[Corpus],
        reader: Reader,
        confidence: Confidence,
    ) -> None:
        self._corpus = corpus
        self._reader = reader
        self._confidence = confidence

    def documents(self) -> Mapping[str, Document]:
        """Return the indexed documents by their ids."""
        return self._corpus.get().documents

    def index_version(self) -> str:
        """Return the version of the index that is answered from now."""
        return self._corpus.get().version

    def answer(self, question: str, *, k: int = DEFAULT_K) -> Answer:
        """Return the answer found in the ``k`` nearest passages.

        Raises:
            QuestionError: If the question is blank or too long, or ``k`` is not
                from 1 to ``MAX_K``.
        """
        question = check_question(question, k)
        # Taken once: the whole answer comes from one version of the index.
        corpus = self._corpus.get()
        started = time.perf_counter()
        passages = corpus.retriever.retrieve(question, k)
        retrieved = time.perf_counter()
        readings = self._reader.read(
            question, [scored.passage.text for scored in passages]
        )
        read = time.perf_counter()
        candidates = rank_candidates(passages, readings)
        probability = 0.0
        if candidates:
            evidence = weigh(question, candidates, corpus.documents)
            probability = self._confidence.probability(evidence)
        kind = self._confidence.verdict(probability) if candidates else "no_answer"
        citations: list[Citation] = []
        if kind != "no_answer":
            chosen = select_answers(candidates, _MAX_CITATIONS)
            citations = _checked(
                [cite(corpus.documents[c.doc_id], c.start, c.end) for c in chosen],
                corpus.documents,
            )
        nearest: list[Citation] = []
        if not citations:
            kind = "no_answer"
            nearest = _checked(
                _cite_passages(passages[:_NEAREST_PASSAGES], corpus.documents),
                corpus.documents,
            )
        ended = time.perf_counter()
        return Answer(
            question=question,
            kind=kind,
            text=citations[0].quote if citations else None,
            confidence=probability,
            citations=tuple(citations),
            nearest_passages=tuple(nearest),
            index_version=corpus.version,
            timings_ms=Timings(
                retrieve=1000 * (retrieved - started),
                read=1000 * (read - retrieved),
                total=1000 * (ended - started),
            ),
        )


def check_question(question: str, k: int) -> str:
    """Return the question without the white space round it.

    Raises:
        QuestionError: If nothing is left, it is too long, or ``k`` is out of range.
    """
    question = question.strip()
    if not question:
        raise QuestionError("the question is empty; write one")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question)} characters; ask in at most "
            f"{MAX_QUESTION_CHARACTERS}"
        )
    if not 1 <= k <= MAX_K:
        raise QuestionError(f"k must be from 1 to {MAX_K}, not {k}")
    return question


def load_pipeline(settings: Settings) -> Pipeline:
    """Load the index, the models and the confidence that the settings name.

    Raises:
        IndexNotFoundError: If nothing has been published.
        IndexFormatError: If the index is damaged or of another embedder.
        ModelNotFoundError: If a model's name leads to none.
        ConfidenceError: If the reader's confidence file is damaged.
    """
    torch.set_num_threads(settings.threads)
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
        return Corpus(version, snapshot.documents, HybridRetriever(snapshot, embedder))

    corpus = LiveVersion(store, load_corpus)
    reader = ExtractiveReader(settings.reader, settings.precision)
    return Pipeline(corpus, reader, load_confidence(settings.reader))


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


def _cite_passages(
    passages: list[ScoredPassage], documents: Mapping[str, Document]
) -> list[Citation]:
    return [
        cite(documents[scored.passage.doc_id], scored.passage.start, scored.passage.end)
        for scored in passages
    ]


def _checked(
    citations: list[Citation], documents: Mapping[str, Document]
) -> list[Citation]:
    """Return the citations that keep the offset law; the others are logged."""
    kept = [c for c in citations if verify(c, documents[c.doc_id])]
    if len(kept) < len(citations):
        logger.error(
            "dropped %d of %d citations: their text is not at their offsets",
            len(citations) - len(kept),
            len(citations),
        )
    return kept
