"""Documents made at random in each format, of which every visible word is known."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from qa.evaluation.made.blocks import (
    KINDS,
    Block,
    MadeDocument,
    make_block,
    vocabulary,
)
from qa.evaluation.made.office import write_pdf, write_word_file
from qa.evaluation.made.plain import write_markdown, write_page, write_text

_WRITERS: Mapping[
    str, Callable[[Sequence[Block], random.Random, Iterator[str]], MadeDocument]
] = {
    ".txt": write_text,
    ".md": write_markdown,
    ".html": write_page,
    ".docx": write_word_file,
    ".pdf": write_pdf,
}
MADE_SUFFIXES = tuple(_WRITERS)


def make_document(suffix: str, seed: int) -> MadeDocument:
    """Return a document of a format, such as ``.txt``; see ``MADE_SUFFIXES``."""
    rng = random.Random(f"{suffix}{seed}")
    words = vocabulary(rng)
    blocks = [make_block("paragraph", rng, words)]
    for _ in range(rng.randint(3, 9)):
        blocks.append(make_block("paragraph", rng, words))
        blocks.append(make_block(rng.choice(KINDS), rng, words))
    blocks.append(make_block("paragraph", rng, words))
    return _WRITERS[suffix](blocks, rng, words)
