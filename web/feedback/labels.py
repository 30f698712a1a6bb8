"""From readers' verdicts to labelled examples in SQuAD format."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from qa.evaluation.squad import Example, GoldAnswer
from web.feedback.store import Feedback, Place


def labels(verdicts: Iterable[Feedback]) -> list[Example]:
    """Return what verdicts tell of contexts, as examples to train or measure with.

    A quote called right is an answer in its context. A passage called wrong, or one
    that was rightly left unanswered, is a context without an answer, unless another
    quote in it was called right. An answer called wrong tells no right one, and is
    left out. Of two verdicts on one quote, the later counts.
    """
    last: dict[tuple[str, str, int, int], tuple[Feedback, Place]] = {}
    for each in verdicts:
        if (place := each.place) is not None:
            key = (each.question, place.context, place.start, place.end)
            last[key] = (each, place)
    answers: dict[tuple[str, str, str], list[GoldAnswer]] = {}
    for each, place in last.values():
        if each.verdict == "down":
            continue
        found = answers.setdefault((each.question, place.context, place.doc_id), [])
        if each.verdict == "up" and each.answer is not None:
            found.append(GoldAnswer(place.quote, place.start - place.context_start))
    return [
        Example(f"feedback-{number}", question, context, tuple(golds), doc_id)
        for number, ((question, context, doc_id), golds) in enumerate(answers.items())
    ]


def write_labels(examples: Iterable[Example], path: Path) -> None:
    """Write examples as SQuAD's flat form: one JSON object on each line.

    Raises:
        ValueError: If the file's name does not end in ``.jsonl``, by which it is read.
        OSError: If it cannot be written.
    """
    if path.suffix != ".jsonl":
        raise ValueError(f"{path} does not end in .jsonl; name it so")
    records = (
        {
            "id": each.example_id,
            "question": each.question,
            "context": each.context,
            "answers": {
                "text": [answer.text for answer in each.answers],
                "answer_start": [answer.start for answer in each.answers],
            },
        }
        for each in examples
    )
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    # Line ends within texts are escaped; those of the file are to stay "\n".
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
