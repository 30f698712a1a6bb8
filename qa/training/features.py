"""Groups of passages as token ids, in batches of like lengths."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerFast

from qa.training.groups import TrainingGroup, TrainingPassage


@dataclass(frozen=True, slots=True)
class Feature:
    """One question and passage as the model takes them."""

    ids: list[int]
    types: list[int]
    context: tuple[int, int]  # first and last token of the passage, inclusive
    first_token: int  # of the answer; 0, the first token of all, for no answer
    last_token: int


def make_batches(
    groups: Sequence[TrainingGroup],
    tokenizer: PreTrainedTokenizerFast,
    *,
    batch_tokens: int,
    max_length: int,
    rng: random.Random,
) -> Iterator[list[list[Feature]]]:
    """Yield batches of groups of like lengths, in random order.

    Args:
        groups: The passages of a question stay in one batch.
        tokenizer: Of the model to be trained.
        batch_tokens: The most tokens in a batch, padding included.
        max_length: The most in a pair of question and passage.
        rng: Decides the order.
    """
    featured = [
        [
            _feature(group.question, passage, tokenizer, max_length)
            for passage in group.passages
        ]
        for group in groups
    ]
    featured.sort(key=lambda features: max(len(f.ids) for f in features))
    batches: list[list[list[Feature]]] = []
    batch: list[list[Feature]] = []
    count = 0
    for features in featured:
        longest = max(len(feature.ids) for feature in features)
        if batch and longest * (count + len(features)) > batch_tokens:
            batches.append(batch)
            batch, count = [], 0
        batch.append(features)
        count += len(features)
    if batch:
        batches.append(batch)
    rng.shuffle(batches)
    yield from batches


def _feature(
    question: str,
    passage: TrainingPassage,
    tokenizer: PreTrainedTokenizerFast,
    max_length: int,
) -> Feature:
    encoded = tokenizer(
        question[:300],
        passage.text,
        truncation="only_second",
        max_length=max_length,
        padding=False,
        return_token_type_ids=True,
    )
    sequence_ids = encoded.sequence_ids(0)
    places = [i for i, sequence in enumerate(sequence_ids) if sequence == 1]
    context = (places[0], places[-1]) if places else (0, 0)
    first = last = 0
    if passage.answer is not None:
        answer = passage.answer
        first_token = encoded.char_to_token(0, answer.start, 1)
        last_token = encoded.char_to_token(0, answer.end - 1, 1)
        # An answer past the truncation is no answer in what the reader sees.
        if first_token is not None and last_token is not None:
            first, last = first_token, last_token
    return Feature(
        encoded["input_ids"], encoded["token_type_ids"], context, first, last
    )
