"""The article in a web page, without what stands round it: trafilatura finds it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import lxml.html
import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser
from trafilatura.settings import Document as Page

from index.formats.base import Extracted, ExtractError, Findings
from index.formats.blocks import TextBuilder
from index.formats.page.around import bare_wrappers, drop_consent, is_around
from index.formats.page.blocks import add_blocks
from index.formats.page.charset import decode_page

# Parsing takes the square of a tag's attributes, and no article needs so many.
_LONG_TAG = re.compile(r"<([a-zA-Z][\w:-]*)[^<>]{20000,}>")
_NULL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_PARAGRAPHS = ("p", "li", "h1", "h2", "h3", "td", "dd", "div", "blockquote", "pre")
# A paragraph of so many words tells where the article is.
_MIN_WORDS = 5
# A longer paragraph is not looked for.
_MAX_KEY = 5_000


def extract_html(data: bytes) -> Extracted:
    """Return the article of a page (Barbaresi 2021), with the page's metadata.

    Navigation, consent dialogs, share bars, notices, comments and lists of other
    stories are left out. The text is read from the part of the page in which
    trafilatura finds the article, so that nothing is lost of lists and tables.

    Raises:
        ExtractError: If the page has no article.
    """
    source, guess = decode_page(data)
    source = _LONG_TAG.sub(r"<\1>", _NULL.sub(" ", source))
    tree = _parsed(source)
    drop_consent(tree)
    for element in list(tree.iter()):
        if element.tag in ("script", "head", "html", "body"):
            continue  # may hold the metadata, or all
        if is_around(element) and element.getparent() is not None:
            element.drop_tree()
    page = trafilatura.bare_extraction(
        tree,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # Only dates that the page states, not any that its text mentions.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(page, Page) or not page.text:
        raise ExtractError("holds no article that can be told from the page round it")
    builder = TextBuilder()
    whole = _parsed(source)
    drop_consent(whole)
    root = _article(whole, page.text.splitlines())
    if root is None:
        # Of the page's data for machines, or too little to be found again.
        for line in page.text.splitlines():
            builder.add(line)
    else:
        add_blocks(builder, root)
    return Extracted(
        builder.text,
        title=page.title or None,
        url=page.url or None,
        published=page.date or None,
        tables=builder.tables,
        findings=Findings(encoding=guess),
    )


def _parsed(source: str) -> HtmlElement:
    try:
        tree = lxml.html.document_fromstring(
            source.encode("utf-8", "replace"),
            parser=HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True),
        )
    except (LxmlError, ValueError) as error:
        raise ExtractError(
            "holds no article that can be told from the page round it"
        ) from error
    bare_wrappers(tree)
    return tree


def _article(tree: HtmlElement, lines: Sequence[str]) -> HtmlElement | None:
    """Return the smallest part of a page that holds all paragraphs of an article."""
    wanted = {_key(line) for line in lines if len(line.split()) >= _MIN_WORDS}
    wanted = wanted or {_key(line) for line in lines}
    found: list[HtmlElement] = []
    for element in tree.iter(*_PARAGRAPHS):
        own = _beginning_key(element)
        if own in wanted and not _is_inside_around(element):
            found.append(element)
    if not found:
        # Of a short page trafilatura gives all words as one line.
        words = _key("".join(lines))
        holding = [
            element
            for element in tree.iter("article", "main", "body")
            if words in _key("".join(map(str, element.itertext())))
        ]
        return holding[-1] if holding else None
    paths = [[*reversed([*element.iterancestors()]), element] for element in found]
    common = paths[0]
    for path in paths[1:]:
        shared = 0
        for one, other in zip(common, path, strict=False):
            if one is not other:
                break
            shared += 1
        common = common[:shared]
    root = common[-1]
    # The headline may stand beside the paragraphs.
    for ancestor in root.iterancestors("article", "main"):
        return ancestor
    return root


def _is_inside_around(element: HtmlElement) -> bool:
    return any(is_around(each) for each in (element, *element.iterancestors()))


def _beginning_key(element: HtmlElement) -> str:
    """Return the key of an element's text; of a long one, that of its beginning."""
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        pieces.append(str(piece))
        length += len(piece)
        if length > _MAX_KEY:
            break
    return _key("".join(pieces))


def _key(text: str) -> str:
    """Return what is alike of a paragraph however it is set: its letters and digits."""
    return "".join(character for character in text if character.isalnum())
