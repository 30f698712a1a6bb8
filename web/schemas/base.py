"""What all replies have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Reply(BaseModel):
    """Base of all replies."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def web_address(url: str | None) -> str | None:
    """Return an address that is safe to link to: others may be programs."""
    is_web = url is not None and url.lower().startswith(("http://", "https://"))
    return url if is_web else None
