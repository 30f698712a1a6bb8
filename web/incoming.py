"""What comes in as JSON or in a query, typed."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qa.answerer import DEFAULT_K, MAX_K, MAX_QUESTION_CHARACTERS, MAX_TURNS
from qa.conversation import CitedPlace, Turn

# More than any answer has; what the service itself sent can always be sent back.
_MAX_ANSWER_CHARACTERS = 8000
_MAX_PLACES = 100
_MAX_DOCUMENT_IDS = 1000

Question = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARACTERS
    ),
]


class Request(BaseModel):
    """Base of what comes in as JSON."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class PlaceRequest(Request):
    """What an earlier answer cited: offsets count code points of the document."""

    document_id: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]


class TurnRequest(Request):
    """An earlier question; ``answer`` is ``null`` when there was none."""

    question: Question
    answer: Annotated[str, StringConstraints(max_length=_MAX_ANSWER_CHARACTERS)] | None
    citations: Annotated[list[PlaceRequest], Field(max_length=_MAX_PLACES)] = []

    def turn(self) -> Turn:
        """Return it as the answerer takes it."""
        places = (CitedPlace(c.document_id, c.start, c.end) for c in self.citations)
        return Turn(self.question, self.answer, tuple(places))


class AnswerRequest(Request):
    """A question, what was said before it, and where to look for the answer.

    Attributes:
        k: Passages to read.
        history: The conversation so far, oldest turn first; the service keeps none.
        document_ids: Documents to answer from; ``null`` for all.
        interpret: ``false`` looks the question up word for word.
    """

    question: Question
    k: Annotated[int, Field(ge=1, le=MAX_K)] = DEFAULT_K
    history: Annotated[list[TurnRequest], Field(max_length=MAX_TURNS)] = []
    document_ids: (
        Annotated[list[str], Field(min_length=1, max_length=_MAX_DOCUMENT_IDS)] | None
    ) = None
    interpret: bool = True


class ExcerptRequest(BaseModel):
    """The part of a document to set apart: query parameters, so not strict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Annotated[int, Field(ge=0)]
    end: int


class SuggestionsRequest(BaseModel):
    """The document to ask about, or none for any: query parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document_id: str | None = None
