"""Attacks on a running service: reloads, overload, made-up requests, hostile texts."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from qa.evaluation.attacks.service import Service, build, serving, write_corpus

_TEXT = (
    "Minister number {number} opened the bridge in Lyon on Monday. The bridge had been "
    "closed for {number} months. People came from all over the country to see it."
)
_QUESTION = "Who opened the bridge?"
_REFUSED = (429, 503, 504)
# What a server may take after all reloads, of what it took after the first.
_MOST_GROWTH = 1.05


def reloads(folder: Path, count: int) -> dict[str, object]:
    """Ask while the index changes: no question may fail, nor mix two versions."""
    _publish(folder, 0)
    ended = threading.Event()
    failed: list[object] = []
    answered: list[int] = []
    with serving(folder) as service:

        def ask() -> None:
            while not ended.is_set():
                status, reply = service.ask(f"{_QUESTION} {time.monotonic_ns()}")
                answered.append(status)
                if status != 200 or not _is_of_one_text(reply):
                    failed.append((status, reply))
                time.sleep(0.05)

        askers = [threading.Thread(target=ask) for _ in range(2)]
        for each in askers:
            each.start()
        before = 0.0
        for number in range(1, count + 1):
            _publish(folder, number)
            time.sleep(2)
            # The first reload makes room for two versions at once.
            before = before or service.resident_mb()
        growth = service.resident_mb() / before if before else 1.0
        ended.set()
        for each in askers:
            each.join()
    return {
        "answered": len(answered),
        "failed_or_mixed": len(failed),
        "memory_growth": round(growth, 3),
        "sound": not failed and bool(answered) and growth <= _MOST_GROWTH,
    }


def load(folder: Path, clients: int, seconds: int) -> dict[str, object]:
    """Ask as fast as can be: all is answered or shed, and health is told at once."""
    _publish(folder, 1)
    with serving(folder) as service:
        _ask_for(service, 1, 2)
        resident = service.resident_mb()
        peak = _ask_for(service, 2, seconds)[200] / seconds
        health: list[float] = []
        ended = threading.Event()

        def look() -> None:
            while not ended.is_set():
                started = time.monotonic()
                service.send("GET", "/livez")
                health.append(1000 * (time.monotonic() - started))
                time.sleep(0.05)

        looker = threading.Thread(target=look)
        looker.start()
        statuses = _ask_for(service, clients, seconds)
        ended.set()
        looker.join()
    lost = sum(n for status, n in statuses.items() if status not in (200, *_REFUSED))
    health.sort()
    return {
        "statuses": dict(statuses),
        "peak_per_second": round(peak, 2),
        "share_of_peak": round(statuses[200] / seconds / peak, 2) if peak else 0.0,
        "livez_p99_ms": round(health[int(0.99 * (len(health) - 1))], 1),
        "resident_mb": round(resident),
        "sound": lost == 0 and statuses[200] > 0,
    }


def requests(folder: Path, count: int, seed: int) -> dict[str, object]:
    """Send made-up requests: none may be more than the service can refuse."""
    _publish(folder, 1)
    rng = random.Random(seed)
    statuses: Counter[int] = Counter()
    with serving(folder) as service:
        for _ in range(count):
            statuses[_send_made_up(service, rng)] += 1
        is_alive = service.send("GET", "/readyz")[0] == 200
    # Turned away is no error: what is made up may be a question after all.
    errors = sum(
        n
        for status, n in statuses.items()
        if not 200 <= status < 500 and status not in _REFUSED
    )
    return {
        "statuses": dict(statuses),
        "errors": errors,
        "sound": errors == 0 and is_alive,
    }


def texts(folder: Path, count: int, seed: int) -> dict[str, object]:
    """Answer about hostile texts: each citation stands where it says.

    Some are no text at all, and are left out of the index.
    """
    rng = random.Random(seed)
    write_corpus(folder, {f"t{n}": _hostile(rng) for n in range(count)})
    build(folder)
    checked = invalid = unanswered = left_out = 0
    with serving(folder) as service:
        for number in range(count):
            body = {"question": _QUESTION, "document_ids": [f"t{number}"]}
            there, shown = service.send("GET", f"/api/documents/t{number}")
            if there == 404:
                left_out += 1
                continue
            status, reply = service.send(
                "POST", "/api/answer", json.dumps(body).encode()
            )
            if status != 200:
                unanswered += 1
                continue
            for each in [*reply["citations"], *reply["nearest_passages"]]:
                checked += 1
                found = shown["text"][each["start"] : each["end"]]
                invalid += found != each["quote"]
    return {
        "citations": checked,
        "invalid": invalid,
        "left_out": left_out,
        "unanswered": unanswered,
        "sound": invalid == unanswered == 0 and checked > 0,
    }


def _publish(folder: Path, number: int) -> None:
    write_corpus(folder, {name: _TEXT.format(number=number) for name in "ab"})
    build(folder)


def _is_of_one_text(reply: dict[str, list[dict[str, dict[str, str]]]]) -> bool:
    cited = [*reply["citations"], *reply["nearest_passages"]]
    return len({each["document"]["sha256"] for each in cited}) <= 1


def _ask_for(service: Service, clients: int, seconds: int) -> Counter[int]:
    """Return how often each status came, from so many who ask without a pause."""
    end = time.monotonic() + seconds
    statuses: Counter[int] = Counter()
    lock = threading.Lock()

    def ask(number: int) -> None:
        while time.monotonic() < end:
            # Another question each time: none is to come from the cache.
            status, _ = service.ask(f"{_QUESTION} {number} {time.monotonic_ns()}")
            with lock:
                statuses[status] += 1

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return statuses


_PATHS = (
    *("/api/answer", "/api/answer/stream", "/api/verify", "/api/documents"),
    *("/api/documents/a", "/api/documents/%00", "/api/suggestions", "/", "/metrics"),
    *("/openapi.json", "/docs", "/livez", "/api/feedback", "/%2e%2e/%2e%2e/etc/passwd"),
)
# Mostly those that something takes: else nearly all would be refused for it.
_METHODS = ("GET", "POST") * 4 + ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
_FIELDS = (
    "question",
    "k",
    "history",
    "document_ids",
    "interpret",
    "citations",
    "start",
)


def _send_made_up(service: Service, rng: random.Random) -> int:
    path = rng.choice(_PATHS)
    if rng.random() < 0.3:
        path += f"?{rng.choice(_FIELDS)}={rng.randrange(10**9)}&explain=true"
    body = None
    if rng.random() < 0.8:
        values = {field: _value(rng, 3) for field in rng.sample(_FIELDS, 3)}
        body = json.dumps(values).encode()
        if rng.random() < 0.1:
            body = body[: rng.randrange(len(body))]
    kind = rng.choice(("application/json",) * 8 + ("text/plain", "a/b; charset=x"))
    return service.send(rng.choice(_METHODS), path, body, kind)[0]


def _value(rng: random.Random, depth: int) -> object:
    kinds: list[Callable[[], object]] = [
        lambda: rng.choice((None, True, False, -1, 0, 1, 2**70, 1e308, "", _QUESTION)),
        lambda: _hostile(rng)[:200],
    ]
    if depth:
        kinds.append(lambda: [_value(rng, depth - 1) for _ in range(rng.randrange(4))])
        kinds.append(lambda: {_hostile(rng)[:9]: _value(rng, depth - 1)})
    return rng.choice(kinds)()


_PIECES = (
    *(
        "Maria Keller opened the bridge. ",
        "Aa ",
        "\n",
        "\r\n",
        "\u2028",
        "🌉",
        "e\u0301",
    ),
    *(
        "جاء ",
        "北京",
        "\u200f",
        "</script>",
        "\x00",
        "\ufeff",
        "U.S. ",
        "3.5 ",
        "“",
        "—",
    ),
    *(" " * 50, "x" * 300, "a.b.c.", "?!", "\x1b[31m", "\U0001f1ee\U0001f1f6"),
)


def _hostile(rng: random.Random) -> str:
    pieces = rng.choices(_PIECES, k=rng.randrange(2, 60))
    return "".join(pieces) + " The mayor opened it. "
