"""What the reader sees of an example in one epoch: a question and its passages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from index.sentences import sentence_spans
from qa.evaluation.squad import Example, GoldAnswer
from qa.training.swaps import swap_question

# Characters of context to train on: longer ones are cut to a window.
MAX_CONTEXT = 1400
_NEGATIVE_CONTEXT = 700
# Share of changed questions whose new name is from another text.
_SWAP_FROM_ELSEWHERE = 0.3


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A passage and the span to find in it; ``answer`` is ``None`` when it has none."""

    text: str
    answer: GoldAnswer | None


@dataclass(frozen=True, slots=True)
class TrainingGroup:
    """The passages read with one question, whose scores are trained together."""

    question: str
    passages: tuple[TrainingPassage, ...]


@dataclass(frozen=True, slots=True)
class Mixture:
    """How often each kind of negative is made; all are probabilities.

    Attributes:
        crop: A long context is cut to a window round the answer.
        split: A context is split into the part with the answer and the part
            without it, both read: the neighbouring passages of one article.
        mined: A passage that a retriever confuses with the right one is added.
        swap: The question is changed so that the context no longer answers it,
            as SQuAD 2.0's writers did (Rajpurkar et al. 2018, table 1).
    """

    crop: float = 0.5
    split: float = 0.3
    mined: float = 0.3
    swap: float = 0.12


def make_groups(
    example: Example,
    negatives: Sequence[str],
    mixture: Mixture,
    rng: random.Random,
) -> list[TrainingGroup]:
    """Return what to train on for one example, chosen by ``rng``.

    The first group asks the example's own question; a second one, at times, a
    question changed so that the context does not answer it.
    """
    if not example.answers:
        text = _cut(example.context, rng, MAX_CONTEXT)
        return [TrainingGroup(example.question, (TrainingPassage(text, None),))]
    answer = rng.choice(example.answers)
    passage = _window(example.context, answer, MAX_CONTEXT, rng)
    passages = [passage]
    parts = _split(passage, example.answers) if rng.random() < mixture.split else None
    if parts is not None:
        passages = list(parts)
    elif len(passage.text) > 450 and rng.random() < mixture.crop:
        assert passage.answer is not None
        passages = [_window(passage.text, passage.answer, rng.randint(250, 700), rng)]
    if negatives and len(passages) == 1 and rng.random() < mixture.mined:
        text = _cut(rng.choice(negatives), rng, _NEGATIVE_CONTEXT)
        passages.append(TrainingPassage(text, None))
    groups = [TrainingGroup(example.question, tuple(passages))]
    if rng.random() < mixture.swap:
        elsewhere = negatives and rng.random() < _SWAP_FROM_ELSEWHERE
        source = rng.choice(negatives) if elsewhere else example.context
        swapped = swap_question(example.question, source, rng)
        if swapped is not None:
            bare = TrainingPassage(passages[0].text, None)
            groups.append(TrainingGroup(swapped, (bare,)))
    return groups


def _split(
    passage: TrainingPassage, answers: Sequence[GoldAnswer]
) -> tuple[TrainingPassage, TrainingPassage] | None:
    """Cut between sentences so that one part has the answer and the other has not."""
    assert passage.answer is not None
    text, answer = passage.text, passage.answer
    sentences = sentence_spans(text)
    before = [span for span in sentences if span[1] <= answer.start]
    after = [span for span in sentences if span[0] >= answer.end]
    rest = before if _length(before) >= _length(after) else after
    if _length(rest) < 150:
        return None
    negative = text[rest[0][0] : rest[-1][1]]
    lowered = negative.lower()
    if any(gold.text.lower() in lowered for gold in answers):
        return None
    start = rest[-1][1] if rest is before else 0
    end = len(text) if rest is before else rest[0][0]
    positive = _slice(text, start, end, answer)
    return positive, TrainingPassage(negative, None)


def _length(spans: list[tuple[int, int]]) -> int:
    return spans[-1][1] - spans[0][0] if spans else 0


def _window(
    context: str, answer: GoldAnswer, size: int, rng: random.Random
) -> TrainingPassage:
    """Return about ``size`` characters that hold the answer, cut at white space."""
    if len(context) <= size:
        return TrainingPassage(context, answer)
    spare = max(0, size - len(answer.text))
    start = answer.start - rng.randint(0, spare)
    start = max(0, min(start, len(context) - size))
    end = max(start + size, answer.end)
    if start > 0:
        space = context.find(" ", start, answer.start)
        start = space + 1 if space >= 0 else start
    if end < len(context):
        space = context.rfind(" ", answer.end, end)
        end = space if space >= 0 else end
    return _slice(context, start, end, answer)


def _slice(text: str, start: int, end: int, answer: GoldAnswer) -> TrainingPassage:
    return TrainingPassage(
        text[start:end], GoldAnswer(answer.text, answer.start - start)
    )


def _cut(context: str, rng: random.Random, size: int) -> str:
    if len(context) <= size:
        return context
    start = rng.randint(0, len(context) - size)
    space = context.find(" ", start, start + 40)
    return context[space + 1 if space >= 0 else start : start + size]
