from __future__ import annotations

import pytest

from qa.spelling import corrected

TEXT = (
    "Iraq’s Interior Minister met the Al-Qaeda expert in Baghdad about cybersecurity, "
    "counter-terrorism and trafficking. Training came next. The signs were good."
)
WORDS = {"who", "is", "minister", "sign", "iran", "the", "did", "security", "export"}


def spelled(question: str) -> str:
    return corrected(question, TEXT, lambda word: 1 if word.lower() in WORDS else 2)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("who is iraqs interor minster", "who is iraq’s interior minister"),
        ("Bagdad?", "Baghdad?"),
        ("waht abuot cyber security", "what about cybersecurity"),
        ("counterterrorism", "counter-terrorism"),
        ("cybersecurtiy", "cybersecurity"),
        ("al qaida", "al-qaeda"),
    ],
)
def test_a_slip_is_written_as_the_article_has_it(question: str, meant: str) -> None:
    assert spelled(question) == meant


@pytest.mark.parametrize(
    "question",
    [
        "is the export",  # a word that people know
        "the man’s",  # a word with a possessive, not "many"
        "which contry",  # a slip away from no word of the article
        "Minister trainings",  # the same word with another ending
        "his",  # too short to tell
        "the co-founded one",  # of two words
    ],
)
def test_what_may_be_meant_as_it_is_stays(question: str) -> None:
    assert spelled(question) == question


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("who analyzes it", "The analysis of it."),
        ("an industrialized one", "The industrialised ones."),
        ("the RIBA", "The Ribas."),
        ("two weeks", "A two-week stay."),
        ("a two week stay", "A two-week stay."),
    ],
)
def test_another_form_or_spelling_of_a_word_stays(question: str, text: str) -> None:
    known = {"who", "it", "an", "one", "the", "two", "week", "weeks", "a", "stay"}
    assert corrected(question, text, lambda word: 1 if word in known else 2) == question


def test_of_two_words_as_near_none_is_taken() -> None:
    text = "The barge and the large one came."
    assert corrected("where is barge", text, lambda word: 2) == "where is barge"
    text = "The brigade and the brigand came."
    assert corrected("brigaxe", text, lambda word: 2) == "brigade"
    assert corrected("brigad", text, lambda word: 2) == "brigad"
