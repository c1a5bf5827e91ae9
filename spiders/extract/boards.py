"""Boards of known systems: the parts of their addresses, and where a career page leads to one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from spiders.base import Kind, Recognised
from spiders.extract.outline import outline


def segments(url: str) -> tuple[str, list[str]]:
    """An address's host, in lower case and without `www.`, and its path's parts, decoded; no parts without a host."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return "", []
    return host, [unquote(part) for part in parts.path.split("/") if part] if host else []


def boards_named(kind: type[Kind], html: str, url: str, *, mark: str) -> Iterator[Recognised]:
    """The boards of a kind that a page at `url` leads to, each once: those it frames or loads first, then those its own
    address or its scripts name, then those it merely links to. `mark` is what every address of the system holds.
    """
    if mark not in html.lower():
        return
    page = outline(html, url)
    links = {link.url for link in page.links}
    scripts = (found for found in _addresses(html, mark) if found not in links)
    ways = (
        ("the page loads", page.loaded),
        ("the page announces the feed", (feed.url for feed in page.feeds)),
        ("the page calls itself", page.selves),
        ("the page's scripts name", scripts),
        ("the page links to", (link.url for link in page.links)),
    )
    seen: set[str] = set()
    for told, addresses in ways:
        for address in addresses:
            board = kind.recognise(address)
            if board is not None and board.url not in seen:
                seen.add(board.url)
                yield Recognised(url=board.url, options=board.options, evidence=f"{told} {address[:200]}")


def _addresses(html: str, mark: str) -> Iterator[str]:
    """Addresses with the mark in their host wherever they stand in the page, also with slashes that scripts escape."""
    plain = html.replace("\\/", "/").replace("\\u002F", "/").replace("&amp;", "&")
    pattern = rf"""(?:https?:)?//[\w.-]{{0,100}}{re.escape(mark)}(?=[/?"'\s]|$)[^\s"'<>\\`){{}}]{{0,300}}"""
    for found in dict.fromkeys(match.group() for match in re.finditer(pattern, plain, re.IGNORECASE)):
        yield found if found.startswith("http") else f"https:{found}"
