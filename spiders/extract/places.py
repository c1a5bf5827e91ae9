"""Places and remote modes that a system writes as one line of words."""

from __future__ import annotations

import re

from aggregator.model import Place, RemoteMode
from aggregator.schema_org import country_code
from spiders.extract.text import one_line
from spiders.extract.words import remote_mode

_AMBIGUOUS = frozenset({"georgia", "jersey"})
"""Countries whose names American places end with too."""
_SHORT = frozenset({"uk", "usa", "uae"})
_REMOTE_FIRST = re.compile(r"^(?:remote|distans|på distans)\b[\s:–—,/(-]*", re.IGNORECASE)


def places_in_words(words: str) -> tuple[Place, ...]:
    """The places of a line such as `Falun, Sweden; Mora, Sweden`; the line of each stays its name.

    Locality and country are told apart only where the last part surely is a country: `San Francisco, CA` is not in
    Canada.
    """
    names = [name for part in re.split(r"\s*[;|•\n]\s*", words) if (name := one_line(part))]
    return tuple(dict.fromkeys(_place_in_words(name) for name in names))


def _place_in_words(name: str) -> Place:
    rest = _REMOTE_FIRST.sub("", name).strip(" )")
    parts = [part.strip() for part in rest.split(",")]
    country = _country(parts[-1])
    locality = parts[0] if country and 2 <= len(parts) <= 3 and rest == name else ""
    return Place(name=name, locality=locality, region=parts[1] if locality and len(parts) == 3 else "", country=country)


def _country(word: str) -> str:
    known = word.casefold() in _SHORT or (len(word) > 3 and word.casefold() not in _AMBIGUOUS)
    return country_code(word) if known else ""


def mode_in_words(words: str) -> RemoteMode | None:
    """The remote mode that a place's own words give (`Remote, Sweden`, `Falun (Hybrid)`); a place that merely offers
    remote work as one of several gives none.
    """
    if _REMOTE_FIRST.search(words):
        return RemoteMode.REMOTE
    return RemoteMode.HYBRID if remote_mode(words) is RemoteMode.HYBRID else None
