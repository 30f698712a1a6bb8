"""The evidence model: which sentences bear on a question, which words answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from index.models.compiled import CompiledEncoder
from index.models.tokens import ModelTokenizer
from index.models.weights import read_weights
from index.sentences import sentence_spans
from qa.reading.spans import Span, trim_span
from qa.reading.views import View

Judgement = Literal["no", "unknown", "yes"]
JUDGEMENTS: tuple[Judgement, ...] = ("no", "unknown", "yes")

# The project's own, which travels in the package.
DEFAULT_EVIDENCE = Path(__file__).parents[1] / "evidence_model"

_HEADS = "heads.safetensors"
_PAIR_TOKENS = 380
_MAX_QUESTION_CHARACTERS = 300
# Probability of being a part of an answer from which a word is taken for one.
_MEMBER = 0.3
_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the evidence model makes of one passage for a question.

    Attributes:
        sentences: The passage's sentences, in order; the score is the logit of "bears
            on the question".
        answers: Pieces that answer it, in order, each with its probability as score.
        judgements: Probability of each of ``JUDGEMENTS``, should the question ask for
            yes or no.
    """

    sentences: tuple[Span, ...]
    answers: tuple[Span, ...]
    judgements: tuple[float, float, float]


class EvidenceModel(Protocol):
    """Assesses passages for a question."""

    def assess(self, question: str, passages: Sequence[str]) -> list[Assessment]:
        """Return one assessment for each passage, in their order."""
        ...


def assess_views(
    model: EvidenceModel, question: str, views: Sequence[View]
) -> list[Assessment]:
    """Return the assessments of views, all spans at their places in the passages."""
    assessed = model.assess(question, [view.text for view in views])
    return [
        replace(
            each,
            sentences=view.sentences(each.sentences),
            answers=view.answers(each.answers),
        )
        for view, each in zip(views, assessed, strict=True)
    ]


class TrainedEvidenceModel:
    """The heads trained by ``scripts/train_evidence.py``, over their encoder."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the model in a folder.

        Raises:
            ModelNotFoundError: If a file is missing or damaged.
        """
        self._encoder = CompiledEncoder.load(folder, "int8", threads)
        self._heads = read_weights(folder, _HEADS)
        # One window a passage: what a longer one has beyond it is not assessed.
        self._tokenizer = ModelTokenizer(folder, pair_tokens=_PAIR_TOKENS)

    def assess(self, question: str, passages: Sequence[str]) -> list[Assessment]:
        """Return one assessment for each passage, in their order.

        Of a passage longer than the model reads, the rest is not assessed.
        """
        if not passages:
            return []
        question = question[:_MAX_QUESTION_CHARACTERS]
        encoded = [self._tokenizer.encode_pair(question, each)[0] for each in passages]
        ids, mask = self._tokenizer.pad([each.ids for each in encoded])
        types, _ = self._tokenizer.pad([each.type_ids for each in encoded])
        hidden = self._encoder.encode(ids, mask, types)
        tags = _softmax(self._apply("tags", hidden))  # (passages, tokens, 3)
        evidence = self._apply("evidence", hidden)[:, :, 0]
        judged = _softmax(self._apply("judgement", hidden[:, 0]))
        found = []
        for row, passage in enumerate(passages):
            parts = encoded[row].sequence_ids
            tokens = [n for n, part in enumerate(parts) if part == 1]
            offsets = [encoded[row].offsets[n] for n in tokens]
            no, unknown, yes = (float(each) for each in judged[row])
            found.append(
                Assessment(
                    _score_sentences(passage, offsets, evidence[row, tokens]),
                    decode_answers(passage, offsets, tags[row, tokens]),
                    (no, unknown, yes),
                )
            )
        return found

    def _apply(self, head: str, hidden: _Floats) -> _Floats:
        weight, bias = self._heads[f"{head}.weight"], self._heads[f"{head}.bias"]
        logits: _Floats = hidden @ weight.T + bias
        return logits


def _score_sentences(
    passage: str, offsets: Sequence[tuple[int, int]], logits: _Floats
) -> tuple[Span, ...]:
    """Return each sentence with the mean of its tokens' logits, shape ``(tokens,)``."""
    found = []
    for start, end in sentence_spans(passage):
        held = [n for n, (s, e) in enumerate(offsets) if start <= s and e <= end]
        if held:
            found.append(Span(start, end, float(logits[held].mean())))
    return tuple(found)


def decode_answers(
    passage: str, offsets: Sequence[tuple[int, int]], tags: _Floats
) -> tuple[Span, ...]:
    """Return the runs of tokens that are parts of an answer, as whole words.

    Args:
        passage: The text.
        offsets: Of each token.
        tags: Probabilities of being outside of all answers, the first token of one,
            and inside one; shape ``(tokens, 3)``.
    """
    runs: list[list[int]] = []
    for token, (outside, first, inside) in enumerate(tags):
        if 1 - outside < _MEMBER:
            continue
        follows = runs and runs[-1][-1] == token - 1
        # Between the items of a list stands more than white space.
        if follows and (
            first <= inside or passage[offsets[token - 1][1] - 1].isalnum()
        ):
            runs[-1].append(token)
        else:
            runs.append([token])
    found: list[Span] = []
    for run in runs:
        score = float((1 - tags[run, 0]).mean())
        span = Span(offsets[run[0]][0], offsets[run[-1]][1], score)
        whole = trim_span(passage, span)
        if whole is not None and (not found or found[-1].end <= whole.start):
            found.append(whole)
    return tuple(found)


def _softmax(logits: _Floats) -> _Floats:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: _Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares
