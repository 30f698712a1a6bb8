"""Fit which pieces are items of a list, and from where on there are several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answering.confidence import UNFITTED
from qa.answering.evidence import EvidenceModel
from qa.answering.items import (
    ITEM_FEATURES,
    find_pieces,
    item_features,
    items_of,
    without_overlaps,
)
from qa.evaluation.squad import Example
from qa.linear import Features, LinearModel
from qa.reading.reader import Reader
from qa.reading.spans import Span
from qa.training.answers.fitting import fit_probability
from qa.training.evidence.examples import are_apart

# Single answers that may be turned into lists, and those where the question was taken
# for one that asks for a list, as one in nine of SQuAD's is: together two in a hundred.
_SPLIT_SINGLES = 0.01
_SPLIT_ASKED = 0.12
# Examples of lists, and of single answers, that are read.
_MOST_READ = 300

Offsets = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text that may be items, and where those of its answer stand."""

    features: tuple[Features, ...]
    spans: tuple[Span, ...]
    wanted: Offsets

    @property
    def are_items(self) -> list[bool]:
        """Return, of each piece, whether it is an item."""
        return [(span.start, span.end) in self.wanted for span in self.spans]

    def kept(self, item: LinearModel, threshold: float) -> Offsets:
        """Return the pieces that are taken for items."""
        likely = [
            replace(span, score=item.probability(features))
            for span, features in zip(self.spans, self.features, strict=True)
        ]
        kept = without_overlaps(likely, threshold)
        return frozenset((each.start, each.end) for each in kept)


def fit_items(
    examples: Sequence[Example],
    lists: Sequence[Example],
    reader: Reader,
    evidence: EvidenceModel,
) -> tuple[LinearModel, tuple[float, float]]:
    """Fit P(a piece is an item), and from which probability on it is taken.

    The first threshold is best where a list is asked for: it gives the most exact
    items. The second turns few single answers into lists, where nobody knows what is
    asked for.

    Args:
        examples: Of reading sets; an answer that enumerates is a list of its items.
        lists: Of sets whose answers to one question, where they stand apart and say
            different things, are all wanted.
        reader: Reads their texts.
        evidence: Tags their answers.
    """
    wanted = [*_apart(lists)[: _MOST_READ // 2], *_enumerated(examples)]
    several, singles = _read(wanted, reader, evidence)
    told = [*several, *singles]
    outcomes = [is_item for each in told for is_item in each.are_items]
    item = UNFITTED.item
    if any(outcomes) and not all(outcomes):
        features = [features for each in told for features in each.features]
        item = fit_probability(features, outcomes, ITEM_FEATURES)
    grid = [each / 100 for each in range(10, 100, 2)]

    def exact(threshold: float) -> float:
        found = [(each.kept(item, threshold), each.wanted) for each in several]
        hits = sum(len(given & wanted) for given, wanted in found)
        return 2 * hits / max(1, sum(len(g) + len(w) for g, w in found))

    def split(threshold: float) -> float:
        turned = [len(each.kept(item, threshold)) > 1 for each in singles]
        return sum(turned) / max(1, len(turned))

    unasked = min((t for t in grid if split(t) <= _SPLIT_SINGLES), default=grid[-1])
    # A question may be taken for one that asks for a list: few singles are split here.
    allowed = [t for t in grid if split(t) <= _SPLIT_ASKED] or [unasked]
    return item, (max(allowed, key=exact), unasked)


def _apart(examples: Sequence[Example]) -> list[tuple[Example, Offsets]]:
    """Return the examples whose answers stand apart, with all of these."""
    return [
        (each, frozenset((answer.start, answer.end) for answer in each.answers))
        for each in examples
        if are_apart(each.answers)
    ]


def _enumerated(examples: Sequence[Example]) -> list[tuple[Example, Offsets]]:
    """Return the answerable examples with the items of their longest answers."""
    found = []
    for example in examples:
        if example.answers:
            longest = max(example.answers, key=lambda answer: len(answer.text))
            spans = items_of(example.context, longest.start, longest.end)
            found.append((example, frozenset(spans)))
    return found


def _read(
    wanted: Sequence[tuple[Example, Offsets]], reader: Reader, evidence: EvidenceModel
) -> tuple[list[Pieces], list[Pieces]]:
    """Return the pieces of lists, and those of single answers."""
    several: list[Pieces] = []
    singles: list[Pieces] = []
    for example, spans in wanted:
        kind = several if len(spans) > 1 else singles
        if len(kind) < _MOST_READ:
            kind.append(read_pieces(example, spans, reader, evidence))
    return several, singles


def read_pieces(
    example: Example,
    wanted: Offsets,
    reader: Reader,
    evidence: EvidenceModel,
) -> Pieces:
    """Return what may be an item of an example's text, where these are wanted."""
    text = example.context
    (reading,) = reader.read(example.question, [text])
    (assessed,) = evidence.assess(example.question, [text])
    margin = max((s.score for s in reading.spans), default=0.0)
    margin -= reading.no_answer_score
    pieces = find_pieces(text, reading, assessed.answers)
    features = (item_features(text, each, reading, margin) for each in pieces)
    return Pieces(tuple(features), tuple(pieces), wanted)
