"""From the new documents of a build to its passages and their vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np

from index.documents import Document
from index.home import Snapshot
from index.plan import BuildPlan
from index.search.snapshot import PassagePlace
from index.search.vectors import Vectors
from index.work.embedding import EmbedTask, SplitTask, batches, content_key
from index.work.executor import Executor, InProcess, Out, Overrun, Task
from index.work.kept import KeptEmbeddings

# So much is embedded in about the time that it takes to start a worker.
_LITTLE_CHARACTERS = 400_000


def count_passages(
    plan: BuildPlan,
    task: SplitTask,
    executor: Executor | None,
    report: Callable[[int], None],
) -> int:
    """Return the number of passages of the new documents."""
    passages = 0
    for batch, found in _run(task, plan.new, executor):
        passages += sum(len(spans) for spans in found)
        report(len(batch))
    return passages


def embed_new(
    plan: BuildPlan,
    task: EmbedTask,
    kept: KeptEmbeddings,
    executor: Executor | None,
    report: Callable[[int], None],
) -> int:
    """Embed the new documents that are not kept yet, and keep what comes of them.

    Returns:
        The number of passages that were embedded.
    """
    keys = [content_key(document) for document in plan.new]
    # Of builds of other texts that ended: the disk may be full of them.
    kept.keep_only(keys)
    done = kept.known(keys)
    if done:
        report(len(done))
    passages = 0
    missing = [d for d in plan.new if content_key(d) not in done]
    for batch, found in _run(task, missing, executor):
        for document, embedded in zip(batch, found, strict=True):
            kept.add(content_key(document), embedded)
            passages += len(embedded.spans)
        report(len(batch))
    return passages


def _run(
    task: Task[list[Document], Out],
    documents: Sequence[Document],
    executor: Executor | None,
) -> Iterator[tuple[list[Document], Out]]:
    """Yield the documents batch by batch, each with what the task makes of it."""
    parts = list(batches(documents))
    is_little = sum(len(each.text) for each in documents) <= _LITTLE_CHARACTERS
    if executor is None or (is_little and len(parts) <= executor.workers):
        executor = InProcess()
    for batch, found in zip(parts, executor.run(task, parts), strict=True):
        # Without a budget nothing is given up.
        assert not isinstance(found, Overrun)
        yield batch, found


def assemble(
    plan: BuildPlan,
    kept: KeptEmbeddings,
    previous: Snapshot | None,
    dim: int,
) -> tuple[list[PassagePlace], Vectors]:
    """Return the places of all passages, and their vectors in the same order."""
    # All at once, as they may have to come from another machine.
    old = [row for key in plan.keys for row in plan.rows.get(key, ())]
    old_spans = iter(previous.spans(old) if previous is not None else ())
    old_vectors = previous.vectors(old) if previous is not None else None
    taken = 0
    places: list[PassagePlace] = []
    parts: list[Vectors] = [np.empty((0, dim), dtype=np.float32)]
    for document, key in zip(plan.documents, plan.keys, strict=True):
        rows = plan.rows.get(key)
        if old_vectors is None or rows is None:
            embedded = kept.get(key)
            spans = list(embedded.spans)
            # As they are stored beside an inexact index, so that a later build that
            # takes them from there starts from the same numbers.
            parts.append(embedded.vectors.astype(np.float32))
        else:
            spans = list(islice(old_spans, len(rows)))
            parts.append(old_vectors[taken : taken + len(rows)])
            taken += len(rows)
        places.extend(PassagePlace(document.doc_id, *span) for span in spans)
    return places, np.concatenate(parts)
