"""What the operator adds to the tables of facts: named areas, topics, and words that overrule our reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregator.model import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the country with a name of its own, made of whole municipalities.

    `key` is its code in tags; `municipalities` are SCB codes; `names` are further ways it is written in ads
    ("High Coast"). Its labels count as names too.
    """

    key: str
    label: Words
    municipalities: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject the operator wants tagged, such as green industry.

    A posting has it when one of `words` stands in its title or text (whole words, any case, a trailing `*` matches
    any ending) or when its occupation is one of `ssyk` (codes or their beginnings: `21` is all of group 21).
    """

    code: str
    label: Words
    words: tuple[str, ...] = ()
    ssyk: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The operator's word on an occupation: a title with all of `words` in it (in any order) is `ssyk` (4 digits)."""

    words: tuple[str, ...]
    ssyk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRules:
    """Everything tagging is told from outside; the rest it reads from the ads and the tables of facts.

    `languages` are those of the region's audience, ISO 639-1; tags' labels are written in the first. `municipalities`
    are the region's own (SCB codes): of two places with one name, the one at home is meant. `places` says where a
    source's jobs are when the ad is silent: source key -> place name or SCB code (the operator's word).
    """

    areas: tuple[Area, ...] = ()
    topics: tuple[Topic, ...] = ()
    overrides: tuple[Override, ...] = ()
    languages: tuple[str, ...] = ("sv", "en")
    municipalities: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
