"""Passages by the words they share with a query: BM25, with tantivy."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import tantivy

# Characters of scripts that put no space between words: pairs of them are the terms.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff"
)
# Vowel signs of the scripts of India are no letters to Python, yet inside words.
_TERM = re.compile(
    rf"[{_UNSPACED}]+|(?:[^\W_{_UNSPACED}]|[\u0900-\u0963\u0966-\u0dff])+"
)
# A word parted at the end of a printed line.
_PARTED = re.compile(r"([^\W\d_]+)[-\u2010][^\S\n]*\n[\s>]*([^\W\d_]+)")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
# Accents, and the vowel points of Hebrew and Arabic.
_MARKS = re.compile(
    r"[\u00ad\u200b\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670\u0640]"
)
# A longer "word" is an address or noise, and tantivy refuses terms of 64 kB.
_MAX_TERM = 100
_MAX_QUERY_TERMS = 64
_WRITER_BYTES = 128_000_000

_ANALYZER_NAME = "terms"
_ANALYZER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    .filter(tantivy.Filter.stopword("english"))
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)


def terms(text: str) -> list[str]:
    """Return the terms that a text is found by, as they stand in it, in its order.

    Case, accents and the width of characters make no difference. Where a script puts
    no space between words, each pair of neighbouring characters is a term (Nie et al.
    2000). English endings are cut off later, by tantivy. A word parted at the end of a
    line is found by its parts and as a whole.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = _MARKS.sub("", folded)
    parted = _PARTED.finditer(folded)
    found: list[str] = []
    for match in _TERM.finditer(folded):
        run = match.group()
        if _IS_UNSPACED.match(run) and len(run) > 1:
            found.extend(run[place : place + 2] for place in range(len(run) - 1))
        else:
            found.append(run[:_MAX_TERM])
    found.extend("".join(match.groups())[:_MAX_TERM] for match in parted)
    return found


class LexicalIndex:
    """BM25 (Robertson and Zaragoza 2009) over passages; row ``n`` is the ``n``-th.

    English function words are no terms, and English words are reduced to their stems;
    those of other languages are compared as they are.
    """

    def __init__(self, folder: Path) -> None:
        """Read the files of a folder, which are never changed.

        Raises:
            ValueError: If tantivy cannot read them.
        """
        self._folder = folder
        with _copies(_files(folder)) as copies:
            try:
                index = tantivy.Index.open(copies)
                # No thread that watches the files.
                index.config_reader("manual")
                index.register_tokenizer(_ANALYZER_NAME, _ANALYZER)
                index.reload()
                self._searcher = index.searcher()
            except ValueError as error:
                raise ValueError(f"tantivy cannot read {folder}: {error}") from error
        self._schema = index.schema

    @classmethod
    def from_texts(
        cls,
        texts: Iterable[str],
        groups: Iterable[int],
        within: Path | None = None,
        report: Callable[[int], None] = lambda count: None,
    ) -> LexicalIndex:
        """Index passages, each with the number of the group that it belongs to.

        Args:
            texts: Of the passages.
            groups: One for each of them.
            within: The folder to make a temporary one in, which holds the files until
                the index is dropped; ``None`` for the system's.
            report: Called with the number of passages done since the last call.
        """
        folder = Path(tempfile.mkdtemp(dir=within))
        index = tantivy.Index(_schema(), path=str(folder))
        index.register_tokenizer(_ANALYZER_NAME, _ANALYZER)
        # One thread, so that equal texts always make equal indexes.
        writer = index.writer(_WRITER_BYTES, num_threads=1)
        for row, (text, group) in enumerate(zip(texts, groups, strict=True)):
            document = tantivy.Document(row=row, group=group)
            document.add_text("terms", " ".join(terms(text)))
            writer.add_document(document)
            report(1)
        writer.commit()
        writer.wait_merging_threads()
        found = cls(folder)
        weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
        return found

    def __len__(self) -> int:
        """Return the number of passages."""
        return int(self._searcher.num_docs)

    def search(
        self, query: str, k: int, groups: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` rows and their BM25 scores, best first.

        Only passages with at least one term of the query are found.

        Args:
            query: Any text.
            k: Number of rows wanted; at least 1.
            groups: The groups to search; ``None`` for all.
        """
        wanted = query_terms(query)
        if not wanted or not len(self):
            return []
        schema = self._schema
        parsed = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "terms", term))
                for term in wanted
            ]
        )
        if groups is not None:
            members = tantivy.Query.term_set_query(schema, "group", list(groups))
            parsed = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, parsed),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(members, 0.0)),
                ]
            )
        hits = self._searcher.search(parsed, min(k, len(self)), count=False).hits
        rows = self._searcher.fast_field_values("row", [place for _, place in hits])
        found = [
            (int(row or 0), float(score))
            for row, (score, _) in zip(rows, hits, strict=True)
        ]
        # Equal scores in the order of the index, so results are reproducible.
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def has_word(self, word: str) -> bool:
        """Tell whether a passage has a word, in any form; function words always."""
        return all(self._searcher.doc_freq("terms", stem) for stem in analyze(word))

    def like(self, word: str, slips: int, k: int) -> list[int]:
        """Return up to ``k`` rows with a stem at most ``slips`` slips from a word's."""
        queries = [
            tantivy.Query.fuzzy_term_query(self._schema, "terms", stem, slips)
            for stem in analyze(word)
        ]
        if not queries or not len(self):
            return []
        parsed = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query) for query in queries]
        )
        hits = self._searcher.search(parsed, min(k, len(self)), count=False).hits
        rows = self._searcher.fast_field_values("row", [place for _, place in hits])
        return sorted(int(row or 0) for row in rows)

    def save(self, folder: Path) -> None:
        """Write the index's files into a new folder."""
        folder.mkdir()
        for path in _files(self._folder):
            shutil.copyfile(path, folder / path.name)


def analyze(text: str) -> list[str]:
    """Return the terms of a text as they are compared: without endings."""
    found: list[str] = _ANALYZER.analyze(" ".join(terms(text)))
    return found


def query_terms(query: str) -> list[str]:
    """Return the terms that a query is searched by, each once."""
    return list(dict.fromkeys(analyze(query)))[:_MAX_QUERY_TERMS]


def _files(folder: Path) -> list[Path]:
    return [
        path for path in folder.iterdir() if path.is_file() and path.suffix != ".lock"
    ]


@contextmanager
def _copies(paths: Iterable[Path]) -> Iterator[str]:
    """Yield a folder of copies, of which nothing is wanted any more once they are open.

    Tantivy makes a lock file where it opens an index, but a version may belong to
    another user; and it maps the files: were one cut short by others, the system
    would end the process. So it is given copies, in memory where the system has that.
    """
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        ExitStack() as opened,
    ):
        for path in paths:
            copy = Path(folder) / path.name
            if hasattr(os, "memfd_create"):
                memory = opened.enter_context(
                    os.fdopen(os.memfd_create(path.name), "wb")
                )
                with path.open("rb") as file:
                    shutil.copyfileobj(file, memory)
                memory.flush()
                copy.symlink_to(f"/proc/self/fd/{memory.fileno()}")
            else:
                shutil.copyfile(path, copy)
        yield folder


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", fast=True)
    builder.add_integer_field("group", indexed=True)
    builder.add_text_field("terms", tokenizer_name=_ANALYZER_NAME, index_option="freq")
    return builder.build()
