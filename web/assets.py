"""Static files under a name that changes with them, so that browsers may keep them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from flask import Flask, Response, url_for
from werkzeug.exceptions import NotFound

_FOLDER = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
# Lines that only explain a script: they are for whoever reads its file.
_COMMENT = re.compile(rb"^\s*(?:/\*(?:[^*]|\*(?!/))*\*/|//.*)\n", re.MULTILINE)
# Not from the system's registry, which is wrong on some.
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def register(app: Flask) -> None:
    """Serve the files, and name them to the templates.

    These get ``asset(name)``, a file's address, and ``modules``, the scripts' names.

    Scripts name each other relative to themselves, so one checksum stands for all.
    They are small, and kept in memory.
    """
    files = {path.name: _read(path) for path in sorted(_FOLDER.iterdir())}
    digest = hashlib.sha256(
        b"".join(name.encode() + b"\0" + data for name, data in files.items())
    )
    current = digest.hexdigest()[:12]

    def show_asset(version: str, name: str) -> Response:
        if name not in files:
            raise NotFound(f"no file {name!r}")
        response = Response(files[name], mimetype=_TYPES[Path(name).suffix])
        # A page that was open over an update gets what there is, for now.
        response.headers["Cache-Control"] = (
            _FOREVER if version == current else "no-store"
        )
        return response

    def asset(name: str) -> str:
        return url_for("show_asset", version=current, name=name)

    app.add_url_rule("/assets/<version>/<name>", view_func=show_asset)
    app.jinja_env.globals["asset"] = asset
    # Named to the browser at once, it need not find them one after the other.
    app.jinja_env.globals["modules"] = [
        name for name in files if name.endswith(".js") and name != "main.js"
    ]


def _read(path: Path) -> bytes:
    data = path.read_bytes()
    return _COMMENT.sub(b"", data) if path.suffix == ".js" else data
