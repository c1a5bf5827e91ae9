"""A region's colours and mark, and the arithmetic that keeps text readable on them. Pure.

Contrast is WCAG 2.2's (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio): 4.5 is the least for running text (1.4.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.errors import JobbfyrError

READABLE = 4.5
"""The least contrast ratio of text against its ground, WCAG 2.2 success criterion 1.4.3 (AA)."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_INKS = ("#ffffff", "#0c1a24", "#000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What a region looks like. `primary` is its ground, `accent` its light, both `#rrggbb`.

    `mark` is the path of its mark as an SVG file ("" for none). Raises `JobbfyrError` for a colour written otherwise.
    """

    primary: str = "#0b3954"
    accent: str = "#f2b134"
    mark: str = ""

    def __post_init__(self) -> None:
        for name in ("primary", "accent"):
            if not _HEX.fullmatch(getattr(self, name)):
                raise JobbfyrError(
                    f"the brand's {name} colour {getattr(self, name)!r} is not a colour", hint='write it as "#0b3954"'
                )


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """WCAG's relative luminance of a `#rrggbb` colour, 0 (black) to 1 (white)."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(value) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0-1) of `other` in it, mixed channel by channel."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ink_on(ground: str) -> str:
    """The text colour for a ground: the first of white, night blue and black that reads comfortably (7:1), else the
    best of them. Black or white alone always gives at least 4.58:1, so the result is readable on every ground.
    """
    for ink in _INKS:
        if contrast(ink, ground) >= 7:
            return ink
    return max(_INKS, key=lambda ink: contrast(ink, ground))


def readable_on(colour: str, ground: str, least: float = READABLE) -> str:
    """`colour`, moved toward the ground's ink just far enough to reach the contrast `least` on `ground`."""
    ink = ink_on(ground)
    for step in range(21):
        candidate = mix(colour, ink, step / 20)
        if contrast(candidate, ground) >= least:
            return candidate
    return ink
