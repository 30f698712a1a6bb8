"""Questions that a document may answer, made of the names that it speaks of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from index.documents import Document
from index.formats.boilerplate import is_boilerplate
from qa.words.comparing import content_words

# As much of a text as tells what it is about; a longer one takes no longer.
_MOST_CHARACTERS = 100_000
_MOST_PROPOSED = 8
# Longer ones are headlines, or a name with all its titles.
_MOST_NAME_WORDS = 5
# Capitalised words in a row, "of the" between them; "and" would join two names.
_NAME = re.compile(
    # From a word's start, and never back: else one long word takes its length squared.
    r"(?<![\w’'-])[A-Z][\w’'-]*+(?:[ ](?:(?:of|the|for)[ ]){0,2}[A-Z][\w’'-]*+)++"
)


def propose_questions(document: Document) -> list[str]:
    """Return questions about the names of a document, those said most often first.

    Takes time in proportion to the text's length.
    """
    counts = Counter(_names(document.text[:_MOST_CHARACTERS]))
    return [f"Who is {name}?" for name, _ in counts.most_common(_MOST_PROPOSED)]


def _names(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if is_boilerplate(line):
            continue
        for match in _NAME.finditer(line):
            name = _without_opening(match.group()).removesuffix("’s").removesuffix("'s")
            if 1 < len(name.split()) <= _MOST_NAME_WORDS:
                yield name


def _without_opening(name: str) -> str:
    """Return a name without the words before it that only begin a sentence."""
    first, _, rest = name.partition(" ")
    while rest and not content_words(first):
        first, _, rest = rest.partition(" ")
    return f"{first} {rest}" if rest else first
