"""Making a version's suggestions: each is asked before it is offered."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

from index.documents import Document
from qa.answerer import Answerer
from qa.suggestions.proposing import propose_questions
from qa.suggestions.suggestions import Suggestion
from qa.words.comparing import content_words

# Of so many documents at most: one takes seconds, and the page shows a handful.
MAX_DOCUMENTS = 20
# Then what was found is enough, however many documents are left.
_MAX_SECONDS = 120.0
_OF_ONE_DOCUMENT = 6
_OF_EACH = 3
# Where the page says "likely right".
_SURE = 0.7


def make_suggestions(
    answerer: Answerer, report: Callable[[int, int], None] = lambda done, total: None
) -> list[Suggestion]:
    """Return questions that the documents were found to answer.

    Args:
        answerer: Of the version that they are for.
        report: Called with the documents done and in all.
    """
    documents = list(islice(answerer.documents().values(), MAX_DOCUMENTS))
    wanted = _OF_ONE_DOCUMENT if len(documents) == 1 else _OF_EACH
    until = time.monotonic() + _MAX_SECONDS
    found: list[Suggestion] = []
    for done, document in enumerate(documents, start=1):
        kept = 0
        for question in propose_questions(document):
            if kept == wanted or time.monotonic() > until:
                break
            if _is_answered(question, document, answerer):
                found.append(Suggestion(question, document.doc_id))
                kept += 1
        report(done, len(documents))
    return found


def _is_answered(question: str, document: Document, answerer: Answerer) -> bool:
    """Tell whether a question is surely answered, from the document first of all.

    An answer that has words of the question says again what was asked; one of a single
    word is a name, often the rest of that which was asked about.
    """
    # Of all documents: it will be asked so.
    answer = answerer.answer(question)
    if answer.kind != "answer" or (answer.confidence or 0.0) < _SURE:
        return False
    said = answer.text or ""
    return (
        answer.citations[0].doc_id == document.doc_id
        and " " in said
        and not content_words(question) & content_words(said)
    )
