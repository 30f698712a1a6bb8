"""What stands round the article of a page: navigation, share bars, consent dialogs."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

# What no reader of the article sees, or what is not of it by its very kind.
_UNSEEN = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "iframe", "object"),
        *("svg", "canvas", "audio", "video", "map", "select", "option", "datalist"),
        *("button", "input", "textarea", "form", "nav", "footer", "dialog", "menu"),
        *("amp-ad", "amp-sidebar", "amp-consent"),
    )
)
INLINE = frozenset(
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
    if tag in INLINE or tag in ("body", "html", "main", "article"):
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
