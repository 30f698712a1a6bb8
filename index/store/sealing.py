"""What makes a folder of files a version: its manifest, and that all is on the disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from index.passages import Splitting
from index.search.snapshot import IndexSnapshot
from index.store.files import describe, sync
from index.store.manifest import MANIFEST, Manifest, named, write_manifest


def seal(
    folder: Path,
    snapshot: IndexSnapshot,
    *,
    embedder: str,
    precision: str,
    probe: tuple[float, ...],
    splitting: Splitting,
    replaced: str | None,
) -> Manifest:
    """Write the manifest of the files that a snapshot was saved in.

    Returns when all of them are on the disk; the other arguments are the manifest's.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = named(
        Manifest(
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
            files={p.relative_to(folder).as_posix(): describe(p) for p in paths},
            replaced=replaced,
        )
    )
    write_manifest(folder / MANIFEST, manifest)
    for path in [*folder.rglob("*"), folder]:
        sync(path)
    return manifest
