"""Where readers' verdicts are kept: one SQLite file, with the texts they are about."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Verdict = Literal["up", "down", "wrong_passage"]

_FORMAT = 1
# Another process may be writing; a verdict waits that long for it.
_PATIENCE_SECONDS = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY,
    created TEXT NOT NULL,
    question TEXT NOT NULL,
    verdict TEXT NOT NULL,
    answer TEXT,
    document_id TEXT,
    document_sha256 TEXT,
    start INTEGER,
    "end" INTEGER,
    context TEXT,
    context_start INTEGER,
    index_version TEXT NOT NULL
)
"""


class FeedbackError(OSError):
    """A file of verdicts that cannot be used; the message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of a document, kept with its lines: they outlive the index.

    Attributes:
        start: Half-open offsets into the document's text, in code points.
        context: ``document.text[context_start:]``, up to the end of the piece's lines.
    """

    doc_id: str
    document_sha256: str
    start: int
    end: int
    context: str
    context_start: int

    @property
    def quote(self) -> str:
        """Return the piece itself."""
        return self.context[
            self.start - self.context_start : self.end - self.context_start
        ]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's verdict on an answer, which is ``None`` when there was none."""

    question: str
    verdict: Verdict
    answer: str | None
    place: Place | None
    index_version: str


class FeedbackStore:
    """Keeps verdicts in a file; a connection for each call, so threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def open(cls, path: Path) -> FeedbackStore:
        """Return the store in a file, which is made if it is not there.

        Raises:
            FeedbackError: If the file cannot be made, or is no file of verdicts.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FeedbackError(_remedy(path, error)) from error
        store = cls(path)
        with store._connection() as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found not in (0, _FORMAT):
                raise FeedbackError(_remedy(path, f"its format is {found}"))
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        return store

    @classmethod
    def open_existing(cls, path: Path) -> FeedbackStore:
        """Return the store in a file that is there.

        Raises:
            FeedbackError: If it is not, or is no file of verdicts.
        """
        if not path.is_file():
            raise FeedbackError(_remedy(path, "there is no such file"))
        return cls.open(path)

    def add(self, feedback: Feedback) -> int:
        """Keep a verdict; return its number.

        Raises:
            FeedbackError: If it cannot be written.
        """
        place = feedback.place
        row = (
            datetime.now(UTC).isoformat(timespec="seconds"),
            feedback.question,
            feedback.verdict,
            feedback.answer,
            place and place.doc_id,
            place and place.document_sha256,
            place and place.start,
            place and place.end,
            place and place.context,
            place and place.context_start,
            feedback.index_version,
        )
        with self._connection() as connection:
            marks = ", ".join("?" * len(row))
            cursor = connection.execute(
                f"INSERT INTO feedback VALUES (NULL, {marks})", row
            )
            number = cursor.lastrowid
        assert number is not None
        return number

    def read(self) -> list[Feedback]:
        """Return all verdicts, oldest first.

        Raises:
            FeedbackError: If the file cannot be read.
        """
        with self._connection() as connection:
            rows = connection.execute("SELECT * FROM feedback ORDER BY id").fetchall()
        return [_feedback(row) for row in rows]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            with (
                closing(
                    sqlite3.connect(self._path, timeout=_PATIENCE_SECONDS)
                ) as connection,
                connection,  # committed at the end, or undone
            ):
                connection.row_factory = sqlite3.Row
                yield connection
        except sqlite3.Error as error:
            raise FeedbackError(_remedy(self._path, error)) from error


def _feedback(row: sqlite3.Row) -> Feedback:
    place = None
    if row["document_id"] is not None:
        place = Place(
            row["document_id"],
            row["document_sha256"],
            row["start"],
            row["end"],
            row["context"],
            row["context_start"],
        )
    return Feedback(
        row["question"], row["verdict"], row["answer"], place, row["index_version"]
    )


def _remedy(path: Path, problem: object) -> str:
    return (
        f"cannot use {path} for feedback: {problem}; "
        "name another file with --feedback or QA_FEEDBACK"
    )
