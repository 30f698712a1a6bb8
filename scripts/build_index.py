"""Build the index that the service answers from, and make it the live one.

    python scripts/build_index.py                     the article that comes with it
    python scripts/build_index.py articles/           a folder, with all below it
    python scripts/build_index.py article.txt --index /srv/qa/index
    python scripts/build_index.py articles/ --dry-run what would change
    python scripts/build_index.py --list              the versions that are kept
    python scripts/build_index.py --rollback          back to the one before

Read are .txt, .md, .html, .pdf, .docx and .jsonl (one article a line: id, title, text,
url, published). What cannot be read is named with the reason and left out.

Only texts that the live index does not have are embedded: a build after a few changes
takes seconds. Documents that are no longer there disappear from the index.
The live index is replaced in one step when the new one is whole: a failure, Ctrl-C
or a kill leaves it as it was. A running server takes the new one up by itself. Then
questions to suggest are made of the first articles, and asked; a kill leaves the index
without them.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import torch
from tqdm import tqdm

from index.build import BuildStage, build_index, plan_index
from index.documents import (
    PACKAGED_CORPUS,
    Document,
    DocumentError,
    read_documents,
)
from index.embedder import DEFAULT_EMBEDDER, SentenceEmbedder
from index.models import ModelNotFoundError
from index.passages import Splitting
from index.plan import Changes
from index.snapshot import IndexFormatError
from index.store import IndexBusyError, IndexNotFoundError, IndexStore
from qa.confidence import ConfidenceError
from qa.pipeline import load_pipeline
from qa.settings import Settings, SettingsError
from qa.suggesting import make_suggestions
from qa.suggestions import save_suggestions

# Seconds; what takes less needs no bar.
_SHOWN_AFTER = 1.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="build_index.py: %(message)s")
    try:
        settings = Settings.from_env(
            index_dir=arguments.index, threads=arguments.threads
        )
        store = IndexStore(settings.index_dir)
        if arguments.list:
            _list(store)
        elif arguments.rollback is not None:
            manifest = store.rollback(arguments.rollback or None)
            print(f"version {manifest.version} is live again in {store.root}")
        else:
            _build(arguments, settings)
    except (
        DocumentError,
        IndexBusyError,
        IndexFormatError,
        IndexNotFoundError,
        ModelNotFoundError,
        SettingsError,
        ValueError,
        OSError,
    ) as error:
        print(f"build_index.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "build_index.py: stopped; only a whole index is ever live", file=sys.stderr
        )
        return 130
    return 0


def _build(arguments: argparse.Namespace, settings: Settings) -> None:
    splitting = Splitting(arguments.max_tokens, arguments.overlap_tokens)
    torch.set_num_threads(settings.threads)
    # Read first: a wrong path should not wait for a model to load.
    refused: list[DocumentError] = []
    try:
        reading = (
            read_documents(arguments.path)
            if arguments.strict
            else read_documents(arguments.path, refused.append)
        )
        documents = list(
            tqdm(reading, "reading", unit=" documents", leave=False, delay=_SHOWN_AFTER)
        )
        _publish(documents, arguments, settings, splitting)
    finally:
        for error in refused:
            print(f"left out: {error}", file=sys.stderr)


def _publish(
    documents: Sequence[Document],
    arguments: argparse.Namespace,
    settings: Settings,
    splitting: Splitting,
) -> None:
    embedder = SentenceEmbedder.load(arguments.embedder, settings.precision)
    if arguments.dry_run:
        with _Progress() as progress:
            plan = plan_index(
                documents, settings.index_dir, embedder, splitting, progress
            )
        _show(plan.changes, verbose=True)
        print(f"{plan.embedded} of {len(plan.places)} passages would be embedded")
        return
    with _Progress() as progress:
        result = build_index(
            documents,
            settings.index_dir,
            embedder,
            splitting,
            factory=arguments.faiss_factory,
            report=progress,
        )
    _show(result.changes)
    manifest = result.manifest
    print(
        f"{manifest.documents} documents, {manifest.passages} passages "
        f"({result.embedded} embedded), {manifest.vectors}, {result.seconds:.1f} s: "
        f"version {manifest.version} is live in {settings.index_dir}"
    )
    if not arguments.no_suggestions:
        _suggest(settings)


class _Progress:
    """A bar for each stage of a build, one after the other."""

    def __init__(self) -> None:
        self._stage: BuildStage | None = None
        self._bar: tqdm[NoReturn] | None = None

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, stage: BuildStage, done: int, total: int) -> None:
        if self._bar is None or stage != self._stage:
            self.__exit__()
            self._stage = stage
            is_long = stage == "embedding"
            self._bar = tqdm(
                desc=stage,
                total=total,
                unit=" documents" if stage == "splitting" else " passages",
                smoothing=0.1,
                leave=is_long,
                delay=0 if is_long else _SHOWN_AFTER,
            )
        self._bar.update(done - self._bar.n)


def _show(changes: Changes, *, verbose: bool = False) -> None:
    for name in ("added", "changed", "removed"):
        doc_ids: tuple[str, ...] = getattr(changes, name)
        print(f"{name}: {len(doc_ids)}")
        if verbose:
            for doc_id in doc_ids:
                print(f"  {doc_id}")
    print(f"unchanged: {changes.unchanged}")


def _list(store: IndexStore) -> None:
    live = store.current()
    for version in store.versions():
        mark = "live" if version == live else ""
        try:
            manifest = store.manifest(version)
        except IndexFormatError as error:
            print(f"{version} {mark:4}  {error}")
            continue
        print(
            f"{version} {mark:4}  {manifest.documents} documents, "
            f"{manifest.passages} passages, {manifest.vectors}, "
            f"{manifest.embedder}"
        )


def _suggest(settings: Settings) -> None:
    """Make the questions that the page offers, each one asked first."""
    try:
        pipeline = load_pipeline(settings)
        with tqdm(desc="suggesting", unit="document") as bar:

            def report(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            suggestions = make_suggestions(pipeline, report)
        save_suggestions(settings.index_dir, pipeline.index_version(), suggestions)
    # The index is live by now: only the suggestions are missing.
    except (ConfidenceError, IndexFormatError, ModelNotFoundError, OSError) as error:
        print(f"build_index.py: no suggested questions: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("build_index.py: stopped; no suggested questions", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        default=PACKAGED_CORPUS,
        help="a file, or a folder of them (default: the packaged article)",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="build nothing if a file cannot be read, instead of leaving it out",
    )
    parser.add_argument("--index", type=Path, help="index folder (QA_INDEX_DIR)")
    action = parser.add_mutually_exclusive_group()
    action.add_argument(
        "--dry-run", action="store_true", help="tell what would change, build nothing"
    )
    action.add_argument(
        "--list", action="store_true", help="list the versions that are kept"
    )
    action.add_argument(
        "--rollback",
        nargs="?",
        const="",
        metavar="VERSION",
        help="make this version live again (default: the one before the live one)",
    )
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
        "--faiss-factory",
        metavar="NAME",
        help="kind of vector index, as FAISS's index factory calls it, such as Flat or "
        "IVF4096,SQ8 (default: chosen by the number of passages)",
    )
    parser.add_argument(
        "--threads", type=int, help="threads that embed (QA_THREADS, default 1)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
