"""Passages by the words they share with a query: BM25, with tantivy."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
import weakref
from collections.abc import Callable, Collection, Iterable
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
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
# Accents, and the vowel points of Hebrew and Arabic.
_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670\u0640]")
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
    2000). English endings are cut off later, by tantivy.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    found: list[str] = []
    for match in _TERM.finditer(_MARKS.sub("", folded)):
        run = match.group()
        if _IS_UNSPACED.match(run) and len(run) > 1:
            found.extend(run[place : place + 2] for place in range(len(run) - 1))
        else:
            found.append(run[:_MAX_TERM])
    return found


class LexicalIndex:
    """BM25 (Robertson and Zaragoza 2009) over passages; row ``n`` is the ``n``-th.

    English function words are no terms, and English words are reduced to their stems;
    those of other languages are compared as they are.
    """

    def __init__(self, folder: Path) -> None:
        """Open the files of a folder; they are mapped, not read, and never changed.

        Raises:
            ValueError: If tantivy cannot read them.
        """
        self._folder = folder
        # Tantivy makes a lock file where it opens an index, but a version must not
        # change and may belong to another user: it opens a folder of links, of which
        # nothing is wanted any more once the files are mapped.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as links:
            for path in _files(folder):
                _link(Path(links) / path.name, path.resolve())
            try:
                index = tantivy.Index.open(links)
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
        wanted = dict.fromkeys(_ANALYZER.analyze(" ".join(terms(query))))
        if not wanted or not len(self):
            return []
        schema = self._schema
        parsed = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "terms", term))
                for term in list(wanted)[:_MAX_QUERY_TERMS]
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

    def save(self, folder: Path) -> None:
        """Write the index's files into a new folder."""
        folder.mkdir()
        for path in _files(self._folder):
            shutil.copyfile(path, folder / path.name)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix != ".lock"]


def _link(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except OSError:  # Windows allows links to few users
        shutil.copy(target, link)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", fast=True)
    builder.add_integer_field("group", indexed=True)
    builder.add_text_field("terms", tokenizer_name=_ANALYZER_NAME, index_option="freq")
    return builder.build()
