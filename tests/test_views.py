"""What models read of a passage, and that nothing but the passage can be quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.documents import Document
from index.formats.tables import Table
from index.passages import Splitting, passage_of, split_document
from qa.loading import load_pipeline
from qa.reading.spans import Span
from qa.reading.views import View, view_passage
from scripts.build_index import main as build
from tests.fakes import count_words

ROWS = "Boat\tMaster\tBuilt\nOtter\tIda Holm\t1931\n\tJan Roos\t1958\nSeal\t\t1940"
HEADER = ("Boat", "Master", "Built")


def table_document(text: str, header: tuple[str, ...] = HEADER) -> Document:
    return Document("d", text, "The fleet", tables=(Table(0, len(text), header),))


def views(document: Document, most: int = 128) -> list[tuple[str, View]]:
    passages = split_document(document, Splitting(most, 0), count_words)
    return [(each.text, view_passage(document, each)) for each in passages]


def span_of(view: View, words: str, after: str = "") -> Span:
    start = view.text.index(words, view.text.index(after))
    return Span(start, start + len(words), 1.0)


def quoted(passage: str, spans: tuple[Span, ...]) -> list[str]:
    return [passage[each.start : each.end] for each in spans]


def test_a_title_is_read_and_never_quoted() -> None:
    document = Document("d", "The firm grew. It hired Ada Ruiz.", "Report of Tarn")
    ((text, view),) = views(document)
    assert view.text == "Report of Tarn\n\nThe firm grew. It hired Ada Ruiz."
    found = view.answers([span_of(view, "Tarn"), span_of(view, "Ada Ruiz")])
    assert quoted(text, found) == ["Ada Ruiz"]
    across = Span(view.text.index("Tarn"), view.text.index(" grew"), 1.0)
    assert view.answers([across]) == ()
    assert quoted(text, view.sentences([across])) == ["The firm"]


def test_a_title_without_words_is_not_read() -> None:
    ((text, view),) = views(Document("d", "It rained.", "1963-11-29"))
    assert view.text == text == "It rained."


def test_cells_are_read_with_the_names_of_their_columns() -> None:
    document = table_document(ROWS)
    read = views(document)
    assert [view.text.removeprefix("The fleet\n\n") for _, view in read] == [
        "Boat: Otter; Master: Ida Holm; Built: 1931",
        "Boat: Otter; Master: Jan Roos; Built: 1958",
        "Boat: Seal; Built: 1940",
    ]
    for text, view in read:
        for start, end, place in view.places:
            assert view.text[start:end] == text[place : place + end - start]
    text, view = read[1]
    # The name of a column is in no passage; the boat's stands in the row above.
    spans = [span_of(view, words) for words in ("Master", "Otter", "Jan Roos", "1958")]
    assert quoted(text, view.answers(spans)) == ["Jan Roos", "1958"]
    (whole,) = view.sentences([Span(11, len(view.text), 1.0)])
    assert text[whole.start : whole.end] == "Jan Roos\t1958"


def test_a_cell_is_found_where_it_stands_not_where_its_words_first_stand() -> None:
    header = ("Team", "Lost", "Drawn")
    document = table_document("Team\tLost\tDrawn\nKite\t8\t8", header)
    ((text, view),) = views(document)
    (found,) = view.answers([span_of(view, "8", "Drawn")])
    assert (found.start, found.end) == (len(text) - 1, len(text))


def test_of_a_row_that_was_cut_each_part_is_read_once() -> None:
    words = " ".join(f"word{number}" for number in range(40))
    document = table_document(f"Boat\tMaster\tBuilt\nOtter\t{words}\t1931")
    read = views(document, most=16)
    assert len(read) > 2
    told = " ".join(
        text[place : place + end - start]
        for text, view in read
        for start, end, place in view.places
    )
    assert told.split() == ["Otter", *words.split(), "1931"]
    # Each part is read with what its row is about.
    assert all("Boat: Otter" in view.text for _, view in read[1:])


def test_a_long_gap_in_the_first_column_takes_no_longer_than_a_short_one() -> None:
    text = "Boat\tBuilt\n" + "\n".join("\t1931" for _ in range(3000))
    document = table_document(text, ("Boat", "Built"))
    last = passage_of(document, len(text) - 5, len(text))
    assert view_passage(document, last).text == "The fleet\n\nBuilt: 1931"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many berths does Seal have?", "6"),
        ("Who is the master of Otter?", "Ida Holm"),
        ("What was the profit of Lund Glass?", "4 million crowns"),
    ],
)
def test_rows_and_titles_are_understood(
    fleet: Path, question: str, answer: str
) -> None:
    found = load_pipeline(fleet).answer(question)
    assert found.text == answer
    (citation,) = found.citations[:1]
    assert citation.quote == answer


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "docs").mkdir()
    (folder / "docs" / "boats.md").write_text(
        "# Boats of the harbour\n\n| Boat | Master | Crew | Berths |\n"
        "| --- | --- | --- | --- |\n| Otter | Ida Holm | 4 | 8 |\n"
        "| Seal | Jan Roos | 8 | 6 |\n| Heron | Ole Vik | 6 | 4 |\n",
        encoding="utf-8",
    )
    for name, profit in (("Lund Glass", 4), ("Moen Paper", 7)):
        (folder / "docs" / f"{name}.md").write_text(
            f"# Results of {name}\n\nThe company made a profit of {profit} million "
            "crowns. Its head office stays in the old town.\n",
            encoding="utf-8",
        )
    index = folder / "index"
    argv = [str(folder / "docs"), "--index", str(index), "--no-suggestions"]
    assert build(argv) == 0
    return index
