from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from index.documents import Document
from index.folders import DocumentError
from index.formats.tables import Table
from index.intake.added import AddedFiles
from index.intake.names import safe_name
from index.work.executor import Budget, In, InProcess, Out, Overrun, Task


class Overrunning(InProcess):
    """Gives up the files that are called slow."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def run(
        self, task: Task[In, Out], items: Iterable[In], budget: Budget | None = None
    ) -> Iterator[Out | Overrun]:
        assert budget is not None
        for item in items:
            assert isinstance(item, Path)
            self.asked.append(item.name)
            if item.stem == "slow":
                yield Overrun(f"takes longer than {budget.seconds:g} s")
            else:
                yield from super().run(task, [item], budget)


OTHER = Document("2024/bridge", "Maria Keller opened the bridge.", "The bridge")


@pytest.fixture
def added(tmp_path: Path) -> AddedFiles:
    return AddedFiles(tmp_path / "added")


def ids(added: AddedFiles, *others: Document) -> list[str]:
    return [each.doc_id for each in added.collect(others)]


def test_a_file_that_was_kept_is_an_article(added: AddedFiles) -> None:
    assert (
        added.keep("Trade talks.md", b"# Talks\n\nThey talked.\n") == "Trade talks.md"
    )
    bridge, talks = added.collect([OTHER])
    assert bridge == OTHER
    assert (talks.doc_id, talks.title) == ("added:Trade talks.md", "Talks")
    assert "They talked." in talks.text


def test_a_name_leads_nowhere_else(added: AddedFiles) -> None:
    for name in ("../../etc/x.txt", "/etc/x.txt", "C:\\temp\\x.txt", "..x.txt"):
        assert added.keep(name, b"text") == "x.txt"
    assert added.keep(".htaccess.txt", b"text") == "htaccess.txt"
    assert [path.name for path in added.root.iterdir()] != []
    assert safe_name("a\0b\n:c?.TXT") == "a b c.txt"
    assert len(safe_name("ü" * 500 + ".txt").encode()) < 200
    assert safe_name("\ud800a.txt") == "a.txt"


@pytest.mark.parametrize("name", ["x.exe", "", ".txt", "x", "x.txt.js"])
def test_a_file_of_no_known_kind_is_refused(added: AddedFiles, name: str) -> None:
    with pytest.raises(DocumentError, match="of no kind that can be read"):
        added.keep(name, b"text")
    assert added.names() == []


def test_another_file_of_the_same_name_is_kept_beside_the_first(
    added: AddedFiles,
) -> None:
    assert added.keep("a.txt", b"One.") == "a.txt"
    assert added.keep("a.txt", b"Two.") == "a (2).txt"
    assert added.keep("a.txt", b"One.") == "a.txt"
    assert ids(added) == ["added:a (2).txt", "added:a.txt"]


def test_each_line_of_a_jsonl_file_is_an_article(added: AddedFiles) -> None:
    added.keep("x.jsonl", b'{"id": "7", "text": "One."}\n{"text": "Two."}\n')
    assert len(ids(added)) == 2
    assert ids(added)[0] == "added:x.jsonl/7"


def test_a_file_that_cannot_be_read_stops_no_other(added: AddedFiles) -> None:
    added.keep("bad.pdf", b"no PDF")
    added.keep("good.txt", b"Good.")
    refused: list[DocumentError] = []
    found = list(added.collect([], refused.append))
    assert [each.doc_id for each in found] == ["added:good.txt"]
    assert len(refused) == 1
    assert str(added.root) not in str(refused[0])


def test_files_are_read_in_a_process_that_can_be_ended(tmp_path: Path) -> None:
    executor = Overrunning()
    added = AddedFiles(tmp_path / "added", executor)
    for name in ("a.txt", "slow.jsonl"):
        added.keep(name, b'{"text": "One."}\n')
    for _ in range(2):
        refused: list[DocumentError] = []
        found = list(added.collect([], refused.append))
        assert [each.doc_id for each in found] == ["added:a.txt"]
        told = "slow.jsonl takes longer than 15 s to be read; split or mend it"
        assert list(map(str, refused)) == [told]
    # What was read is not read again.
    assert executor.asked == ["a.txt", "slow.jsonl", "slow.jsonl"]


def test_a_title_given_by_hand_stays(added: AddedFiles, tmp_path: Path) -> None:
    added.rename(OTHER.doc_id, "A bridge")
    (found,) = AddedFiles(tmp_path / "added").collect([OTHER])
    assert found.title == "A bridge"
    assert found.text == OTHER.text


def test_a_removed_article_can_return(added: AddedFiles) -> None:
    added.keep("a.txt", b"One.")
    (article,) = added.collect([])
    added.remove(article)
    added.remove(OTHER)
    assert ids(added, OTHER) == []
    assert added.restore(article.doc_id)
    assert added.restore(OTHER.doc_id)
    assert not added.restore("x")
    # The index has lost the other one meanwhile; its copy brings it back.
    assert ids(added) == [OTHER.doc_id, article.doc_id]
    added.settle()
    assert ids(added) == [article.doc_id]


def test_a_removed_article_is_back_when_it_is_brought_again(added: AddedFiles) -> None:
    added.keep("a.txt", b"One.")
    (article,) = added.collect([])
    added.remove(article)
    added.keep("a.txt", b"One.")
    assert ids(added) == [article.doc_id]


def test_a_removed_article_returns_with_its_pages_and_tables(added: AddedFiles) -> None:
    table = Table(0, 8, ("Who", "What"))
    report = Document("r", "Who\tWhat\nA\tB", "Report", pages=(0, 4), tables=(table,))
    added.remove(report)
    added.restore("r")
    assert list(added.collect([])) == [report]


def test_the_next_start_deletes_what_was_removed(added: AddedFiles) -> None:
    added.keep("a.txt", b"One.")
    added.keep("b.txt", b"Two.")
    added.remove(next(iter(added.collect([]))))
    added.purge()
    assert added.names() == ["b.txt"]
