"""Questions whose answers are known, asked of a new version before it goes live."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.answerer import Answerer


class ExpectationError(ValueError):
    """A file of expectations that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A question and the quotes of which one must stand in its answer.

    No quotes: it must not be answered.
    """

    question: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a version answers to a question, and whether that is right."""

    expectation: Expectation
    answer: str | None
    is_right: bool


def read_expectations(path: Path) -> list[Expectation]:
    """Read a file with a question and its quote on each line, as JSON.

    A line has ``question`` and ``quote``, which is ``null`` for a question that is not
    to be answered; or ``answers`` with a list ``text``, as exported feedback has them.
    Exported lines without an answer tell of one passage only, and are passed over.

    Raises:
        ExpectationError: If a line is none of these, or there is none.
        OSError: If the file cannot be read.
    """
    found: list[Expectation] = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            question = record["question"]
            if "answers" in record:
                quotes = tuple(record["answers"]["text"])
                if not quotes:
                    continue
            else:
                quotes = () if record["quote"] is None else (record["quote"],)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ExpectationError(
                f'{path}:{number} has no "question" and "quote" ({error!r})'
            ) from error
        if not all(isinstance(each, str) and each for each in (question, *quotes)):
            raise ExpectationError(f"{path}:{number} has an empty question or quote")
        found.append(Expectation(question, quotes))
    if not found:
        raise ExpectationError(f"{path} has no question with a quote")
    return found


def ask_expected(
    answerer: Answerer,
    expectations: Sequence[Expectation],
    report: Callable[[int], None] = lambda count: None,
) -> list[Outcome]:
    """Ask each question; a right answer has one of the quotes in it, or is none."""
    outcomes: list[Outcome] = []
    for each in expectations:
        answer = answerer.answer(each.question)
        said = [_folded(citation.quote) for citation in answer.citations]
        is_right = (
            any(_folded(quote) in one for quote in each.quotes for one in said)
            if each.quotes
            # What is shown as unsure is no claim.
            else answer.kind not in ("answer", "list")
        )
        outcomes.append(Outcome(each, answer.text, is_right))
        report(1)
    return outcomes


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
