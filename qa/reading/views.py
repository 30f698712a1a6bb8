"""What models read of a passage: its words, with what tells what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.documents import Document
from index.formats.tables import name_cells
from index.passages import Passage, telling_title
from qa.reading.reader import Check, Reader, Reading, go_on
from qa.reading.spans import Span


@dataclass(frozen=True, slots=True)
class View:
    """A passage as models read it.

    The title stands above the text, and the cells of a table have the names of their
    columns: "Station: Birk; Founded: 1934". Neither can be quoted: a span counts as
    far as what it covers stands in the passage.

    Attributes:
        text: What is read.
        places: Of each piece of ``text`` that stands in the passage, in order, its
            half-open offsets there and where it starts in the passage.
    """

    text: str
    places: tuple[tuple[int, int, int], ...]

    def answers(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        """Return the spans that lie in one piece, at their places in the passage."""
        found = []
        for span in spans:
            for start, end, place in self.places:
                if start <= span.start and span.end <= end:
                    moved = place - start
                    found.append(Span(span.start + moved, span.end + moved, span.score))
        return tuple(found)

    def sentences(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        """Return the spans from the first piece to the last that each covers."""
        found = []
        for span in spans:
            covered = [
                (place + max(span.start - start, 0), place + min(span.end, end) - start)
                for start, end, place in self.places
                if start < span.end and span.start < end
            ]
            if covered:
                found.append(Span(covered[0][0], covered[-1][1], span.score))
        return tuple(found)


def view_passage(document: Document, passage: Passage) -> View:
    """Return what models read of a document's passage."""
    named = name_cells(document.text, document.tables, passage.start, passage.end)
    title = telling_title(document)
    # A blank line, so that no sentence begins in the title.
    above = f"{title}\n\n" if title else ""
    text, pieces = passage.text, [(0, passage.start, passage.end)]
    if named.text:
        text, pieces = named.text, list(named.places)
    places = [
        (len(above) + place, len(above) + place + end - start, start - passage.start)
        for place, start, end in pieces
        # What a row is about may stand above the passage.
        if passage.start <= start
    ]
    return View(above + text, tuple(places))


def read_views(
    reader: Reader, question: str, views: Sequence[View], check: Check = go_on
) -> list[Reading]:
    """Return what a reader finds in views, its spans at their places in the passages.

    Raises:
        QuestionError: If the question has too many word pieces.
    """
    readings = reader.read(question, [view.text for view in views], check)
    return [
        replace(reading, spans=view.answers(reading.spans))
        for view, reading in zip(views, readings, strict=True)
    ]
