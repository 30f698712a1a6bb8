r"""Choose the thresholds of a trained resolver, on text that it was not trained on.

    python scripts/fit_resolver.py resolver/ --rewrites cast2022.jsonl.gz \\
        canard.jsonl.gz --stand-alone squad_dev.jsonl.gz newsqa_dev.jsonl.gz

They get the best mean F1 of history terms over the files of rewrites (of CANARD, over
the dialogs left out of training) while the questions of the other files, each after
turns about another paragraph, are left alone. The numbers go into the resolver's
folder.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from index.terminal import say, say_error
from qa.conversation.resolver import ResolverError, load_tokenizer
from qa.conversation.tagger import CompiledTagger
from qa.evaluation.rewrites import (
    RewritesFormatError,
    is_kept_to_choose,
    read_rewrites,
)
from qa.evaluation.rewriting import after_foreign_turns
from qa.evaluation.squad import SquadFormatError, read_squad
from qa.training.talk.thresholds import choose_thresholds, score_turns, term_f1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(1)
    try:
        tagger = CompiledTagger(arguments.folder)
        tokenizer = load_tokenizer(tagger.tokenizer_folder)
        sets = []
        for path in arguments.rewrites:
            turns = [
                turn
                for turn in read_rewrites(path)
                if is_kept_to_choose(turn) or not turn.titles
            ]
            bar = tqdm(turns, desc=path.name, unit="turn", mininterval=2)
            sets.append(score_turns(bar, tagger, tokenizer))
        alone = []
        for path in arguments.stand_alone:
            asked = after_foreign_turns(read_squad(path), arguments.every, seed=1)
            bar = tqdm(asked, desc=path.name, unit="question", mininterval=2)
            alone += score_turns(bar, tagger, tokenizer)
        chosen = choose_thresholds(sets, alone, arguments.left_alone)
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
    left = np.mean([not turn.kept(chosen) for turn in alone])
    figures = ", ".join(
        f"{path.name} {term_f1(turns, chosen):.3f}"
        for path, turns in zip(arguments.rewrites, sets, strict=True)
    )
    say(f"{chosen}: F1 {figures}; left alone {100 * left:.1f} % of {len(alone)}")
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
        "--left-alone",
        type=float,
        default=0.98,
        help="share of these to leave alone, at least (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
