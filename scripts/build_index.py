"""Build the index that the service answers from, and make it the live one.

    python scripts/build_index.py                     the article that comes with it
    python scripts/build_index.py articles/           a folder, with all below it
    python scripts/build_index.py article.txt --index /srv/qa/index
    python scripts/build_index.py articles/ --dry-run what would change
    python scripts/build_index.py articles/ --expect questions.jsonl --strict
    python scripts/build_index.py --list              the versions that are kept
    python scripts/build_index.py --rollback          back to the one before

Read are .txt, .md, .html, .pdf, .docx and .jsonl (one article a line: id, title, text,
url, published). What cannot be read is named with the reason and left out.
The articles that the page took, which are in var/added, are read as well.

Files are read and embedded in as many processes as there are cores (--workers). A file
that needs more than 15 seconds of a core or 600 MB to be read is left out. A build that
was ended goes on where it was: what it had embedded is kept.

With --expect a new version answers questions before it goes live, each with the quote
that must stand in the answer, or null, as {"question": ..., "quote": ...} on a line.
What was right before and is not now is told; with --strict nothing is published then.
The questions are kept beside the index and asked at each later build.

Only texts that the live index does not have are embedded: a build after a few changes
takes seconds. Documents that are no longer there disappear from the index.
The live index is replaced in one step when the new one is whole: a failure, Ctrl-C
or a kill leaves it as it was. A running server takes the new one up by itself. Then
questions to suggest are made of the first articles, and asked; a kill leaves the index
without them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import torch
from tqdm import tqdm

from index.build import BuildStage, build_index, plan_index
from index.documents import PACKAGED_CORPUS, Document, read_documents
from index.errors import IndexBusyError, IndexFormatError, IndexNotFoundError
from index.folders import DocumentError
from index.home import IndexHome, open_index
from index.intake.added import AddedFiles
from index.models.embedder import DEFAULT_EMBEDDER
from index.models.sentence_embedder import SentenceEmbedder
from index.models.sources import ModelNotFoundError
from index.passages import Splitting
from index.plan import Changes
from index.summary import ReadingSummary
from index.terminal import say, say_error, say_json
from index.work.executor import Executor, WorkerError
from index.work.processes import LocalProcesses
from qa.answering.confidence import ConfidenceError
from qa.evaluation.expectations import Outcome, ask_expected, read_expectations
from qa.loading import load_pipeline
from qa.suggestions.suggesting import make_suggestions
from qa.suggestions.suggestions import save_suggestions
from web.settings import Settings, SettingsError
from web.sight.logs import set_up

# Seconds; what takes less needs no bar.
_SHOWN_AFTER = 1.0
# In the folder of the index.
_EXPECTED = "expected.jsonl"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.from_env(index=arguments.index, threads=arguments.threads)
        set_up(settings.log_format, "warning")
        home = open_index(settings.index)
        if arguments.list:
            _list(home)
        elif arguments.rollback is not None:
            manifest = home.rollback(arguments.rollback or None)
            say(f"version {manifest.version} is live again in {settings.index}")
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
        WorkerError,
        OSError,
    ) as error:
        say_error("build_index.py", error)
        return 2
    except KeyboardInterrupt:
        say("build_index.py: stopped; only a whole index is ever live", sys.stderr)
        return 130
    return 0


def _build(arguments: argparse.Namespace, settings: Settings) -> None:
    splitting = Splitting(arguments.max_tokens, arguments.overlap_tokens)
    torch.set_num_threads(settings.threads)
    executor = _executor(arguments)
    gate = _Gate.prepared(arguments, settings)
    # Read first: a wrong path should not wait for a model to load.
    summary = ReadingSummary()
    told: dict[str, object] = {}
    try:
        refuse = {} if arguments.strict else {"refuse": summary.refuse}
        reading = read_documents(
            arguments.path, tell=summary.add, executor=executor, **refuse
        )
        # What the page took is part of the index, unless it is left out.
        added = AddedFiles(settings.added_dir, executor)
        found = (
            reading
            if arguments.without_added
            else added.collect(reading, summary.refuse)
        )
        documents = list(
            tqdm(found, "reading", unit=" documents", leave=False, delay=_SHOWN_AFTER)
        )
        summary.count(documents)
        told = _publish(documents, arguments, settings, splitting, executor, gate)
    finally:
        if arguments.json:
            say_json({**told, "read": asdict(summary)})
        else:
            for line in summary.lines():
                say(line, sys.stderr)


def _executor(arguments: argparse.Namespace) -> Executor:
    if arguments.ray is None:
        return LocalProcesses(arguments.workers)
    try:
        from index.work.cluster import RayCluster
    except ImportError as error:
        raise WorkerError("--ray needs Ray: pip install '.[ray]'") from error
    return RayCluster(arguments.ray)


def _publish(
    documents: Sequence[Document],
    arguments: argparse.Namespace,
    settings: Settings,
    splitting: Splitting,
    executor: Executor,
    gate: _Gate | None,
) -> dict[str, object]:
    """Build and publish, or tell what would be; return the same for ``--json``."""
    embedder = SentenceEmbedder.load(arguments.embedder, settings.precision)
    if arguments.dry_run:
        with _Progress() as progress:
            plan = plan_index(
                documents, settings.index, embedder, splitting, executor, progress
            )
        if not arguments.json:
            _show(plan.changes, verbose=True)
            say(f"{plan.embedded} of {plan.passages} passages would be embedded")
        return asdict(plan)
    with _Progress() as progress:
        result = build_index(
            documents,
            settings.index,
            embedder,
            splitting,
            factory=arguments.faiss_factory,
            executor=executor,
            in_place=arguments.in_place,
            accept=gate,
            report=progress,
        )
    if gate is not None:
        gate.keep()
    manifest = result.manifest
    if not arguments.json:
        _show(result.changes)
        say(
            f"{manifest.documents} documents, {manifest.passages} passages "
            f"({result.embedded} embedded), {manifest.vectors}, {result.seconds:.1f} "
            f"s: version {manifest.version} is live in {settings.index}"
        )
    if not arguments.no_suggestions:
        _suggest(settings, manifest.version, [each.doc_id for each in documents])
    return {
        "version": manifest.version,
        "documents": manifest.documents,
        "passages": manifest.passages,
        "embedded": result.embedded,
        "seconds": round(result.seconds, 1),
        "changes": asdict(result.changes),
    }


class _Gate:
    """Asks a new version what is known of it before it goes live."""

    def __init__(self, file: Path, settings: Settings, *, strict: bool) -> None:
        self._expected = read_expectations(file)
        self._text = file.read_bytes()
        self._settings = settings
        self._strict = strict

    @classmethod
    def prepared(
        cls, arguments: argparse.Namespace, settings: Settings
    ) -> _Gate | None:
        """Return the gate that was asked for, or that of the last build, if any."""
        kept = open_index(settings.index).folder / _EXPECTED
        file = arguments.expect or (kept if kept.is_file() else None)
        if file is None:
            return None
        return cls(file, settings, strict=arguments.strict)

    def __call__(self, new: Path | str) -> None:
        """Ask both versions; raise if something was right before and is not now."""
        after = self._ask(new, "asking the new version")
        try:
            before = self._ask(self._settings.index, "asking the live version")
        except (IndexNotFoundError, IndexFormatError):
            before = []
        was_right = {each.expectation for each in before if each.is_right}
        wrong = [each for each in after if not each.is_right]
        lost = [each for each in wrong if each.expectation in was_right]
        say(
            f"{len(after) - len(wrong)} of {len(after)} expected answers are right",
            sys.stderr,
        )
        for each in lost if before else wrong:
            state = "was right and is not" if before else "is not right"
            say(
                f"{state}: {each.expectation.question!r} gives {each.answer!r}",
                sys.stderr,
            )
        if self._strict and (lost if before else wrong):
            raise ValueError(
                "not published: expected answers are wrong; the live version is as it "
                "was. Mend the articles or the expectations, or leave out --strict"
            )

    def keep(self) -> None:
        """Keep the questions beside the index, to be asked at each later build."""
        folder = open_index(self._settings.index).folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _EXPECTED).write_bytes(self._text)

    def _ask(self, index: Path | str, label: str) -> list[Outcome]:
        pipeline = load_pipeline(
            index,
            reader=self._settings.reader,
            precision=self._settings.precision,
            threads=self._settings.threads,
        )
        bar = tqdm(
            desc=label, total=len(self._expected), leave=False, delay=_SHOWN_AFTER
        )
        with bar:
            return ask_expected(pipeline, self._expected, bar.update)


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
                unit=" passages" if stage == "indexing" else " documents",
                smoothing=0.1,
                leave=is_long,
                delay=0 if is_long else _SHOWN_AFTER,
            )
        self._bar.update(done - self._bar.n)


def _show(changes: Changes, *, verbose: bool = False) -> None:
    for name in ("added", "changed", "removed"):
        doc_ids: tuple[str, ...] = getattr(changes, name)
        say(f"{name}: {len(doc_ids)}")
        if verbose:
            for doc_id in doc_ids:
                say(f"  {doc_id}")
    say(f"unchanged: {changes.unchanged}")


def _list(home: IndexHome[Any]) -> None:
    live = home.current()
    for version in home.versions():
        mark = "live" if version == live else ""
        try:
            manifest = home.manifest(version)
        except IndexFormatError as error:
            say(f"{version} {mark:4}  {error}")
            continue
        say(
            f"{version} {mark:4}  {manifest.documents} documents, "
            f"{manifest.passages} passages, {manifest.vectors}, "
            f"{manifest.embedder}"
        )


def _suggest(settings: Settings, version: str, doc_ids: Sequence[str]) -> None:
    """Make the questions that the page offers, each one asked first."""
    load = partial(
        load_pipeline,
        settings.index,
        reader=settings.reader,
        precision=settings.precision,
        threads=settings.threads,
    )
    try:
        with tqdm(desc="suggesting", unit=" documents") as bar:

            def report(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            suggestions = make_suggestions(load, doc_ids, LocalProcesses(1), report)
        save_suggestions(open_index(settings.index).folder, version, suggestions)
    # The index is live by now: only the suggestions are missing.
    except (
        ConfidenceError,
        IndexFormatError,
        ModelNotFoundError,
        OSError,
        WorkerError,
    ) as error:
        say(f"build_index.py: no suggested questions: {error}", sys.stderr)
    except KeyboardInterrupt:
        say("build_index.py: stopped; no suggested questions", sys.stderr)


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
        help="publish nothing if a file cannot be read, instead of leaving it out, or "
        "if an expected answer was right before and is not now",
    )
    parser.add_argument(
        "--expect",
        type=Path,
        metavar="FILE",
        help="questions and the quotes in their answers, asked before the new version "
        "goes live; what export_feedback.py writes is accepted",
    )
    parser.add_argument(
        "--workers",
        type=int,
        help="processes that read and embed (default: one on each core)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print what was built, read, guessed and left out as JSON",
    )
    parser.add_argument(
        "--without-added",
        action="store_true",
        help="leave out the articles that the page took (QA_ADDED_DIR)",
    )
    parser.add_argument("--index", help="folder, or milvus://HOST:PORT/NAME (QA_INDEX)")
    parser.add_argument(
        "--in-place",
        action="store_true",
        help="change the documents of an index in Milvus one by one, where it is too "
        "large to copy what stays into a new version: each changes in one step, but "
        "not all together, and --rollback goes back to before the last whole build",
    )
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="split and embed on a Ray cluster: HOST:PORT of its head, auto for the "
        "one of this machine, or local; pip install '.[ray]'",
    )
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
