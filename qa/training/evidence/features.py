"""What the evidence model is trained on, as tokens and their labels."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from index.sentences import sentence_spans
from qa.training.evidence.examples import JUDGEMENTS, EvidenceExample

# Of a token: outside of all answers, the first of one, or inside one.
_OUTSIDE, _FIRST, _INSIDE = 0, 1, 2
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Feature:
    """One example as the model takes it."""

    ids: list[int]
    types: list[int]
    tags: list[int]  # of each token; -100 where it is not trained
    sentences: list[tuple[int, int, float]]  # first, last token and the label
    judgement: int  # -100 for none


def make_batches(
    examples: Sequence[EvidenceExample],
    tokenizer: Any,  # noqa: ANN401 - transformers types none of its tokenizers
    *,
    batch_tokens: int,
    max_length: int,
    rng: random.Random,
) -> Iterator[list[Feature]]:
    """Yield examples of like lengths together, in an order of chance."""
    features = [_feature(each, tokenizer, max_length) for each in examples]
    features.sort(key=lambda feature: len(feature.ids))
    batches: list[list[Feature]] = [[]]
    for feature in features:
        if batches[-1] and len(feature.ids) * (len(batches[-1]) + 1) > batch_tokens:
            batches.append([])
        batches[-1].append(feature)
    rng.shuffle(batches)
    yield from batches


def _feature(
    example: EvidenceExample,
    tokenizer: Any,  # noqa: ANN401
    max_length: int,
) -> Feature:
    encoded = tokenizer(
        example.question[:300],
        example.passage,
        truncation="only_second",
        max_length=max_length,
        return_offsets_mapping=True,
        return_token_type_ids=True,
    )
    offsets = encoded["offset_mapping"]
    places = [i for i, part in enumerate(encoded.sequence_ids(0)) if part == 1]
    tags = [IGNORED] * len(offsets)
    if example.trains_tags:
        for place in places:
            tags[place] = _tag(offsets[place], example)
    sentences = []
    if example.trains_evidence:
        for start, end in sentence_spans(example.passage):
            held = [
                i for i in places if start <= offsets[i][0] and offsets[i][1] <= end
            ]
            answers = any(s < end and start < e for s, e in example.answers)
            unknown = any(s < end and start < e for s, e in example.ignored)
            if held and (answers or not unknown):
                sentences.append((held[0], held[-1], float(answers)))
    judgement = IGNORED
    if example.judgement is not None:
        judgement = JUDGEMENTS.index(example.judgement)
    return Feature(
        encoded["input_ids"], encoded["token_type_ids"], tags, sentences, judgement
    )


def _tag(offset: tuple[int, int], example: EvidenceExample) -> int:
    start, end = offset
    for first, last in example.answers:
        if start < last and first < end:
            return _FIRST if start <= first else _INSIDE
    if any(start < last and first < end for first, last in example.ignored):
        return IGNORED
    return _OUTSIDE
