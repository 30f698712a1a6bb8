"""Fit the confidence of a reader: P(the answer is right), and its thresholds.

    python scripts/fit_confidence.py dev/squad1_dev.jsonl.gz dev/squad2_dev.jsonl.gz

Each file is one collection: its contexts are indexed, each question is asked of all
of them, and from a share of the questions the right context is hidden. One half of
the contexts is fitted on, the other one is reported on; a context that several files
have is in the same half of each.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from index.embedder import DEFAULT_EMBEDDER, SentenceEmbedder
from index.models import ModelNotFoundError, resolve_model
from qa.answerer import DEFAULT_K
from qa.confidence import Confidence
from qa.measuring.answers import AnswerResult, evaluate_answers
from qa.measuring.collection import collect, fitting_half, sample, withhold
from qa.measuring.reading import RIGHT_F1
from qa.metrics import auroc, coverage_at, expected_calibration_error
from qa.reader import DEFAULT_READER, ExtractiveReader
from qa.squad import SquadFormatError, read_squad
from qa.training.fitting import fit_confidence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(arguments.threads)
    try:
        folder = arguments.out or Path(resolve_model(arguments.reader).location)
        if not folder.is_dir():
            raise ModelNotFoundError(
                f"no folder {folder} to write to; name one that exists with --out"
            )
        reader = ExtractiveReader(arguments.reader)
        embedder = SentenceEmbedder.load(DEFAULT_EMBEDDER)
        halves: tuple[list[AnswerResult], list[AnswerResult]] = ([], [])
        for path in arguments.paths:
            collection = sample(collect(read_squad(path)), arguments.limit, seed=0)
            collection = withhold(collection, arguments.withhold, seed=1)
            fitting = fitting_half(collection)
            with tqdm(total=len(collection.questions), desc=path.name, unit="q") as bar:
                results = evaluate_answers(
                    collection, embedder, reader, k=DEFAULT_K, report=bar.update
                )
            for result in results:
                if result.evidence is not None:
                    halves[result.question.relevant.isdisjoint(fitting)].append(result)
        confidence = fit_confidence(
            [r.evidence for r in halves[0] if r.evidence],
            [r.f1 >= RIGHT_F1 for r in halves[0]],
            [bool(r.question.golds) for r in halves[0]],
        )
        confidence.save(folder)
    except (SquadFormatError, ModelNotFoundError, ValueError, OSError) as error:
        print(f"fit_confidence.py: {error}", file=sys.stderr)
        return 2
    print(
        json.dumps(
            {
                "answer_threshold": confidence.answer_threshold,
                "unsure_threshold": confidence.unsure_threshold,
                "weights": dict(confidence.weights),
                "fitted_on": _report(confidence, halves[0]),
                "held_out": _report(confidence, halves[1]),
            },
            indent=1,
        )
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, help="SQuAD-format files")
    parser.add_argument(
        "--reader", default=DEFAULT_READER, help="the reader to fit for"
    )
    parser.add_argument(
        "--out", type=Path, help="folder for confidence.json (default: the reader's)"
    )
    parser.add_argument(
        "--limit", type=int, default=800, help="questions of each file, at random"
    )
    parser.add_argument(
        "--withhold",
        type=float,
        default=0.3,
        help="share of the questions whose right context is hidden",
    )
    parser.add_argument("--threads", type=int, default=1, help="for one inference")
    return parser


def _report(confidence: Confidence, results: Sequence[AnswerResult]) -> dict[str, Any]:
    probabilities = [confidence.probability(r.evidence) for r in results if r.evidence]
    right = [float(r.f1 >= RIGHT_F1) for r in results]
    shown = [p >= confidence.unsure_threshold for p in probabilities]
    answered = [p >= confidence.answer_threshold for p in probabilities]
    unanswerable = [not r.question.golds for r in results]
    return {
        "questions": len(results),
        "unanswerable": sum(unanswerable),
        "ece": expected_calibration_error(probabilities, right),
        "auroc": auroc(
            [p for p, r in zip(probabilities, right, strict=True) if r],
            [p for p, r in zip(probabilities, right, strict=True) if not r],
        ),
        "coverage_at_80": coverage_at(probabilities, right, 0.8),
        "coverage_at_90": coverage_at(probabilities, right, 0.9),
        "answers": sum(answered),
        "answers_right": sum(r for a, r in zip(answered, right, strict=True) if a),
        "right_shown": sum(r for s, r in zip(shown, right, strict=True) if s),
        "right": sum(right),
        "unanswerable_refused": sum(
            not s for s, u in zip(shown, unanswerable, strict=True) if u
        ),
    }


if __name__ == "__main__":
    raise SystemExit(main())
