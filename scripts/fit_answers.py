r"""Fit what chooses answers for a reader: ranking, confidence, evidence, thresholds.

    python scripts/fit_answers.py dev/squad1_dev.jsonl.gz dev/squad2_dev.jsonl.gz \
        --lists train/nq_open_oracle.jsonl.gz --judged dev/condaqa_closed.jsonl.gz

Each file is one collection: its contexts are indexed and each question is asked of all
of them, through the pipeline that serves; from a share of the questions the right
context is hidden. A folder is a collection already. One half of the contexts is fitted
on, the other one is reported on; a context that several sets have is in the same half
of each.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import torch
from tqdm import tqdm

from index.models.compiled_embedder import CompiledEmbedder
from index.models.embedder import DEFAULT_EMBEDDER, resolve_embedder
from index.models.sources import ModelNotFoundError, resolve_model
from index.terminal import say_error, say_json
from qa.answerer import DEFAULT_K
from qa.answering.evidence import DEFAULT_EVIDENCE, TrainedEvidenceModel
from qa.conversation.understanding import QuestionEncoder, Understander
from qa.evaluation.answers import answer_figures, evaluate_answers
from qa.evaluation.squad import SquadFormatError, read_squad
from qa.reading.catalogue import DEFAULT_READER, reader_name
from qa.reading.skimming import load_reader
from qa.training.answers.models import (
    Models,
    RememberingEvidence,
    RememberingReader,
)
from qa.training.answers.service import fit
from qa.training.answers.sets import read_articles, read_set


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(arguments.threads)
    try:
        folder = arguments.out or Path(
            resolve_model(reader_name(arguments.reader)).location
        )
        if not folder.is_dir():
            raise ModelNotFoundError(
                f"no folder {folder} to write to; name one that exists with --out"
            )
        sets = [
            read_set(path, arguments.limit, arguments.withhold)
            for path in arguments.paths
        ]
        sets += [
            read_articles(path, arguments.limit // 2, arguments.withhold)
            for path in arguments.articles
        ]
        embedder = CompiledEmbedder(resolve_embedder(DEFAULT_EMBEDDER))
        models = Models(
            embedder,
            Understander.load(QuestionEncoder.of(embedder)),
            RememberingReader(load_reader(arguments.reader)),
            RememberingEvidence(TrainedEvidenceModel(arguments.evidence)),
        )
        lists = [each for path in arguments.lists for each in read_squad(path)]
        judged = [each for path in arguments.judged for each in _judged(path)]
        total = 2 * sum(len(each.fitting.questions) for each in sets)
        with tqdm(total=total, desc="fitting", unit="q") as bar:
            makers = models.pipelines(each.fitting for each in sets)
            fitted, worth = fit(sets, makers, models, lists, judged, bar.update)
        fitted.save(folder)
        figures = {}
        for each, make in zip(sets, makers, strict=True):
            count = len(each.held_out.questions)
            with tqdm(total=count, desc=f"held out: {each.name}", unit="q") as bar:
                results = evaluate_answers(
                    each.held_out, make(fitted), k=DEFAULT_K, report=bar.update
                )
            figures[each.name] = answer_figures(results)
    except (SquadFormatError, ModelNotFoundError, ValueError, OSError) as error:
        say_error("fit_answers.py", error)
        return 2
    record = {"ranking": worth, "held_out": figures}
    text = json.dumps(record, indent=1)
    (folder / "answers_figures.json").write_text(text + "\n", encoding="utf-8")
    say_json(record, indent=1)
    return 0


def _judged(path: Path) -> list[tuple[str, str, str]]:
    """Return question, passage and label of half of the passages, by their hash."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return [
        (record["question"], record["context"], record["label"])
        for record in records
        if int(sha256(record["context"].encode()).hexdigest(), 16) % 2 == 0
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        help="SQuAD-format files, and folders in BEIR's layout (corpus.jsonl.gz, "
        "queries.jsonl.gz, qrels.tsv)",
    )
    parser.add_argument(
        "--articles",
        nargs="*",
        default=[],
        type=Path,
        help="SQuAD-format files whose contexts follow each other as in an article: "
        "half as many questions of each are asked of one such article alone",
    )
    parser.add_argument(
        "--lists",
        nargs="*",
        default=[],
        type=Path,
        help="SQuAD-format files whose answers to one question, where they stand "
        "apart, are all wanted",
    )
    parser.add_argument(
        "--judged",
        nargs="*",
        default=[],
        type=Path,
        help="files (.jsonl.gz) of question, context and label: yes, no, unknown",
    )
    parser.add_argument(
        "--reader", default=DEFAULT_READER, help="the reader to fit for"
    )
    parser.add_argument(
        "--evidence",
        type=Path,
        default=DEFAULT_EVIDENCE,
        help="folder of the evidence model",
    )
    parser.add_argument(
        "--out", type=Path, help="folder for answers.json (default: the reader's)"
    )
    parser.add_argument(
        "--limit", type=int, default=200, help="questions of each file, at random"
    )
    parser.add_argument(
        "--withhold",
        type=float,
        default=0.3,
        help="share of the questions whose right context is hidden",
    )
    parser.add_argument("--threads", type=int, default=1, help="for one inference")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
