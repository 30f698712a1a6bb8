"""Looking one question up: the passages found and what the reader makes of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from index.documents import Document
from index.passages import ScoredPassage
from qa.answers import Candidate, rank_candidates, weigh
from qa.candidates import suitable
from qa.citations import sentence_around
from qa.confidence import Confidence, Verdict, content_words, support
from qa.conversation import CitedPlace, Turn
from qa.lists import (
    Item,
    asks_for_list,
    introduced_as,
    same_answer,
    says_same,
    select_items,
)
from qa.reader import Reader
from qa.retriever import Retriever
from qa.synonyms import says_all

_ASKS_FOR_MORE = re.compile(
    r"\b(?:else|other|others|another|besides|apart from|more)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A question as it was looked up, and what came of it.

    Attributes:
        candidates: Best first; empty when nothing was found.
        items: What they say, best first: one thing, or several if a list is asked
            for; empty when nothing was found.
        verdict: On the first item.
    """

    question: str
    passages: tuple[ScoredPassage, ...]
    candidates: tuple[Candidate, ...]
    items: tuple[Item, ...]
    verdict: Verdict

    @property
    def probability(self) -> float:
        """Return that of the first item to be right; 0 without one."""
        return self.items[0].probability if self.items else 0.0

    def sentence(self, documents: Mapping[str, Document]) -> str:
        """Return the sentence of the best candidate; empty without one."""
        if not self.candidates:
            return ""
        best = self.candidates[0]
        return sentence_around(documents[best.doc_id], best.start, best.end).text


def retrieve_in_talk(
    retriever: Retriever,
    question: str,
    k: int,
    doc_ids: Collection[str] | None,
    in_talk: Collection[str],
) -> list[ScoredPassage]:
    """Return ``k`` passages, most of them of the documents that are talked of."""
    found = retriever.retrieve(question, k, doc_ids)
    if not in_talk:
        return found
    near = retriever.retrieve(question, max(1, 3 * k // 4), in_talk)
    known = {scored.passage for scored in near}
    return [*near, *(scored for scored in found if scored.passage not in known)][:k]


def read_passages(
    question: str,
    passages: Sequence[ScoredPassage],
    documents: Mapping[str, Document],
    reader: Reader,
    confidence: Confidence,
    known: Collection[CitedPlace] = (),
    meant: str | None = None,
) -> Attempt:
    """Read the passages for a question and weigh the best span.

    Args:
        question: As the reader gets it.
        passages: Best first.
        documents: At least those of the passages.
        reader: Finds the spans.
        confidence: Weighs the best.
        known: Answers given before, which are not wanted again.
        meant: What the evidence is to speak of, when the question leaves some of that
            to the conversation; ``None`` for the question.
    """
    readings = reader.read(question, [scored.passage.text for scored in passages])
    candidates = [
        candidate
        for candidate in rank_candidates(passages, readings)
        if not _is_known(candidate, known, documents)
    ]
    candidates = suitable(question, meant or question, candidates, passages, documents)
    if not candidates:
        return Attempt(question, tuple(passages), (), (), "no_answer")
    items = _items(meant or question, candidates, documents, confidence)
    verdict = confidence.verdict(items[0].probability)
    return Attempt(question, tuple(passages), tuple(candidates), items, verdict)


def documents_in_talk(
    history: Sequence[Turn], documents: Mapping[str, Document]
) -> tuple[str, ...]:
    """Return the documents that the last answer with citations cited, in its order."""
    for turn in reversed(history):
        cited = dict.fromkeys(place.doc_id for place in turn.citations)
        known = tuple(doc_id for doc_id in cited if doc_id in documents)
        if known:
            return known
    return ()


def already_given(question: str, history: Sequence[Turn]) -> tuple[CitedPlace, ...]:
    """Return the places that a question like "who else?" does not want again."""
    if not history or not _ASKS_FOR_MORE.search(question):
        return ()
    return history[-1].citations


def same_place(one: Attempt, other: Attempt) -> bool:
    """Tell whether the best spans of two attempts overlap."""
    if not one.candidates or not other.candidates:
        return False
    first, second = one.candidates[0], other.candidates[0]
    return (
        first.doc_id == second.doc_id
        and first.start < second.end
        and second.start < first.end
    )


def _items(
    question: str,
    candidates: Sequence[Candidate],
    documents: Mapping[str, Document],
    confidence: Confidence,
) -> tuple[Item, ...]:
    def probability(ranked: Sequence[Candidate]) -> float:
        return confidence.probability(weigh(question, ranked, documents))

    def speaks_of_it(each: Candidate) -> float:
        document = documents[each.doc_id]
        return support(question, sentence_around(document, each.start, each.end).text)

    def is_called_so(each: Candidate) -> bool:
        sentence = sentence_around(documents[each.doc_id], each.start, each.end)
        noun = introduced_as(sentence.text[: each.start - sentence.start])
        return noun is not None and says_all(question, content_words(noun))

    if not asks_for_list(question):
        return (Item(same_answer(candidates), probability(candidates)),)
    return tuple(
        select_items(
            candidates, probability, speaks_of_it, confidence.bar, is_called_so
        )
    )


def _is_known(
    candidate: Candidate,
    known: Collection[CitedPlace],
    documents: Mapping[str, Document],
) -> bool:
    for place in known:
        document = documents.get(place.doc_id)
        if document is None:
            continue
        said = document.text[place.start : place.end]
        overlap = (
            candidate.doc_id == place.doc_id
            and candidate.start < place.end
            and place.start < candidate.end
        )
        if overlap or says_same(candidate.text, said):
            return True
    return False
