"""Articles that were brought while serving: their files, and what was changed since.

INDEX/added/NAME.pdf          the files as they were brought
INDEX/added/.edits.json       titles given by hand, and the ids of removed articles
INDEX/added/.removed/         removed articles of other sources, so that they can return
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from index.documents import EXTRACTION_BUDGET, Document
from index.folders import DocumentError
from index.intake.names import ADDED_SUFFIXES, safe_name
from index.intake.reading import PREFIX, Articles, ReadTask
from index.work.executor import Executor, InProcess, Overrun

logger = logging.getLogger(__name__)

_EDITS = ".edits.json"


@dataclass(frozen=True, slots=True)
class Edits:
    """What was changed by hand.

    Attributes:
        titles: New titles by document id.
        removed: Ids of the documents that are left out.
    """

    titles: dict[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


class AddedFiles:
    """The folder of brought articles; whatever it says it kept is on the disk."""

    def __init__(self, root: Path, executor: Executor | None = None) -> None:
        """Take a folder.

        Args:
            root: The folder; made when a file is kept.
            executor: Where files are read, within ``EXTRACTION_BUDGET``; ``None`` for
                this process, in which nothing is given up.
        """
        self.root = root
        self._executor = executor or InProcess()
        self._lock = threading.Lock()
        self._known: dict[tuple[str, int, int], Articles] = {}

    def keep(self, name: str, data: bytes) -> str:
        """Write a file, and return the name it was given.

        The same bytes under the same name are kept once; another file of that name
        gets a number.

        Raises:
            DocumentError: If the name's ending is of no format that can be read.
        """
        name = safe_name(name)
        stem, suffix = Path(name).stem, Path(name).suffix
        with self._lock:
            self.root.mkdir(parents=True, exist_ok=True)
            number = 1
            while (target := self.root / name).exists() and target.read_bytes() != data:
                number += 1
                name = f"{stem} ({number}){suffix}"
            self._write(target, data)
            # Brought again, it is wanted again.
            self._change(removed=lambda doc_id: not _is_of(doc_id, name))
        return name

    def original(self, doc_id: str) -> Path | None:
        """Return the file that an article was brought in, if it is alone in it."""
        name = doc_id.removeprefix(PREFIX)
        return self.root / name if is_added(doc_id) and name in self.names() else None

    def discard(self, name: str) -> None:
        """Delete a file that holds no article."""
        (self.root / name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of the files, sorted."""
        if not self.root.is_dir():
            return []
        return sorted(
            path.name
            for path in self.root.iterdir()
            if path.suffix.lower() in ADDED_SUFFIXES and not path.name.startswith(".")
        )

    def read(
        self, names: Iterable[str]
    ) -> Iterator[tuple[str, Articles | DocumentError]]:
        """Yield the articles of each file, without the edits, or why it has none.

        What is told of a file does not name the folder.
        """
        keys = {name: self._key(name) for name in names}
        new = [name for name, key in keys.items() if key not in self._known]
        paths = [self.root / name for name in new]
        results = iter(self._executor.run(ReadTask(), paths, EXTRACTION_BUDGET))
        for name, key in keys.items():
            if name in new:
                found = next(results)
                if isinstance(found, Overrun):
                    found = f"{name} {found.reason} to be read; split or mend it"
                if isinstance(found, str):
                    # The folder is nobody's business outside.
                    told = found.replace(str(self.root / name), name)
                    yield name, DocumentError(told)
                    continue
                self._known[key] = found
            yield name, self._known[key]

    def _key(self, name: str) -> tuple[str, int, int]:
        try:
            status = (self.root / name).stat()
        except OSError:
            return name, 0, 0
        return name, status.st_mtime_ns, status.st_size

    def collect(
        self,
        others: Iterable[Document],
        refuse: Callable[[DocumentError], None] = lambda error: logger.warning(
            "left out: %s", error
        ),
    ) -> Iterator[Document]:
        """Yield the articles of other sources and those of the files, as edited.

        Args:
            others: The articles that came in no file of this folder.
            refuse: Called with the reason for each file that cannot be read.
        """
        edits = self.edits()
        known = set()
        for document in chain(others, self._restored(), self._all(refuse)):
            doc_id = document.doc_id
            if doc_id in known or doc_id in edits.removed:
                continue
            known.add(doc_id)
            yield replace(document, title=edits.titles.get(doc_id, document.title))

    def edits(self) -> Edits:
        """Return what was changed by hand."""
        try:
            found: dict[str, Any] = json.loads((self.root / _EDITS).read_text("utf-8"))
            return Edits(dict(found["titles"]), tuple(found["removed"]))
        except FileNotFoundError:
            return Edits()

    def rename(self, doc_id: str, title: str) -> None:
        """Give an article another title."""
        with self._lock:
            self._change(titles={doc_id: title})

    def remove(self, document: Document) -> None:
        """Leave an article out from now on; ``restore`` brings it back."""
        with self._lock:
            if not is_added(document.doc_id):
                self._write(
                    self._removed(document.doc_id),
                    json.dumps(asdict(document)).encode(),
                )
            self._change(
                removed=lambda doc_id: doc_id != document.doc_id, more=[document.doc_id]
            )

    def restore(self, doc_id: str) -> bool:
        """Take an article back that was removed; return whether it was."""
        with self._lock:
            if doc_id not in self.edits().removed:
                return False
            self._change(removed=lambda each: each != doc_id)
            return True

    def settle(self) -> None:
        """Forget the copies of articles that are back in the index."""
        removed = {self._removed(doc_id) for doc_id in self.edits().removed}
        for path in (self.root / ".removed").glob("*.json"):
            if path not in removed:
                path.unlink()

    def purge(self) -> None:
        """Delete the files of removed articles: for a start, when none is undone."""
        for name in self.names():
            if f"{PREFIX}{name}" in self.edits().removed:
                self.discard(name)

    def _all(self, refuse: Callable[[DocumentError], None]) -> Iterator[Document]:
        for _, found in self.read(self.names()):
            if isinstance(found, DocumentError):
                refuse(found)
            else:
                yield from found

    def _restored(self) -> Iterator[Document]:
        # Here, as it brings the libraries of a search with it.
        from index.search.snapshot import read_document

        for path in sorted((self.root / ".removed").glob("*.json")):
            yield read_document(json.loads(path.read_text("utf-8")))

    def _removed(self, doc_id: str) -> Path:
        name = hashlib.sha256(doc_id.encode()).hexdigest()
        return self.root / ".removed" / f"{name}.json"

    def _change(
        self,
        *,
        titles: dict[str, str] | None = None,
        removed: Callable[[str], bool] = lambda doc_id: True,
        more: Iterable[str] = (),
    ) -> None:
        before = self.edits()
        after = Edits(
            before.titles | (titles or {}), (*filter(removed, before.removed), *more)
        )
        if after != before:
            text = json.dumps(asdict(after), ensure_ascii=False, indent=1)
            self._write(self.root / _EDITS, text.encode())

    @staticmethod
    def _write(target: Path, data: bytes) -> None:
        """Write a file whole or not at all, and only then return."""
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)


def is_added(doc_id: str) -> bool:
    """Tell whether an article came in a file that was brought while serving."""
    return doc_id.startswith(PREFIX)


def _is_of(doc_id: str, name: str) -> bool:
    return doc_id == f"{PREFIX}{name}" or doc_id.startswith(f"{PREFIX}{name}/")
