"""The one path from documents to a published index."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from index.documents import Document
from index.embedding import assemble, count_passages, embed_new
from index.errors import is_disk_full
from index.folders import DocumentError
from index.home import IndexHome, UpdatesInPlace, open_index
from index.models.embedder import Embedder
from index.passages import Splitting
from index.plan import BuildPlan, Changes, plan_build
from index.probe import PROBE, is_reusable, open_live
from index.search.kinds import EXACT, EXACT_LIMIT
from index.search.snapshot import PassagePlace
from index.search.vectors import Vectors, check_kind
from index.store.manifest import FORMAT_VERSION, Manifest
from index.work.embedding import EmbedTask, SplitTask
from index.work.executor import Executor
from index.work.kept import KeptEmbeddings

logger = logging.getLogger(__name__)

_SAMPLE = 200
_SAMPLE_WORDS = 12
# In the folder of the index: what builds that were ended have embedded.
_UNFINISHED = "unfinished"


BuildStage = Literal["splitting", "embedding", "indexing"]
# Called with what is done, and how much of it so far and in all: documents while they
# are split and embedded, passages after that.
BuildReport = Callable[[BuildStage, int, int], None]


class DiskFullError(OSError):
    """There is no space left for the index; the live version is as it was."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build published.

    Attributes:
        changes: Against the version that was live before.
        embedded: Passages that were embedded; the others' vectors were kept, of the
            live version or of a build that was ended.
        seconds: That it took.
    """

    manifest: Manifest
    changes: Changes
    embedded: int
    seconds: float


@dataclass(frozen=True, slots=True)
class PlannedBuild:
    """What a build would do: the changes, its passages, and how many to embed."""

    changes: Changes
    passages: int
    embedded: int


def build_index(
    documents: Iterable[Document],
    root: Path | str,
    embedder: Embedder,
    splitting: Splitting,
    *,
    factory: str | None = None,
    executor: Executor | None = None,
    in_place: bool = False,
    accept: Callable[[Path | str], None] | None = None,
    report: BuildReport = lambda stage, done, total: None,
) -> BuildResult:
    """Split, embed and publish documents as the new live version of an index.

    What the live version has too, cut and embedded alike, is not embedded again, nor is
    what a build that was ended had embedded; the result is that of a full build, up to
    the rounding of vectors. Until the last step the live version is left as it was,
    whatever happens.

    Args:
        documents: The articles; their ids must differ.
        root: The index: a folder, made if missing, or an address in Milvus.
        embedder: Stored by name: queries must be embedded by the same model.
        splitting: How to cut the documents.
        factory: FAISS's name of the kind of vector index; ``None`` chooses by the
            number of passages.
        executor: Where documents are split and embedded; ``None`` for this process.
            A few documents are always worked on here, as starting workers takes longer.
        in_place: Change the documents of the live version one by one, instead of
            copying what stays into a new version. Each is whole at any time, but they
            do not change together, and there is nothing to go back to.
        accept: Called with a folder or address that opens as an index of the new
            version, before that goes live; what it raises keeps the live version.
            Nothing is asked of a change in place.
        report: Called as the build goes on.

    Raises:
        DocumentError: If two documents have one id, or there is no text at all.
        IndexBusyError: If another process is building this index.
        DiskFullError: If there is no space left.
        ValueError: If the passages would be longer than the embedder reads, FAISS
            cannot build such an index, or this one cannot be changed in place.
    """
    attempt = partial(
        _build,
        _check(documents, embedder, splitting),
        open_index(root),
        embedder,
        splitting,
        factory=factory,
        executor=executor,
        in_place=in_place,
        accept=accept,
        report=report,
    )
    with _telling_full_disk(root):
        try:
            return attempt()
        except (OSError, RuntimeError, ValueError) as error:
            if not is_disk_full(error):
                raise
        # Older versions have gone for it, and what was embedded is kept.
        return attempt()


def _build(
    checked: list[Document],
    home: IndexHome[Any],
    embedder: Embedder,
    splitting: Splitting,
    *,
    factory: str | None,
    executor: Executor | None,
    in_place: bool,
    accept: Callable[[Path | str], None] | None,
    report: BuildReport,
) -> BuildResult:
    started = time.monotonic()
    with home.building() as scratch:
        previous = open_live(home)
        reusable = is_reusable(home, previous, embedder, splitting)
        plan = plan_build(checked, previous, reusable)
        if in_place:
            _check_in_place(home, reusable)
            plan = plan.only_changes()
        if factory is not None:
            # Before the passages are embedded, which may take hours.
            new = _count_new(plan, embedder, splitting, executor, report)
            check_kind(factory, embedder.dim, plan.known + new)
        probe = embedder.embed_query(PROBE)
        made_with = [
            FORMAT_VERSION,
            embedder.name,
            embedder.precision,
            [round(float(value), 2) for value in probe],
            asdict(splitting),
        ]
        with KeptEmbeddings(home.folder / _UNFINISHED, made_with) as kept:
            embedded = embed_new(
                plan,
                EmbedTask(embedder, splitting),
                kept,
                executor,
                _counting("embedding", len(plan.new), report),
            )
            places, vectors = assemble(plan, kept, previous, embedder.dim)
        counting = _counting("indexing", len(places), report)
        if in_place:
            assert isinstance(home, UpdatesInPlace)
            manifest = home.change_in_place(
                plan.documents, places, vectors, plan.changes.removed, counting
            )
            return _ended(manifest, plan, embedded, started, home)
        if not places:
            raise DocumentError("nothing to index: the documents hold no text")
        snapshot = home.assemble(
            plan.documents,
            places,
            vectors,
            factory,
            _sample_queries(plan, places, embedder, factory),
            scratch,
            counting,
        )
        manifest = home.publish(
            snapshot,
            embedder=embedder.name,
            precision=embedder.precision,
            probe=tuple(float(value) for value in probe),
            splitting=splitting,
            accept=accept,
        )
        return _ended(manifest, plan, embedded, started, home)


def _check_in_place(home: IndexHome[Any], reusable: bool) -> None:
    if not isinstance(home, UpdatesInPlace):
        raise ValueError(
            "documents of an index in a folder do not change in place; leave "
            "--in-place out"
        )
    if not reusable:
        raise ValueError(
            "there is no live version made with the same settings to change in place; "
            "leave --in-place out"
        )


def _ended(
    manifest: Manifest,
    plan: BuildPlan,
    embedded: int,
    started: float,
    home: IndexHome[Any],
) -> BuildResult:
    shutil.rmtree(home.folder / _UNFINISHED, ignore_errors=True)
    seconds = time.monotonic() - started
    logger.info(
        "built %s: %d documents, %d passages, %d of them embedded, %.1f s",
        manifest.version,
        manifest.documents,
        manifest.passages,
        embedded,
        seconds,
    )
    return BuildResult(manifest, plan.changes, embedded, seconds)


@contextmanager
def _telling_full_disk(root: Path | str) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        if not is_disk_full(error):
            raise
        raise DiskFullError(
            f"no space left for the index in {root}; free some and build again. The "
            "live version is as it was, and what was embedded is kept"
        ) from error


def plan_index(
    documents: Iterable[Document],
    root: Path | str,
    embedder: Embedder,
    splitting: Splitting,
    executor: Executor | None = None,
    report: BuildReport = lambda stage, done, total: None,
) -> PlannedBuild:
    """Return what ``build_index`` would do, and change nothing.

    Raises:
        DocumentError: If two documents have one id, or there is no text at all.
        ValueError: If the passages would be longer than the embedder reads.
    """
    checked = _check(documents, embedder, splitting)
    home = open_index(root)
    previous = open_live(home)
    reusable = is_reusable(home, previous, embedder, splitting)
    plan = plan_build(checked, previous, reusable)
    embedded = _count_new(plan, embedder, splitting, executor, report)
    return PlannedBuild(plan.changes, plan.known + embedded, embedded)


def _count_new(
    plan: BuildPlan,
    embedder: Embedder,
    splitting: Splitting,
    executor: Executor | None,
    report: BuildReport,
) -> int:
    counting = _counting("splitting", len(plan.new), report)
    return count_passages(plan, SplitTask(embedder, splitting), executor, counting)


def _check(
    documents: Iterable[Document], embedder: Embedder, splitting: Splitting
) -> list[Document]:
    if splitting.max_tokens > embedder.max_tokens:
        raise ValueError(
            f"max_tokens must be at most {embedder.max_tokens}, the most that "
            f"{embedder.name} reads, not {splitting.max_tokens}"
        )
    checked: dict[str, Document] = {}
    for document in documents:
        if document.doc_id in checked:
            raise DocumentError(
                f"two documents have the id {document.doc_id!r}; rename one"
            )
        checked[document.doc_id] = document
    if not any(document.text.strip() for document in checked.values()):
        raise DocumentError("nothing to index: the documents hold no text")
    return list(checked.values())


def _sample_queries(
    plan: BuildPlan,
    places: Sequence[PassagePlace],
    embedder: Embedder,
    factory: str | None,
) -> Vectors | None:
    """Return vectors like those of questions, to measure an inexact index with.

    The first words of passages from all over the index, as nobody has asked yet.
    """
    if factory in (None, EXACT) and len(places) <= EXACT_LIMIT:
        return None
    texts = {document.doc_id: document.text for document in plan.documents}
    step = max(1, len(places) // _SAMPLE)
    beginnings = [
        " ".join(texts[p.doc_id][p.start : p.end].split()[:_SAMPLE_WORDS])
        for p in places[::step][:_SAMPLE]
    ]
    return embedder.embed_passages(beginnings)


def _counting(
    stage: BuildStage, total: int, report: BuildReport
) -> Callable[[int], None]:
    """Return what sums up counts since the last call, and reports the sum."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        report(stage, done, total)

    return count
