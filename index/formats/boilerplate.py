"""Lines of a page that are not of its article: navigation, share bars, notices."""

from __future__ import annotations

import re

_PLATFORM = (
    r"(?:Facebook|Twitter|X|Instagram|YouTube|WhatsApp|LinkedIn|Telegram|TikTok"
    r"|Pinterest|Reddit|Tumblr|Threads|Bluesky|Mastodon|Email|RSS)"
)
_MENU = (
    r"(?:Home|News|World|Politics|Business|Sports?|Opinion|Culture|Health"
    r"|Technology|Science|About|About Us|Contact|Contact Us|Advertise|Login|Log in"
    r"|Sign in|Sign up|Subscribe|Search|Menu|Privacy Policy|Terms of Use)"
)
# Names with no word and no comma between them are links and not prose: "Facebook,
# Instagram fined" is a headline, and so is "World Health News in brief".
_BETWEEN = r"(?:[\s|•·»>]+|\s*\(\s*|\s*\)\s*)"
_ANY_BETWEEN = r"[\s|•·»>/,()-]+"
_LINK_ROW = re.compile(
    rf"\b(?:{_PLATFORM}{_BETWEEN}{_PLATFORM}\b|(?:{_MENU}{_BETWEEN}){{3,}}{_MENU}\b"
    rf"|(?:{_MENU}\s*[|•·»>]\s*){{2,}}{_MENU}\b)"
)
_ONLY_LINKS = re.compile(rf"(?:(?:{_PLATFORM}|{_MENU})(?:{_ANY_BETWEEN}|\Z)){{3,}}\Z")
_NOTICE = re.compile(
    r"(?:advertisement|skip to (?:main )?content|share (?:this|on|via)\b.{0,40}"
    r"|follow us (?:on|at)\b.{0,60}|sign up (?:for|to) (?:our|the)\b.{0,80}"
    r"|subscribe to (?:our|the)\b.{0,80}|(?:©|copyright\s*(?:©|\(c\)|\d{4}\b)).{0,120}"
    r"|all rights reserved\.?|read more:?.{0,120}|related (?:articles|stories):?"
    r"|(?:this (?:web)?site|we) uses? cookies\b.{0,200}|click here\b.{0,60})\Z",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\Z")
_MAX_CHARACTERS = 200


def is_boilerplate(line: str) -> bool:
    """Tell whether a line is navigation, a share bar or a notice.

    It errs on the side of keeping: a sentence about social networks stays, as it
    ends in a full stop or has words between their names.
    """
    line = line.strip()
    if not line or len(line) > _MAX_CHARACTERS:
        return False
    if _NOTICE.match(line):
        return True
    if _SENTENCE_END.search(line):
        return False
    return _LINK_ROW.search(line) is not None or _ONLY_LINKS.match(line) is not None
