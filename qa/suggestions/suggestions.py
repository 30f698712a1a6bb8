"""Questions that the documents answer, kept beside the versions of the index."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

_FOLDER = "suggestions"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that a document answers."""

    question: str
    doc_id: str


def save_suggestions(
    index_dir: Path, version: str, suggestions: Sequence[Suggestion]
) -> None:
    """Write a version's suggestions beside the versions, in one step.

    A kill leaves the file as it was: the service does without, or with the old ones.
    Those of versions that are gone are removed.
    """
    folder = index_dir / _FOLDER
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
        records = json.loads(path.read_text(encoding="utf-8"))
        return [Suggestion(str(r["question"]), str(r["doc_id"])) for r in records]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("cannot read %s (%r); build the index again", path, error)
        return []


def _path(index_dir: Path, version: str) -> Path:
    return index_dir / _FOLDER / f"{version}.json"
