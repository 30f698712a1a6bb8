"""Write what readers said of the answers as labels in SQuAD format.

    python scripts/export_feedback.py labels.jsonl
    python scripts/evaluate.py labels.jsonl

An answer called right is a label; so is a passage called the wrong one, which does not
answer the question. An answer called wrong names no right one, and is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from index.terminal import say, say_error
from web.feedback.labels import labels, write_labels
from web.feedback.store import FeedbackError, FeedbackStore
from web.settings import Settings, SettingsError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.from_env(feedback=arguments.feedback)
        verdicts = FeedbackStore.open_existing(settings.feedback).read()
        found = labels(verdicts)
        write_labels(found, arguments.output)
    except (FeedbackError, OSError, SettingsError, ValueError) as error:
        say_error("export_feedback.py", error)
        return 2
    answered = sum(1 for each in found if each.answers)
    say(
        f"{len(verdicts)} verdicts: {answered} questions with answers and "
        f"{len(found) - answered} without written to {arguments.output}"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path, help="file to write, ending in .jsonl")
    parser.add_argument(
        "--feedback",
        type=Path,
        help="file of the verdicts (QA_FEEDBACK, default var/feedback.sqlite)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
