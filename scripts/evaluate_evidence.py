r"""Measure the evidence model: lists, yes or no, and the sentences that it cites.

    python scripts/evaluate_evidence.py --lists dev/multispanqa.jsonl.gz \
        --singles dev/squad1_dev.jsonl.gz --judged dev/condaqa_closed.jsonl.gz \
        --sentences dev/squad1_dev.jsonl.gz

Lists: F1 of exact spans over all questions, and the share of single answers that would
be turned into lists. Yes or no: accuracy of the likeliest label. Sentences: F1 of the
words of the cited sentences against those of the sentences that hold the answer, over
all questions, of a context and another one like it; as asked, and in search words.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from index.passages import Passage, ScoredPassage
from index.sentences import sentence_spans
from index.terminal import say_error, say_json
from qa.answering.confidence import Fitted
from qa.answering.evidence import (
    DEFAULT_EVIDENCE,
    JUDGEMENTS,
    TrainedEvidenceModel,
)
from qa.answering.features import AskedWords, sentence_features
from qa.evaluation.squad import Example, SquadFormatError, read_squad
from qa.loading import load_fitted
from qa.reading.catalogue import DEFAULT_READER
from qa.reading.reader import Reader
from qa.reading.skimming import load_reader
from qa.training.answers.lists import read_pieces
from qa.training.evidence.examples import in_search_words
from qa.training.negatives import mine_negatives
from qa.words.comparing import content_words

# Cosine of question and passage where none is known, as it is in the middle.
_SIMILARITY = 0.5


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    try:
        model = TrainedEvidenceModel(arguments.evidence)
        reader = load_reader(arguments.reader)
        fitted = (
            Fitted.load(arguments.fitted) if arguments.fitted else None
        ) or load_fitted(arguments.reader)
        for path in arguments.lists:
            examples = read_squad(path)[: arguments.limit]
            figures[f"lists, {path.name}"] = _lists(examples, reader, model, fitted)
        for path in arguments.singles:
            examples = read_squad(path)[: arguments.limit]
            found = _singles(examples, reader, model, fitted)
            figures[f"singles, {path.name}"] = found
        for path in arguments.judged:
            figures[f"judged, {path.name}"] = _judged(path, arguments.limit, model)
        for path in arguments.sentences:
            examples = [e for e in read_squad(path) if e.answers][: arguments.limit]
            figures[f"sentences, {path.name}"] = _sentences(examples, model, fitted)
    except (SquadFormatError, OSError) as error:
        say_error("evaluate_evidence.py", error)
        return 2
    say_json(figures, indent=1)
    return 0


def _lists(
    examples: Sequence[Example],
    reader: Reader,
    model: TrainedEvidenceModel,
    fitted: Fitted,
) -> dict[str, float]:
    hits = wanted = given = 0
    for example in tqdm(examples, desc="lists", unit="q"):
        golds = frozenset(
            (answer.start, answer.start + len(answer.text))
            for answer in example.answers
        )
        pieces = read_pieces(example, golds, reader, model)
        kept = pieces.kept(fitted.item, fitted.items[0])
        hits += len(kept & golds)
        wanted += len(golds)
        given += len(kept)
    return {
        "questions": len(examples),
        "exact_span_f1": 2 * hits / max(1, wanted + given),
        "precision": hits / max(1, given),
        "recall": hits / max(1, wanted),
    }


def _singles(
    examples: Sequence[Example],
    reader: Reader,
    model: TrainedEvidenceModel,
    fitted: Fitted,
) -> dict[str, float]:
    several = 0
    asked = [example for example in examples if example.answers]
    for example in tqdm(asked, desc="singles", unit="q"):
        pieces = read_pieces(example, frozenset(), reader, model)
        several += len(pieces.kept(fitted.item, fitted.items[1])) > 1
    return {"questions": len(asked), "turned_into_lists": several / max(1, len(asked))}


def _judged(path: Path, limit: int | None, model: TrainedEvidenceModel) -> object:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file][:limit]
    pairs: Counter[tuple[str, str]] = Counter()
    for record in tqdm(records, desc="judged", unit="q"):
        (found,) = model.assess(record["question"], [record["context"]])
        best = max(range(3), key=found.judgements.__getitem__)
        pairs[record["label"], JUDGEMENTS[best]] += 1
    right = sum(count for (label, said), count in pairs.items() if label == said)
    return {
        "questions": len(records),
        "accuracy": right / max(1, len(records)),
        "label and judgement": {f"{a}, {b}": n for (a, b), n in sorted(pairs.items())},
    }


def _sentences(
    examples: Sequence[Example], model: TrainedEvidenceModel, fitted: Fitted
) -> dict[str, float]:
    rng = random.Random(0)
    figures = {}
    others = mine_negatives(examples, per_question=1)
    for form in ("as asked", "in search words"):
        shared = wanted = given = 0
        for example, near in zip(tqdm(examples, desc=form), others, strict=True):
            question = example.question
            if form == "in search words":
                question = in_search_words(question, rng)
            texts = [example.context, *near]
            cited: Counter[str] = Counter()
            asked = AskedWords.of(question)
            for rank, (text, found) in enumerate(
                zip(texts, model.assess(question, texts), strict=True)
            ):
                passage = Passage("", 0, len(text), text)
                scored = ScoredPassage(passage, _SIMILARITY)
                for span in found.sentences:
                    features = sentence_features(
                        asked, span, scored, rank, content_words(text)
                    )
                    probability = fitted.relevance.probability(features)
                    if fitted.evidence.verdict(probability) != "no_answer":
                        cited.update(text[span.start : span.end].lower().split())
            golds: Counter[str] = Counter()
            for start, end in sentence_spans(example.context):
                if any(a.start < end and start < a.end for a in example.answers):
                    golds.update(example.context[start:end].lower().split())
            shared += (cited & golds).total()
            wanted += golds.total()
            given += cited.total()
        figures[f"{form}: word F1"] = 2 * shared / max(1, wanted + given)
    return {"questions": len(examples), **figures}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, text in {
        "lists": "SQuAD-format files whose answers are all wanted",
        "singles": "SQuAD-format files whose answers are alternatives",
        "judged": "files (.jsonl.gz) of question, context and label: yes, no, unknown",
        "sentences": "SQuAD-format files",
    }.items():
        parser.add_argument(f"--{name}", nargs="*", default=[], type=Path, help=text)
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument(
        "--reader", default=DEFAULT_READER, help="whose fitted thresholds to use"
    )
    parser.add_argument(
        "--fitted", type=Path, help="folder of answers.json (default: the reader's)"
    )
    parser.add_argument(
        "--evidence",
        type=Path,
        default=DEFAULT_EVIDENCE,
        help="folder of the evidence model",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
