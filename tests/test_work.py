from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from index.work.executor import Budget, InProcess, Overrun, WorkerError
from index.work.processes import LocalProcesses

BUDGET = Budget(seconds=1.0, memory=200_000_000, wall_seconds=5.0)


@dataclass(frozen=True)
class Behave:
    """Does what an item says: a task for tests."""

    def start(self) -> Callable[[str], object]:
        return behave


@dataclass(frozen=True)
class FailToStart:
    def start(self) -> Callable[[str], object]:
        raise LookupError("no model of that name")


def behave(item: str) -> object:
    if item == "sleep":
        time.sleep(60)
    elif item == "wait":
        time.sleep(2)
    elif item == "spin":
        _ = 10**10_000_000  # in C, which no signal handler of Python's interrupts
    elif item == "grow":
        return len(bytearray(500_000_000))
    elif item == "die":
        os.kill(os.getpid(), 9)
    elif item == "raise":
        raise KeyError(item)
    elif item == "print":
        os.write(1, b"noise on the pipe")
    elif item == "lambda":
        return lambda: 0
    elif item == "pid":
        return os.getpid()
    return item.upper()


@pytest.mark.parametrize("executor", [InProcess(), LocalProcesses(2)])
def test_results_come_in_the_order_of_the_items(
    executor: InProcess | LocalProcesses,
) -> None:
    items = [f"item {n}" for n in range(50)]
    assert list(executor.run(Behave(), items)) == [item.upper() for item in items]


def test_an_item_beyond_its_budget_is_given_up_and_the_others_go_on() -> None:
    items = ["a", "sleep", "b", "grow", "c", "die", "print", "d"]
    started = time.monotonic()
    found = list(LocalProcesses(2).run(Behave(), items, BUDGET))
    assert time.monotonic() - started < 20
    assert found == [
        "A",
        Overrun("takes longer than 5 s"),
        "B",
        Overrun("needs more than 200 MB"),
        "C",
        Overrun("ends the process that works on it"),
        "PRINT",
        "D",
    ]


def test_time_is_that_of_the_processor_so_that_a_busy_machine_costs_no_item() -> None:
    budget = Budget(seconds=1.0, wall_seconds=60.0)
    found = list(LocalProcesses(1).run(Behave(), ["wait", "spin", "a"], budget))
    assert found == ["WAIT", Overrun("takes more than 1 s of processor time"), "A"]


@pytest.mark.parametrize(
    ("item", "error"),
    [("raise", KeyError), ("die", WorkerError), ("lambda", RuntimeError)],
)
def test_without_a_budget_what_fails_is_raised(
    item: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        list(LocalProcesses(1).run(Behave(), ["a", item, "b"]))


def test_a_task_that_cannot_start_says_why() -> None:
    with pytest.raises(LookupError, match="no model of that name"):
        list(LocalProcesses(1).run(FailToStart(), ["a"]))


def test_items_are_taken_a_few_ahead_only() -> None:
    taken = 0

    def items() -> Iterator[str]:
        nonlocal taken
        for n in range(1000):
            taken = n
            yield "a"

    results = LocalProcesses(2).run(Behave(), items())
    for _ in range(3):
        next(results)
    assert taken < 20
    results.close()  # type: ignore[attr-defined]


def test_ending_early_ends_the_processes() -> None:
    results = LocalProcesses(2).run(Behave(), ["pid"] * 20 + ["sleep"] * 4)
    pids = {int(str(next(results))) for _ in range(10)}
    results.close()  # type: ignore[attr-defined]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("next_item", ["pid", "sleep"])
def test_a_worker_ends_when_its_parent_is_killed(next_item: str) -> None:
    """Also in the midst of an item that nobody would end any more."""
    program = (
        "from index.work.processes import LocalProcesses\n"
        "from tests.test_work import Behave\n"
        "import time\n"
        f"run = LocalProcesses(1).run(Behave(), ['pid', '{next_item}'])\n"
        "print(next(run), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("the worker is still there")


def test_a_program_that_ends_does_not_wait_for_what_is_worked_on() -> None:
    program = (
        "import threading\n"
        "from index.work.processes import LocalProcesses\n"
        "from tests.test_work import Behave\n"
        "first = threading.Event()\n"
        "def work():\n"
        "    for _ in LocalProcesses(1).run(Behave(), ['a', 'sleep', 'sleep']):\n"
        "        first.set()\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "first.wait()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], timeout=30, check=False)
    assert done.returncode == 0


def test_no_worker_is_no_number() -> None:
    with pytest.raises(ValueError, match="not 0"):
        LocalProcesses(0)
