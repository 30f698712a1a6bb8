"""Which of the spans read can answer a question, and which are the likelier."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from index.documents import Document
from index.passages import ScoredPassage
from qa.answers import Candidate
from qa.citations import sentence_around
from qa.completion import complete_span
from qa.confidence import content_words, is_closed_question, support
from qa.mentions import names
from qa.persons import has_name, names_another, who_is_named, whose_other
from qa.places import asks_where, names_organisation
from qa.synonyms import says_all

# What all of the question's words in a candidate's sentence are worth, in logits, and
# what the rank of its passage costs; on NewsQA and SQuAD 0.7 to 2 differ little.
_SHARED_WORDS, _LOWER_RANK = 1.0, 1.0
# Words of yes-or-no questions that an article which answers them need not have.
_PRONOUN = re.compile(r"(?:he|she|it|they|we|both)\b", re.IGNORECASE)
_FILLERS = content_words("yet already ever really actually also still even likely")


def suitable(
    question: str,
    meant: str,
    candidates: Sequence[Candidate],
    passages: Sequence[ScoredPassage],
    documents: Mapping[str, Document],
) -> list[Candidate]:
    """Return the candidates that can answer a question, the likelier first.

    Args:
        question: As it was read.
        meant: The question that stands alone.
        candidates: By their margin.
        passages: What they were read in.
        documents: At least those of the passages.
    """
    kept = _of_what_is_named(question, candidates, passages, documents)
    kept = _likelier_first(meant, kept, documents)
    kept = _of_whom_is_asked(question, kept, documents)
    kept = _of_where_is_asked(meant, kept)
    return _of_what_is_said(meant, kept, documents)


def _likelier_first(
    question: str,
    candidates: Sequence[Candidate],
    documents: Mapping[str, Document],
) -> list[Candidate]:
    """Return the candidates by their margin, with what else speaks for them.

    A reader is easily sure of a span in a passage about something else; the passage's
    rank, and the words that its sentence shares with the question, tell.
    """

    def worth(each: Candidate) -> float:
        shared = _SHARED_WORDS * support(question, _sentence(each, documents))
        return each.margin + shared - _LOWER_RANK * math.log1p(each.rank)

    return sorted(candidates, key=lambda each: -worth(each))


def _of_what_is_named(
    question: str,
    candidates: Sequence[Candidate],
    passages: Sequence[ScoredPassage],
    documents: Mapping[str, Document],
) -> list[Candidate]:
    """Return the candidates of documents that have all names of the question.

    "Who is the head of Grantham?" is not answered by the head of another company. A
    name that none of the documents has may be misspelt, and does not count.
    """
    texts = {
        each.passage.doc_id: documents[each.passage.doc_id].text.lower()
        for each in passages
    }
    wanted = set(texts)
    for _, name in names(question):
        having = {doc_id for doc_id in wanted if name.lower() in texts[doc_id]}
        wanted = having or wanted
    return [candidate for candidate in candidates if candidate.doc_id in wanted]


def _of_whom_is_asked(
    question: str,
    candidates: Sequence[Candidate],
    documents: Mapping[str, Document],
) -> list[Candidate]:
    """Return the candidates that can tell who someone is, the likelier first.

    What has X is dropped where "X’s counterpart" is asked for. Where "who is X?" is,
    another person's name comes after all else.
    """
    known = whose_other(question)
    name = who_is_named(question)
    if known is None and name is None:
        return [*candidates]

    def shown(each: Candidate) -> str:
        # A part of a name is shown as the whole of it.
        text = documents[each.doc_id].text
        start, end = complete_span(text, each.start, each.end, question)
        return text[start:end]

    if known is not None:
        return [each for each in candidates if not has_name(shown(each), known)]
    return sorted(candidates, key=lambda c: names_another(shown(c), name or ""))


def _of_where_is_asked(
    question: str, candidates: Sequence[Candidate]
) -> list[Candidate]:
    """Return the candidates that can be a place: a town, and not a ministry."""
    if not asks_where(question):
        return [*candidates]
    return [each for each in candidates if not names_organisation(each.text)]


def _of_what_is_said(
    question: str, candidates: Sequence[Candidate], documents: Mapping[str, Document]
) -> list[Candidate]:
    """Return the candidates whose sentences say all that a yes-or-no question asks.

    "Did they sign the treaty?" is not answered by their having discussed it. Who does
    it may be called by the last name, or "he".
    """
    if not is_closed_question(question):
        return [*candidates]
    wanted = content_words(question) - _FILLERS
    first = names(question)[:1]
    is_subject = first and len(question[: first[0][0]].split()) == 1
    subject = first[0][1] if is_subject else ""

    def says_it(sentence: str) -> bool:
        is_meant = _PRONOUN.match(sentence) or (subject and has_name(sentence, subject))
        excused = content_words(subject) if is_meant else frozenset()
        return says_all(sentence, wanted - excused)

    return [each for each in candidates if says_it(_sentence(each, documents))]


def _sentence(candidate: Candidate, documents: Mapping[str, Document]) -> str:
    """Return the sentence that a candidate begins in: where more is cut, when shown."""
    document = documents[candidate.doc_id]
    return sentence_around(document, candidate.start, candidate.start + 1).text
