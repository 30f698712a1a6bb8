"""The files of a folder that hold articles, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path


class DocumentError(ValueError):
    """Text that cannot be indexed; the message names the file and the remedy."""


def find_files(
    path: Path, kinds: Collection[str], refuse: Callable[[DocumentError], None]
) -> Iterator[tuple[Path, Path]]:
    """Yield the files to read, and their names in the index with the ending.

    Args:
        path: A file, or a folder.
        kinds: Endings of the files that are read, in lower case.
        refuse: Called with the reason for each folder or link that is passed over.

    Raises:
        DocumentError: If the path does not exist or holds no file to read.
    """
    known = ", ".join(kinds)
    if not path.exists():
        raise DocumentError(f"no such file or folder: {path}")
    if not path.is_dir():
        if path.suffix.lower() not in kinds:
            raise DocumentError(f"cannot read {path}: only {known} and folders of them")
        yield path, Path(path.name)
        return
    root = os.path.realpath(path)
    found: list[Path] = []

    def refuse_folder(error: OSError) -> None:
        refuse(DocumentError(f"cannot read {error.filename}: {error.strerror}"))

    for folder, folders, names in os.walk(path, onerror=refuse_folder):
        # A link is followed to no folder: one inside is read in its own place.
        folders[:] = sorted(n for n in folders if not n.startswith("."))
        for name in (*folders, *names):
            entry = Path(folder) / name
            # Not Path.resolve: it fails at links in a circle, which are refused later.
            if entry.is_symlink() and not Path(os.path.realpath(entry)).is_relative_to(
                root
            ):
                refuse(DocumentError(f"{entry} is a link out of {path}"))
            elif (
                name in names
                and entry.suffix.lower() in kinds
                and not name.startswith(".")
            ):
                found.append(entry)
    if not found:
        raise DocumentError(f"no {known} file in {path}; name a file or a folder")
    for file in sorted(found):
        yield file, file.relative_to(path)
