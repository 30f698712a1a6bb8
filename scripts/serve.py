"""Serve the chat page and the API.

    python scripts/serve.py
    python scripts/serve.py --host 0.0.0.0 --port 80 --index /srv/qa/index
    python scripts/serve.py --editable
    python scripts/serve.py --check

Without an index it first builds one of the article that comes with the program. The
server follows the index: a rebuild is taken up without a restart. SIGTERM and Ctrl-C
finish what is being answered. All is open until QA_API_KEYS is set; TLS is for a proxy
in front. The README lists all settings.
With --editable the page takes articles; their files are kept in var/added, which
build_index.py reads as well.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.documents import PACKAGED_CORPUS, read_documents
from index.errors import IndexBusyError, IndexFormatError, IndexNotFoundError
from index.folders import DocumentError
from index.home import has_index, open_index
from index.intake.added import AddedFiles
from index.intake.worker import Intake
from index.models.sources import ModelNotFoundError, resolve_model
from index.terminal import say, say_error
from qa.reading.catalogue import reader_name
from web import create_app
from web.feedback.store import FeedbackError, FeedbackStore
from web.server import address_of, bind, serve
from web.settings import Settings, SettingsError
from web.sight.logs import set_up

# What loads models is imported when the settings are known to be good.
if TYPE_CHECKING:
    from qa.pipeline import Pipeline

logger = logging.getLogger(__name__)

# The name that glibc's mallopt has for the number of heaps (malloc.h).
_M_ARENA_MAX, _HEAPS = -8, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line until the server is stopped; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.from_env(
            index=arguments.index,
            reader=arguments.reader,
            threads=arguments.threads,
            host=arguments.host,
            port=arguments.port,
            server_threads=arguments.server_threads,
            feedback=arguments.feedback,
            editable=arguments.editable or None,
        )
        _check_editable(settings)
        set_up(settings.log_format, settings.log_level)
        if arguments.check:
            return _check(settings)
        return _serve(settings)
    except (
        DocumentError,
        FeedbackError,
        IndexBusyError,
        IndexFormatError,
        IndexNotFoundError,
        ModelNotFoundError,
        OSError,
        SettingsError,
        ValueError,
    ) as error:
        say_error("serve.py", error)
        return 2


def _check(settings: Settings) -> int:
    """Look at what each setting names, and load nothing."""
    bind(settings.host, settings.port).close()
    FeedbackStore.open(settings.feedback, settings.feedback_max_mb << 20)
    resolve_model(reader_name(settings.reader))
    found = f"index {settings.index}" if has_index(settings.index) else "no index yet"
    say(f"settings are good: {found}, {settings.host}:{settings.port}")
    return 0


def _share_heaps() -> None:
    """Let all threads take memory from two heaps, where glibc is what gives it.

    Each has one of its own else, and what is freed there when an index is replaced is
    of no use to the next thread: a server then grows with each of the first reloads.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def _serve(settings: Settings) -> int:
    _share_heaps()
    # Before the models load: the remedy should not have to wait for them.
    listener = bind(settings.host, settings.port)
    store = FeedbackStore.open(settings.feedback, settings.feedback_max_mb << 20)

    from qa.loading import load_pipeline

    _build_if_missing(settings)
    pipeline = load_pipeline(
        settings.index,
        reader=settings.reader,
        precision=settings.precision,
        threads=settings.threads,
    )
    _suggest_beside(pipeline, settings)
    return _answer(pipeline, store, settings, listener)


def _answer(
    pipeline: Pipeline,
    store: FeedbackStore,
    settings: Settings,
    listener: socket.socket,
) -> int:
    app = create_app(pipeline, store, settings, _intake(pipeline, settings))
    say(f"answering at {address_of(listener)}  (Ctrl-C stops)")
    serve(app, listener)
    return 0


def _build_if_missing(settings: Settings) -> None:
    from index.build import build_index
    from index.models.compiled_embedder import load_embedder
    from index.models.embedder import DEFAULT_EMBEDDER
    from index.passages import Splitting

    try:
        open_index(settings.index).current()
    except IndexNotFoundError:
        say(f"no index in {settings.index}: building one of the packaged article")
        build_index(
            read_documents(PACKAGED_CORPUS),
            settings.index,
            load_embedder(DEFAULT_EMBEDDER, settings.precision, settings.threads),
            Splitting(),
        )


# Once a version is published, the pipeline takes it up within a second or so; nobody
# waits longer.
_TAKEN_UP_SECONDS = 60


def _intake(pipeline: Pipeline, settings: Settings) -> Intake | None:
    """Return what takes articles, if that is wanted; what a kill left is built."""
    if not settings.editable:
        return None
    from index.intake.rebuild import LiveBuilder
    from index.models.compiled_embedder import load_embedder
    from index.work.processes import LocalProcesses

    # What is brought may be hostile, or large: answers go on beside it.
    process = LocalProcesses(1)

    def take_up(version: str) -> None:
        # What is said to be live is to be answered from.
        ends = time.monotonic() + _TAKEN_UP_SECONDS
        while pipeline.index_version() != version and time.monotonic() < ends:
            time.sleep(0.1)
        _suggest_beside(pipeline, settings)

    builder = LiveBuilder(
        settings.index_dir,
        lambda name: load_embedder(name, settings.precision, settings.threads),
        take_up,
        process,
    )
    intake = Intake(AddedFiles(settings.added_dir, process), builder)
    threading.Thread(target=intake.resume, daemon=True).start()
    return intake


def _check_editable(settings: Settings) -> None:
    """Refuse that anybody on the network changes the articles."""
    if settings.editable and not settings.keys() and not _is_here(settings.host):
        raise SettingsError(
            f"--editable on {settings.host} would let anyone add articles; set "
            "QA_API_KEYS=edit:SECRET, or listen on 127.0.0.1"
        )
    if settings.editable and "://" in settings.index:
        raise SettingsError(
            f"--editable takes articles into an index in a folder, not into "
            f"{settings.index}; bring them with build_index.py"
        )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _suggest_beside(pipeline: Pipeline, settings: Settings) -> None:
    """Make the version's suggestions, if there are none; the server need not wait."""
    from index.work.processes import LocalProcesses
    from qa.loading import load_pipeline
    from qa.suggestions.suggesting import make_suggestions
    from qa.suggestions.suggestions import has_suggestions, save_suggestions

    folder, version = open_index(settings.index).folder, pipeline.index_version()
    load = partial(
        load_pipeline,
        settings.index,
        reader=settings.reader,
        precision=settings.precision,
        threads=settings.threads,
    )

    def suggest() -> None:
        try:
            suggestions = make_suggestions(
                load, pipeline.documents(), LocalProcesses(1)
            )
            save_suggestions(folder, version, suggestions)
        # Whatever loading raises: the server has loaded the same, and goes on.
        except (LookupError, OSError, RuntimeError, ValueError) as error:
            logger.warning("no suggested questions: %s", error)

    if not has_suggestions(folder, version):
        threading.Thread(target=suggest, daemon=True).start()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", help="address (QA_HOST, default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (QA_PORT, default 8080)")
    parser.add_argument(
        "--index",
        help="folder, or milvus://HOST:PORT/NAME (QA_INDEX, default var/index)",
    )
    parser.add_argument(
        "--reader", help="package:NAME, ./folder or owner/model (QA_READER)"
    )
    parser.add_argument(
        "--threads", type=int, help="threads of one inference (QA_THREADS, default 1)"
    )
    parser.add_argument(
        "--server-threads",
        type=int,
        help="answers made at once (QA_SERVER_THREADS, default 4)",
    )
    parser.add_argument(
        "--feedback",
        type=Path,
        help="file of the readers' verdicts (QA_FEEDBACK, default var/feedback.sqlite)",
    )
    parser.add_argument(
        "--editable",
        action="store_true",
        help="let the page add, rename and remove articles (QA_EDITABLE)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="check the settings and what they name, in no time, and end",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
