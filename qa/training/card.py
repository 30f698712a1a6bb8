"""The model card: what a reader was made of, how, and how well it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.training.trainer import Recipe

# Public sets by the name that their files usually have.
_LICENCES = {
    "squad": "CC BY-SA 4.0",
    "xquad": "CC BY-SA 4.0",
    "squadshifts": "CC BY 4.0",
    "adversarialqa": "CC BY-SA 4.0",
    "quoref": "CC BY 4.0",
    "qamr": "MIT",
    "qadiscourse": "CC BY 4.0",
    "nq": "CC BY-SA 3.0",
    "timeqa": "BSD-3-Clause",
    "clapnq": "Apache-2.0",
    "friendsqa": "Apache-2.0",
    "fairytaleqa": "Apache-2.0",
}

_LIMITS = """\
- English alone. Other languages get poor answers, mostly "no answer".
- It copies; it does not count, compare, add up or say yes or no.
- It believes the passage. A wrong article gives a wrong answer, truly quoted.
- A question that puts a wrong thing in a right place ("When did the *Iranian*
  minister ...") may be answered as if it were the right thing.
- Trained mostly on Wikipedia, reviews and forum posts; on news it is weaker, as the
  figures show.
"""


def write_card(
    folder: Path,
    base: str,
    recipe: Recipe,
    counts: Mapping[str, int],
    figures: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write ``README.md`` beside a reader's weights.

    Args:
        folder: The reader's.
        base: The encoder that was fine-tuned.
        recipe: How.
        counts: Examples of each training set in an epoch.
        figures: What ``reading_figures`` gave for each measured set.
    """
    lines = [
        "# Extractive reader",
        "",
        f"`{base}` fine-tuned to find answer spans, by `scripts/train_reader.py`.",
        "",
        "## Training data",
        "",
        "| set | examples in an epoch | licence |",
        "| --- | --- | --- |",
        *(f"| {n} | {c:,} | {_licence(n)} |" for n, c in sorted(counts.items())),
        "",
        "## Recipe",
        "",
        "| choice | value |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in _choices(recipe).items()),
        "",
        "## Figures",
        "",
        "On sets that were not trained on, each question asked of its own context.",
        "",
        "| set | questions | exact match | F1 | 95 % interval | best-threshold F1 |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(name, found) for name, found in figures.items()),
        "",
        "## Limits",
        "",
        _LIMITS,
    ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


def _licence(name: str) -> str:
    return _LICENCES.get(name.split("_")[0].rstrip("0123456789"), "see its publisher")


def _choices(recipe: Recipe) -> dict[str, object]:
    choices = asdict(recipe)
    return {
        **{k: v for k, v in choices.items() if k != "mixture"},
        **choices["mixture"],
    }


def _row(name: str, found: Mapping[str, Any]) -> str:
    low, high = found.get("f1_interval", (float("nan"), float("nan")))
    best = found.get("best_threshold_f1")
    return (
        f"| {name} | {found['questions']:,} | {found.get('exact_match', 0):.1f} "
        f"| {found.get('f1', 0):.1f} | {low:.1f}-{high:.1f} "
        f"| {f'{best:.1f}' if best is not None else ''} |"
    )
