"""What an index version says of itself: how it was made, and each file's checksum."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from pydantic import TypeAdapter

from index.errors import IndexFormatError
from index.passages import Splitting
from index.search.kinds import VectorKind
from index.store.regular import read_small

# Raised when the files change, and when splitting does: passages of an older
# splitter must not be kept beside those of a newer one.
FORMAT_VERSION = 4
MANIFEST = "manifest.json"
# A few dozen files and an embedding take twenty thousand.
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file of a version: its size in bytes and hex SHA-256.

    In a home that has no files, a collection: its rows, and the checksum of their ids.
    """

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version holds and how it was made.

    Attributes:
        vectors: How they are searched, and how well that was found to be.
        embedder: Name of the model that made the vectors and must embed queries.
        precision: The number format that it computed in.
        probe: The embedding of a fixed text, to notice another model under the
            same name.
        files: The version's other files by name.
        replaced: The version that was live until this one was published, to go back
            to; ``None`` for the first.
        in_place: How often documents were changed in the version since, each on its
            own, instead of all at once in a new version.
    """

    version: str
    created: str
    embedder: str
    precision: str
    dim: int
    splitting: Splitting
    documents: int
    passages: int
    vectors: VectorKind
    probe: tuple[float, ...]
    files: dict[str, IndexFile]
    replaced: str | None = None
    in_place: int = 0
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        numbers = (self.dim, self.documents, self.passages, self.in_place)
        sizes = [file.size for file in self.files.values()]
        if min([*numbers, *sizes]) < 0:
            raise ValueError("a number is below 0")
        if len(self.probe) != self.dim:
            raise ValueError(f"{len(self.probe)} numbers, where {self.dim} are a probe")
        if not all(math.isfinite(value) for value in self.probe):
            raise ValueError("the probe is no vector")
        for name in self.files:
            if not _stays_inside(name):
                raise ValueError(f"{name!r} names no file of a version")


_ADAPTER = TypeAdapter(Manifest)


def read_manifest(path: Path, version: str) -> Manifest:
    """Return the manifest of a version.

    Raises:
        IndexFormatError: If it is missing, damaged or of another format.
    """
    try:
        text = read_small(path, _MAX_BYTES)
    except OSError as error:
        raise IndexFormatError(
            f"cannot read {path} ({error}); build the index again"
        ) from error
    return parse_manifest(text, version, str(path))


def parse_manifest(text: bytes, version: str, place: str) -> Manifest:
    """Return the manifest that a text is, of the version that it must be of.

    Args:
        text: JSON.
        version: Its name.
        place: Where the text stands, for messages.

    Raises:
        IndexFormatError: If it is damaged or of another format.
    """
    try:
        record = json.loads(text)
        found = record["format_version"]
        if found != FORMAT_VERSION:
            raise IndexFormatError(
                f"{place} has format {found!r}, this program reads "
                f"{FORMAT_VERSION}; build the index again"
            )
        manifest = _ADAPTER.validate_python(record)
        if manifest.version != version or _name(record) != version:
            raise _changed(place, version)
    except IndexFormatError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        # What a damaged file holds may be long.
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
        raise IndexFormatError(
            f"cannot read {place} ({reason}); build the index again"
        ) from error
    return manifest


def _changed(place: str, version: str) -> IndexFormatError:
    return IndexFormatError(
        f"{place} was changed or damaged: it is not what {version} was "
        "published with; build the index again"
    )


def _stays_inside(name: str) -> bool:
    """Tell whether a file of this name is inside the folder that it is looked for in.

    On every system: a colon or a backslash means something on some.
    """
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and ".." not in parts
        and not PurePosixPath(name).is_absolute()
        and len(PureWindowsPath(name).parts) == len(parts)
        and not PureWindowsPath(name).drive
    )


def named(unnamed: Manifest) -> Manifest:
    """Return the manifest of a new version with the version's name."""
    return replace(unnamed, version=_name(asdict(unnamed)))


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write the manifest of a new version."""
    path.write_text(as_json(manifest), encoding="utf-8")


def as_json(manifest: Manifest) -> str:
    """Return a manifest as it is stored."""
    return json.dumps(asdict(manifest), indent=1)


def _name(record: dict[str, Any]) -> str:
    """Return the name of a version: when it was made, and a checksum of its manifest.

    So the name tells whether the manifest, and all that it names, is still the same.
    """
    text = json.dumps({**record, "version": ""}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    created = datetime.fromisoformat(record["created"])
    return f"{created:%Y%m%dT%H%M%SZ}-{digest[:8]}"
