"""A board that only a page's scripts name, for systems whose addresses hold a key that nobody writes in passing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from spiders.base import Kind, Recognised

_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script", re.DOTALL | re.IGNORECASE)
MOST = 500
"""Addresses that are looked at."""


def only_board_in_scripts(kind: type[Kind], html: str, *, mark: str) -> Iterator[Recognised]:
    """The kind's board that addresses on `mark`'s hosts inside scripts tell, if they all tell the same one."""
    if mark not in html:
        return
    scripts = "\n".join(match[1] for match in _SCRIPT.finditer(html))
    plain = scripts.replace("\\/", "/").replace("\\u002F", "/").replace("\\u0026", "&").replace("&amp;", "&")
    pattern = rf"""//[\w.-]{{0,100}}{re.escape(mark)}/[^\s"'<>\\`]{{0,400}}"""
    addresses = list(dict.fromkeys(re.findall(pattern, plain)))[:MOST]
    boards = {board.url: board for one in addresses if (board := kind.recognise(f"https:{one}")) is not None}
    if len(boards) == 1:
        (board,) = boards.values()
        yield replace(board, evidence=f"its scripts load {board.url[:200]}")
