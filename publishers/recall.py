"""Telling one's own post among others, and whether a request ever left: what a look-up after a cut-off needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from difflib import SequenceMatcher

from aggregator.model import Message
from publishers.compose import without

SLACK = timedelta(days=1)
"""How long before a post was due it is looked for: clocks differ, and an operator may have sent it early."""

ALIKE = 0.8
"""The least share of letters in common, in order, that two texts with one link must have to be the same post."""

_NEVER_LEFT = {
    "ConnectError",
    "ConnectTimeout",
    "NewConnectionError",
    "ConnectTimeoutError",
    "NameResolutionError",
    "ConnectionRefusedError",
    "gaierror",
}


def same_post(message: Message, text: str, links: Iterable[str]) -> bool:
    """Whether a published text with its links is this message.

    Platforms reshape what they show, so the letters and digits outside links are compared. A server that drops a
    mention's domain or a sign leaves them alike, not equal: then the link has to be the same one too. The link alone
    proves nothing, for round-ups and stories may share one.
    """
    ours = _letters(without(message.text, message.link))
    for link in links:
        text = text.replace(link, " ").replace(link.partition("://")[2], " ")
    theirs = _letters(text.replace("https://", " ").replace("http://", " "))  # Mastodon hides a link's scheme apart
    if ours == theirs:
        return bool(ours)
    linked = message.marker and any(_bare(link) == _bare(message.marker) for link in links)
    return bool(linked) and SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= ALIKE


def _bare(link: str) -> str:
    return link.rpartition("://")[2].rstrip("/")


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def never_left(error: BaseException) -> bool:
    """Whether a network error happened before anything was sent: no connection came about at all.

    Client libraries wrap each other's errors, so the whole chain is read, by the names of its classes.
    """
    return any(type(one).__name__ in _NEVER_LEFT for one in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
