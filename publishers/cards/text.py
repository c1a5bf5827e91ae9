"""What may stand on a card: only characters that its fonts can draw, so that no title shows empty boxes. Pure."""

from __future__ import annotations

import re
import unicodedata

REPERTOIRE = (
    "\u0020-\u007e\u00a0-\u00ac\u00ae-\u0148\u014a-\u01c3\u01c5-\u024f\u0259\u02bb\u02bc\u02c6\u02c7\u02d8-\u02dd"
    "\u0300-\u0304\u0306-\u030a\u030c\u0327\u0328\u0374-\u0376\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03d7"
    "\u03dc\u03dd\u03f0-\u03f6\u03f9\u03fa\u03fc-\u045f\u0490\u0491\u1e00-\u1e9b\u1e9d-\u1eff\u2010-\u2015\u2018-\u201e"
    "\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u2044\u2070\u2071\u2074-\u2079\u2080-\u2089\u20ac\u20bd\u2116\u2122"
    "\u2190-\u2193\u2212\u2248\u2260\u2264\u2265"
)
"""The characters of the fonts in `publishers/cards/fonts`, as a regular expression's class; they were cut to it."""

_FOREIGN = re.compile(f"[^{REPERTOIRE}]+")
_LONG_TOKEN = re.compile(r"[^\s\-–/]{17,}")
_PLAIN_WORD = re.compile(r"[^\W\d_]{17,40}")
_STUTTER = re.compile(r"[^aeiouyåäöéüæøAEIOUYÅÄÖÉÜÆØ]{8}|(.)\1{3}")
_SOFT_HYPHEN = "\u00ad"


def drawable(text: str) -> str:
    """`text` on one line with everything the fonts cannot draw left out (emoji, other scripts, control and
    direction marks); what remains is NFC and single-spaced.
    """
    plain = unicodedata.normalize("NFC", text)
    return " ".join(_FOREIGN.sub(" ", plain).split()).strip(" ,;–-")


def breakable(text: str) -> str:
    """`drawable` text with soft hyphens in tokens that no hyphenation pattern can divide (codes, addresses, keyboards
    fallen asleep on), so that none is wider than its card. Real words are left to the language's own patterns.
    """

    def divide(match: re.Match[str]) -> str:
        token = match.group()
        if _PLAIN_WORD.fullmatch(token) and not _STUTTER.search(token):
            return token
        return _SOFT_HYPHEN.join(token[start : start + 8] for start in range(0, len(token), 8))

    return _LONG_TOKEN.sub(divide, drawable(text))


def shortened(text: str, longest: int) -> str:
    """At most `longest` characters of `text`, ended at a word's border with `…` when something was left out."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    border = cut.rfind(" ")
    return (cut[:border] if border > longest // 2 else cut).rstrip(" ,;:–-.") + "…"
