"""What speaks for a candidate or a sentence: few, cheap numbers, each with a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log1p

from index.documents import Document
from index.passages import ScoredPassage
from qa.answering.answer_types import AnswerTypes
from qa.answering.candidates import Candidate
from qa.answering.citations import sentence_around
from qa.answering.evidence import Assessment
from qa.answering.items import tagged_as
from qa.normalize import normalize_answer
from qa.reading.spans import Span
from qa.words.comparing import content_words, is_negated, names, share, words

# The same for all candidates of a question.
QUESTION_FEATURES = (
    "few_words",  # log ratio of enough content words to its own; 0 for one article
    "one_article",  # 1 where one article is asked, in which any question has its sense
)
CANDIDATE_FEATURES = (
    "margin",  # span score less no-answer score, in logits
    "behind",  # logits behind the best margin
    "rank",  # of the passage, log(1 + rank)
    "similarity",  # cosine of passage and question
    "sentence_words",  # share of the question's content words in the span's sentence
    "passage_words",  # the same in its passage and title
    "sentence_names",  # share of the question's names and numbers in the sentence
    "passage_names",  # the same in passage and title
    "evidence",  # probability that the sentence bears on the question
    "tagged",  # probability of the answer tagger, as far as its span is the same
    "affirms",  # 1 where the question denies and the sentence does not
    "denies",  # 1 where the sentence denies and the question does not
    "type_fit",  # log ratio of the answer's shape for such questions
    "agreement",  # share of the other passages whose best span says the same
    "repetition",  # share of the answer's words that the question has
    "is_question",  # 1 where the sentence is itself a question
    "length",  # log(1 + words)
    *QUESTION_FEATURES,
)
SENTENCE_FEATURES = (
    "evidence",  # logit of the evidence model
    "words",  # share of the question's content words in the sentence
    "names",  # share of its names and numbers
    "passage_words",  # share of its content words in passage and title
    "similarity",  # cosine of passage and question
    "rank",  # of the passage, log(1 + rank)
)


@dataclass(frozen=True, slots=True)
class AskedWords:
    """What the words of a question say, found once."""

    content: frozenset[str]
    names: frozenset[str]
    is_negated: bool

    @classmethod
    def of(cls, question: str) -> AskedWords:
        """Return the words of a question; its first word's capital names nothing."""
        start = question[:1].lower() + question[1:]
        return cls(content_words(question), names(start), is_negated(question))


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: frozenset[str]
    evidence: float  # logit; very low where its passage was not assessed


_NOT_ASSESSED = -6.0
_ENOUGH_WORDS = 9.0


def candidate_features(
    question: str,
    candidates: Sequence[Candidate],
    assessments: Mapping[int, Assessment],
    documents: Mapping[str, Document],
    types: AnswerTypes,
    *,
    of_one: bool,
) -> list[dict[str, float]]:
    """Return the features of candidates, in their order.

    Args:
        question: As it was read.
        candidates: Of all passages, by margin.
        assessments: Of passages, by their rank; some may lack.
        documents: At least those of the candidates.
        types: Learned shapes of answers.
        of_one: Whether one article is asked, in which any question has its sense.
    """
    asked = AskedWords.of(question)
    few = 0.0 if of_one else max(0.0, log(_ENOUGH_WORDS) - log1p(len(asked.content)))
    best_margin = max((each.margin for each in candidates), default=0.0)
    best_saying: dict[int, str] = {}
    for each in candidates:
        best_saying.setdefault(each.rank, normalize_answer(each.text))
    nearby = {}
    for each in candidates:
        of = documents[each.doc_id]
        passage = each.passage.passage
        beside = f"{of.title}\n{of.year}\n{passage.context}\n{passage.text}"
        nearby[each.rank] = content_words(beside)
    found = []
    for each in candidates:
        sentence = _sentence(each, assessments.get(each.rank), documents)
        denies = is_negated(sentence.text)
        said = normalize_answer(each.text)
        others = [text for rank, text in best_saying.items() if rank != each.rank]
        answer = content_words(each.text)
        numbers = {
            "margin": max(-12.0, min(12.0, each.margin)),
            "behind": min(12.0, best_margin - each.margin),
            "rank": log1p(each.rank),
            "similarity": each.passage.score,
            "sentence_words": share(asked.content, sentence.words),
            "passage_words": share(asked.content, nearby[each.rank]),
            "sentence_names": share(asked.names, sentence.words),
            "passage_names": share(asked.names, nearby[each.rank]),
            "evidence": 1 / (1 + exp(-sentence.evidence)),
            "tagged": _tagged(each, assessments.get(each.rank)),
            "affirms": float(asked.is_negated and not denies),
            "denies": float(denies and not asked.is_negated),
            "type_fit": types.fit(question, each.text),
            "agreement": others.count(said) / len(others) if others else 0.0,
            "repetition": share(answer, asked.content),
            "is_question": float(sentence.text.rstrip().endswith("?")),
            "length": log1p(len(words(each.text))),
            "few_words": few,
            "one_article": float(of_one),
        }
        found.append(numbers)
    return found


def sentence_features(
    asked: AskedWords,
    sentence: Span,
    scored: ScoredPassage,
    rank: int,
    nearby: frozenset[str],
) -> dict[str, float]:
    """Return the features of a passage's sentence.

    Args:
        asked: The question's words.
        sentence: In the passage, with the evidence model's logit.
        scored: The passage.
        rank: Its place among those retrieved, from 0.
        nearby: Content words of passage and title.
    """
    text = scored.passage.text[sentence.start : sentence.end]
    present = content_words(text)
    return {
        "evidence": max(-8.0, min(8.0, sentence.score)),
        "words": share(asked.content, present),
        "names": share(asked.names, present),
        "passage_words": share(asked.content, nearby),
        "similarity": scored.score,
        "rank": log1p(rank),
    }


def _sentence(
    candidate: Candidate,
    assessment: Assessment | None,
    documents: Mapping[str, Document],
) -> _Sentence:
    """Return the sentence that a candidate begins in."""
    document = documents[candidate.doc_id]
    text = sentence_around(document, candidate.start, candidate.start + 1).text
    start = candidate.start - candidate.passage.passage.start
    evidence = _NOT_ASSESSED
    for each in assessment.sentences if assessment else ():
        if each.start <= start < each.end:
            evidence = max(-8.0, min(8.0, each.score))
    # The names of the columns are a part of what a row of a table says.
    said = f"{candidate.passage.passage.context}\n{text}"
    return _Sentence(text, content_words(said), evidence)


def _tagged(candidate: Candidate, assessment: Assessment | None) -> float:
    """Return the best tagged piece's probability times what the two share."""
    start = candidate.start - candidate.passage.passage.start
    end = candidate.end - candidate.passage.passage.start
    span = Span(start, end, 0.0)
    return tagged_as(span, assessment.answers if assessment else ())
