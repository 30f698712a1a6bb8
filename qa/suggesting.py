"""Making a version's suggestions: each is asked before it is offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from index.documents import Document
from qa.answerer import Answerer
from qa.suggestions import Proposal, Suggestion, check_proposals

# Of so many documents at most: one takes seconds, and the page shows a handful.
MAX_DOCUMENTS = 20
_OF_ONE_DOCUMENT = 6
_OF_EACH = 3


def make_suggestions(
    answerer: Answerer, report: Callable[[int, int], None] = lambda done, total: None
) -> list[Suggestion]:
    """Return questions that the documents were found to answer.

    Args:
        answerer: Of the version that they are for.
        report: Called with the documents done and in all.
    """
    documents: Sequence[Document] = list(
        islice(answerer.documents().values(), MAX_DOCUMENTS)
    )
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        report(done, len(documents))

    def is_answered(document: Document, proposal: Proposal) -> bool:
        # Of all documents: it will be asked so.
        answer = answerer.answer(proposal.question)
        if answer.kind not in ("answer", "list"):
            return False
        first = answer.citations[0]
        return (
            first.doc_id == document.doc_id
            and proposal.start <= first.start
            and first.end <= proposal.end
        )

    wanted = _OF_ONE_DOCUMENT if len(documents) == 1 else _OF_EACH
    return check_proposals(documents, is_answered, wanted, count)
