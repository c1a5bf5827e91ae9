"""How channels count: a text's length by each platform's own rules. Pure.

Every way of counting is one function from text to a number; `publishers.base.Limits.count` names it. What a platform
counts a link as is data as well (`Limits.link`), because Mastodon servers set it themselves.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from re import Pattern
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publishers.base import Limits

URL = r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+"
"""A link as compose writes it: RFC 3986's characters only (anything else is percent-encoded before it gets here)."""


@cache
def _patterns() -> tuple[Pattern[str], Pattern[str], Pattern[str]]:
    import regex

    # Mastodon's own pattern for a mention: not after a word character, `=` or `/`; only the domain after it is free.
    mention = r"(?<![=/\w])(@\w+(?:[.\-]+\w+)*)@[\w\-]+(?:\.[\w\-]+)*"
    return regex.compile(r"\X"), regex.compile(URL), regex.compile(mention)


def graphemes(text: str) -> list[str]:
    """The text's extended grapheme clusters (Unicode UAX #29): what a reader calls characters."""
    found: list[str] = _patterns()[0].findall(text)
    return found


def _count_graphemes(text: str, link: int | None) -> int:
    return len(graphemes(_with_links_as(text, link)))


def _count_characters(text: str, link: int | None) -> int:
    return len(_with_links_as(text, link))


def _count_utf16(text: str, link: int | None) -> int:
    return len(_with_links_as(text, link).encode("utf-16-le", "surrogatepass")) // 2


def _count_mastodon(text: str, link: int | None) -> int:
    """Graphemes after each link became `link` characters and each mention lost its domain (StatusLengthValidator)."""
    shown = _with_links_as(text, 23 if link is None else link)
    return len(graphemes(_patterns()[2].sub(r"\1", shown)))


def _count_x(text: str, link: int | None) -> int:
    """X's weighted length (configuration v3 of twitter-text): NFC, 23 a link, 2 an emoji, 2 outside Latin."""
    if link is not None and link != 23:
        raise ValueError("X counts every link as 23")
    return int(_twitter_text().parse_tweet(text).weightedLength) if text else 0


@cache
def _twitter_text() -> ModuleType:
    """twitter-text-parser, imported although setuptools no longer ships `pkg_resources`.

    The parser (3.0) asks `pkg_resources` for one data file while it is imported; it is lent the standard library's way
    of reading it for just that moment.
    """
    name = "pkg_resources"
    before = sys.modules.get(name)
    stand_in = ModuleType(name)
    vars(stand_in)["resource_string"] = lambda module, file: (
        resources.files(module.rpartition(".")[0]).joinpath(file).read_bytes()
    )
    sys.modules[name] = stand_in
    try:
        return importlib.import_module("twitter_text")
    finally:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before


def x_links(text: str) -> list[str]:
    """What X would turn into links in the text: whole addresses and bare domains such as `malmö.se`."""
    found: list[str] = _twitter_text().extract_urls(text)
    return found


def _with_links_as(text: str, link: int | None) -> str:
    return text if link is None else _patterns()[1].sub("x" * link, text)


COUNTS: Mapping[str, Callable[[str, int | None], int]] = {
    "graphemes": _count_graphemes,
    "characters": _count_characters,
    "utf-16": _count_utf16,
    "mastodon": _count_mastodon,
    "x-weighted": _count_x,
}
"""Ways of counting by the name that `Limits.count` uses."""


def measure(text: str, count: str, *, link: int | None = None) -> int:
    """The text's length as the platform that counts by `count` sees it.

    `link` is what a link counts as where the platform says so (None: its own length; `mastodon` then uses its
    default of 23). Raises `ValueError` for an unknown way of counting.
    """
    try:
        way = COUNTS[count]
    except KeyError:
        raise ValueError(f"unknown way of counting {count!r}; known: {', '.join(sorted(COUNTS))}") from None
    return way(text, link)


def fits(text: str, limits: Limits) -> bool:
    """Whether the text is within both bounds of a channel: its count and, where there is one, its UTF-8 bytes."""
    if limits.bytes is not None and len(text.encode("utf-8", "surrogatepass")) > limits.bytes:
        return False
    return measure(text, limits.count, link=limits.link) <= limits.text


def shorten(text: str, largest: int) -> str:
    """The text in at most `largest` graphemes, cut at a word's border where one is near, with `…` when cut.

    A cut inside the last word is taken when going back to its border would lose more than a third of the room.
    """
    pieces = graphemes(text)
    if len(pieces) <= largest:
        return text
    if largest <= 1:
        return "…" if largest == 1 else ""
    kept = pieces[: largest - 1]
    if not pieces[largest - 1].isspace():
        border = next((at for at in range(len(kept) - 1, 0, -1) if kept[at].isspace()), 0)
        if border * 3 >= len(kept) * 2:
            kept = kept[:border]
    return "".join(kept).rstrip(" \t\n,;:–—-(/&|…") + "…"
