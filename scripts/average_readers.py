"""Average the weights of readers that were trained one from the other.

    python scripts/average_readers.py first/ second/ --out reader/

The mean of two stages of a training is often better than each of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from index.models.sources import ModelNotFoundError, resolve_model
from index.terminal import say, say_error
from qa.training.averaging import average_readers


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        folders = [
            Path(resolve_model(str(path.resolve())).location)
            for path in arguments.readers
        ]
        average_readers(folders, arguments.out)
    except (ModelNotFoundError, ValueError, OSError) as error:
        say_error("average_readers.py", error)
        return 2
    say(str(arguments.out))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("readers", nargs="+", type=Path, help="folders of readers")
    parser.add_argument("--out", type=Path, required=True, help="the mean's folder")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
