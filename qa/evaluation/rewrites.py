"""Conversations whose questions a person rewrote so that each stands alone."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.conversation.conversation import Turn
from qa.evaluation.history_terms import wanted_terms


class RewritesFormatError(ValueError):
    """A file that does not hold rewritten conversations; names it and what is wrong."""


@dataclass(frozen=True, slots=True)
class RewrittenTurn:
    """A question in its conversation, and what a person made of it.

    Attributes:
        dialog: Which conversation of the file it belongs to.
        titles: Of the article that is talked about, where the file has them.
    """

    dialog: str
    question: str
    history: tuple[Turn, ...]
    titles: tuple[str, ...]
    rewrite: str

    def talk(self) -> str:
        """Return all that was said before."""
        said = (f"{turn.question} {turn.answer or ''}" for turn in self.history)
        return " ".join([*self.titles, *said])

    def wanted(self) -> frozenset[str]:
        """Return the stems that the talk has and the question needs."""
        return wanted_terms(self.question, self.talk(), self.rewrite)


def read_rewrites(path: Path) -> list[RewrittenTurn]:
    """Read a JSON Lines file, also compressed (``.gz``), in its order.

    A line has ``history`` (``question`` and ``answer``, oldest first), ``question``,
    ``rewrite`` and ``topic``; or, as CANARD's (Elgohary et al. 2019), ``History``
    (title, section, then questions and answers in turn), ``Question``, ``Rewrite``
    and ``QuAC_dialog_id``.

    Raises:
        RewritesFormatError: If it cannot be read or a line lacks a field.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        lines = [json.loads(line) for line in text.split("\n") if line.strip()]
        return [_canard(r) if "History" in r else _plain(r) for r in lines]
    except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
        raise RewritesFormatError(f"cannot read {path}: {error!r}") from error


def _plain(record: dict[str, Any]) -> RewrittenTurn:
    history = tuple(
        Turn(turn["question"], turn.get("answer")) for turn in record["history"]
    )
    dialog = f"{record.get('source', '')}:{record.get('topic', '')}"
    return RewrittenTurn(dialog, record["question"], history, (), record["rewrite"])


def _canard(record: dict[str, Any]) -> RewrittenTurn:
    title, section, *said = record["History"]
    # QuAC's dialogs say "I don't know." where there is no answer.
    history = tuple(
        Turn(question, None if answer == "I don't know." else answer)
        for question, answer in zip(said[::2], said[1::2], strict=True)
    )
    return RewrittenTurn(
        str(record["QuAC_dialog_id"]),
        record["Question"],
        history,
        (title, section),
        record["Rewrite"],
    )


def is_kept_to_choose(turn: RewrittenTurn) -> bool:
    """Tell whether a turn is of the sixth of CANARD's dialogs left out of training."""
    if not turn.titles:
        return False
    digest = hashlib.sha256(turn.dialog.encode()).digest()
    return digest[0] % 6 == 0
