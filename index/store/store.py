"""Published versions of the index: immutable, checked, switched in one step.

ROOT/CURRENT                 the live version's name
ROOT/versions/NAME/          one version: manifest.json and the snapshot's files
ROOT/versions/.staging-*/    a build in progress, or one that was killed
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.documents import Document
from index.errors import (
    IndexBusyError,
    IndexFormatError,
    IndexNotFoundError,
    is_disk_full,
)
from index.passages import Splitting
from index.search.snapshot import IndexSnapshot, PassagePlace
from index.search.vectors import Vectors
from index.store.files import check_files, sync
from index.store.manifest import MANIFEST, Manifest, read_manifest
from index.store.regular import read_small
from index.store.sealing import seal

logger = logging.getLogger(__name__)

# The live version, and some to go back to.
KEPT_VERSIONS = 3

_STAGING = ".staging-"
_MAX_CURRENT = 100
_VERSION_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}\Z")


class IndexStore:
    """The folder that holds the versions of one index."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def version_path(self, version: str) -> Path:
        """Return the folder of a version, whether or not it exists."""
        return self.root / "versions" / version

    @property
    def folder(self) -> Path:
        """See ``IndexHome``."""
        return self.root

    def current(self) -> str:
        """See ``IndexHome``.

        Raises:
            IndexFormatError: If ``CURRENT`` does not name a version.
        """
        try:
            text = read_small(self.root / "CURRENT", _MAX_CURRENT)
            name = text.decode("ascii").strip()
        except FileNotFoundError as error:
            raise IndexNotFoundError(
                f"no index in {self.root}; make one with scripts/build_index.py"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            message = f"cannot read {self.root / 'CURRENT'}: {error}"
            raise IndexFormatError(message) from error
        if not _VERSION_NAME.match(name):
            raise IndexFormatError(
                f"{self.root / 'CURRENT'} names no version: {name!r}; "
                "build the index again"
            )
        return name

    def manifest(self, version: str) -> Manifest:
        """See ``IndexHome``."""
        return read_manifest(self.version_path(version) / MANIFEST, version)

    def open(self, version: str) -> IndexSnapshot:
        """See ``IndexHome``.

        Raises:
            IndexFormatError: If a file is missing or has another size, checksum or
                count than the manifest says.
        """
        manifest = self.manifest(version)
        folder = self.version_path(version)
        check_files(folder, manifest.files)
        snapshot = IndexSnapshot.load(folder)
        found = (len(snapshot.documents), len(snapshot), snapshot.dim)
        wanted = (manifest.documents, manifest.passages, manifest.dim)
        if found != wanted:
            raise IndexFormatError(
                f"{folder} holds {found} documents, passages and dimensions, its "
                f"manifest says {wanted}; build the index again"
            )
        return snapshot

    def versions(self) -> list[str]:
        """See ``IndexHome``."""
        folder = self.root / "versions"
        if not folder.is_dir():
            return []
        # Names tell seconds; of versions of one second the folders' times decide.
        found = sorted(
            (path.name.partition("-")[0], path.stat().st_mtime_ns, path.name)
            for path in folder.iterdir()
            if _VERSION_NAME.match(path.name)
        )
        return [name for _, _, name in reversed(found)]

    def rollback(self, version: str | None = None) -> Manifest:
        """See ``IndexHome``.

        Raises:
            IndexFormatError: If it is damaged: the live version stays.
        """
        if not self.root.is_dir():
            raise IndexNotFoundError(f"no index in {self.root}")
        with self.building():
            known = self.versions()
            if version is None:
                version = self.manifest(self.current()).replaced
            if version not in known:
                raise IndexNotFoundError(
                    f"no {version or 'older'} version in {self.root} to go back to; "
                    f"there are: {', '.join(known) or 'none'}"
                )
            self.open(version)
            self._switch(version)
            return self.manifest(version)

    @contextmanager
    def building(self) -> Iterator[Path]:
        """See ``IndexHome``; entering removes what a killed builder left."""
        (self.root / "versions").mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / "build.lock", blocking=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise IndexBusyError(
                f"another build is at work in {self.root}; wait until it ends"
            ) from error
        try:
            for left in (self.root / "versions").glob(f"{_STAGING}*"):
                shutil.rmtree(left)
            with tempfile.TemporaryDirectory(
                prefix=_STAGING, dir=self.root / "versions", ignore_cleanup_errors=True
            ) as folder:
                yield Path(folder)
        except (OSError, RuntimeError, ValueError) as error:
            if is_disk_full(error):
                self._make_room()
            raise
        finally:
            lock.release()

    def assemble(
        self,
        documents: Sequence[Document],
        places: Sequence[PassagePlace],
        vectors: Vectors,
        factory: str | None = None,
        queries: Vectors | None = None,
        within: Path | None = None,
        report: Callable[[int], None] = lambda count: None,
    ) -> IndexSnapshot:
        """See ``IndexHome``."""
        return IndexSnapshot.from_vectors(
            documents, places, vectors, factory, queries, within, report
        )

    def publish(
        self,
        snapshot: IndexSnapshot,
        *,
        embedder: str,
        precision: str,
        probe: tuple[float, ...],
        splitting: Splitting,
        accept: Callable[[Path | str], None] | None = None,
    ) -> Manifest:
        """Write a new version and make it the live one; see ``IndexHome``.

        A failure or a kill at any point leaves the live version as it was. Versions
        older than the last few are removed.
        """
        live = None
        with suppress(IndexNotFoundError, IndexFormatError):
            live = self.current()
        staging = self.root / "versions" / f"{_STAGING}{uuid.uuid4().hex[:8]}"
        try:
            # Not tempfile: its folders are closed to other users, such as a server's.
            staging.mkdir()
            snapshot.save(staging)
            manifest = seal(
                staging,
                snapshot,
                embedder=embedder,
                precision=precision,
                probe=probe,
                splitting=splitting,
                replaced=live,
            )
            staging.rename(self.version_path(manifest.version))
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        sync(self.root / "versions")
        if accept is not None:
            try:
                with self._viewing(manifest.version) as view:
                    accept(view)
            except BaseException:
                shutil.rmtree(self.version_path(manifest.version))
                raise
        # What was live until now is the first to go back to, however old.
        older = sorted(self.versions(), key=lambda version: version != live)
        self._switch(manifest.version)
        older.remove(manifest.version)
        for version in older[KEPT_VERSIONS - 1 :]:
            shutil.rmtree(self.version_path(version))
        return manifest

    def _make_room(self) -> None:
        """Remove all versions but the live one, so that another try has room."""
        older = self.versions()
        with suppress(IndexNotFoundError, IndexFormatError):
            older.remove(self.current())
        for version in older:
            logger.warning("the disk is full: removing %s for space", version)
            shutil.rmtree(self.version_path(version))

    @contextmanager
    def _viewing(self, version: str) -> Iterator[Path]:
        """Yield a folder that opens as an index whose live version is this one."""
        with tempfile.TemporaryDirectory() as folder:
            view = Path(folder)
            (view / "versions").symlink_to((self.root / "versions").resolve())
            (view / "CURRENT").write_text(version + "\n", encoding="ascii")
            yield view

    def _switch(self, version: str) -> None:
        new = self.root / "CURRENT.new"
        new.write_text(version + "\n", encoding="ascii")
        sync(new)
        os.replace(new, self.root / "CURRENT")
        sync(self.root)
