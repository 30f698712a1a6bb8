"""Plain replies to what no article answers."""

from __future__ import annotations

from collections.abc import Mapping

from qa.conversation.intent import Intent

_ABOUT_ME = (
    "This is Verbatim. It finds answers in the articles indexed here and quotes them "
    "word for word, with the place where each quote stands. When the articles do not "
    "say, it says so."
)
_HOW_TO = (
    "Ask about the articles in plain English, for example who, what, where, when or "
    "why. You can ask on from an answer, or ask what an article is about."
)
REPLIES: Mapping[Intent, str] = {
    "small_talk": f"{_ABOUT_ME} Ask whenever you like.",
    "help": f"{_ABOUT_ME} {_HOW_TO}",
    "not_understood": (
        f"This was not understood as a question about the articles. {_HOW_TO}"
    ),
    "other_language": f"Only questions in English are understood. {_HOW_TO}",
}
