"""Passages a retriever would confuse with the right one: hard negatives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from qa.evaluation.squad import Example

_BATCH = 512


def mine_negatives(
    examples: Sequence[Example], *, per_question: int
) -> list[list[str]]:
    """Return, for each example, other contexts that rank high and lack the answer.

    Ranking is by TF-IDF over the contexts of all the examples, as DrQA retrieves
    (Chen et al. 2017, section 3.1), so that most negatives come from the same
    article. A context that contains any of the answers' text is left out; so are
    all of them for an example without an answer, which is a negative by itself.

    Args:
        examples: The questions, with the contexts to choose from.
        per_question: The most negatives for a question; fewer when fewer qualify.

    Returns:
        One list for each example, in their order, most similar first.
    """
    if not examples:
        return []
    contexts = list(dict.fromkeys(example.context for example in examples))
    lowered = [context.lower() for context in contexts]
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, stop_words="english", dtype=np.float32
    )
    context_vectors = vectorizer.fit_transform(contexts)
    negatives: list[list[str]] = []
    for first in range(0, len(examples), _BATCH):
        batch = examples[first : first + _BATCH]
        query_vectors = vectorizer.transform([example.question for example in batch])
        scores = (query_vectors @ context_vectors.T).toarray()  # (batch, contexts)
        wanted = min(4 * per_question, scores.shape[1])
        for example, row in zip(batch, scores, strict=True):
            best = np.argpartition(-row, wanted - 1)[:wanted]
            best = best[np.argsort(-row[best])]
            golds = [answer.text.lower() for answer in example.answers]
            chosen = [
                contexts[i]
                for i in best
                if golds
                and row[i] > 0
                and contexts[i] != example.context
                and not any(gold in lowered[i] for gold in golds)
            ]
            negatives.append(chosen[:per_question])
    return negatives
