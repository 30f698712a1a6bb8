"""Other question words put to an earlier question: "why?" after "what did he say?"."""

from __future__ import annotations

import re

from qa.mentions import NAME

PREPOSITIONS = (
    "in|on|at|by|for|from|with|to|of|since|until|during|under|about|after|before|into"
)
AUXILIARIES = (
    "is|are|was|were|am|do|does|did|has|have|had|will|would|can|could|should|shall"
    "|may|might|must"
)
WH = (
    r"(?:what|which|who|whom|whose|when|where|why|how(?:\s(?:many|much|long|often|far"
    r"|old|big|large|high|fast|soon))?)"
)
QUESTION = re.compile(
    rf"(?P<wh>(?:(?:{PREPOSITIONS})\s)?{WH}(?:\s(?!(?:{AUXILIARIES})\b)[\w’'-]+"
    rf"){{0,4}}?)\s(?P<aux>{AUXILIARIES})\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
SUBJECT_QUESTION = re.compile(
    r"(?P<wh>who|what|(?:which|what|how many)\s[\w’'-]+)\s(?P<rest>.+)", re.IGNORECASE
)
_CLOSED = re.compile(rf"(?P<aux>{AUXILIARIES})\b(?P<rest>.*)", re.IGNORECASE)
VERB = re.compile(
    r"(?:\w+ed|won|came|said|went|took|made|gave|got|saw|met|left|led|lost|held|wrote"
    r"|spoke|began|became|died|paid|built|found|fell|sold|told|happens?|happened|comes|goes"
    r"|makes|means|says|does|gets|takes|gives|leads|next|now)$",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"\b(?:else|other|another|more)\b", re.IGNORECASE)
_ADVERBIAL = re.compile(
    rf"(?:when|where|why|how(?!\s(?:many|much))|(?:{PREPOSITIONS})\s)\b|"
    r"(?:what|which)\s(?:year|day|date|month|time|week|century|decade|season|age)\b",
    re.IGNORECASE,
)
_BE = re.compile(r"(?:is|are|was|were|am)$", re.IGNORECASE)
_DO = re.compile(r"(?:do|does|did)$", re.IGNORECASE)
_PARTICIPLE = re.compile(
    r"(?:[a-z]+(?:ed|ing|en)|there|made|held|built|found|sold|paid|lost|left|sent|met"
    r"|said|told|shown|known|born|cut|hit|put|read|set|led)$"
)
_NO_VERB = re.compile(
    r"(?:[A-Z\d].*|.*[^s]s|the|an?|this|that|these|those|my|your|his|her|our|their|all"
    r"|both|each|every|some|any|many|most|he|she|it|they|we|i|you|people)$"
)
_OPEN_END = re.compile(rf"\b(?:\w+ing|\w+ed|{PREPOSITIONS})$")
_TO_A_NAME = re.compile(
    r"\s(?:from|to|with|in|at|on|for|against)\s(?:the\s)?[A-Z][\w’'-]*"
    r"(?:\s[A-Z][\w’'-]*)*$"
)
_DOING = re.compile(r"\bdo\b")
_NOUN = re.compile(r"(?:which|what|how many|how much)\s(?P<noun>.+)", re.IGNORECASE)
# What no noun phrase has or begins with.
_CLAUSE = re.compile(
    rf"(?:{PREPOSITIONS}|because|so|when|while|where|that|how|why|if|as|and|but|or|not"
    r"|by|yes|no|he|she|it|they|we|i|you|there|this|these|those)\b",
    re.IGNORECASE,
)
_FINITE = re.compile(rf"\b(?:{AUXILIARIES}|who|which)\b|[;:!?]|\.\s")
_DETERMINER = re.compile(
    r"(?:the|an?|its|his|her|their|our|some|many|several|all|both|most|few|more|two"
    r"|three|four|five|six|seven|eight|nine|ten)$",
    re.IGNORECASE,
)
_PHRASE_WORDS = 18
# Longer ones that open with neither a name nor "the" may be clauses: "foster ties".
_PLAIN_WORDS = 4


def ask_anew(wh: str, last: str, last_answer: str | None) -> str | None:
    """Put other question words to the last question, its answer in their place.

    Args:
        wh: The question words: "why", "in which city".
        last: The last question without its question mark; empty when there is none
            that they can go on about, as after an overview.
        last_answer: What it was answered.
    """
    wh = wh[0].upper() + wh[1:]
    if not last:
        return _ask_for_mentioned(wh)
    phrase = noun_phrase(last_answer)
    asked = QUESTION.fullmatch(last)
    if asked:
        return f"{wh} {_ask_of(wh, asked, phrase)}?"
    closed = _CLOSED.fullmatch(last)
    if closed:
        return f"{wh} {closed['aux'].lower()}{closed['rest']}?"
    asked = SUBJECT_QUESTION.fullmatch(last)
    if asked is None:
        return None
    if _ANOTHER.search(wh) or not _ADVERBIAL.match(wh):
        return f"{wh} {asked['rest']}?"
    subject = phrase or _the_noun(asked["wh"])
    # A cleft keeps the verb as it is, whatever its tense.
    return f"{wh} is it that {subject} {asked['rest']}?" if subject else None


def noun_phrase(answer: str | None) -> str:
    """Return an answer that can stand as a noun in a question, else nothing."""
    words = (answer or "").rstrip(".").split()
    text = " ".join(words)
    if not 0 < len(words) <= _PHRASE_WORDS or _CLAUSE.match(text):
        return ""
    if _FINITE.search(text):
        return ""
    name = NAME.match(text)
    if name is not None:
        verb = text[name.end() :].split()[:1]
        return "" if verb and VERB.match(verb[0]) else text
    plain = not (words[0][0].isdigit() or _DETERMINER.match(words[0]))
    return "" if plain and len(words) > _PLAIN_WORDS else text


def _ask_for_mentioned(wh: str) -> str | None:
    if _ADVERBIAL.match(wh) or not re.match(r"(?:which|what)\s", wh, re.IGNORECASE):
        return None
    is_plural = re.search(r"(?:s|people|men|women|children)$", wh) is not None
    return f"{wh} {'are' if is_plural else 'is'} mentioned?"


def _ask_of(wh: str, asked: re.Match[str], phrase: str) -> str:
    """Return what follows the question words, from the auxiliary on."""
    aux, old, rest = asked["aux"], asked["wh"], asked["rest"].strip()
    is_adjunct = re.match(rf"(?:{PREPOSITIONS})\s", old, re.IGNORECASE)
    if (
        _ANOTHER.search(wh)
        or not _ADVERBIAL.match(wh)
        or (_ADVERBIAL.match(old) and not is_adjunct)
    ):
        return f"{aux} {rest}"
    if is_adjunct:
        # "From which city ...?": the answer keeps the preposition.
        return (
            f"{aux} {rest} {is_adjunct.group().lower()}{phrase}"
            if phrase
            else f"{aux} {rest}"
        )
    is_person = re.match(r"whom?\b", old, re.IGNORECASE) is not None
    some = phrase or _the_noun(old) or ("someone" if is_person else "that")
    if _is_subject(old, aux, rest):
        return f"{aux} {some} {rest}"
    if _BE.match(aux):
        is_open = phrase or _OPEN_END.search(rest)
        return f"{aux} {rest} {some}" if is_open else f"{aux} {rest}"
    doing, end = _DOING.search(rest), _TO_A_NAME.search(rest)
    place = doing.end() if doing else end.start() if end else len(rest)
    return f"{aux} {rest[:place]} {some}{rest[place:]}"


def _is_subject(old: str, aux: str, rest: str) -> bool:
    """Tell whether the question words are what does it: "which groups are named"."""
    first = (rest.split() or [""])[0]
    if _BE.match(aux):
        return old.lower() == "who" or _PARTICIPLE.match(first) is not None
    return not _DO.match(aux) and not _NO_VERB.match(first)


def _the_noun(old: str) -> str:
    match = _NOUN.fullmatch(old)
    return f"the {match['noun']}" if match else ""
