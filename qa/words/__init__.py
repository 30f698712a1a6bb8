"""Lists of words, as text files."""

from __future__ import annotations

from importlib import resources


def read_words(name: str) -> frozenset[str]:
    """Return the words of a list; lines that start with "#" are comments."""
    text = resources.files(__name__).joinpath(f"{name}.txt").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
