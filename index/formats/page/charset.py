"""The characters of a web page: the encoding that browsers would take."""

from __future__ import annotations

import codecs
import re

from index.formats.encoding import DAMAGED, WESTERN, decode_damaged, decode_western

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Browsers look no further than this for a declaration.
_HEAD = 1024
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.S)
_DECLARED = re.compile(
    rb"<meta\b[^>]{0,900}?\bcharset\s*=\s*[\"']?\s*([\w:.-]+)"
    rb"|\A\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w:.-]+)",
    re.IGNORECASE,
)
# Labels that stand for a larger encoding on the web (WHATWG Encoding Standard, 4.2).
_LARGER = {
    "ascii": WESTERN,
    "iso8859-1": WESTERN,
    "cp1252": WESTERN,
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    # A page that could be read this far is in none of these.
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}


def decode_page(data: bytes) -> tuple[str, str | None]:
    """Return the text of a page, and its encoding if the page does not say the same.

    As the HTML standard has it: a byte order mark, then the declaration in the first
    kilobyte, then UTF-8 if all of it is valid, then windows-1252. A page that says
    UTF-8 and is not is windows-1252, unless most of its characters are UTF-8 all the
    same; one that says otherwise and is valid UTF-8 was converted when it was saved.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), None
    declared = _declared(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if declared == WESTERN:
            return decode_western(data), None
        if declared not in (None, "utf-8"):
            return data.decode(declared, errors="replace"), None
        mended = decode_damaged(data)
        if mended is not None:
            return mended, DAMAGED
        return decode_western(data), WESTERN
    if text.isascii():
        # Japanese, for one, can be written in ASCII alone.
        return data.decode(declared or "utf-8", errors="replace"), None
    return text, None if declared == "utf-8" else "utf-8"


def _declared(data: bytes) -> str | None:
    """Return the encoding that a page declares, if Python knows it."""
    match = _DECLARED.search(_COMMENT.sub(b"", data[:_HEAD]))
    if match is None:
        return None
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii", "replace")).name
    except LookupError:
        return None
    return _LARGER.get(name, name)
