"""Fitting through the service itself: ask, see what was weighed, fit, ask again."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.documents import Document
from qa.answerer import DEFAULT_K
from qa.answering.confidence import (
    CONFIDENCE_FEATURES,
    UNFITTED,
    Fitted,
    Thresholds,
)
from qa.answering.evidence import EvidenceModel
from qa.answering.features import (
    CANDIDATE_FEATURES,
    QUESTION_FEATURES,
    SENTENCE_FEATURES,
)
from qa.context import ScoredPlace
from qa.evaluation.answers import (
    AnswerResult,
    ask,
    evaluate_answers,
)
from qa.evaluation.collection import CollectionQuestion
from qa.evaluation.metrics import f1
from qa.evaluation.reading import RIGHT_F1
from qa.evaluation.squad import Example
from qa.linear import Features
from qa.pipeline import Pipeline
from qa.training.answers.fitting import (
    Outcome,
    choose_thresholds,
    fit_probability,
    fit_ranking,
    kept_from,
    learn_types,
    mean_first,
)
from qa.training.answers.lists import fit_items
from qa.training.answers.models import Models, PipelineMaker
from qa.training.answers.sets import FittingSet
from qa.training.evidence.examples import in_search_words

# Within one question a margin says how far it is behind the best; that passages agree
# tells how sure an answer is, but makes the order worse (F1 of the first: by 0.7).
_UNRANKED = ("behind", "agreement", *QUESTION_FEATURES)
_RANKING_FEATURES = tuple(name for name in CANDIDATE_FEATURES if name not in _UNRANKED)
# Everything is shown, so that all of it can be compared with what is right.
_ALL_SHOWN = Thresholds(answer=0.0, unsure=0.0)
# Share of questions that are asked in search words, too.
_IN_SEARCH_WORDS = 0.25
# A yes or no that is told is right at least this often.
_JUDGED_RIGHT = 0.8


@dataclass(slots=True)
class _Weighed:
    """What was weighed for the questions of one pass."""

    candidates: list[list[tuple[Features, float]]] = field(default_factory=list)
    sentences: list[tuple[Features, bool]] = field(default_factory=list)
    best_sentences: list[tuple[list[tuple[Features, bool]], str]] = field(
        default_factory=list
    )


def fit(
    sets: Sequence[FittingSet],
    makers: Sequence[PipelineMaker],
    models: Models,
    lists: Sequence[Example],
    judged: Sequence[tuple[str, str, str]],
    report: Callable[[int], None] = lambda count: None,
) -> tuple[Fitted, dict[str, object]]:
    """Fit all that chooses answers, and return it with the worth of its features.

    Args:
        sets: What to fit on.
        makers: For each set, what makes a pipeline of fitted numbers over it.
        models: Those of these pipelines.
        lists: Questions whose answers, where they stand apart, are all wanted.
        judged: Question, passage and label of questions of yes or no; may be empty.
        report: Called with the number of questions asked since the last call.
    """
    asked = {q.text for each in sets for q in each.fitting.questions}
    types = learn_types(
        (example.question, max((a.text for a in example.answers), key=len))
        for each in sets
        for example in each.examples
        if example.answers and example.question not in asked
    )
    fitted = replace(UNFITTED, shown=_ALL_SHOWN, types=types)
    weighed = _Weighed()
    rng = random.Random(0)
    for each, make in zip(sets, makers, strict=True):
        pipeline = make(fitted)
        for question in each.fitting.questions:
            _weigh(question, pipeline, each.name, weighed)
            if rng.random() < _IN_SEARCH_WORDS:
                shortened = replace(question, text=in_search_words(question.text, rng))
                _weigh(shortened, pipeline, each.name, weighed, ranks=False)
            report(1)
    ranking = fit_ranking(weighed.candidates, _RANKING_FEATURES)
    relevance = fit_probability(
        [features for features, _ in weighed.sentences],
        [bears for _, bears in weighed.sentences],
        SENTENCE_FEATURES,
    )
    evidence = choose_thresholds(*_best_sentences(weighed, relevance.probability))
    kept = kept_from(
        [relevance.probability(features) for features, _ in weighed.sentences],
        [bears for _, bears in weighed.sentences],
    )
    evidence = replace(evidence, unsure=min(kept, evidence.answer))
    item, item_thresholds = fit_items(
        [each for part in sets for each in part.examples],
        lists,
        models.reader,
        models.evidence,
    )
    judgement = _judgement_threshold(judged, models.evidence)
    fitted = replace(
        fitted,
        ranking=ranking,
        relevance=relevance,
        evidence=evidence,
        item=item,
        items=item_thresholds,
        judgement=judgement,
    )
    outcomes: list[Outcome] = []
    for each, make in zip(sets, makers, strict=True):
        results = evaluate_answers(
            each.fitting, make(fitted), k=DEFAULT_K, report=report
        )
        outcomes += _outcomes(results, each.name)
    confidence = fit_probability(
        [outcome.features for outcome in outcomes],
        [outcome.is_right for outcome in outcomes],
        CONFIDENCE_FEATURES,
    )
    shown = choose_thresholds(
        [confidence.probability(outcome.features) for outcome in outcomes], outcomes
    )
    fitted = replace(fitted, confidence=confidence, shown=shown)
    return fitted, _worth(weighed.candidates, fitted)


def _weigh(
    question: CollectionQuestion,
    pipeline: Pipeline,
    group: str,
    weighed: _Weighed,
    *,
    ranks: bool = True,
) -> None:
    result = ask(question, pipeline, DEFAULT_K)
    documents = pipeline.documents()
    golds = question.golds
    if ranks and golds:
        weighed.candidates.append(
            [
                (place.scores, f1(_text(place, documents), golds))
                for place in result.places
                if place.stage == "rank"
            ]
        )
    sentences: list[tuple[Features, bool]] = [
        (place.scores, _holds(place, question, documents))
        for place in result.places
        if place.stage == "relevance"
    ]
    weighed.sentences += sentences
    weighed.best_sentences.append((sentences, group))


def _text(place: ScoredPlace, documents: Mapping[str, Document]) -> str:
    return documents[place.doc_id].text[place.start : place.end]


def _holds(
    place: ScoredPlace, question: CollectionQuestion, documents: Mapping[str, Document]
) -> bool:
    text = _text(place, documents)
    is_there = place.doc_id in question.relevant
    return is_there and any(gold in text for gold in question.golds)


def _best_sentences(
    weighed: _Weighed, probability: Callable[[Features], float]
) -> tuple[list[float], list[Outcome]]:
    """Return the likeliest sentence of each question, and whether it bears on it."""
    probabilities, outcomes = [], []
    for sentences, group in weighed.best_sentences:
        if sentences:
            features, bears = max(sentences, key=lambda each: probability(each[0]))
            probabilities.append(probability(features))
            outcomes.append(Outcome(features, bears, group))
    return probabilities, outcomes


def _outcomes(results: Sequence[AnswerResult], group: str) -> list[Outcome]:
    found = []
    for result in results:
        for place in result.places:
            if place.stage == "choose":
                features = {n: place.scores[n] for n in CONFIDENCE_FEATURES}
                right = result.f1 >= RIGHT_F1
                found.append(Outcome(features, right, group))
    return found


def _judgement_threshold(
    judged: Sequence[tuple[str, str, str]], model: EvidenceModel
) -> float:
    """Return from which probability a yes or no is right often enough to be told."""
    told = []
    for question, passage, label in judged:
        (found,) = model.assess(question, [passage])
        no, _, yes = found.judgements
        told.append((max(no, yes), label == ("yes" if yes > no else "no")))
    for threshold in (each / 100 for each in range(50, 100)):
        above = [is_right for share, is_right in told if share >= threshold]
        if len(above) >= 20 and sum(above) >= _JUDGED_RIGHT * len(above):
            return threshold
    return 0.99


def _worth(
    candidates: Sequence[Sequence[tuple[Features, float]]], fitted: Fitted
) -> dict[str, object]:
    """Return what each feature of the ranking brings: F1 with it, less without it."""
    whole = mean_first(candidates, fitted.ranking.score)
    left_out = {}
    for name in _RANKING_FEATURES:
        others = [each for each in _RANKING_FEATURES if each != name]
        without = fit_ranking(candidates, others)
        left_out[name] = round(100 * (whole - mean_first(candidates, without.score)), 2)
    return {
        "f1_by_margin": round(100 * mean_first(candidates, UNFITTED.ranking.score), 2),
        "f1_by_ranking": round(100 * whole, 2),
        "f1_best_possible": round(
            100
            * sum(max((f for _, f in each), default=0.0) for each in candidates)
            / max(1, len(candidates)),
            2,
        ),
        "worth_of": left_out,
    }
