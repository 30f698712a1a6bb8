from __future__ import annotations

from pathlib import Path

import pytest

from index.models.sentence_embedder import SentenceEmbedder
from qa.conversation.intent import INTENTS_FILE, IntentClassifier, wording
from qa.evaluation.intents import (
    IntentsFormatError,
    LabelledQuestion,
    evaluate_intents,
    read_intents,
)
from qa.training.talk.intents import fill_slots, fit_intents, read_slots, save_intents

MEASURED = Path(__file__).with_name("intents.tsv")
LABELLED = INTENTS_FILE.with_name("intents.tsv")
SLOTS = INTENTS_FILE.with_name("intent_slots.tsv")


def test_nine_of_ten_intents_of_another_author_are_told(
    embedder: SentenceEmbedder,
) -> None:
    figures = evaluate_intents(
        IntentClassifier.load(), read_intents(MEASURED), embedder.embed_query
    )
    assert figures.share() >= 0.9, figures.confusions()


def test_what_is_measured_was_not_fitted() -> None:
    fitted = {each.question.lower() for each in read_intents(LABELLED)}
    measured = [each.question.lower() for each in read_intents(MEASURED)]
    # What everybody says: "how does it work?".
    assert sum(question in fitted for question in measured) <= 10


def test_a_line_of_another_form_is_named(tmp_path: Path) -> None:
    path = tmp_path / "intents.tsv"
    path.write_text("# fine\nfact\talone\tWho?\nfact\tWho?\n", encoding="utf-8")
    with pytest.raises(IntentsFormatError, match="line 3"):
        read_intents(path)


def test_slots_are_filled_with_what_stands_for_them() -> None:
    slots = read_slots(SLOTS)
    question = LabelledQuestion("fact", False, "Who is {person} of {place} in fact?")
    (filled,) = fill_slots([question], slots)
    assert len(filled) > 1
    assert all("{" not in each.question for each in filled)
    with pytest.raises(IntentsFormatError, match="nobody"):
        fill_slots([LabelledQuestion("fact", False, "Who is {nobody}?")], slots)


def test_a_fitted_classifier_is_the_same_once_read(
    tmp_path: Path, embedder: SentenceEmbedder
) -> None:
    asked = {
        "fact": ("Who", "When", "Where"),
        "reason": ("Why", "How come", "For what reason"),
        "yes_no": ("Is it true that", "Is it so that", "Can it be that"),
    }
    groups = [
        [LabelledQuestion(intent, False, f"{word} did {name} leave?")]
        for intent in ("fact", "reason", "yes_no")
        for word in asked[intent]
        for name in ("she", "the king", "Anna", "they")
    ]
    fitted = fit_intents(groups, embedder.embed_query)
    path = tmp_path / "intents.json"
    save_intents(fitted, path)
    vector = embedder.embed_query("Why did Otto leave?")
    for each in (fitted, IntentClassifier.load(path)):
        found = each.classify("Why did Otto leave?", vector, in_talk=False)
        assert found == "reason"


def test_wording_tells_where_a_question_begins() -> None:
    assert {"who", "< who", "won ?", "? >"} <= wording("Who won?")
