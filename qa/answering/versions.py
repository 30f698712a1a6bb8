"""Versions of one article: the one of the year asked of, or the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answering.findings import Findings, Statement
from qa.words.comparing import words


def named_versions(doc_ids: Sequence[str], found: Findings) -> set[str]:
    """Return the articles that have versions of other years and are of one asked of."""
    asked = set(words(found.question))
    documents = [found.documents[each] for each in dict.fromkeys(doc_ids)]
    return {
        one.doc_id
        for one in documents
        for other in documents
        if one.year in asked and other.year != one.year and one.is_version_of(other)
    }


def newest_first(said: list[Statement], found: Findings) -> list[Statement]:
    """Return what versions of one article say from the newest to the oldest."""
    documents = [found.documents[each.places[0].doc_id] for each in said]
    if not all(each.is_version_of(documents[0]) for each in documents):
        return said
    order = sorted(
        range(len(said)),
        key=lambda n: (documents[n].year, documents[n].published or ""),
        reverse=True,
    )
    return [said[n] for n in order]
