"""Fit the classifier of intents to labelled questions.

    python scripts/fit_intents.py qa/conversation/intents.tsv

Each line has an intent, alone or talk (whether anything was said before), and a
question, with tabs between. The numbers go to qa/conversation/intents.json. With
--measure a file of the same form is measured too, which had no part in the fit; with
--reading, of how many questions of SQuAD-format files it is said that no article
answers such.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from index.models.embedder import DEFAULT_EMBEDDER
from index.models.sentence_embedder import SentenceEmbedder
from index.models.sources import ModelNotFoundError
from index.terminal import say, say_error
from qa.conversation.intent import INTENTS_FILE, UNANSWERED
from qa.evaluation.intents import IntentsFormatError, evaluate_intents, read_intents
from qa.evaluation.squad import SquadFormatError, read_squad
from qa.training.talk.intents import fill_slots, fit_intents, read_slots, save_intents


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(1)
    try:
        questions = [each for path in arguments.paths for each in read_intents(path)]
        measured = {path: read_intents(path) for path in arguments.measure}
        reading = {path: read_squad(path) for path in arguments.reading}
        embed = SentenceEmbedder.load(DEFAULT_EMBEDDER).embed_query
        slots = read_slots(arguments.slots)
        classifier = fit_intents(fill_slots(questions, slots), embed)
    except (
        IntentsFormatError,
        ModelNotFoundError,
        SquadFormatError,
        ValueError,
    ) as error:
        say_error("fit_intents.py", error)
        return 2
    save_intents(classifier, arguments.out)
    say(f"{len(questions)} questions, numbers in {arguments.out}")
    for path, held_out in measured.items():
        figures = evaluate_intents(classifier, held_out, embed)
        say(f"{path.name}: {100 * figures.share():.1f} % of {figures.questions}")
        for (wanted, told), count in figures.confusions():
            say(f"  {count} x {wanted} taken for {told}")
    for path, examples in reading.items():
        asked = [example.question for example in examples]
        intents = [
            classifier.classify(each, embed(each), in_talk=False)
            for each in tqdm(asked, desc=path.name, unit="q")
        ]
        lost = sum(each in UNANSWERED for each in intents)
        say(f"{path.name}: {lost} of {len(asked)} taken for what no article answers")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, help="labelled questions")
    parser.add_argument(
        "--measure", nargs="*", default=[], type=Path, help="such files to measure"
    )
    parser.add_argument(
        "--reading", nargs="*", default=[], type=Path, help="SQuAD-format files"
    )
    parser.add_argument(
        "--slots",
        type=Path,
        default=INTENTS_FILE.with_name("intent_slots.tsv"),
        help="what stands for the {slots} of the questions (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=INTENTS_FILE,
        help="where the numbers go (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
