"""Train the reader: fine-tune an encoder to find answer spans.

    python scripts/train_reader.py train/*.jsonl.gz --out reader/

Takes SQuAD-format files (.json, .jsonl, .gz). A checkpoint is written every few
minutes; the same command goes on from it after a kill. On a CPU, one with bfloat16
is three times as fast, and LD_PRELOAD of jemalloc a tenth faster still.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from index.models.embedder import DEFAULT_EMBEDDER
from index.models.sources import ModelNotFoundError, resolve_model
from index.terminal import say, say_error, say_json
from qa.evaluation.reading import evaluate_reading, reading_figures
from qa.evaluation.squad import Example, SquadFormatError, read_squad
from qa.reading.reader import ExtractiveReader
from qa.training.card import write_card
from qa.training.checkpoints import CheckpointError
from qa.training.groups import Mixture
from qa.training.made import make_examples
from qa.training.negatives import mine_negatives
from qa.training.trainer import Progress, Recipe, train

_NEGATIVES_PER_QUESTION = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    recipe = Recipe(
        **{
            f.name: getattr(arguments, f.name)
            for f in fields(Recipe)
            if f.name != "mixture"
        },
        mixture=Mixture(
            **{f.name: getattr(arguments, f.name) for f in fields(Mixture)}
        ),
    )
    torch.set_num_threads(arguments.threads)
    try:
        shares = _shares(arguments.share)
        base = resolve_model(arguments.base)
        counts: dict[str, int] = {}
        examples: list[Example] = []
        negatives: list[list[str]] = []
        dev = {path: read_squad(path) for path in arguments.dev}
        for path in tqdm(sorted(arguments.paths), desc="reading", unit="file"):
            found = read_squad(path)
            name = path.name.split(".")[0]
            if name in counts:
                raise SquadFormatError(f"two files are called {name}; rename one")
            found = _share(found, shares.pop(name, 1.0), recipe.seed)
            counts[name] = len(found)
            examples += found
            negatives += mine_negatives(found, per_question=_NEGATIVES_PER_QUESTION)
        if arguments.made:
            counts["made"] = arguments.made
            made = make_examples(arguments.made, recipe.seed)
            examples += made
            negatives += mine_negatives(made, per_question=_NEGATIVES_PER_QUESTION)
        if shares:
            raise SquadFormatError(f"--share names no file: {', '.join(shares)}")
        if not examples:
            raise SquadFormatError("no examples to train on in these files")
    except (SquadFormatError, ModelNotFoundError) as error:
        say_error("train_reader.py", error)
        return 2
    total = round(recipe.epochs * len(examples))
    with tqdm(total=total, desc="training", unit="example") as bar:

        def report(progress: Progress) -> None:
            bar.set_postfix(loss=f"{progress.loss:.3f}")
            bar.update(progress.examples - bar.n)

        try:
            train(
                Path(base.location),
                examples,
                negatives,
                arguments.out,
                recipe,
                device=arguments.device,
                report=report,
            )
        except CheckpointError as error:
            say_error("train_reader.py", error)
            return 2
        except KeyboardInterrupt:
            say(
                "train_reader.py: stopped; the same command goes on from the last "
                "checkpoint",
                sys.stderr,
            )
            return 130
    write_card(arguments.out, base.name, recipe, counts, _figures(arguments.out, dev))
    say_json({"out": str(arguments.out), "examples": counts})
    return 0


def _figures(
    folder: Path, dev: Mapping[Path, list[Example]]
) -> dict[str, dict[str, Any]]:
    if not dev:
        return {}
    reader = ExtractiveReader(str(folder.resolve()))
    figures = {}
    for path, examples in dev.items():
        with tqdm(total=len(examples), desc=path.name, unit="q") as bar:
            results = evaluate_reading(reader, examples, bar.update)
        figures[path.name.split(".")[0]] = dict(reading_figures(results))
    return figures


def _shares(values: Sequence[str]) -> dict[str, float]:
    shares = {}
    for value in values:
        name, _, share = value.partition("=")
        try:
            shares[name] = float(share)
        except ValueError as error:
            raise SquadFormatError(
                f"--share {value}: write NAME=SHARE, such as qamr_dev=0.3"
            ) from error
    return shares


def _share(examples: list[Example], share: float, seed: int) -> list[Example]:
    """Return a part of the examples at random, or some of them more than once."""
    whole, part = divmod(share, 1.0)
    rest = random.Random(seed).sample(examples, round(part * len(examples)))
    return examples * int(whole) + rest


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, help="SQuAD-format files")
    parser.add_argument(
        "--dev",
        nargs="*",
        default=[],
        type=Path,
        help="SQuAD-format files to measure the trained reader on, for its card",
    )
    parser.add_argument("--out", type=Path, required=True, help="the model's folder")
    parser.add_argument(
        "--base",
        default=DEFAULT_EMBEDDER,
        help="encoder, or reader to go on from: package:NAME, ./folder or owner/model "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--share",
        action="append",
        default=[],
        metavar="NAME=SHARE",
        help="use this share of a file's examples (2 = each twice); may be repeated",
    )
    parser.add_argument(
        "--made",
        type=int,
        default=0,
        metavar="COUNT",
        help="make so many examples of tables, shared names and polarity besides",
    )
    parser.add_argument(
        "--device",
        choices=["cpu", "cuda"],
        default="cuda" if torch.cuda.is_available() else "cpu",
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    recipe: Any
    for recipe in (Recipe(), Mixture()):
        for field in fields(recipe):
            if field.name == "mixture":
                continue
            default = getattr(recipe, field.name)
            parser.add_argument(
                "--" + field.name.replace("_", "-"),
                type=type(default),
                default=default,
                help="(default: %(default)s)",
            )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
