"""Plain replies to what is no question: greetings, thanks, gibberish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from qa.confidence import support
from qa.words import read_words

_ABOUT_ME = (
    "I find answers in the articles indexed here and quote them word for word, with "
    "the place where each quote stands. When the articles do not say, I say so."
)
_HOW_TO = (
    "Ask about the articles in plain English, for example who, what, where, when or "
    "why. You can ask on from an answer, or ask what an article is about."
)
_GREETING = (
    r"(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)"
    r"|how are you(?: doing)?(?: today)?|how do you do|what'?s up|sup|nice to meet you)"
)
_THANKS = (
    r"(?:thanks?(?: you)?(?: (?:so|very) much| a lot)?|many thanks|cheers|thx|ty"
    r"|(?:that (?:was|is)|that's|very|this is)? ?(?:great|nice|good|helpful|perfect"
    r"|awesome|cool|excellent|wonderful)(?: (?:job|work|answer|one))?|well done"
    r"|ok(?:ay)?|got it|i see|all right|alright|you're welcome)"
)
_FAREWELL = r"(?:bye(?:[- ]bye)?|goodbye|see you(?: later)?|good night|farewell)"
_HELP = (
    r"(?:help(?: me)?|i need help|can you help(?: me)?|what can (?:you do|i ask)(?: "
    r"(?:me|you|here|about))*|how (?:does this|do you|does it|do i use (?:this|you)"
    r"|can i use (?:this|you))(?: work)?|what (?:should|could) i ask(?: you)?"
    r"|what do you (?:do|know))"
)
_WHO = (
    r"(?:who|what) (?:are|r) (?:you|u)|who made you|what(?:'s| is) your name"
    r"|are you (?:a |an )?(?:human|robot|bot|ai|real|chat ?gpt|person|chatbot"
    r"|language model)|tell me about yourself|introduce yourself"
)
_ADDRESS = r"(?:,? (?:there|everyone|all|again|you|bot|friend|please|then|now))*"
_COURTESIES = re.compile(
    rf"\A(?:(?:{_GREETING}|{_THANKS})(?: there| all| again)?\s*(?:[,.!;:]+|-)\s+)+"
    r"(?:(?:and|but|so|now)\s(?=(?:who|what|when|where|why|how|which|is|are|was|were|do"
    r"|does|did|has|have|had|can|could|will|would)\b))?",
    re.IGNORECASE,
)
_REPLIES = (
    (_GREETING, f"Hello. {_ABOUT_ME}"),
    (_THANKS, "You are welcome. Ask on whenever you like."),
    (_FAREWELL, "Goodbye."),
    (_HELP, f"{_ABOUT_ME} {_HOW_TO}"),
    (_WHO, f"This is Verbatim, a question-answering service. {_ABOUT_ME}"),
)
_NOT_UNDERSTOOD = (
    "I did not understand this as a question about the articles. " + _HOW_TO
)
_ENGLISH = read_words("english")
# The commonest words of the languages written in Latin letters that readers of an
# English page are likeliest to try; none of them is English as well.
_FOREIGN = read_words("foreign")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def small_talk(text: str) -> str | None:
    """Return the reply to a greeting, thanks and the like; ``None`` to all else."""
    said = " ".join(text.lower().replace("’", "'").split())
    said = re.sub(r"[.!?,;:\s)(]+$", "", said)
    said = re.sub(r"[.!,;]+", ",", said)
    if not any(character.isalnum() for character in said):
        return _NOT_UNDERSTOOD
    both = rf"(?:{_GREETING}|{_THANKS}),? "
    for pattern, reply in _REPLIES:
        if re.fullmatch(rf"(?:{both}){{0,2}}(?:{pattern}){_ADDRESS}", said):
            return reply
    return None


def without_courtesies(question: str) -> str:
    """Return a question without the thanks or the greeting before it.

    What is left of "thanks, and who is he?" is "who is he?".
    """
    bare = _COURTESIES.sub("", question.replace("’", "'"), count=1)
    return question[len(question) - len(bare) :] if bare else question


def not_understood(text: str, passages: Iterable[str]) -> str | None:
    """Return the reply to gibberish or another language; ``None`` to a question.

    Nothing is taken for either that the articles themselves speak like.

    Args:
        text: What was asked; it is no small talk.
        passages: What was found for it.
    """
    words = [match.group().lower() for match in _LETTERS.finditer(text)]
    if not words:
        return None
    if any(support(text, passage) >= _KNOWN for passage in passages):
        return None
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    # "Was" is English too: "Was kostet das?".
    is_mixed = 0 < foreign == english and 2 * english < len(words)
    if foreign > english or is_mixed or not _is_latin(text):
        return _NOT_UNDERSTOOD
    known = any(support(word, passage) > 0 for word in words for passage in passages)
    return None if english or known else _NOT_UNDERSTOOD


# Share of the words of a text that a passage has when they speak the same language.
_KNOWN = 0.67


def _is_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    latin = sum("LATIN" in unicodedata.name(character, "") for character in letters)
    return 2 * latin >= len(letters)
