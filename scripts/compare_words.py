"""Compare searches for words in Milvus with tantivy: what they find, and how fast.

    python scripts/compare_words.py retrieval/squad milvus://127.0.0.1:19530/words

The passages of a collection in BEIR's layout are searched by BM25 in four ways: by
tantivy, as in a folder; by the lists of terms that an index in Milvus has; by sparse
vectors in Milvus whose weights are computed here; and by its own full-text function.
Where a server has not the last two it is said. What this makes in Milvus is removed.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from pymilvus import (
    CollectionSchema,
    DataType,
    FieldSchema,
    Function,
    FunctionType,
    MilvusClient,
)
from tqdm import tqdm

from index.errors import IndexUnavailableError
from index.milvus.connection import Connection
from index.milvus.schema import Collections, create_version, make_ready
from index.milvus.words import Words, term_number, term_rows
from index.models.embedder import DEFAULT_EMBEDDER
from index.models.sentence_embedder import SentenceEmbedder
from index.passages import Splitting, split_document
from index.search.lexical import LexicalIndex, analyze, query_terms
from index.search.snapshot import PassagePlace, words_of
from index.terminal import say, say_error
from qa.evaluation.collection import Collection, CollectionQuestion, read_collection
from qa.evaluation.ranking import ranking_figures
from qa.evaluation.squad import SquadFormatError

# Passages asked for; documents of several are ranked by their best.
_DEPTH = 100
_K1, _B = 1.2, 0.75
_DIMENSIONS = 2**31 - 1

Search = Callable[[str], list[int]]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        collection = read_collection(arguments.collection)
        texts, owners = _passages(collection)
        step = max(1, len(collection.questions) // arguments.questions)
        questions = collection.questions[::step][: arguments.questions]
        say(f"{len(texts)} passages, {len(questions)} questions")
        with tempfile.TemporaryDirectory() as folder:
            started = time.monotonic()
            lexical = LexicalIndex.from_texts(texts, range(len(texts)), Path(folder))

            def search(text: str) -> list[int]:
                return [row for row, _ in lexical.search(text, _DEPTH)]

            _measure("tantivy", search, questions, owners, started)
        connection = Connection(arguments.address)
        name = urlsplit(arguments.address).path.strip("/")
        for label, make in (
            ("lists of terms", _lists),
            ("sparse vectors", _sparse),
            ("Milvus' function", _function),
        ):
            names = Collections.of(f"{name}_{make.__name__.strip('_')}")
            try:
                started = time.monotonic()
                found = make(connection, names, texts)
                _measure(label, found, questions, owners, started)
            except IndexUnavailableError as error:
                say(f"{label:18} {error}")
            finally:
                for each in names.all():
                    connection.call(MilvusClient.drop_collection, each)
    except (IndexUnavailableError, SquadFormatError, ValueError) as error:
        say_error("compare_words.py", error)
        return 2
    return 0


def _passages(collection: Collection) -> tuple[list[str], list[str]]:
    """Return what passages are found by, and the ids of their documents."""
    embedder = SentenceEmbedder.load(DEFAULT_EMBEDDER)
    texts, owners = [], []
    for document in collection.documents:
        for passage in split_document(document, Splitting(), embedder.count_tokens):
            place = PassagePlace(passage.doc_id, passage.start, passage.end)
            texts.append(words_of(document, place))
            owners.append(passage.doc_id)
    return texts, owners


def _lists(connection: Connection, names: Collections, texts: Sequence[str]) -> Search:
    create_version(connection, names, dim=2)
    rows, _ = term_rows(texts, 0, None, lambda count: None)
    connection.write(names.words, rows, upsert=False)
    make_ready(connection, names.words)
    words = Words(connection, names.words, len(texts), segments=1)

    def search(text: str) -> list[int]:
        found, scores = words.scores(text, None)
        return [int(row) for row in found[np.lexsort((found, -scores))[:_DEPTH]]]

    return search


def _sparse(connection: Connection, names: Collections, texts: Sequence[str]) -> Search:
    """Weigh the terms here: a passage's have their share, a query's their rarity."""
    counts = [Counter(analyze(text)) for text in texts]
    average = sum(map(Counter.total, counts)) / len(counts)
    passages = Counter(term for count in counts for term in count)
    rows = []
    for row, count in enumerate(counts):
        norm = _K1 * (1 - _B + _B * count.total() / average)
        shares = {
            _dimension(term): times * (_K1 + 1) / (times + norm)
            for term, times in count.items()
        }
        # A value must not be empty.
        rows.append({"row": row, "words": shares or {_DIMENSIONS: 1.0}})
    words = FieldSchema("words", DataType.SPARSE_FLOAT_VECTOR)
    _write(connection, names.words, [words], rows, "IP")

    def search(text: str) -> list[int]:
        weights = {
            _dimension(term): float(
                np.log1p((len(texts) - passages[term] + 0.5) / (passages[term] + 0.5))
            )
            for term in query_terms(text)
        }
        return _search(connection, names.words, weights) if weights else []

    return search


def _function(
    connection: Connection, names: Collections, texts: Sequence[str]
) -> Search:
    """Let Milvus weigh the terms; they are cut here, so that all ways have the same."""
    fields = [
        FieldSchema(
            "text",
            DataType.VARCHAR,
            max_length=65_535,
            enable_analyzer=True,
            analyzer_params={"tokenizer": "standard"},
        ),
        FieldSchema("words", DataType.SPARSE_FLOAT_VECTOR, is_function_output=True),
    ]
    bm25 = Function("bm25", FunctionType.BM25, ["text"], ["words"])
    rows = [
        {"row": row, "text": " ".join(analyze(text))} for row, text in enumerate(texts)
    ]
    _write(connection, names.words, fields, rows, "BM25", [bm25])

    def search(text: str) -> list[int]:
        return _search(connection, names.words, " ".join(query_terms(text)))

    return search


def _write(
    connection: Connection,
    name: str,
    fields: list[FieldSchema],
    rows: list[dict[str, object]],
    metric: str,
    functions: list[Function] | None = None,
) -> None:
    row = FieldSchema("row", DataType.INT64, is_primary=True)
    schema = CollectionSchema([row, *fields], functions=functions)
    connection.call(MilvusClient.create_collection, name, schema=schema)
    for begin in range(0, len(rows), 1_000):
        connection.write(name, rows[begin : begin + 1_000], upsert=False)
    connection.call(MilvusClient.flush, name)
    index = MilvusClient.prepare_index_params()
    parameters = {"bm25_k1": _K1, "bm25_b": _B} if metric == "BM25" else {}
    index.add_index("words", "SPARSE_INVERTED_INDEX", metric_type=metric, **parameters)
    connection.call(MilvusClient.create_index, name, index)
    connection.load(name)


def _search(connection: Connection, name: str, asked: object) -> list[int]:
    (hits,) = connection.call(
        MilvusClient.search,
        name,
        data=[asked],
        limit=_DEPTH,
        anns_field="words",
        output_fields=["row"],
        consistency_level="Eventually",
    )
    return [int(hit["row"]) for hit in hits]


def _dimension(term: str) -> int:
    return term_number(term) % _DIMENSIONS


def _measure(
    label: str,
    search: Search,
    questions: Sequence[CollectionQuestion],
    owners: Sequence[str],
    started: float,
) -> None:
    written = time.monotonic() - started
    # Not measured: a server may have put off some of its work until now.
    search(questions[0].text)
    found, times = [], []
    for question in tqdm(questions, label, leave=False, mininterval=5):
        before = time.perf_counter()
        rows = search(question.text)
        times.append(time.perf_counter() - before)
        found.append(list(dict.fromkeys(owners[row] for row in rows)))
    times.sort()
    say(
        f"{label:18} hit@5 {ranking_figures(questions, found)['hit@5']:6.2f}, "
        f"p50 {1000 * statistics.median(times):7.1f} ms, "
        f"p95 {1000 * times[int(0.95 * len(times))]:7.1f} ms, "
        f"written in {written:.1f} s",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("collection", type=Path, help="a folder in BEIR's layout")
    parser.add_argument("address", help="milvus://HOST:PORT/NAME")
    parser.add_argument(
        "--questions", type=int, default=500, help="asked of each (default: 500)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
