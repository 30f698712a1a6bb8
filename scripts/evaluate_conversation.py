"""Measure how conversations are understood and answered.

Rewriting, on CANARD's questions (Elgohary et al. 2019) as JSON lines:

    python scripts/evaluate_conversation.py --canard canard.jsonl.gz --half report

Stand-alone questions left alone, on SQuAD-format files, each question after made-up
turns about other questions:

    python scripts/evaluate_conversation.py --stand-alone squad_dev.jsonl.gz

Turns answered right, in conversations over their own articles and the packaged one:

    python scripts/evaluate_conversation.py --conversations tests/conversations.json
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from index.build import build_index
from index.documents import PACKAGED_CORPUS, read_documents
from index.embedder import DEFAULT_EMBEDDER, SentenceEmbedder
from index.models import ModelNotFoundError
from index.passages import Splitting
from qa.confidence import ConfidenceError
from qa.measuring.conversations import (
    ConversationFormatError,
    TurnResult,
    evaluate_canard,
    evaluate_conversations,
    evaluate_stand_alone,
    read_canard,
    read_conversations,
)
from qa.pipeline import load_pipeline
from qa.settings import Settings, SettingsError
from qa.squad import SquadFormatError, read_squad


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(1)
    try:
        if arguments.canard:
            _print_canard(arguments.canard, arguments.half)
        for path in arguments.stand_alone:
            embedder = SentenceEmbedder.load(DEFAULT_EMBEDDER)
            shares = evaluate_stand_alone(read_squad(path), embedder.count_tokens)
            print(
                f"{path.name}: {shares.questions} questions, {shares.touched} "
                f"rewritten, {shares.respelt} respelt; without a pronoun: "
                f"{shares.without_pronoun} questions, "
                f"{shares.touched_without_pronoun} rewritten"
            )
        for path in arguments.conversations:
            _print_conversations(path, arguments.reader)
    except (
        ConfidenceError,
        ConversationFormatError,
        ModelNotFoundError,
        SettingsError,
        SquadFormatError,
    ) as error:
        print(f"evaluate_conversation.py: {error}", file=sys.stderr)
        return 2
    return 0


def _print_canard(path: Path, half: str) -> None:
    figures = evaluate_canard(read_canard(path, half))
    print(
        f"{path.name}, {half} half: {figures.questions} questions, token F1 "
        f"{100 * figures.raw_f1:.1f} as asked, {100 * figures.rewritten_f1:.1f} "
        f"rewritten; {figures.rewritten} rewritten, {figures.stand_alone} stand alone, "
        f"{figures.stand_alone_rewritten} of these rewritten"
    )


def _print_conversations(path: Path, reader: str | None) -> None:
    documents, conversations = read_conversations(path)
    with tempfile.TemporaryDirectory() as folder:
        build_index(
            [*read_documents(PACKAGED_CORPUS), *documents],
            Path(folder),
            SentenceEmbedder.load(DEFAULT_EMBEDDER),
            Splitting(),
        )
        settings = Settings.from_env(index_dir=Path(folder), reader=reader)
        results = evaluate_conversations(load_pipeline(settings), conversations)
    right = [result for result in results if result.is_right]
    print(
        f"{path.name}: {len(right)} of {len(results)} turns right "
        f"({100 * len(right) / len(results):.1f} %)"
    )
    for result in results:
        if not result.is_right:
            print(f"  wrong: {_line(result)}")


def _line(result: TurnResult) -> str:
    answer = result.answer
    understood = (
        f" [{answer.interpreted_question}]" if answer.interpreted_question else ""
    )
    wanted = " / ".join(result.turn.answers) or "/".join(result.turn.kinds)
    return (
        f"{result.turn.question}{understood} -> {answer.kind} "
        f"{answer.confidence:.2f}: {answer.text!r}; wanted {wanted}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--canard", type=Path, help="CANARD as .jsonl.gz")
    parser.add_argument(
        "--half",
        choices=["tune", "report"],
        default="report",
        help="the half of CANARD's dialogues (default: %(default)s; rules are made on "
        "the other)",
    )
    parser.add_argument(
        "--stand-alone", type=Path, nargs="*", default=[], help="SQuAD-format files"
    )
    parser.add_argument(
        "--conversations", type=Path, nargs="*", default=[], help="JSON files"
    )
    parser.add_argument("--reader", help="the reader to measure (QA_READER)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
