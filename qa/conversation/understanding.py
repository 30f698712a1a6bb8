"""From what was asked to what is looked up: spelling, the talk before it, intent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.conversation.conversation import Turn
from qa.conversation.intent import UNANSWERED, Intent, IntentClassifier
from qa.conversation.layout import WORD
from qa.conversation.resolver import (
    DEFAULT_RESOLVER,
    Resolution,
    Resolver,
    Thresholds,
    load_tokenizer,
)
from qa.conversation.spelling import Vocabulary, correct
from qa.conversation.tagger import CompiledTagger

# More of them say little more about what the talk is about.
_TITLES = 2
# Share of a question's words that documents have when they speak its language.
_SPOKEN = 0.5


@dataclass(frozen=True, slots=True)
class Understanding:
    """What is made of a question in its talk.

    Attributes:
        question: As asked.
        resolved: What is embedded, searched and read: the question, well spelt, after
            what it needs of the talk.
        kept_terms: Phrases of the talk that it needs, as they stand there, surest
            first; none for a question that stands alone.
        intent: What is wanted.
        corrected: The question with misspelt words mended; ``None`` if none was.
        leans: How surely the question leans on the talk, from 0 to 1.
    """

    question: str
    resolved: str
    kept_terms: tuple[str, ...] = ()
    intent: Intent = "fact"
    corrected: str | None = None
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
        embed: Callable[[str], NDArray[np.float32]],
        is_known: Callable[[str], bool],
    ) -> None:
        """Wire the parts.

        Args:
            resolver: Finds what a question needs of the talk.
            intents: Tells what is wanted.
            embed: The vector of a question, by the embedder that the intents were
                fitted for.
            is_known: Whether a word is a common one, and so no slip.
        """
        self._resolver = resolver
        self._intents = intents
        self._embed = embed
        self._is_known = is_known

    @classmethod
    def load(
        cls,
        embed: Callable[[str], NDArray[np.float32]],
        folder: Path = DEFAULT_RESOLVER,
    ) -> Understander:
        """Load the trained parts.

        Args:
            embed: The vector of a question by the packaged embedder.
            folder: Of the resolver.

        Raises:
            ResolverError: If the folder holds no resolver.
            IntentFileError: If the file of intents is damaged.
        """
        tokenizer = load_tokenizer(folder)
        resolver = Resolver(CompiledTagger(folder), tokenizer, Thresholds.load(folder))

        def is_known(word: str) -> bool:
            # A word in one piece is one that the model's makers met often.
            return len(tokenizer.encode(word, add_special_tokens=False).ids) == 1

        return cls(resolver, IntentClassifier.load(), embed, is_known)

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
        found = Resolution(0.0, ())
        if history and intent not in UNANSWERED:
            found = self._resolver.resolve(
                spelt, history, titles[:_TITLES], without_terms
            )
        return Understanding(
            question,
            resolved=with_terms(spelt, found.terms),
            kept_terms=found.terms,
            intent=intent,
            corrected=spelt if spelt != question else None,
            leans=found.leans,
        )

    def _intent(
        self, question: str, in_talk: bool, vocabulary: Vocabulary | None
    ) -> Intent:
        words = [word for word in WORD.findall(question) if not word.isdigit()]
        if not words:
            return "not_understood" if not WORD.search(question) else "keywords"
        vector = self._embed(question)
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
