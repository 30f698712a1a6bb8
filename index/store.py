"""Published versions of the index: immutable, checked, switched in one step.

ROOT/CURRENT                 the live version's name
ROOT/versions/NAME/          one version: manifest.json and the snapshot's files
ROOT/versions/.staging-*/    a build in progress, or one that was killed
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index.files import check_file, describe, sync
from index.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from index.passages import Splitting
from index.snapshot import IndexFormatError, IndexSnapshot

# The live version, and some to go back to.
KEPT_VERSIONS = 3

_STAGING = ".staging-"
_VERSION_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}\Z")


class IndexNotFoundError(LookupError):
    """There is no published index; the message says how to make one."""


class IndexBusyError(RuntimeError):
    """Another build is at work on the same index."""


class IndexStore:
    """The folder that holds the versions of one index."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def version_path(self, version: str) -> Path:
        """Return the folder of a version, whether or not it exists."""
        return self.root / "versions" / version

    def current(self) -> str:
        """Return the name of the live version.

        Raises:
            IndexNotFoundError: If nothing has been published.
            IndexFormatError: If ``CURRENT`` does not name a version.
        """
        try:
            name = (self.root / "CURRENT").read_text(encoding="ascii").strip()
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
        """Return the manifest of a version.

        Raises:
            IndexFormatError: If it is missing, damaged or of another format.
        """
        return read_manifest(self.version_path(version) / MANIFEST, version)

    def open(self, version: str) -> IndexSnapshot:
        """Return a version's snapshot, after checking that it is whole.

        Raises:
            IndexFormatError: If a file is missing or has another size, checksum or
                count than the manifest says.
        """
        manifest = self.manifest(version)
        folder = self.version_path(version)
        for name, expected in manifest.files.items():
            check_file(folder / name, expected)
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
        """Return the names of the published versions, newest first."""
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
        """Make an older version the live one again; none is removed.

        Args:
            version: Its name; ``None`` for the newest that is older than the live one.

        Returns:
            The manifest of the version, which is live now.

        Raises:
            IndexNotFoundError: If there is no such version, or no older one.
            IndexFormatError: If it is damaged: the live version stays.
            IndexBusyError: If another process is building this index.
        """
        if not self.root.is_dir():
            raise IndexNotFoundError(f"no index in {self.root}")
        with self.building():
            known = self.versions()
            if version is None:
                live = self.current()
                older = known[known.index(live) + 1 :] if live in known else known
                version = older[0] if older else None
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
        """Keep other builders out; entering removes what a killed one left.

        Yields:
            A folder for a build's temporary files, removed when it ends.

        Raises:
            IndexBusyError: If another process is building this index.
        """
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
        finally:
            lock.release()

    def publish(
        self,
        snapshot: IndexSnapshot,
        *,
        embedder: str,
        precision: str,
        probe: tuple[float, ...],
        splitting: Splitting,
    ) -> Manifest:
        """Write a new version and make it the live one; call it inside ``building``.

        A failure or a kill at any point leaves the live version as it was. Versions
        older than the last few are removed.

        Returns:
            The manifest of the version, which is live now.
        """
        staging = self.root / "versions" / f"{_STAGING}{uuid.uuid4().hex[:8]}"
        # Not tempfile: its folders are closed to other users, such as a server's.
        staging.mkdir()
        snapshot.save(staging)
        paths = sorted(path for path in staging.rglob("*") if path.is_file())
        unnamed = Manifest(
            version="",
            created=datetime.now(UTC).isoformat(timespec="microseconds"),
            embedder=embedder,
            precision=precision,
            dim=snapshot.dim,
            splitting=splitting,
            documents=len(snapshot.documents),
            passages=len(snapshot),
            vectors=snapshot.vector_kind,
            probe=probe,
            files={p.relative_to(staging).as_posix(): describe(p) for p in paths},
        )
        manifest = write_manifest(staging / MANIFEST, unnamed)
        for path in [*staging.rglob("*"), staging]:
            sync(path)
        staging.rename(self.version_path(manifest.version))
        sync(self.root / "versions")
        older = self.versions()
        with suppress(IndexNotFoundError, IndexFormatError):
            # What was live until now is the first to go back to, however old.
            older.sort(key=self.current().__ne__)
        self._switch(manifest.version)
        older.remove(manifest.version)
        for version in older[KEPT_VERSIONS - 1 :]:
            shutil.rmtree(self.version_path(version))
        return manifest

    def _switch(self, version: str) -> None:
        new = self.root / "CURRENT.new"
        new.write_text(version + "\n", encoding="ascii")
        sync(new)
        os.replace(new, self.root / "CURRENT")
        sync(self.root)
