"""What was asked and found: what choosing chooses from, and what it chooses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from index.documents import Document
from index.passages import ScoredPassage
from qa.answering.candidates import Piece, Place
from qa.answering.evidence import Assessment
from qa.answers import Kind
from qa.conversation.conversation import Turn
from qa.conversation.understanding import Understanding
from qa.reading.reader import Reading
from qa.words.comparing import words

_ASKS_FOR_MORE = frozenset({"else", "other", "others", "another"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood, and what it is asked of.

    Attributes:
        known: Ids of the documents that are asked.
        talked_of: Those of them that the talk is about, the latest first.
    """

    understood: Understanding
    history: tuple[Turn, ...]
    known: Collection[str]
    talked_of: Sequence[str] = ()

    def given(self) -> Collection[Place]:
        """Return the places that a question like "who else?" does not want again."""
        said = {word.lower() for word in words(self.understood.question)}
        if not self.history or not said & _ASKS_FOR_MORE:
            return ()
        return self.history[-1].citations


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found for a question.

    Attributes:
        passages: Best first.
        readings: Of each passage.
        assessments: Of some of the passages, by their rank.
        documents: At least those of the passages.
    """

    asked: Asked
    passages: Sequence[ScoredPassage]
    readings: Sequence[Reading]
    assessments: Mapping[int, Assessment]
    documents: Mapping[str, Document]

    @property
    def question(self) -> str:
        """Return the question as it was read."""
        return self.asked.understood.resolved


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a reply says: the places that say it, the best first."""

    places: tuple[Piece, ...]
    probability: float | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reply says.

    Attributes:
        probability: That it is right; of ``no_answer``, that of the best candidate;
            ``None`` where none is estimated.
        differs: Whether the statements are the answers of several articles.
        judgement: What the cited sentence says to a question of yes or no.
    """

    kind: Kind
    probability: float | None
    statements: tuple[Statement, ...] = ()
    differs: bool = False
    judgement: Literal["yes", "no"] | None = None
