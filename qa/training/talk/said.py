"""What was said before a question, made of the paragraphs of reading sets."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from index.sentences import sentence_spans
from qa.conversation.conversation import Turn
from qa.conversation.layout import WORD
from qa.evaluation.history_terms import stem
from qa.evaluation.squad import Example

_ARTICLE = re.compile(r"\b(?:the|an?)\s+$", re.IGNORECASE)
_ARTICLES = ("the", "a", "an")
_LONGEST_SPAN = 5
# How often an answer in talk is the span alone, or so many sentences of its paragraph.
_ANSWER_SENTENCES = (6, 2, 1, 1)
# Where a title is looked for in a paragraph.
_TITLE_CHARS = 400


def foreign_turns(
    examples: Sequence[Example], asked: Example, count: int, rng: random.Random
) -> list[Turn]:
    """Return turns about other paragraphs."""
    others = (rng.choice(examples) for _ in range(count))
    return [turn_of(e, rng) for e in others if e.context != asked.context]


def turn_of(example: Example, rng: random.Random) -> Turn:
    """Return a question with its answer, or with the sentences that hold it."""
    if not example.answers:
        return Turn(example.question, None)
    answer = example.answers[0]
    wide = rng.choices((0, 1, 2, 3), _ANSWER_SENTENCES)[0]
    if not wide:
        return Turn(example.question, answer.text)
    spans = sentence_spans(example.context)
    first = max(n for n, span in enumerate(spans) if span[0] <= answer.start or not n)
    start, end = spans[first][0], spans[min(first + wide, len(spans)) - 1][1]
    return Turn(example.question, example.context[start : max(end, answer.end)])


def title_of(example: Example, rng: random.Random) -> str:
    """Return a name of the paragraph that might be its document's title."""
    context = example.context[:_TITLE_CHARS]
    names = [context[s[0].start() : s[-1].end()] for s in noun_phrases(context)]
    named = [name for name in names if name[0].isupper()]
    return rng.choice(named) if named else " ".join(context.split()[:3])


def by_context(examples: Sequence[Example]) -> list[list[Example]]:
    """Return the examples of each paragraph."""
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.context, []).append(example)
    return list(groups.values())


def noun_phrases(question: str) -> Iterator[list[re.Match[str]]]:
    """Yield names, and what stands between an article and a function word."""
    words = list(WORD.finditer(question))
    run: list[re.Match[str]] = []
    for place, word in enumerate(words):
        text = word.group()
        gap = question[run[-1].end() : word.start()] if run else " "
        after_article = place > 0 and words[place - 1].group().lower() in _ARTICLES
        is_name = text[0].isupper() or text[0].isdigit()
        if not gap.strip(" -&.") and stem(text) is not None:
            if run or after_article or (is_name and place > 0):
                run.append(word)
            continue
        if _is_phrase(question, run):
            yield run
        run = []
    if _is_phrase(question, run):
        yield run


def _is_phrase(question: str, run: list[re.Match[str]]) -> bool:
    if not run or len(run) > _LONGEST_SPAN:
        return False
    has_article = _ARTICLE.search(question[: run[0].start()]) is not None
    return has_article or all(not word.group()[0].islower() for word in run)
