from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.documents import Document
from index.embedder import DEFAULT_EMBEDDER
from index.snapshot import IndexFormatError
from index.store import IndexNotFoundError
from qa.answerer import MAX_K, MAX_TURNS, Stage, UnknownDocumentError
from qa.answers import Answer
from qa.citations import verify
from qa.confidence import UNFITTED, Confidence
from qa.conversation import Turn
from qa.pipeline import Pipeline, load_confidence, load_pipeline
from qa.reader import QuestionError
from qa.settings import Settings
from tests.fakes import (
    HOSTILE_TEXTS,
    EveryWordReader,
    FakeEmbedder,
    FakeReader,
    build_fake_index,
    fake_pipeline,
)

TEXTS = {
    "talks": "The ministers met in Baghdad on Monday. They spoke for two hours.",
    "visit": "The minister came to Baghdad by air. A guard of honour met him.",
    "cake": "A cake needs flour and sugar. Bake it for an hour.",
}
QUESTION = "Where did the ministers meet on Monday?"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build_fake_index(tmp_path, TEXTS)
    return tmp_path


def pipeline_of(root: Path, scores: dict[str, float]) -> Pipeline:
    return fake_pipeline(root, FakeReader(scores))


def check_law(answer: Answer, pipeline: Pipeline) -> None:
    documents = pipeline.documents()
    for citation in (*answer.citations, *answer.nearest_passages):
        assert verify(citation, documents[citation.doc_id])
    plain = answer.kind in ("small_talk", "clarification")
    assert (answer.text is None) == (answer.kind == "no_answer")
    assert bool(answer.citations) == (not plain and answer.kind != "no_answer")
    assert bool(answer.nearest_passages) == (answer.kind == "no_answer")
    cited = [place for part in answer.parts for place in part.citations]
    assert sorted(cited) == list(range(len(answer.citations)))


def test_the_best_span_is_the_answer_and_is_cited(root: Path) -> None:
    pipeline = pipeline_of(root, {"Baghdad on Monday": 6.0, "two hours": 2.0})
    answer = pipeline.answer(QUESTION)
    check_law(answer, pipeline)
    assert (answer.kind, answer.text) == ("answer", "Baghdad on Monday")
    (citation,) = answer.citations
    assert citation.doc_id == "talks"
    assert citation.sentence.text == "The ministers met in Baghdad on Monday."
    assert answer.index_version == pipeline.index_version()
    assert answer.question == QUESTION


def test_all_places_that_say_it_are_cited(root: Path) -> None:
    pipeline = pipeline_of(root, {"Baghdad": 6.0})
    answer = pipeline.answer(QUESTION)
    check_law(answer, pipeline)
    assert {citation.doc_id for citation in answer.citations} == {"talks", "visit"}
    assert {citation.quote for citation in answer.citations} == {"Baghdad"}


def test_no_answer_brings_the_nearest_passages_and_no_citations(root: Path) -> None:
    pipeline = pipeline_of(root, {"Baghdad": -6.0})
    answer = pipeline.answer(QUESTION)
    check_law(answer, pipeline)
    assert (answer.kind, answer.text, answer.citations) == ("no_answer", None, ())
    assert answer.nearest_passages[0].quote == TEXTS["talks"]
    assert len(answer.nearest_passages) == 3


def test_no_span_at_all_is_no_answer(root: Path) -> None:
    pipeline = pipeline_of(root, {})
    answer = pipeline.answer(QUESTION)
    check_law(answer, pipeline)
    assert (answer.kind, answer.confidence) == ("no_answer", 0.0)


def test_a_doubtful_answer_is_unsure_and_cited(root: Path) -> None:
    pipeline = pipeline_of(root, {"Baghdad on Monday": 0.0})
    answer = pipeline.answer(QUESTION)
    check_law(answer, pipeline)
    assert (answer.kind, answer.text) == ("unsure", "Baghdad on Monday")
    assert answer.confidence == 0.5


def test_the_verdict_follows_the_fitted_thresholds(root: Path) -> None:
    reader = FakeReader({"Baghdad": 6.0})
    strict = replace(UNFITTED, answer_threshold=0.99, unsure_threshold=0.98)
    pipeline = fake_pipeline(root, reader, strict)
    assert pipeline.answer(QUESTION).kind == "no_answer"


def test_only_as_many_passages_are_read_as_are_wanted(root: Path) -> None:
    pipeline = pipeline_of(root, {"flour": 9.0, "Baghdad": 3.0})
    assert pipeline.answer(QUESTION, k=1).text == "Baghdad"
    assert pipeline.answer(QUESTION, k=50).text == "flour"


def test_white_space_round_a_question_does_not_count(root: Path) -> None:
    pipeline = pipeline_of(root, {"Baghdad": 6.0})
    assert pipeline.answer(f" {QUESTION}\n").question == QUESTION


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "empty"),
        (" \r\n\u3000", "empty"),
        ("x" * 501, "has 501 characters; ask in at most 500"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    root: Path, question: str, message: str
) -> None:
    with pytest.raises(QuestionError, match=message):
        pipeline_of(root, {}).answer(question)


@pytest.mark.parametrize("k", [0, -1, MAX_K + 1])
def test_a_number_of_passages_out_of_range_is_refused(root: Path, k: int) -> None:
    with pytest.raises(QuestionError, match=f"not {k}"):
        pipeline_of(root, {}).answer(QUESTION, k=k)


def test_the_longest_question_and_most_passages_are_taken(root: Path) -> None:
    pipeline = pipeline_of(root, {})
    question = "Who? " * 99
    assert pipeline.answer(question, k=MAX_K).kind == "no_answer"


@pytest.mark.parametrize("margin", [9.0, -9.0])
@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_the_law_holds_on_hostile_texts(
    tmp_path: Path, text: str, margin: float
) -> None:
    build_fake_index(tmp_path, {"hostile": text})
    confidence = Confidence(margin, {}, answer_threshold=0.5, unsure_threshold=0.2)
    pipeline = fake_pipeline(tmp_path, EveryWordReader(), confidence)
    for question in ["Baghdad?", text[:100].strip(), "😀\u200f", "?"]:
        check_law(pipeline.answer(question), pipeline)
        answer = pipeline.answer(question, interpret=False)
        check_law(answer, pipeline)
        assert answer.kind == ("answer" if margin > 0 else "no_answer")


def test_only_the_documents_asked_for_are_read(root: Path) -> None:
    pipeline = pipeline_of(root, {"Baghdad": 6.0})
    answer = pipeline.answer(QUESTION, doc_ids=["visit"])
    check_law(answer, pipeline)
    assert [citation.doc_id for citation in answer.citations] == ["visit"]


def test_a_document_that_is_not_there_cannot_be_asked(root: Path) -> None:
    pipeline = pipeline_of(root, {})
    with pytest.raises(UnknownDocumentError, match="'none'"):
        pipeline.answer(QUESTION, doc_ids=["talks", "none"])
    with pytest.raises(UnknownDocumentError, match="'none'"):
        pipeline.suggestions("none")


def test_a_longer_conversation_than_is_kept_is_refused(root: Path) -> None:
    history = [Turn("Who?", None)] * (MAX_TURNS + 1)
    with pytest.raises(QuestionError, match="send the last 10"):
        pipeline_of(root, {}).answer(QUESTION, history=history)


def test_stages_are_reported_as_they_begin(root: Path) -> None:
    stages: list[Stage] = []
    pipeline_of(root, {}).answer(QUESTION, report=stages.append)
    assert stages == ["searching", "reading"]


def test_documents_are_those_of_the_index(root: Path) -> None:
    documents = pipeline_of(root, {}).documents()
    assert documents["cake"] == Document("cake", TEXTS["cake"], "Cake")


def test_without_an_index_nothing_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        load_pipeline(Settings(index_dir=tmp_path))


def test_an_index_of_another_embedder_is_refused(tmp_path: Path) -> None:
    # Named as the default embedder, but not embedded by it.
    build_fake_index(tmp_path, TEXTS, embedder=FakeEmbedder(DEFAULT_EMBEDDER, dim=384))
    with pytest.raises(IndexFormatError, match="build the index again"):
        load_pipeline(Settings(index_dir=tmp_path))


def test_a_reader_without_a_fitted_confidence_gets_a_plain_rule(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert load_confidence(str(tmp_path)) == UNFITTED
    assert "fit_confidence" in caplog.text


def test_a_readers_fitted_confidence_is_taken(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    fitted = Confidence(1.0, {"gap": 0.5}, answer_threshold=0.8, unsure_threshold=0.1)
    fitted.save(tmp_path)
    assert load_confidence(str(tmp_path)) == fitted
