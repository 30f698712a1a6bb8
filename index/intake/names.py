"""Names of the files that are brought while serving."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from index.documents import KINDS
from index.folders import DocumentError

ADDED_SUFFIXES = KINDS
_MAX_NAME_BYTES = 180
# Not in names on some system, or not visible.
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


def safe_name(name: str) -> str:
    """Return a file's name without folders and what is unfit for one.

    Raises:
        DocumentError: If its ending is of no format that can be read.
    """
    last = unicodedata.normalize("NFC", re.split(r"[\\/]", name)[-1])
    # Half a character could not be written to the disk.
    last = last.encode("utf-8", "replace").decode("utf-8")
    path = Path(_UNFIT.sub(" ", last).strip(" ."))
    if path.suffix.lower() not in ADDED_SUFFIXES:
        raise DocumentError(
            f"{path.name or 'a file without a name'} is of no kind that can be read: "
            f"bring {', '.join(ADDED_SUFFIXES)}"
        )
    stem = " ".join(path.stem.split()).lstrip(".") or "article"
    stem = stem.encode()[:_MAX_NAME_BYTES].decode("utf-8", "ignore").strip()
    return f"{stem}{path.suffix.lower()}"
