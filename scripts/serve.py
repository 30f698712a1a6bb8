"""Serve the chat page and the answer endpoint.

    python scripts/serve.py
    python scripts/serve.py --host 0.0.0.0 --port 80 --index /srv/qa/index

Without an index it first builds one of the article that comes with the program. The
server follows the index: a rebuild is taken up without a restart. It has no log-in;
put it behind one before others can reach it.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from index.build import build_index
from index.documents import PACKAGED_CORPUS, DocumentError, read_documents
from index.embedder import DEFAULT_EMBEDDER, SentenceEmbedder
from index.models import ModelNotFoundError
from index.passages import Splitting
from index.snapshot import IndexFormatError
from index.store import IndexBusyError, IndexNotFoundError, IndexStore
from qa.confidence import ConfidenceError
from qa.pipeline import Pipeline, load_pipeline
from qa.settings import Settings, SettingsError
from qa.suggesting import make_suggestions
from qa.suggestions import has_suggestions, save_suggestions
from web import create_app
from web.feedback_store import FeedbackError, FeedbackStore
from web.server import PortError, address_of, bind, serve

logger = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line until the server is stopped; return the exit code."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        settings = Settings.from_env(
            index_dir=arguments.index,
            reader=arguments.reader,
            threads=arguments.threads,
            host=arguments.host,
            port=arguments.port,
            server_threads=arguments.server_threads,
            feedback=arguments.feedback,
        )
        # Before the models load: the remedy should not have to wait for them.
        listener = bind(settings.host, settings.port)
        store = FeedbackStore.open(settings.feedback)
        _build_if_missing(settings)
        pipeline = load_pipeline(settings)
    except (
        ConfidenceError,
        DocumentError,
        FeedbackError,
        IndexBusyError,
        IndexFormatError,
        IndexNotFoundError,
        ModelNotFoundError,
        PortError,
        SettingsError,
        OSError,
    ) as error:
        print(f"serve.py: {error}", file=sys.stderr)
        return 2
    if not has_suggestions(settings.index_dir, pipeline.index_version()):
        # Beside the server, which need not wait for them.
        threading.Thread(
            target=_suggest, args=(pipeline, settings), daemon=True
        ).start()
    # As Ctrl-C: requests under way are finished.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"answering at {address_of(listener)}  (Ctrl-C stops)", flush=True)
    serve(create_app(pipeline, store), listener, threads=settings.server_threads)
    return 0


def _build_if_missing(settings: Settings) -> None:
    try:
        IndexStore(settings.index_dir).current()
    except IndexNotFoundError:
        print(f"no index in {settings.index_dir}: building one of the packaged article")
        build_index(
            read_documents(PACKAGED_CORPUS),
            settings.index_dir,
            SentenceEmbedder.load(DEFAULT_EMBEDDER, settings.precision),
            Splitting(),
        )


def _suggest(pipeline: Pipeline, settings: Settings) -> None:
    version = pipeline.index_version()
    suggestions = make_suggestions(pipeline)
    try:
        save_suggestions(settings.index_dir, version, suggestions)
    except OSError as error:
        logger.warning("no suggested questions: %s", error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", help="address (QA_HOST, default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (QA_PORT, default 8080)")
    parser.add_argument("--index", type=Path, help="index folder (QA_INDEX_DIR)")
    parser.add_argument(
        "--reader", help="package:NAME, ./folder or owner/model (QA_READER)"
    )
    parser.add_argument(
        "--threads", type=int, help="threads of one inference (QA_THREADS, default 1)"
    )
    parser.add_argument(
        "--server-threads",
        type=int,
        help="requests answered at once (QA_SERVER_THREADS, default 4)",
    )
    parser.add_argument(
        "--feedback",
        type=Path,
        help="file of the readers' verdicts (QA_FEEDBACK, default var/feedback.sqlite)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
