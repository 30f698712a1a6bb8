"""A weighted sum of named features, as fitted and as stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A weighted sum of named features; a logit where it is a probability's."""

    intercept: float
    weights: Mapping[str, float]

    @classmethod
    def read(cls, record: Mapping[str, Any], known: Collection[str]) -> LinearModel:
        """Return the model whose fields a record has, with weights of known features.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: If it has none such.
        """
        weights = {str(name): float(w) for name, w in record["weights"].items()}
        if unknown := sorted(set(weights) - set(known)):
            raise ValueError(f"this program does not know {unknown}")
        return cls(float(record["intercept"]), weights)

    def score(self, features: Features) -> float:
        """Return the weighted sum."""
        return self.intercept + sum(
            weight * features[name] for name, weight in self.weights.items()
        )

    def probability(self, features: Features) -> float:
        """Return the probability whose logit the sum is."""
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, self.score(features)))))
