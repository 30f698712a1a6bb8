r"""Measure how conversations are understood and answered.

What is kept of the talk, on conversations whose questions a person rewrote, as JSON
lines (``history``, ``question``, ``rewrite``; or CANARD's): precision, recall and F1 of
the words added (Voskarides et al. 2020), token F1 to the rewrite. With --predictions a
line a turn is written, in the files' order, with ``question`` and ``resolved``:

    python scripts/evaluate_conversation.py --rewrites cast2022.jsonl.gz \\
        canard.jsonl.gz --predictions resolved.jsonl

Stand-alone questions left alone, on SQuAD-format files, each after turns about another
paragraph; intents, on labelled questions:

    python scripts/evaluate_conversation.py --stand-alone squad_dev.jsonl.gz
    python scripts/evaluate_conversation.py --intents tests/intents.tsv

What understanding a follow-up takes beside reading eight passages, on one thread:

    python scripts/evaluate_conversation.py --speed canard.jsonl.gz

Turns answered right, in conversations over their own articles and the packaged one:

    python scripts/evaluate_conversation.py --conversations tests/conversations.json
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from index.build import build_index
from index.documents import PACKAGED_CORPUS, read_documents
from index.models.compiled_embedder import CompiledEmbedder
from index.models.embedder import DEFAULT_EMBEDDER, resolve_embedder
from index.models.sentence_embedder import SentenceEmbedder
from index.models.sources import ModelNotFoundError
from index.passages import Splitting, split_document
from index.terminal import say, say_error
from qa.answerer import MAX_TURNS
from qa.answering.confidence import ConfidenceError
from qa.conversation.conversation import Turn
from qa.conversation.intent import IntentClassifier, IntentFileError
from qa.conversation.layers import ResolverError
from qa.conversation.resolver import DEFAULT_RESOLVER
from qa.conversation.understanding import QuestionEncoder, Understander
from qa.evaluation.conversations import (
    ConversationFormatError,
    TurnResult,
    evaluate_conversations,
    read_conversations,
)
from qa.evaluation.intents import IntentsFormatError, evaluate_intents, read_intents
from qa.evaluation.rewrites import (
    RewritesFormatError,
    is_kept_to_choose,
    read_rewrites,
)
from qa.evaluation.rewriting import (
    ResolvedTurn,
    after_foreign_turns,
    resolve_turns,
    rewriting_figures,
)
from qa.evaluation.squad import SquadFormatError, read_squad
from qa.loading import load_pipeline
from qa.reading.catalogue import DEFAULT_READER
from qa.reading.skimming import load_reader
from web.settings import Settings, SettingsError

_PASSAGES = 8
_TIMED = 60


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(1)
    try:
        embedder = CompiledEmbedder(resolve_embedder(DEFAULT_EMBEDDER))
        if arguments.rewrites or arguments.stand_alone:
            understander = Understander.load(
                QuestionEncoder.of(embedder), arguments.resolver
            )
            _print_rewriting(arguments, understander)
        for path in arguments.speed:
            _print_speed(path, embedder, arguments)
        for path in arguments.intents:
            figures = evaluate_intents(
                IntentClassifier.load(), read_intents(path), embedder.embed_query
            )
            right = figures.questions - len(figures.wrong)
            say(
                f"{path.name}: {right} of {figures.questions} intents right "
                f"({100 * figures.share():.1f} %)"
            )
        for path in arguments.conversations:
            _print_conversations(path, arguments.reader)
    except (
        ConfidenceError,
        ConversationFormatError,
        IntentFileError,
        IntentsFormatError,
        ModelNotFoundError,
        ResolverError,
        RewritesFormatError,
        SettingsError,
        SquadFormatError,
    ) as error:
        say_error("evaluate_conversation.py", error)
        return 2
    return 0


def _print_rewriting(arguments: argparse.Namespace, understander: Understander) -> None:
    def resolve(question: str, history: Sequence[Turn], titles: Sequence[str]) -> str:
        found = understander.understand(question, history, titles=titles)
        return found.resolved

    written: list[ResolvedTurn] = []
    for path in arguments.rewrites:
        turns = read_rewrites(path)
        if arguments.choosing:
            turns = [t for t in turns if is_kept_to_choose(t) or not t.titles]
        results = resolve_turns(
            tqdm(turns, desc=path.name, unit="turn", mininterval=2), resolve
        )
        written += results
        figures = rewriting_figures(results)
        say(
            f"{path.name}: {figures.turns} turns with a history; history terms P "
            f"{figures.precision:.3f} R {figures.recall:.3f} F1 {figures.f1:.3f}; "
            f"token F1 {100 * figures.resolved_token_f1:.1f} "
            f"({100 * figures.raw_token_f1:.1f} as asked); {figures.stand_alone} need "
            f"nothing, {figures.stand_alone_changed} of these changed; "
            f"{figures.milliseconds:.0f} ms a turn"
        )
    if arguments.predictions:
        lines = (
            json.dumps({"question": each.turn.question, "resolved": each.resolved})
            for each in written
        )
        text = "".join(line + "\n" for line in lines)
        arguments.predictions.write_text(text, encoding="utf-8")
    for path in arguments.stand_alone:
        asked = resolve_turns(
            after_foreign_turns(read_squad(path), arguments.every), resolve
        )
        left = sum(each.resolved == each.turn.question for each in asked)
        say(
            f"{path.name}: {left} of {len(asked)} left alone after turns about "
            f"another paragraph ({100 * left / len(asked):.1f} %)"
        )
        for each in asked:
            if arguments.show and each.resolved != each.turn.question:
                say(f"  {each.resolved}")


def _print_speed(
    path: Path, embedder: CompiledEmbedder, arguments: argparse.Namespace
) -> None:
    understander = Understander.load(QuestionEncoder.of(embedder), arguments.resolver)
    reader = load_reader(arguments.reader or DEFAULT_READER)
    turns = [turn for turn in read_rewrites(path) if turn.history]
    passages = [
        passage.text
        for document in read_documents(PACKAGED_CORPUS)
        for passage in split_document(document, Splitting(), embedder.count_tokens)
    ]
    understanding, reading = [], []
    # In turns, so that what else the machine does falls on both alike.
    for turn in tqdm(turns[:: len(turns) // _TIMED], desc=path.name, unit="turn"):
        started = time.process_time()
        found = understander.understand(
            turn.question, turn.history[-MAX_TURNS:], titles=turn.titles
        )
        understood = time.process_time()
        reader.read(found.resolved, passages[:_PASSAGES])
        understanding.append(1000 * (understood - started))
        reading.append(1000 * (time.process_time() - understood))
    share = statistics.median(understanding) / statistics.median(reading)
    say(
        f"{path.name}: understanding {statistics.median(understanding):.0f} ms of "
        f"processor time, reading {_PASSAGES} passages "
        f"{statistics.median(reading):.0f} ms ({100 * share:.0f} %), medians of "
        f"{len(reading)} turns"
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
        settings = Settings.from_env(index=folder, reader=reader)
        results = evaluate_conversations(
            load_pipeline(
                settings.index,
                reader=settings.reader,
                precision=settings.precision,
                threads=settings.threads,
            ),
            conversations,
        )
    right = [result for result in results if result.is_right]
    say(
        f"{path.name}: {len(right)} of {len(results)} turns right "
        f"({100 * len(right) / len(results):.1f} %)"
    )
    for result in results:
        if not result.is_right:
            say(f"  wrong: {_line(result)}")


def _line(result: TurnResult) -> str:
    answer = result.answer
    understood = (
        f" [{answer.interpreted_question}]" if answer.interpreted_question else ""
    )
    wanted = " / ".join(result.turn.answers) or "/".join(result.turn.kinds)
    # Small talk and the like have no confidence.
    sure = "" if answer.confidence is None else f" {answer.confidence:.2f}"
    return (
        f"{result.turn.question}{understood} -> {answer.kind}{sure}: "
        f"{answer.text!r}; wanted {wanted}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rewrites", type=Path, nargs="*", default=[], help="with human rewrites"
    )
    parser.add_argument(
        "--choosing",
        action="store_true",
        help="of CANARD's dialogs measure only those left out of training",
    )
    parser.add_argument(
        "--predictions", type=Path, help="write what is made of each turn there"
    )
    parser.add_argument(
        "--resolver",
        type=Path,
        default=DEFAULT_RESOLVER,
        help="folder of the resolver (default: %(default)s)",
    )
    parser.add_argument(
        "--stand-alone", type=Path, nargs="*", default=[], help="SQuAD-format files"
    )
    parser.add_argument(
        "--every",
        type=int,
        default=1,
        help="of stand-alone questions ask each so-manieth (default: %(default)s)",
    )
    parser.add_argument(
        "--show", action="store_true", help="print those that were not left alone"
    )
    parser.add_argument(
        "--speed", type=Path, nargs="*", default=[], help="conversations to time"
    )
    parser.add_argument(
        "--intents", type=Path, nargs="*", default=[], help="labelled questions"
    )
    parser.add_argument(
        "--conversations", type=Path, nargs="*", default=[], help="JSON files"
    )
    parser.add_argument("--reader", help="the reader to measure (QA_READER)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
