"""Tasks on the machines of a Ray cluster."""

from __future__ import annotations

import logging
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from index.work.executor import Budget, In, Out, Overrun, Task, WorkerError
from index.work.processes import LocalProcesses

# Items given out for each core: one is worked on while others are made or kept.
_AHEAD = 4
# Of an item whose worker was lost: it is worked on again, and it alone.
_RETRIES = 5


class RayCluster:
    """Runs each item on one core of a cluster (Moritz et al. 2018).

    The machines need this program at the same version, at the same place.
    """

    def __init__(self, address: str = "auto") -> None:
        """Join a cluster.

        Args:
            address: ``HOST:PORT`` of its head, "auto" for the one that this machine
                belongs to, or "local" for one of this machine alone.

        Raises:
            WorkerError: If there is none.
        """
        try:
            ray.init(
                address,
                ignore_reinit_error=True,
                include_dashboard=False if address == "local" else None,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise WorkerError(f"no Ray cluster at {address!r}: {reason}") from error
        self._workers = max(1, int(ray.cluster_resources().get("CPU", 1)))

    @property
    def workers(self) -> int:
        """Return how many items are worked on at a time."""
        return self._workers

    def run(
        self, task: Task[In, Out], items: Iterable[In], budget: Budget | None = None
    ) -> Iterator[Out | Overrun]:
        """Yield the result of each item, in their order; see ``Executor``."""
        work = ray.remote(num_cpus=1, max_retries=_RETRIES)(_work)
        # Sent to each machine once.
        pickled = ray.put(pickle.dumps(task))
        pending: deque[Any] = deque()
        try:
            for item in items:
                pending.append(work.remote(pickled, item, budget))
                if len(pending) >= _AHEAD * self._workers:
                    yield _result(pending.popleft())
            while pending:
                yield _result(pending.popleft())
        finally:
            for reference in pending:
                ray.cancel(reference, force=True)


def _result(reference: Any) -> Any:  # noqa: ANN401 - what comes out of a pickle
    try:
        return ray.get(reference)
    except RayTaskError as error:
        # What the task raised, rather than where.
        raise error.cause from error
    except RayError as error:
        raise WorkerError(f"a worker of the cluster was lost: {error}") from error


def _work(task: bytes, item: object, budget: Budget | None) -> object:
    if budget is None:
        return _started(task)(item)
    # In a process of its own, which can be ended.
    (result,) = LocalProcesses(1).run(pickle.loads(task), [item], budget)
    return result


@lru_cache(maxsize=2)
def _started(task: bytes) -> Callable[[Any], Any]:
    """Return what does a task, loaded once for each worker."""
    work: Callable[[Any], Any] = pickle.loads(task).start()
    return work
