"""Build the index that the service answers from, and make it the live one.

    python scripts/build_index.py                     the article that comes with it
    python scripts/build_index.py articles/           a folder of .txt files
    python scripts/build_index.py article.txt --index /srv/qa/index

The live index is replaced in one step when the new one is whole: a failure, Ctrl-C
or a kill leaves it as it was. A running server takes the new one up by itself. Then
questions to suggest are made of the first articles, and asked; a kill leaves the index
without them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from index.build import build_index
from index.documents import PACKAGED_CORPUS, DocumentError, read_documents
from index.embedder import DEFAULT_EMBEDDER, SentenceEmbedder
from index.models import ModelNotFoundError
from index.passages import Splitting
from index.snapshot import IndexFormatError
from index.store import IndexBusyError
from qa.confidence import ConfidenceError
from qa.pipeline import load_pipeline
from qa.settings import Settings, SettingsError
from qa.suggesting import make_suggestions
from qa.suggestions import save_suggestions


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.from_env(
            index_dir=arguments.index, threads=arguments.threads
        )
        splitting = Splitting(arguments.max_tokens, arguments.overlap_tokens)
        torch.set_num_threads(settings.threads)
        # Read first: a wrong path should not wait for a model to load.
        documents = list(read_documents(arguments.path))
        embedder = SentenceEmbedder.load(arguments.embedder, settings.precision)
        with tqdm(desc="embedding", unit="passage") as bar:

            def report(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            result = build_index(
                documents, settings.index_dir, embedder, splitting, report=report
            )
    except (
        DocumentError,
        IndexBusyError,
        ModelNotFoundError,
        SettingsError,
        ValueError,
        OSError,
    ) as error:
        print(f"build_index.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("build_index.py: stopped; the live index is as it was", file=sys.stderr)
        return 130
    manifest = result.manifest
    print(
        f"{manifest.documents} documents, {manifest.passages} passages, "
        f"{result.seconds:.1f} s: version {manifest.version} is live in "
        f"{settings.index_dir}"
    )
    if arguments.no_suggestions:
        return 0
    try:
        _suggest(settings)
    except (ConfidenceError, IndexFormatError, ModelNotFoundError, OSError) as error:
        print(f"build_index.py: no suggested questions: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("build_index.py: stopped; no suggested questions", file=sys.stderr)
    return 0


def _suggest(settings: Settings) -> None:
    """Make the questions that the page offers, each one asked first."""
    pipeline = load_pipeline(settings)
    with tqdm(desc="suggesting", unit="document") as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        suggestions = make_suggestions(pipeline, report)
    save_suggestions(settings.index_dir, pipeline.index_version(), suggestions)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        default=PACKAGED_CORPUS,
        help="a .txt file, or a folder of them (default: the packaged article)",
    )
    parser.add_argument("--index", type=Path, help="index folder (QA_INDEX_DIR)")
    parser.add_argument(
        "--embedder",
        default=DEFAULT_EMBEDDER,
        help="sentence-transformers model: package:NAME, ./folder or owner/model on "
        "the hub (default: %(default)s)",
    )
    defaults = Splitting()
    parser.add_argument(
        "--max-tokens",
        type=int,
        default=defaults.max_tokens,
        help="most word pieces in a passage (default: %(default)s)",
    )
    parser.add_argument(
        "--overlap-tokens",
        type=int,
        default=defaults.overlap_tokens,
        help="most word pieces that a passage repeats of the one before it "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--no-suggestions",
        action="store_true",
        help="do not make questions to suggest, which asks the reader a few dozen",
    )
    parser.add_argument(
        "--threads", type=int, help="threads that embed (QA_THREADS, default 1)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
