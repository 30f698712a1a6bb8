"""What an article is about: the sentences that carry it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.boilerplate import is_boilerplate
from index.documents import Document
from index.embedder import Embedder
from index.passages import Passage
from index.sentences import sentence_spans
from index.vectors import Vectors
from qa.confidence import support

_MAX_SENTENCES = 150
_MIN_WORDS = 5
_MAX_ABOUT = 4
# The share of a subject's words that a sentence about it has at least.
_MOST_WORDS = 0.6
# Weights of the likeness to the sentences before and after, and the share of the
# range of likenesses that counts as none (PacSum's lambda and beta).
_BEFORE, _AFTER, _CUT = 0.8, 1.0, 0.3
# What a sentence loses by its likeness to one already chosen.
_REPEATS = 0.6
# And by opening with a pronoun, whose sense may stand in a sentence left out.
_DANGLES = 0.2
_PRONOUN = re.compile(r"(?:He|She|It|They|This|That|These|Those)\b")


def sentences_about(
    subject: str, passages: Sequence[Passage]
) -> list[tuple[str, int, int]]:
    """Return where the passages' sentences stand that have the words of a subject.

    When none has all of them, but together they do, those that have the most.

    Args:
        subject: A name or noun phrase.
        passages: Best first, of one or more documents.

    Returns:
        Document ids with offsets, in the order of the text; those of the first
        document that has any, at most as many as an overview has.
    """
    shares: dict[tuple[str, int, int], float] = {}
    for passage in passages:
        for start, end in sentence_spans(passage.text):
            sentence = passage.text[start:end]
            if _is_whole(sentence):
                place = (passage.doc_id, passage.start + start, passage.start + end)
                shares[place] = support(subject, sentence)
    most = max(shares.values(), default=0.0)
    found = [place for place, share in shares.items() if share == most]
    if not found or most < _MOST_WORDS:
        return []
    first = found[0][0]
    together = "\n".join(each.text for each in passages if each.doc_id == first)
    if support(subject, together) < 1.0:
        return []
    return sorted(place for place in found if place[0] == first)[:_MAX_ABOUT]


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
