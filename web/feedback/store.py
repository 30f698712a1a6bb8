"""Where readers' verdicts are kept: one SQLite file, with the texts they are about."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Verdict = Literal["up", "down", "wrong_passage"]

_FORMAT = 2
# Another process may be writing. Whoever waits for it holds a thread of the server.
_PATIENCE_SECONDS = 0.5
_PAGE_BYTES = 4096
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
    index_version TEXT NOT NULL,
    comment TEXT,
    token TEXT
)
"""
# From the format before, which had neither comments nor a way to take one back.
_UPGRADE = (
    "ALTER TABLE feedback ADD COLUMN comment TEXT",
    "ALTER TABLE feedback ADD COLUMN token TEXT",
)


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
    comment: str | None = None


class FeedbackStore:
    """Keeps verdicts in a file; a connection for each call, so threads may share it.

    A file that was moved away is begun anew. One that is full takes no more: what
    readers said is not thrown away for what a flood says.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path = path
        self._max_pages = max(16, max_bytes // _PAGE_BYTES)

    @classmethod
    def open(cls, path: Path, max_bytes: int = 64 << 20) -> FeedbackStore:
        """Return the store in a file, which is made if it is not there.

        Raises:
            FeedbackError: If the file cannot be made, or is no file of verdicts.
        """
        store = cls(path, max_bytes)
        with store._connection():
            pass
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

    def add(self, feedback: Feedback) -> str:
        """Keep a verdict; return the token by which it can be changed.

        Raises:
            FeedbackError: If it cannot be written, or the file is full.
        """
        place = feedback.place
        token = secrets.token_urlsafe(16)
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
            feedback.comment,
            token,
        )
        with self._connection() as connection:
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO feedback VALUES (NULL, {marks})", row)
        return token

    def change(self, token: str, verdict: Verdict, comment: str | None) -> bool:
        """Change a verdict; return whether it is there.

        Raises:
            FeedbackError: If it cannot be written.
        """
        with self._connection() as connection:
            done = connection.execute(
                "UPDATE feedback SET verdict = ?, comment = ? WHERE token = ?",
                (verdict, comment, token),
            )
            return done.rowcount > 0

    def remove(self, token: str) -> bool:
        """Take a verdict back; return whether it was there.

        Raises:
            FeedbackError: If it cannot be written.
        """
        with self._connection() as connection:
            done = connection.execute("DELETE FROM feedback WHERE token = ?", (token,))
            return done.rowcount > 0

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
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with (
                closing(
                    sqlite3.connect(self._path, timeout=_PATIENCE_SECONDS)
                ) as connection,
                connection,  # committed at the end, or undone
            ):
                connection.row_factory = sqlite3.Row
                self._prepare(connection)
                yield connection
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, FeedbackError):
                raise
            raise FeedbackError(_remedy(self._path, error)) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the table if it is not there: the file may be new at any time."""
        connection.execute(f"PRAGMA max_page_count = {self._max_pages}")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found == _FORMAT:
            return
        if found not in (0, 1):
            raise FeedbackError(_remedy(self._path, f"its format is {found}"))
        for statement in _UPGRADE if found else (_SCHEMA,):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_FORMAT}")


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
        row["question"],
        row["verdict"],
        row["answer"],
        place,
        row["index_version"],
        row["comment"],
    )


def _remedy(path: Path, problem: object) -> str:
    return (
        f"cannot use {path} for feedback: {problem}; "
        "name another file with --feedback or QA_FEEDBACK"
    )
