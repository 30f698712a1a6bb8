"""What the evidence model is trained on: questions, passages, and what answers them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from gzip import open as open_gzip
from itertools import pairwise
from pathlib import Path

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from index.sentences import sentence_spans
from qa.answering.items import items_of
from qa.evaluation.squad import Example, GoldAnswer, SquadFormatError

JUDGEMENTS = ("no", "unknown", "yes")

# Served passages have about 128 tokens; what is trained on should look like them.
_PASSAGE_CHARACTERS = (350, 750)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# "A, B and C", each of a few words, after a word that items follow.
_ENUMERATION = re.compile(
    r"(?:such as|includ(?:e|es|ed|ing)|like|are|were|was|of|in|by|with|between|from"
    r"|and)"
    r" (?P<items>(?:[\w’'-]+(?: [\w’'-]+){0,2}), (?:[^,.;:()]{2,30}, ){0,8}"
    r"[^,.;:()]{2,30},? (?:and|or) [\w’'-]+(?: [\w’'-]+){0,2})(?=[,.;:)]|$)"
)
_ASKING = ("what", "which", "who", "name the", "list the", "what are the")


@dataclass(frozen=True, slots=True)
class EvidenceExample:
    """One question with one passage.

    Attributes:
        answers: Half-open offsets of all that answers the question in the passage.
        ignored: Places that may or may not answer it: they are not trained on.
        trains_tags: Whether what is outside the answers is known to be no answer.
        trains_evidence: Whether the sentences without an answer bear less on it.
        judgement: One of ``JUDGEMENTS``, for questions that ask for yes or no.
    """

    question: str
    passage: str
    answers: tuple[tuple[int, int], ...] = ()
    ignored: tuple[tuple[int, int], ...] = ()
    trains_tags: bool = True
    trains_evidence: bool = True
    judgement: str | None = None


def read_judged(path: Path) -> list[EvidenceExample]:
    """Read yes / no / unknown questions: ``question``, ``context``, ``label`` a line.

    Raises:
        SquadFormatError: If the file cannot be read or has another form.
    """
    try:
        with open_gzip(path, "rt", encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        return [
            EvidenceExample(
                record["question"],
                record["context"],
                trains_tags=False,
                trains_evidence=False,
                judgement=JUDGEMENTS[JUDGEMENTS.index(record["label"])],
            )
            for record in records
        ]
    except (OSError, ValueError, KeyError) as error:
        raise SquadFormatError(
            f"cannot read {path}: {error!r}; give lines of question, context, label"
        ) from error


def make_examples(
    sets: Sequence[Sequence[Example]],
    negatives: Sequence[Sequence[Sequence[str]]],
    rng: random.Random,
) -> Iterator[EvidenceExample]:
    """Yield what to train on: each question as asked, in search words, or elsewhere.

    Args:
        sets: Reading examples, set by set.
        negatives: For each example, passages that look like its own and lack the
            answer.
        rng: Decides the forms.
    """
    for examples, others in zip(sets, negatives, strict=True):
        contexts = [example.context for example in examples]
        for example, near in zip(examples, others, strict=True):
            made = _with_answer(example, contexts, rng)
            yield _in_some_form(made, rng)
            if near and rng.random() < _ELSEWHERE:
                away = EvidenceExample(example.question, _cut(rng.choice(near), rng))
                yield _in_some_form(away, rng)


# Share of questions asked of a passage that lacks the answer, too.
_ELSEWHERE = 0.3


def enumeration_examples(
    contexts: Iterable[str], rng: random.Random
) -> Iterator[EvidenceExample]:
    """Yield questions whose answers are the items of an enumeration in a sentence.

    "The fund supports sailing, tennis and diving" becomes "what the fund supports".
    """
    for context in dict.fromkeys(contexts):
        for start, end in sentence_spans(context):
            match = _ENUMERATION.search(context, start, end)
            if match is None:
                continue
            first, last = match.span("items")
            words = _WORD.findall(context[start:first] + context[last:end])
            spans = items_of(context, first, last)
            if len(spans) < 3 or not 4 <= len(words) <= 18:
                continue
            question = f"{rng.choice(_ASKING)} {' '.join(words).lower()}"
            made = EvidenceExample(question, context, tuple(spans))
            yield _around(made, rng)


def in_search_words(question: str, rng: random.Random) -> str:
    """Return the words of a question that one would type into a search box."""
    words = _WORD.findall(question)
    kept = [word for word in words if word.lower() not in ENGLISH_STOP_WORDS]
    if len(kept) > 3 and rng.random() < 0.3:
        kept.pop(rng.randrange(len(kept)))
    return " ".join(kept).lower() if len(kept) > 1 else question


def _with_answer(
    example: Example, contexts: Sequence[str], rng: random.Random
) -> EvidenceExample:
    """Return an example with its answers, in a passage of several sentences."""
    spans = [(answer.start, answer.end) for answer in example.answers]
    if not spans:
        # Written to look answerable: something may bear on it.
        made = EvidenceExample(example.question, example.context, trains_evidence=False)
        return replace(made, passage=_cut(example.context, rng))
    if example.source.startswith("nq") and are_apart(example.answers):
        # Its annotators marked every answer; those of other sets chose one each.
        answers, ignored = spans, []
    else:
        chosen = max(spans, key=lambda span: span[1] - span[0])
        # Reasons and results are clauses, whatever "and" joins in them.
        is_clause = example.source.startswith("qadiscourse") and (
            "example" not in example.question
        )
        answers = [chosen] if is_clause else items_of(example.context, *chosen)
        ignored = [span for span in spans if span != chosen]
    made = EvidenceExample(
        example.question, example.context, tuple(answers), tuple(ignored)
    )
    if len(example.context) < _PASSAGE_CHARACTERS[0]:
        made = _among_others(made, rng.sample(contexts, min(3, len(contexts))), rng)
    return _around(made, rng)


def _among_others(
    made: EvidenceExample, others: Sequence[str], rng: random.Random
) -> EvidenceExample:
    """Return an example whose one sentence stands among those of other texts."""
    count = rng.randint(1, 3)
    texts = [text for text in others if text != made.passage][:count]
    place = rng.randint(0, len(texts))
    before = " ".join(texts[:place])
    shift = len(before) + 1 if before else 0
    passage = " ".join([*texts[:place], made.passage, *texts[place:]])
    return replace(
        made,
        passage=passage,
        answers=tuple((s + shift, e + shift) for s, e in made.answers),
        ignored=tuple((s + shift, e + shift) for s, e in made.ignored),
    )


def _around(made: EvidenceExample, rng: random.Random) -> EvidenceExample:
    """Return the example in as many whole sentences as a served passage has."""
    size = rng.randint(*_PASSAGE_CHARACTERS)
    low = min(start for start, _ in made.answers)
    high = max(end for _, end in made.answers)
    sentences = sentence_spans(made.passage)
    held = [n for n, (start, end) in enumerate(sentences) if start < high and low < end]
    if not held:
        return made
    first, last = held[0], held[-1]
    while True:
        more = []
        if first > 0:
            more.append((first - 1, last))
        if last + 1 < len(sentences):
            more.append((first, last + 1))
        fitting = [(a, b) for a, b in more if sentences[b][1] - sentences[a][0] <= size]
        if not fitting:
            break
        first, last = rng.choice(fitting)
    start, end = sentences[first][0], sentences[last][1]
    inside = [
        tuple((s - start, e - start) for s, e in spans if start <= s and e <= end)
        for spans in (made.answers, made.ignored)
    ]
    return replace(
        made, passage=made.passage[start:end], answers=inside[0], ignored=inside[1]
    )


def _cut(text: str, rng: random.Random) -> str:
    size = rng.randint(*_PASSAGE_CHARACTERS)
    sentences = sentence_spans(text)
    first = rng.randrange(len(sentences))
    last = first
    while (
        last + 1 < len(sentences)
        and sentences[last + 1][1] - sentences[first][0] <= size
    ):
        last += 1
    return text[sentences[first][0] : sentences[last][1]]


def _in_some_form(made: EvidenceExample, rng: random.Random) -> EvidenceExample:
    chance = rng.random()
    if chance < 0.25:
        words = in_search_words(made.question, rng)
        # What exactly is wanted of these words nobody can tell.
        return replace(made, question=words, trains_tags=False)
    if chance < 0.45:
        return replace(made, question=made.question.lower().rstrip("? "))
    return made


def are_apart(answers: Sequence[GoldAnswer]) -> bool:
    """Tell whether answers are several: apart, and no text is a part of another's."""
    ordered = sorted((answer.start, answer.end) for answer in answers)
    texts = {answer.text.lower() for answer in answers}
    return (
        len(texts) > 1
        and all(one[1] <= other[0] for one, other in pairwise(ordered))
        and not any(one != other and one in other for one in texts for other in texts)
    )
