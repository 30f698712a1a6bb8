"""Question-answering examples in SQuAD format, as the field's sets publish them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SquadFormatError(ValueError):
    """A file that does not hold SQuAD-format examples; names the file and the place."""


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """A correct answer: its text and the code point where it starts in the context."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Return the offset just past the answer."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Example:
    """A question about a context; no answers means the context does not answer it."""

    example_id: str
    question: str
    context: str
    answers: tuple[GoldAnswer, ...]
    source: str


def read_squad(path: Path) -> list[Example]:
    """Read the examples of a ``.json`` (nested) or ``.jsonl`` (flat) file.

    Either may be compressed (``.gz``). The nested form is the one SQuAD publishes;
    the flat one has ``id``, ``question``, ``context`` and ``answers`` (two lists,
    ``text`` and ``answer_start``) on each line.

    Raises:
        SquadFormatError: If the file is missing, is not in either form, or an
            answer is not where its offset says.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        message = f"cannot read {path}: {error}; give a SQuAD-format file"
        raise SquadFormatError(message) from error
    name = path.name.removesuffix(".gz")
    records = _nested(path, text) if name.endswith(".json") else _lines(path, text)
    source = name.rsplit(".", 1)[0]
    return [_example(path, record, source) for record in records]


def _lines(path: Path, text: str) -> Iterator[dict[str, Any]]:
    # Only "\n" ends a line of JSON Lines; splitlines() would also cut at U+2028.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                message = f"{path}:{number}: not JSON: {error}"
                raise SquadFormatError(message) from error
            yield record


def _nested(path: Path, text: str) -> Iterator[dict[str, Any]]:
    try:
        data = json.loads(text)
        for article in data["data"]:
            for paragraph in article["paragraphs"]:
                for qa in paragraph["qas"]:
                    yield {
                        "id": qa["id"],
                        "question": qa["question"],
                        "context": paragraph["context"],
                        "answers": {
                            "text": [a["text"] for a in qa["answers"]],
                            "answer_start": [a["answer_start"] for a in qa["answers"]],
                        },
                    }
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        message = f"{path}: not SQuAD's nested JSON ({error!r})"
        raise SquadFormatError(message) from error


def _example(path: Path, record: dict[str, Any], source: str) -> Example:
    try:
        question, context = record["question"], record["context"]
        if not isinstance(question, str) or not isinstance(context, str):
            raise TypeError("question and context must be text")
        answers = tuple(
            dict.fromkeys(
                _gold_answer(text, start)
                for text, start in zip(
                    record["answers"]["text"],
                    record["answers"]["answer_start"],
                    strict=True,
                )
            )
        )
        example = Example(str(record["id"]), question, context, answers, source)
    except (KeyError, TypeError, ValueError) as error:
        message = f"{path}: a record lacks a field or has a wrong one ({error!r})"
        raise SquadFormatError(message) from error
    for answer in answers:
        if answer.start < 0 or context[answer.start : answer.end] != answer.text:
            message = (
                f"{path}: {example.example_id}: the answer {answer.text!r} "
                f"is not at offset {answer.start}"
            )
            raise SquadFormatError(message)
    return example


def _gold_answer(text: object, start: object) -> GoldAnswer:
    if not isinstance(text, str) or not isinstance(start, int):
        raise TypeError("an answer must be a text, its start a number")
    return GoldAnswer(text, start)
