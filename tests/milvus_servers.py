"""Milvus servers of the tests' own, each in a process and a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest


class MilvusServer:
    """A server that can be killed and started again on what it has on its disk."""

    def __init__(
        self, folder: Path, command: list[str], *, shuns_used_ports: bool = False
    ) -> None:
        self._folder = folder
        self._command = command
        self._shuns_used_ports = shuns_used_ports
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._shuns_used_ports:
            self._wait_for_port()
        command = [
            each.format(folder=self._folder / "data", port=self.port)
            for each in self._command
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # As in the compose file: Milvus loads what a killed one had when it
                # knows that one to be gone, after half a minute by itself.
                env={**os.environ, "COMMON_SESSION_TTL": "10"},
            )

    def wait(self) -> None:
        """Wait until it answers."""
        from pymilvus import MilvusClient, MilvusException

        deadline = time.monotonic() + 120
        while True:
            try:
                with closing(
                    MilvusClient(self.uri, timeout=2, dedicated=True)
                ) as client:
                    client.list_collections(timeout=5)
                return
            except MilvusException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def _wait_for_port(self) -> None:
        """Wait until nothing is left of the connections that a killed one had."""
        deadline = time.monotonic() + 120
        while True:
            try:
                with closing(socket.socket()) as listener:
                    listener.bind(("127.0.0.1", self.port))
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def kill(self) -> None:
        """End it, and what it started, as a loss of power would."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Let it and what it started hang until it goes on, or is killed."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def connections(self) -> int:
        """Return how many there are to it, from anywhere on this machine."""
        lines = [
            line.split()
            for family in ("tcp", "tcp6")
            for line in Path("/proc/net", family).read_text("ascii").splitlines()[1:]
        ]
        # The other end, by its last 32 bits and port; 01 is an open connection.
        return sum(
            line[2].endswith(f"0100007F:{self.port:04X}") and line[3] == "01"
            for line in lines
        )

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, name: str) -> str:
        return f"milvus://127.0.0.1:{self.port}/{name}"


def lite(folder: Path) -> MilvusServer:
    """Return a milvus-lite server, which is not started yet."""
    pytest.importorskip("milvus_lite")
    program = Path(sys.executable).with_name("milvus-lite")
    return MilvusServer(
        folder,
        [
            *(str(program), "server", "--host", "127.0.0.1"),
            *("--data-dir", "{folder}", "--port", "{port}"),
        ],
    )


def real(folder: Path) -> MilvusServer:
    """Return the server of the old wheel "milvus", which is Milvus itself.

    Some of its ports are the same for all, so one can run at a time.
    """
    program = shutil.which("milvus-server")
    if program is None:
        pytest.skip("no milvus-server on the path; pip install milvus")
    return MilvusServer(
        folder,
        [program, "--data", "{folder}", "--proxy-port", "{port}"],
        # The wheel's program takes the next one, also while only the kernel knows of
        # connections that ended.
        shuns_used_ports=True,
    )


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
