"""Employers' names as people write them, made comparable."""

from __future__ import annotations

import re

_LEGAL_FORM = re.compile(r"\b(?:aktiebolag(?:et)?|ab|hb|kb|ek\.? ?för\.?|ekonomisk förening|publ)\b")


def bare_name(name: str) -> str:
    """An employer's name without legal form, case and marks: `Dala Trä AB (publ)` is `dala trä`."""
    return " ".join(re.findall(r"\w+", _LEGAL_FORM.sub(" ", name.casefold())))
