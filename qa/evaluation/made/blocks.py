"""Blocks of a document made at random, of words that come once each."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

_ONSETS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_SYLLABLES = [onset + vowel for onset in _ONSETS for vowel in _VOWELS]

Kind = Literal["heading", "paragraph", "items", "steps", "table", "quote"]
KINDS: tuple[Kind, ...] = ("heading", "items", "steps", "table", "quote")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a quote of one piece, items of a list, or rows."""

    kind: Kind
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A file, and the words that its reader sees, in their order."""

    data: bytes
    words: tuple[str, ...]


def vocabulary(rng: random.Random) -> Iterator[str]:
    """Yield words of which each comes once."""
    found = ["".join(parts) for parts in itertools.product(_SYLLABLES, repeat=3)]
    rng.shuffle(found)
    return iter(found)


def make_block(kind: Kind, rng: random.Random, words: Iterator[str]) -> Block:
    """Return a block of a kind, of the next words."""

    def sentence(least: int, most: int) -> str:
        found = list(itertools.islice(words, rng.randint(least, most)))
        return " ".join(found).capitalize()

    if kind == "heading":
        return Block(kind, ((sentence(2, 6),),))
    if kind in ("items", "steps"):
        rows = tuple((sentence(1, 9),) for _ in range(rng.randint(2, 5)))
        return Block(kind, rows)
    if kind == "table":
        columns = rng.randint(2, 4)
        head = tuple(sentence(1, 2) for _ in range(columns))
        body = tuple(
            tuple(
                sentence(1, 2) if column == 0 or rng.random() > 0.2 else ""
                for column in range(columns)
            )
            for _ in range(rng.randint(2, 5))
        )
        return Block(kind, (head, *body))
    text = " ".join(f"{sentence(4, 16)}." for _ in range(rng.randint(2, 5)))
    return Block(kind, ((text,),))


def words_seen(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the words that a reader of blocks sees, numbers of steps among them."""
    words: list[str] = []
    for block in blocks:
        for number, row in enumerate(block.rows, start=1):
            if block.kind == "steps":
                words.append(str(number))
            words.extend(" ".join(row).replace(".", "").split())
    return tuple(words)
