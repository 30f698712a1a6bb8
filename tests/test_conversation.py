from __future__ import annotations

import pytest

from qa.conversation import Turn, leans_on_history, stand_alone

MINISTER = Turn("Who is the Iraqi Interior Minister?", "Abdul Amir Al-Shammari")
MEMORANDUM = Turn("What did the two officials discuss?", "a proposed memorandum")


@pytest.mark.parametrize(
    ("history", "question", "rewritten"),
    [
        ([MINISTER], "What did he praise?", "What did Abdul Amir Al-Shammari praise?"),
        ([MINISTER], "What is his plan?", "What is Abdul Amir Al-Shammari’s plan?"),
        ([MINISTER], "And the Somali one?", "Who is the Somali Interior Minister?"),
        ([MEMORANDUM], "What is it for?", "What is the proposed memorandum for?"),
        ([MEMORANDUM], "Where did they meet?", "Where did the two officials meet?"),
        (
            [Turn("Where did the ministers meet?", "Baghdad")],
            "What happened there?",
            "What happened in Baghdad?",
        ),
        (
            [Turn("Where did the ministers meet?", "Baghdad")],
            "Who went there?",
            "Who went to Baghdad?",
        ),
        (
            [Turn("Where did the ministers meet?", "Baghdad")],
            "Who was there?",
            "Who was at the meeting?",
        ),
        (
            [Turn("What dangers does Somalia face?", None)],
            "What is it doing about them?",
            "What is Somalia doing about them?",
        ),
        (
            [Turn("Where did the storm begin?", "Baghdad")],
            "Who was there?",
            "Who was in Baghdad?",
        ),
        (
            [
                Turn("Where did the storm begin?", "Baghdad"),
                Turn("Who was there?", "Maria Keller"),
            ],
            "When?",
            "When was Maria Keller in Baghdad?",
        ),
        (
            [Turn("What is the purpose of the memorandum?", None)],
            "Who signed it?",
            "Who signed the memorandum?",
        ),
    ],
)
def test_what_leans_on_the_conversation_is_made_to_stand_alone(
    history: list[Turn], question: str, rewritten: str
) -> None:
    assert stand_alone(question, history) == rewritten


def test_a_chain_of_questions_keeps_its_subject() -> None:
    history = [
        MINISTER,
        Turn("What did he praise?", "Somalia’s efforts"),
        Turn("Why?", None),
    ]
    found = stand_alone("Whom did he meet?", history)
    assert found == "Whom did Abdul Amir Al-Shammari meet?"


@pytest.mark.parametrize(
    "aside",
    [
        Turn("thanks", "You are welcome. Ask on whenever you like."),
        Turn("Summarize", "There are 3 articles. Which one do you mean?"),
    ],
)
def test_an_aside_does_not_break_the_chain(aside: Turn) -> None:
    found = stand_alone("And the Somali one?", [MINISTER, aside])
    assert found == "Who is the Somali Interior Minister?"
    found = stand_alone("What did he praise?", [MINISTER, aside, aside])
    assert found == "What did Abdul Amir Al-Shammari praise?"
    assert stand_alone("Why?", [aside]) is None


def test_who_someone_is_does_not_change_what_is_talked_of() -> None:
    told = (
        "Minister Omar Haddad met Maria Keller in Rome and more was said of them all."
    )
    history = [Turn("What is this about?", told)]
    assert stand_alone("Who is he?", history) == "Who is Omar Haddad?"
    history.append(Turn("Who is he?", "Minister"))
    assert stand_alone("Which groups?", history) == "Which groups are mentioned?"
    assert stand_alone("Why?", history) is None
    history.insert(1, Turn("Where did they meet?", "Rome"))
    assert stand_alone("Why?", history) is not None


def test_who_was_named_last_is_who_is_meant() -> None:
    history = [MINISTER, Turn("Who is his counterpart?", "Abdullahi Sheikh Ismail")]
    found = stand_alone("What did he say?", history)
    assert found == "What did Abdullahi Sheikh Ismail say?"


def test_a_name_is_given_in_its_fullest_form() -> None:
    history = [Turn("Who is the mayor?", "Maria Keller"), Turn("Did Keller win?", None)]
    assert stand_alone("Did she resign?", history) == "Did Maria Keller resign?"


def test_he_is_no_place_and_no_group() -> None:
    history = [Turn("What did Keller say about ISIS in Iraq?", None)]
    context = "Keller said little."
    assert stand_alone("Whom did he meet?", history, context) == "Whom did Keller meet?"


def test_small_letters_are_understood_with_the_article() -> None:
    history = [Turn("who is maria keller?", None)]
    context = "Mayor Maria Keller came."
    found = stand_alone("where did she go?", history, context)
    assert found == "Where did Maria Keller go?"


@pytest.mark.parametrize(
    "question",
    ["Who is the mayor of Velden?", "What did Keller say about her visit?", "?", ""],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert not leans_on_history(question)
    assert stand_alone(question, [MINISTER, MEMORANDUM]) is None


def test_nothing_is_made_up_without_something_to_lean_on() -> None:
    assert stand_alone("What did he say?", []) is None
    assert stand_alone("What did he say?", [Turn("How much?", "4 %")]) is None


def test_what_is_asked_for_by_which_is_spoken_of_next() -> None:
    history = [Turn("Which group threatens Velden?", "Harbour Watch")]
    asked = stand_alone("Where does it operate?", history)
    assert asked == "Where does Harbour Watch operate?"


def test_people_of_a_ministry_are_not_the_ministry() -> None:
    history = [
        Turn("What did Keller visit?", "a school"),
        Turn("With whom did he meet?", "officials within Velden’s Education Ministry"),
    ]
    assert stand_alone("Did he stay?", history) == "Did Keller stay?"


def test_they_are_not_the_place_where_it_was() -> None:
    history = [Turn("Where did the meeting take place?", "Baghdad")]
    assert stand_alone("What did they discuss?", history) is None


def test_a_word_that_an_article_has_in_small_letters_is_no_name() -> None:
    history = [Turn("tell me of the ferry strike", None)]
    context = "Ferry crews walk out. The ferry strike began on Monday."
    asked = stand_alone("how long will it last?", history, context)
    assert asked == "How long will the ferry strike last?"


def test_groups_that_were_asked_for_are_no_persons() -> None:
    history = [Turn("Which groups are mentioned?", "Harbour Watch; Red Tide")]
    assert stand_alone("Who is he?", history) is None
