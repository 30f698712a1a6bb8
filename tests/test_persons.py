from __future__ import annotations

import pytest

from qa.persons import names_another, who_is_named, whose_other, without_office


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Iraqi Interior Minister Abdul Amir Al-Shammari", "Abdul Amir Al-Shammari"),
        ("Maria Keller", "Maria Keller"),
        ("Prime Minister", "Prime Minister"),
    ],
)
def test_a_name_is_given_without_the_office_before_it(name: str, bare: str) -> None:
    assert without_office(name) == bare


def test_who_is_named_is_no_role() -> None:
    assert who_is_named("Who is Maria Keller?") == "Maria Keller"
    assert who_is_named("And who was Keller?") == "Keller"
    for question in ("Who is the mayor?", "Who is Iraq’s Minister?", "Who is he?"):
        assert who_is_named(question) is None


def test_whose_counterpart_is_asked_for() -> None:
    assert whose_other("Who is Maria Keller’s Dutch counterpart?") == "Maria Keller"
    assert whose_other("Who is the successor of Keller?") == "Keller"
    assert whose_other("Who is the Iraqi Minister’s counterpart?") is None
    assert whose_other("Who is Keller’s brother?") is None


def test_a_full_name_of_other_words_is_another_ones() -> None:
    assert names_another("Omar Haddad", "Maria Keller")
    assert names_another("Omar Haddad, in Rome", "Maria Keller")
    assert not names_another("Hans Keller", "Maria Keller")
    assert not names_another("Prime Minister", "Maria Keller")
    assert not names_another("a mayor", "Maria Keller")
