"""The words of a talk that a question needs (Voskarides et al. 2020)."""

from __future__ import annotations

from functools import lru_cache

import tantivy
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from qa.conversation.layout import WORD

_STEMMER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str | None:
    """Return the stem of a content word, or ``None`` for a function word."""
    lower = word.lower()
    if lower in ENGLISH_STOP_WORDS or len(lower) == 1:
        return None
    found = _STEMMER.analyze(lower)
    return str(found[0]) if found else None


def stems(text: str) -> frozenset[str]:
    """Return the stems of a text's content words."""
    return frozenset(s for s in map(stem, WORD.findall(text)) if s is not None)


def wanted_terms(question: str, talk: str, rewrite: str) -> frozenset[str]:
    """Return the stems of the rewrite that the question lacks and the talk has."""
    return (stems(rewrite) - stems(question)) & stems(talk)
