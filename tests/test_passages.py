from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.formats.boilerplate import is_boilerplate
from index.formats.tables import Table, column_names, header_rows
from index.models.sentence_embedder import SentenceEmbedder
from index.paragraphs import paragraph_spans
from index.passages import Passage, Splitting, evidence, split_document
from index.sentences import sentence_spans
from tests.fakes import HOSTILE_TEXTS, count_words

SMALL = Splitting(max_tokens=12, overlap_tokens=5)


def split(text: str, splitting: Splitting = SMALL) -> list[Passage]:
    return split_document(Document("d", text, "D"), splitting, count_words)


def check_law(text: str, splitting: Splitting = SMALL) -> None:
    """Check that passages are exact, in order, short, and leave nothing out."""
    passages = split(text, splitting)
    covered = set[int]()
    for passage in passages:
        assert passage.text == text[passage.start : passage.end] != ""
        assert count_words(passage.text) <= splitting.max_tokens
        covered.update(range(passage.start, passage.end))
    starts = [passage.start for passage in passages]
    ends = [passage.end for passage in passages]
    assert starts == sorted(set(starts))
    assert ends == sorted(set(ends))
    for start, end in paragraph_spans(text):
        paragraph = text[start:end]
        wanted = {n for n in range(start, end) if not text[n].isspace()}
        if len(paragraph.splitlines()) == 1 and is_boilerplate(paragraph):
            assert not wanted & covered
        else:
            assert wanted <= covered


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_passages_of_hostile_texts_keep_the_offset_law(text: str) -> None:
    check_law(text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                ["One two three. ", "Facebook Twitter\n", "\r\n", "Word ", "é😀" * 9]
            ),
        ),
        max_size=30,
    ),
    st.integers(1, 20).flatmap(
        lambda most: st.builds(Splitting, st.just(most), st.integers(0, most - 1))
    ),
)
def test_passages_of_any_text_keep_the_offset_law(
    pieces: list[str], splitting: Splitting
) -> None:
    check_law("".join(pieces), splitting)


@pytest.mark.parametrize("text", ["", "   \r\n\t", "Facebook Twitter (X) Instagram"])
def test_text_without_content_has_no_passages(text: str) -> None:
    assert split(text) == []


def test_passages_are_whole_sentences() -> None:
    text = "One two three. Four five six. Seven eight nine. Ten. Eleven twelve. End."
    bounds = sentence_spans(text)
    for passage in split(text):
        assert passage.start in {start for start, _ in bounds}
        assert passage.end in {end for _, end in bounds}


def test_the_last_sentences_of_a_passage_start_the_next_one() -> None:
    text = "One two three. Four five six. Seven eight. Nine ten. Last words."
    assert [passage.text for passage in split(text)] == [
        "One two three. Four five six. Seven eight.",
        "Seven eight. Nine ten. Last words.",
    ]


def test_without_overlap_no_sentence_stands_twice() -> None:
    text = "One two three. Four five six. Seven eight. Nine ten. Last words."
    passages = split(text, Splitting(max_tokens=9, overlap_tokens=0))
    assert " ".join(passage.text for passage in passages) == text


def test_no_passage_reaches_across_boilerplate() -> None:
    text = "Before it.\nFacebook Twitter (X) Instagram\nAfter it."
    assert [passage.text for passage in split(text)] == ["Before it.", "After it."]


def test_a_sentence_too_long_is_cut_between_words() -> None:
    text = "word " * 30 + "end"
    passages = split(text, Splitting(max_tokens=10, overlap_tokens=0))
    assert " ".join(passage.text for passage in passages) == text
    assert len(passages) > 2


def test_a_word_too_long_is_cut_between_characters() -> None:
    passages = split_document(
        Document("d", "x" * 100, "D"), Splitting(max_tokens=30, overlap_tokens=0), len
    )
    assert "".join(passage.text for passage in passages) == "x" * 100
    assert max(len(passage.text) for passage in passages) <= 30


def test_one_character_is_never_cut() -> None:
    (passage,) = split_document(
        Document("d", "😀", "D"),
        Splitting(max_tokens=1, overlap_tokens=0),
        lambda text: len(text.encode()),
    )
    assert passage.text == "😀"


@pytest.mark.parametrize(("most", "overlap"), [(10, 10), (10, 11), (10, -1), (0, 0)])
def test_an_overlap_that_makes_no_sense_is_refused(most: int, overlap: int) -> None:
    with pytest.raises(ValueError, match=f"not {overlap}"):
        Splitting(max_tokens=most, overlap_tokens=overlap)


def test_the_article_is_split_without_its_first_line(
    article: Document, embedder: SentenceEmbedder
) -> None:
    passages = split_document(article, Splitting(), embedder.count_tokens)
    first_line, _, rest = article.text.partition("\n")
    assert passages[0].start == len(first_line) + 1
    assert passages[-1].end == len(article.text.rstrip())
    assert rest.startswith(passages[0].text)
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_no_passage_is_longer_than_the_real_embedder_reads(
    text: str, embedder: SentenceEmbedder
) -> None:
    splitting = Splitting()
    assert splitting.max_tokens <= embedder.max_tokens
    passages = split_document(
        Document("d", text, "D"), splitting, embedder.count_tokens
    )
    assert passages
    for passage in passages:
        assert embedder.count_tokens(passage.text) <= splitting.max_tokens


TABLE = "Station\tChief\tFounded\nBirk\tHans Ude\t1934\nCove\t\t1928"


def test_each_row_of_a_table_is_a_passage_with_the_names_of_its_columns() -> None:
    before, after = "They burn wood.\n\n", "\n\nThey burn it fast."
    table = Table(
        len(before), len(before) + len(TABLE), ("Station", "Chief", "Founded")
    )
    document = Document("d", before + TABLE + after, "D", tables=(table,))
    passages = split_document(document, SMALL, count_words)
    assert [(passage.text, passage.context) for passage in passages] == [
        ("They burn wood.", ""),
        (
            "Station\tChief\tFounded\nBirk\tHans Ude\t1934",
            "Station: Birk; Chief: Hans Ude; Founded: 1934",
        ),
        ("Cove\t\t1928", "Station: Cove; Founded: 1928"),
        ("They burn it fast.", ""),
    ]
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
    assert evidence(document, passages[2]) == (
        "D\nStation: Cove; Founded: 1928\nCove\t\t1928"
    )


def contexts(text: str, header: tuple[str, ...]) -> list[str]:
    document = Document("d", text, "D", tables=(Table(0, len(text), header),))
    return [each.context for each in split_document(document, SMALL, count_words)]


def test_a_row_without_its_first_cell_goes_on_with_what_is_above() -> None:
    text = "Ship\tCars\tPeople\nAlma\t40\t200\n\t45\t\nBerta\t\t12"
    assert contexts(text, ("Ship", "Cars", "People")) == [
        "Ship: Alma; Cars: 40; People: 200",
        "Ship: Alma; Cars: 45",
        "Ship: Berta; People: 12",
    ]


def test_titles_and_all_rows_of_a_header_come_with_the_first_row() -> None:
    rows = [
        ["Results", "", ""],
        ["Ship", "Capacity", ""],
        ["", "Cars", "People"],
        ["Alma", "40", "200"],
        ["Berta", "", ""],
        ["Cora", "12", "9"],
    ]
    text = "\n".join("\t".join(row) for row in rows)
    header = column_names(rows, header_rows=3)
    assert header == ("Ship", "Capacity Cars", "Capacity People")
    assert contexts(text, header) == [
        "Ship: Alma; Capacity Cars: 40; Capacity People: 200",
        "Ship: Berta",
        "Ship: Cora; Capacity Cars: 12; Capacity People: 9",
    ]


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([["Ship", "Cars"], ["Alma", "40"]], 1),
        ([["Results", ""], ["Ship", "Cars"], ["Alma", "40"]], 2),
        ([["Alma", "40"], ["Berta", "12"]], 0),
        ([["", "Cars"], ["Alma", "40"]], 1),
        ([["Ship", ""], ["Alma", "40"]], 0),
        ([["Ship", "Cars"]], 0),
    ],
)
def test_the_rows_that_name_the_columns_are_told(
    rows: list[list[str]], count: int
) -> None:
    assert header_rows(rows) == count


@pytest.mark.parametrize("title", ["01/04/63", "2024-05-01", ""])
def test_a_title_without_words_says_nothing_of_the_text(title: str) -> None:
    document = Document("d", "They burn wood.", title)
    (passage,) = split_document(document, SMALL, count_words)
    assert evidence(document, passage) == "They burn wood."
