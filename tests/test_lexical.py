from __future__ import annotations

import stat
from pathlib import Path

import pytest

from index.search.lexical import LexicalIndex, terms
from tests.fakes import HOSTILE_TEXTS

TEXTS = [
    "The ministers talked in Baghdad.",
    "The talks began; talks and more talks.",
    "北京是中国的首都。上海很大。",
    "",
    "Cafés of São Paulo, by the U.S. (AND) embassy.",
]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.from_texts(TEXTS, [0, 0, 1, 1, 2])


def rows(index: LexicalIndex, query: str, k: int = 10) -> list[int]:
    return [row for row, _ in index.search(query, k)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Who talks?", [1, 0]),
        ("BAGHDAD", [0]),
        ("the", []),
        ("", []),
        ("?!", []),
        ("cafe sao", [4]),
        ("AND", []),
        ("u.s.", [4]),
        ("首都", [2]),
        ("unheard-of", []),
    ],
)
def test_a_query_finds_the_passages_that_share_its_words(
    index: LexicalIndex, query: str, expected: list[int]
) -> None:
    assert rows(index, query) == expected


@pytest.mark.parametrize(
    "query", ['"', "a:b", "(talks", "talks AND", "+-^~*\\", "[1 TO"]
)
def test_no_query_is_read_as_a_command(index: LexicalIndex, query: str) -> None:
    assert rows(index, query) == ([1, 0] if "talks" in query else [])


def test_the_best_come_first_and_no_more_than_asked_for(index: LexicalIndex) -> None:
    found = index.search("talks in Baghdad", 10)
    assert [score for _, score in found] == sorted(
        (score for _, score in found), reverse=True
    )
    assert len(index.search("talks in Baghdad", 1)) == 1


def test_equal_passages_keep_the_order_of_the_index() -> None:
    index = LexicalIndex.from_texts(["A bridge."] * 5, range(5))
    assert rows(index, "bridge") == [0, 1, 2, 3, 4]


def test_only_the_wanted_groups_are_searched(index: LexicalIndex) -> None:
    assert [row for row, _ in index.search("talks embassy", 10, [2])] == [4]
    assert index.search("talks", 10, [1, 7]) == []
    assert index.search("talks", 10, []) == []
    # Being of the group is worth nothing by itself.
    assert index.search("talks", 10, [0]) == index.search("talks", 10)


def test_what_is_saved_is_loaded(tmp_path: Path, index: LexicalIndex) -> None:
    index.save(tmp_path / "lexical")
    loaded = LexicalIndex(tmp_path / "lexical")
    assert len(loaded) == len(TEXTS)
    assert loaded.search("talks", 10) == index.search("talks", 10)


def test_opening_changes_nothing_in_the_version(
    tmp_path: Path, index: LexicalIndex
) -> None:
    """A server may run as a user who may only read."""
    folder = tmp_path / "lexical"
    index.save(folder)
    before = sorted(folder.iterdir())
    assert len(LexicalIndex(folder)) == len(TEXTS)
    assert sorted(folder.iterdir()) == before
    assert stat.S_IMODE(folder.stat().st_mode) & 0o055 == 0o055


def test_a_damaged_index_is_refused(tmp_path: Path, index: LexicalIndex) -> None:
    index.save(tmp_path / "lexical")
    (tmp_path / "lexical" / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="tantivy cannot read"):
        LexicalIndex(tmp_path / "lexical")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoë’s Straße", ["zoe", "s", "strasse"]),
        ("ＦＵＬＬ ﬁn 5°C", ["full", "fin", "5", "c"]),
        ("بَغْدَاد", ["بغداد"]),
        ("שָׁלוֹם", ["שלום"]),
        ("中国人", ["中国", "国人"]),
        ("大", ["大"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("snake_case 👩‍👩‍👧", ["snake", "case"]),
        ("x" * 500, ["x" * 100]),
    ],
)
def test_terms_of_many_scripts(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_hostile_texts_are_found_by_their_own_words(text: str) -> None:
    index = LexicalIndex.from_texts(["Other words.", text], [0, 1])
    assert rows(index, text) == ([1] if terms(text) else [])


def test_a_word_parted_at_the_end_of_a_line_is_found_whole() -> None:
    assert "reconstruction" in terms("the re-\nconstruction of a well-known part")
    assert "reconstruction" in terms("> the re-\n> construction")
    assert "wellknown" not in terms("the re-\nconstruction of a well-known part")
