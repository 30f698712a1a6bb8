"""Choosing what a reply says from what was read: the one place that decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answering.answer_types import asking_words
from qa.answering.candidates import (
    Candidate,
    Piece,
    Place,
    find_candidates,
    overlaps,
)
from qa.answering.confidence import Fitted
from qa.answering.features import candidate_features
from qa.answering.findings import Choice, Findings, Statement
from qa.answering.items import find_pieces, item_features, without_overlaps
from qa.answering.relevance import choose_sentences, find_relevant, judge
from qa.answering.versions import named_versions, newest_first
from qa.answers import Kind
from qa.context import RequestContext
from qa.reading.spans import Span
from qa.words.comparing import says_same

_MAX_ITEMS, _MAX_PLACES = 12, 5
# Scores by which a lone candidate is taken to lead.
_NO_RIVAL = 8.0
# Of the best answer's probability, what the answer of another article has at least
# when the two are offered side by side.
_AS_LIKELY = 0.75
# Of the question's words, what a question in an article shares that asks the same.
_ASKED = 0.5


@dataclass(frozen=True, slots=True)
class _Ranked:
    candidate: Candidate
    features: dict[str, float]
    score: float


class Selector:
    """Ranks candidates and sentences by what was fitted, and decides what to say."""

    def __init__(self, fitted: Fitted) -> None:
        """Take the numbers fitted for the reader in use."""
        self._fitted = fitted

    def choose(self, found: Findings, context: RequestContext) -> Choice:
        """Return what to say; what was weighed is noted in the context."""
        sentences = find_relevant(found, self._fitted, context)
        intent = found.asked.understood.intent
        # Who asks "who" wants more than yes or no, whatever the intent is taken for.
        asks_what = asking_words(found.question) != ("",)
        if intent == "yes_no" and not asks_what:
            return judge(sentences, found, self._fitted)
        ranked = self._rank(found, context)
        best = sentences[0].probability if sentences else 0.0
        choice = self._answer(ranked, found, best, context)
        if intent not in ("topic", "keywords", "reason"):
            return choice
        enough = ("answer", "list", "unsure") if asks_what else ("answer", "list")
        if choice.kind in enough:
            return choice
        instead = choose_sentences(sentences, self._fitted)
        if instead.statements:
            return instead
        return Choice("no_answer", choice.probability)

    def _rank(self, found: Findings, context: RequestContext) -> list[_Ranked]:
        """Return the candidates, the likeliest first."""
        given = found.asked.given()
        candidates = [
            each
            for each in find_candidates(found.passages, found.readings)
            if not any(_says(each, place, found) for place in given)
        ]
        weighed = candidate_features(
            found.question,
            candidates,
            found.assessments,
            found.documents,
            self._fitted.types,
            of_one=len(found.asked.known) == 1,
        )
        ranked = []
        for candidate, features in zip(candidates, weighed, strict=True):
            doc_id, start, end = _offsets(candidate)
            context.note("rank", doc_id, start, end, **features)
            if features["is_question"] and features["sentence_words"] >= _ASKED:
                # What asks the same, in the article: its answer is what follows.
                continue
            score = self._fitted.ranking.score(features)
            ranked.append(_Ranked(candidate, features, score))
        named = named_versions(candidates, found)
        return sorted(
            ranked, key=lambda each: (each.candidate.doc_id not in named, -each.score)
        )

    def _answer(
        self,
        ranked: Sequence[_Ranked],
        found: Findings,
        best_evidence: float,
        context: RequestContext,
    ) -> Choice:
        if not ranked:
            return Choice("no_answer", 0.0)
        first = ranked[0]
        features = _confidence_features(first, ranked, best_evidence)
        probability = self._fitted.confidence.probability(features)
        doc_id, start, end = _offsets(first.candidate)
        context.note("choose", doc_id, start, end, **features, confidence=probability)
        verdict = self._fitted.shown.verdict(probability)
        if verdict == "no_answer":
            return Choice("no_answer", probability)
        said = _statement(first, ranked, probability)
        others = self._elsewhere(ranked, best_evidence, probability)
        if others:
            told = tuple(newest_first([said, *others], found))
            return Choice("unsure", probability, told, differs=True)
        items = self._items(first.candidate, found)
        if len(items) > 1:
            kind: Kind = "list" if verdict == "answer" else "unsure"
            return Choice(kind, probability, tuple(items))
        return Choice(verdict, probability, (said,))

    def _elsewhere(
        self, ranked: Sequence[_Ranked], best_evidence: float, probability: float
    ) -> list[Statement]:
        """Return what other articles answer, where the question names none of them."""
        first = ranked[0]
        least = max(self._fitted.shown.unsure, _AS_LIKELY * probability)
        said = {first.candidate.doc_id: first.candidate.text}
        found: list[Statement] = []
        for each in ranked:
            candidate = each.candidate
            names_first = any(
                each.features[name] < first.features[name]
                for name in ("passage_names", "passage_words")
            )
            if (
                names_first
                or candidate.doc_id in said
                or any(says_same(candidate.text, text) for text in said.values())
            ):
                continue
            # Beside all its rivals, as the first one is: so the chances compare.
            features = _confidence_features(each, ranked, best_evidence)
            likely = self._fitted.confidence.probability(features)
            if likely >= least:
                said[candidate.doc_id] = candidate.text
                found.append(_statement(each, ranked, likely))
        return found

    def _items(self, first: Candidate, found: Findings) -> list[Statement]:
        """Return the items that the first candidate's article has, if it is one."""
        is_list = found.asked.understood.intent == "list"
        threshold = self._fitted.items[0 if is_list else 1]
        likely: list[Span] = []
        for rank, assessment in found.assessments.items():
            passage, reading = found.passages[rank].passage, found.readings[rank]
            if passage.doc_id != first.doc_id:
                continue
            for piece in find_pieces(passage.text, reading, assessment.answers):
                features = item_features(passage.text, piece, reading, first.margin)
                start, end = passage.start + piece.start, passage.start + piece.end
                probability = self._fitted.item.probability(features)
                likely.append(Span(start, end, probability))
        items = [
            Statement((Piece(first.doc_id, each.start, each.end),), each.score)
            for each in without_overlaps(likely, threshold)
        ]
        if not any(overlaps(first, each.places[0]) for each in items):
            return []
        items.sort(key=lambda each: each.places[0].start)
        return _merged(items, found.documents[first.doc_id].text)[:_MAX_ITEMS]


def _confidence_features(
    first: _Ranked, ranked: Sequence[_Ranked], best_evidence: float
) -> dict[str, float]:
    rival = max(
        (
            each.score
            for each in ranked
            if not overlaps(each.candidate, first.candidate)
            and not says_same(each.candidate.text, first.candidate.text)
        ),
        default=first.score - _NO_RIVAL,
    )
    lead = max(-_NO_RIVAL, min(_NO_RIVAL, first.score - rival))
    return {**first.features, "lead": lead, "best_evidence": best_evidence}


def _statement(
    first: _Ranked, ranked: Sequence[_Ranked], probability: float
) -> Statement:
    """Return an answer with the other places that say the same.

    Of these only such as the reader would answer from by themselves: with a margin
    above zero.
    """
    places = [first.candidate]
    for each in ranked:
        candidate = each.candidate
        if (
            candidate.margin > 0
            and says_same(candidate.text, first.candidate.text)
            and not any(overlaps(candidate, place) for place in places)
        ):
            places.append(candidate)
    pieces = tuple(Piece(*_offsets(place)) for place in places[:_MAX_PLACES])
    return Statement(pieces, probability)


def _merged(items: Sequence[Statement], text: str) -> list[Statement]:
    """Return the items that say different things, each with all its places."""
    found: list[Statement] = []
    for item in items:
        said = text[item.places[0].start : item.places[0].end]
        for number, known in enumerate(found):
            if says_same(said, text[known.places[0].start : known.places[0].end]):
                found[number] = replace(known, places=(*known.places, *item.places))
                break
        else:
            found.append(item)
    return found


def _says(candidate: Candidate, place: Place, found: Findings) -> bool:
    """Tell whether a candidate is, or says the same as, a piece cited before."""
    document = found.documents.get(place.doc_id)
    said = document.text[place.start : place.end] if document else ""
    return overlaps(candidate, place) or says_same(candidate.text, said)


def _offsets(place: Place) -> tuple[str, int, int]:
    return place.doc_id, place.start, place.end
