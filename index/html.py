"""The article in a web page, without what stands round it: trafilatura."""

from __future__ import annotations

import trafilatura
from trafilatura.settings import Document as Page

from index.extract import Extracted, ExtractError


def extract_html(data: bytes) -> Extracted:
    """Return the article of a page (Barbaresi 2021), with the page's metadata.

    Navigation, share bars, notices, comments and lists of other stories are left out.

    Raises:
        ExtractError: If the page has no article.
    """
    page = trafilatura.bare_extraction(
        data,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # Only dates that the page states, not any that its text mentions.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(page, Page) or not page.text:
        raise ExtractError("holds no article that can be told from the page round it")
    return Extracted(
        page.text,
        title=page.title or None,
        url=page.url or None,
        published=page.date or None,
    )
