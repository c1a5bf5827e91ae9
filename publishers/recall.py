"""Telling one's own post among others, and whether a request ever left: what a look-up after a cut-off needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from aggregator.model import Message
from publishers.compose import without

SLACK = timedelta(days=1)
"""How long before a post was due it is looked for: clocks differ, and an operator may have sent it early."""

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

    By its link's marker; without a link, by its letters and digits alone, since platforms reshape the rest.
    """
    if message.marker and any(message.marker in link for link in links):
        return True
    ours = without(message.text, message.link)
    for link in links:
        text = text.replace(link, " ")
    return _letters(ours) == _letters(text) != ""


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
