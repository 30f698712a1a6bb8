"""The characters in the bytes of a text file, whatever wrote it."""

from __future__ import annotations

import codecs
import re
from collections import Counter

import charset_normalizer
import wordfreq

from index.formats.base import ExtractError

_MARKS = (
    # The mark of UTF-32 starts with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters that no text has; form feeds and the like are in some.
_CONTROL = re.compile(r"[\x00-\x06\x0e-\x19\x1c-\x1f]")
# Of text in UTF-16 so many of every other byte are one of two: zero in Latin text, and
# that of the letters and that of the spaces in others.
_SAME = 0.8
# With fewer bytes beyond ASCII nothing but Western text can be told.
_MIN_HIGH = 20
# Encodings in which Western text, too, looks like text of another script.
_OTHER_SCRIPTS = frozenset(
    (
        *("cp1251", "koi8_r", "koi8_u", "iso8859_5", "mac_cyrillic", "cp866"),
        *("cp1253", "iso8859_7", "cp1255", "iso8859_8", "cp1256", "iso8859_6"),
        *("shift_jis", "cp932", "euc_jp", "iso2022_jp", "gb18030", "gbk", "gb2312"),
        *("big5", "big5hkscs", "euc_kr", "cp949"),
    )
)
WESTERN = "windows-1252"
# What else Latin letters may be in, and whose words tell; windows-1252 is taken unless
# another makes so many more words of one of these languages of the file's.
_LATIN = ("mac_roman", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp850")
_MORE_WORDS = 2
_MAX_WORDS = 200
_LANGUAGES = (
    *("en", "fr", "de", "es", "it", "pt", "sv", "nb", "fi"),
    *("pl", "cs", "hu", "ro", "tr"),
)
_WORD = re.compile(r"[^\W\d_]+")
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
DAMAGED = "utf-8, damaged"


def decode_text(data: bytes) -> tuple[str, str | None]:
    """Return the text of a file, and its encoding if that is a guess.

    It is certain with a byte order mark and in valid UTF-8. Else it is UTF-16 if every
    other byte is nearly always the same, an encoding of another script if
    charset-normalizer is sure of one, and otherwise the one of Latin letters that makes
    most words of it that wordfreq knows (Speer 2022): windows-1252 if in doubt. A text
    most of whose characters are UTF-8 is that, damaged.

    Raises:
        ExtractError: If it is no text.
    """
    try:
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                return _checked(data.decode(encoding)), None
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if "\0" not in text:
                return text, None
        mended = decode_damaged(data)
        if mended is not None:
            return _checked(mended), DAMAGED
        encoding = _guess(data)
        text = decode_western(data) if encoding == WESTERN else data.decode(encoding)
        return _checked(text), encoding
    except UnicodeError as error:
        raise ExtractError(f"is no text ({error}); save it as UTF-8") from error


def decode_western(data: bytes) -> str:
    """Return the text of bytes in windows-1252, as the standard of the web reads it.

    Five bytes that it leaves open are control characters there.
    """
    return data.decode("cp1252", errors="qa-control")


def decode_damaged(data: bytes) -> str | None:
    """Return text of which most characters beyond ASCII are UTF-8, else nothing.

    The other bytes are read as windows-1252: files of both are put together so.
    """
    valid = len(_MULTIBYTE.findall(data))
    invalid = len(re.findall(rb"[\x80-\xff]", _MULTIBYTE.sub(b"", data)))
    return data.decode("utf-8", errors="qa-western") if valid > invalid else None


def _as_control(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return chr(error.object[error.start]), error.start + 1


def _as_western(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return decode_western(error.object[error.start : error.end]), error.end


codecs.register_error("qa-control", _as_control)
codecs.register_error("qa-western", _as_western)


def _guess(data: bytes) -> str:
    if _CONTROL.search(data.decode("latin-1")):
        even, odd = _sameness(data[::2]), _sameness(data[1::2])
        if max(even, odd) > _SAME:
            return "utf-16-le" if odd > even else "utf-16-be"
    high = sum(byte >= 0x80 for byte in data[:100_000])
    if high >= _MIN_HIGH:
        best = charset_normalizer.from_bytes(data[:100_000]).best()
        if best is not None and best.encoding in _OTHER_SCRIPTS:
            return best.encoding
    return _latin(data)


def _sameness(data: bytes) -> float:
    """Return the share that two of the bytes have in all."""
    most = Counter(data[:100_000]).most_common(2)
    return sum(count for _, count in most) / max(1, min(len(data), 100_000))


def _latin(data: bytes) -> str:
    known = {each: _known_words(data.decode(each, "replace")) for each in _LATIN}
    best = max(_LATIN, key=lambda each: known[each])
    usual = _known_words(decode_western(data))
    return best if known[best] >= usual + _MORE_WORDS else WESTERN


def _known_words(text: str) -> int:
    """Return how many words with a letter beyond ASCII stand in a list of words."""
    words = {word.casefold() for word in _WORD.findall(text) if not word.isascii()}
    return sum(
        any(wordfreq.zipf_frequency(word, each, "small") for each in _LANGUAGES)
        for word in sorted(words)[:_MAX_WORDS]
    )


def _checked(text: str) -> str:
    found = _CONTROL.search(text)
    if found:
        raise ExtractError(
            f"is no text, as it has control characters ({found.group()!r}); convert it"
        )
    return text
