"""Answers with citations: choosing spans, citing them, checking the citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.documents import Document
from index.passages import ScoredPassage
from index.sentences import sentence_spans
from qa.confidence import Evidence, Verdict, is_closed_question, support
from qa.metrics import normalize_answer
from qa.reader import Reading


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A piece of a document: ``text == document.text[start:end]``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands, with the text round it.

    Attributes:
        start: Half-open offsets into the document's text, in code points.
        quote: ``document.text[start:end]``, verbatim.
        before: What precedes the quote in its sentence, verbatim.
        after: What follows the quote in its sentence, verbatim.
        sentence: The sentence, or sentences, that the quote stands in:
            ``before + quote + after``.
        page: Of a document with pages, the number of the one the quote starts on.
    """

    doc_id: str
    title: str
    url: str | None
    document_sha256: str
    start: int
    end: int
    quote: str
    before: str
    after: str
    sentence: TextSpan
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent on the parts of an answer."""

    retrieve: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a question.

    Attributes:
        kind: ``answer``; ``unsure``, shown as such; or ``no_answer``.
        text: The quote of the first citation; ``None`` exactly when there is none.
        confidence: Fitted probability that the answer is right, from 0 to 1; for
            ``no_answer``, that of the best span, which was too low to show.
        citations: Where the answer stands, best first; empty for ``no_answer``.
        nearest_passages: For ``no_answer``, the passages nearest to the question, as
            citations of whole passages; they do not answer it. Empty otherwise.
        index_version: The version of the index that was searched.
    """

    question: str
    kind: Verdict
    text: str | None
    confidence: float
    citations: tuple[Citation, ...]
    nearest_passages: tuple[Citation, ...]
    index_version: str
    timings_ms: Timings


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be the answer, at its place in a document.

    Attributes:
        margin: The span's score minus the no-answer score of its passage: what
            candidates of different passages are compared by.
        passage: The passage it was read in; ``rank`` is its place among those
            retrieved, from 0.
    """

    doc_id: str
    start: int
    end: int
    text: str
    margin: float
    passage: ScoredPassage
    rank: int


def rank_candidates(
    passages: Sequence[ScoredPassage], readings: Sequence[Reading]
) -> list[Candidate]:
    """Return the spans of all passages by margin, best first, each place once.

    Passages overlap, so one place may be read twice: the better reading counts.
    """
    best: dict[tuple[str, int, int], Candidate] = {}
    for rank, (scored, reading) in enumerate(zip(passages, readings, strict=True)):
        passage = scored.passage
        for span in reading.spans:
            candidate = Candidate(
                passage.doc_id,
                passage.start + span.start,
                passage.start + span.end,
                passage.text[span.start : span.end],
                span.score - reading.no_answer_score,
                scored,
                rank,
            )
            place = (candidate.doc_id, candidate.start, candidate.end)
            if place not in best or candidate.margin > best[place].margin:
                best[place] = candidate
    return sorted(best.values(), key=lambda candidate: -candidate.margin)


def weigh(
    question: str,
    candidates: Sequence[Candidate],
    documents: Mapping[str, Document],
) -> Evidence:
    """Return the evidence for the first of the ranked candidates.

    It does not depend on how many answers are wanted.

    Raises:
        ValueError: If there is no candidate.
    """
    if not candidates:
        raise ValueError("no candidate to weigh")
    first, *others = candidates
    said = normalize_answer(first.text)
    rival = max(
        (other.margin for other in others if not _says_same(first, other)),
        default=first.margin - _NO_RIVAL,
    )
    best_elsewhere: dict[int, Candidate] = {}
    for other in others:
        if other.passage.passage != first.passage.passage:
            best_elsewhere.setdefault(other.rank, other)
    agreeing = sum(
        1 for other in best_elsewhere.values() if normalize_answer(other.text) == said
    )
    sentence = sentence_around(documents[first.doc_id], first.start, first.end)
    return Evidence(
        margin=first.margin,
        gap=first.margin - rival,
        similarity=first.passage.score,
        rank=first.rank,
        agreement=agreeing / len(best_elsewhere) if best_elsewhere else 0.0,
        support=support(question, first.passage.passage.text),
        sentence_support=support(question, sentence.text),
        is_closed=is_closed_question(question),
    )


# Logits by which a lone span is taken to lead.
_NO_RIVAL = 8.0


def _says_same(one: Candidate, other: Candidate) -> bool:
    """Tell whether two spans overlap, or say the same words elsewhere."""
    if (one.doc_id == other.doc_id) and one.start < other.end and other.start < one.end:
        return True
    return normalize_answer(one.text) == normalize_answer(other.text)


def select_answers(candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """Return the first candidate and the other places that say the same.

    Only places that the reader would answer from by themselves are taken: those
    with a margin above zero. The first is taken whatever its margin.
    """
    if not candidates:
        return []
    first, *others = candidates
    said = normalize_answer(first.text)
    same = [
        other
        for other in others
        if other.margin > 0 and normalize_answer(other.text) == said
    ]
    return [first, *same][:count]


def cite(document: Document, start: int, end: int) -> Citation:
    """Return the citation of ``document.text[start:end]``, with its sentence.

    Raises:
        ValueError: If the offsets are not those of a piece of the text.
    """
    if not 0 <= start < end <= len(document.text):
        raise ValueError(f"no text at [{start}, {end}) in {document.doc_id!r}")
    sentence = sentence_around(document, start, end)
    return Citation(
        doc_id=document.doc_id,
        title=document.title,
        url=document.url,
        document_sha256=document.sha256,
        start=start,
        end=end,
        quote=document.text[start:end],
        before=document.text[sentence.start : start],
        after=document.text[end : sentence.end],
        sentence=sentence,
        page=document.page_at(start),
    )


# Text shown on either side of a quote at most: a "sentence" may be a whole book.
_MAX_AROUND = 600


def sentence_around(document: Document, start: int, end: int) -> TextSpan:
    """Return the sentence, or the sentences, in which a piece of the text stands."""
    text = document.text
    low, high = max(0, start - _MAX_AROUND), min(len(text), end + _MAX_AROUND)
    # Sentences end with their line, so nothing outside these lines matters.
    line_start = max(text.rfind("\n", low, start), text.rfind("\r", low, start)) + 1
    low = max(low, line_start)
    line_ends = [
        place
        for place in (text.find("\n", end, high), text.find("\r", end, high))
        if place >= 0
    ]
    high = min([high, *line_ends])
    spans = [
        (low + first, low + last)
        for first, last in sentence_spans(text[low:high])
        if low + first < end and start < low + last
    ]
    first = min([start, *(span[0] for span in spans)])
    last = max([end, *(span[1] for span in spans)])
    return TextSpan(first, last, text[first:last])


def verify(citation: Citation, document: Document) -> bool:
    """Tell whether a citation keeps the offset law: every text stands where it says."""
    sentence = citation.sentence
    text = document.text
    return (
        citation.doc_id == document.doc_id
        and citation.document_sha256 == document.sha256
        and 0 <= citation.start < citation.end <= len(text)
        and 0 <= sentence.start <= citation.start
        and citation.end <= sentence.end <= len(text)
        and text[citation.start : citation.end] == citation.quote
        and text[sentence.start : sentence.end] == sentence.text
        and text[sentence.start : citation.start] == citation.before
        and text[citation.end : sentence.end] == citation.after
    )
