"""The process's memory: how the C library keeps what a model frees."""

from __future__ import annotations

import ctypes
import sys

# glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_BYTES = 1 << 30


def keep_freed_memory() -> None:
    """Have freed memory kept for the next use instead of given back at once.

    A model allocates and frees the same megabytes at every layer; by glibc's defaults
    much of that goes back to the system and is paged in anew, a third of the time an
    int8 reading takes. Other C libraries are left as they are.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_TRIM_THRESHOLD, _BYTES)
        mallopt(_M_MMAP_THRESHOLD, _BYTES)
