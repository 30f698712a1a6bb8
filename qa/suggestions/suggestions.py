"""Questions that the documents answer, kept beside the versions of the index."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.store.regular import read_small

logger = logging.getLogger(__name__)

_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that a document answers."""

    question: str
    doc_id: str


def save_suggestions(
    index_dir: Path, version: str, suggestions: Sequence[Suggestion]
) -> None:
    """Write a version's suggestions beside the versions, in one step.

    A kill leaves the file as it was. Those of versions that are gone are removed.
    """
    folder = _path(index_dir, version).parent
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / f".{version}.{os.getpid()}"
    staging.write_text(json.dumps([asdict(s) for s in suggestions]), encoding="utf-8")
    os.replace(staging, _path(index_dir, version))
    for path in folder.glob("*.json"):
        if path.stem != version and not (index_dir / "versions" / path.stem).is_dir():
            path.unlink(missing_ok=True)


def has_suggestions(index_dir: Path, version: str) -> bool:
    """Tell whether suggestions were made for a version, even if none were found."""
    return _path(index_dir, version).is_file()


def load_suggestions(index_dir: Path, version: str) -> list[Suggestion]:
    """Return what ``save_suggestions`` wrote; none when there is no sound file."""
    path = _path(index_dir, version)
    try:
        records = json.loads(read_small(path, _MAX_BYTES))
        return [Suggestion(str(r["question"]), str(r["doc_id"])) for r in records]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        if path.exists():
            logger.warning("cannot read %s (%r); build the index again", path, error)
        return []


def _path(index_dir: Path, version: str) -> Path:
    return index_dir / "suggestions" / f"{version}.json"
