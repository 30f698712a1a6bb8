"""API keys: whose they are, and what they allow."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from werkzeug.datastructures import Authorization

Scope = Literal["ask", "edit", "admin"]
# Each allows what those before it do.
SCOPES: tuple[Scope, ...] = get_args(Scope)

_MIN_CHARACTERS = 16


class KeyFormatError(ValueError):
    """A key that cannot be used; the message names the form, never the key."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, kept as its checksum.

    Attributes:
        name: What logs call its holder: the start of the checksum.
        scope: The most that it allows.
        digest: SHA-256 of the key.
    """

    name: str
    scope: Scope
    digest: bytes

    def allows(self, scope: Scope) -> bool:
        """Tell whether the key is enough for a scope."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


def read_keys(text: str) -> tuple[ApiKey, ...]:
    """Return the keys in ``ask:KEY,admin:KEY``.

    Raises:
        KeyFormatError: If one has no scope, or is too short to be secret.
    """
    keys = []
    for number, entry in enumerate(filter(None, text.replace(",", " ").split()), 1):
        scope, colon, secret = entry.partition(":")
        if not colon or scope not in SCOPES:
            raise KeyFormatError(
                f"key {number} has no scope; write {' or '.join(SCOPES)}, a colon and "
                "the key, such as ask:KEY"
            )
        if len(secret) < _MIN_CHARACTERS:
            raise KeyFormatError(
                f"key {number} has {len(secret)} characters; take at least "
                f"{_MIN_CHARACTERS}, as `openssl rand -hex 24` gives"
            )
        if not (secret.isascii() and secret.isprintable()):
            # Each client would send other bytes for them.
            raise KeyFormatError(f"key {number} has letters that are not in ASCII")
        digest = hashlib.sha256(secret.encode()).digest()
        keys.append(ApiKey(digest.hex()[:8], scope, digest))
    return tuple(keys)


def key_of(
    authorization: Authorization | None, keys: Iterable[ApiKey]
) -> ApiKey | None:
    """Return the key that a request shows: a bearer token, or a password.

    How long it takes does not tell how much of a key was right.
    """
    if authorization is None:
        return None
    shown = authorization.token or authorization.password or ""
    digest = hashlib.sha256(shown.encode("utf-8", "surrogatepass")).digest()
    found = None
    for key in keys:
        if hmac.compare_digest(digest, key.digest):
            found = key
    return found
