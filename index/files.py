"""Files of an index version: their checksums, and their way to the disk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from index.manifest import IndexFile
from index.snapshot import IndexFormatError


def describe(path: Path) -> IndexFile:
    """Return the size and checksum of a file."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return IndexFile(path.stat().st_size, sha256)


def check_file(path: Path, expected: IndexFile) -> None:
    """Check that a file is what a manifest says.

    Raises:
        IndexFormatError: If it is missing, or has another size or checksum.
    """
    try:
        found = describe(path)
    except OSError as error:
        raise IndexFormatError(
            f"the index lacks a file ({error}); build it again"
        ) from error
    if found != expected:
        raise IndexFormatError(
            f"{path} was changed or damaged: it is {found}, its manifest says "
            f"{expected}; build the index again"
        )


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
