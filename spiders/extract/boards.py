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
    """The boards of a kind that a page at `url` leads to, each once: those it frames or loads first, then those it
    gives as its own address or whose interface its scripts call, then those it merely links to. `mark` is what every
    address of the system holds, in lower case; a page without it is not looked at.
    """
    if mark not in html.lower():
        return
    page = outline(html, url)
    links = [link.url for link in page.links]
    ways = (
        ("the page embeds it: ", page.loaded),
        ("it is announced as a feed: ", (feed.url for feed in page.feeds)),
        ("the page gives it as its own address: ", page.selves),
        ("its scripts name ", _called(kind, (one for one in _addresses(html, mark) if one not in links))),
        ("the page links to it: ", links),
    )
    seen: list[tuple[str, object]] = []
    for told, addresses in ways:
        for address in addresses:
            board = kind.recognise(address)
            if board is not None and (board.url, board.options) not in seen:
                seen.append((board.url, board.options))
                yield Recognised(url=board.url, options=board.options, evidence=f"{told}{address[:200]}")


ADS_IN_DATA = 3
"""Addresses of one board, and of no other, in a page's data from which they are taken for the list of its ads."""


def _called(kind: type[Kind], addresses: Iterator[str]) -> list[str]:
    """Those of the addresses in a page's scripts that tell the page's own board: calls of the system's interface, or
    the addresses of several ads that are all of one board. A page's data may name anybody's board in passing.
    """
    named = [(one, board.url) for one in addresses if (board := kind.recognise(one)) is not None]
    of_one = len({board for _, board in named}) == 1 and len(named) >= ADS_IN_DATA
    return [one for one, _ in named if of_one or _CALL.search(one)]


_CALL = re.compile(r"^https?://(?:[\w-]+-)?api\.|/api/|/embed\b", re.IGNORECASE)


def _addresses(html: str, mark: str) -> Iterator[str]:
    """Addresses with the mark in their host wherever they stand in the page, also with slashes that scripts escape."""
    plain = html.replace("\\/", "/").replace("\\u002F", "/").replace("&amp;", "&")
    pattern = rf"""(?:https?:)?//[\w.-]{{0,100}}{re.escape(mark)}(?=[/?"'\s]|$)[^\s"'<>\\`){{}}]{{0,300}}"""
    for found in dict.fromkeys(match.group() for match in re.finditer(pattern, plain, re.IGNORECASE)):
        yield found if found.startswith("http") else f"https:{found}"
