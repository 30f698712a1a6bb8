"""The readers that come with the project, by name."""

from __future__ import annotations

from pathlib import Path

DEFAULT_READER = "accurate"
# One folder each: weights, configuration, tokenizer, what was fitted, and the card.
PACKAGED_READERS: dict[str, Path] = {
    "accurate": Path(__file__).parents[1] / "reader_model" / "accurate",
    "fast": Path(__file__).parents[1] / "reader_model",
}


def reader_name(reader: str) -> str:
    """Return a reader's name as models are named: a packaged one's folder."""
    folder = PACKAGED_READERS.get(reader)
    return reader if folder is None else str(folder)
