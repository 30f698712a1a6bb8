"""What a build has to do: which documents are new, which passages to embed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.documents import Document
from index.passages import Splitting, split_document
from index.snapshot import IndexSnapshot, PassagePlace


@dataclass(frozen=True, slots=True)
class Changes:
    """How a build differs from the live version: ids of documents.

    A document has changed when anything of it has; its passages are embedded again
    only when its text has.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """The passages of a build, and where their vectors come from.

    Attributes:
        documents: In the order of the index.
        places: One for each passage; row ``n`` of the vectors is that of place ``n``.
        kept: For each row, the row of the older index that has its vector; -1 for a
            passage to embed.
    """

    documents: tuple[Document, ...]
    places: tuple[PassagePlace, ...]
    kept: tuple[int, ...]
    changes: Changes

    @property
    def embedded(self) -> int:
        """Return the number of passages to embed."""
        return self.kept.count(-1)


def plan_build(
    documents: Sequence[Document],
    splitting: Splitting,
    count_tokens: Callable[[str], int],
    previous: IndexSnapshot | None,
    reusable: bool,
    report: Callable[[int], None] = lambda count: None,
) -> BuildPlan:
    """Split the documents, except those whose text an older index has split.

    Args:
        documents: With ids that differ.
        splitting: How to cut them.
        count_tokens: Number of word pieces of a text, without special tokens.
        previous: The live version, if there is one.
        reusable: Whether it was made with the same embedder and splitting.
        report: Called with the number of documents done since the last call.
    """
    known: dict[str, range] = {}
    if previous is not None and reusable:
        known = {
            document.sha256: previous.rows(doc_id)
            for doc_id, document in previous.documents.items()
        }
    places: list[PassagePlace] = []
    kept: list[int] = []
    for document in documents:
        rows = known.get(document.sha256)
        if previous is None or rows is None:
            found = split_document(document, splitting, count_tokens)
            spans = [(passage.start, passage.end) for passage in found]
            kept.extend([-1] * len(spans))
        else:
            spans = [previous.span(row) for row in rows]
            kept.extend(rows)
        places.extend(PassagePlace(document.doc_id, *span) for span in spans)
        report(1)
    return BuildPlan(
        tuple(documents), tuple(places), tuple(kept), _changes(documents, previous)
    )


def _changes(documents: Sequence[Document], previous: IndexSnapshot | None) -> Changes:
    old = previous.documents if previous is not None else {}
    added = [d.doc_id for d in documents if d.doc_id not in old]
    changed = [d.doc_id for d in documents if d.doc_id in old and old[d.doc_id] != d]
    ids = {document.doc_id for document in documents}
    return Changes(
        tuple(added),
        tuple(changed),
        tuple(doc_id for doc_id in old if doc_id not in ids),
        len(documents) - len(added) - len(changed),
    )
