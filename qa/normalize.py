"""Texts as answers are compared."""

from __future__ import annotations

import re
import string

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = frozenset(string.punctuation)


def normalize_answer(text: str) -> str:
    """Return a text as SQuAD's official evaluation compares it.

    Lower case, without ASCII punctuation, articles and extra white space (Rajpurkar
    et al. 2016, section 6.1).
    """
    lowered = "".join(c for c in text.lower() if c not in _PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", lowered).split())
