from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import BertProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from qa.evaluation.squad import Example, GoldAnswer
from qa.reading.reader import ExtractiveReader
from qa.training.card import write_card
from qa.training.checkpoints import CheckpointError
from qa.training.trainer import Progress, Recipe, train

CITIES = ["Baghdad", "Rome", "Paris", "Cairo"]
PEOPLE = ["Ali", "Zoe", "Karim", "Ann"]
SPECIAL = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
RECIPE = Recipe(epochs=8.0, learning_rate=2e-3, batch_tokens=150, seed=3)


def examples() -> list[Example]:
    found = []
    for number in range(300):
        city, person = CITIES[number % 4], PEOPLE[number // 4 % 4]
        context = f"{person} went to {city} ."
        question, gold = [("Where ?", city), ("Who ?", person)][number % 2]
        answer = GoldAnswer(gold, context.index(gold))
        found.append(Example(str(number), question, context, (answer,), "made"))
    return found


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder with a vocabulary of whole words."""
    folder = tmp_path_factory.mktemp("base")
    words = [*SPECIAL, "Where", "Who", "?", "went", "to", ".", *CITIES, *PEOPLE]
    tokens = Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, "[UNK]"))
    tokens.pre_tokenizer = Whitespace()
    tokens.post_processor = BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokens,
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        mask_token="[MASK]",
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=400,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def test_training_teaches_to_find_the_answer(base: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    asked = examples()
    train(base, asked, [[]] * 300, tmp_path, RECIPE, device="cpu", report=seen.append)
    assert seen[-1].loss < seen[0].loss / 2
    reader = ExtractiveReader(str(tmp_path), "float32")
    right = 0
    for example in asked[:40]:
        (reading,) = reader.read(example.question, [example.context])
        best = reading.spans[0]
        right += example.context[best.start : best.end] == example.answers[0].text
    assert right >= 36
    assert not (tmp_path / "checkpoint").exists()


def test_a_killed_training_goes_on_from_its_checkpoint(
    base: Path, tmp_path: Path
) -> None:
    short = replace(RECIPE, epochs=1.5)

    class KilledError(Exception):
        pass

    def kill(progress: Progress) -> None:
        if progress.examples > 300:
            raise KilledError

    def go(out: Path, **more: object) -> None:
        train(
            base,
            examples(),
            [[]] * 300,
            out,
            short,
            device="cpu",
            checkpoint_seconds=0.0,
            **more,  # type: ignore[arg-type]
        )

    go(tmp_path / "whole")
    with pytest.raises(KilledError):
        go(tmp_path / "killed", report=kill)
    state = json.loads((tmp_path / "killed/checkpoint/state.json").read_text())
    assert state["seen"] == 300
    # A kill while one checkpoint replaced the other leaves the new one like this.
    (tmp_path / "killed/checkpoint").rename(tmp_path / "killed/checkpoint.new")
    go(tmp_path / "killed")
    whole = load_file(tmp_path / "whole/model.safetensors")
    resumed = load_file(tmp_path / "killed/model.safetensors")
    assert whole.keys() == resumed.keys()
    for name in whole:
        assert torch.allclose(whole[name], resumed[name], atol=1e-2), name


def test_a_checkpoint_of_another_recipe_is_refused(base: Path, tmp_path: Path) -> None:
    def kill(progress: Progress) -> None:
        if progress.examples > 300:
            raise KeyboardInterrupt

    def go(recipe: Recipe) -> None:
        train(
            base,
            examples(),
            [[]] * 300,
            tmp_path,
            recipe,
            device="cpu",
            checkpoint_seconds=0.0,
            report=kill,
        )

    with pytest.raises(KeyboardInterrupt):
        go(RECIPE)
    with pytest.raises(CheckpointError, match=r"learning_rate 0\.002, not 0\.5"):
        go(replace(RECIPE, learning_rate=0.5))
    assert (tmp_path / "checkpoint/optimizer.pt").exists()


def test_the_card_names_sets_licences_recipe_and_figures(tmp_path: Path) -> None:
    figures = {"squad1_dev": {"questions": 10, "exact_match": 70.0, "f1": 80.0}}
    counts = {"squad_train_part": 21203, "mine": 5}
    write_card(tmp_path, "package:base", RECIPE, counts, figures)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| squad_train_part | 21,203 | CC BY-SA 4.0 |" in card
    assert "| mine | 5 | see its publisher |" in card
    assert "| learning_rate | 0.002 |" in card
    assert re.search(r"squad1_dev \| 10 \| 70\.0 \| 80\.0", card)
