"""Making a version's suggestions: each is asked before it is offered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from index.documents import Document
from index.work.executor import Budget, Executor, Overrun
from qa.answerer import Answerer
from qa.suggestions.proposing import propose_questions
from qa.suggestions.suggestions import Suggestion
from qa.words.comparing import content_words

# Of so many documents at most: one takes seconds, and the page shows a handful.
MAX_DOCUMENTS = 20
# Then what was found is enough, however many documents are left.
_MAX_SECONDS = 120.0
# For one document: then no further question is asked, and then it is given up.
_ASKING_SECONDS = 20.0
_BUDGET = Budget(seconds=60.0, wall_seconds=60.0)
_OF_ONE_DOCUMENT = 6
_OF_EACH = 3
# Where the page says "likely right".
_LIKELY = 0.7


@dataclass(frozen=True, slots=True)
class SuggestTask:
    """Finds what documents answer, each named by its id.

    Attributes:
        load: Returns the answerer; pickled to where the work is done.
        wanted: Questions of each document, at most.
    """

    load: Callable[[], Answerer]
    wanted: int

    def start(self) -> Callable[[str], list[str]]:
        """Return what finds the questions that a document answers."""
        answerer = self.load()
        return lambda doc_id: self._find(doc_id, answerer)

    def _find(self, doc_id: str, answerer: Answerer) -> list[str]:
        document = answerer.documents().get(doc_id)
        if document is None:  # Another version has been published meanwhile.
            return []
        until = time.monotonic() + _ASKING_SECONDS
        found: list[str] = []
        for question in propose_questions(document):
            if len(found) == self.wanted or time.monotonic() > until:
                break
            # Beside the name of no person somebody stands, but not what it is.
            asked = (question, question.replace("Who", "What", 1))
            if all(_is_answered(each, document, answerer) for each in asked):
                found.append(question)
        return found


def make_suggestions(
    load: Callable[[], Answerer],
    doc_ids: Iterable[str],
    executor: Executor,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> list[Suggestion]:
    """Return questions that the first of some documents were found to answer.

    It takes three minutes at most: a document that takes too long has none.

    Args:
        load: Returns the answerer of the version that they are for.
        doc_ids: The version's documents.
        executor: Where the questions are asked. A process of its own is best: it
            takes as much memory as a server.
        report: Called with the documents done and in all.

    Raises:
        WorkerError: If the process cannot be started.
        Exception: What ``load`` raises.
    """
    first = list(islice(doc_ids, MAX_DOCUMENTS))
    task = SuggestTask(load, _OF_ONE_DOCUMENT if len(first) == 1 else _OF_EACH)
    until = time.monotonic() + _MAX_SECONDS
    suggestions: list[Suggestion] = []
    results = zip(first, executor.run(task, first, _BUDGET), strict=True)
    for done, (doc_id, found) in enumerate(results, start=1):
        if not isinstance(found, Overrun):
            suggestions += [Suggestion(question, doc_id) for question in found]
        report(done, len(first))
        if time.monotonic() > until:
            break
    return suggestions


def _is_answered(question: str, document: Document, answerer: Answerer) -> bool:
    """Tell whether a question is likely answered, from the document first of all.

    An answer that has words of the question says again what was asked; one of a single
    word is a name, often the rest of that which was asked about.
    """
    # Of all documents: it will be asked so.
    answer = answerer.answer(question)
    is_one = answer.kind in ("answer", "unsure") and not answer.alternatives
    if not is_one or (answer.confidence or 0.0) < _LIKELY:
        return False
    said = answer.text or ""
    return (
        answer.citations[0].doc_id == document.doc_id
        and " " in said
        and not content_words(question) & content_words(said)
    )
