"""A question and the talk before it, laid out as one sequence of tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tokenizers import Tokenizer

from qa.conversation.conversation import Turn

MAX_TOKENS = 256
_QUESTION_TOKENS = 64
_TITLE_TOKENS = 16
# What is asked about is named in questions more often than in answers, and an answer
# matters most right after it was given.
_EARLIER_QUESTION_TOKENS = 40
_LATEST_ANSWER_TOKENS = 96
_EARLIER_ANSWER_TOKENS = 24
# The talk is cut before it is tokenized: long answers cost nothing.
_CHARS_PER_TOKEN = 12

# What a sequence begins with and what ends a part of it, as MPNet and as BERT name
# them; MPNet's vocabulary has BERT's, too, which it never learned.
_BEGINS, _ENDS = ("<s>", "[CLS]"), ("</s>", "[SEP]")

Kind = Literal["title", "question", "latest answer", "answer"]
# Tokens of the vocabulary that no text holds say what follows them.
_MARKS: dict[Kind, str] = {
    "title": "[unused1]",
    "question": "[unused2]",
    "latest answer": "[unused3]",
    "answer": "[unused3]",
}

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the talk.

    Attributes:
        piece: Which of the layout's pieces it stands in.
        start: Where it starts in the piece, in code points.
        end: Where it ends.
        token: The place of its first token in the sequence.
    """

    piece: int
    start: int
    end: int
    token: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What the resolver reads.

    Attributes:
        token_ids: The question, then the titles, then the turns, the latest first.
        pieces: The texts of the talk, cut to what is read.
        kinds: What each of these is.
        words: All words of the pieces.
    """

    token_ids: tuple[int, ...]
    pieces: tuple[str, ...]
    kinds: tuple[Kind, ...]
    words: tuple[Word, ...]


def lay_out(
    tokenizer: Tokenizer,
    question: str,
    history: Sequence[Turn],
    titles: Sequence[str] = (),
) -> Layout:
    """Return the sequence of a question and its talk, of at most ``MAX_TOKENS``.

    Args:
        tokenizer: Without truncation or padding.
        question: As asked.
        history: What was said before, oldest first.
        titles: Of the documents that the talk is about.
    """
    end = _id(tokenizer, *_ENDS)
    ids = [_id(tokenizer, *_BEGINS)]
    ids += _tokens(tokenizer, question, _QUESTION_TOKENS)[0]
    ids.append(end)
    pieces: list[str] = []
    words: list[Word] = []
    kinds: list[Kind] = []
    for kind, text, limit in _pieces(history, titles):
        text = text[: limit * _CHARS_PER_TOKEN]
        room = MAX_TOKENS - len(ids) - 2
        if room <= 0:
            break
        found, starts = _tokens(tokenizer, text, min(limit, room))
        ids.append(_id(tokenizer, _MARKS[kind]))
        for match in WORD.finditer(text):
            place = starts.get(match.start())
            if place is not None:
                word = Word(len(pieces), *match.span(), len(ids) + place)
                words.append(word)
        ids += found
        pieces.append(text)
        kinds.append(kind)
    ids.append(end)
    return Layout(tuple(ids), tuple(pieces), tuple(kinds), tuple(words))


def _pieces(
    history: Sequence[Turn], titles: Sequence[str]
) -> list[tuple[Kind, str, int]]:
    pieces: list[tuple[Kind, str, int]] = [
        ("title", title, _TITLE_TOKENS) for title in titles
    ]
    answer: tuple[Kind, int] = "latest answer", _LATEST_ANSWER_TOKENS
    for turn in reversed(history):
        pieces.append(("question", turn.question, _EARLIER_QUESTION_TOKENS))
        if turn.answer:
            pieces.append((answer[0], turn.answer, answer[1]))
        answer = "answer", _EARLIER_ANSWER_TOKENS
    return pieces


def _tokens(
    tokenizer: Tokenizer, text: str, limit: int
) -> tuple[list[int], dict[int, int]]:
    """Return the first tokens, and by each one's start in the text its place."""
    found = tokenizer.encode(text, add_special_tokens=False)
    starts = {start: place for place, (start, _) in enumerate(found.offsets[:limit])}
    return found.ids[:limit], starts


def _id(tokenizer: Tokenizer, *names: str) -> int:
    """Return the number of the first of these tokens that the vocabulary has."""
    for name in names:
        number = tokenizer.token_to_id(name)
        if number is not None:
            return int(number)
    raise ValueError(f"the tokenizer's vocabulary has no {' or '.join(names)}")
