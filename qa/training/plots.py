"""The curves that show how far a confidence can be trusted, as PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from qa.evaluation.metrics import calibration_bins, risk_coverage


def draw_reliability(
    path: Path, confidences: Sequence[float], correct: Sequence[float]
) -> None:
    """Draw how often answers are right against how confident they were."""
    bins = calibration_bins(confidences, correct)
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="perfectly calibrated")
    axes.plot(
        [found.confidence for found in bins],
        [found.accuracy for found in bins],
        marker="o",
        label="answers",
    )
    for found in bins:
        axes.annotate(str(found.count), (found.confidence, found.accuracy))
    axes.set(
        xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1)
    )
    axes.legend(loc="upper left")
    figure.savefig(path, dpi=120)


def draw_risk_coverage(
    path: Path, confidences: Sequence[float], correct: Sequence[float]
) -> None:
    """Draw how often answers are wrong against how many questions are answered."""
    accuracies = risk_coverage(confidences, correct)
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(
        [(n + 1) / len(accuracies) for n in range(len(accuracies))],
        [1 - accuracy for accuracy in accuracies],
    )
    axes.set(
        xlabel="share of questions answered", ylabel="share that is wrong", xlim=(0, 1)
    )
    axes.set_ylim(bottom=0)
    figure.savefig(path, dpi=120)
