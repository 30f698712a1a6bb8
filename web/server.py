"""The production server: waitress, one process and many threads.

Chosen over threads of gunicorn and over granian: with waitress one thread reads what
comes and writes what goes, so a client that is slow holds none of those that answer,
and a request can ask whether its client is still there. A thread that waits for its
turn costs little, so there are more than answers are made at once, and what needs no
turn never waits behind one. A second process would hold a second copy of the models
and win nothing, as these compute without Python's lock; and a process that forks after
loading them may hang.
"""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
import threading
import time
import uuid
from http import HTTPStatus
from types import FrameType

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from web.api import MAX_BODY_BYTES
from web.errors import PROBLEM_JSON
from web.guard.admission import Admission
from web.guard.headers import security_headers
from web.settings import Settings
from web.sight.requests import REQUEST_ID

logger = logging.getLogger(__name__)

# For what needs no turn, besides those that answer or wait to.
_SPARE_THREADS = 16
_MAX_CONNECTIONS = 1000
_MAX_HEADER_BYTES = 64 * 1024
# A file that the page adds may be larger than any question.
_MAX_UPLOAD_BYTES = 64 * 1024 * 1024
# A whole document is taken at once, so that a slow reader holds no thread.
_MAX_WAITING_BYTES = 128 * 1024 * 1024
_IDLE_SECONDS = 60
# After the last answer: its bytes are still to be sent.
_SENDING_SECONDS = 5.0


class PortError(OSError):
    """An address that cannot be listened on; the message says which and what to do."""


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that holds an address; port 0 takes a free one.

    Done before the models load, so that a taken port shows at once.

    Raises:
        PortError: If the port is taken, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            # A port that was just left may be taken over at once.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise PortError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; "
            "choose another with --host and --port"
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class _ProblemTask(ErrorTask):  # type: ignore[misc]
    """What is wrong with a request that never reached the application."""

    def execute(self) -> None:
        """Reply as the application would."""
        error = self.request.error
        status = HTTPStatus(error.code)
        if status == HTTPStatus.NOT_IMPLEMENTED:
            # A transfer coding that nobody knows: it is the request that is wrong.
            status = HTTPStatus.BAD_REQUEST
        detail = error.body or status.description
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            detail = "this is larger than anything that the service takes"
        told: dict[str, object] = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": detail,
            "errors": [],
        }
        body = json.dumps(told).encode()
        self.status = f"{status.value} {status.phrase}"
        self.response_headers.append(("Content-Type", PROBLEM_JSON))
        self.response_headers.extend(security_headers().items())
        # What it sent as one is not read: the request could not be.
        self.response_headers.append((REQUEST_ID, uuid.uuid4().hex))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ProblemTask


class Server:
    """Serves an application on a socket until it is stopped."""

    def __init__(self, app: Flask, listener: socket.socket) -> None:
        settings: Settings = app.extensions["settings"]
        self._admission: Admission = app.extensions["admission"]
        self._patience_seconds = settings.deadline + _SENDING_SECONDS
        limit = _MAX_UPLOAD_BYTES if settings.editable else 2 * MAX_BODY_BYTES
        self._server = create_server(
            app,
            sockets=[listener],
            threads=settings.server_threads + settings.queue + _SPARE_THREADS,
            # One more request is read, so that the end of a connection is seen.
            channel_request_lookahead=1,
            channel_timeout=_IDLE_SECONDS,
            connection_limit=_MAX_CONNECTIONS,
            asyncore_use_poll=True,
            max_request_header_size=_MAX_HEADER_BYTES,
            # A little above the application's limit, whose error is the clearer one.
            max_request_body_size=limit,
            outbuf_high_watermark=_MAX_WAITING_BYTES,
            ident=None,
            **_proxy(settings.trusted_proxy),
        )
        self._server.channel_class = _Channel
        self._stopping = threading.Event()
        self._ending = threading.Lock()
        self._has_ended = False

    def run(self) -> None:
        """Serve; return when all that was under way at ``stop`` is answered."""
        self._server.run()
        self._server.task_dispatcher.shutdown(timeout=1)

    def stop(self) -> None:
        """Finish what is being answered, turn away what waits and what comes, end.

        Returns at once. Called again, it ends without waiting.
        """
        if self._stopping.is_set():
            self._end()
            return
        self._stopping.set()
        logger.info("stopping: %d answers under way", self._admission.running)
        self._admission.close()
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        deadline = time.monotonic() + self._patience_seconds
        while self._is_busy() and time.monotonic() < deadline:
            time.sleep(0.02)
        self._end()

    def _is_busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(each.requests or each.total_outbufs_len for each in channels)

    def _end(self) -> None:
        with self._ending:
            if self._has_ended:
                return
            self._has_ended = True
        # In the server's own thread; with no connection left, it ends.
        trigger = self._server.trigger
        # Pulled under its lock: else the thread, awake for another's sake, may have
        # closed the pipe before this one writes to it.
        with trigger.lock:
            trigger.thunks.append(lambda: wasyncore.close_all(self._server._map))
            trigger._physical_pull()


def serve(app: Flask, listener: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl-C; see ``Server.stop``. For the main thread."""
    _allow_files()
    server = Server(app, listener)

    def stop(number: int, frame: FrameType | None) -> None:
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.run()


def _allow_files() -> None:
    """Have as many files open as the system lets this process.

    Each connection is one, and one more if its body is long: with the usual 1,024, a
    thousand idle ones would leave none to take up an index or to keep a verdict.
    """
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _proxy(address: str | None) -> dict[str, object]:
    """Return which headers of a proxy count: none of a stranger's."""
    if address is None:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "clear_untrusted_proxy_headers": True,
        "trusted_proxy": address,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
        },
    }
