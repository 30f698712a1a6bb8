"""Who may ask: known hosts, known origins, holders of a key, and not too often."""

from __future__ import annotations

import ipaddress
import math
import socket
import time
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from web.contract.endpoint import Operation, operation_of
from web.guard.keys import Scope, key_of
from web.settings import Settings, is_address

# A browser asks for it by itself, and sends it with all that follows.
_CHALLENGE = WWWAuthenticate("basic", {"realm": "Verbatim QA; the key is the password"})
_LOCAL_NAMES = ("localhost", "localhost.localdomain")


class Access:
    """Lets a request in or refuses it, before anything is done for it."""

    def __init__(self, settings: Settings) -> None:
        self._hosts = {each.lower() for each in settings.allowed_hosts}
        self._origins = {each.lower() for each in settings.allowed_origins}
        self._own_names = {*_LOCAL_NAMES, settings.host.lower(), _machine_name()}
        self._keys = settings.keys()
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limits: dict[str, RateLimitItem] = {
            name: parse(rate)
            for name, rate in {
                "answers": settings.rate_limit,
                "feedback": settings.feedback_rate_limit,
            }.items()
            if rate
        }

    def check(self) -> Response | None:
        """Return nothing if the request may go on, or what a preflight wants.

        Raises:
            Forbidden: If it names a host or comes from an origin that is not known,
                or shows a key that does not allow it.
            Unauthorized: If it wants a key and shows none that is known.
            TooManyRequests: If its client has asked too often.
        """
        if not self._is_known_host(_host_name(request.host)):
            raise Forbidden(
                "this service does not answer under that name; its operator can add "
                "it to QA_ALLOWED_HOSTS"
            )
        origin = request.headers.get("Origin")
        if origin is not None and not self._is_known_origin(origin):
            raise Forbidden(
                "pages of another origin may not ask this service; its operator can "
                "add it to QA_ALLOWED_ORIGINS"
            )
        if request.method == "OPTIONS":
            return None
        operation = operation_of(current_app, request.endpoint)
        scope = _wanted(operation)
        if self._keys and scope is not None:
            self._check_key(scope)
        if operation is not None and operation.method != "GET":
            self._check_rate(operation.tag)
        return None

    def allow_origin(self, response: Response) -> None:
        """Tell a browser that a page of another origin may read the reply."""
        origin = request.headers.get("Origin", "")
        response.vary.add("Origin")
        if origin.lower() not in self._origins:
            return
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "X-Request-Id, Retry-After"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get(
                "Allow", ""
            )
            response.headers["Access-Control-Allow-Headers"] = (
                "Authorization, Content-Type, X-Request-Id"
            )
            response.headers["Access-Control-Max-Age"] = "600"

    def _is_known_host(self, name: str) -> bool:
        if "*" in self._hosts or name in self._hosts:
            return True
        if self._hosts:
            return name in _LOCAL_NAMES or _is_loopback(name)
        # An address cannot be made to lead elsewhere, as a name can.
        return name in self._own_names or is_address(name)

    def _is_known_origin(self, origin: str) -> bool:
        origin = origin.lower()
        # Whatever the scheme: a proxy may have taken off TLS.
        return origin in self._origins or _netloc(origin) == request.host.lower()

    def _check_key(self, scope: Scope) -> None:
        key = key_of(request.authorization, self._keys)
        if key is None:
            raise Unauthorized(
                "this needs an API key: as bearer token, or as password",
                www_authenticate=_CHALLENGE,
            )
        g.key = key
        if not key.allows(scope):
            raise Forbidden(f"this needs an API key of scope {scope}, not {key.scope}")

    def _check_rate(self, tag: str) -> None:
        limit = self._limits.get(tag)
        if limit is None:
            return
        client = _counted(client_name())
        if not self._limiter.hit(limit, tag, client):
            reset = self._limiter.get_window_stats(limit, tag, client).reset_time
            raise TooManyRequests(
                f"at most {limit} from one client; ask again later",
                retry_after=max(1, math.ceil(reset - time.time())),
            )


def client_name() -> str:
    """Return whom a request is counted for: the holder of a key, or an address."""
    key = g.get("key")
    return f"key {key.name}" if key is not None else request.remote_addr or "unknown"


def _counted(client: str) -> str:
    """Return whom a client is counted as: of IPv6 each has a network of addresses."""
    if not is_address(client):
        return client
    address = ipaddress.ip_address(client)
    if address.version == 4:
        return client
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def register(app: Flask, settings: Settings) -> None:
    """Have an application check each request."""
    access = Access(settings)

    def allow_origin(response: Response) -> Response:
        access.allow_origin(response)
        return response

    app.before_request(access.check)
    app.after_request(allow_origin)


def _wanted(operation: Operation | None) -> Scope | None:
    """Return the scope that a request wants: of a page as of its questions."""
    if operation is not None:
        return operation.scope
    is_page = request.endpoint is not None and request.endpoint.startswith("pages.")
    return "ask" if is_page else None


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _machine_name() -> str:
    return socket.gethostname().lower()


def _is_loopback(name: str) -> bool:
    return is_address(name) and ipaddress.ip_address(name).is_loopback
