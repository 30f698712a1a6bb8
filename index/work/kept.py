"""Finished embeddings of a build, kept until its index is published."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import zlib
from collections.abc import Collection
from pathlib import Path
from types import TracebackType

import numpy as np

from index.work.embedding import EmbeddedDocument

# Of a record: its key, its length and its checksum.
_HEADER = struct.Struct("<32sQI")


class KeptEmbeddings:
    """A file of embedded documents by what they hold, so that none is embedded twice.

    Records are appended as they are made. What a kill left half written is cut off
    when the file is opened again.
    """

    def __init__(self, folder: Path, made_with: object) -> None:
        """Open the file of a kind of embedding; make it if it is missing.

        Args:
            folder: Where such files are kept; made if missing.
            made_with: All besides a document that its embedding depends on, as JSON.
        """
        folder.mkdir(parents=True, exist_ok=True)
        kind = hashlib.sha256(json.dumps(made_with).encode("utf-8")).hexdigest()[:16]
        self._file = os.fdopen(
            os.open(folder / f"{kind}.embedded", os.O_RDWR | os.O_CREAT, 0o644), "r+b"
        )
        self._places: dict[bytes, tuple[int, int]] = {}
        self._end = self._scan()

    def __enter__(self) -> KeptEmbeddings:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def keep_only(self, keys: Collection[str]) -> None:
        """Give up the room of all that is not of these keys.

        A kill meanwhile loses some of the rest, which is embedded again.
        """
        wanted = {bytes.fromhex(key) for key in keys}
        end = 0
        for name, (place, length) in sorted(
            self._places.items(), key=lambda item: item[1]
        ):
            if name not in wanted:
                del self._places[name]
                continue
            if place != end + _HEADER.size:
                self._file.seek(place - _HEADER.size)
                record = self._file.read(_HEADER.size + length)
                self._file.seek(end)
                self._file.write(record)
            self._places[name] = (end + _HEADER.size, length)
            end += _HEADER.size + length
        self._file.truncate(end)
        self._end = end

    def known(self, keys: Collection[str]) -> set[str]:
        """Return those of the keys that are kept."""
        return {key for key in keys if bytes.fromhex(key) in self._places}

    def get(self, key: str) -> EmbeddedDocument:
        """Return what is kept of a key.

        Raises:
            KeyError: If nothing is.
        """
        place, length = self._places[bytes.fromhex(key)]
        self._file.seek(place)
        with np.load(io.BytesIO(self._file.read(length))) as found:
            spans = tuple((int(start), int(end)) for start, end in found["spans"])
            return EmbeddedDocument(spans, found["vectors"])

    def add(self, key: str, embedded: EmbeddedDocument) -> None:
        """Keep what was made of a document; a kill of this process does not lose it."""
        written = io.BytesIO()
        spans = np.array(embedded.spans, dtype=np.int64).reshape(-1, 2)
        np.savez(written, spans=spans, vectors=embedded.vectors)
        data = written.getvalue()
        name = bytes.fromhex(key)
        self._file.seek(self._end)
        self._file.write(_HEADER.pack(name, len(data), zlib.crc32(data)) + data)
        self._file.flush()
        self._places[name] = (self._end + _HEADER.size, len(data))
        self._end += _HEADER.size + len(data)

    def _scan(self) -> int:
        """Find the records; return where the last whole one ends."""
        end = 0
        while len(header := self._file.read(_HEADER.size)) == _HEADER.size:
            name, length, checksum = _HEADER.unpack(header)
            data = self._file.read(length)
            if len(data) < length or zlib.crc32(data) != checksum:
                break
            self._places[name] = (end + _HEADER.size, length)
            end += _HEADER.size + length
        self._file.truncate(end)
        return end
