"""Reading a file that was brought: in a process of its own, where it can be ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from index.documents import LINES, Document, read_documents
from index.folders import DocumentError

# What no file's name in a folder of articles begins with: these ids are theirs alone.
PREFIX = "added:"

Articles = tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Reads one file after another: its articles, or why there are none."""

    def start(self) -> Callable[[Path], Articles | str]:
        """Return what reads a file."""
        return _read


def _read(path: Path) -> Articles | str:
    refused: list[DocumentError] = []
    try:
        found = list(read_documents(path, refused.append))
    except DocumentError as error:
        return str(error)
    if not found:
        return str(refused[0]) if refused else f"{path} holds no article"
    is_one = path.suffix.lower() != LINES
    return tuple(
        replace(
            document,
            doc_id=f"{PREFIX}{path.name}{'' if is_one else f'/{document.doc_id}'}",
        )
        for document in found
    )
