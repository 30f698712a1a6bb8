"""Work on a Ray cluster: here of two workers on this machine, one of them killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.home import open_index
from index.work.executor import Budget, Executor, Overrun
from tests.fakes import FakeEmbedder, build_fake_index

pytest.importorskip("ray", reason="pip install '.[ray]'")

# Ray warns of environment variables to come, and leaves sockets to the end.
pytestmark = pytest.mark.filterwarnings("ignore")


@dataclass(frozen=True)
class Dying:
    """Ends the worker that first gets the item 7, then works like any other."""

    folder: Path

    def start(self) -> Callable[[int], int]:
        def work(item: int) -> int:
            mark = self.folder / "died"
            if item == 7 and not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            (self.folder / f"{item}.{time.time_ns()}").touch()
            return 2 * item

        return work


@dataclass(frozen=True)
class Sleeping:
    def start(self) -> Callable[[float], str]:
        def work(seconds: float) -> str:
            time.sleep(seconds)
            return "done"

        return work


class Telling(FakeEmbedder):
    """Kills its worker on the first passages of a build."""

    def __init__(self, mark: Path) -> None:
        super().__init__()
        self._mark = mark

    def embed_passages(self, *arguments, **named):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN003, ANN201
        if not self._mark.exists():
            self._mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_passages(*arguments, **named)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Executor]:
    import ray

    from index.work.cluster import RayCluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # On a busy machine it takes longer than Ray waits by itself.
    os.environ["RAY_raylet_start_wait_time_s"] = "180"  # noqa: SIM112
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=100_000_000,
    )
    try:
        yield RayCluster()
    finally:
        ray.shutdown()


def test_an_item_whose_worker_is_killed_is_done_again_and_it_alone(
    cluster: Executor, tmp_path: Path
) -> None:
    assert cluster.workers == 2
    found = list(cluster.run(Dying(tmp_path), range(20)))
    assert found == [2 * item for item in range(20)]
    done = sorted(int(path.stem) for path in tmp_path.glob("*.*"))
    assert done == list(range(20))


def test_what_takes_too_long_is_given_up(cluster: Executor) -> None:
    budget = Budget(seconds=8, memory=2_000_000_000, wall_seconds=8)
    found = list(cluster.run(Sleeping(), [0.0, 60.0, 0.0], budget))
    assert found == ["done", Overrun("takes longer than 8 s"), "done"]


def test_a_build_with_a_killed_worker_gives_the_same_index(
    cluster: Executor, tmp_path: Path
) -> None:
    texts = {
        f"d{number}": f"Minister {number} met the {number % 7} others. " * 400
        for number in range(12)
    }
    build_fake_index(tmp_path / "here", texts)
    built = build_fake_index(
        tmp_path / "cluster",
        texts,
        embedder=Telling(tmp_path / "killed"),
        executor=cluster,
    )
    assert (tmp_path / "killed").exists()
    assert built.embedded == built.manifest.passages
    names = ("documents.jsonl", "passages.jsonl")
    here, there = open_index(tmp_path / "here"), open_index(tmp_path / "cluster")
    for name in names:
        one = tmp_path / "here" / "versions" / here.current() / name
        other = tmp_path / "cluster" / "versions" / there.current() / name
        assert one.read_bytes() == other.read_bytes()
