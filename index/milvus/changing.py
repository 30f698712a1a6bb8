"""Changing documents of a version in place, each in one step."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from pymilvus import MilvusClient

from index.documents import Document
from index.milvus.connection import Connection
from index.milvus.snapshot import MilvusSnapshot
from index.milvus.upload import upload
from index.search.snapshot import PassagePlace
from index.search.vectors import Vectors
from index.store.manifest import IndexFile

# Every server has asked for the live version within this time, or asks in vain.
_TOLD_SECONDS = 3.0
_PAGE = 500


def change(
    connection: Connection,
    snapshot: MilvusSnapshot,
    new: tuple[Sequence[Document], Sequence[PassagePlace], Vectors],
    removed: Collection[str],
    *,
    first_place: int,
    report: Callable[[int], None],
) -> tuple[int, int, dict[str, IndexFile]]:
    """Write new documents, and remove what they replace and what is removed.

    A document's own row says which passages are its own, so it changes when that row
    is replaced: until then the new passages count for nothing, from then on the old.

    Args:
        connection: To the server.
        snapshot: The version, whose number of changes in place is already counted.
        new: Documents, the places of their passages and the vectors of these.
        removed: Ids of the documents to remove.
        first_place: The place of the first new document in the order of the index.
        report: Called with the number of passages done since the last call.

    Returns:
        The number of documents and passages now, and how much each collection holds.
    """
    documents, places, vectors = new
    names, revision = snapshot.names, snapshot.manifest.in_place
    heads = snapshot.documents.all_heads()
    replaced = [heads[each.doc_id] for each in documents if each.doc_id in heads]
    gone = [heads[doc_id] for doc_id in removed if doc_id in heads]
    time.sleep(_TOLD_SECONDS)
    upload(
        connection,
        names,
        documents,
        places,
        vectors,
        first_place=first_place,
        revision=revision,
        average=snapshot.state.average,
        report=report,
    )
    # The rows of documents that were removed, then all passages that nobody names.
    for begin in range(0, len(gone), _PAGE):
        keys = [str(head.number) for head in gone[begin : begin + _PAGE]]
        connection.call(MilvusClient.delete, names.documents, filter=f"key in {keys}")
    for head in [*replaced, *gone]:
        if len(head.rows):
            connection.call(
                MilvusClient.delete,
                names.passages,
                filter=f"row >= {head.rows.start} and row < {head.rows.stop}",
            )
        if head.parts > 1:
            keys = [f"{head.number}.{head.revision}.{n}" for n in range(1, head.parts)]
            connection.call(
                MilvusClient.delete, names.documents, filter=f"key in {keys}"
            )
    added = sum(each.doc_id not in heads for each in documents)
    passages = (
        len(snapshot) + len(places) - sum(len(head.rows) for head in [*replaced, *gone])
    )
    files = {name: IndexFile(connection.count(name), "") for name in names.all()}
    return len(heads) + added - len(gone), passages, files
