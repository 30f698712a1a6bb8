"""The characters in the bytes of a text file, whatever wrote it."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

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
# Of Latin text in UTF-16 so many of every other byte are zero.
_ZEROS = 0.3
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


def decode_text(data: bytes) -> tuple[str, str | None]:
    """Return the text of a file, and its encoding if that is a guess.

    It is certain with a byte order mark and in valid UTF-8. Else it is UTF-16 if every
    other byte is zero, an encoding of another script if charset-normalizer is sure of
    one, and otherwise windows-1252, which most of what is not UTF-8 is.

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


def _as_control(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return chr(error.object[error.start]), error.start + 1


codecs.register_error("qa-control", _as_control)


def _guess(data: bytes) -> str:
    even, odd = data[::2].count(0), data[1::2].count(0)
    half = max(1, len(data) // 2)
    if odd > _ZEROS * half and even < 0.1 * half:
        return "utf-16-le"
    if even > _ZEROS * half and odd < 0.1 * half:
        return "utf-16-be"
    high = sum(byte >= 0x80 for byte in data[:100_000])
    if high >= _MIN_HIGH:
        best = charset_normalizer.from_bytes(data[:100_000]).best()
        if best is not None and best.encoding in _OTHER_SCRIPTS:
            return best.encoding
    return WESTERN


def _checked(text: str) -> str:
    found = _CONTROL.search(text)
    if found:
        raise ExtractError(
            f"is no text, as it has control characters ({found.group()!r}); convert it"
        )
    return text
