"""From a question to an answer with citations: the path, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from index.documents import Document
from index.passages import ScoredPassage
from qa.answerer import DEFAULT_K, Stage, check_documents, check_question
from qa.answering.choosing import Selector
from qa.answering.citations import Citation, cite
from qa.answering.composing import Composer
from qa.answering.evidence import Assessment, EvidenceModel, assess_views
from qa.answering.findings import Asked, Findings
from qa.answering.several import join_answers, separate_questions
from qa.answers import Answer
from qa.context import RequestContext
from qa.conversation.conversation import Turn
from qa.conversation.intent import UNANSWERED
from qa.conversation.prior import TALK_PRIOR, in_talk
from qa.conversation.spelling import Vocabulary
from qa.conversation.understanding import Understanding
from qa.reading.reader import Reader, Reading
from qa.reading.views import View, read_views, view_passage
from qa.retrieval.corpus import Corpus, CorpusSource
from qa.suggestions.suggestions import Suggestion

# Passages that the evidence model reads: those that the reader finds most in, and for
# what no span answers the nearest.
_ASSESSED = 4
# How surely a question leans on the talk where the articles in talk are preferred.
_LEANS = 0.5


class Understander(Protocol):
    """Makes of a question in its talk what is looked up."""

    def understand(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        titles: Sequence[str] = (),
        without_terms: Collection[str] = (),
        vocabulary: Vocabulary | None = None,
    ) -> Understanding:
        """Return what is made of it."""
        ...


class Pipeline:
    """Understands a question, looks it up, and cites what answers it."""

    def __init__(
        self,
        corpus: CorpusSource,
        understander: Understander,
        reader: Reader,
        evidence: EvidenceModel,
        selector: Selector,
    ) -> None:
        """Wire the parts."""
        self._corpus = corpus
        self._understander = understander
        self._reader = reader
        self._evidence = evidence
        self._selector = selector

    def answer(
        self,
        question: str,
        *,
        k: int = DEFAULT_K,
        history: Sequence[Turn] = (),
        doc_ids: Collection[str] | None = None,
        interpret: bool = True,
        without_terms: Collection[str] = (),
        report: Callable[[Stage], None] = lambda stage: None,
        context: RequestContext | None = None,
    ) -> Answer:
        """Return the answer found in the ``k`` nearest passages; see ``Answerer``.

        Raises:
            QuestionError: If the question is blank or too long, ``k`` is not from 1
                to ``MAX_K``, or the history is too long.
            UnknownDocumentError: If ``doc_ids`` has one that is not in the index.
            CancelledError: If whoever asked has gone.
            DeadlineExceededError: If the request's time is over.
        """
        context = context or RequestContext()
        question = check_question(question, k, history)
        # Taken once: the whole answer comes from one version of the index.
        corpus = self._corpus.get()
        known = corpus.documents if doc_ids is None else doc_ids
        check_documents(known if doc_ids else (), corpus.documents)
        talked_of = in_talk(history, known)
        answers = []
        for each in separate_questions(question) if interpret else [question]:
            understood = Understanding.as_asked(each)
            if interpret:
                with context.stage("understand"):
                    understood = self._understander.understand(
                        each,
                        history,
                        titles=[corpus.documents[d].title for d in talked_of],
                        without_terms=without_terms,
                        vocabulary=corpus.vocabulary,
                    )
            asked = Asked(understood, tuple(history), known, talked_of)
            answers.append(self._look_up(asked, corpus, k, report, context))
        return answers[0] if len(answers) == 1 else join_answers(question, answers)

    def _look_up(
        self,
        asked: Asked,
        corpus: Corpus,
        k: int,
        report: Callable[[Stage], None],
        context: RequestContext,
    ) -> Answer:
        """Return the answer to one question: retrieve, read, choose, cite."""
        understood = asked.understood
        composer = Composer(corpus, asked, context)
        if understood.intent in UNANSWERED:
            return composer.talk()
        report("searching")
        with context.stage("retrieve"):
            leans = understood.kept_terms or understood.leans > _LEANS
            passages = corpus.retriever.retrieve(
                understood.resolved,
                k,
                None if asked.known is corpus.documents else asked.known,
                dict.fromkeys(asked.talked_of, TALK_PRIOR) if leans else {},
            )
            _note_retrieved(passages, context)
        report("reading")
        if understood.intent == "overview":
            with context.stage("read"):
                return composer.overview(passages)
        with context.stage("read"):
            views = [
                view_passage(corpus.documents[each.passage.doc_id], each.passage)
                for each in passages
            ]
            readings = read_views(
                self._reader, understood.resolved, views, context.check
            )
            _note_read(passages, readings, context)
            context.check()
            assessments = self._assess(understood, views, readings)
        with context.stage("choose"):
            found = Findings(asked, passages, readings, assessments, corpus.documents)
            choice = self._selector.choose(found, context)
        with context.stage("cite"):
            return composer.answer(choice, passages)

    def _assess(
        self,
        understood: Understanding,
        views: Sequence[View],
        readings: Sequence[Reading],
    ) -> dict[int, Assessment]:
        """Return the assessments of the most promising passages, by their rank."""
        ranks = list(range(len(views)))
        if understood.intent not in ("topic", "keywords"):
            ranks.sort(key=lambda rank: -readings[rank].margin)
        chosen = sorted(ranks[:_ASSESSED])
        assessed = assess_views(
            self._evidence, understood.resolved, [views[rank] for rank in chosen]
        )
        return dict(zip(chosen, assessed, strict=True))

    def documents(self) -> Mapping[str, Document]:
        """Return the indexed documents by their ids."""
        return self._corpus.get().documents

    def search(
        self, query: str, k: int = DEFAULT_K, doc_ids: Collection[str] | None = None
    ) -> list[Citation]:
        """Return the ``k`` passages nearest to a query, best first; none is read.

        Raises:
            QuestionError: If the query is blank or too long, or ``k`` out of range.
            UnknownDocumentError: If ``doc_ids`` has one that is not in the index.
        """
        query = check_question(query, k)
        corpus = self._corpus.get()
        check_documents(doc_ids or (), corpus.documents)
        found = corpus.retriever.retrieve(query, k, doc_ids)
        places = (scored.passage for scored in found)
        return [
            cite(corpus.documents[each.doc_id], each.start, each.end) for each in places
        ]

    def find_documents(self, words: str) -> list[str]:
        """Return the ids of documents whose text has one of some words, best first."""
        return self._corpus.get().retriever.find_documents(words)

    def index_version(self) -> str:
        """Return the version of the index that is answered from now."""
        return self._corpus.get().version

    def unavailable(self) -> str | None:
        """Return why the index cannot be reached just now, or ``None`` if it can."""
        return self._corpus.unavailable()

    def suggestions(self, doc_id: str | None = None) -> list[Suggestion]:
        """Return questions that a document, or any of them, answers; maybe none.

        Raises:
            UnknownDocumentError: If the document is not in the index.
        """
        corpus = self._corpus.get()
        if doc_id is not None:
            check_documents([doc_id], corpus.documents)
        return [
            each
            for each in corpus.suggest()
            if doc_id in (None, each.doc_id) and each.doc_id in corpus.documents
        ]


def _note_retrieved(passages: Sequence[ScoredPassage], context: RequestContext) -> None:
    for scored in passages:
        passage = scored.passage
        place = passage.doc_id, passage.start, passage.end
        context.note("retrieve", *place, similarity=scored.score)


def _note_read(
    passages: Sequence[ScoredPassage],
    readings: Sequence[Reading],
    context: RequestContext,
) -> None:
    for scored, reading in zip(passages, readings, strict=True):
        for span in reading.spans[:1]:
            context.note(
                "read",
                scored.passage.doc_id,
                scored.passage.start + span.start,
                scored.passage.start + span.end,
                span_score=span.score,
                no_answer_score=reading.no_answer_score,
                margin=reading.margin,
            )
