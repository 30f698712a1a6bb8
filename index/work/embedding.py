"""Splitting and embedding batches of documents, wherever it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.models.embedder import Embedder
from index.passages import Passage, Splitting, evidence, split_document

# A batch takes a worker about a second, so that a kill costs no more than that.
_BATCH_CHARACTERS = 40_000
_BATCH_DOCUMENTS = 64

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class EmbeddedDocument:
    """A document's passages, as half-open offsets, and their vectors.

    ``vectors`` has the shape ``(passages, dim)``, in float16.
    """

    spans: Spans
    vectors: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class SplitTask:
    """Cuts the documents of a batch into passages."""

    embedder: Embedder
    splitting: Splitting

    def start(self) -> Callable[[Sequence[Document]], list[Spans]]:
        """Return what gives the offsets of each document's passages."""

        def split(documents: Sequence[Document]) -> list[Spans]:
            return [
                tuple((p.start, p.end) for p in self.passages(document))
                for document in documents
            ]

        return split

    def passages(self, document: Document) -> list[Passage]:
        """Return the passages of a document."""
        return split_document(document, self.splitting, self.embedder.count_tokens)


@dataclass(frozen=True, slots=True)
class EmbedTask:
    """Cuts the documents of a batch into passages, and embeds these."""

    embedder: Embedder
    splitting: Splitting

    def start(self) -> Callable[[Sequence[Document]], list[EmbeddedDocument]]:
        """Return what gives each document's passages and vectors."""
        splitter = SplitTask(self.embedder, self.splitting)

        def embed(documents: Sequence[Document]) -> list[EmbeddedDocument]:
            passages = [splitter.passages(document) for document in documents]
            texts = [
                fitted_evidence(document, passage, self.embedder)
                for document, found in zip(documents, passages, strict=True)
                for passage in found
            ]
            vectors = self.embedder.embed_passages(texts).astype(np.float16)
            embedded: list[EmbeddedDocument] = []
            first = 0
            for found in passages:
                spans = tuple((passage.start, passage.end) for passage in found)
                rows = vectors[first : first + len(spans)]
                embedded.append(EmbeddedDocument(spans, rows))
                first += len(spans)
            return embedded

        return embed


def fitted_evidence(document: Document, passage: Passage, embedder: Embedder) -> str:
    """Return what of a passage is embedded: as much of its evidence as is read.

    The text is there in any case; first the context goes, then the title.
    """
    # No tokenizer makes more pieces of a text than it has bytes.
    candidates = (
        evidence(document, passage),
        evidence(document, replace(passage, context="")),
    )
    for text in candidates:
        if (
            len(text.encode("utf-8", "surrogatepass")) <= embedder.max_tokens
            or embedder.count_tokens(text) <= embedder.max_tokens
        ):
            return text
    return passage.text


def batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield the documents in batches that take about the same time."""
    batch: list[Document] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += len(document.text)
        if characters >= _BATCH_CHARACTERS or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def content_key(document: Document) -> str:
    """Return a checksum of all that a document's passages and vectors depend on."""
    tables = [asdict(table) for table in document.tables]
    content = json.dumps([document.sha256, document.title, tables])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
