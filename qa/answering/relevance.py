"""Sentences that bear on a question, wherever they stand, and what they say to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.answering.candidates import Piece
from qa.answering.confidence import Fitted
from qa.answering.features import AskedWords, sentence_features
from qa.answering.findings import Choice, Findings, Statement
from qa.context import RequestContext
from qa.words.comparing import content_words

_MAX_SENTENCES = 5


@dataclass(frozen=True, slots=True)
class RelevantSentence:
    """A sentence of the passage of a rank, and P(it bears on the question)."""

    piece: Piece
    rank: int
    probability: float


def find_relevant(
    found: Findings, fitted: Fitted, context: RequestContext
) -> list[RelevantSentence]:
    """Return the sentences that were assessed, the likeliest first.

    Passages overlap, so one sentence may be read twice: the better reading counts.
    """
    asked = AskedWords.of(found.question)
    best: dict[Piece, RelevantSentence] = {}
    for rank, assessment in found.assessments.items():
        scored = found.passages[rank]
        passage = scored.passage
        title = found.documents[passage.doc_id].title
        nearby = content_words(f"{title}\n{passage.context}\n{passage.text}")
        for span in assessment.sentences:
            if passage.text[span.start : span.end].rstrip().endswith("?"):
                # A question says nothing: what answers it stands after it.
                continue
            features = sentence_features(asked, span, scored, rank, nearby)
            start, end = passage.start + span.start, passage.start + span.end
            context.note("relevance", passage.doc_id, start, end, **features)
            piece = Piece(passage.doc_id, start, end)
            probability = fitted.relevance.probability(features)
            if piece not in best or probability > best[piece].probability:
                best[piece] = RelevantSentence(piece, rank, probability)
    return sorted(best.values(), key=lambda each: -each.probability)


def choose_sentences(sentences: Sequence[RelevantSentence], fitted: Fitted) -> Choice:
    """Return the sentences that bear on a question, in the order of their texts.

    Args:
        sentences: The likeliest first.
        fitted: Has the threshold below which nothing bears on it.
    """
    best = sentences[0].probability if sentences else 0.0
    kept = [
        each
        for each in sentences[:_MAX_SENTENCES]
        if fitted.evidence.verdict(each.probability) != "no_answer"
    ]
    if not kept:
        return Choice("no_answer", best)
    documents = list(dict.fromkeys(each.piece.doc_id for each in kept))
    kept.sort(key=lambda each: (documents.index(each.piece.doc_id), each.piece.start))
    return Choice(
        "overview",
        best,
        tuple(Statement((each.piece,), each.probability) for each in kept),
    )


def judge(
    sentences: Sequence[RelevantSentence], found: Findings, fitted: Fitted
) -> Choice:
    """Return the sentence that decides a question, and whether it says yes or no.

    Args:
        sentences: The likeliest first.
        found: Has the assessments of their passages.
        fitted: Has the thresholds.
    """
    if not sentences:
        return Choice("no_answer", 0.0)
    best = sentences[0]
    verdict = fitted.evidence.verdict(best.probability)
    if verdict == "no_answer":
        return Choice("no_answer", best.probability)
    no, _, yes = found.assessments[best.rank].judgements
    told: Literal["yes", "no"] | None = None
    if max(no, yes) >= fitted.judgement:
        told = "yes" if yes > no else "no"
    statement = Statement((best.piece,), best.probability)
    return Choice(verdict, best.probability, (statement,), judgement=told)
