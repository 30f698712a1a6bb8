"""Follow-ups that ask a former question again of another thing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from qa.conversation.conversation import Turn
from qa.evaluation.history_terms import stems
from qa.evaluation.squad import Example, SquadFormatError
from qa.training.talk.follow_ups import TalkExample
from qa.training.talk.said import (
    by_context,
    foreign_turns,
    noun_phrases,
    title_of,
    turn_of,
)

FRAMES = Path(__file__).parents[2] / "conversation" / "replacing.txt"

_BEFORE = re.compile(
    r"(?:\b(?P<preposition>of|in|on|at|by|for|from|with|to|about|during|after|before)"
    r"\s+)?(?P<article>(?:the|an?)\s+)?$",
    re.IGNORECASE,
)
# In frames, what a preposition would stand twice after.
_PREPOSITION = re.compile(r"\b(?:about|for|of|with)\s+\{\}")


def read_frames(path: Path) -> list[str]:
    """Read how such follow-ups are put.

    Raises:
        SquadFormatError: If it cannot be read, or a line has not one ``{}``.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SquadFormatError(f"cannot read {path}: {error}") from error
    frames = [line for line in lines if line.strip() and not line.startswith("#")]
    wrong = [line for line in frames if line.count("{}") != 1]
    if wrong or not frames:
        raise SquadFormatError(f"{path}: not one {{}} in {wrong[:1] or 'any line'}")
    return frames


def make_replaced(
    examples: Sequence[Example], frames: Sequence[str], count: int, rng: random.Random
) -> Iterator[TalkExample]:
    """Yield follow-ups that name what takes the place of one phrase of a question.

    All other content words of the question are wanted.

    Args:
        examples: Of reading sets; phrases of other questions take the place.
        frames: As ``read_frames`` reads them.
        count: How many to make at most.
        rng: What is drawn.
    """
    groups = by_context(examples)
    made = 0
    for _ in range(count * 6):
        if made == count or not groups:
            return
        group = rng.choice(groups)
        asked, *said = rng.sample(group, min(len(group), rng.randint(1, 3)))
        found = _replaced(asked.question, [*said, *rng.sample(examples, 4)], rng)
        if found is None:
            continue
        article, preposition, old, names = found
        history = [turn_of(each, rng) for each in said]
        if rng.random() < 0.2:
            history = [*foreign_turns(examples, asked, 1, rng), *history]
        history.append(turn_of(asked, rng))
        # "And 1960?" may come after "What about 1950?".
        while len(names) > 1 and rng.random() < 0.3:
            between = _frame(rng.choice(frames), article, preposition, names.pop(), rng)
            history.append(Turn(between, history[-1].answer))
        question = _frame(rng.choice(frames), article, preposition, names.pop(), rng)
        wanted = stems(asked.question) - stems(old) - stems(question)
        if not wanted:
            continue
        made += 1
        titles = (title_of(asked, rng),) if rng.random() < 0.3 else ()
        yield TalkExample(question, tuple(history), titles, wanted)


def _replaced(
    question: str, others: Sequence[Example], rng: random.Random
) -> tuple[str, str, str, list[str]] | None:
    """Return article and preposition of a phrase, it, and what may take its place."""
    spans = list(noun_phrases(question))
    if not spans:
        return None
    span = rng.choice(spans)
    start, end = span[0].start(), span[-1].end()
    old = question[start:end]
    known = stems(question)
    names = []
    for other in others:
        text = other.question
        for each in noun_phrases(text):
            new = text[each[0].start() : each[-1].end()]
            if new[0].islower() == old[0].islower() and not stems(new) & known:
                names.append(new)
    if not names:
        return None
    before = _BEFORE.search(question[:start])
    article = (before and before["article"]) or ""
    preposition = (before and before["preposition"]) or ""
    return article.lower(), preposition.lower(), old, rng.sample(names, len(names))


def _frame(
    frame: str, article: str, preposition: str, name: str, rng: random.Random
) -> str:
    if article in ("a ", "an "):
        article = "an " if name[0] in "aeiou" else "a "
    new = article + name
    if preposition and not _PREPOSITION.search(frame) and rng.random() < 0.5:
        new = f"{preposition} {new}"
    question = frame.replace("{}", new)
    return (
        question.lower() if rng.random() < 0.15 else question[0].upper() + question[1:]
    )
