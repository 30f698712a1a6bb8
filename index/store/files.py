"""Files of an index version: read with care, checked, and brought to the disk."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from index.errors import IndexFormatError
from index.store.manifest import MANIFEST, IndexFile
from index.store.regular import open_regular


def describe(path: Path) -> IndexFile:
    """Return the size and checksum of a file."""
    with open_regular(path) as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return IndexFile(os.fstat(file.fileno()).st_size, sha256)


def check_files(folder: Path, expected: Mapping[str, IndexFile]) -> None:
    """Check that a version's folder holds what its manifest says, and no more.

    All sizes are looked at before any file is read: of a copy that is still under
    way that tells, and costs nothing.

    Raises:
        IndexFormatError: If a file is missing, is not in the manifest, or has another
            size or checksum.
    """
    try:
        _check_sizes(folder, expected)
        for name, wanted in expected.items():
            found = describe(folder / name)
            if found != wanted:
                raise _damaged(folder / name, found, wanted)
    except OSError as error:
        raise IndexFormatError(
            f"the index lacks a file ({error}); build it again"
        ) from error


def _check_sizes(folder: Path, expected: Mapping[str, IndexFile]) -> None:
    for name, wanted in expected.items():
        found = (folder / name).stat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{folder / name} is no regular file")
        if found.st_size != wanted.size:
            raise _damaged(folder / name, f"{found.st_size} bytes", wanted)
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name not in expected and name != MANIFEST and not path.is_dir():
            raise IndexFormatError(
                f"{folder} holds {name!r}, which its manifest does not name; "
                "build the index again"
            )


def _damaged(path: Path, found: object, wanted: IndexFile) -> IndexFormatError:
    return IndexFormatError(
        f"{path} was changed or damaged: it is {found}, its manifest says "
        f"{wanted}; build the index again"
    )


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
