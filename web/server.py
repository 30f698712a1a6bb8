"""The production server: waitress, one process and several threads.

A second process would hold a second copy of the models and win nothing, as these
compute without Python's lock; and a process that forks after loading them may hang.
"""

from __future__ import annotations

import socket

import waitress
from flask import Flask

from web.api import MAX_BODY_BYTES


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


def serve(app: Flask, listener: socket.socket, *, threads: int) -> None:
    """Serve until Ctrl-C or ``SystemExit``; requests under way are finished."""
    waitress.serve(
        app,
        sockets=[listener],
        threads=threads,
        # A little above the application's limit, whose error is the clearer one.
        max_request_body_size=2 * MAX_BODY_BYTES,
        ident=None,
        _quiet=True,
    )
