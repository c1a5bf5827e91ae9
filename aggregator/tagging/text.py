"""Sentences and sections of an ad, and lists of words, shared by the axes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_BREAK = re.compile(r"(?<=[.!?])\s+(?=[^\Wa-zåäö\d_])|\n+|;\s+|\s•\s")
_ABBREVIATION = re.compile(
    r"(?:\b(?:t\.ex|bl\.a|m\.fl|m\.m|d\.v\.s|o\.s\.v|osv|ev|ca|resp|leg|exkl|inkl|e\.g|i\.e|etc)|\d)\.$", re.IGNORECASE
)
_MERIT_HEADING = re.compile(
    (
        r"^\W*(?:(?:det\s+(?:är|anses)\s+)?(?:även\s+|särskilt\s+|starkt\s+)?meriterande|"
        r"merit(?:er)?|bonus\w*|plus|nice[- ]to[- ]have|desirable|preferred"
        r"(?:\s+\w+)?|(?:vi\s+ser\s+)?gärna(?:\s+att\s+du(?:\s+(?:har|även har))?)?|"
        r"önskvärt|considered\s+(?:a\s+)?(?:merit|plus)|advantageous"
        r"|it\s+is\s+(?:a\s+)?(?:merit|plus|advantage)(?:\s+if\s+you(?:\s+have)?)?|"
        r"det\s+är\s+(?:ett\s+)?plus(?:\s+om\s+du(?:\s+har)?)?)\W*$"
    ),
    re.IGNORECASE,
)


def word_set(listed: str) -> frozenset[str]:
    """The words of a list written as plain text."""
    return frozenset(listed.split())


class Sentence(NamedTuple):
    """A sentence or list item, whether it stands under a heading such as "Meriterande", and where it starts."""

    text: str
    merit_section: bool
    start: int


def mentions(text: str, stems: tuple[str, ...]) -> bool:
    """Whether any of the stems stands in a text, any case: a cheap look before a dear pattern."""
    low = _folded(text) if len(text) > _LONG else text.casefold()
    for stem in stems:  # noqa: SIM110 - a generator costs more than what it looks for
        if stem in low:
            return True
    return False


_LONG = 200
"""Characters from which on a folded text is kept for the next that looks into it."""


@lru_cache(maxsize=4)
def _folded(text: str) -> str:
    return text.casefold()


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences and list items of a text; kept for the next axis that asks."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    """Sentences and list items in order. A heading "Meriterande:" covers the items until the next heading."""
    merit = False
    position = 0
    carried = ""
    carried_at = 0
    for piece in [*_BREAK.finditer(text), None]:
        end = piece.start() if piece else len(text)
        part = text[position:end]
        at = position
        position = piece.end() if piece else end
        if carried:
            part, at = f"{carried} {part}", carried_at
            carried = ""
        if piece and "\n" not in piece.group() and _ABBREVIATION.search(part) and len(part) < 400:
            carried, carried_at = part, at
            continue
        stripped = part.strip()
        if not stripped:
            continue
        if _MERIT_HEADING.match(stripped):
            merit = True
        elif merit and not stripped.startswith(("-", "•", "*", "–")) and _is_heading(stripped):
            merit = False
        yield Sentence(stripped, merit, at)


def _is_heading(line: str) -> bool:
    return len(line) <= 60 and not line.endswith(".")
