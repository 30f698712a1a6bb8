"""Ask the questions of reading sets as follow-ups, to train a reader on.

    python scripts/make_follow_ups.py train/squad*.jsonl.gz --out follow_ups.jsonl

A talk is made of other questions on the same paragraph, and what the question shares
with it is replaced by a pronoun or left out. The packaged resolver then puts before
the question what it keeps of the talk, as the service does before the reader reads.
Give the file to scripts/train_reader.py among the others.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from index.terminal import say_error, say_json
from qa.conversation.layers import ResolverError
from qa.conversation.resolver import DEFAULT_RESOLVER, Resolver, load_tokenizer
from qa.conversation.tagger import CompiledTagger
from qa.conversation.term_model import TermModel
from qa.evaluation.squad import Example, SquadFormatError, read_squad
from qa.training.talk.follow_ups import resolve_follow_ups


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, help="SQuAD-format files")
    parser.add_argument("--count", type=int, default=2000, help="how many to make")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    arguments = parser.parse_args(argv)
    try:
        examples = [each for path in arguments.paths for each in read_squad(path)]
        tagger = CompiledTagger(DEFAULT_RESOLVER)
        tokenizer = load_tokenizer(tagger.tokenizer_folder)
        resolver = Resolver(tagger, tokenizer, TermModel.load(DEFAULT_RESOLVER))
        made = resolve_follow_ups(
            examples,
            arguments.count,
            resolver.resolve,
            random.Random(arguments.seed),
        )
        written = 0
        with arguments.out.open("w", encoding="utf-8") as out:
            for each in tqdm(made, total=arguments.count, unit="example"):
                out.write(json.dumps(_line(each), ensure_ascii=False) + "\n")
                written += 1
    except (SquadFormatError, ResolverError, OSError) as error:
        say_error("make_follow_ups.py", error)
        return 2
    say_json({"out": str(arguments.out), "examples": written})
    return 0


def _line(example: Example) -> dict[str, object]:
    answers = {
        "text": [answer.text for answer in example.answers],
        "answer_start": [answer.start for answer in example.answers],
    }
    return {
        "id": example.example_id,
        "question": example.question,
        "context": example.context,
        "answers": answers,
        "source": example.source,
    }


if __name__ == "__main__":
    raise SystemExit(main())
