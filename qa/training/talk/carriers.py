"""Fit what finds the question inside what people say around it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from index.sentences import sentence_spans
from qa.conversation.carrier import QuestionFinder, TokenStates, word_states
from qa.evaluation.squad import Example, SquadFormatError

# Questions that are left as they are, of all that are fitted to, and how many of them
# may be cut.
_BARE, _CUT = 0.4, 0.002
_LONGEST_SENTENCE = 14
_CLAUSE_WORDS = ("who", "what", "which", "where", "when", "why", "how", "whether", "if")
# After such first words a question stands in the order of a clause.
_SUBJECTS = ("who", "what", "which", "whose")
_AUXILIARIES = frozenset(
    ["did", "do", "does", "is", "was", "are", "were", "has", "have", "had"]
).union(["can", "could", "will", "would", "should", "may"])


@dataclass(frozen=True, slots=True)
class Carried:
    """A question as someone put it, and where the question itself stands in it."""

    text: str
    start: int
    end: int


def read_carriers(path: Path) -> list[list[str]]:
    """Read what is said around questions, clauses and names of things; then bare ones.

    Raises:
        SquadFormatError: If it cannot be read or is not in four parts.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SquadFormatError(f"cannot read {path}: {error}") from error
    parts: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("---"):
            parts.append([])
        elif line.strip() and not line.startswith("#"):
            parts[-1].append(line)
    if len(parts) != 4 or not all(parts):
        raise SquadFormatError(f"{path} has not four parts, dashes between")
    for line in (line for part in parts[:3] for line in part):
        if line.count("{}") != 1:
            raise SquadFormatError(f"{path}: not one {{}} in {line!r}")
    return parts


def carry(
    examples: Sequence[Example],
    carriers: Sequence[Sequence[str]],
    bare: Sequence[str],
    count: int,
    rng: random.Random,
) -> list[Carried]:
    """Return questions as people put them.

    Args:
        examples: Of reading sets: their questions, and sentences to make clauses of.
        carriers: As ``read_carriers`` reads them.
        bare: Further questions that nothing is said around.
        count: How many to make.
        rng: What is drawn.
    """
    made: list[Carried] = []
    while len(made) < count:
        example = rng.choice(examples)
        question = example.question.strip().rstrip("?. ")
        kind = rng.choices((0, 1, 2), (3, 5, 1))[0]
        core = question
        if kind == 1:
            core = _clause(example, question, rng)
        elif kind == 2:
            core = example.answers[0].text if example.answers else question
        if len(core) < 4:
            continue
        if rng.random() < _BARE:
            others = rng.choice((carriers[3], bare or carriers[3]))
            core = question if rng.random() < 0.7 else rng.choice(others).strip()
            core = core.rstrip("?")
            frame = rng.choice(("{}", "{}?"))
        else:
            frame = rng.choice(carriers[kind])
            if kind < 2 and rng.random() < 0.8:
                core = core[0].lower() + core[1:]
        start = frame.index("{}")
        text = frame.replace("{}", core)
        draw = rng.random()
        if draw < 0.3:
            text = text.lower()
        elif draw < 0.35:
            text = text.upper()
        elif draw < 0.65:
            text = text[0].upper() + text[1:]
        if rng.random() < 0.1 and start > 12:
            place = rng.randrange(1, start - 2)
            text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        made.append(Carried(text, start, start + len(core)))
    return made


def _clause(example: Example, question: str, rng: random.Random) -> str:
    """Return a question in the order of a clause."""
    words = question.lower().split()
    is_clause = words[0] in _SUBJECTS and not _AUXILIARIES & set(words[1:5])
    if is_clause:
        return question
    spans = sentence_spans(example.context)
    start, end = rng.choice(spans)
    sentence = example.context[start:end].rstrip(".!?\"' ")
    if not sentence or len(sentence.split()) > _LONGEST_SENTENCE:
        return question
    return f"{rng.choice(_CLAUSE_WORDS)} {sentence[0].lower()}{sentence[1:]}"


def fit_finder(questions: Sequence[Carried], states: TokenStates) -> QuestionFinder:
    """Fit the words' logits, then from where on a part is cut out.

    Args:
        questions: As people put them.
        states: The encoder's, of a text's tokens.
    """
    rows, labels = [], []
    for each in questions:
        words, vectors = word_states(each.text, states)
        rows.append(vectors)
        labels += [each.start <= start < each.end for start, _ in words]
    model = LogisticRegression(C=0.3, max_iter=2000)
    model.fit(np.concatenate(rows), labels)
    weights = model.coef_[0].astype(np.float32)
    bias = float(model.intercept_[0])
    bare = [each for each in questions if each.end - each.start >= len(each.text) - 1]
    for least in (each / 2 for each in range(1, 60)):
        finder = QuestionFinder(weights, bias, least)
        cut = sum(finder.find(each.text, states) != each.text for each in bare)
        if cut <= _CUT * len(bare):
            break
    return finder
