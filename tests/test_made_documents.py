from __future__ import annotations

import re

import pytest

from index.formats.extract import extract
from qa.evaluation.made.documents import MADE_SUFFIXES, make_document


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("suffix", MADE_SUFFIXES)
def test_every_visible_word_comes_out_once_and_in_order(suffix: str, seed: int) -> None:
    """More of them with scripts/check_extraction.py."""
    made = make_document(suffix, seed)
    found = re.findall(r"\w+", extract(made.data, suffix).text.casefold())
    assert found == [word.casefold() for word in made.words]
