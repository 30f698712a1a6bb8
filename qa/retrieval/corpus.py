"""One version of the index, ready to be searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.documents import Document
from index.models.embedder import Embedder
from qa.conversation.spelling import Vocabulary
from qa.retrieval.retriever import Retriever
from qa.suggestions.suggestions import Suggestion


@dataclass(frozen=True, slots=True)
class Corpus:
    """One version of the index, ready to be searched.

    Attributes:
        suggest: Returns the questions that were found to be answered by it.
        vocabulary: Its words; ``None`` where they cannot be looked up.
    """

    version: str
    documents: Mapping[str, Document]
    retriever: Retriever
    embedder: Embedder
    suggest: Callable[[], Sequence[Suggestion]] = lambda: ()
    vocabulary: Vocabulary | None = None


class CorpusSource(Protocol):
    """What knows the version of the index that is answered from now."""

    def get(self) -> Corpus:
        """Return it; another one once the index was built again."""
        ...

    def unavailable(self) -> str | None:
        """Return why the index cannot be reached just now, or ``None`` if it can."""
        ...
