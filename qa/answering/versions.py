"""Versions of one article: the one of the year asked of, or the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answering.candidates import Candidate
from qa.answering.findings import Findings, Statement
from qa.words.comparing import words


def named_versions(candidates: Sequence[Candidate], found: Findings) -> set[str]:
    """Return the articles of the year asked of that answer, of those with versions."""
    asked = set(words(found.question))
    documents = {each.doc_id: found.documents[each.doc_id] for each in candidates}
    return {
        doc_id
        for doc_id in {each.doc_id for each in candidates if each.margin > 0}
        for other in documents.values()
        if documents[doc_id].year in asked - {other.year}
        and documents[doc_id].is_version_of(other)
    }


def newest_first(said: list[Statement], found: Findings) -> list[Statement]:
    """Return what versions of one article say from the newest to the oldest."""
    documents = [found.documents[each.places[0].doc_id] for each in said]
    if not all(each.is_version_of(documents[0]) for each in documents):
        return said
    dates = [(each.year, each.published or "") for each in documents]
    order = sorted(range(len(said)), key=dates.__getitem__, reverse=True)
    return [said[n] for n in order]
