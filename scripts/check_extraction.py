"""Check what is read of files: no word lost or doubled, no hyphen wrongly taken out.

    python scripts/check_extraction.py                 200 made documents a format
    python scripts/check_extraction.py --documents 20
    python scripts/check_extraction.py --hyphens articles.txt

Documents are made at random in each format, with tables, lists, tracked changes and
running headers, and every visible word must come out once and in order. --hyphens
counts the words of a real text that are joined though the hyphen is their own, and
those that were parted and are joined again.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from index.formats.base import ExtractError
from index.formats.extract import extract
from index.formats.pdf.hyphens import Hyphens
from index.terminal import say
from qa.evaluation.made.documents import MADE_SUFFIXES, make_document

_COMPOUND = re.compile(r"\b([^\W\d_]{2,})-([^\W\d_]{2,})\b")
_LONG_WORD = re.compile(r"\b[a-z]{6,}\b")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    if arguments.hyphens is not None:
        _hyphens(arguments.hyphens.read_text(encoding="utf-8"))
        return 0
    wrong = 0
    for suffix in MADE_SUFFIXES:
        lost = doubled = moved = 0
        for seed in tqdm(range(arguments.documents), suffix, leave=False, disable=None):
            made = make_document(suffix, seed)
            try:
                text = extract(made.data, suffix).text
            except ExtractError as error:
                say(f"{suffix} {seed}: {error}")
                text = ""
            found = re.findall(r"\w+", text.casefold())
            wanted = [word.casefold() for word in made.words]
            missing = len(wanted) - sum(word in set(found) for word in wanted)
            extra = len(found) - (len(wanted) - missing)
            lost, doubled = lost + missing, doubled + max(0, extra)
            moved += not missing and not extra and found != wanted
            if found != wanted:
                wrong += 1
                say(f"{suffix} {seed}: {missing} lost, {extra} too many")
        say(
            f"{suffix}: {arguments.documents} documents, {lost} words lost, {doubled} "
            f"doubled, {moved} documents in another order"
        )
    return 1 if wrong else 0


def _hyphens(text: str) -> None:
    compounds = [match.groups() for match in _COMPOUND.finditer(text)]
    # Without the document's own evidence, which a real one may not have.
    alone = Hyphens(())
    joined = [pair for pair in compounds if alone.is_parting(*pair)]
    say(
        f"{len(compounds)} hyphens of the words' own: {len(joined)} joined, "
        f"{200 * len(joined) / max(1, len(compounds)):.2f} in 200: "
        f"{', '.join('-'.join(pair) for pair in joined[:12])}"
    )
    parted = [
        (word[: len(word) // 2], word[len(word) // 2 :])
        for word in _LONG_WORD.findall(text)
    ]
    again = sum(alone.is_parting(*pair) for pair in parted)
    say(f"{len(parted)} words parted in the middle: {again} joined again")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--documents",
        type=int,
        default=200,
        help="number of documents for each format (default: %(default)s)",
    )
    parser.add_argument(
        "--hyphens",
        type=Path,
        metavar="TEXT",
        help="count wrong and right joins in a plain text instead",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
