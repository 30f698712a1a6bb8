"""Widening a span to the whole name, date, phrase or clause that it is a part of."""

from __future__ import annotations

import re

from index.sentences import sentence_spans
from qa.confidence import content_words, is_closed_question
from qa.words import read_words

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_SCALE = r"(?:hundred|thousand|million|billion|trillion|m|bn)\b"
_UNIT = (
    r"(?:per ?cent|percent|%|dollars?|euros?|pounds?|dinars?|shillings?|years?(?: old)?"
    r"|months?|weeks?|days?|hours?|minutes?|seconds?|kilomet(?:er|re)s?|met(?:er|re)s?"
    r"|miles?|feet|km|kg|tons?|tonnes?|litres?|liters?|acres?|hectares?|degrees?)\b"
)
_NUMBER = r"[$€£¥]?\d+(?:,\d+)*(?:\.\d+)?"
# Taken whole as soon as a span has a part of one.
_WHOLE = re.compile(
    rf"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?(?:\d{{1,2}}(?:st|nd|rd|th)? "
    rf"{_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?)(?:,? \d{{4}})?\b"
    rf"|\b{_MONTH} \d{{4}}\b"
    rf"|{_NUMBER}(?:[ -]{_SCALE})?(?:[ -]{_UNIT})?"
    r"|\b\d{1,2}(?::\d\d)? ?(?:a\.m\.|p\.m\.|am|pm)"
)
_NAME_WORD = r"(?:[A-Z][^\W_]*(?:[-'’.](?=[^\W_])[^\W_]+)*|[A-Z]\.)"
_NAME_BEFORE = re.compile(rf"({_NAME_WORD})[ ]\Z")
_NAME_AFTER = re.compile(rf"[ ]({_NAME_WORD})(?![’'])")
_NOT_OF_A_NAME = read_words("not_in_names")
_REASON = re.compile(r"\s*why\b|\s*(?:for )?what reason", re.IGNORECASE)
_MANNER = re.compile(
    r"\s*how\b(?!\s(?:many|much|long|old|far|often|big|large|high|tall|fast|soon"
    r"|deep|wide|heavy|likely))",
    re.IGNORECASE,
)
_EVENT = re.compile(r"\s*what (?:has |had )?(?:happen|occur|took place|caus)", re.I)
_THING = re.compile(r"\s*(?:about |for |with |on )?what\b(?! \w+ (?:is|was)\b)", re.I)
_ENTITY = re.compile(r"\s*what (?:country|city|place|nation|town|name|person)\b", re.I)
_CONNECTIVE = re.compile(
    r"\b(?:because(?: of)?|due to|in order to|so that|owing to|thanks to|as a result of"
    r"|since|to|by)\s\Z",
    re.IGNORECASE,
)
# Where a clause ends; a comma of a number or before "and" does not count.
_CLAUSE_END = re.compile(
    r"[.;:!?](?=\s|$)|,(?=\s)|\s[–—-]\s|[)\]”\"]|\n"
    r"|\sand(?=\s\w+ed\b)"
)
_PHRASE_END = re.compile(
    r"[.,;:!?)\]”\"\n]|\s[–—-]\s|\s(?=(?:and|but|or|which|who|that|while|when|by|as"
    r"|after|before|is|are|was|were|has|have|had|will|would|said|says)\b)"
)
_TORN = re.compile(
    r"\b(?:of|the|an?|and|or|to|in|for|with|on|at|by|from|its|his|her|their|as"
    r"|\w+(?:[^s]ive|[^f]ensive|ional|ical|ious|ous|ible|able))\Z",
    re.IGNORECASE,
)
# What was done besides is another deed: "... and pledged its help".
_NEXT_DEED = re.compile(
    r",?\sand\s(?=[a-z]+ed\s(?:(?:the|an?|its|his|her|their|that|to)\s|[A-Z]))"
)
# Items that open a sentence, before the last two of them: "Unions, clubs and schools".
_ITEMS_BEFORE = re.compile(
    r"(?!(?:in|on|at|by|for|from|with|to|of|since|until|during|under|about|after|before"
    r"|but|and|so|if|when|while|as|although|however|still|yet|now|then|today|yesterday"
    r"|meanwhile|\w+ly|\w+ing|\w+ed)\b)"
    r"(?:(?:[^\W\d][\w’'-]*[ ]){0,3}[^\W\d][\w’'-]*,[ ]){1,4}\Z",
    re.IGNORECASE,
)
_WHO = re.compile(r"\s*who(?:m|se|['’]s)?\b", re.IGNORECASE)
_WHERE = re.compile(r"\s*where\b", re.IGNORECASE)
_PLACE_AT_END = re.compile(
    r"\s(?:in|at|near|outside)\s"
    rf"(?P<place>(?:the\s)?{_NAME_WORD}(?:[ ]{_NAME_WORD})*)\Z"
)
# A longer place than this has more in it than the place.
_PLACE_WORDS = 8
_MAX_WORDS_MORE = 14
_MAX_SENTENCE_WORDS = 45


def complete_span(text: str, start: int, end: int, question: str) -> tuple[int, int]:
    """Return the offsets of a span widened to what it is a part of.

    Names, dates and numbers come whole. What answers "why", "how" or "what happened"
    comes as the clause or sentence; what answers "what" does not end at a possessive
    or an adjective, and takes its "of" or "with" along. Nothing crosses the end of a
    sentence, or ends in white space.

    Args:
        text: The document's.
        start: Where the span starts.
        end: Half-open, as is the one returned.
        question: Decides what is whole.

    Raises:
        ValueError: If the span has nothing but white space.
    """
    start, end = _widen(text, *_one_line(text, start, end), question)
    quote = text[start:end]
    return end - len(quote.lstrip()), start + len(quote.rstrip())


def _widen(text: str, start: int, end: int, question: str) -> tuple[int, int]:
    is_told = any(p.match(question) for p in (_EVENT, _REASON, _MANNER))
    if not is_told:
        end = _first_sentence(text, start, end)
    low, high = _sentence(text, start, end)
    start, end = _whole_names(text, start, end, low, high, question)
    for match in _WHOLE.finditer(text, low, high):
        if match.start() < end and start < match.end():
            start, end = min(start, match.start()), max(end, match.end())
    if _EVENT.match(question) or is_closed_question(question):
        # Yes or no is what the sentence says as a whole.
        if len(text[low:high].split()) <= _MAX_SENTENCE_WORDS:
            return low, high
    elif _REASON.match(question) or _MANNER.match(question):
        whole = _extend(text, end, high, _CLAUSE_END)
        # A clause too long leaves room for the phrase.
        end = whole if whole > end else _extend(text, end, high, _PHRASE_END)
        connective = _CONNECTIVE.search(text, low, start)
        if _REASON.match(question) and connective:
            start = connective.start()
    elif _WHERE.match(question):
        place = _PLACE_AT_END.search(text, start, end)
        if place and len(text[start:end].split()) > _PLACE_WORDS:
            start = place.start("place")
    elif _WHO.match(question) and " and " in text[start:end]:
        items = _ITEMS_BEFORE.match(text, low, start)
        start = items.start() if items else start
    elif _THING.match(question) and not _ENTITY.match(question):
        deed = _NEXT_DEED.search(text, start + 1, end)
        end = deed.start() if deed else end
        goes_on = re.match(r"[’']s?\s|\s(?:of|with)\s", text[end:high])
        if goes_on or _TORN.search(text, start, end):
            end = _extend(text, end, high, _PHRASE_END)
    return start, end


def _one_line(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the line of a span that tells: the story's, and not the headline's."""
    lines = [*re.finditer(r"[^\r\n]*\S[^\r\n]*", text[start:end])]
    if not lines:
        raise ValueError("a span of nothing but white space")
    is_headline = not lines[0].group().rstrip().endswith((".", "!", "?", "”", '"'))
    line = lines[-1] if is_headline else lines[0]
    return start + line.start(), start + line.end()


def _first_sentence(text: str, start: int, end: int) -> int:
    """Return the end of a span, or of its first sentence when it runs into the next."""
    low, high = _sentence(text, start, end)
    ends = [low + last for _, last in sentence_spans(text[low:high])]
    first = next((last for last in ends if start < last), end)
    if first >= end:
        return end
    kept = len(text[start:first].rstrip(".!? "))
    return start + kept if kept else first


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the sentence, or sentences, round a span."""
    low = max(text.rfind("\n", 0, start) + 1, start - 600)
    newline = text.find("\n", end)
    high = min(len(text) if newline < 0 else newline, end + 600)
    spans = [
        (low + first, low + last)
        for first, last in sentence_spans(text[low:high])
        if low + first < end and start < low + last
    ]
    if not spans:
        return start, end
    return min(start, spans[0][0]), max(end, spans[-1][1])


def _whole_names(
    text: str, start: int, end: int, low: int, high: int, question: str
) -> tuple[int, int]:
    asked = content_words(question)
    # "Who is Ismail?" is answered with the whole name all the same.
    is_who = _WHO.match(question) is not None

    def belongs(word: str) -> bool:
        return word.lower() not in _NOT_OF_A_NAME and not content_words(word) & asked

    if re.match(r"[A-Z]", text[start : start + 1]):
        while match := _NAME_BEFORE.search(text, low, start):
            is_first = match.start() == low and not re.match(_NAME_WORD, text[low:])
            if is_first or not belongs(match[1]) or match[1].lower().endswith("’s"):
                break
            start = match.start()
    last = re.search(r"\S+\Z", text[start:end])
    if last and re.match(r"[A-Z]", last.group()):
        while match := _NAME_AFTER.match(text, end, high):
            goes_on = is_who and match[1].lower() not in _NOT_OF_A_NAME
            if not goes_on and not belongs(match[1]):
                break
            end = match.end()
    return start, end


def _extend(text: str, end: int, high: int, stop: re.Pattern[str]) -> int:
    """Return where the phrase or clause ends; the same place when that is far."""
    match = stop.search(text, end, high)
    place = match.start() if match else high
    if len(text[end:place].split()) > _MAX_WORDS_MORE:
        return end
    return max(end, len(text[:place].rstrip()))
