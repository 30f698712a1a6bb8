"""What can be wrong with an index; apart, so that telling it needs no FAISS."""

from __future__ import annotations

import errno
import os


class IndexNotFoundError(LookupError):
    """There is no published index; the message says how to make one."""


class IndexFormatError(ValueError):
    """Index files that contradict each other or the format; build the index again."""


class IndexBusyError(RuntimeError):
    """Another build is at work on the same index."""


class IndexUnavailableError(ConnectionError):
    """The index cannot be reached just now; it is worth asking again soon."""


def is_disk_full(error: BaseException) -> bool:
    """Tell whether an error is that no space is left; libraries tell it in words."""
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return True
    told = str(error)
    return "os error 28" in told or os.strerror(errno.ENOSPC) in told
