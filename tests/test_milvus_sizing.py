"""The memory that is computed for more passages, and what the README says of it."""

from __future__ import annotations

import re
from pathlib import Path

from index.documents import Document
from index.milvus.sizing import PassageBytes, cluster_for, measure_passages
from index.search.snapshot import PassagePlace

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
NODE_BYTES = 64_000_000_000


def test_bytes_of_a_passage_are_those_of_its_rows() -> None:
    text = "Ministers met in Baghdad. " * 40
    documents = [Document(f"d{number}", text, "") for number in range(50)]
    places = [
        PassagePlace(each.doc_id, begin, begin + len(text) // 2)
        for each in documents
        for begin in (0, len(text) // 2)
    ]
    each = measure_passages(documents, places, dim=384)
    assert each.vector == 384 * 4 + 32 * 4
    assert len(text) // 2 < each.text < len(text) // 2 + 300
    assert len(text) // 2 < each.document < len(text) + 200
    assert 0 < each.words < each.text


def test_two_versions_and_the_replicas_share_the_nodes() -> None:
    each = PassageBytes(vector=1_000, text=500, words=300, document=200)
    one = cluster_for(10_000_000, each, node_bytes=NODE_BYTES, replicas=1)
    assert (one.version, one.memory, one.nodes) == (20_000_000_000, 40_000_000_000, 1)
    two = cluster_for(10_000_000, each, node_bytes=NODE_BYTES, replicas=2)
    assert (two.memory, two.nodes) == (80_000_000_000, 2)
    small = cluster_for(1_000, each, node_bytes=NODE_BYTES, replicas=3)
    assert small.nodes == 3


def test_the_readme_says_what_is_computed() -> None:
    (measured,) = re.findall(
        r"([\d,]+) bytes of vector and\s+links, ([\d,]+) of text, ([\d,]+) of words\s+"
        r"and ([\d,]+) of its document",
        README,
    )
    each = PassageBytes(*(int(number.replace(",", "")) for number in measured))
    rows = re.findall(r"\| (\d+) million \| (.+?) \| (.+?) \| (.+?) \|", README)
    assert len(rows) == 3
    for millions, version, one, two in rows:
        clusters = [
            cluster_for(
                int(millions) * 1_000_000, each, node_bytes=NODE_BYTES, replicas=number
            )
            for number in (1, 2)
        ]
        assert version == f"{clusters[0].version / 1e9:.0f} GB"
        for shown, cluster in zip((one, two), clusters, strict=True):
            nodes = "node" if cluster.nodes == 1 else "nodes"
            assert shown == f"{cluster.memory / 1e9:.0f} GB, {cluster.nodes} {nodes}"
