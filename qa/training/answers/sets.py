"""The sets of questions that answers are fitted on, and reported on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa.evaluation.collection import (
    Collection,
    collect,
    collect_articles,
    fitting_half,
    read_collection,
    sample,
    withhold,
)
from qa.evaluation.squad import Example, read_squad
from qa.words.comparing import is_negated


@dataclass(frozen=True, slots=True)
class FittingSet:
    """A set's questions: those to fit on, and those to report on.

    Attributes:
        examples: Of the texts to fit on, where the set is of reading examples.
    """

    name: str
    fitting: Collection
    held_out: Collection
    examples: tuple[Example, ...]


def read_set(path: Path, limit: int, share_withheld: float) -> FittingSet:
    """Return a set's questions in halves by their texts, some without an answer.

    To those that are fitted on come questions that deny something: one in thirty does
    by itself, too few to learn from what an answer to them looks like.

    Args:
        path: A file of SQuAD's format, whose contexts are the collection, or a folder
            in BEIR's layout, which is one already.
        limit: Questions taken, at random; a quarter as many that deny are added.
        share_withheld: Of them, the share whose right document is hidden.

    Raises:
        SquadFormatError: If it cannot be read.
    """
    examples = [] if path.is_dir() else read_squad(path)
    asked = read_collection(path) if path.is_dir() else collect(examples)
    taken = sample(asked, limit, seed=0)
    half = fitting_half(asked)
    denying = tuple(
        question
        for question in asked.questions
        if is_negated(question.text)
        and question not in taken.questions
        and not question.relevant.isdisjoint(half)
    )
    whole = withhold(taken, share_withheld, seed=1)
    more = sample(Collection(asked.documents, denying), limit // 4, seed=2)
    parts = [
        tuple(q for q in whole.questions if q.relevant.isdisjoint(half) == apart)
        for apart in (False, True)
    ]
    texts = {d.text for d in asked.documents if d.doc_id in half}
    return FittingSet(
        path.name.split(".")[0],
        Collection(asked.documents, (*parts[0], *more.questions)),
        Collection(asked.documents, parts[1]),
        tuple(example for example in examples if example.context in texts),
    )


def read_articles(path: Path, limit: int, share_hidden: float) -> FittingSet:
    """Return a set's questions, each asked of one article of several contexts.

    An article has contexts of one half alone.

    Args:
        path: A file of SQuAD's format, its contexts in the order of their articles.
        limit: Questions taken, at random; half of each half.
        share_hidden: Of them, the share whose context is left out of the article.

    Raises:
        SquadFormatError: If it cannot be read.
    """
    examples = read_squad(path)
    whole = collect(examples)
    half = fitting_half(whole)
    texts = {d.text for d in whole.documents if d.doc_id in half}
    fitting, held_out = (
        collect_articles(
            [each for each in examples if (each.context in texts) == fits],
            limit // 2,
            share_hidden,
            seed=3,
        )
        for fits in (True, False)
    )
    documents = (*fitting.documents, *held_out.documents)
    return FittingSet(
        f"{path.name.split('.')[0]}, one article",
        Collection(documents, fitting.questions),
        Collection(documents, held_out.questions),
        (),
    )
