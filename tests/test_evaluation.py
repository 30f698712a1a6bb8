from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from qa.evaluation.collection import (
    collect,
    collect_articles,
    read_collection,
    sample,
    withhold,
)
from qa.evaluation.reading import evaluate_reading, reading_figures
from qa.evaluation.squad import Example, GoldAnswer, SquadFormatError
from qa.reading.reader import Check, Reading, go_on
from qa.reading.spans import Span


class WordReader:
    """Finds a word given for each question, with the score given."""

    def __init__(self, found: dict[str, tuple[str, float]]) -> None:
        self._found = found

    def read(
        self, question: str, passages: Sequence[str], check: Check = go_on
    ) -> list[Reading]:
        word, score = self._found[question]
        starts = [passage.index(word) for passage in passages]
        return [
            Reading((Span(start, start + len(word), score),), 1.0) for start in starts
        ]


def example(question: str, context: str, gold: str | None) -> Example:
    golds = () if gold is None else (GoldAnswer(gold, context.index(gold)),)
    return Example(question, question, context, golds, "test")


EXAMPLES = [
    example("Where?", "They met in Baghdad on Monday.", "Baghdad"),
    example("When?", "They met in Rome on Tuesday, and it rained.", "Tuesday"),
    example("Who?", "They met.", None),
]
READER = WordReader(
    {"Where?": ("Baghdad", 6.0), "When?": ("Rome", 2.0), "Who?": ("met", 0)}
)


def test_results_stand_in_the_order_of_the_examples() -> None:
    results = evaluate_reading(READER, EXAMPLES)
    assert [r.prediction for r in results] == ["Baghdad", "Rome", "met"]
    assert [r.margin for r in results] == [5.0, 1.0, -1.0]
    assert [r.f1 for r in results] == [1.0, 0.0, 0.0]


def test_figures_count_the_answerable_and_the_threshold_all() -> None:
    figures = reading_figures(evaluate_reading(READER, EXAMPLES))
    assert figures["questions"] == 3
    assert figures["f1"] == pytest.approx(50.0)
    assert figures["no_answer_auroc"] == 1.0
    # Baghdad given, the other two refused: two of three.
    assert figures["best_threshold_f1"] == pytest.approx(100 * 2 / 3)


def test_a_collection_has_each_context_once() -> None:
    twice = [*EXAMPLES, example("What day?", EXAMPLES[0].context, "Monday")]
    collection = collect(twice)
    assert len(collection.documents) == 3
    assert collection.questions[0].relevant == collection.questions[3].relevant


def test_withheld_questions_have_no_right_answer() -> None:
    collection = collect(EXAMPLES * 20)
    hidden = withhold(collection, 0.5, seed=0)
    changed = [q for q in hidden.questions if q.asked is not None]
    assert 0 < len(changed) < len(hidden.questions)
    for question in changed:
        assert question.golds == ()
        assert question.asked and question.relevant.isdisjoint(question.asked)
    assert withhold(collection, 0.5, seed=0) == hidden


def test_an_article_is_asked_alone_and_may_lack_the_context_that_answers() -> None:
    # Eight, eight, and one alone.
    texts = [f"Town {number} has a mill." for number in range(17)]
    asked = [
        example(f"What has Town {n}?", text, "mill") for n, text in enumerate(texts)
    ]
    articles = collect_articles(asked, 17, 0.9, seed=0)
    by_id = {document.doc_id: document.text for document in articles.documents}
    assert len(articles.questions) == 17
    for question in articles.questions:
        number = int(question.text.split()[-1].rstrip("?"))
        assert question.asked is not None
        (doc_id,) = question.asked
        paragraphs = by_id[doc_id].split("\n\n")
        assert set(paragraphs) <= set(texts[number - number % 8 :][:8])
        assert (texts[number] in paragraphs) == bool(question.golds)
    hidden = [question for question in articles.questions if not question.golds]
    assert 0 < len(hidden) < 17
    assert all(document.text for document in articles.documents)


def test_a_sample_is_of_the_questions_and_repeatable() -> None:
    collection = collect(EXAMPLES)
    few = sample(collection, 2, seed=1)
    assert len(few.questions) == 2
    assert few == sample(collection, 2, seed=1)


def write_collection(folder: Path) -> None:
    def lines(name: str, *records: object) -> None:
        data = "\n".join(map(json.dumps, records)).encode()
        (folder / name).write_bytes(gzip.compress(data))

    lines("corpus.jsonl.gz", {"_id": "d1", "title": "Talks", "text": "They met."})
    lines("queries.jsonl.gz", {"_id": "q1", "text": "Who?", "answers": ["They"]})
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")


def test_a_folder_of_corpus_queries_and_grades_is_read(tmp_path: Path) -> None:
    write_collection(tmp_path)
    collection = read_collection(tmp_path)
    assert [d.doc_id for d in collection.documents] == ["d1"]
    (question,) = collection.questions
    assert (question.golds, question.relevant) == (("They",), frozenset({"d1"}))


def test_a_folder_that_lacks_a_file_is_named(tmp_path: Path) -> None:
    write_collection(tmp_path)
    (tmp_path / "qrels.tsv").unlink()
    with pytest.raises(SquadFormatError, match=tmp_path.name):
        read_collection(tmp_path)
