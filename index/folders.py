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

    # Not os.walk: it calls itself for each level, and there may be thousands.
    waiting = [path]
    while waiting:
        for entry in _entries(waiting.pop(), refuse):
            is_folder = _is_folder(entry)
            is_hidden = entry.name.startswith(".")
            file = Path(entry.path)
            if is_folder and is_hidden:
                continue
            # Not Path.resolve: it fails at links in a circle, which are refused later.
            if entry.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(
                root
            ):
                refuse(DocumentError(f"{file} is a link out of {path}"))
            elif not is_folder:
                if file.suffix.lower() in kinds and not is_hidden:
                    found.append(file)
            elif not entry.is_symlink():
                # A link is followed to no folder: one inside is read in its own place.
                waiting.append(file)
    if not found:
        raise DocumentError(f"no {known} file in {path}; name a file or a folder")
    for file in sorted(found):
        yield file, file.relative_to(path)


def _entries(
    folder: Path, refuse: Callable[[DocumentError], None]
) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        refuse(DocumentError(f"cannot read {folder}: {error.strerror}"))
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link in a circle: a file that cannot be read.
        return False
