"""The models that answer, for fitting: nothing is read or assessed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.models.embedder import Embedder
from qa.answering.choosing import Selector
from qa.answering.confidence import Fitted
from qa.answering.evidence import Assessment, EvidenceModel
from qa.evaluation.answers import FixedCorpus, corpus_of
from qa.evaluation.collection import Collection
from qa.pipeline import Pipeline, Understander
from qa.reading.reader import Check, Reader, Reading, go_on

PipelineMaker = Callable[[Fitted], Pipeline]


@dataclass(frozen=True, slots=True)
class Models:
    """What answers besides the numbers that are fitted; nothing is read twice."""

    embedder: Embedder
    understander: Understander
    reader: Reader
    evidence: EvidenceModel

    def pipelines(self, collections: Iterable[Collection]) -> list[PipelineMaker]:
        """Return, for each collection, what makes a pipeline of fitted numbers."""
        makers: list[PipelineMaker] = []
        for collection in collections:
            corpus = corpus_of(collection.documents, self.embedder)

            def make(fitted: Fitted, corpus: FixedCorpus = corpus) -> Pipeline:
                return Pipeline(
                    corpus,
                    self.understander,
                    self.reader,
                    self.evidence,
                    Selector(fitted),
                )

            makers.append(make)
        return makers


class RememberingReader:
    """A reader that reads nothing twice."""

    def __init__(self, reader: Reader) -> None:
        """Remember what a reader reads."""
        self._reader = reader
        self._known: dict[tuple[str, tuple[str, ...]], list[Reading]] = {}

    def read(
        self, question: str, passages: Sequence[str], check: Check = go_on
    ) -> list[Reading]:
        """Return one reading for each passage, in their order."""
        key = (question, tuple(passages))
        if key not in self._known:
            self._known[key] = self._reader.read(question, passages, check)
        return self._known[key]


class RememberingEvidence:
    """An evidence model that assesses nothing twice."""

    def __init__(self, model: EvidenceModel) -> None:
        """Remember what a model assesses."""
        self._model = model
        self._known: dict[tuple[str, tuple[str, ...]], list[Assessment]] = {}

    def assess(self, question: str, passages: Sequence[str]) -> list[Assessment]:
        """Return one assessment for each passage, in their order."""
        key = (question, tuple(passages))
        if key not in self._known:
            self._known[key] = self._model.assess(question, passages)
        return self._known[key]
