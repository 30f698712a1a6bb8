"""The paragraphs and tables in the tree of a web page."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from index.formats.blocks import TextBuilder
from index.formats.tables import header_rows

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
_NAMES = ("class", "id", "aria-label")
# A block that asks for consent says it at least once in so many words.
_COOKIE = "cookie"
_CONTROLS = ("button", "input", "a", "div", "span")
_BLOCKS = ("div", "section", "aside", "form")
_WORDS_A_COOKIE = 100
_PARAGRAPH_WORDS = 8
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
    names = _names(element)
    return _AROUND.search(names) is not None or _CONSENT.search(names) is not None


def bare_wrappers(tree: HtmlElement) -> None:
    """Take the names from what holds a whole article, which they say nothing of.

    Sites call a page "has-sidebar", or put all of it into a form.
    """
    articles = tree.findall(".//article")
    holding = [*tree.iter("main", "h1"), *(articles if len(articles) == 1 else ())]
    for element in {each for held in holding for each in held.iterancestors()}:
        is_form = element.tag == "form"
        names = _names(element)
        if _CONSENT.search(names) and element.find(".//main") is None:
            continue
        is_named = _AROUND.search(names) or _CONSENT.search(names)
        if (is_form or is_named) and _has_paragraph(element):
            element.tag = "div" if is_form else element.tag
            for name in _NAMES:
                element.attrib.pop(name, None)


def _names(element: HtmlElement) -> str:
    return " ".join(element.get(name, "") for name in _NAMES)


def _has_paragraph(element: HtmlElement) -> bool:
    return any(
        len(_text(each).split()) >= _PARAGRAPH_WORDS for each in element.iter("p")
    )


def drop_consent(tree: HtmlElement) -> None:
    """Take blocks out of a page that ask for consent and have no name that says so.

    Such a block speaks of cookies, as nearly all languages call them, again and again
    and has a button to answer with. The headline stands elsewhere and tells of
    something else, and so does the article: it is above such a block, or below.
    """
    controls = [each for each in tree.iter(*_CONTROLS) if _is_control(each)]
    asking = {
        block
        for block in {b for each in controls for b in each.iterancestors(*_BLOCKS)}
        if _asks_for_consent(block)
    }
    headline = _headline(tree, asking)
    if not asking or headline is None or _COOKIE in _text(headline):
        return
    order = {element: place for place, element in enumerate(tree.iter())}
    around = {headline, *headline.iterancestors()}
    for block in asking - around:
        is_above = order[block] < order[headline]
        if is_above or any(
            order[headline] < order[each] < order[block]
            and len(_text(each).split()) >= _PARAGRAPH_WORDS
            for each in tree.iter("p")
        ):
            block.drop_tree()


def _is_control(element: HtmlElement) -> bool:
    """Tell whether an element is a button, or a link that leads nowhere and is one."""
    if element.get("role") == "button" or element.tag == "button":
        return True
    if element.tag == "input":
        return element.get("type", "").lower() in ("button", "submit")
    leads_to = element.get("href", "").strip().lower()
    return element.tag == "a" and (
        not leads_to or leads_to.startswith(("#", "javascript:"))
    )


def _asks_for_consent(block: HtmlElement) -> bool:
    if block.find(".//article") is not None:
        return False
    text = _text(block)
    return text.count(_COOKIE) * _WORDS_A_COOKIE >= max(1, len(text.split()))


def _headline(tree: HtmlElement, asking: set[HtmlElement]) -> HtmlElement | None:
    """Return the first h1, or the first lower heading that is in no such block."""
    outer = {ancestor for block in asking for ancestor in block.iterancestors()}
    notices = asking - outer
    for tag in ("h1", "h2", "h3"):
        for heading in tree.iter(tag):
            if tag == "h1" or notices.isdisjoint(heading.iterancestors()):
                return heading
    return None


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext()).casefold()


def add_blocks(builder: TextBuilder, root: HtmlElement) -> None:
    """Add the paragraphs, lists and data tables below an element to a text."""
    words: list[str] = []

    def flush() -> None:
        builder.add(_folded(words))
        words.clear()

    def walk(element: HtmlElement) -> None:
        if element.tag == "table" and _is_data(element):
            flush()
            caption = element.find("caption")
            if caption is not None:
                builder.add(_cell(caption))
            rows = _rows(element)
            builder.add_table(rows, _header_rows(element, rows))
            return
        if element.tag == "br":
            words.append("\n")
            return
        is_block = element.tag not in _INLINE
        if is_block:
            flush()
        if element.tag == "li":
            words.append(_mark(element))
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


def _mark(item: HtmlElement) -> str:
    """Return the number of an item; in a cell, whose items share a line, its bullet."""
    if item.getparent().tag == "ol":
        return f"{_number(item)}. "
    in_cell = next(item.iterancestors("td", "th"), None) is not None
    is_one_of_many = any(True for _ in item.itersiblings("li", preceding=True)) or (
        item.getnext() is not None
    )
    return "• " if in_cell and is_one_of_many else ""


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


def _rows(table: HtmlElement) -> list[list[str]]:
    """Return the cells of each row; what is spanned by another cell is empty."""
    rows: list[list[str]] = []
    # For each column, how many more rows a cell above reaches down.
    below: list[int] = []
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while len(cells) < len(below) and below[len(cells)] > 0:
                cells.append("")
            wide = min(_span(cell, "colspan"), _MAX_SPAN)
            first = len(cells)
            below.extend([0] * (first + wide - len(below)))
            # One for this row, which is taken off at its end.
            below[first : first + wide] = [_span(cell, "rowspan")] * wide
            cells.extend([_cell(cell), *[""] * (wide - 1)])
        cells.extend([""] * (len(below) - len(cells)))
        below = [max(0, each - 1) for each in below]
        rows.append(cells)
    return rows


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1")
    return max(1, int(value)) if re.fullmatch(r"\d{1,6}", value) else 1


def _cell(cell: HtmlElement) -> str:
    inside = TextBuilder()
    add_blocks(inside, cell)
    return inside.text


def _header_rows(table: HtmlElement, rows: list[list[str]]) -> int:
    """Return how many rows at the top of a table name its columns."""
    count = 0
    for row in table.iter("tr"):
        if any(cell.tag == "td" for cell in row):
            break
        count += 1
    if count < len(rows):
        return count or header_rows(rows)
    return 0
