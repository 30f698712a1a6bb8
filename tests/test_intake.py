from __future__ import annotations

import time
from pathlib import Path

import pytest

from index.documents import Document
from index.folders import DocumentError
from index.intake.added import AddedFiles
from index.intake.rebuild import LiveBuilder
from index.intake.worker import (
    MAX_WAITING,
    BusyError,
    Intake,
    IntakeFullError,
)
from index.store.store import IndexStore
from tests.fakes import FakeEmbedder, build_fake_index
from tests.fakes_intake import FakeBuilder, wait

OTHER = Document("bridge", "Maria Keller opened the bridge.", "Bridge")


@pytest.fixture
def builder() -> FakeBuilder:
    return FakeBuilder(OTHER)


@pytest.fixture
def intake(tmp_path: Path, builder: FakeBuilder) -> Intake:
    return Intake(AddedFiles(tmp_path / "added"), builder, retry_seconds=0.01)


def test_what_is_brought_goes_live_and_tells_how_far_it_is(
    intake: Intake, builder: FakeBuilder
) -> None:
    builder.may_build.clear()
    build = intake.add([("a.txt", b"One."), ("b.md", b"Two.")])
    seen: list[str] = []
    for progress in build.follow(10):
        seen.append(progress[0].state)
        if seen[-1] == "splitting":
            builder.may_build.set()
    assert seen[-1] == "live"
    assert "splitting" in seen
    assert [each.document_ids for each in build.progress()] == [
        ("added:a.txt",),
        ("added:b.md",),
    ]
    assert list(builder.live) == [OTHER.doc_id, "added:a.txt", "added:b.md"]


def test_a_file_that_cannot_be_read_fails_alone_and_is_not_kept(
    intake: Intake, builder: FakeBuilder
) -> None:
    found = wait(intake.add([("bad.pdf", b"%PDF-"), ("good.txt", b"Good.")]))
    state, error = found["bad.pdf"]
    assert state == "failed"
    assert error
    assert found["good.txt"] == ("live", None)
    assert intake.added.names() == ["good.txt"]
    wait(intake.add([("empty.txt", b"")]))
    assert builder.builds == 1


def test_what_waits_is_built_at_once(intake: Intake, builder: FakeBuilder) -> None:
    builder.may_build.clear()
    first = intake.add([("a.txt", b"One.")])
    while first.progress()[0].state != "splitting":
        time.sleep(0.01)
    others = [intake.add([(f"{n}.txt", b"More %d." % n)]) for n in range(5)]
    builder.may_build.set()
    for each in others:
        wait(each)
    assert builder.builds == 2


def test_no_more_is_taken_than_can_wait(intake: Intake, builder: FakeBuilder) -> None:
    builder.may_build.clear()
    first = intake.add([("a.txt", b"One.")])
    while first.progress()[0].state != "splitting":
        time.sleep(0.01)
    intake.add([(f"{n}.txt", b"%d" % n) for n in range(MAX_WAITING)])
    with pytest.raises(IntakeFullError, match="bring more when they are done"):
        intake.add([("z.txt", b"Z")])
    assert "z.txt" not in intake.added.names()
    builder.may_build.set()


def test_an_article_is_renamed_removed_and_restored(
    intake: Intake, builder: FakeBuilder
) -> None:
    wait(intake.add([("a.txt", b"One.")]))
    wait(intake.rename(OTHER.doc_id, "A bridge"))
    assert builder.live[OTHER.doc_id].title == "A bridge"
    wait(intake.remove(builder.live[OTHER.doc_id]))
    assert list(builder.live) == ["added:a.txt"]
    with pytest.raises(DocumentError, match="only article"):
        intake.remove(builder.live["added:a.txt"])
    build = intake.restore(OTHER.doc_id)
    assert build is not None
    wait(build)
    assert builder.live[OTHER.doc_id].title == "A bridge"
    assert intake.restore("x") is None


def test_another_process_that_builds_is_waited_for(
    intake: Intake, builder: FakeBuilder
) -> None:
    builder.errors = [BusyError("busy"), BusyError("busy")]
    assert wait(intake.add([("a.txt", b"One.")])) == {"a.txt": ("live", None)}


def test_a_build_that_fails_is_told_and_the_next_one_has_its_files(
    intake: Intake, builder: FakeBuilder
) -> None:
    builder.errors = [OSError("the disk is full")]
    found = wait(intake.add([("a.txt", b"One.")]))
    assert found == {"a.txt": ("failed", "the disk is full")}
    builder.errors = [KeyError("secret")]
    assert "secret" not in str(wait(intake.add([("b.txt", b"Two.")])))
    wait(intake.add([("c.txt", b"Three.")]))
    assert set(builder.live) == {"bridge", "added:a.txt", "added:b.txt", "added:c.txt"}


def test_a_start_builds_what_a_kill_left(tmp_path: Path, builder: FakeBuilder) -> None:
    AddedFiles(tmp_path / "added").keep("a.txt", b"One.")
    intake = Intake(AddedFiles(tmp_path / "added"), builder)
    intake.resume()
    for _ in range(500):
        if "added:a.txt" in builder.live:
            break
        time.sleep(0.01)
    assert "added:a.txt" in builder.live
    again = FakeBuilder(*builder.live.values())
    Intake(AddedFiles(tmp_path / "added"), again).resume()
    assert again.builds == 0


def test_the_index_is_built_as_it_was(tmp_path: Path) -> None:
    root = tmp_path / "index"
    before = build_fake_index(root, {"bridge": OTHER.text}).manifest
    builder = LiveBuilder(root, lambda name: FakeEmbedder(name))
    intake = Intake(AddedFiles(root / "added"), builder)
    found = wait(intake.add([("a.txt", b"Two ministers met in Oslo.")]))
    assert found == {"a.txt": ("live", None)}
    store = IndexStore(root)
    snapshot = store.open(store.current())
    assert set(snapshot.documents) == {"bridge", "added:a.txt"}
    assert store.manifest(store.current()).splitting == before.splitting
