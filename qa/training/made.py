"""Made examples of what reading sets lack: rows of tables, shared names, polarity.

Each passage holds the right thing and others of the same kind beside it: another row,
another bearer of the surname, those who did and those who did not. Some questions
name what no passage tells, and have no answer.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import yaml

from qa.evaluation.squad import Example, GoldAnswer

_UNANSWERABLE = 0.2


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that examples are made of, from ``made.yaml``."""

    first_names: Sequence[str]
    surnames: Sequence[str]
    places: Sequence[str]
    columns: Sequence[dict[str, str]]
    things: Sequence[str]
    facts: Sequence[dict[str, str]]
    polarity: Sequence[dict[str, str]]
    prices: Sequence[str]


def make_examples(count: int, seed: int) -> list[Example]:
    """Return so many made examples, the kinds in equal parts."""
    text = files("qa.training").joinpath("made.yaml").read_text(encoding="utf-8")
    words = _Words(**yaml.safe_load(text))
    rng = random.Random(seed)
    kinds: Sequence[Callable[[_Words, random.Random], Example]] = (
        _table,
        _bearers,
        _polarity,
        _list_of_prices,
    )
    return [kinds[i % len(kinds)](words, rng) for i in range(count)]


def _example(
    question: str, context: str, answer: str | None, after: int = 0
) -> Example:
    answers: tuple[GoldAnswer, ...] = ()
    if answer is not None:
        start = context.index(answer, after)
        answers = (GoldAnswer(answer, start),)
    return Example("made", question, context, answers, "made")


def _table(words: _Words, rng: random.Random) -> Example:
    """Ask for a cell by its row, or for a row by its cell."""
    thing = rng.choice(words.things)
    columns = rng.sample(list(words.columns), rng.randint(2, 4))
    names = rng.sample(list(words.places), rng.randint(4, 9) + 1)
    missing = names.pop()
    rows = []
    for name in names:
        rows.append([name, *(_value(column["kind"], words, rng) for column in columns)])
    header = [thing.capitalize(), *(column["name"] for column in columns)]
    lines = _drawn(header, rows, rng)
    row = rng.randrange(len(rows))
    number = rng.randrange(len(columns))
    column, value = columns[number], rows[row][number + 1]
    context = "\n".join(lines)
    if rng.random() < 0.5:
        title = f"{thing.capitalize()}s of {rng.choice(words.surnames)}"
        context = f"{title}\n\n{context}"
    if rng.random() < _UNANSWERABLE:
        return _example(_ask(column["ask"], missing, thing, rng), context, None)
    line = context.index(lines[len(lines) - len(rows) + row])
    unique = [r[number + 1] for r in rows].count(value) == 1
    if unique and rng.random() < 0.4:
        return _example(
            column["back"].format(value=value, thing=thing), context, names[row], line
        )
    question = _ask(column["ask"], names[row], thing, rng)
    at = line
    for cell in rows[row][: number + 1]:
        at = context.index(cell, at) + len(cell)
    return _example(question, context, value, at)


def _drawn(
    header: Sequence[str], rows: Sequence[Sequence[str]], rng: random.Random
) -> list[str]:
    way = rng.choice(["pipes", "tabs", "pairs", "spaced"])
    if way == "pipes":
        drawn = ["| " + " | ".join(row) + " |" for row in (header, *rows)]
        return [drawn[0], "|" + "---|" * len(header), *drawn[1:]]
    if way == "tabs":
        return ["\t".join(row) for row in (header, *rows)]
    if way == "spaced":
        return [" | ".join(row) for row in (header, *rows)]
    return [
        "; ".join(f"{name}: {cell}" for name, cell in zip(header, row, strict=True))
        for row in rows
    ]


def _ask(template: str, name: str, thing: str, rng: random.Random) -> str:
    said = rng.choice([name, f"the {name} {thing}", f"{thing} {name}"])
    question = template.format(name=said)
    return question if rng.random() < 0.8 else question.lower().rstrip("?")


def _value(kind: str, words: _Words, rng: random.Random) -> str:
    if kind == "person":
        return f"{rng.choice(words.first_names)} {rng.choice(words.surnames)}"
    if kind == "year":
        return str(rng.randint(1850, 2024))
    if kind == "place":
        return rng.choice(words.surnames) + rng.choice(["ton", "ville", " Bay", "burg"])
    if kind == "money":
        return f"{rng.randint(2, 990)},{rng.randint(100, 999)}"
    if kind == "age":
        return str(rng.randint(18, 95))
    if kind == "share":
        return f"{rng.randint(1, 99)}%"
    return str(rng.randint(2, 480))


def _bearers(words: _Words, rng: random.Random) -> Example:
    """Ask about one of two who share a surname, or a name."""
    surname = rng.choice(words.surnames)
    one, other, third = rng.sample(list(words.first_names), 3)
    facts = rng.sample(list(words.facts), rng.randint(2, 4))
    told = []
    wanted: list[tuple[str, str, str]] = []
    for fact in facts:
        first, second = (_value(fact["kind"], words, rng) for _ in range(2))
        if first == second or first in second or second in first:
            continue
        pair = [(one, first), (other, second)]
        rng.shuffle(pair)
        for name, value in pair:
            if rng.random() < 0.85:
                sentence = fact["tell"].format(name=f"{name} {surname}", value=value)
                told.append(sentence)
                wanted.append((fact["ask"], name, sentence))
    if not wanted:
        return _bearers(words, rng)
    opening = rng.choice(
        [
            f"{one} {surname} and {other} {surname} are cousins.",
            f"Two people called {surname} are in the news: {one} and {other}.",
            f"{one} {surname} met {other} {surname} on Friday.",
            "",
        ]
    )
    rng.shuffle(told)
    context = " ".join([opening, *told]).strip()
    ask, name, sentence = rng.choice(wanted)
    if rng.random() < _UNANSWERABLE:
        asked = f"{third} {surname}"
        return _example(ask.format(name=asked), context, None)
    value = _told_value(facts, ask, name, surname, sentence)
    start = context.index(sentence)
    inside = sentence.rindex(value)
    question = ask.format(name=f"{name} {surname}")
    return _example(question, context, value, start + inside)


def _told_value(
    facts: Sequence[dict[str, str]], ask: str, name: str, surname: str, sentence: str
) -> str:
    tell = next(fact["tell"] for fact in facts if fact["ask"] == ask)
    before, after = tell.replace("{name}", f"{name} {surname}").split("{value}")
    return sentence[len(before) : len(sentence) - len(after)]


def _polarity(words: _Words, rng: random.Random) -> Example:
    """Ask who did, where the text also tells who did not, and the other way."""
    case = rng.choice(words.polarity)
    people = case["who"] == "people"
    pool = (
        [
            f"{a} {b}"
            for a, b in zip(
                rng.sample(list(words.first_names), 8),
                rng.sample(list(words.surnames), 8),
                strict=True,
            )
        ]
        if people
        else rng.sample(list(words.places), 8)
    )
    count = rng.randint(1, 3)
    did = _listed(pool[:count])
    did_not = _listed(pool[count : count + rng.randint(1, 3)])
    sentences = [
        case["did"].format(who=did),
        case["did_not"].format(who=did_not),
    ]
    rng.shuffle(sentences)
    rest = rng.sample(list(words.facts), 2)
    more = [
        fact["tell"].format(
            name=rng.choice(pool), value=_value(fact["kind"], words, rng)
        )
        for fact in rest
    ]
    context = " ".join([*more[:1], *sentences, *more[1:]])
    asks_yes = rng.random() < 0.45
    question = case["ask_yes"] if asks_yes else case["ask_no"]
    who = did if asks_yes else did_not
    if rng.random() < _UNANSWERABLE:
        # Only the other half is told.
        half = sentences[0] if (who in sentences[1]) else sentences[1]
        return _example(question, " ".join([*more[:1], half, *more[1:]]), None)
    home = next(s for s in sentences if who in s)
    return _example(question, context, who, context.index(home) + home.index(who))


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return ", ".join(names[:-1]) + " and " + names[-1]


def _list_of_prices(words: _Words, rng: random.Random) -> Example:
    """Ask for one price where other things have others under other headings."""
    goods = rng.sample(list(words.prices), rng.randint(2, 4))
    models = rng.sample(list(words.places), rng.randint(2, 3))
    unit = rng.choice(["euros", "dollars", "pounds", "francs", "kroner"])
    lines = []
    prices: dict[tuple[str, str], str] = {}
    for model in models:
        lines.append(f"{model}\n")
        for good in goods:
            price = f"{rng.randint(4, 980)} {unit}"
            prices[good, model] = price
            lines.append(f"{good.capitalize()} for the {model}: {price}.\n")
    context = "\n".join(lines)
    good, model = rng.choice(sorted(prices))
    question = rng.choice(
        [
            "How much is {good} for the {model}?",
            "What does {good} cost for the {model}?",
            "what is the price of {good} for {model}",
            "How much do I pay for {good} of the {model}?",
        ]
    )
    if rng.random() < _UNANSWERABLE:
        other = next(p for p in words.prices if p not in goods)
        return _example(question.format(good=other, model=model), context, None)
    line = context.index(f"{good.capitalize()} for the {model}: ")
    return _example(
        question.format(good=good, model=model), context, prices[good, model], line
    )
