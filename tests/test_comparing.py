from __future__ import annotations

import pytest

from qa.words.comparing import (
    content_words,
    is_negated,
    names,
    says_same,
    share,
)


def test_content_words_meet_in_their_stems() -> None:
    assert content_words("Who visited the mayors?") == content_words("a mayor visits")
    asked, told = content_words("Who visited Lyon?"), content_words("I visit Rome.")
    assert share(asked, told) == 0.5
    assert share(content_words("Who is it?"), told) == 0.0


def test_names_are_capitalised_or_numbers() -> None:
    assert names("when did Ms Keller open bridge 12") == {"ms", "keller", "12"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Brume did not sign it.", True),
        ("Brume didn’t sign.", True),
        ("Nobody came.", True),
        ("The notable signed it.", False),
    ],
)
def test_what_denies_is_told(text: str, expected: bool) -> None:
    assert is_negated(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ismail", "Abdullahi Sheikh Ismail", True),
        ("the bridge", "The Bridge.", True),
        ("Iraq", "Iraq's support", False),
        ("Keller", "Meyer", False),
        ("support", "tactical support", False),
    ],
)
def test_the_same_answer_may_be_said_more_fully(
    one: str, other: str, expected: bool
) -> None:
    assert says_same(one, other) == says_same(other, one) == expected
