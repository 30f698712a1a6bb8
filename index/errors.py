"""What can be wrong with an index; apart, so that telling it needs no FAISS."""

from __future__ import annotations


class IndexNotFoundError(LookupError):
    """There is no published index; the message says how to make one."""


class IndexFormatError(ValueError):
    """Index files that contradict each other or the format; build the index again."""


class IndexBusyError(RuntimeError):
    """Another build is at work on the same index."""


class IndexUnavailableError(ConnectionError):
    """The index cannot be reached just now; it is worth asking again soon."""
