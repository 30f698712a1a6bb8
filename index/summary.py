"""What a build tells of the files that it read: guesses, repairs, what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.documents import Document
from index.folders import DocumentError
from index.formats.base import Findings


@dataclass(slots=True)
class ReadingSummary:
    """Collects what happened to files; ``add`` and ``refuse`` fit ``read_documents``.

    Attributes:
        refused: Files, or lines, that are not in the index, and why.
        guessed: Files whose encoding is a guess, and the guess.
        left_out: Files of which a part is not in the text, and what.
        hyphens: Words parted at a line's end that were joined, in all files.
    """

    refused: list[str] = field(default_factory=list)
    guessed: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hyphens: int = 0
    tables: int = 0
    pages: int = 0
    documents: int = 0

    def add(self, file: str, findings: Findings) -> None:
        """Take what happened to a file that was read."""
        if findings.encoding is not None:
            self.guessed[file] = findings.encoding
        if findings.left_out:
            self.left_out[file] = findings.left_out
        self.hyphens += findings.hyphens

    def refuse(self, error: DocumentError) -> None:
        """Take a file, or a line, that could not be read."""
        self.refused.append(str(error))

    def count(self, documents: Sequence[Document]) -> None:
        """Take the documents that were read."""
        self.documents = len(documents)
        self.tables = sum(len(document.tables) for document in documents)
        self.pages = sum(len(document.pages) for document in documents)

    def lines(self) -> list[str]:
        """Return what a person should be told, a line for each thing."""
        found = [
            *(f"read as {how}, a guess: {file}" for file, how in self.guessed.items()),
            *(f"left out of {f}: {', '.join(w)}" for f, w in self.left_out.items()),
            *(f"left out: {reason}" for reason in self.refused),
        ]
        counts = {
            "tables": self.tables,
            "pages": self.pages,
            "words joined that were parted at a line's end": self.hyphens,
        }
        told = [f"{count} {what}" for what, count in counts.items() if count]
        return [*found, f"read: {', '.join(told)}"] if told else found
