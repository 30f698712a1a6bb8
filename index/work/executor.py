"""What runs tasks over many items, whether here, in processes or on machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")
_In = TypeVar("_In", contravariant=True)
_Out = TypeVar("_Out", covariant=True)


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one item may take; what needs more is ended.

    Attributes:
        seconds: Of processor time, so that a busy machine costs no item; Windows
            keeps to the wall clock alone.
        wall_seconds: Of the clock on the wall, for what waits.
        memory: Bytes that the worker may take besides what it has when it is ready;
            kept to on Linux only. ``None`` for no limit.
    """

    seconds: float
    memory: int | None = None
    wall_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Overrun:
    """In place of a result: why an item was given up, as in "takes longer than 5 s"."""

    reason: str


class WorkerError(RuntimeError):
    """A worker ended or failed for a reason that is not an item's budget."""


class Task(Protocol[_In, _Out]):
    """Work on one item after another. It is pickled to where it is done.

    Items and results are pickled as well, so they should be values.
    """

    def start(self) -> Callable[[_In], _Out]:
        """Load what the work needs, once for each worker; return what does it."""
        ...


class Executor(Protocol):
    """Runs a task over items, several at a time."""

    @property
    def workers(self) -> int:
        """Return how many items are worked on at a time."""
        ...

    def run(
        self, task: Task[In, Out], items: Iterable[In], budget: Budget | None = None
    ) -> Iterator[Out | Overrun]:
        """Yield the result of each item, in the order of the items.

        Items are taken as they are needed, a few ahead of the results. Ending the
        iteration early ends the work.

        Args:
            task: What to do.
            items: What to do it to; all of them may be in the making at once.
            budget: Of each item. An item beyond it gives an ``Overrun``, and the
                others go on.

        Raises:
            WorkerError: If a worker ends by itself and there is no budget to blame.
            Exception: Whatever the task raises for an item.
        """
        ...


class InProcess:
    """Runs tasks here, one item at a time: it keeps no budget, as nothing ends it."""

    workers = 1

    def run(
        self, task: Task[In, Out], items: Iterable[In], budget: Budget | None = None
    ) -> Iterator[Out | Overrun]:
        """Yield the result of each item; see ``Executor``."""
        work: Callable[[In], Out] | None = None
        for item in items:
            if work is None:
                work = task.start()
            yield work(item)
