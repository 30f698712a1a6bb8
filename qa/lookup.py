"""Looking questions up for one reply: in one version of the index, with one clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from index.documents import Document
from index.embedder import Embedder
from index.passages import ScoredPassage
from qa.answerer import Stage
from qa.answers import Timings
from qa.attempts import Attempt, already_given, read_passages, retrieve_in_talk
from qa.confidence import Confidence
from qa.conversation import Turn, without_asides
from qa.mentions import names, true_case
from qa.reader import Reader
from qa.retriever import Retriever
from qa.synonyms import swaps


@dataclass(frozen=True, slots=True)
class Corpus:
    """One version of the index, ready to be searched."""

    version: str
    documents: Mapping[str, Document]
    retriever: Retriever
    embedder: Embedder


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked question with its conversation, as ``Answerer.answer`` takes it."""

    question: str
    k: int
    history: tuple[Turn, ...]
    doc_ids: Collection[str] | None
    interpret: bool


class Lookup:
    """Finds and reads passages for one question, in as many wordings as it takes."""

    def __init__(
        self,
        corpus: Corpus,
        reader: Reader,
        confidence: Confidence,
        report: Callable[[Stage], None],
    ) -> None:
        self._corpus = corpus
        self._reader = reader
        self._confidence = confidence
        self._tell = report
        self._begun: list[Stage] = []
        self._started = time.perf_counter()
        self._retrieving = 0.0
        self._reading = 0.0

    def timings(self) -> Timings:
        """Return the milliseconds that it took so far."""
        return Timings(
            retrieve=1000 * self._retrieving,
            read=1000 * self._reading,
            total=1000 * (time.perf_counter() - self._started),
        )

    def known(self, asked: Asked) -> Collection[str]:
        """Return the ids of the documents that are asked."""
        return self._corpus.documents if asked.doc_ids is None else asked.doc_ids

    def retrieve(
        self, question: str, asked: Asked, in_talk: Collection[str]
    ) -> list[ScoredPassage]:
        """Return the passages found, those of the documents in talk before others."""
        self.report("searching")
        started = time.perf_counter()
        if len(in_talk) == len(self.known(asked)):
            in_talk = ()
        passages = retrieve_in_talk(
            self._corpus.retriever, question, asked.k, asked.doc_ids, in_talk
        )
        self._retrieving += time.perf_counter() - started
        return passages

    def read(
        self,
        question: str,
        passages: Sequence[ScoredPassage],
        asked: Asked,
        meant: str | None = None,
    ) -> Attempt:
        """Return what the reader makes of passages; ``meant`` as in attempts."""
        if asked.interpret:
            # Readers tell names by their capitals.
            context = "\n".join(scored.passage.text for scored in passages)
            question = true_case(question, context)
        history = without_asides(asked.history) if asked.interpret else ()
        with self.reading():
            return read_passages(
                question,
                passages,
                self._corpus.documents,
                self._reader,
                self._confidence,
                already_given(asked.question, history),
                meant,
            )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Report that it is read, and count how long."""
        self.report("reading")
        started = time.perf_counter()
        yield
        self._reading += time.perf_counter() - started

    def read_raw(
        self, asked: Asked, within: Collection[str] | None, meant: str | None = None
    ) -> Attempt:
        """Look the question up as it was asked, whatever it leans on."""
        passages = self.retrieve(asked.question, replace(asked, doc_ids=within), ())
        return self.read(asked.question, passages, asked, meant)

    def report(self, stage: Stage) -> None:
        """Report a stage, once: other wordings are looked up in between."""
        if stage not in self._begun:
            self._begun.append(stage)
            self._tell(stage)

    def reworded(
        self,
        best: Attempt,
        asked: Asked,
        rewritten: str | None,
        within: Collection[str],
    ) -> Attempt:
        """Return the attempt, or a better one in other words when it is in doubt."""
        if best.verdict == "answer":
            return best
        texts = [scored.passage.text for scored in best.passages]
        said = best.sentence(self._corpus.documents)
        for swap in swaps(best.question, said, texts):
            meant = swap.apply(rewritten or asked.question)
            # As asked it says less where a name stands for its pronoun now.
            wordings = [meant] if names(meant) else [meant, swap.apply(asked.question)]
            for question in dict.fromkeys(wordings):
                passages = self.retrieve(question, asked, within)
                found = self.read(question, passages, asked, meant)
                if found.probability > best.probability:
                    best = found
        return best
