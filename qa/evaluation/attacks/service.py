"""The service as a process of its own, and asking it over HTTP."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCRIPTS = Path(__file__).parents[3] / "scripts"
_PATIENCE_SECONDS = 120.0
_CORPUS = "corpus"


@dataclass(frozen=True, slots=True)
class Service:
    """A running service; ``address`` has no slash at its end."""

    address: str
    process: subprocess.Popen[str]

    def ask(self, question: str) -> tuple[int, Any]:
        """Return the status and the reply to a question."""
        body = json.dumps({"question": question}).encode()
        return self.send("POST", "/api/answer", body)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> tuple[int, Any]:
        """Return the status and the JSON of a reply; status 0 if there was none."""
        request = urllib.request.Request(
            self.address + path, body, {"Content-Type": content_type}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as reply:
                return reply.status, _json(reply.read())
        except urllib.error.HTTPError as error:
            return error.code, _json(error.read())
        except (OSError, ValueError) as error:
            return 0, repr(error)

    def resident_mb(self) -> float:
        """Return the process's memory in megabytes; 0 where Linux does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.is_file():
            return 0.0
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text(encoding="ascii"))
        return int(found[1]) / 1024 if found else 0.0


def write_corpus(folder: Path, texts: dict[str, str]) -> Path:
    """Write texts as files, and return their folder."""
    corpus = folder / _CORPUS
    corpus.mkdir(exist_ok=True)
    for name, text in texts.items():
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8")
    return corpus


def builder(folder: Path) -> subprocess.Popen[str]:
    """Start a build of the corpus in a folder."""
    return subprocess.Popen(
        [
            *(sys.executable, str(_SCRIPTS / "build_index.py"), str(folder / _CORPUS)),
            *("--index", str(folder / "index"), "--no-suggestions"),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def build(folder: Path) -> None:
    """Build the corpus in a folder.

    Raises:
        RuntimeError: If the build fails; the message is its own.
    """
    process = builder(folder)
    _, told = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"the build failed: {told[-2000:]}")


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """Serve the index in a folder; at the end, the service stops as it is told to."""
    process = subprocess.Popen(
        [
            *(sys.executable, str(_SCRIPTS / "serve.py"), "--port", "0"),
            *("--index", str(folder / "index")),
            *("--feedback", str(folder / "feedback.sqlite")),
        ],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = (re.search(r"http://\S+", line) for line in process.stdout)
        found = next((each for each in lines if each), None)
        if found is None:
            raise RuntimeError(f"the service did not start: {process.wait()}")
        yield Service(found[0].rstrip("/"), process)
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _json(body: bytes) -> Any:  # noqa: ANN401 -- whatever the service sent
    try:
        return json.loads(body)
    except ValueError:
        return None
