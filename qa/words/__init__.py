"""Lists of words, as text files."""

from __future__ import annotations

from importlib import resources


def read_words(name: str) -> frozenset[str]:
    """Return the words of a list; lines that start with "#" are comments."""
    return frozenset(word for line in _lines(name) for word in line.split())


def _lines(name: str) -> list[str]:
    text = resources.files(__name__).joinpath(f"{name}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
