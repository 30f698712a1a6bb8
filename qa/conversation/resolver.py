"""What a question needs of the talk before it, found by a trained model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from qa.conversation.conversation import Turn
from qa.conversation.layers import ResolverError
from qa.conversation.layout import lay_out
from qa.conversation.term_model import TermModel, term_features
from qa.conversation.terms import kept_phrases

DEFAULT_RESOLVER = Path(__file__).parents[1] / "resolver_model"


class Tagger(Protocol):
    """The trained model."""

    def logits(self, token_ids: Sequence[int]) -> NDArray[np.float32]:
        """Return two numbers a token, shape ``(tokens, 2)``.

        The first says whether a word that starts there is needed; the second, at the
        first token, whether the question leans on the talk at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is needed of a talk.

    Attributes:
        leans: How surely the question leans on the talk, from 0 to 1.
        terms: Phrases of the talk, surest first; none for one that stands alone.
    """

    leans: float
    terms: tuple[str, ...]


class Resolver:
    """Term retention (Voskarides et al. 2020): each word of the talk, needed or not."""

    def __init__(self, tagger: Tagger, tokenizer: Tokenizer, model: TermModel) -> None:
        self._tagger = tagger
        self._tokenizer = tokenizer
        self._model = model

    def resolve(
        self,
        question: str,
        history: Sequence[Turn],
        titles: Sequence[str] = (),
        without_terms: Collection[str] = (),
    ) -> Resolution:
        """Return what the question needs of what was said.

        Args:
            question: As asked.
            history: What was said before, oldest first.
            titles: Of the documents that the talk is about.
            without_terms: Phrases that are not to be kept.
        """
        if not history and not titles:
            return Resolution(0.0, ())
        layout = lay_out(self._tokenizer, question, history, titles)
        logits = self._tagger.logits(layout.token_ids)
        leans = float(logits[0, 1])
        scores = self._model.needs(term_features(layout, logits, question))
        terms = kept_phrases(layout, scores, self._model.needed_from, without_terms)
        return Resolution(1.0 / (1.0 + exp(-leans)), terms)


def load_tokenizer(folder: Path) -> Tokenizer:
    """Return a model's tokenizer, which cuts and pads nothing.

    Raises:
        ResolverError: If the folder has none.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ResolverError(f"no resolver in {folder}: it has no tokenizer.json")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
