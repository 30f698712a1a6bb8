"""What an index version says of itself: how it was made, and each file's checksum."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from index.passages import Splitting
from index.snapshot import IndexFormatError
from index.vectors import VectorKind

# Raised when the files change, and when splitting does: passages of an older
# splitter must not be kept beside those of a newer one.
FORMAT_VERSION = 3
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file of a version: its size in bytes and hex SHA-256."""

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
    format_version: int = FORMAT_VERSION


def read_manifest(path: Path, version: str) -> Manifest:
    """Return the manifest of a version.

    Raises:
        IndexFormatError: If it is missing, damaged or of another format.
    """
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
                "vectors": VectorKind(**record["vectors"]),
                "probe": tuple(record["probe"]),
                "files": {
                    name: IndexFile(**file) for name, file in record["files"].items()
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


def write_manifest(path: Path, unnamed: Manifest) -> Manifest:
    """Write the manifest of a new version; return it with the version's name."""
    manifest = replace(unnamed, version=_name(asdict(unnamed)))
    path.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    return manifest


def _name(record: dict[str, Any]) -> str:
    """Return the name of a version: when it was made, and a checksum of its manifest.

    So the name tells whether the manifest, and all that it names, is still the same.
    """
    text = json.dumps({**record, "version": ""}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    created = datetime.fromisoformat(record["created"])
    return f"{created:%Y%m%dT%H%M%SZ}-{digest[:8]}"
