"""Stand-ins for the models: small, exact, and computable by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from index.build import BuildResult, build_index
from index.documents import Document
from index.home import open_index
from index.passages import Splitting
from index.search.vectors import Vectors
from index.sentences import sentence_spans
from index.store.live import LiveVersion
from index.work.executor import Executor
from qa.answering.choosing import Selector
from qa.answering.confidence import UNFITTED, Fitted
from qa.answering.evidence import Assessment
from qa.conversation.conversation import Turn
from qa.conversation.intent import Intent
from qa.conversation.understanding import Understanding
from qa.pipeline import Pipeline
from qa.reading.reader import Check, Reading, go_on
from qa.reading.spans import Span
from qa.retrieval.corpus import Corpus
from qa.retrieval.retriever import HybridRetriever
from qa.suggestions.suggestions import Suggestion

# Texts on which offsets go wrong when they are mended, counted in bytes or UTF-16.
HOSTILE_TEXTS: Mapping[str, str] = {
    "crlf": "First line of text.\r\nSecond line, with Baghdad in it.\r\n\r\nThird.\r",
    "combining accents": "Cafe\u0301 owner Zoe\u0308 saw Sa\u0303o Paulo. E\u0301t.",
    "emoji": "👩‍👩‍👧 The family 🇮🇶 met in Baghdad 🎉. It was 5 °C! 😀😀",
    "no spaces": "北京是中国的首都。上海很大。" * 30,
    "one huge word": "supercalifragilistic" * 40,
    "right to left": (
        "التقى الوزيران في بغداد. هل وافقا؟ نعم \u200fوافقا\u200e. שלום עולם."
    ),
    "separators": (
        "One\u2028two\u2029three\x0bfour\x0cfive\x85six\x1cseven. Eight\xa0nine."
    ),
    "boilerplate": "Facebook Twitter (X) Instagram\nThe talks began. They ended.",
    "punctuation": "... !!! ??? \"'()[]{} —–- .",
    "very long": "The minister met his counterpart in Baghdad on Monday. " * 200,
    "indented": "\t  A heading \n\n   \n- An item with U.S. in it\n",
}

_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


class FakeEmbedder:
    """Counts words into buckets: texts are as similar as the words they share."""

    def __init__(
        self,
        name: str = "fake:words",
        *,
        precision: str = "float32",
        dim: int = 64,
        max_tokens: int = 256,
        delay: float = 0.0,
    ) -> None:
        self.name = name
        self.precision = precision
        self._dim = dim
        self._max_tokens = max_tokens
        self._delay = delay

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def max_tokens(self) -> int:
        return self._max_tokens

    def count_tokens(self, text: str) -> int:
        return count_words(text)

    def embed_passages(
        self, texts: Sequence[str], report: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        vectors = np.zeros((len(texts), self._dim), dtype=np.float32)
        for row, text in enumerate(texts):
            time.sleep(self._delay)
            vectors[row] = self.embed_query(text)
            report(1)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        vector = np.zeros(self._dim, dtype=np.float32)
        for word in _WORD.findall(text.lower()):
            vector[sum(word.encode("utf-8", "surrogatepass")) % self._dim] += 1
        norm = np.linalg.norm(vector)
        unit: Vectors = vector / norm if norm else vector
        return unit


class FakeReader:
    """Finds fixed phrases: each one's score is known beforehand.

    Every place of a phrase in a passage becomes a span; the no-answer score is the
    same for all passages.
    """

    def __init__(
        self, scores: Mapping[str, float], *, no_answer_score: float = 0.0
    ) -> None:
        self._scores = scores
        self._no_answer_score = no_answer_score

    def read(
        self, question: str, passages: Sequence[str], check: Check = go_on
    ) -> list[Reading]:
        return [
            Reading(
                tuple(
                    sorted(self._spans(passage), key=lambda span: -span.score),
                ),
                self._no_answer_score,
            )
            for passage in passages
        ]

    def _spans(self, passage: str) -> list[Span]:
        return [
            Span(match.start(), match.end(), score)
            for phrase, score in self._scores.items()
            for match in re.finditer(re.escape(phrase), passage)
        ]


class EveryWordReader:
    """Offers the first and last words of each passage, whatever was asked."""

    def read(
        self, question: str, passages: Sequence[str], check: Check = go_on
    ) -> list[Reading]:
        readings = []
        for passage in passages:
            words = [match.span() for match in re.finditer(r"\S+", passage)]
            spans = [
                Span(start, end, 5.0 - place)
                for place, (start, end) in enumerate(words[:3] + words[-2:])
            ]
            readings.append(Reading(tuple(spans), 0.0))
        return readings


def count_words(text: str) -> int:
    """Return the number of words and marks of a text."""
    return len(_WORD.findall(text))


def build_fake_index(
    root: Path | str,
    texts: Mapping[str, str],
    *,
    embedder: FakeEmbedder | None = None,
    splitting: Splitting | None = None,
    executor: Executor | None = None,
    in_place: bool = False,
) -> BuildResult:
    """Publish an index of texts by their ids."""
    return build_index(
        [Document(doc_id, text, doc_id.title()) for doc_id, text in texts.items()],
        root,
        embedder or FakeEmbedder(),
        splitting or Splitting(max_tokens=30, overlap_tokens=8),
        executor=executor,
        in_place=in_place,
    )


class FakeEvidence:
    """Scores sentences by the words they share with the question, less two."""

    def __init__(
        self,
        tagged: Mapping[str, float] | None = None,
        judgements: tuple[float, float, float] = (0.2, 0.6, 0.2),
    ) -> None:
        self._tagged = tagged or {}
        self._judgements = judgements

    def assess(self, question: str, passages: Sequence[str]) -> list[Assessment]:
        asked = set(_WORD.findall(question.lower()))
        return [
            Assessment(
                tuple(
                    Span(s, e, len(asked & set(_WORD.findall(text[s:e].lower()))) - 2.0)
                    for s, e in sentence_spans(text)
                ),
                tuple(
                    sorted(
                        (
                            Span(match.start(), match.end(), score)
                            for phrase, score in self._tagged.items()
                            for match in re.finditer(re.escape(phrase), text)
                        ),
                        key=lambda span: span.start,
                    )
                ),
                self._judgements,
            )
            for text in passages
        ]


class FakeUnderstander:
    """Takes every question for what it was told to, with the terms to keep."""

    def __init__(self, intent: Intent = "fact", kept: Sequence[str] = ()) -> None:
        self._intent = intent
        self._kept = tuple(kept)

    def understand(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        titles: Sequence[str] = (),
        without_terms: Collection[str] = (),
        vocabulary: object = None,
    ) -> Understanding:
        kept = tuple(each for each in self._kept if each not in without_terms)
        resolved = f"{', '.join(kept)} · {question}" if kept and history else question
        return Understanding(question, resolved, kept if history else (), self._intent)


def fake_pipeline(
    root: Path | str,
    reader: FakeReader | EveryWordReader,
    fitted: Fitted = UNFITTED,
    suggest: Callable[[], Sequence[Suggestion]] = lambda: (),
    *,
    embedder: FakeEmbedder | None = None,
    understander: FakeUnderstander | None = None,
    evidence: FakeEvidence | None = None,
    check_seconds: float = 0.01,
) -> Pipeline:
    """Return a pipeline over a published index, with fakes for the models."""
    store = open_index(root)

    def load(version: str) -> Corpus:
        snapshot = store.open(version)
        found = embedder or FakeEmbedder()
        retriever = HybridRetriever(snapshot, found)
        return Corpus(version, snapshot.documents, retriever, found, suggest)

    corpus = LiveVersion(store, load, check_seconds=check_seconds)
    return Pipeline(
        corpus,
        understander or FakeUnderstander(),
        reader,
        evidence or FakeEvidence(),
        Selector(fitted),
    )
