"""What a web page leads to: its links, what it frames and loads, the feeds it names, and what it calls itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from spiders.extract.links import absolute
from spiders.extract.markup import parse_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 3000
"""Links, and things loaded, that are looked at; the career pages of the largest employers have some hundreds."""

_LOADED = (
    *(("iframe", name) for name in ("src", "data-src", "data-lazy-src", "data-cookieblock-src")),
    *(("script", name) for name in ("src", "data-src", "data-cookieblock-src")),
    *(("frame", "src"), ("embed", "src"), ("object", "data"), ("form", "action")),
)
"""Consent managers and lazy loading keep the true address in another attribute until somebody agrees or scrolls."""

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site")


@dataclass(frozen=True, slots=True)
class Link:
    """A link and its words."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A page's parts as absolute http(s) addresses, in the page's order.

    `loaded` are its frames, scripts and forms, `styles` its style sheets, `selves` the addresses it gives as its own
    (canonical, other languages), `feeds` what it announces as feeds (the text is their title), `names` what the site
    calls itself in its metadata, `title` the page's title.
    """

    links: tuple[Link, ...] = ()
    loaded: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    selves: tuple[str, ...] = ()
    feeds: tuple[Link, ...] = ()
    names: tuple[str, ...] = ()
    title: str = ""


def outline(html: str, url: str) -> Outline:
    """The outline of a page at `url`; an empty one for what is no page. Never raises."""
    tree = parse_html(html.encode("utf-8", "replace"), "utf-8")
    if tree is None:
        return Outline()
    base = next((found for one in tree.iter("base") if (found := absolute(_get(one, "href"), url))), url)
    heads = list(islice(tree.iter("link"), MOST))
    return Outline(
        links=tuple(_links(tree, base)),
        loaded=tuple(islice(dict.fromkeys(_loaded(tree, base)), MOST)),
        styles=tuple(_heads(heads, base, "stylesheet", "preload", "modulepreload")),
        selves=tuple(_heads((one for one in heads if not _get(one, "type")), base, "canonical", "alternate")),
        feeds=tuple(_feeds(heads, base)),
        names=tuple(
            dict.fromkeys(
                " ".join(_get(one, "content").split())[:100]
                for one in tree.iter("meta")
                if (_get(one, "property") or _get(one, "name")).lower() in _NAMES and _get(one, "content").strip()
            )
        ),
        title=" ".join(next((one.text or "" for one in tree.iter("title")), "").split())[:300],
    )


def _links(tree: HtmlElement, base: str) -> Iterator[Link]:
    for element in islice(tree.iter("a", "area"), MOST):
        if address := absolute(_get(element, "href"), base):
            words = (
                " ".join(" ".join(element.itertext()).split()) or _get(element, "aria-label") or _get(element, "title")
            )
            yield Link(address, words[:200])


def _loaded(tree: HtmlElement, base: str) -> Iterator[str]:
    for tag, name in _LOADED:
        for element in islice(tree.iter(tag), MOST):
            if address := absolute(_get(element, name), base):
                yield address


def _heads(elements: Iterator[HtmlElement] | list[HtmlElement], base: str, *relations: str) -> Iterator[str]:
    for element in elements:
        if set(_get(element, "rel").lower().split()) & set(relations) and (
            address := absolute(_get(element, "href"), base)
        ):
            yield address


def _feeds(elements: list[HtmlElement], base: str) -> Iterator[Link]:
    for element in elements:
        announced = "alternate" in _get(element, "rel").lower().split()
        of_type = _get(element, "type").lower().split(";")[0].strip() in _FEED_TYPES
        if announced and of_type and (address := absolute(_get(element, "href"), base)):
            yield Link(address, _get(element, "title")[:200])


def _get(element: HtmlElement, name: str) -> str:
    return element.get(name) or ""
