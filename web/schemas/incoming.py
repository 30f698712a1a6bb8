"""What comes in as JSON or in a query, typed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from qa.answerer import DEFAULT_K, MAX_K, MAX_QUESTION_CHARACTERS, MAX_TURNS
from qa.conversation.conversation import CitedPlace, Turn

# More than any answer has; what the service itself sent can always be sent back.
_MAX_ANSWER_CHARACTERS = 8000
_MAX_PLACES = 100
_MAX_AROUND = 1000
_MAX_DOCUMENT_IDS = 1000

Question = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARACTERS
    ),
    # What is left of white space alone is too short.
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_QUESTION_CHARACTERS,
            "pattern": r"\S",
        }
    ),
]


def _whole(value: object) -> object:
    """Return a number without its empty fraction: JSON's 3.0 is an integer."""
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value  # type: ignore[call-overload]


# Offsets beyond these are in no text, and in no column of a file.
_MAX_OFFSET = 2**53
Whole = Annotated[int, BeforeValidator(_whole)]
Offset = Annotated[Whole, Field(ge=0, le=_MAX_OFFSET)]
EndOffset = Annotated[Whole, Field(ge=1, le=_MAX_OFFSET)]


class Request(BaseModel):
    """Base of what comes in as JSON."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Query(BaseModel):
    """Base of what comes in as a query: text, so not strict."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlaceRequest(Request):
    """What an earlier answer cited: offsets count code points of the document."""

    document_id: str
    start: Offset
    end: EndOffset


class TurnRequest(Request):
    """An earlier question; ``answer`` is ``null`` when there was none."""

    question: Question
    answer: Annotated[str, StringConstraints(max_length=_MAX_ANSWER_CHARACTERS)] | None
    citations: Annotated[list[PlaceRequest], Field(max_length=_MAX_PLACES)] = []

    def turn(self) -> Turn:
        """Return it as the answerer takes it."""
        places = (CitedPlace(c.document_id, c.start, c.end) for c in self.citations)
        return Turn(self.question, self.answer, tuple(places))


# Terms that one question may drop, each as long as a question at most.
_MAX_TERMS = 50
KeptTerm = Annotated[str, Field(max_length=MAX_QUESTION_CHARACTERS)]


class AnswerRequest(Request):
    """A question, what was said before it, and where to look for the answer.

    Attributes:
        k: Passages to read.
        history: The conversation so far, oldest turn first; the service keeps none.
        document_ids: Documents to answer from; ``null`` for all.
        interpret: ``false`` looks the question up word for word.
        without_terms: Terms of the conversation that the question does not need.
    """

    question: Question
    k: Annotated[Whole, Field(ge=1, le=MAX_K)] = DEFAULT_K
    history: Annotated[list[TurnRequest], Field(max_length=MAX_TURNS)] = []
    document_ids: (
        Annotated[list[str], Field(min_length=1, max_length=_MAX_DOCUMENT_IDS)] | None
    ) = None
    interpret: bool = True
    without_terms: Annotated[list[KeptTerm], Field(max_length=_MAX_TERMS)] = []


class ExplainQuery(Query):
    """Whether to tell what each stage weighed, and how much."""

    explain: bool = False


class QuoteRequest(Request):
    """A citation to check: where a quote is said to stand, and the words round it.

    Attributes:
        sha256: Of the text that it was taken from, as replied; else only words count.
        prefix: What stood before the quote; it helps to find a short one again.
        suffix: What stood after it.
    """

    document_id: str
    start: Offset
    end: EndOffset
    quote: Annotated[
        str, StringConstraints(min_length=1, max_length=_MAX_ANSWER_CHARACTERS)
    ]
    sha256: str | None = None
    prefix: Annotated[str, StringConstraints(max_length=_MAX_AROUND)] = ""
    suffix: Annotated[str, StringConstraints(max_length=_MAX_AROUND)] = ""


class VerifyRequest(Request):
    """Citations to check."""

    citations: Annotated[
        list[QuoteRequest], Field(min_length=1, max_length=_MAX_PLACES)
    ]


class DocumentsQuery(Query):
    """Which documents to list.

    Attributes:
        q: Words of the title or the text; without any, all are listed.
        limit: Documents in one reply.
        cursor: Where to go on: ``next_cursor`` of the reply before.
    """

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 1000
    cursor: Annotated[str, StringConstraints(max_length=100)] | None = None


# More than any answer cites.
_MAX_ALSO_CHARACTERS = 4000
_PLACES = r"\d{1,9}-\d{1,9}(,\d{1,9}-\d{1,9})*"


class TextQuery(Query):
    """The quote to set apart in a document's text; without it, the whole text.

    Attributes:
        start: Where the quote stands, or stood, in code points; ``end`` likewise.
        exact: Its words; they are looked for where the text has changed.
        prefix: What stood before them; it tells a short quote from its like.
        suffix: What stood after them.
        sha256: Of the text that the offsets are from, or its beginning.
        also: Places of other quotes of the same text, such as ``12-30,45-60``.
        view: ``pieces`` cuts the text at all of these, and at its pages.
    """

    start: Offset | None = None
    end: EndOffset | None = None
    exact: (
        Annotated[
            str, StringConstraints(min_length=1, max_length=_MAX_ANSWER_CHARACTERS)
        ]
        | None
    ) = None
    prefix: Annotated[str, StringConstraints(max_length=_MAX_AROUND)] = ""
    suffix: Annotated[str, StringConstraints(max_length=_MAX_AROUND)] = ""
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{8,64}$")] | None = None
    also: (
        Annotated[
            str,
            StringConstraints(pattern=f"^{_PLACES}$", max_length=_MAX_ALSO_CHARACTERS),
        ]
        | None
    ) = None
    view: Literal["pieces"] | None = None

    @model_validator(mode="after")
    def _has_both(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end go together")
        if self.exact is not None and self.start is None:
            raise ValueError("exact wants start and end: where the quote stood")
        return self

    def others(self) -> list[tuple[int, int]]:
        """Return the places of ``also``."""
        pairs = (each.split("-") for each in (self.also or "").split(",") if each)
        return [(int(start), int(end)) for start, end in pairs]


class DocumentChange(Request):
    """A new title for a document, or that it is not to be removed after all."""

    title: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
        ]
        | None
    ) = None
    is_removed: Literal[False] | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.title is None) == (self.is_removed is None):
            raise ValueError("give a title, or is_removed: false")
        return self


class FilesForm(Request):
    """Files, each in a field called ``files``."""

    files: list[bytes]


class SuggestionsRequest(Query):
    """The document to ask about, or none for any."""

    document_id: str | None = None
