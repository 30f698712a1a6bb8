"""Answer assistants over the Model Context Protocol (MCP).

    python scripts/mcp.py
    python scripts/mcp.py --http --port 8081

Without --http it talks over its standard input and output, as a program that an
assistant starts does; with it, over streamable HTTP at /mcp. The tools are ask, search,
read_document and verify_quotes. The index and the other settings are those of the
server (QA_INDEX ...). Needs the extra: pip install '.[mcp]'.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

# This file has the protocol's name, and would be imported in place of its package.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != _HERE]

from index.errors import IndexFormatError, IndexNotFoundError  # noqa: E402
from index.models.sources import ModelNotFoundError  # noqa: E402
from index.terminal import say, say_error  # noqa: E402
from qa.answering.confidence import ConfidenceError  # noqa: E402
from web.guard.admission import Admission  # noqa: E402
from web.settings import Settings, SettingsError  # noqa: E402
from web.sight.logs import set_up  # noqa: E402


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line until the assistant goes; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.from_env(
            index=arguments.index, host=arguments.host, port=arguments.port
        )
        # The standard output is the protocol's.
        set_up(settings.log_format, settings.log_level, sys.stderr)
        from qa.loading import load_pipeline
        from web.agents import create_mcp_server

        pipeline = load_pipeline(
            settings.index,
            reader=settings.reader,
            precision=settings.precision,
            threads=settings.threads,
        )
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("mcp"):
            raise
        say("mcp.py: needs the extra: pip install '.[mcp]'", sys.stderr)
        return 2
    except (
        ConfidenceError,
        IndexFormatError,
        IndexNotFoundError,
        ModelNotFoundError,
        SettingsError,
    ) as error:
        say_error("mcp.py", error)
        return 2
    admission = Admission(settings.server_threads, settings.queue)
    server = create_mcp_server(pipeline, settings.deadline, admission)
    if arguments.http:
        server.run("streamable-http", host=settings.host, port=settings.port)
    else:
        server.run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--index", help="index (QA_INDEX, default var/index)")
    parser.add_argument("--http", action="store_true", help="serve over HTTP, at /mcp")
    parser.add_argument("--host", help="address, with --http (QA_HOST)")
    parser.add_argument("--port", type=int, help="port, with --http (QA_PORT)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
