"""Attack the service: kills, reloads, overload, made-up requests, hostile texts.

    python scripts/chaos.py
    python scripts/chaos.py kills --count 200
    python scripts/chaos.py load --clients 16 --seconds 60

Each attack runs on this machine alone, in a folder of its own, against the real models
and server, prints its figures as JSON, and fails when something was lost, mixed or
wrong. Without a name all run, bounded to a few minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from index.terminal import say, say_json
from qa.evaluation.attacks.building import kills
from qa.evaluation.attacks.serving import load, reloads, requests, texts

# What a name stands for, and how much of it a bounded run does.
_ATTACKS: Mapping[str, tuple[Callable[..., dict[str, object]], dict[str, int]]] = {
    "kills": (kills, {"count": 5, "seed": 0}),
    "reloads": (reloads, {"count": 3}),
    "load": (load, {"clients": 16, "seconds": 5}),
    "requests": (requests, {"count": 300, "seed": 0}),
    "texts": (texts, {"count": 20, "seed": 0}),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 1 if an attack found something."""
    arguments = _parser().parse_args(argv)
    names = [arguments.attack] if arguments.attack else list(_ATTACKS)
    is_sound = True
    for name in names:
        attack, bounds = _ATTACKS[name]
        given = {key: getattr(arguments, key) for key in bounds}
        wanted = {key: given[key] or bound for key, bound in bounds.items()}
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            figures = attack(Path(folder), **wanted)
        say_json({"attack": name, **wanted, **figures})
        is_sound = is_sound and bool(figures["sound"])
    if not is_sound:
        say("chaos.py: not sound; see the figures above", sys.stderr)
    return 0 if is_sound else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("attack", nargs="?", choices=list(_ATTACKS), metavar="ATTACK")
    parser.add_argument("--count", type=int, help="kills, reloads, requests or texts")
    parser.add_argument("--seed", type=int, help="of what is made up")
    parser.add_argument("--clients", type=int, help="that ask at once")
    parser.add_argument("--seconds", type=int, help="of load")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
