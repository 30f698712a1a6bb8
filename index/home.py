"""Where an index lives: what is asked of it there, and the door to each home.

A folder on this machine is one home (``index.store``), Milvus another
(``index.milvus``). Nobody beyond this door knows which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from index.errors import IndexNotFoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.documents import Document
    from index.passages import Passage, Splitting
    from index.search.kinds import VectorKind
    from index.search.snapshot import PassagePlace
    from index.search.vectors import Vectors
    from index.store.manifest import Manifest

_MILVUS = "milvus://"


class Snapshot(Protocol):
    """One version of an index, ready to be searched: its rows are its passages."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Return the documents by their ids, in the order of the index."""
        ...

    @property
    def vector_kind(self) -> VectorKind:
        """Return how the vectors are searched."""
        ...

    @property
    def dim(self) -> int:
        """Return the length of the vectors."""
        ...

    def __len__(self) -> int:
        """Return the number of passages."""
        ...

    def passage(self, row: int) -> Passage:
        """Return the passage of a row."""
        ...

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Return the passages of rows, in their order."""
        ...

    def rows(self, doc_id: str) -> range:
        """Return the rows of a document's passages; none for an unknown one."""
        ...

    def spans(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Return the half-open offsets of passages in their documents."""
        ...

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """Return the vectors of rows, shape ``(n, dim)``."""
        ...

    def nearest(
        self, query_vector: Vectors, k: int, doc_ids: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` rows and their cosines to a query, best first.

        Args:
            query_vector: Shape ``(dim,)``, float32, unit length.
            k: At least 1.
            doc_ids: Documents to search; ``None`` for all. Unknown ones hold nothing.

        Raises:
            ValueError: If ``k`` is below 1 or the vector has another shape.
        """
        ...

    def matching(
        self, query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` rows that share words with a query, and their BM25.

        Best first; ``doc_ids`` as for ``nearest``.
        """
        ...

    def has_word(self, word: str) -> bool:
        """Tell whether a passage has a word, in any form."""
        ...

    def similar_words(self, word: str, slips: int) -> list[str]:
        """Return words of passages that are about so many slips away from a word."""
        ...


S = TypeVar("S", bound=Snapshot)


class IndexHome(Protocol[S]):
    """Keeps the versions of one index: each whole, one of them live.

    Every method raises ``IndexUnavailableError`` where the home cannot be reached.
    """

    @property
    def folder(self) -> Path:
        """Return a folder of this machine for what belongs to the index besides."""
        ...

    def current(self) -> str:
        """Return the name of the live version.

        Raises:
            IndexNotFoundError: If nothing has been published.
        """
        ...

    def manifest(self, version: str) -> Manifest:
        """Return what a version says of itself.

        Raises:
            IndexFormatError: If it is missing, damaged or of another format.
        """
        ...

    def open(self, version: str) -> S:
        """Return a version, ready to be searched, after checking that it is whole.

        Raises:
            IndexFormatError: If it is not.
        """
        ...

    def versions(self) -> list[str]:
        """Return the names of the published versions, newest first."""
        ...

    def rollback(self, version: str | None = None) -> Manifest:
        """Make an older version the live one again; none is removed.

        ``None`` is the one that the live one replaced.

        Raises:
            IndexNotFoundError: If there is no such version.
            IndexBusyError: If another builder is at work.
        """
        ...

    def building(self) -> AbstractContextManager[Path]:
        """Keep other builders out; yields a folder for temporary files.

        Raises:
            IndexBusyError: If another builder is at work.
        """
        ...

    def assemble(
        self,
        documents: Sequence[Document],
        places: Sequence[PassagePlace],
        vectors: Vectors,
        factory: str | None = None,
        queries: Vectors | None = None,
        within: Path | None = None,
        report: Callable[[int], None] = lambda count: None,
    ) -> S:
        """Return a new version that is not published yet; call it inside ``building``.

        Args:
            documents: With ids that differ.
            places: Of the passages, those of a document one after the other.
            vectors: Row ``n`` is that of place ``n``.
            factory: The kind of vector index, as the home calls it; ``None`` chooses.
            queries: Vectors to measure the search with, shape ``(m, dim)``.
            within: A folder for temporary files.
            report: Called with the number of passages done since the last call.
        """
        ...

    def publish(
        self,
        snapshot: S,
        *,
        embedder: str,
        precision: str,
        probe: tuple[float, ...],
        splitting: Splitting,
        accept: Callable[[Path | str], None] | None = None,
    ) -> Manifest:
        """Make what ``assemble`` gave the live version, in one step.

        ``embedder``, ``precision``, ``probe`` and ``splitting`` are its manifest's.
        ``accept`` is called with what opens as an index of the new version, before
        that is live; what it raises keeps the live version.
        """
        ...


@runtime_checkable
class UpdatesInPlace(Protocol):
    """A home where documents of the live version can be changed one by one."""

    def change_in_place(
        self,
        documents: Sequence[Document],
        places: Sequence[PassagePlace],
        vectors: Vectors,
        removed: Collection[str],
        report: Callable[[int], None] = lambda count: None,
    ) -> Manifest:
        """Write documents, in place of those with their ids, and remove some by ids.

        Each is changed in one step, but not all together; call it inside ``building``.
        """
        ...


def has_index(address: str | Path) -> bool:
    """Tell whether there is an index; of a folder, without loading what reads it.

    Raises:
        IndexUnavailableError: If the home cannot be reached.
        ValueError: As for ``open_index``.
    """
    if not str(address).startswith(_MILVUS):
        return (Path(address) / "CURRENT").is_file()
    with suppress(IndexNotFoundError):
        return bool(open_index(address).current())
    return False


def open_index(address: str | Path) -> IndexHome[Any]:
    """Return the home that an address names.

    Args:
        address: A folder, or ``milvus://[USER:PASSWORD@]HOST:PORT/NAME``.

    Raises:
        ValueError: If the address makes no sense, or what it needs is not installed.
    """
    if str(address).startswith(_MILVUS):
        try:
            from index.milvus.home import MilvusHome
        except ImportError as error:
            raise ValueError(
                "an index in Milvus needs its client: pip install '.[milvus]'"
            ) from error
        return MilvusHome.at(str(address))
    from index.store.store import IndexStore

    return IndexStore(Path(address))
