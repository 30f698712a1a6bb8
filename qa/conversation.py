"""From a question that leans on a conversation to one that stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.ellipsis import complete, is_fragment, without_opening
from qa.lists import asks_for_list
from qa.mentions import (
    Kind,
    Mention,
    find_definite,
    find_mentions,
    find_roles,
    true_case,
)
from qa.persons import WHO_IS, who_is_named, without_office
from qa.presence import asks_who_was_there, who_was_at
from qa.pronouns import (
    Reference,
    Referring,
    demonstrative,
    referring_words,
)
from qa.referents import choose_referent
from qa.small_talk import small_talk
from qa.topics import overview_topic


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A piece of a document that an earlier answer cited; it may be gone since."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question with its answer, which is ``None`` when there was none."""

    question: str
    answer: str | None
    citations: tuple[CitedPlace, ...] = ()


# How a reply ends that asks back instead of answering.
WHICH_ARTICLE = "Which one do you mean?"

_WHO = re.compile(
    r"(?:and )?(?:by |with |to )?(?:who(?:m|se)?(?! (?:are|were)\b)|(?:which|what) "
    r"(?:\w+ )?(?:minister|president|man|woman|person|player|official|name))\b",
    re.IGNORECASE,
)
# "Officials within the Ministry": not the Ministry is meant.
_WITHIN = re.compile(r"\b(?:of|in|at|from|within|for|with|to)\b", re.IGNORECASE)
# What does it is what is asked for: "Which group threatens Velden?"
_WHICH = re.compile(
    r"(?:and )?which(?: (?!(?:is|are|was|were|do|does|did|has|have|will)\b)\w+){1,3}?"
    r" \w+(?:s|ed)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[A-Z][a-z]+(?<![suio])s")
_WHERE = re.compile(
    r"(?:and )?(?:where|(?:in |to |from |at )?(?:which|what) (?:\w+ )?(?:city|country"
    r"|place|town|village|region))\b",
    re.IGNORECASE,
)
_GOES = re.compile(
    r"\b(?:go|went|gone|going|come|came|travel(?:led|ed)?|fly|flew|move[sd]?|return(?:ed)?"
    r"|drive|drove|get|got|sent?|arrive)\s*$",
    re.IGNORECASE,
)
# An answer of so few words is a name or a noun phrase, not a sentence.
_NAME_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Focus:
    """What a conversation is about now, most salient first.

    After centering theory (Grosz, Joshi and Weinstein 1995): what the last question
    was about comes before what its answer spoke of, and both before older turns.
    """

    mentions: tuple[Mention, ...] = ()
    question: str = ""
    answer: str | None = None
    referred: frozenset[tuple[Reference, str]] = frozenset()
    # The last question that told of something, and its answer: who someone is, asked
    # in between, and overviews tell of nothing that "why?" goes on about.
    told: tuple[str, str | None] = ("", None)


def without_asides(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns that a question may lean on: no thanks, no asking back."""
    return tuple(
        turn
        for turn in history
        if small_talk(turn.question) is None
        and not (turn.answer or "").endswith(WHICH_ARTICLE)
    )


def leans_on_history(question: str) -> bool:
    """Tell whether a question needs what was said before to be understood."""
    return (
        asks_who_was_there(question)
        or is_fragment(question)
        or bool(referring_words(question))
        or demonstrative(question) is not None
    )


def stand_alone(
    question: str, history: Sequence[Turn], context: str = ""
) -> str | None:
    """Return the question with what it takes from the conversation put into it.

    Pronouns are replaced by the most salient thing said that they can stand for, and
    fragments are completed with the question before them. Earlier questions are
    understood in the same way first, so that a chain of them keeps its subject.

    Args:
        question: As asked.
        history: What was said before, oldest first.
        context: Text of the articles in talk: it shows which names are of people.

    Returns:
        A question, or ``None`` when it stands alone as it is or the conversation has
        nothing that it can lean on.
    """
    if not leans_on_history(question):
        return None
    focus = _Focus()
    said = [context]
    for turn in without_asides(history):
        turn = replace(turn, question=true_case(turn.question, context))
        asked = _resolve(turn.question, focus, said) or turn.question
        focus = _shift(focus, asked, turn, context)
        said = [asked, turn.answer or "", *said]
    return _resolve(true_case(question, context), focus, said)


def _resolve(question: str, focus: _Focus, said: Sequence[str]) -> str | None:
    named = who_was_at(question, said)
    if named is not None:
        return named
    if not focus.question:
        return None
    completed = complete(question, focus.question, focus.answer, focus.told)
    if completed is not None:
        return completed
    words = referring_words(question)
    found: list[tuple[Referring, str]] = []
    for word in words:
        # Each referent is named once, where it comes first.
        is_first = all(word.kind != other.kind for other, _ in found)
        name = _referent(word, focus, question) if is_first else None
        if name is not None and all(name not in other for _, other in found):
            found.append((word, name))
    resolved = question
    # From the last to the first, so that offsets stay true.
    for word, name in reversed(found):
        resolved = resolved[: word.start] + name + resolved[word.end :]
    if not found:
        return None
    resolved = without_opening(resolved)
    end = "" if resolved.endswith(("?", ".", "!")) else "?"
    return resolved[0].upper() + resolved[1:] + end


def _shift(focus: _Focus, asked: str, turn: Turn, context: str) -> _Focus:
    """Return the focus after a turn."""
    asked_of = find_mentions(asked, context)
    answer = turn.answer or ""
    answered = find_mentions(answer, context)
    if asks_for_list(asked) and not _WHO.match(asked):
        # Which groups there are names no person, whatever the names look like.
        answered = [
            replace(each, kind="group") if each.kind == "thing" else each
            for each in answered
        ]
    # "It" changes with each thing that is asked about; "he" stays for longer.
    referred = {each for each in focus.referred if each[0] in ("person", "place")}
    first: list[Mention] = []
    later: list[Mention] = []
    names_who = (
        _WHO.match(asked)
        and answered
        and " and " not in answer
        and not _WITHIN.search(answer[: answered[0].start])
    )
    if names_who:
        # Who did it is who is spoken of next; "soldiers" are several.
        who = answered[0]
        if _SEVERAL.fullmatch(who.text):
            who = replace(who, kind="group", is_plural=True)
        else:
            referred.add(("person", who.text))
        asked_of = [who, *asked_of]
    elif _WHICH.match(asked) and len(answered) == 1 and len(answer.split()) <= 4:
        asked_of = [answered[0], *asked_of]
    elif _WHERE.match(asked) and answered:
        asked_of = [replace(answered[0], kind="place"), *asked_of]
        referred.add(("place", answered[0].text))
    elif len(answer.split()) <= _NAME_WORDS:
        first = [*_noun_phrase(answer), *answered]
    else:
        # What a whole sentence mentions is seldom what the next question is about.
        later = [each for each in answered if not each.is_plural]
    roles = find_roles(asked)
    # Of "the purpose of the memorandum", the memorandum is spoken of next.
    definite = reversed(find_definite(asked, context))
    mentions = [*asked_of, *first, *roles, *definite]
    referred |= {("person", m.text) for m in mentions if m.kind == "person"}
    for word in referring_words(turn.question):
        chosen = choose_referent(word, focus.mentions, focus.referred, turn.question)
        if chosen is not None and word.kind != "place":
            referred.add((word.kind, chosen.text))
    known = (*mentions, *focus.mentions, *later)
    merged: list[Mention] = []
    for each in known:
        longer = _longest_form(each, known)
        if all(longer.text != kept.text for kept in merged):
            merged.append(longer)
    told = (asked, turn.answer)
    if overview_topic(asked, in_talk=False) is not None:
        told = ("", None)
    elif who_is_named(asked) is not None:
        told = focus.told
    return _Focus(tuple(merged), asked, turn.answer, frozenset(referred), told)


def _noun_phrase(answer: str) -> list[Mention]:
    """Return an answer like "a memorandum" as what "it" may stand for next."""
    phrase = re.fullmatch(r"(?:an?|the|its|their|his|her)\s([^,;:]+?)\.?", answer)
    if phrase is None or phrase[1][0].isupper():
        return []
    is_plural = phrase[1].split(" of ")[0].endswith("s")
    kind: Kind = "group" if is_plural else "thing"
    return [Mention(f"the {phrase[1]}", kind, is_plural, start=0)]


def _longest_form(mention: Mention, others: Sequence[Mention]) -> Mention:
    """Return the fullest name of a mention: "Pipes" was "Richard Pipes" before."""
    ending = f" {mention.text}"
    longer = [
        other for other in others if other.text.endswith(ending) and not other.is_plural
    ]
    return max(longer, key=lambda other: len(other.text), default=mention)


def _referent(word: Referring, focus: _Focus, question: str) -> str | None:
    """Return the text that a word of the question stands for."""
    chosen = choose_referent(word, focus.mentions, focus.referred, question)
    if chosen is None:
        return None
    name = chosen.text
    if word.kind == "person" and WHO_IS.fullmatch(question[: word.start]):
        # The reader takes "who is Minister X?" for a question of another minister.
        return without_office(name)
    if word.kind == "place":
        preposition = word.word.lower().removesuffix("there").strip()
        if not preposition:
            preposition = "to" if _GOES.search(question[: word.start]) else "in"
        return f"{preposition} {name}"
    if word.is_possessive:
        return f"{name}’" if name.endswith("s") else f"{name}’s"
    return name
