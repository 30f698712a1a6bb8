"""The commands as a user runs them: in processes of their own, from another folder."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DEADLINE = 120


def command(name: str, *arguments: str | Path) -> list[str]:
    return [sys.executable, str(ROOT / "scripts" / name), *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("QA_")}
    return {**kept, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", **more}


def run(
    tmp_path: Path, name: str, *arguments: str | Path, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(name, *arguments),
        cwd=tmp_path,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


@dataclass(frozen=True)
class Server:
    address: str
    process: subprocess.Popen[str]


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
    yield Server(address, process)
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
    assert found.stdout.splitlines()[0].endswith("Baghdad [1]")
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
        ("train_reader.py", ["no-such.jsonl", "--out", "x"], "no-such.jsonl"),
        ("fit_confidence.py", ["no-such.jsonl"], "no-such.jsonl"),
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


@pytest.mark.parametrize("path", sorted((ROOT / "scripts").glob("*.py")), ids=str)
def test_help_teaches_with_an_example(tmp_path: Path, path: Path) -> None:
    found = run(tmp_path, path.name, "--help")
    assert found.returncode == 0
    assert f"scripts/{path.name}" in found.stdout


def test_evaluate_writes_what_it_prints(tmp_path: Path) -> None:
    context = "The ministers met in Baghdad on Monday."
    start = context.index("Baghdad")
    record = {
        "id": "1",
        "question": "Where did the ministers meet?",
        "context": context,
        "answers": {"text": ["Baghdad"], "answer_start": [start]},
    }
    (tmp_path / "set.jsonl").write_text(json.dumps(record), encoding="utf-8")
    found = run(tmp_path, "evaluate.py", "set.jsonl", "--json", "figures.json")
    assert found.returncode == 0, found.stderr
    (figures,) = json.loads((tmp_path / "figures.json").read_text()).values()
    assert (figures["questions"], figures["f1"]) == (1, 100.0)
    assert "f1 100.00" in found.stdout


def test_evaluate_end_to_end_counts_and_draws(tmp_path: Path) -> None:
    cities = ["Baghdad", "Mogadishu", "Nairobi", "Cairo"]
    lines = []
    for number, city in enumerate(cities):
        context = f"The ministers of group {number} met in {city} on Monday."
        answers = {"text": [city], "answer_start": [context.index(city)]}
        question = f"Where did the ministers of group {number} meet?"
        lines.append({"id": str(number), "question": question, "context": context})
        lines[-1]["answers"] = answers
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = run(
        tmp_path,
        "evaluate.py",
        *("--end-to-end", "set.jsonl", "--questions", "all"),
        *("--json", "figures.json", "--plots", "curves"),
    )
    assert found.returncode == 0, found.stderr
    (figures,) = json.loads((tmp_path / "figures.json").read_text()).values()
    assert (figures["documents"], figures["questions"]) == (4, 4)
    assert figures["recall_at_5"] == 100.0
    assert figures["f1"] >= 75.0
    assert figures["f1_interval"][0] <= figures["f1"] <= figures["f1_interval"][1]
    given = [figures[kind] for kind in ("answer", "unsure", "no_answer")]
    assert sum(count for count, _ in given) == 4
    curves = sorted(path.name for path in (tmp_path / "curves").iterdir())
    assert curves == ["set-reliability.png", "set-risk-coverage.png"]
