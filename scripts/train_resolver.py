"""Train the resolver, which finds what a follow-up needs of the talk before it.

    python scripts/train_resolver.py --rewrites cast2020.jsonl.gz ikat2023.jsonl.gz \
        canard.jsonl.gz --reading squad.jsonl.gz --out resolver/

Of CANARD every sixth dialog is left out, to choose by. Follow-ups and questions that
stand alone are made from the reading sets (SQuAD format). The resolver shares the
reader's lowest layers, which stay as they are, and trains a few above them; what is
written is as the package carries it, in int8, but for the thresholds that
scripts/fit_resolver.py chooses. About half an hour on a core with bfloat16.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import torch
from tqdm import tqdm

from index.models.sources import ModelNotFoundError
from index.terminal import say, say_error
from qa.evaluation.rewrites import (
    RewritesFormatError,
    is_kept_to_choose,
    read_rewrites,
)
from qa.evaluation.squad import Example, SquadFormatError, read_squad
from qa.reading.catalogue import PACKAGED_READERS
from qa.training.talk.follow_ups import (
    TalkExample,
    from_rewrites,
    make_follow_ups,
    make_stand_alone,
)
from qa.training.talk.replaced import FRAMES, make_replaced, read_frames
from qa.training.talk.resolving import ResolverRecipe, train_resolver


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    recipe = ResolverRecipe(
        **{f.name: getattr(arguments, f.name) for f in fields(ResolverRecipe)}
    )
    torch.set_num_threads(arguments.threads)
    rng = random.Random(recipe.seed)
    try:
        examples = _examples(arguments, rng)
        bar = tqdm(total=len(examples), desc="training", unit="turn", mininterval=5)

        def report(seen: int, loss: float) -> None:
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update(seen - bar.n)

        with bar:
            train_resolver(arguments.reader, examples, arguments.out, recipe, report)
    except (RewritesFormatError, SquadFormatError, ModelNotFoundError) as error:
        say_error("train_resolver.py", error)
        return 2
    say(f"train_resolver.py: {len(examples)} turns, model in {arguments.out}")
    return 0


def _examples(arguments: argparse.Namespace, rng: random.Random) -> list[TalkExample]:
    turns = [
        turn
        for path in arguments.rewrites
        for turn in read_rewrites(path)
        if not is_kept_to_choose(turn)
    ]
    reading: list[Example] = []
    for path in tqdm(arguments.reading, desc="reading", unit="file"):
        reading += read_squad(path)
    examples: list[TalkExample] = []
    for _ in range(arguments.passes):
        examples += from_rewrites(turns, rng)
    examples += make_follow_ups(reading, arguments.follow_ups, rng)
    frames = read_frames(arguments.frames)
    examples += make_replaced(reading, frames, arguments.replaced, rng)
    examples += make_stand_alone(reading, arguments.stand_alone, rng)
    return examples


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rewrites",
        nargs="+",
        type=Path,
        required=True,
        help="rewritten conversations",
    )
    parser.add_argument(
        "--reading", nargs="+", type=Path, required=True, help="SQuAD-format files"
    )
    parser.add_argument("--out", type=Path, required=True, help="the model's folder")
    parser.add_argument(
        "--reader",
        type=Path,
        default=PACKAGED_READERS["accurate"],
        help="folder of the model to share layers with (default: %(default)s)",
    )
    parser.add_argument(
        "--passes", type=int, default=2, help="over the rewrites (default: %(default)s)"
    )
    parser.add_argument(
        "--follow-ups", type=int, default=2200, help="to make (default: %(default)s)"
    )
    parser.add_argument(
        "--replaced",
        type=int,
        default=800,
        help="follow-ups to make that name another thing (default: %(default)s)",
    )
    parser.add_argument(
        "--frames",
        type=Path,
        default=FRAMES,
        help="how these are put (default: %(default)s)",
    )
    parser.add_argument(
        "--stand-alone", type=int, default=2600, help="to make (default: %(default)s)"
    )
    parser.add_argument("--threads", type=int, default=1)
    for field in fields(ResolverRecipe):
        default = getattr(ResolverRecipe(), field.name)
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=type(default),
            default=default,
            help="(default: %(default)s)",
        )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
