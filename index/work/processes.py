"""Tasks in processes of this machine, which can be ended."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeAlias

from index.work.executor import Budget, In, Out, Overrun, Task, WorkerError
from index.work.worker import PROGRAM

# Items, each with the result that is to come; None is the last.
_Todo: TypeAlias = "SimpleQueue[tuple[object, Future[Any]] | None]"

# Items given out for each worker: one is worked on while others are made or kept.
_AHEAD = 4
# What a worker ends with whose processor time is over; none on Windows.
_OUT_OF_TIME = -getattr(signal, "SIGPROF", 0) or None


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LocalProcesses:
    """Runs each item in one of a few processes, started when they are needed.

    Not concurrent.futures: it cannot end one item and go on, and its processes import
    the main module, with all that a script imports for other ends.
    """

    def __init__(self, workers: int | None = None) -> None:
        """Set the number of processes; ``None`` for one on each usable core."""
        self._workers = usable_cores() if workers is None else workers
        if self._workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")

    @property
    def workers(self) -> int:
        """Return how many items are worked on at a time."""
        return self._workers

    def run(
        self, task: Task[In, Out], items: Iterable[In], budget: Budget | None = None
    ) -> Iterator[Out | Overrun]:
        """Yield the result of each item, in their order; see ``Executor``."""
        todo: _Todo = SimpleQueue()
        processes = [_Process(task, budget) for _ in range(self._workers)]
        # Not a pool of the library's: a program that ends would wait for its threads.
        threads = [
            threading.Thread(target=_work_off, args=(todo, process), daemon=True)
            for process in processes
        ]
        for thread in threads:
            thread.start()
        pending: deque[Future[Any]] = deque()
        try:
            for item in items:
                future: Future[Any] = Future()
                todo.put((item, future))
                pending.append(future)
                if len(pending) >= _AHEAD * self._workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
            for process in processes:
                process.end()
                todo.put(None)
            for thread in threads:
                thread.join()


def _work_off(todo: _Todo, process: _Process) -> None:
    """Have a process work on one item after another, until there is none."""
    while (each := todo.get()) is not None:
        item, future = each
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(process.work(item))
            except BaseException as error:  # noqa: BLE001 - raised where it is taken
                future.set_exception(error)


class _Process:
    """One process, started for its first item and again after it had to be ended."""

    def __init__(self, task: Task[Any, Any], budget: Budget | None) -> None:
        self._task = task
        self._budget = budget
        self._lock = threading.Lock()
        self._popen: subprocess.Popen[bytes] | None = None
        self._ended = False

    def work(self, item: object) -> object:
        """Return the result of an item, or why it has none."""
        popen = self._started()
        budget = self._budget
        late = threading.Event()
        timer: threading.Timer | None = None
        if budget is not None:

            def give_up() -> None:
                late.set()
                popen.kill()

            timer = threading.Timer(budget.wall_seconds, give_up)
            timer.daemon = True
            timer.start()
        try:
            _send(popen, item)
            kind, value = _receive(popen)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self._stop()
            if budget is None or self._ended:
                raise WorkerError(f"a worker ended while at work: {error!r}") from error
            if popen.returncode == _OUT_OF_TIME:
                seconds = f"{budget.seconds:g} s of processor time"
                return Overrun(f"takes more than {seconds}")
            if late.is_set():
                return Overrun(f"takes longer than {budget.wall_seconds:g} s")
            return Overrun("ends the process that works on it")
        finally:
            if timer is not None:
                timer.cancel()
        if kind == "memory":
            self._stop()
            if budget is None or budget.memory is None:
                raise MemoryError("a worker has not enough memory")
            return Overrun(f"needs more than {budget.memory // 1_000_000:,} MB")
        if kind == "failed":
            raise value
        return value

    def end(self) -> None:
        """End the process, also one at work; none is started any more."""
        with self._lock:
            self._ended = True
            if self._popen is not None:
                self._popen.kill()
        self._stop()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise WorkerError("the work was ended")
            if self._popen is not None:
                return self._popen
            popen = self._popen = subprocess.Popen(
                [sys.executable, "-I", "-c", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        try:
            _send(popen, sys.path)
            _send(popen, (self._task, self._budget))
            kind, value = _receive(popen)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self._stop()
            raise WorkerError(f"a worker did not start: {error!r}") from error
        if kind == "failed":
            self._stop()
            raise value
        return popen

    def _stop(self) -> None:
        with self._lock:
            popen, self._popen = self._popen, None
        if popen is None:
            return
        popen.kill()
        popen.wait()
        for pipe in (popen.stdin, popen.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    # What was not sent to it; it is gone.
                    continue


def _send(popen: subprocess.Popen[bytes], value: object) -> None:
    assert popen.stdin is not None
    popen.stdin.write(pickle.dumps(value))
    popen.stdin.flush()


def _receive(popen: subprocess.Popen[bytes]) -> tuple[str, Any]:
    assert popen.stdout is not None
    kind, value = pickle.load(popen.stdout)
    return kind, value
