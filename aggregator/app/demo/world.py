"""The demo's partner sites as data: who they are, which jobs they list today, and what befalls them on the second day.

`World.load` reads `config/demo/world.yml`; `World.day` is 1 or 2 and decides what each site shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoJob:
    """One job as its employer wrote it. `posted` and `deadline` are absolute; `deadline` may be missing."""

    id: str
    title: str
    employer: str
    text: str
    posted: datetime
    deadline: datetime | None
    places: tuple[str, ...] = ()
    type: str = "full-time"
    remote: str = ""
    language: str = "sv"
    contact: str = ""
    ssyk: str = ""
    occupation: str = ""
    twice_escaped: bool = False
    source_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """One partner's career site; `system` names the shape it is served in."""

    key: str
    system: str
    name: str
    about: str
    jobs: tuple[DemoJob, ...]
    close: frozenset[str] = frozenset()
    edit: Mapping[str, str]
    breaks: bool = False

    def jobs_on(self, day: int) -> tuple[DemoJob, ...]:
        """What it lists on the given day."""
        if day == 1:
            return self.jobs
        left = (job for job in self.jobs if job.id not in self.close)
        return tuple(replace(job, title=self.edit.get(job.id, job.title)) for job in left)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCopy:
    """A copy of a site's job that the national board lists under an id and an occupation of its own."""

    of: str
    id: str
    ssyk: str
    occupation: str


@dataclass(slots=True, kw_only=True)
class World:
    """All sites and the day they live in. `start` is the first day's moment, to which all dates are relative; `filled`
    are jobs that their employers take down before the next day.
    """

    start: datetime
    sites: tuple[DemoSite, ...]
    copies: tuple[BoardCopy, ...]
    day: int = 1
    filled: set[str] = field(default_factory=set)

    def begin(self, day: int) -> None:
        """Let a day begin: what was filled before it is gone from its site."""
        self.day = day
        self.sites = tuple(
            replace(site, close=site.close | (self.filled & {job.id for job in site.jobs})) for site in self.sites
        )

    @classmethod
    def load(cls, path: Path, start: datetime) -> World:
        """Read the world's file."""
        from ruamel.yaml import YAML

        data = YAML(typ="safe").load(path.read_text("utf-8"))
        return cls(
            start=start,
            sites=tuple(_site(raw, start) for raw in data["sites"]),
            copies=tuple(BoardCopy(**raw) for raw in data["national_board_copies"]),
        )

    def site(self, key: str) -> DemoSite:
        """The site of that key."""
        return next(site for site in self.sites if site.key == key)

    def board(self) -> Sequence[DemoJob]:
        """What the national board lists today: its own employers' jobs and copies of others'."""
        own = [
            job for site in self.sites if site.system in {"platsbanken", "jobstream"} for job in site.jobs_on(self.day)
        ]
        originals = {job.id: job for site in self.sites for job in site.jobs_on(self.day)}
        for copy in self.copies:
            job = originals.get(copy.of)
            if job is not None:
                own.append(replace(job, id=copy.id, ssyk=copy.ssyk, occupation=copy.occupation, source_url=copy.of))
        return own


def _site(raw: Mapping[str, Any], start: datetime) -> DemoSite:
    second = raw.get("second_day") or {}
    return DemoSite(
        key=raw["key"],
        system=raw["system"],
        name=raw["name"],
        about=raw["about"],
        jobs=tuple(_job(job, raw["name"], start) for job in raw["jobs"]),
        close=frozenset(second.get("close", ())),
        edit=dict(second.get("edit", {})),
        breaks=bool(second.get("break", False)),
    )


def _job(raw: Mapping[str, Any], employer: str, start: datetime) -> DemoJob:
    deadline = raw.get("deadline")
    return DemoJob(
        id=str(raw["id"]),
        title=raw["title"],
        employer=employer,
        text=raw["text"].strip(),
        posted=start - timedelta(days=raw["posted"], hours=3),
        deadline=None if deadline is None else start + timedelta(days=deadline),
        places=tuple(raw.get("places", ())),
        type=raw.get("type", "full-time"),
        remote=raw.get("remote", ""),
        language=raw.get("language", "sv"),
        contact=raw.get("contact", ""),
        ssyk=raw.get("ssyk", ""),
        occupation=raw.get("occupation", ""),
        twice_escaped=raw.get("twice_escaped", False),
    )
