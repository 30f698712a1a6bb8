"""Dates as people write them into front matter, in ISO 8601."""

from __future__ import annotations

from datetime import datetime

# None that could be read in two ways, as 01/04/2025 can.
_FORMATS = (
    *("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S %z"),
    *("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%A, %d %B %Y"),
    *("%A, %B %d, %Y", "%a, %d %b %Y", "%a, %d %b %Y %H:%M:%S %z"),
)


def told_date(date: str | None) -> str | None:
    """Return a date in ISO 8601, or as it is written if it is not understood."""
    date = " ".join((date or "").split())
    try:
        datetime.fromisoformat(date)
    except ValueError:
        for each in _FORMATS:
            try:
                return datetime.strptime(date, each).date().isoformat()
            except ValueError:
                continue
    return date or None
