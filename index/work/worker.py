"""The other end of a local process: takes items from a pipe, gives results back."""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

# Run by ``python -c``. The path comes through the pipe, as it may have been changed
# since the parent started; its main module is not imported, unlike multiprocessing's.
PROGRAM = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from index.work.worker import serve; serve()"
)


def serve() -> None:
    """Start the task that comes first, then work on items until the pipe is closed."""
    # Ctrl-C reaches all processes of a terminal; the parent says when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    requests = sys.stdin.buffer
    replies = os.fdopen(os.dup(1), "wb")
    # What a library prints would stand between the replies.
    os.dup2(2, 1)
    try:
        task, budget = pickle.load(requests)
        try:
            work = task.start()
        except Exception as error:  # noqa: BLE001 - it is the parent's to handle
            _reply(replies, "failed", error)
            return
        if budget is not None and budget.memory is not None:
            _limit_memory(budget.memory)
        _reply(replies, "ready", None)
        while True:
            item = pickle.load(requests)
            try:
                _limit_time(budget.seconds if budget is not None else 0.0)
                result = work(item)
                _limit_time(0.0)
                _reply(replies, "done", result)
            except MemoryError:
                gc.collect()
                _reply(replies, "memory", None)
            except Exception as error:  # noqa: BLE001 - it is the parent's to handle
                _reply(replies, "failed", error)
    except (EOFError, BrokenPipeError):
        # Not sys.exit: threads of a library may hold the process back.
        os._exit(0)


def _end_with_parent() -> None:
    """Have the system end this process with its parent, whatever it is doing then.

    On Linux only; elsewhere it ends when it has done what it was given.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


_PR_SET_PDEATHSIG = 1


def _limit_time(seconds: float) -> None:
    """End this process when it has computed for so long from now; 0 for no limit.

    Counted by the system, also within a library that never comes back to Python.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _reply(replies: BinaryIO, kind: str, value: Any) -> None:  # noqa: ANN401
    try:
        data = pickle.dumps((kind, value))
    except Exception as error:  # noqa: BLE001 - whatever cannot be pickled
        data = pickle.dumps(("failed", RuntimeError(f"{value!r}: {error!r}")))
    replies.write(data)
    replies.flush()


def _limit_memory(more: int) -> None:
    """Let the process take so many bytes besides what it has; on Linux only."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):
        return
    limit = pages * os.sysconf("SC_PAGE_SIZE") + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
