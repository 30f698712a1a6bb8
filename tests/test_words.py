from __future__ import annotations

from qa.words import read_phrases, read_words


def test_a_list_has_its_words_and_no_comment() -> None:
    words = read_words("not_names")
    assert {"what", "the"} <= words
    assert not any(word.startswith("#") for word in words)


def test_no_word_is_both_english_and_foreign() -> None:
    assert not read_words("english") & read_words("foreign")


def test_phrases_are_parted_by_commas() -> None:
    assert ("fighting", "combating", "tackling") in read_phrases("synonyms")
