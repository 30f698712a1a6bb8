"""One article on ten web pages built in ten ways, with what sites put round it."""

from __future__ import annotations

from collections.abc import Mapping

PARAGRAPHS = (
    "Ministers of both countries met in Baghdad on Monday to discuss a security "
    "agreement, the ministry said in a statement after the talks had ended.",
    "The agreement would let officers train together for two years and share what they "
    "know of smuggling routes along the coast, according to three officials.",
    "“We have learned this at a price,” the minister said. “Nobody should have to pay "
    "it twice, and nobody who asks us for help will have to.”",
    "Opposition members asked for a vote in parliament before anything is signed, and "
    "said that the cost of the training had not been made public.",
    "A second round of talks is planned for the spring, when a delegation of twelve is "
    "to travel to Mogadishu for a week of meetings.",
)
TITLE = "Ministers discuss security agreement in Baghdad"
# None of these may be in the text.
JUNK = (
    "Accept all cookies",
    "We value your privacy",
    "Sign up for our newsletter",
    "Share on Facebook",
    "Most read",
    "Stock markets fall again",
    "All rights reserved",
    "Contact us",
    "Advertisement",
    "Log in",
)

_P = "".join(f"<p>{text}</p>\n" for text in PARAGRAPHS)
_DIVS = "".join(f'<div class="txt">{text}</div>\n' for text in PARAGRAPHS)
_HALVES = [_P[: _P.index("<p>“We")], _P[_P.index("<p>“We") :]]
_NAV = (
    '<nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li>'
    '<li><a href="/login">Log in</a></li></ul></nav>'
)
_SHARE = (
    '<div class="share-bar"><a href="#f">Share on Facebook</a> '
    '<a href="#t">Tweet</a> <a href="#m">Email</a></div>'
)
_COOKIE = (
    '<div id="cookie-banner" class="cookie-consent"><p>We value your privacy</p>'
    "<button>Accept all cookies</button></div>"
)
_LETTER = (
    '<aside class="newsletter"><h3>Sign up for our newsletter</h3>'
    '<form><input type="email"><button>Go</button></form></aside>'
)
_MORE = (
    '<div class="related"><h3>Most read</h3><ul>'
    '<li><a href="/1">Stock markets fall again</a></li>'
    '<li><a href="/2">Rain to return at the weekend</a></li></ul></div>'
)
_END = (
    '<footer><a href="/c">Contact us</a> <p>© 2024 The Paper. All rights reserved</p>'
    "</footer>"
)
_OG = (
    f'<meta property="og:title" content="{TITLE}">'
    '<meta property="og:url" content="https://paper.example/talks">'
    '<meta property="article:published_time" content="2024-11-24T08:00:00Z">'
)
_JSON_LD = (
    '<script type="application/ld+json">{"@context": "https://schema.org", "@type": '
    f'"NewsArticle", "headline": "{TITLE}", "datePublished": "2024-11-24", '
    '"url": "https://paper.example/talks"}</script>'
    '<link rel="canonical" href="https://paper.example/talks">'
)

PAGES: Mapping[str, str] = {
    "semantic": f"<html><head>{_OG}</head><body><header>{_NAV}</header><main><article>"
    f"<h1>{TITLE}</h1>{_P}</article></main>{_MORE}{_END}{_COOKIE}</body></html>",
    "divs": f"<html><head><title>{TITLE}</title></head><body><div>{_NAV}</div>"
    f'<div id="content"><h1>{TITLE}</h1>{_DIVS}</div>{_LETTER}{_END}</body></html>',
    "json-ld": f"<html><head>{_JSON_LD}</head><body>{_COOKIE}{_NAV}"
    f'<section class="story-body">{_SHARE}{_P}</section>{_MORE}{_END}</body></html>',
    "wordpress": f"<html><head>{_OG}</head><body class='single-post'>{_NAV}"
    f'<div class="site-content"><div class="entry-header"><h1>{TITLE}'
    f'</h1></div><div class="entry-content">{_P}<div class="sharedaddy sd-sharing">'
    f'<a href="#">Share on Facebook</a></div></div></div><div id="secondary" '
    f'class="widget-area">{_MORE}</div>{_END}</body></html>',
    "amp": f"<html amp><head>{_OG}</head><body><amp-sidebar>{_NAV}</amp-sidebar>"
    f'<article class="amp-wp-article"><h1>{TITLE}</h1><amp-ad>Advertisement</amp-ad>'
    f"{_P}</article>{_END}<amp-consent>{_COOKIE}</amp-consent></body></html>",
    "table": f"<html><head><title>{TITLE}</title></head><body><table><tr><td>{_NAV}"
    f"</td><td><h1>{TITLE}</h1>{_P}</td><td>{_MORE}</td></tr></table>{_END}"
    "</body></html>",
    "interrupted": f"<html><head>{_OG}</head><body>{_NAV}<article><h1>{TITLE}</h1>"
    f'{_HALVES[0]}{_SHARE}<div class="ad-slot">Advertisement</div>{_LETTER}{_HALVES[1]}'
    f"</article>{_MORE}{_END}</body></html>",
    "scripted": f"<html><head>{_OG}<style>p {{color: red}}</style></head><body>"
    f"<script>var x = '<p>Most read</p>';</script><noscript>Log in</noscript>{_NAV}"
    f'<main role="main"><div itemprop="articleBody">{_P}</div></main>{_LETTER}{_END}'
    "<!-- Most read --></body></html>",
    "old": f"<HTML><HEAD><TITLE>{TITLE}</TITLE></HEAD><BODY><CENTER>{_NAV}"
    f"</CENTER><H1>{TITLE}</H1>{_P.replace('</p>', '')}<HR>{_END}</BODY></HTML>",
    "commented": f"<html><head>{_JSON_LD}</head><body>{_NAV}<div class='article__body'>"
    f'<h1>{TITLE}</h1>{_P}</div><section id="comments" class="comments">'
    '<div class="comment"><p>Most read this first, what a waste of my time and money!'
    f"</p></div></section>{_COOKIE}{_END}</body></html>",
}
