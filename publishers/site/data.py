"""What the site is built from and what a build reports. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aggregator.model import Partner, Problem, Story, Tier, Vacancy, Words
from publishers.cards import Brand


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteData:
    """Everything the site shows, in one region's name.

    `languages` are ISO 639-1; the first is the site's own and stands at `/`, the others at `/<language>/`. `address` is
    where the site is served, without a slash at the end ("https://jobb.example" or with a path). `vacancies` are all
    open ones and those closed recently, whose pages stay and say so; an open one past its own deadline counts as
    closed. `municipalities` are the region's, SCB code -> name, in the order they are listed. `aliases` are ids that
    were merged into others, old -> new. Partners are shown by their `tiers`' fees, the largest first. `highlights` are
    ids shown first. `media` is the folder that partners' logos and stories' pictures are relative to. `mark`, when it
    is given, changes whenever one of `vacancies` does or passes its last day; what was worked out of them at the last
    build is then taken from there.
    """

    key: str
    name: Words
    languages: tuple[str, ...]
    time_zone: str
    brand: Brand
    address: str
    title: Words
    intro: Words
    generated_at: datetime
    vacancies: Sequence[Vacancy] = ()
    partners: Sequence[Partner] = ()
    tiers: Sequence[Tier] = ()
    stories: Sequence[Story] = ()
    municipalities: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    highlights: Sequence[str] = ()
    media: Path | None = None
    country: str = "SE"
    operator: str = ""
    operator_website: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What a build did. `written` counts files that are new or changed, `kept` those whose bytes and mtime stayed,
    `removed` those of the former build that are gone; `cards_waiting` are share cards left for the next build.
    """

    folder: Path
    pages: int
    written: int
    kept: int
    removed: int
    cards_drawn: int = 0
    cards_waiting: int = 0
    problems: tuple[Problem, ...] = ()
