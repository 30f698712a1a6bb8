"""From what was asked to what is looked up: spelling, the talk before it, intent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.conversation.carrier import QuestionFinder, TokenStates
from qa.conversation.conversation import Turn
from qa.conversation.intent import UNANSWERED, Intent, IntentClassifier
from qa.conversation.layout import WORD
from qa.conversation.resolver import (
    DEFAULT_RESOLVER,
    Resolution,
    Resolver,
    load_tokenizer,
)
from qa.conversation.spelling import Vocabulary, correct
from qa.conversation.tagger import CompiledTagger
from qa.conversation.term_model import TermModel

# More of them say little more about what the talk is about.
_TITLES = 2
# Share of a question's words that documents have when they speak its language.
_SPOKEN = 0.5


class TokenEmbedder(Protocol):
    """An embedder that gives the states of single tokens, too."""

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return the unit vector of a query, shape ``(dim,)``."""
        ...

    def token_states(
        self, text: str
    ) -> tuple[Sequence[tuple[int, int]], NDArray[np.float32]]:
        """Return where each token of a text stands, and their states."""
        ...


@dataclass(frozen=True, slots=True)
class QuestionEncoder:
    """What an embedder makes of a question: its unit vector, its tokens' states."""

    embed: Callable[[str], NDArray[np.float32]]
    states: TokenStates

    @classmethod
    def of(cls, embedder: TokenEmbedder) -> QuestionEncoder:
        """Return that of an embedder."""
        return cls(embedder.embed_query, embedder.token_states)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What is made of a question in its talk.

    Attributes:
        question: As asked.
        resolved: What is embedded, searched and read: the question itself, well
            spelt, after what it needs of the talk.
        kept_terms: Phrases of the talk that it needs, as they stand there, surest
            first; none for a question that stands alone.
        intent: What is wanted.
        leans: How surely the question leans on the talk, from 0 to 1.
    """

    question: str
    resolved: str
    kept_terms: tuple[str, ...] = ()
    intent: Intent = "fact"
    leans: float = 0.0

    @property
    def interpreted(self) -> str | None:
        """Return what the question was taken for, if it is not what was asked."""
        return self.resolved if self.resolved != self.question else None

    @classmethod
    def as_asked(cls, question: str) -> Understanding:
        """Return that of a question that is to be taken word for word."""
        return cls(question, question)


class Understander:
    """Makes of a question in its talk what is looked up."""

    def __init__(
        self,
        resolver: Resolver,
        intents: IntentClassifier,
        finder: QuestionFinder,
        encoder: QuestionEncoder,
        is_known: Callable[[str], bool],
    ) -> None:
        """Wire the parts.

        Args:
            resolver: Finds what a question needs of the talk.
            intents: Tells what is wanted.
            finder: Finds the question in what is said around it.
            encoder: Of the embedder that intents and finder were fitted for.
            is_known: Whether a word is a common one, and so no slip.
        """
        self._resolver = resolver
        self._intents = intents
        self._finder = finder
        self._encoder = encoder
        self._is_known = is_known

    @classmethod
    def load(
        cls,
        encoder: QuestionEncoder,
        folder: Path = DEFAULT_RESOLVER,
    ) -> Understander:
        """Load the trained parts.

        Args:
            encoder: Of the packaged embedder.
            folder: Of the resolver.

        Raises:
            ResolverError: If the folder holds no resolver.
            IntentFileError: If the file of intents is damaged.
            CarrierFileError: If that of the finder is.
        """
        tagger = CompiledTagger(folder)
        tokenizer = load_tokenizer(tagger.tokenizer_folder)
        resolver = Resolver(tagger, tokenizer, TermModel.load(folder))

        def is_known(word: str) -> bool:
            # A word in one piece is one that the model's makers met often.
            return len(tokenizer.encode(word, add_special_tokens=False).ids) == 1

        return cls(
            resolver,
            IntentClassifier.load(),
            QuestionFinder.load(),
            encoder,
            is_known,
        )

    def understand(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        titles: Sequence[str] = (),
        without_terms: Collection[str] = (),
        vocabulary: Vocabulary | None = None,
    ) -> Understanding:
        """Return what is made of a question.

        Args:
            question: As asked.
            history: What was said before, oldest first.
            titles: Of the documents that the talk is about, the latest first.
            without_terms: Phrases of the talk that are not to be kept.
            vocabulary: Of the index; without one no spelling is mended.
        """
        spelt = question
        if vocabulary is not None:
            spelt = correct(question, vocabulary, self._is_known)
        intent = self._intent(spelt, bool(history), vocabulary)
        found, itself = Resolution(0.0, ()), spelt
        if intent not in UNANSWERED:
            itself = self._finder.find(spelt, self._encoder.states)
            if history:
                found = self._resolver.resolve(
                    itself, history, titles[:_TITLES], without_terms
                )
        return Understanding(
            question,
            resolved=with_terms(itself, found.terms),
            kept_terms=found.terms,
            intent=intent,
            leans=found.leans,
        )

    def _intent(
        self, question: str, in_talk: bool, vocabulary: Vocabulary | None
    ) -> Intent:
        words = [word for word in WORD.findall(question) if not word.isdigit()]
        if not words:
            return "not_understood" if not WORD.search(question) else "keywords"
        vector = self._encoder.embed(question)
        intent = self._intents.classify(question, vector, in_talk=in_talk)
        if intent in ("not_understood", "other_language") and vocabulary is not None:
            # What the documents themselves speak is no foreign language.
            held = sum(map(vocabulary.has_word, words))
            if held > _SPOKEN * len(words):
                return "fact"
        return intent


def with_terms(question: str, terms: Sequence[str]) -> str:
    """Return the question after what it needs of the talk."""
    return f"{', '.join(terms)} · {question}" if terms else question
