from __future__ import annotations

import pytest

from index.formats.dates import told_date


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026-03-14", "2026-03-14"),
        ("2025-04-01T08:00:00Z", "2025-04-01T08:00:00Z"),
        ("2026/03/14", "2026-03-14"),
        ("14 March 2026", "2026-03-14"),
        ("Mar 14, 2026", "2026-03-14"),
        ("14.3.2026", "2026-03-14"),
        ("Sat, 14 Mar 2026 10:00:00 +0100", "2026-03-14"),
        # Of April or of January; of a year; of nothing.
        ("01/04/2026", "01/04/2026"),
        ("spring 2026", "spring 2026"),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_told_in_one_form_if_it_has_one_meaning(
    written: str | None, told: str | None
) -> None:
    assert told_date(written) == told
