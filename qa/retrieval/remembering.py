"""An embedder that embeds no query twice: it is asked for intent and for retrieval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from index.models.embedder import Embedder
from index.search.vectors import Vectors

_REMEMBERED = 8


class RememberingEmbedder:
    """An embedder whose last queries are remembered; safe to share by threads."""

    def __init__(self, embedder: Embedder) -> None:
        """Remember what an embedder makes of queries."""
        self.name = embedder.name
        self.precision = embedder.precision
        self._embedder = embedder
        self._embed_query = lru_cache(_REMEMBERED)(embedder.embed_query)

    @property
    def dim(self) -> int:
        """Return the length of the vectors."""
        return self._embedder.dim

    @property
    def max_tokens(self) -> int:
        """Return the most word pieces of a text that are embedded."""
        return self._embedder.max_tokens

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces of a text, without special ones."""
        return self._embedder.count_tokens(text)

    def embed_passages(
        self, texts: Sequence[str], report: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        """Return the vectors of passages, shape ``(n, dim)``, in the given order."""
        return self._embedder.embed_passages(texts, report)

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a query, shape ``(dim,)``; not to be changed."""
        return self._embed_query(text)
