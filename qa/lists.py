"""Questions with several answers, and choosing these."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.answers import Candidate
from qa.mentions import names
from qa.metrics import normalize_answer
from qa.persons import has_name

_NO_PLURALS = (
    r"(?:is|was|does|has|this|his|its|as|us|status|process|crisis|basis|class|business"
    r"|access|success|address|progress|press|series|species|means|analysis|emphasis"
    r"|virus|bus|loss|boss|news|gas|less|across|campus|focus|purpose|says)"
)
_PLURAL_NOUN = rf"(?!{_NO_PLURALS}\b)(?:[\w-]{{3,}}s|people|men|women|children)"
_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might"
    r"|must)"
)
# After these a word in -s was a verb: "what makes a ...", "which tribe owns the ...".
_OBJECT = (
    r"(?:the|an?|its?|his|her|their|our|this|that|these|those|in|on|at|from|to|for|by"
    r"|with|without|as|up|out|about|into|over|between|after|before|during)"
)
_VERBS = (
    r"(?:makes|happens|causes|means|gives|takes|gets|goes|comes|drives|helps|keeps|lies"
    r"|leads|offers|shows|needs|wants|uses|allows|becomes|begins|connects|contains"
    r"|enables|increases|affects|starts|ends|determines|describes|explains|prevents)"
)
_LIST = re.compile(
    r"(?:and\s+)?(?:"
    rf"(?:in |with |from |at |on |for |to |of |by )?(?:which|what)(?: other| kinds? of"
    rf"| types? of| sorts? of)?(?: (?!(?:{_AUXILIARY}|of)\b)[\w-]+){{0,2}}?"
    rf" (?!{_VERBS}\b){_PLURAL_NOUN}"
    rf"(?= (?!(?:{_OBJECT})\b)(?-i:[a-z])|\s*\W*$)"
    r"|who (?:all )?(?:are|were) (?:the|all|some|they|those|involved|present|there)\b"
    r"|who (?:was|were|is|are|else) .*\b(?:there|present|attending|involved)\b"
    r"|who (?:was|were|is|are) (?:at|mentioned|named|quoted)\b"
    r"|who (?:all )?(?:attended|took part|participated|met(?! with\b)|was there)"
    rf"|what (?:are|were) (?:the|all|some|its|their|his|her)(?: [\w-]+){{0,2}}? "
    rf"{_PLURAL_NOUN}\b"
    r"|(?:please )?(?:list|name|enumerate)\b)",
    re.IGNORECASE,
)
# Hearst (1992): "factions such as Al-Shabaab", "threats including piracy and drugs".
_INTRODUCED = re.compile(
    r"(?P<noun>[\w-]+),? (?:such as|including|like|namely|among them)"
    r"(?: [^.;:]{0,60})?\s\Z"
)
_COORDINATION = re.compile(r",|\band\b|\bor\b")
# Logits below the best span's margin within which a longer span is taken for it, and
# another is taken for a further item: beyond, the reader ranks it as another answer.
_WIDER_BY = 4.0
_ITEM_BY = 6.0
_MAX_ITEMS = 8


@dataclass(frozen=True, slots=True)
class Item:
    """One of several answers: the places that say it, the best first."""

    places: tuple[Candidate, ...]
    probability: float


def asks_for_list(question: str) -> bool:
    """Tell whether a question may have several answers, by its words."""
    return _LIST.match(question.strip()) is not None


def introduced_as(before: str) -> str | None:
    """Return what the words before a span call it: "groups" of "groups such as"."""
    match = _INTRODUCED.search(before)
    return match["noun"] if match else None


def says_same(one: str, other: str) -> bool:
    """Tell whether two texts are the same answer, the one perhaps more fully.

    "Ismail" and "Abdullahi Sheikh Ismail" are; "Iraq" and "Iraq's support" are not,
    nor are "Ismail" and "Keller and Ismail".
    """
    first, second = normalize_answer(one).split(), normalize_answer(other).split()
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    if not short or not _is_name(one) or not _is_name(other):
        return False
    is_one = len(_COORDINATION.findall(one)) == len(_COORDINATION.findall(other))
    return is_one and short[-1] == long[-1] and set(short) <= set(long)


def same_answer(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the first candidate and the other places that say the same.

    Only places that the reader would answer from by themselves are taken: those
    with a margin above zero. The first is taken whatever its margin.
    """
    first, *others = candidates
    same = [c for c in others if c.margin > 0 and says_same(first.text, c.text)]
    return (first, *same)


def select_items(
    candidates: Sequence[Candidate],
    probability: Callable[[Sequence[Candidate]], float],
    speaks_of_it: Callable[[Candidate], float],
    bar: Callable[[float], float],
    is_called_so: Callable[[Candidate], bool] = lambda candidate: False,
) -> list[Item]:
    """Return the distinct answers among ranked candidates, best first.

    Spans that overlap are one answer, in the widest form that the reader hardly
    ranks lower; spans that say the same elsewhere are further places of it.

    Args:
        candidates: The likelier first.
        probability: Gives that of the first of some candidates to be right, the
            others being its rivals.
        speaks_of_it: Gives the share of the question that a candidate's sentence has.
        bar: Gives the least probability of a further item from that of the first.
        is_called_so: Tells whether the text itself calls a candidate one of what is
            asked for, which makes it as likely as the first.
    """
    groups: list[list[Candidate]] = []
    taken: list[Candidate] = []
    for candidate in candidates:
        floor = max(0.0, candidates[0].margin - _ITEM_BY)
        if groups and candidate.margin <= floor:
            continue
        known = next((g for g in groups if _overlaps(candidate, g)), None)
        if known is not None:
            taken.append(candidate)
            narrower = next(c for c in known if _overlap(candidate, c))
            if _lists_more(candidate, narrower):
                # The other places of the narrower one do not say all of it.
                known[:] = [candidate]
            continue
        taken.append(candidate)
        same = next((g for g in groups if says_same(candidate.text, g[0].text)), None)
        if same is not None:
            same.append(candidate)
        elif len(groups) < _MAX_ITEMS:
            groups.append([candidate])
    items: list[Item] = []
    wanted = speaks_of_it(candidates[0])
    for group in groups:
        # The other items are no rivals: all of them are wanted.
        rivals = [c for c in candidates if not _overlaps(c, taken)]
        likely = probability([group[0], *rivals])
        is_near = speaks_of_it(group[0]) >= wanted / 2
        if items and is_called_so(group[0]):
            items.append(Item(tuple(group), max(likely, items[0].probability)))
        elif not items or (likely >= bar(items[0].probability) and is_near):
            items.append(Item(tuple(group), likely))
    return [item for item in items if not any(_is_part(item, each) for each in items)]


def _is_part(item: Item, other: Item) -> bool:
    """Tell whether another item says this one among others."""
    whole, text = other.places[0].text, item.places[0].text
    before, said, after = whole.partition(text)
    if said:
        return any(_COORDINATION.search(each) for each in (before, after))
    named = names(text)
    return 0 < len(named) < len(names(whole)) and all(
        has_name(whole, name) for _, name in named
    )


def _overlap(one: Candidate, other: Candidate) -> bool:
    return (
        one.doc_id == other.doc_id and one.start < other.end and other.start < one.end
    )


def _overlaps(one: Candidate, others: Sequence[Candidate]) -> bool:
    return any(_overlap(one, other) for other in others)


def _lists_more(wider: Candidate, narrower: Candidate) -> bool:
    """Tell whether a span is another one and what is coordinated with it."""
    if not (wider.start <= narrower.start and narrower.end <= wider.end):
        return False
    more = [
        wider.text[: narrower.start - wider.start],
        wider.text[narrower.end - wider.start :],
    ]
    is_one = not any(re.search(r"[.!?]\s|\n", text) for text in more)
    is_coordinated = any(_COORDINATION.search(text) for text in more)
    return is_one and is_coordinated and wider.margin >= narrower.margin - _WIDER_BY


def _is_name(text: str) -> bool:
    return all(word[0].isupper() for word in re.findall(r"[^\W\d_]+", text)[:1])
