"""What the web and the scripts need to know of a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, Protocol

from index.documents import Document
from qa.answering.citations import Citation
from qa.answers import Answer
from qa.context import RequestContext
from qa.conversation.conversation import Turn
from qa.suggestions.suggestions import Suggestion

DEFAULT_K = 8
MAX_K = 50
MAX_QUESTION_CHARACTERS = 500
MAX_TURNS = 10

# What an answer that is being made is at, in this order.
Stage = Literal["searching", "reading"]


class QuestionError(ValueError):
    """A question that cannot be asked; the message says why and what can."""


class UnknownDocumentError(LookupError):
    """A document that the index does not hold; the message names it."""


class Answerer(Protocol):
    """What the web and the scripts need to know of a pipeline."""

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
        """Return the answer found in the ``k`` nearest passages.

        Args:
            question: As asked; white space round it does not count.
            k: Number of passages read.
            history: What was said before, oldest first; at most ``MAX_TURNS``.
            doc_ids: Documents to answer from; ``None`` for all.
            interpret: Whether to take the question as a part of the conversation, as
                small talk or as a wish for an overview. If not, it is looked up word
                for word.
            without_terms: Phrases of the conversation that are not to be kept.
            report: Called when a stage begins; a reply that needs no search has none.
            context: The request's limits, and what is noted; ``None`` for no limits.

        Raises:
            QuestionError: If the question is blank or too long, ``k`` is not from 1
                to ``MAX_K``, or the history is too long.
            UnknownDocumentError: If ``doc_ids`` has one that is not in the index.
            CancelledError: If whoever asked has gone.
            DeadlineExceededError: If the request's time is over.
        """
        ...

    def suggestions(self, doc_id: str | None = None) -> list[Suggestion]:
        """Return questions that a document, or any of them, answers; maybe none.

        Raises:
            UnknownDocumentError: If the document is not in the index.
        """
        ...

    def documents(self) -> Mapping[str, Document]:
        """Return the indexed documents by their ids."""
        ...

    def search(
        self, query: str, k: int = DEFAULT_K, doc_ids: Collection[str] | None = None
    ) -> list[Citation]:
        """Return the ``k`` passages nearest to a query, best first; none is read.

        Raises:
            QuestionError: If the query is blank or too long, or ``k`` out of range.
            UnknownDocumentError: If ``doc_ids`` has one that is not in the index.
        """
        ...

    def find_documents(self, words: str) -> list[str]:
        """Return the ids of documents whose text has one of some words, best first."""
        ...

    def index_version(self) -> str:
        """Return the version of the index that is answered from now."""
        ...

    def unavailable(self) -> str | None:
        """Return why the index cannot be reached just now, or ``None`` if it can."""
        ...


def check_question(question: str, k: int, history: Sequence[Turn] = ()) -> str:
    """Return the question without the white space round it.

    Raises:
        QuestionError: If nothing is left, it is too long, ``k`` is out of range, or
            the history has too many turns.
    """
    question = question.strip()
    if not question:
        raise QuestionError("the question is empty; write one")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question)} characters; ask in at most "
            f"{MAX_QUESTION_CHARACTERS}"
        )
    if not 1 <= k <= MAX_K:
        raise QuestionError(f"k must be from 1 to {MAX_K}, not {k}")
    if len(history) > MAX_TURNS:
        raise QuestionError(
            f"the history has {len(history)} turns; send the last {MAX_TURNS}"
        )
    return question


def check_documents(
    doc_ids: Collection[str], documents: Mapping[str, Document]
) -> None:
    """Check that the index holds some documents.

    Raises:
        UnknownDocumentError: If one is not there.
    """
    for doc_id in doc_ids:
        if doc_id not in documents:
            raise UnknownDocumentError(
                f"no document {doc_id!r}; GET /api/documents lists those known"
            )
