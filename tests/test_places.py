from __future__ import annotations

import pytest

from qa.places import asks_where, names_organisation


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Where was the meeting?", True),
        ("In which city did they meet?", True),
        ("Where does she work?", False),
        ("Who was there?", False),
    ],
)
def test_a_place_is_asked_for(question: str, asks: bool) -> None:
    assert asks_where(question) is asks


def test_an_organisation_is_no_place_unless_it_is_a_building_or_has_one() -> None:
    assert names_organisation("Velden’s Interior Ministry")
    assert not names_organisation("Velden Hospital")
    assert not names_organisation("the Interior Ministry in Baghdad")
    assert not names_organisation("Velden")
