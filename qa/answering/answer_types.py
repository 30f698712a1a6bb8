"""What answers to a question look like: learned shapes, by the words that ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.words.comparing import words

# Closed class: what a question asks with.
_ASKING = frozenset(
    ["who", "whom", "whose", "what", "which", "when", "where", "why", "how"]
)


@dataclass(frozen=True, slots=True)
class AnswerTypes:
    """How much likelier each shape of answer is after some words than in general.

    Attributes:
        fits: Log ratio of the shape's shares, by the words that ask and the shape.
    """

    fits: Mapping[str, Mapping[str, float]]

    def fit(self, question: str, answer: str) -> float:
        """Return how well an answer's shape fits a question; 0 says nothing."""
        shape = shape_of(answer)
        for asking in asking_words(question):
            if asking in self.fits:
                return self.fits[asking].get(shape, 0.0)
        return 0.0


def asking_words(question: str) -> tuple[str, ...]:
    """Return what a question asks with, the longer first: "how many", "how"."""
    lowered = [word.lower() for word in words(question)]
    for place, word in enumerate(lowered):
        if word in _ASKING:
            longer = " ".join(lowered[place : place + 2])
            return (longer, word)
    return ("",)


def shape_of(answer: str) -> str:
    """Return an answer's shape: whether it has digits and capitals, and its length."""
    found = words(answer)
    digits = any(character.isdigit() for character in answer)
    capitals = sum(word[0].isupper() for word in found)
    cased = "all" if found and capitals == len(found) else "some" if capitals else "no"
    length = next((n for n in (1, 2, 4, 8, 16) if len(found) <= n), 32)
    return f"{'digits' if digits else 'letters'}, {cased} capitals, {length}"
