r"""Train the evidence model: which sentences bear on a question, which words answer.

    python scripts/train_evidence.py train/*.jsonl.gz --judged condaqa.jsonl.gz \
        --base qa/reader_model --out evidence/

Takes SQuAD-format files, and questions that ask for yes or no with their labels. A
checkpoint is written every few minutes; the same command goes on from it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import torch
from tqdm import tqdm

from index.terminal import say_error, say_json
from qa.answering.items import items_of
from qa.evaluation.squad import Example, SquadFormatError, read_squad
from qa.training.evidence.examples import (
    EvidenceExample,
    enumeration_examples,
    make_examples,
    read_judged,
)
from qa.training.evidence.trainer import EvidenceRecipe, train_evidence
from qa.training.negatives import mine_negatives
from qa.training.trainer import Progress


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(arguments.threads)
    rng = random.Random(arguments.seed)
    try:
        sets = [read_squad(path) for path in sorted(arguments.paths)]
        judged = [each for path in arguments.judged for each in read_judged(path)]
    except SquadFormatError as error:
        say_error("train_evidence.py", error)
        return 2
    contexts = [e.context for examples in sets for e in examples]
    sets = [_chosen(examples, arguments.per_set, rng) for examples in sets]
    negatives = [mine_negatives(examples, per_question=3) for examples in sets]
    examples: list[EvidenceExample] = [
        *make_examples(sets, negatives, rng),
        *islice(enumeration_examples(contexts, rng), arguments.enumerations),
    ]
    for _ in range(arguments.judged_times):
        examples += judged
    with tqdm(total=len(examples), desc="training", unit="example") as bar:

        def report(progress: Progress) -> None:
            bar.set_postfix(loss=f"{progress.loss:.3f}")
            bar.update(progress.examples - bar.n)

        train_evidence(
            arguments.base,
            examples,
            arguments.out,
            EvidenceRecipe(
                learning_rate=arguments.learning_rate,
                most_examples=arguments.most_examples,
                seed=arguments.seed,
            ),
            report=report,
        )
    say_json({"out": str(arguments.out), "examples": len(examples)})
    return 0


def _chosen(
    examples: Sequence[Example], most: int, rng: random.Random
) -> list[Example]:
    """Return up to ``most`` examples, those with several answers before others."""
    several = [e for e in examples if _has_several(e)]
    others = [e for e in examples if not _has_several(e)]
    rng.shuffle(several)
    rng.shuffle(others)
    several = several[:most]
    return several + others[: max(0, most - len(several))]


def _has_several(example: Example) -> bool:
    """Tell whether an example's answer is an enumeration."""
    if not example.answers:
        return False
    longest = max(example.answers, key=lambda answer: len(answer.text))
    return len(items_of(example.context, longest.start, longest.end)) > 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, help="SQuAD-format files")
    parser.add_argument(
        "--judged",
        nargs="*",
        default=[],
        type=Path,
        help="files (.jsonl.gz) of question, context and label: yes, no, unknown",
    )
    parser.add_argument("--out", type=Path, required=True, help="the model's folder")
    parser.add_argument(
        "--base",
        type=Path,
        default=Path("qa/reader_model"),
        help="encoder, reader, or evidence model to go on from",
    )
    parser.add_argument(
        "--per-set", type=int, default=2500, help="most questions of a file"
    )
    parser.add_argument(
        "--enumerations", type=int, default=2500, help="questions made of lists"
    )
    parser.add_argument(
        "--judged-times", type=int, default=2, help="passes over --judged"
    )
    parser.add_argument(
        "--most-examples", type=int, help="stop after so many; the rate falls to there"
    )
    parser.add_argument("--learning-rate", type=float, default=1.5e-4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
