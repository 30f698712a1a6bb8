"""What an article is about: the sentences that carry it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from index.documents import Document
from index.formats.boilerplate import is_boilerplate
from index.models.embedder import Embedder
from index.passages import ScoredPassage
from index.search.vectors import Vectors
from index.sentences import sentence_spans
from qa.answering.findings import Asked

# Likeness of a passage to the question from which its article is the one meant.
_NAMED_SIMILARITY = 0.3
_MAX_SENTENCES = 150
_MIN_WORDS = 5
# Weights of the likeness to the sentences before and after, and the share of the
# range of likenesses that counts as none (PacSum's lambda and beta).
_BEFORE, _AFTER, _CUT = 0.8, 1.0, 0.3
# What a sentence loses by its likeness to one already chosen.
_REPEATS = 0.6
# And by opening with a pronoun, whose sense may stand in a sentence left out.
_DANGLES = 0.2
_PRONOUN = re.compile(r"(?:He|She|It|They|This|That|These|Those)\b")


def choose_document(
    asked: Asked, passages: Sequence[ScoredPassage], documents: Mapping[str, Document]
) -> str | None:
    """Return the document that an overview is wanted of; ``None`` if it cannot be told.

    It is the one whose title stands in the question, the only one, the one that is
    talked of, or the one that a passage near to the question is of.

    Args:
        asked: The question.
        passages: What was found for it, best first.
        documents: All by their ids.
    """
    question = asked.understood.question.casefold()
    near = list(dict.fromkeys(each.passage.doc_id for each in passages))
    titled = [
        doc_id
        for doc_id in dict.fromkeys([*near, *asked.known])
        if documents[doc_id].title and documents[doc_id].title.casefold() in question
    ]
    if titled:
        return max(titled, key=lambda doc_id: len(documents[doc_id].title))
    if len(asked.known) == 1:
        return next(iter(asked.known))
    if passages and passages[0].score >= _NAMED_SIMILARITY:
        return near[0]
    return asked.talked_of[0] if asked.talked_of else None


def central_sentences(document: Document, embedder: Embedder) -> list[tuple[int, int]]:
    """Return the offsets of the 3 to 5 sentences that carry an article, in order.

    A sentence counts by its likeness to the others, to those after it more than to
    those before it, as stories put first what matters: position-augmented centrality
    (PacSum, Zheng and Lapata 2019), after LexRank (Erkan and Radev 2004).
    What has been said by a chosen sentence counts less (maximal marginal relevance,
    Carbonell and Goldstein 1998).
    """
    spans = _sentences(document.text)
    if not spans:
        return []
    vectors = embedder.embed_passages([document.text[s:e] for s, e in spans])
    wanted = 3 if len(spans) < 12 else 4 if len(spans) < 25 else 5
    scores = centrality(vectors)
    scores = scores / max(float(scores.max()), 1e-6)
    for row, (start, _) in enumerate(spans):
        scores[row] -= _DANGLES * (_PRONOUN.match(document.text, start) is not None)
    chosen: list[int] = []
    while len(chosen) < min(wanted, len(spans)):
        said = (vectors @ vectors[chosen].T).max(axis=1, initial=0.0)  # (n,)
        worth = scores - _REPEATS * said
        worth[chosen] = -np.inf
        chosen.append(int(worth.argmax()))
    return [spans[row] for row in sorted(chosen)]


def centrality(vectors: Vectors) -> Vectors:
    """Return the position-augmented centrality of sentences, in their order.

    Args:
        vectors: Shape ``(n, dim)``, unit length.
    """
    likeness = vectors @ vectors.T  # (n, n)
    if len(vectors) > 1:
        others = likeness[~np.eye(len(vectors), dtype=bool)]
        floor = others.min() + _CUT * (others.max() - others.min())
        likeness = np.maximum(0.0, likeness - floor)
    after = np.triu(likeness, k=1).sum(axis=1)
    before = np.tril(likeness, k=-1).sum(axis=1)
    scores: Vectors = (_AFTER * after + _BEFORE * before).astype(np.float32)
    return scores


def _sentences(text: str) -> list[tuple[int, int]]:
    """Return the offsets of an article's full sentences, without menus and headings."""
    spans = []
    for start, end in sentence_spans(text):
        line = text[text.rfind("\n", 0, start) + 1 : start] + text[start:end]
        sentence = text[start:end]
        if len(sentence.split()) < _MIN_WORDS or is_boilerplate(line):
            continue
        if _is_whole(sentence):
            spans.append((start, end))
    return spans[:_MAX_SENTENCES]


def _is_whole(sentence: str) -> bool:
    """Tell whether a sentence is none of a heading or a menu, by how it ends."""
    return sentence.rstrip("\"'”’)] ")[-1:] in set(".!?…。！？")
