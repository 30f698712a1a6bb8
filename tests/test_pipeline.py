from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.build import build_index
from index.documents import Document
from index.errors import IndexFormatError, IndexNotFoundError
from index.models.embedder import DEFAULT_EMBEDDER
from index.passages import Splitting
from index.search.vectors import Vectors
from qa.answerer import MAX_K, MAX_TURNS, QuestionError, Stage, UnknownDocumentError
from qa.answering.citations import verify
from qa.answering.confidence import UNFITTED, Thresholds
from qa.answers import Answer
from qa.context import CancelledError, DeadlineExceededError, RequestContext
from qa.conversation.conversation import CitedPlace, Turn
from qa.linear import LinearModel
from qa.loading import load_fitted, load_pipeline
from qa.pipeline import Pipeline
from qa.reading.reader import Check, Reading, go_on
from qa.suggestions.suggestions import Suggestion
from tests.fakes import (
    HOSTILE_TEXTS,
    EveryWordReader,
    FakeEmbedder,
    FakeEvidence,
    FakeReader,
    FakeUnderstander,
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
    strict = replace(UNFITTED, shown=Thresholds(answer=0.99, unsure=0.98))
    pipeline = fake_pipeline(root, reader, strict)
    assert pipeline.answer(QUESTION).kind == "no_answer"


def test_only_as_many_passages_are_read_as_are_wanted(root: Path) -> None:
    pipeline = pipeline_of(root, {"flour": 9.0, "Baghdad": 1.0})
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
    fitted = replace(
        UNFITTED,
        confidence=LinearModel(margin, {}),
        shown=Thresholds(answer=0.5, unsure=0.2),
    )
    pipeline = fake_pipeline(tmp_path, EveryWordReader(), fitted)
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
        load_pipeline(tmp_path)


def test_an_index_of_another_embedder_is_refused(tmp_path: Path) -> None:
    # Named as the default embedder, but not embedded by it.
    build_fake_index(tmp_path, TEXTS, embedder=FakeEmbedder(DEFAULT_EMBEDDER, dim=384))
    with pytest.raises(IndexFormatError, match="build the index again"):
        load_pipeline(tmp_path)


def test_a_reader_without_fitted_numbers_gets_a_plain_rule(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert load_fitted(str(tmp_path)) == UNFITTED
    assert "fit_answers" in caplog.text


def test_a_readers_fitted_numbers_are_taken(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    fitted = replace(UNFITTED, confidence=LinearModel(1.0, {"lead": 0.5}))
    fitted.save(tmp_path)
    assert load_fitted(str(tmp_path)) == fitted


def test_one_answer_costs_one_embedding_one_retrieval_and_one_reading(
    root: Path,
) -> None:
    class CountingReader(FakeReader):
        count = 0

        def read(
            self, question: str, passages: Sequence[str], check: Check = go_on
        ) -> list[Reading]:
            CountingReader.count += 1
            return super().read(question, passages, check)

    class CountingEmbedder(FakeEmbedder):
        count = 0

        def embed_query(self, text: str) -> Vectors:
            CountingEmbedder.count += 1
            return super().embed_query(text)

    history = [Turn("Who came?", "The minister", (CitedPlace("visit", 0, 12),))]
    pipeline = fake_pipeline(
        root,
        CountingReader({"Baghdad": 6.0}),
        embedder=CountingEmbedder(),
        understander=FakeUnderstander(kept=["minister"]),
    )
    pipeline.answer("Where did he go?", history=history)
    assert (CountingReader.count, CountingEmbedder.count) == (1, 1)


def test_what_is_kept_of_the_talk_is_told_and_can_be_dropped(root: Path) -> None:
    understander = FakeUnderstander(kept=["ministers"])
    pipeline = fake_pipeline(
        root, FakeReader({"Baghdad": 6.0}), understander=understander
    )
    history = [Turn("Who met?", "The ministers")]
    answer = pipeline.answer("Where?", history=history)
    assert answer.kept_terms == ("ministers",)
    assert answer.interpreted_question == "ministers · Where?"
    bare = pipeline.answer("Where?", history=history, without_terms=["ministers"])
    assert (bare.kept_terms, bare.interpreted_question) == ((), None)


def test_who_else_does_not_get_what_was_cited(root: Path) -> None:
    pipeline = pipeline_of(root, {"ministers": 6.0, "guard": 1.5})
    history = [Turn("Who?", "ministers", (CitedPlace("talks", 4, 13),))]
    assert pipeline.answer("Who else?", history=history).text == "guard"
    assert pipeline.answer("Who?", history=history).text == "ministers"


def test_search_words_get_the_sentences_that_bear_on_them(root: Path) -> None:
    pipeline = fake_pipeline(
        root, FakeReader({}), understander=FakeUnderstander("keywords")
    )
    answer = pipeline.answer("cake flour sugar needs")
    check_law(answer, pipeline)
    assert answer.kind == "overview"
    assert answer.text == "A cake needs flour and sugar."
    assert answer.confidence == answer.parts[0].confidence


def test_search_words_that_nothing_bears_on_get_no_answer(root: Path) -> None:
    pipeline = fake_pipeline(
        root, FakeReader({}), understander=FakeUnderstander("keywords")
    )
    answer = pipeline.answer("quantum chromodynamics")
    check_law(answer, pipeline)
    assert answer.kind == "no_answer"


@pytest.mark.parametrize(
    ("judgements", "told"),
    [((0.1, 0.1, 0.8), "yes"), ((0.8, 0.1, 0.1), "no"), ((0.4, 0.2, 0.4), None)],
)
def test_yes_or_no_cites_the_sentence_that_decides(
    root: Path, judgements: tuple[float, float, float], told: str | None
) -> None:
    pipeline = fake_pipeline(
        root,
        FakeReader({}),
        understander=FakeUnderstander("yes_no"),
        evidence=FakeEvidence(judgements=judgements),
    )
    answer = pipeline.answer("Did the ministers meet in Baghdad on Monday?")
    check_law(answer, pipeline)
    assert answer.text == "The ministers met in Baghdad on Monday."
    assert answer.judgement == told


def test_a_list_has_the_pieces_that_are_tagged(root: Path) -> None:
    pipeline = fake_pipeline(
        root,
        FakeReader({"flour": 6.0}),
        understander=FakeUnderstander("list"),
        evidence=FakeEvidence({"flour": 0.9, "sugar": 0.8, "hour": 0.3}),
    )
    answer = pipeline.answer("Which things does a cake need?")
    check_law(answer, pipeline)
    assert (answer.kind, answer.text) == ("list", "flour; sugar")


def test_what_is_not_asked_as_a_list_needs_surer_pieces(root: Path) -> None:
    pipeline = fake_pipeline(
        root,
        FakeReader({"flour": 6.0}),
        evidence=FakeEvidence({"flour": 0.85, "sugar": 0.8}),
    )
    answer = pipeline.answer("What does a cake need?")
    assert (answer.kind, answer.text) == ("answer", "flour")


def test_articles_that_differ_are_offered_side_by_side(tmp_path: Path) -> None:
    texts = {
        "steel": "Ada Moss, 44, came from a bank.",
        "ships": "Ada Moss, 59, left the line.",
    }
    build_fake_index(tmp_path, texts)
    reader = FakeReader({"44": 3.0, "59": 2.9})
    answer = fake_pipeline(tmp_path, reader).answer("How old is Ada Moss?")
    assert answer.kind == "unsure"
    assert [part.text for part in answer.alternatives] == ["44", "59"]
    assert [citation.doc_id for citation in answer.citations] == ["steel", "ships"]
    named = fake_pipeline(tmp_path, reader).answer("How old is Ada Moss of the bank?")
    assert (named.kind, named.text, named.alternatives) == ("answer", "44", ())


def test_another_article_is_weighed_beside_the_best_answer(tmp_path: Path) -> None:
    texts = {
        "steel": "Ada Moss, 44, came from a bank.",
        "ships": "Ada Moss, 59, left the line.",
    }
    build_fake_index(tmp_path, texts)
    # Alone, without a rival, either would be sure.
    fitted = replace(UNFITTED, confidence=LinearModel(0.0, {"lead": 0.5}))
    for margin, answers in ((2.9, ["44", "59"]), (0.5, [])):
        reader = FakeReader({"44": 3.0, "59": margin})
        found = fake_pipeline(tmp_path, reader, fitted).answer("How old is Ada Moss?")
        assert [part.text for part in found.alternatives] == answers


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("How many days of leave do staff get?", ["27", "24"]),
        ("How many days of leave did staff get in 2023?", ["24"]),
    ],
)
def test_of_versions_the_newest_comes_first_and_a_year_names_one(
    tmp_path: Path, question: str, answers: list[str]
) -> None:
    documents = [
        Document(f"{year}", f"Staff get {days} days.", "Handbook", published=f"{year}")
        for year, days in ((2023, 24), (2025, 27))
    ]
    build_index(documents, tmp_path, FakeEmbedder(), Splitting(30, 8))
    reader = FakeReader({"24": 2.9, "27": 3.0})
    answer = fake_pipeline(tmp_path, reader).answer(question)
    assert [part.text for part in answer.parts] == answers


def test_a_question_in_an_article_is_no_answer_to_itself(tmp_path: Path) -> None:
    text = "Who pays for the return? You do. Who was it, asked Ms Lind, that called?"
    build_fake_index(tmp_path, {"shop": text})
    pipeline = fake_pipeline(tmp_path, FakeReader({"the return": 3.0, "Lind": 1.0}))
    assert pipeline.answer("Who pays for the return?").text == "Lind"


def test_several_questions_are_answered_one_by_one(root: Path) -> None:
    pipeline = pipeline_of(root, {"Baghdad on Monday": 6.0, "An hour": 5.0})
    answer = pipeline.answer("Where did the ministers meet? How long does it bake?")
    check_law(answer, pipeline)
    assert answer.question == "Where did the ministers meet? How long does it bake?"
    assert answer.parts[0].text == "Baghdad on Monday"
    whole = pipeline.answer("Where? How?", interpret=False)
    assert len(whole.parts) == 1


def test_an_overview_of_many_articles_asks_back(root: Path) -> None:
    understander = FakeUnderstander("overview")
    pipeline = fake_pipeline(root, FakeReader({}), understander=understander)
    answer = pipeline.answer("Summarize")
    assert answer.kind == "clarification"
    assert "What is “Cake” about?" in answer.suggested_questions
    chosen = pipeline.answer("What is “Cake” about?")
    check_law(chosen, pipeline)
    assert (chosen.kind, chosen.confidence) == ("overview", None)
    assert {citation.doc_id for citation in chosen.citations} == {"cake"}


def test_talk_gets_a_plain_reply_and_something_to_ask(root: Path) -> None:
    understander = FakeUnderstander("small_talk")
    suggestion = Suggestion("Who met?", "talks")
    pipeline = fake_pipeline(
        root, FakeReader({}), suggest=lambda: [suggestion], understander=understander
    )
    answer = pipeline.answer("Hello")
    check_law(answer, pipeline)
    assert (answer.kind, answer.confidence) == ("small_talk", None)
    assert answer.suggested_questions == ("Who met?",)
    assert pipeline.answer("Who met?").suggested_questions != ("Who met?",)


def test_a_request_that_was_left_ends(root: Path) -> None:
    pipeline = pipeline_of(root, {})
    with pytest.raises(CancelledError):
        pipeline.answer(QUESTION, context=RequestContext(is_cancelled=lambda: True))
    late = RequestContext(deadline=time.monotonic() - 1)
    with pytest.raises(DeadlineExceededError):
        pipeline.answer(QUESTION, context=late)


def test_reading_ends_when_the_time_is_over(root: Path) -> None:
    """A reading takes seconds: it is not begun and then finished for nobody."""

    class SlowReader(FakeReader):
        batches = 0

        def read(
            self, question: str, passages: Sequence[str], check: Check = go_on
        ) -> list[Reading]:
            for _ in range(100):
                check()
                self.batches += 1
                time.sleep(0.05)
            return super().read(question, passages)

    reader = SlowReader({"Baghdad": 6.0})
    context = RequestContext(deadline=time.monotonic() + 0.3)
    with pytest.raises(DeadlineExceededError):
        fake_pipeline(root, reader).answer(QUESTION, context=context)
    assert 0 < reader.batches < 20


def test_what_was_weighed_is_explained_when_wanted(root: Path) -> None:
    pipeline = pipeline_of(root, {"Baghdad": 6.0})
    context = RequestContext(is_explained=True)
    pipeline.answer(QUESTION, context=context)
    assert {place.stage for place in context.places} == {
        "retrieve",
        "read",
        "relevance",
        "rank",
        "choose",
    }
    assert set(context.timings_ms) == {
        "understand",
        "retrieve",
        "read",
        "choose",
        "cite",
    }
