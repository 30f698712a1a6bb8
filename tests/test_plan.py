"""A rebuild embeds only what is new, and gives what a full build gives."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.build import build_index, plan_index
from index.documents import Document
from index.models.sentence_embedder import SentenceEmbedder
from index.passages import Splitting
from index.plan import Changes
from index.search.snapshot import IndexSnapshot
from index.search.vectors import Vectors
from index.store.store import IndexStore
from tests.fakes import HOSTILE_TEXTS, FakeEmbedder, build_fake_index

TEXTS = {
    "bridge": "The bridge opened in May. It cost little.",
    "cake": "Ministers ate cake. They liked it. " * 10,
    "dam": "The dam broke on Monday.",
}


class CountingEmbedder(FakeEmbedder):
    """Keeps the passages that it was given."""

    def __init__(self, name: str = "fake:words", *, precision: str = "float32") -> None:
        super().__init__(name, precision=precision)
        self.seen: list[str] = []

    def embed_passages(
        self, texts: Sequence[str], report: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        self.seen.extend(texts)
        return super().embed_passages(texts, report)


def open_live(root: Path) -> IndexSnapshot:
    store = IndexStore(root)
    return store.open(store.current())


def assert_same(one: IndexSnapshot, other: IndexSnapshot) -> None:
    assert list(one.documents.values()) == list(other.documents.values())
    rows = range(len(one))
    assert [one.passage(r) for r in rows] == [other.passage(r) for r in rows]
    assert np.array_equal(one.vectors(rows), other.vectors(rows))
    for query in ("bridge Monday", "ministers in Baghdad", "text 7", "北京 首都"):
        assert one.matching(query, 10) == other.matching(query, 10)


def rebuild(root: Path, texts: Mapping[str, str]) -> tuple[list[str], Changes]:
    embedder = CountingEmbedder()
    result = build_fake_index(root, texts, embedder=embedder)
    assert result.embedded == len(embedder.seen)
    return embedder.seen, result.changes


def test_an_unchanged_folder_embeds_nothing(tmp_path: Path) -> None:
    build_fake_index(tmp_path, TEXTS)
    assert rebuild(tmp_path, TEXTS) == ([], Changes((), (), (), 3))


def test_only_what_is_new_is_embedded(tmp_path: Path) -> None:
    build_fake_index(tmp_path, TEXTS)
    texts = {"bridge": TEXTS["bridge"], "cake": "No cake.", "fire": "A fire."}
    seen, changes = rebuild(tmp_path, texts)
    assert seen == ["Cake\nNo cake.", "Fire\nA fire."]
    assert changes == Changes(("fire",), ("cake",), ("dam",), 1)
    assert set(open_live(tmp_path).documents) == {"bridge", "cake", "fire"}


def test_a_renamed_document_keeps_its_vectors(tmp_path: Path) -> None:
    build_fake_index(tmp_path, TEXTS)
    document = Document("new-name", TEXTS["dam"], "Dam")
    embedder = CountingEmbedder()
    result = build_index([document], tmp_path, embedder, Splitting(30, 8))
    assert embedder.seen == []
    assert result.changes == Changes(("new-name",), (), ("bridge", "cake", "dam"), 0)
    assert open_live(tmp_path).passage(0).doc_id == "new-name"


def test_a_new_title_is_embedded_again_as_it_is_evidence(tmp_path: Path) -> None:
    def build(title: str) -> tuple[int, Changes]:
        document = Document("a", "Text of the article.", title)
        result = build_index([document], tmp_path, FakeEmbedder(), Splitting())
        return result.embedded, result.changes

    build("Old")
    assert build("New") == (1, Changes((), ("a",), (), 0))
    assert open_live(tmp_path).documents["a"].title == "New"


@pytest.mark.parametrize("seed", range(5))
def test_a_rebuild_gives_what_a_full_build_gives(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    pool = [*HOSTILE_TEXTS.values(), *TEXTS.values()]

    def choose() -> dict[str, str]:
        names = rng.sample("abcdefghij", rng.randint(1, 8))
        return {name: rng.choice(pool) for name in names}

    for _ in range(3):
        build_fake_index(tmp_path / "index", choose())
    texts = choose()
    build_fake_index(tmp_path / "index", texts)
    build_fake_index(tmp_path / "full", texts)
    assert_same(open_live(tmp_path / "index"), open_live(tmp_path / "full"))


def test_other_settings_embed_all_again(tmp_path: Path) -> None:
    build_fake_index(tmp_path, TEXTS)
    passages = len(open_live(tmp_path))
    other = CountingEmbedder("fake:other")
    build_fake_index(tmp_path, TEXTS, embedder=other)
    assert len(other.seen) == passages
    result = build_fake_index(
        tmp_path, TEXTS, embedder=other, splitting=Splitting(20, 0)
    )
    assert result.embedded == result.manifest.passages


def test_another_precision_embeds_all_again(tmp_path: Path) -> None:
    build_fake_index(tmp_path, TEXTS)
    other = CountingEmbedder(precision="bfloat16")
    result = build_fake_index(tmp_path, TEXTS, embedder=other)
    assert result.embedded == result.manifest.passages
    assert result.manifest.precision == "bfloat16"
    assert build_fake_index(tmp_path, TEXTS, embedder=other).embedded == 0


def test_the_real_embedder_gives_a_rebuild_the_vectors_of_a_full_build(
    tmp_path: Path, article: Document, embedder: SentenceEmbedder
) -> None:
    # In bfloat16 a vector's last digits depend on the texts that it is embedded with.
    parts = [*article.text.split(". "), *TEXTS.values()]
    documents = [Document(f"{n:02}", text, str(n)) for n, text in enumerate(parts)]
    splitting = Splitting()
    build_index(documents[::2], tmp_path / "index", embedder, splitting)
    build_index(documents, tmp_path / "index", embedder, splitting)
    build_index(documents, tmp_path / "full", embedder, splitting)
    one, other = open_live(tmp_path / "index"), open_live(tmp_path / "full")
    rows = range(len(one))
    cosines = (one.vectors(rows) * other.vectors(rows)).sum(axis=1)
    assert cosines.min() > 0.999
    for query in ("Where did the ministers meet?", "Who ate cake?"):
        vector = embedder.embed_query(query)
        top, others = (
            [row for row, _ in each.nearest(vector, 10)] for each in (one, other)
        )
        assert set(top) == set(others)


class OtherModel(CountingEmbedder):
    """Another model under the same name."""

    def embed_query(self, text: str) -> Vectors:
        return super().embed_query(text[::2])


def test_another_model_under_the_same_name_embeds_all_again(tmp_path: Path) -> None:
    build_fake_index(tmp_path, TEXTS)
    result = build_fake_index(tmp_path, TEXTS, embedder=OtherModel())
    assert result.embedded == result.manifest.passages


def test_a_damaged_live_version_embeds_all_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    version = build_fake_index(tmp_path, TEXTS).manifest.version
    (tmp_path / "versions" / version / "vectors.faiss").write_bytes(b"damaged")
    result = build_fake_index(tmp_path, TEXTS)
    assert result.embedded == result.manifest.passages
    assert "nothing is kept of the live version" in caplog.text


def test_a_dry_run_tells_the_changes_and_changes_nothing(tmp_path: Path) -> None:
    version = build_fake_index(tmp_path, TEXTS).manifest.version
    before = sorted(tmp_path.rglob("*"))
    documents = [Document("fire", "A fire.", "Fire")]
    splitting = Splitting(max_tokens=30, overlap_tokens=8)
    plan = plan_index(documents, tmp_path, FakeEmbedder(), splitting)
    assert plan.changes == Changes(("fire",), (), ("bridge", "cake", "dam"), 0)
    assert (plan.embedded, plan.passages) == (1, 1)
    assert sorted(tmp_path.rglob("*")) == before
    assert IndexStore(tmp_path).current() == version


def test_a_dry_run_of_a_first_build_makes_no_folder(tmp_path: Path) -> None:
    documents = [Document("fire", "A fire.", "Fire")]
    plan = plan_index(documents, tmp_path / "index", FakeEmbedder(), Splitting())
    assert plan.changes.added == ("fire",)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("factory", ["SQ8", "HNSW32,SQ8"])
def test_a_rebuild_of_an_inexact_index_keeps_the_same_vectors(
    tmp_path: Path, factory: str
) -> None:
    documents = [Document(n, f"Text {n} of {n}.", n) for n in map(str, range(80))]

    def build(root: Path, chosen: list[Document]) -> int:
        splitting = Splitting(30, 8)
        return build_index(
            chosen, root, FakeEmbedder(), splitting, factory=factory
        ).embedded

    build(tmp_path / "index", documents[:70])
    assert build(tmp_path / "index", documents[5:]) == 10
    build(tmp_path / "full", documents[5:])
    assert_same(open_live(tmp_path / "index"), open_live(tmp_path / "full"))
    store = IndexStore(tmp_path / "index")
    assert store.manifest(store.current()).vectors.factory == factory
