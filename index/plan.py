"""What a build has to do: which documents are new, and which were embedded before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.documents import Document
from index.home import Snapshot
from index.work.embedding import content_key


@dataclass(frozen=True, slots=True)
class Changes:
    """How a build differs from the live version: ids of documents.

    A document has changed when anything of it has; its passages are embedded again
    only when its text, its title or its tables have.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """The documents of a build, and where their vectors come from.

    Attributes:
        documents: In the order of the index.
        keys: What each holds, as ``content_key`` names it.
        rows: The rows of the older index that have the passages of a key.
        new: The documents that it has not, one for each key.
    """

    documents: tuple[Document, ...]
    keys: tuple[str, ...]
    rows: Mapping[str, range]
    new: tuple[Document, ...]
    changes: Changes

    @property
    def known(self) -> int:
        """Return the number of passages whose vectors the older index has."""
        return sum(len(self.rows.get(key, ())) for key in self.keys)

    def only_changes(self) -> BuildPlan:
        """Return the same without the documents that stay as they are."""
        changed = {*self.changes.added, *self.changes.changed}
        kept = [
            (document, key)
            for document, key in zip(self.documents, self.keys, strict=True)
            if document.doc_id in changed
        ]
        return replace(
            self,
            documents=tuple(document for document, _ in kept),
            keys=tuple(key for _, key in kept),
        )


def plan_build(
    documents: Sequence[Document], previous: Snapshot | None, reusable: bool
) -> BuildPlan:
    """Tell the documents that an older index has embedded from those to embed.

    Args:
        documents: With ids that differ.
        previous: The live version, if there is one.
        reusable: Whether it was made with the same embedder and splitting.
    """
    keys = tuple(content_key(document) for document in documents)
    known: dict[str, range] = {}
    if previous is not None and reusable:
        known = {
            content_key(document): previous.rows(doc_id)
            for doc_id, document in previous.documents.items()
        }
    # Of equal documents one is embedded.
    new = {
        key: document
        for key, document in zip(keys, documents, strict=True)
        if key not in known
    }
    return BuildPlan(
        tuple(documents),
        keys,
        known,
        tuple(new.values()),
        _changes(documents, previous),
    )


def _changes(documents: Sequence[Document], previous: Snapshot | None) -> Changes:
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
