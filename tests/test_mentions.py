from __future__ import annotations

import pytest

from qa.mentions import (
    find_definite,
    find_mentions,
    find_roles,
    gender_of,
    is_place,
    kind_of,
    names,
    true_case,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What did Abdul Amir Al-Shammari praise?", ["Abdul Amir Al-Shammari"]),
        ("Where did Iraq's minister meet Ismail?", ["Iraq", "Ismail"]),
        ("Who won the Bank of England prize?", ["Bank of England"]),
        ("When did the talks in Baghdad on Monday end?", ["Baghdad"]),
        ("What did the Iraqi say?", []),
        ("What did the Somali say?", []),
        ("The talks began. They ended.", []),
        ("Baghdad", ["Baghdad"]),
        ("", []),
    ],
)
def test_names_are_found_without_what_is_capital_for_its_place(
    text: str, found: list[str]
) -> None:
    assert [name for _, name in names(text)] == found
    assert all(text[start:].startswith(name) for start, name in names(text))


def test_a_plural_phrase_is_a_mention() -> None:
    (mention,) = find_mentions("What did the two officials discuss?")
    assert (mention.text, mention.is_plural) == ("the two officials", True)


@pytest.mark.parametrize(
    ("name", "context", "kind"),
    [
        ("Iraq", "", "place"),
        ("Mogadishu", "", "place"),
        ("Interior Ministry", "", "group"),
        ("Maria Keller", "Mayor Maria Keller came.", "person"),
        ("Keller", "Keller said so.", "person"),
        ("Maria Keller", "Maria Keller, 54, came.", "person"),
        ("Windows", "Windows crashed.", "thing"),
    ],
)
def test_the_context_tells_what_a_name_is(name: str, context: str, kind: str) -> None:
    assert kind_of(name, context) == kind


def test_an_article_tells_who_is_he_and_who_is_she() -> None:
    context = "Lindqvist blamed his defeat. Farouk won. She beat Petrova and Brandt."
    assert gender_of("Viktor Lindqvist", context) == "he"
    assert gender_of("Nadia Farouk", context) == "she"
    assert gender_of("Brandt", context) == ""


def test_countries_and_cities_are_places() -> None:
    assert is_place("Somalia")
    assert is_place("Sao Paulo")
    assert not is_place("Keller")


def test_where_a_definite_phrase_ends_is_seen_in_the_article() -> None:
    context = "The school board met."
    (mention,) = find_definite("What did the school board say?", context)
    assert mention.text == "the school board"
    found = find_definite("What is the purpose of the memorandum?")
    assert [each.text for each in found] == ["the purpose", "the memorandum"]


def test_people_are_called_by_their_roles() -> None:
    (mention,) = find_roles("What did Iraq's minister offer?")
    assert (mention.text, mention.kind) == ("Iraq's minister", "person")
    assert find_roles("What did the minister's wife say?") == []


def test_a_question_in_small_letters_gets_the_articles_capitals() -> None:
    context = "Somali minister Sheikh Ismail came to Baghdad."
    question = "did sheikh ismail see baghdad?"
    assert true_case(question, context) == "did Sheikh Ismail see Baghdad?"
    assert true_case("Did Ismail see baghdad?", context) == "Did Ismail see baghdad?"
