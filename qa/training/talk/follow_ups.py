"""Follow-ups made from reading sets, and questions that need nothing of a talk."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa.conversation.conversation import Turn
from qa.conversation.resolver import Resolution
from qa.conversation.understanding import with_terms
from qa.evaluation.history_terms import stems
from qa.evaluation.rewrites import RewrittenTurn
from qa.evaluation.squad import Example
from qa.training.talk.said import (
    by_context,
    foreign_turns,
    noun_phrases,
    title_of,
    turn_of,
)

_PRONOUNS = ("it", "they", "he", "she", "this", "that")
_OBJECTS = ("it", "them", "him", "her", "this", "that", "that one")
_POSSESSIVES = ("its", "their", "his", "her")
_PREPOSITION = re.compile(
    r"\b(?:of|in|on|at|by|for|from|with|to|about|during|after|before|under|against)"
    r"\s+(?:the\s+|an?\s+)?$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\b(?:the|an?)\s+$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?\b")
# So few words of a question left say too little to ask anything.
_FEWEST_WORDS = 2
# Share of talks that have a document with a title.
_TITLED = 0.35


@dataclass(frozen=True, slots=True)
class TalkExample:
    """A question in its talk with the stems that it needs; none: it stands alone."""

    question: str
    history: tuple[Turn, ...]
    titles: tuple[str, ...]
    wanted: frozenset[str]


def from_rewrites(
    turns: Sequence[RewrittenTurn], rng: random.Random
) -> Iterator[TalkExample]:
    """Yield the turns; some also as rewritten, which need nothing of any talk."""
    turns = [turn for turn in turns if turn.history or turn.titles]
    for turn in turns:
        yield TalkExample(turn.question, turn.history, turn.titles, turn.wanted())
        draw = rng.random()
        if draw < 0.12:
            yield TalkExample(turn.rewrite, turn.history, turn.titles, frozenset())
        elif draw < 0.30:
            other = rng.choice(turns)
            if other.dialog != turn.dialog:
                yield TalkExample(
                    turn.rewrite, other.history, other.titles, frozenset()
                )


def make_follow_ups(
    examples: Sequence[Example], count: int, rng: random.Random
) -> Iterator[TalkExample]:
    """Yield follow-ups: a question that shares words with an earlier question.

    The earlier one, or its answer, is about the same paragraph. What they share is
    replaced by a pronoun or a definite noun, or left out; it is what is wanted.

    Args:
        examples: Of sets with several questions to a paragraph.
        count: How many to make at most.
        rng: What is drawn.
    """
    for _, talk in _draw(examples, count, rng):
        yield talk


def resolve_follow_ups(
    examples: Sequence[Example],
    count: int,
    resolve: Callable[[str, Sequence[Turn], Sequence[str]], Resolution],
    rng: random.Random,
) -> Iterator[Example]:
    """Yield follow-ups made of examples, asked as the reader gets them.

    What a resolver keeps of the made talk stands before the question, right or wrong.

    Args:
        examples: Of sets with several questions to a paragraph.
        count: How many to make at most.
        resolve: That of the resolver that is served.
        rng: What is drawn.
    """
    for asked, talk in _draw(examples, count, rng):
        found = resolve(talk.question, talk.history, talk.titles)
        yield replace(asked, question=with_terms(talk.question, found.terms))


def _draw(
    examples: Sequence[Example], count: int, rng: random.Random
) -> Iterator[tuple[Example, TalkExample]]:
    """Yield examples with the follow-ups made of them."""
    groups = [group for group in by_context(examples) if len(group) > 1]
    made = 0
    for _ in range(count * 6):
        if made == count or not groups:
            return
        group = rng.choice(groups)
        asked, *said = rng.sample(group, min(len(group), rng.randint(2, 4)))
        history = [turn_of(each, rng) for each in said]
        if rng.random() < 0.3:
            before = foreign_turns(examples, asked, 1 + (rng.random() < 0.4), rng)
            history = [*before, *history]
        titles = (title_of(asked, rng),) if rng.random() < _TITLED else ()
        found = _lean(asked.question, history, titles, rng)
        if found is None:
            continue
        question, wanted = found
        made += 1
        yield asked, TalkExample(question, tuple(history), titles, wanted)


def make_stand_alone(
    examples: Sequence[Example], count: int, rng: random.Random
) -> Iterator[TalkExample]:
    """Yield questions after turns about other paragraphs: nothing is wanted.

    Some that name what they are about come after turns about their own.
    """
    groups = by_context(examples)
    own = {group[0].context: group for group in groups}
    for _ in range(count):
        asked = rng.choice(examples)
        group = rng.choice(groups)
        draw = rng.random()
        if draw < 0.15 and _is_named(asked.question):
            group = own[asked.context]
            said = [e for e in group if e.question != asked.question]
            said = rng.sample(said, min(len(said), 3))
            history = [turn_of(each, rng) for each in said]
        elif draw < 0.6:
            said = rng.sample(group, min(len(group), rng.randint(1, 4)))
            history = [turn_of(e, rng) for e in said if e.context != asked.context]
        else:
            history = foreign_turns(examples, asked, rng.randint(1, 3), rng)
        if history:
            titles = (title_of(group[0], rng),) if rng.random() < _TITLED else ()
            yield TalkExample(asked.question, tuple(history), titles, frozenset())


def _is_named(question: str) -> bool:
    """Tell whether a question has a name."""
    return any(span[0].group()[0].isupper() for span in noun_phrases(question))


def _lean(
    question: str,
    history: Sequence[Turn],
    titles: Sequence[str],
    rng: random.Random,
) -> tuple[str, frozenset[str]] | None:
    """Return the question without what it shares with the talk, and what that is."""
    turns = (f"{turn.question} {turn.answer or ''}" for turn in history)
    said = stems(" ".join([*titles, *turns]))
    spans = [
        span
        for span in noun_phrases(question)
        if _is_in(said, question[span[0].start() : span[-1].end()])
    ]
    if not spans:
        return None
    # What is named rather than described is what people leave out most.
    weights = [1 + 3 * any(w.group()[0].isupper() for w in span) for span in spans]
    span = rng.choices(spans, weights)[0]
    start, end = span[0].start(), span[-1].end()
    wanted = stems(question[start:end]) & said
    before, after = question[:start], question[end:]
    possessive = _POSSESSIVE.match(after)
    if possessive:
        after = after[possessive.end() :]
        before = _ARTICLE.sub("", before)
        new = rng.choice(_POSSESSIVES)
    else:
        preposition = _PREPOSITION.search(before)
        draw = rng.random()
        if preposition and draw < 0.35:
            before, new = before[: preposition.start()].rstrip(), ""
        elif draw < 0.5 and span[-1].group().islower():
            new = f"{rng.choice(('the', 'that', 'this'))} {span[-1].group()}"
            before = _ARTICLE.sub("", before)
            wanted -= stems(span[-1].group())
        else:
            before = _ARTICLE.sub("", before)
            new = rng.choice(_OBJECTS if preposition else _PRONOUNS)
    leaning = re.sub(r"\s+", " ", before + new + after).strip()
    wanted -= stems(leaning)
    if not wanted or len(stems(leaning)) < 1 or len(leaning.split()) <= _FEWEST_WORDS:
        return None
    if leaning[0].islower() and question[0].isupper():
        leaning = leaning[0].upper() + leaning[1:]
    if rng.random() < 0.15:
        leaning = leaning.lower()
    return leaning, wanted


def _is_in(said: frozenset[str], phrase: str) -> bool:
    """Tell whether a talk has a phrase; of a name, which has capitals, any word."""
    found = stems(phrase)
    return bool(found & said) if phrase[0].isupper() else found <= said
