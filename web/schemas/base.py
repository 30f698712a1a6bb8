"""What all replies have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Reply(BaseModel):
    """Base of all replies."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


_MAX_TITLE_CHARACTERS = 300


def short_title(title: str) -> str:
    """Return a title that can be shown: some are whole texts."""
    if len(title) <= _MAX_TITLE_CHARACTERS:
        return title
    return title[: _MAX_TITLE_CHARACTERS - 1] + "…"


def web_address(url: str | None) -> str | None:
    """Return an address that is safe to link to: others may be programs."""
    is_web = url is not None and url.lower().startswith(("http://", "https://"))
    return url if is_web else None
