"""Published versions of the index: immutable, checked, switched in one step.

ROOT/CURRENT                 the live version's name
ROOT/versions/NAME/          one version: manifest.json and the snapshot's files
ROOT/versions/.staging-*/    a build in progress, or one that was killed
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.passages import Splitting
from index.snapshot import IndexFormatError, IndexSnapshot

FORMAT_VERSION = 1
# The live version, and some to go back to.
KEPT_VERSIONS = 3

_MANIFEST = "manifest.json"
_VERSION_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}\Z")


class IndexNotFoundError(LookupError):
    """There is no published index; the message says how to make one."""


class IndexBusyError(RuntimeError):
    """Another build is at work on the same index."""


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file of a version: its size in bytes and hex SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version holds and how it was made.

    Attributes:
        embedder: Name of the model that made the vectors and must embed queries.
        probe: The embedding of a fixed text, to notice another model under the
            same name.
        files: The version's other files by name.
    """

    version: str
    created: str
    embedder: str
    dim: int
    splitting: Splitting
    documents: int
    passages: int
    probe: tuple[float, ...]
    files: dict[str, IndexFile]
    format_version: int = FORMAT_VERSION


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
        path = self.version_path(version) / _MANIFEST
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            found = record["format_version"]
            if found != FORMAT_VERSION:
                raise IndexFormatError(
                    f"{path} has format {found}, this program reads "
                    f"{FORMAT_VERSION}; build the index again"
                )
            if record["version"] != version or _name(record) != version:
                raise IndexFormatError(
                    f"{path} was changed or damaged: it is not what {version} was "
                    "published with; build the index again"
                )
            return Manifest(
                **{
                    **record,
                    "splitting": Splitting(**record["splitting"]),
                    "probe": tuple(record["probe"]),
                    "files": {
                        name: IndexFile(**file)
                        for name, file in record["files"].items()
                    },
                }
            )
        except IndexFormatError:
            raise
        except (
            OSError,
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ) as error:
            raise IndexFormatError(
                f"cannot read {path} ({error!r}); build the index again"
            ) from error

    def open(self, version: str) -> IndexSnapshot:
        """Return a version's snapshot, after checking that it is whole.

        Raises:
            IndexFormatError: If a file is missing or has another size, checksum or
                count than the manifest says.
        """
        manifest = self.manifest(version)
        folder = self.version_path(version)
        for name, expected in manifest.files.items():
            _check_file(folder / name, expected)
        snapshot = IndexSnapshot.load(folder)
        found = (len(snapshot.documents), len(snapshot), snapshot.dim)
        wanted = (manifest.documents, manifest.passages, manifest.dim)
        if found != wanted:
            raise IndexFormatError(
                f"{folder} holds {found} documents, passages and dimensions, its "
                f"manifest says {wanted}; build the index again"
            )
        return snapshot

    @contextmanager
    def building(self) -> Iterator[None]:
        """Keep other builders out; entering removes what a killed one left.

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
            for folder in (self.root / "versions").glob(".staging-*"):
                shutil.rmtree(folder)
            yield
        finally:
            lock.release()

    def publish(
        self,
        snapshot: IndexSnapshot,
        *,
        embedder: str,
        probe: tuple[float, ...],
        splitting: Splitting,
    ) -> Manifest:
        """Write a new version and make it the live one; call it inside ``building``.

        A failure or a kill at any point leaves the live version as it was. Versions
        older than the last few are removed.

        Returns:
            The manifest of the version, which is live now.
        """
        staging = self.root / "versions" / f".staging-{uuid.uuid4().hex[:8]}"
        # Not tempfile: its folders are closed to other users, such as a server's.
        staging.mkdir()
        snapshot.save(staging)
        files = {path.name: _describe(path) for path in sorted(staging.iterdir())}
        unnamed = Manifest(
            version="",
            created=datetime.now(UTC).isoformat(timespec="microseconds"),
            embedder=embedder,
            dim=snapshot.dim,
            splitting=splitting,
            documents=len(snapshot.documents),
            passages=len(snapshot),
            probe=probe,
            files=files,
        )
        manifest = replace(unnamed, version=_name(asdict(unnamed)))
        text = json.dumps(asdict(manifest), indent=1)
        (staging / _MANIFEST).write_text(text, encoding="utf-8")
        for path in [*staging.iterdir(), staging]:
            _sync(path)
        staging.rename(self.version_path(manifest.version))
        _sync(self.root / "versions")
        self._switch(manifest.version)
        self._prune(manifest.version)
        return manifest

    def _switch(self, version: str) -> None:
        new = self.root / "CURRENT.new"
        new.write_text(version + "\n", encoding="ascii")
        _sync(new)
        os.replace(new, self.root / "CURRENT")
        _sync(self.root)

    def _prune(self, live: str) -> None:
        # Names tell seconds; of versions of one second the folders' times decide.
        others = sorted(
            (path.name.partition("-")[0], path.stat().st_mtime_ns, path)
            for path in (self.root / "versions").iterdir()
            if _VERSION_NAME.match(path.name) and path.name != live
        )
        for _, _, path in others[: 1 - KEPT_VERSIONS]:
            shutil.rmtree(path)


def _name(record: dict[str, Any]) -> str:
    """Return the name of a version: when it was made, and a checksum of its manifest.

    So the name tells whether the manifest, and all that it names, is still the same.
    """
    text = json.dumps({**record, "version": ""}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    created = datetime.fromisoformat(record["created"])
    return f"{created:%Y%m%dT%H%M%SZ}-{digest[:8]}"


def _describe(path: Path) -> IndexFile:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return IndexFile(path.stat().st_size, sha256)


def _check_file(path: Path, expected: IndexFile) -> None:
    try:
        found = _describe(path)
    except OSError as error:
        raise IndexFormatError(
            f"the index lacks a file ({error}); build it again"
        ) from error
    if found != expected:
        raise IndexFormatError(
            f"{path} was changed or damaged: it is {found}, its manifest says "
            f"{expected}; build the index again"
        )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
