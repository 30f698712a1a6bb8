"""Which terms of a talk are needed: fitted over what the tagger says of their words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.search.lexical import analyze
from qa.conversation.layers import ResolverError
from qa.conversation.layout import Layout, Word
from qa.linear import Features, LinearModel

TERM_FEATURES = (
    "needed",  # the highest logit of its words
    "behind",  # logits behind the highest of the talk
    "near",  # the highest of the words that stand around them
    "leans",  # logit that the question leans on the talk
    "title",  # 1 where a title has it
    "answer",  # 1 where the latest answer has it
    "capital",  # 1 where it begins with a capital anywhere
    "pieces",  # how many titles, questions and answers have it
    "turns",  # how many turns the talk has
)
# Logits that a question leans on the talk, and that the surest term is needed.
TURN_FEATURES = ("leans", "surest")

# A word this far from another one stands around it.
_NEAR = 2
_LOWEST = -9.0
_FILE = "terms.json"


@dataclass(frozen=True, slots=True)
class TermModel:
    """P(a term of the talk is needed), P(any is), and what they must reach.

    Attributes:
        needed: Of the features of a term.
        leaning: Of those of a turn.
        leans_from: Probability that the turn must reach.
        needed_from: Probability that the term must reach.
    """

    needed: LinearModel
    leaning: LinearModel
    leans_from: float
    needed_from: float

    @classmethod
    def load(cls, folder: Path) -> TermModel:
        """Read what was fitted for a resolver, beside it.

        Raises:
            ResolverError: If the file is missing, damaged, or weighs unknown features.
        """
        path = folder / _FILE
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                LinearModel.read(record["needed"], TERM_FEATURES),
                LinearModel.read(record["leaning"], TURN_FEATURES),
                float(record["leans_from"]),
                float(record["needed_from"]),
            )
        except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ResolverError(
                f"cannot read {path} ({error!r}); fit it with scripts/fit_resolver.py"
            ) from error

    def save(self, folder: Path) -> None:
        """Write the file that ``load`` reads."""
        text = json.dumps(asdict(self), indent=1)
        (folder / _FILE).write_text(text + "\n", encoding="utf-8")

    def turn_features(self, terms: Mapping[str, Features]) -> Features:
        """Return those of a turn, by the features of the terms of its talk."""
        surest = max(terms.values(), key=self.needed.score)
        return {"leans": surest["leans"], "surest": self.needed.score(surest)}

    def leans(self, terms: Mapping[str, Features]) -> float:
        """Return how surely the question leans on its talk; 0 if that has no terms."""
        turn = self.turn_features(terms) if terms else None
        return self.leaning.probability(turn) if turn else 0.0

    def needs(self, terms: Mapping[str, Features]) -> dict[str, float]:
        """Return how surely each term is needed; none where the question stands alone.

        ``terms`` are features by term, as ``term_features`` gives them.
        """
        if self.leans(terms) < self.leans_from:
            return {}
        return {t: self.needed.probability(each) for t, each in terms.items()}


def term_features(
    layout: Layout, logits: NDArray[np.float32], question: str
) -> dict[str, Features]:
    """Return what speaks for each term of the talk that the question lacks.

    Args:
        layout: The question and the talk.
        logits: Of each of its tokens, as a ``Tagger`` gives them.
        question: As asked.
    """
    known = set(analyze(question))
    words: dict[str, list[int]] = {}
    for place, word in enumerate(layout.words):
        term = term_of(layout, word)
        if term is not None and term not in known:
            words.setdefault(term, []).append(place)
    needed = [float(logits[word.token, 0]) for word in layout.words]
    talk = {
        "leans": float(logits[0, 1]),
        "turns": float(layout.kinds.count("question")),
    }
    found = {term: _of_term(layout, needed, places) for term, places in words.items()}
    best = max((each["needed"] for each in found.values()), default=0.0)
    return {
        term: {**talk, **each, "behind": best - each["needed"]}
        for term, each in found.items()
    }


def term_of(layout: Layout, word: Word) -> str | None:
    """Return what a word of the talk is compared by; ``None`` for a function word."""
    found = analyze(layout.pieces[word.piece][word.start : word.end])
    # Of "Jordan's", the "s" is no word.
    return found[0] if found and word.end - word.start > 1 else None


def _of_term(layout: Layout, needed: list[float], places: list[int]) -> Features:
    words = [layout.words[place] for place in places]
    pieces = {word.piece for word in words}
    kinds = {layout.kinds[piece] for piece in pieces}
    around = (
        needed[other]
        for place in places
        for other in range(max(0, place - _NEAR), min(len(needed), place + _NEAR + 1))
        if other != place and layout.words[other].piece == layout.words[place].piece
    )
    capital = any(layout.pieces[w.piece][w.start].isupper() for w in words)
    return {
        "needed": max(needed[place] for place in places),
        "near": max(around, default=_LOWEST),
        "title": float("title" in kinds),
        "answer": float("latest answer" in kinds),
        "capital": float(capital),
        "pieces": float(len(pieces)),
    }
