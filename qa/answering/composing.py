"""From what is to be said to an answer: cited, verified, and built once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from index.passages import ScoredPassage
from qa.answering.candidates import Piece
from qa.answering.citations import Citation, cite, verify
from qa.answering.findings import Asked, Choice, Statement
from qa.answering.overview import central_sentences, choose_document
from qa.answers import Answer, Kind, Part, Timings
from qa.context import RequestContext
from qa.conversation.replies import REPLIES
from qa.retrieval.corpus import Corpus

logger = logging.getLogger(__name__)

_NEAREST_PASSAGES = 3
_CHOICES = 3
_SUGGESTED = 3


class Composer:
    """Makes the one answer to a question, of whichever kind."""

    def __init__(self, corpus: Corpus, asked: Asked, context: RequestContext) -> None:
        """Compose for one question, from one version of the index."""
        self._corpus = corpus
        self._asked = asked
        self._context = context
        self._dropped = 0

    def talk(self) -> Answer:
        """Return the plain reply to what is no question to the articles."""
        text = REPLIES[self._asked.understood.intent]
        return self._build(Choice("small_talk", None), text=text)

    def overview(self, passages: Sequence[ScoredPassage]) -> Answer:
        """Return the sentences that carry an article, or ask back which is meant."""
        documents, known = self._corpus.documents, self._asked.known
        doc_id = choose_document(self._asked, passages, documents)
        if doc_id is None:
            text = f"There are {len(known)} articles. Which one do you mean?"
            titles = [documents[each].title for each in [*known][:_CHOICES]]
            return self._build(
                Choice("clarification", None),
                text=text,
                suggested=tuple(map(_about, titles)),
            )
        spans = central_sentences(documents[doc_id], self._corpus.embedder)
        statements = tuple(
            Statement((Piece(doc_id, start, end),), None) for start, end in spans
        )
        kind: Kind = "overview" if statements else "no_answer"
        return self._build(Choice(kind, None, statements), passages)

    def answer(self, choice: Choice, passages: Sequence[ScoredPassage]) -> Answer:
        """Return the answer that says what was chosen."""
        return self._build(choice, passages)

    def _build(
        self,
        choice: Choice,
        passages: Sequence[ScoredPassage] = (),
        text: str | None = None,
        suggested: tuple[str, ...] = (),
    ) -> Answer:
        groups = [self._cite(statement.places) for statement in choice.statements]
        parts: list[Part] = []
        citations: list[Citation] = []
        for statement, cited in zip(choice.statements, groups, strict=True):
            if cited:
                places = tuple(range(len(citations), len(citations) + len(cited)))
                parts.append(Part(cited[0].quote, places, statement.probability))
                citations += cited
        kind = choice.kind
        if not parts and text is None:
            kind = "no_answer"
        nearest: tuple[Citation, ...] = ()
        if kind == "no_answer":
            pieces = [
                Piece(each.passage.doc_id, each.passage.start, each.passage.end)
                for each in passages[:_NEAREST_PASSAGES]
            ]
            nearest = self._cite(pieces)
        if not suggested and kind in ("no_answer", "small_talk"):
            suggested = self._suggest(nearest)
        joiner = " " if kind == "overview" else "; "
        understood = self._asked.understood
        spent = self._context.timings_ms
        return Answer(
            question=understood.question,
            interpreted_question=understood.interpreted,
            kind=kind,
            text=joiner.join(part.text for part in parts) or text,
            confidence=choice.probability,
            citations=tuple(citations),
            parts=tuple(parts),
            nearest_passages=nearest,
            suggested_questions=suggested,
            index_version=self._corpus.version,
            timings_ms=Timings(
                retrieve=spent.get("retrieve", 0.0),
                read=spent.get("read", 0.0),
                total=sum(spent.values()),
            ),
            kept_terms=understood.kept_terms,
            judgement=choice.judgement,
            alternatives=tuple(parts) if choice.differs else (),
            documents_searched=len(self._asked.known),
            dropped_citations=self._dropped,
        )

    def _cite(self, pieces: Sequence[Piece]) -> tuple[Citation, ...]:
        """Return the citations that keep the offset law; any others are logged."""
        documents = self._corpus.documents
        cited = [cite(documents[each.doc_id], each.start, each.end) for each in pieces]
        kept = tuple(each for each in cited if verify(each, documents[each.doc_id]))
        dropped = len(cited) - len(kept)
        if dropped:
            self._dropped += dropped
            logger.error(
                "dropped %d of %d citations: their text is not at their offsets",
                dropped,
                len(cited),
            )
        return kept

    def _suggest(self, nearest: Sequence[Citation]) -> tuple[str, ...]:
        """Return questions to go on with, where a reply leaves the user at a loss."""
        asked, documents = self._asked, self._corpus.documents
        near = [citation.doc_id for citation in nearest[:1]]
        suggestions = [s for s in self._corpus.suggest() if s.doc_id in asked.known]
        suggestions.sort(key=lambda each: each.doc_id not in near)
        said = {turn.question for turn in asked.history} | {asked.understood.question}
        fresh = [each.question for each in suggestions if each.question not in said]
        if not fresh:
            # Not all documents have suggestions, but all have an overview.
            ids = dict.fromkeys([*near, *[*asked.known][:_SUGGESTED]])
            about = (_about(documents[each].title) for each in ids if each in documents)
            fresh = [question for question in about if question not in said]
        return tuple(fresh[:_SUGGESTED])


def _about(title: str) -> str:
    return f"What is “{title}” about?"
