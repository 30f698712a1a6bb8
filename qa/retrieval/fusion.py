"""One ranking of two: similarity of meaning and shared words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

# The share of similarity. Chosen on half of the questions of three collections, where
# 0.6 to 0.8 differ little; z-scores were as good as min-max there and better than
# reciprocal rank fusion, which forgets by how much a passage leads.
DENSE_WEIGHT = 0.7


def fuse(similarities: Scores, lexical: Scores, weight: float = DENSE_WEIGHT) -> Scores:
    """Return the weighted sum of two scores, each as a z-score over the candidates.

    Convex combination as in Bruch et al. (2023).

    Args:
        similarities: Of each candidate.
        lexical: Of each candidate.
        weight: Of the similarities, from 0 to 1; the lexical scores get the rest.
    """
    return weight * _standardize(similarities) + (1 - weight) * _standardize(lexical)


def _standardize(scores: Scores) -> Scores:
    spread = scores.std() if len(scores) else 0.0
    if spread < _NO_SPREAD:
        return np.zeros_like(scores)
    standardized: Scores = (scores - scores.mean()) / spread
    return standardized


# Rounding alone can part equal scores by this much.
_NO_SPREAD = 1e-9
