"""Log lines: plain or JSON, and never more than one line a record."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal, TextIO

from index.terminal import printable

LogFormat = Literal["text", "json"]

_MAX_CHARACTERS = 8000


class TextFormatter(logging.Formatter):
    """One line a record; a traceback's lines are indented below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        fields = getattr(record, "fields", None) or {}
        told = "".join(f" {name}={value}" for name, value in fields.items())
        message = printable(record.getMessage()[:_MAX_CHARACTERS] + told)
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {message}"
        if record.exc_info:
            trace = self.formatException(record.exc_info).splitlines()
            line += "".join(f"\n    {printable(each)}" for each in trace)
        return line


class JsonFormatter(logging.Formatter):
    """One JSON object a record, with the fields that it brings."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        written = datetime.fromtimestamp(record.created, UTC)
        told: dict[str, object] = {
            "time": written.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:_MAX_CHARACTERS],
            **(getattr(record, "fields", None) or {}),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        # In ASCII: no character of a text is one of the terminal.
        return json.dumps(told, default=str)


def set_up(form: LogFormat, level: str, stream: TextIO = sys.stderr) -> None:
    """Send the logs of the whole process to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # What libraries tell of their loading is no news, and of waiting the gauges tell.
    for name in ("faiss", "sentence_transformers", "waitress.queue"):
        logging.getLogger(name).setLevel(logging.ERROR)
