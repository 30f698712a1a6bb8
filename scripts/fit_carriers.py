"""Fit what finds the question in what people say around it.

    python scripts/fit_carriers.py qa/conversation/carriers.txt \
        --reading squad_train_part.jsonl.gz qamr_dev.jsonl.gz --bare condaqa.jsonl.gz

The lines of the first file are put around the questions of the reading sets
(SQuAD format); those of the --bare files are left as they are. The numbers go to
qa/conversation/carrier.json. With --measure a file of lines of a question, a tab and
the question itself is measured, which had no part in the fit.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from index.models.compiled_embedder import CompiledEmbedder
from index.models.embedder import DEFAULT_EMBEDDER, resolve_embedder
from index.models.sources import ModelNotFoundError
from index.terminal import say, say_error
from qa.conversation.carrier import CARRIER_FILE, QuestionFinder, TokenStates
from qa.evaluation.squad import SquadFormatError, read_squad
from qa.training.talk.carriers import carry, fit_finder, read_carriers

_END = " ,;:.!?-"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        carriers = read_carriers(arguments.carriers)
        examples = [each for path in arguments.reading for each in read_squad(path)]
        bare = [each for path in arguments.bare for each in _questions(path)]
        embedder = CompiledEmbedder(resolve_embedder(DEFAULT_EMBEDDER))
        states = cache(embedder.token_states)
        made = carry(examples, carriers, bare, arguments.count, random.Random(3))
        say(f"fitting to {len(made)} questions")
        finder = fit_finder(made, states)
    except (SquadFormatError, ModelNotFoundError, OSError, ValueError) as error:
        say_error("fit_carriers.py", error)
        return 2
    finder.save(arguments.out)
    for path in arguments.measure:
        _measure(path, finder, states)
    return 0


def _questions(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [str(json.loads(line)["question"]) for line in file]


def _measure(path: Path, finder: QuestionFinder, states: TokenStates) -> None:
    exact = whole = carried = bare = left = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, _, itself = line.partition("\t")
        found = finder.find(text, states).strip(_END)
        if text.strip(_END) == itself.strip(_END):
            bare += 1
            left += found == itself.strip(_END)
        else:
            carried += 1
            exact += found == itself.strip(_END)
            whole += itself.strip(_END) in found
    say(
        f"{path.name}: of {carried} in a carrier {exact} found exactly and {whole} "
        f"whole; of {bare} bare {left} left alone"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("carriers", type=Path, help="what is said around questions")
    parser.add_argument(
        "--reading", nargs="+", required=True, type=Path, help="SQuAD-format files"
    )
    parser.add_argument(
        "--bare",
        nargs="*",
        default=[],
        type=Path,
        help="further questions that nothing is said around (.jsonl.gz)",
    )
    parser.add_argument(
        "--measure", nargs="*", default=[], type=Path, help="such lines to measure"
    )
    parser.add_argument("--count", type=int, default=8000, help="questions to fit to")
    parser.add_argument(
        "--out", type=Path, default=CARRIER_FILE, help="(default: %(default)s)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
