"""The paragraphs and tables in the tree of a web page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from index.formats.blocks import TextBuilder, looks_like_header

# What no reader of the article sees, or what is not of it by its very kind.
_UNSEEN = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "iframe", "object"),
        *("svg", "canvas", "audio", "video", "map", "select", "option", "datalist"),
        *("button", "input", "textarea", "form", "nav", "footer", "dialog", "menu"),
        *("amp-ad", "amp-sidebar", "amp-consent"),
    )
)
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data"),
        *("del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "meter"),
        *("nobr", "output", "q", "rp", "rt", "ruby", "s", "samp", "small", "span"),
        *("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_PART = r"(?:^|[\s_-])"
# Names that sites give to what stands round or between the article's paragraphs.
_AROUND = re.compile(
    rf"{_PART}(?:share|sharing|social|sharedaddy|newsletter|subscribe|signup|related|"
    r"recommend\w*|trending|most-?read|comments?|disqus|breadcrumbs?|advert\w*|ads?|"
    r"promo\w*|sponsor\w*|sidebar|widget|navbar|menu|pagination|skip-link|toolbar|"
    r"paywall|popup|modal)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookie|consent|gdpr|ccpa|privacy-?(?:banner|notice|popup|wall|modal)|onetrust|"
    r"didomi|usercentrics|quantcast|qc-cmp|cmpbox|truste|sp_message",
    re.IGNORECASE,
)
_ROLES = frozenset(
    (
        *("dialog", "alertdialog", "navigation", "search", "contentinfo"),
        *("complementary", "menu"),
    )
)
# A list of so many links and little else leads to other pages.
_MIN_LINKS = 2
_LINK_SHARE = 0.6
_MAX_SPAN = 63


def is_around(element: HtmlElement) -> bool:
    """Tell whether an element stands round the article, by its kind or its name."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNSEEN or tag == "aside":
        return True
    if element.get("role", "").lower() in _ROLES or "hidden" in element.attrib:
        return True
    if element.get("aria-modal") == "true" or element.get("aria-hidden") == "true":
        return True
    style = element.get("style", "").replace(" ", "").lower()
    if "display:none" in style or "visibility:hidden" in style:
        return True
    if tag in _INLINE or tag in ("body", "html", "main", "article"):
        return False
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return _AROUND.search(names) is not None or _CONSENT.search(names) is not None


def add_blocks(builder: TextBuilder, root: HtmlElement) -> None:
    """Add the paragraphs, lists and data tables below an element to a text."""
    words: list[str] = []

    def flush() -> None:
        builder.add(_folded(words))
        words.clear()

    def walk(element: HtmlElement) -> None:
        if element.tag == "table" and _is_data(element):
            flush()
            rows = list(_rows(element))
            names = element.find(".//th") is not None or looks_like_header(rows)
            has_header = len(rows) > 1 and names and _names_columns(element, rows)
            builder.add_table(rows, has_header)
            return
        if element.tag == "br":
            words.append("\n")
            return
        is_block = element.tag not in _INLINE
        if is_block:
            flush()
        if element.tag == "li" and element.getparent().tag == "ol":
            words.append(f"{_number(element)}. ")
        if element.text:
            words.append(_verbatim(element, element.text))
        for child in element:
            if not isinstance(child.tag, str):
                pass
            elif not is_around(child) and not _is_link_list(child):
                walk(child)
            elif child.tag not in _INLINE:
                flush()
            if child.tail:
                words.append(_verbatim(element, child.tail))
        if is_block:
            flush()

    walk(root)
    flush()


def _verbatim(element: HtmlElement, text: str) -> str:
    """Return text with its line ends only where they show, as in ``pre``."""
    return text if element.tag == "pre" else re.sub(r"\s+", " ", text)


def _folded(words: list[str]) -> str:
    lines = (" ".join(line.split()) for line in "".join(words).split("\n"))
    return "\n".join(line for line in lines if line)


def _number(item: HtmlElement) -> int:
    start = item.getparent().get("start", "1")
    first = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
    return first + sum(1 for _ in item.itersiblings("li", preceding=True))


def _is_link_list(element: HtmlElement) -> bool:
    """Tell whether a list or a block is links and little else."""
    if element.tag not in ("ul", "ol", "div", "section"):
        return False
    links = element.findall(".//a")
    if len(links) < _MIN_LINKS:
        return False
    text = len("".join(element.itertext()).split())
    linked = sum(len("".join(link.itertext()).split()) for link in links)
    return linked > _LINK_SHARE * text


def _is_data(table: HtmlElement) -> bool:
    """Tell whether a table holds data, and is no layout of a page."""
    return table.find(".//table") is None and not any(
        element.tag in ("article", "h1", "h2", "nav", "form")
        for element in table.iter()
    )


def _rows(table: HtmlElement) -> Iterator[list[str]]:
    caption = table.find("caption")
    if caption is not None:
        yield [_cell(caption)]
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            cells.append(_cell(cell))
            span = cell.get("colspan", "1")
            more = int(span) - 1 if re.fullmatch(r"\d{1,6}", span) else 0
            cells.extend([""] * min(max(0, more), _MAX_SPAN))
        yield cells


def _cell(cell: HtmlElement) -> str:
    inside = TextBuilder()
    add_blocks(inside, cell)
    return inside.text


def _names_columns(table: HtmlElement, rows: list[list[str]]) -> bool:
    first = next(table.iter("tr"), None)
    if first is None:
        return False
    is_named = all(cell.tag == "th" for cell in first if cell.tag in ("td", "th"))
    return is_named or looks_like_header(rows)
