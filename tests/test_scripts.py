"""The commands as a user runs them: in processes of their own, from another folder."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.commands import DEADLINE, ROOT, command, environment, last_line, run


@dataclass(frozen=True)
class Server:
    """A running server; ``at_rest`` is the memory it had when it was ready, in kB."""

    address: str
    process: subprocess.Popen[str]
    at_rest: int


def resident(process: subprocess.Popen[str]) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    (found,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
    return int(found)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server started where no index is yet."""
    folder = tmp_path_factory.mktemp("served")
    process = subprocess.Popen(
        command("serve.py", "--port", "0"),
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    address = None
    for line in process.stdout:
        if found := re.search(r"http://\S+", line):
            address = found.group().rstrip("/")
            break
    assert address is not None, "the server printed no address"
    yield Server(address, process, resident(process))
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=DEADLINE) == 0
    process.stdout.close()


def readme_requests() -> list[tuple[str, dict[str, str], str | None]]:
    """Every curl command of the README, as path, headers and body."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    found = []
    for line in lines:
        if not line.startswith("curl "):
            continue
        words = shlex.split(line)
        (url,) = [word for word in words if word.startswith("http://127.0.0.1:8080")]
        headers = {}
        body = None
        for flag, value in itertools.pairwise(words):
            if flag == "-H":
                name, _, content = value.partition(": ")
                headers[name] = content
            elif flag == "-d":
                body = value
        found.append((url.removeprefix("http://127.0.0.1:8080"), headers, body))
    return found


def fetch(url: str, headers: dict[str, str], body: str | None) -> tuple[int, Any]:
    data = None if body is None else body.encode()
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_readme_has_requests() -> None:
    assert len(readme_requests()) >= 5


@pytest.mark.parametrize("example", readme_requests(), ids=lambda e: e[0][:40])
def test_a_request_of_the_readme_gets_what_it_says(
    server: Server, example: tuple[str, dict[str, str], str | None]
) -> None:
    path, headers, body = example
    status, text = fetch(server.address + path, headers, body)
    is_bad = body is not None and '"question": ""' in body
    assert status == (422 if is_bad else 200)
    if headers.get("Content-Type") == "application/json" and "stream" not in path:
        reply = json.loads(text)
        assert (reply["status"] == 422) if is_bad else reply["kind"]


def test_the_readme_shows_a_reply_of_this_form(server: Server) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```json\n(\{\s+\"question\".*?)```", readme, re.DOTALL)
    path, headers, body = readme_requests()[0]
    _, text = fetch(server.address + path, headers, body)
    expected, reply = json.loads(shown), json.loads(text)
    assert reply.keys() == expected.keys()
    assert reply["answer"] == expected["answer"]
    assert reply["citations"] == expected["citations"]


def test_a_server_started_without_an_index_builds_one_and_answers(
    server: Server,
) -> None:
    body = json.dumps({"question": "In which city did the two ministers meet?"})
    status, text = fetch(
        server.address + "/api/answer", {"Content-Type": "application/json"}, body
    )
    assert (status, json.loads(text)["answer"]) == (200, "Baghdad")


def test_a_server_loads_no_torch_and_takes_little_memory(server: Server) -> None:
    """Also one that has built its index itself; the README tells these figures."""
    maps = Path(f"/proc/{server.process.pid}/maps").read_text(encoding="utf-8")
    assert "libopenvino" in maps
    assert "libtorch" not in maps
    assert server.at_rest < 500_000
    # It has answered since, and keeps what it made for each length of text.
    assert resident(server.process) < 900_000


def test_a_server_has_suggestions_made_beside_it(server: Server) -> None:
    ends = time.monotonic() + DEADLINE
    while time.monotonic() < ends:
        _, text = fetch(server.address + "/api/suggestions", {}, None)
        if found := json.loads(text)["questions"]:
            assert found[0]["document_id"] == "iraq-somalia-security"
            return
        time.sleep(0.5)
    pytest.fail("no suggestions were made")


def test_a_taken_port_is_refused_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        found = run(tmp_path, "serve.py", "--port", port)
    assert found.returncode == 2
    assert "Traceback" not in found.stderr
    assert port in last_line(found.stderr)


def test_a_broken_index_is_refused_in_one_line(tmp_path: Path) -> None:
    assert run(tmp_path, "build_index.py", "--index", "mine").returncode == 0
    (documents,) = (tmp_path / "mine/versions").glob("*/documents.jsonl")
    documents.write_bytes(documents.read_bytes()[:-20])
    for name, arguments in (("serve.py", ["--port", "0"]), ("ask.py", ["Who?"])):
        found = run(tmp_path, name, *arguments, "--index", "mine")
        assert found.returncode == 2, name
        assert "Traceback" not in found.stderr
        assert "build" in last_line(found.stderr)


def test_ask_shows_the_span_in_its_sentence_and_where_it_stands(
    tmp_path: Path, index_dir: Path
) -> None:
    found = run(
        tmp_path,
        "ask.py",
        "In which city did the two ministers meet?",
        QA_INDEX_DIR=str(index_dir),
    )
    assert found.returncode == 0, found.stderr
    assert any(line.startswith("Baghdad [1]") for line in found.stdout.splitlines())
    assert "in [[Baghdad]]" in found.stdout
    assert re.search(r"\(iraq-somalia-security\), \d+-\d+", found.stdout)


def test_ask_gives_the_endpoint_reply_as_json(tmp_path: Path, index_dir: Path) -> None:
    found = run(tmp_path, "ask.py", "--json", "Who won?", "--index", index_dir)
    reply = json.loads(found.stdout)
    assert (found.returncode == 1) == (reply["kind"] == "no_answer")
    assert reply["question"] == "Who won?"


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ask.py", ["  "], "empty"),
        ("ask.py", ["Who?", "--index", "nowhere"], "build"),
        ("ask.py", ["Who?", "--reader", "./nowhere"], "nowhere"),
        ("build_index.py", ["no/such/folder"], "no/such/folder"),
        ("evaluate.py", ["no-such.jsonl"], "no-such.jsonl"),
        ("evaluate.py", ["s.jsonl", "--plots", "x"], "--plots has no effect here"),
        ("evaluate.py", ["s.jsonl", "--json", "no/x.json"], "no folder no"),
        ("make_follow_ups.py", ["no-such.jsonl", "--out", "x"], "no-such.jsonl"),
        ("train_reader.py", ["no-such.jsonl", "--out", "x"], "no-such.jsonl"),
        ("fit_answers.py", ["no-such.jsonl"], "no-such.jsonl"),
        ("fit_answers.py", ["s.jsonl", "--out", "nowhere"], "--out"),
        ("evaluate_evidence.py", ["--lists", "no-such.jsonl"], "no-such.jsonl"),
        ("train_evidence.py", ["no-such.jsonl", "--out", "x"], "no-such.jsonl"),
        ("average_readers.py", ["nowhere", "--out", "x"], "nowhere"),
        ("benchmark.py", ["--reader", "./nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_named_in_one_line(
    tmp_path: Path, index_dir: Path, name: str, arguments: list[str], message: str
) -> None:
    found = run(tmp_path, name, *arguments, QA_INDEX_DIR=str(index_dir))
    assert found.returncode == 2, found.stdout
    assert "Traceback" not in found.stderr
    assert message in last_line(found.stderr)


def test_a_folder_of_nothing_readable_is_told_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bad.pdf").write_bytes(b"%PDF-1.7 and no more")
    found = run(tmp_path, "build_index.py", "articles", "--index", "index")
    assert found.returncode == 2
    assert "Traceback" not in found.stderr
    assert "left out: " in found.stderr
    assert "bad.pdf is a broken PDF" in found.stderr
    assert not (tmp_path / "index" / "CURRENT").exists()


@pytest.mark.parametrize("path", sorted((ROOT / "scripts").glob("*.py")), ids=str)
def test_help_teaches_with_an_example(tmp_path: Path, path: Path) -> None:
    found = run(tmp_path, path.name, "--help")
    assert found.returncode == 0
    assert f"scripts/{path.name}" in found.stdout
