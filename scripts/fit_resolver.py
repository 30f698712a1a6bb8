r"""Fit what a trained resolver keeps of a talk, on text that it was not trained on.

    python scripts/fit_resolver.py resolver/ --rewrites cast2022.jsonl.gz \\
        canard.jsonl.gz --stand-alone squad_dev.jsonl.gz newsqa_dev.jsonl.gz

A logistic regression over what the tagger says of the words of a term, and where the
talk has it; one over how surely the question leans on the talk and its surest term is
needed; then what both must reach, with the best mean F1 over the files of rewrites (of
CANARD, over the dialogs left out of training) and follow-ups made from the other files,
while the questions of these, each after turns about another paragraph, are left alone.
The numbers go into the resolver's folder.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from index.terminal import say, say_error
from qa.conversation.layers import ResolverError
from qa.conversation.resolver import load_tokenizer
from qa.conversation.tagger import CompiledTagger
from qa.evaluation.rewrites import (
    RewritesFormatError,
    RewrittenTurn,
    is_kept_to_choose,
    read_rewrites,
)
from qa.evaluation.rewriting import after_foreign_turns
from qa.evaluation.squad import SquadFormatError, read_squad
from qa.training.talk.follow_ups import make_follow_ups
from qa.training.talk.keeping import (
    WeighedTurn,
    fit_term_model,
    folds,
    left_alone,
    score_turns,
    term_f1,
    weigh_example,
    weigh_turns,
)
from qa.training.talk.replaced import FRAMES, make_replaced, read_frames


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(1)
    try:
        tagger = CompiledTagger(arguments.folder)
        tokenizer = load_tokenizer(tagger.tokenizer_folder)

        def weigh(path: Path, turns: Sequence[RewrittenTurn]) -> list[WeighedTurn]:
            bar = tqdm(turns, desc=path.name, unit="turn", mininterval=2)
            return list(weigh_turns(bar, tagger, tokenizer))

        def is_apart(turn: RewrittenTurn) -> bool:
            return is_kept_to_choose(turn) or not turn.titles

        sets = [
            weigh(path, list(filter(is_apart, read_rewrites(path))))
            for path in arguments.rewrites
        ]
        alone = [
            weigh(path, after_foreign_turns(read_squad(path), arguments.every, seed=1))
            for path in arguments.stand_alone
        ]
        everything = [turn for turns in alone for turn in turns]
        reading = [each for path in arguments.stand_alone for each in read_squad(path)]
        frames = read_frames(FRAMES)
        rng = random.Random(5)
        for made in (
            make_replaced(reading, frames, arguments.made, rng),
            make_follow_ups(reading, arguments.made, rng),
        ):
            sets.append(
                [
                    weigh_example(str(number), each, tagger, tokenizer)
                    for number, each in enumerate(made)
                ]
            )
        chosen = fit_term_model(sets, everything, arguments.left_alone)
        trials = [
            (fit_term_model(fitted, everything, arguments.left_alone), measured)
            for fitted, measured in folds(sets)
        ]
    except (
        OSError,
        ResolverError,
        RewritesFormatError,
        SquadFormatError,
        ValueError,
    ) as error:
        say_error("fit_resolver.py", error)
        return 2
    chosen.save(arguments.folder)
    say(f"{chosen}")
    names = [*(path.name for path in arguments.rewrites), "another thing", "follow-ups"]
    for place, name in enumerate(names):
        own = term_f1(score_turns(sets[place], chosen), chosen)
        apart = np.average(
            [
                term_f1(score_turns(measured[place], model), model)
                for model, measured in trials
            ],
            weights=[len(measured[place]) for _, measured in trials],
        )
        say(f"{name}: F1 {own:.3f}, {apart:.3f} fitted on other dialogs")
    for path, turns in zip(arguments.stand_alone, alone, strict=True):
        share = left_alone(score_turns(turns, chosen), chosen)
        say(f"{path.name}: {100 * share:.1f} % of {len(turns)} left alone")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="of the resolver")
    parser.add_argument(
        "--rewrites", nargs="+", type=Path, required=True, help="with human rewrites"
    )
    parser.add_argument(
        "--stand-alone", nargs="+", type=Path, required=True, help="SQuAD-format files"
    )
    parser.add_argument(
        "--every",
        type=int,
        default=7,
        help="ask each so-manieth question of these (default: %(default)s)",
    )
    parser.add_argument(
        "--made",
        type=int,
        default=150,
        help="follow-ups to make of these, of each kind (default: %(default)s)",
    )
    parser.add_argument(
        "--left-alone",
        type=float,
        default=0.98,
        help="share of these to leave alone, at least (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
