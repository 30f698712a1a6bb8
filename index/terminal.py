"""What is shown in a terminal or a log: no control character of any file."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TextIO

# Escape sequences, line breaks, and what turns the direction of writing: a name in a
# file must not forge a line. Half a surrogate pair, as names of files may have, cannot
# be encoded at all.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""Return a text with control characters written out, as ``\x1b``."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def say(text: str = "", stream: TextIO | None = None) -> None:
    """Print a text as one line, on the standard output or another stream."""
    _print(printable(text), stream or sys.stdout)


def say_error(script: str, error: BaseException) -> None:
    """Print on the standard error what is wrong, behind the name of a script."""
    say(f"{script}: {error}", sys.stderr)


def say_json(value: object, *, indent: int | None = None) -> None:
    """Print a value as JSON, with control characters as JSON escapes them."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    # Line breaks are left between values alone: within texts JSON has escaped them.
    for line in text.split("\n"):
        shown = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
        _print(shown, sys.stdout)


def _print(line: str, stream: TextIO) -> None:
    """Print a line; when its reader has gone, as ``head`` does, print no more.

    What was begun is finished all the same.
    """
    try:
        print(line, file=stream, flush=True)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
