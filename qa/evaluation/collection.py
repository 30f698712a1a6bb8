"""Collections of documents with questions whose answers are known."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.documents import Document
from qa.evaluation.squad import Example, SquadFormatError

# Of a set's contexts, so many make an article.
_PARAGRAPHS = 8


@dataclass(frozen=True, slots=True)
class CollectionQuestion:
    """A question to a collection: its right answers and the documents with them.

    No right answers means that the collection does not answer it.

    Attributes:
        asked: Ids of the documents that are asked; ``None`` for all.
    """

    text: str
    golds: tuple[str, ...]
    relevant: frozenset[str]
    asked: frozenset[str] | None = None
    question_id: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, and questions to them."""

    documents: tuple[Document, ...]
    questions: tuple[CollectionQuestion, ...]


def read_collection(folder: Path) -> Collection:
    """Read a folder in BEIR's layout: corpus, queries and qrels (Thakur et al. 2021).

    The files are ``corpus.jsonl.gz`` (``_id``, ``title``, ``text``),
    ``queries.jsonl.gz`` (``_id``, ``text``, ``answers``) and ``qrels.tsv``.

    Raises:
        SquadFormatError: If a file is missing or lacks a field.
    """
    try:
        documents = tuple(
            Document(record["_id"], record["text"], record.get("title") or "")
            for record in _records(folder / "corpus.jsonl.gz")
        )
        relevant: dict[str, set[str]] = {}
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
            query_id, doc_id, grade = line.split("\t")
            if grade.isdigit() and int(grade) > 0:
                relevant.setdefault(query_id, set()).add(doc_id)
        questions = tuple(
            CollectionQuestion(
                record["text"],
                tuple(record.get("answers", ())),
                frozenset(relevant.get(record["_id"], ())),
                question_id=record["_id"],
            )
            for record in _records(folder / "queries.jsonl.gz")
        )
    except (
        OSError,
        EOFError,
        zlib.error,
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
    ) as error:
        raise SquadFormatError(
            f"cannot read the collection {folder}: {error!r}"
        ) from error
    return Collection(documents, questions)


def collect(examples: Sequence[Example]) -> Collection:
    """Return the collection of all the examples' contexts, and their questions."""
    ids = {
        context: str(number)
        for number, context in enumerate(dict.fromkeys(e.context for e in examples))
    }
    documents = tuple(Document(i, context, "") for context, i in ids.items())
    questions = tuple(
        CollectionQuestion(
            example.question,
            tuple(answer.text for answer in example.answers),
            frozenset({ids[example.context]}),
            question_id=example.example_id,
        )
        for example in examples
    )
    return Collection(documents, questions)


def collect_articles(
    examples: Sequence[Example], limit: int, share_hidden: float, seed: int
) -> Collection:
    """Return articles of contexts that follow each other, each asked by itself.

    Args:
        examples: In the order of their contexts in the articles.
        limit: Questions taken, at random.
        share_hidden: Of them, the share whose context is left out of the article: what
            is left is about the same, and does not answer.
        seed: Of what is drawn.
    """
    contexts = list(dict.fromkeys(example.context for example in examples))
    article_of = {
        context: contexts[n - n % _PARAGRAPHS :][:_PARAGRAPHS]
        for n, context in enumerate(contexts)
    }
    rng = random.Random(seed)
    documents: dict[str, Document] = {}
    questions = []
    for example in rng.sample(examples, min(limit, len(examples))):
        whole = article_of[example.context]
        # Of an article of one context nothing would be left.
        hides = rng.random() < share_hidden and len(whole) > 1
        kept = [each for each in whole if not hides or each != example.context]
        article = Document("", "\n\n".join(kept), "")
        doc_id = article.sha256
        documents[doc_id] = replace(article, doc_id=doc_id)
        golds = tuple(answer.text for answer in example.answers)
        asked = frozenset({doc_id})
        questions.append(
            CollectionQuestion(
                example.question,
                () if hides else golds,
                asked,
                asked,
                example.example_id,
            )
        )
    return Collection(tuple(documents.values()), tuple(questions))


def sample(collection: Collection, limit: int, seed: int) -> Collection:
    """Return the collection with at most ``limit`` of its questions, at random."""
    questions = collection.questions
    if len(questions) > limit:
        questions = tuple(random.Random(seed).sample(questions, limit))
    return Collection(collection.documents, questions)


def fitting_half(collection: Collection) -> frozenset[str]:
    """Return the ids of the documents whose questions may be fitted on.

    The others' are for reporting. It goes by a hash of the text, so that a text is
    in the same half of every collection that has it.
    """
    return frozenset(
        document.doc_id
        for document in collection.documents
        if int(document.sha256, 16) % 2 == 0
    )


def withhold(collection: Collection, share: float, seed: int) -> Collection:
    """Return the collection with a share of the questions made unanswerable.

    The passages of their right documents will be left out of what is retrieved, so
    that the best that is left is what a retriever confuses with them.
    """
    rng = random.Random(seed)
    ids = frozenset(document.doc_id for document in collection.documents)
    return Collection(
        collection.documents,
        tuple(
            replace(question, golds=(), asked=ids - question.relevant)
            if rng.random() < share
            else question
            for question in collection.questions
        ),
    )


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
