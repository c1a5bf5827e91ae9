"""The world of a simulated region: partners' vacancies as they really are, and what their sites show and tell of them.

The truth (`Job.up`) is the simulation's own. What a site shows may differ from it: sites fail, answer with an empty
list, drop ads by mistake, give everything new identifiers. `World.crawl` and `World.verify` stand in for
`spiders.crawl.crawl` and `verify`; all else of a cycle is real.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aggregator.model import Expect, Harvest, JobPosting, Known, Place, PostingKey, Problem, Source
from spiders.crawl import Alive, Job, Standing, Target

MUNICIPALITIES = {"2080": "Falun", "2081": "Borlänge", "2062": "Mora", "2085": "Ludvika", "2084": "Avesta"}

# title, language, needs a degree
WORK: tuple[tuple[str, str, bool], ...] = (
    ("Svetsare", "sv", False),
    ("Undersköterska", "sv", False),
    ("Lagerarbetare", "sv", False),
    ("Truckförare", "sv", False),
    ("Kock", "sv", False),
    ("Lokalvårdare", "sv", False),
    ("Elektriker", "sv", False),
    ("Snickare", "sv", False),
    ("Receptionist", "sv", False),
    ("Butikssäljare", "sv", False),
    ("Sjuksköterska", "sv", True),
    ("Socionom", "sv", True),
    ("Civilingenjör elkraft", "sv", True),
    ("Ekonom", "sv", True),
    ("Gymnasielärare matematik", "sv", True),
    ("Software Developer", "en", True),
    ("Process Engineer", "en", True),
    ("Welder", "en", False),
    ("Warehouse Worker", "en", False),
)
DEMANDS = {
    ("sv", False): "Ingen utbildning krävs, vi lär upp dig.",
    ("sv", True): "Du har en högskoleexamen inom området.",
    ("en", False): "No degree is required, we will train you.",
    ("en", True): "You have a university degree in the field.",
}
SENTENCES = {
    "sv": (
        "Du arbetar i ett litet lag som hjälps åt.", "Arbetet är dagtid måndag till fredag.", "Vi har kollektivavtal.",
        "Hos oss finns korta beslutsvägar.", "Du får en egen fadder de första veckorna.", "Maskinparken är modern.",
        "Vi växer och behöver bli fler.", "Arbetsplatsen ligger nära skog och sjö.", "Körkort är meriterande.",
        "Tillträde enligt överenskommelse.", "Vi lägger stor vikt vid ordning.", "Du rapporterar till platschefen.",
        "Lönen är individuell.", "Friskvårdsbidrag ingår.", "Vi arbetar i två skift under högsäsong.",
        "Kunderna finns i hela landet.", "Verksamheten startade i en lada för femtio år sedan.",
    ),
    "en": (
        "You join a small team.", "We work during the day.", "The machines are modern.", "You will have a mentor.",
        "The company grows every year.", "Nature is around the corner.", "We speak English at work.",
        "Lunch is served at the plant.", "You report to the site manager.", "Salaries are individual.",
        "Our customers are all over the world.", "The plant was built in the seventies.", "We help you to move.",
    ),
}  # fmt: skip

EMPLOYERS = {
    "stalverket": "Dala Stålverk AB", "lasarettet": "Lasarettet i Falun", "kraftbolaget": "Siljan Kraft AB",
    "sagen": "Orsa Såg AB", "hotellet": "Fjällhotellet Mora", "lagret": "Nordlager i Borlänge AB",
    "skolan": "Bergslagens Friskola", "koket": "Matlagarna Dalarna", "bygget": "Byggmästarna i Avesta AB",
    "kodarna": "Kodarna Ludvika",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Ad:
    """One job on one site. `shown` is what the site's author wants; faults come on top of it."""

    source: str
    identifier: str
    url: str
    title: str
    text: str
    municipality: str
    shown_from: datetime
    ends: datetime | None
    shown: bool = True
    left_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Vacant:
    """One job as it really is. `up` from `opened` until `closed`; `signature` is what makes a repost the same job."""

    number: int
    partner: str
    work: str
    language: str
    degree: bool
    municipality: str
    opened: datetime
    ads: list[Ad] = field(default_factory=list)
    closed: datetime | None = None
    blocked: bool = False
    rewrites: int | None = None

    @property
    def up(self) -> bool:
        return any(ad.shown for ad in self.ads)


@dataclass(slots=True)
class Fault:
    kind: str
    until: datetime
    hidden: frozenset[str] = frozenset()


@dataclass(slots=True)
class Site:
    """A source as it behaves: `mode` is how it is read (`full`, `lazy`, `cached`, `stream`), `tells` whether an ad
    that is gone answers 404.
    """

    key: str
    partner: str
    kind: str
    mode: str
    tells: bool
    fault: Fault | None = None
    sound_since: datetime | None = None
    events: list[tuple[str, str]] = field(default_factory=list)
    changed: int = 0
    healthy_reads: int = 0


class World:
    """All jobs and sites. Moves by `advance`; answers `crawl` and `verify`."""

    def __init__(self, rng: random.Random, start: datetime, *, target: int = 90) -> None:
        self.rng = rng
        self.target = target
        self.jobs: list[Vacant] = []
        self.of: dict[PostingKey, Vacant] = {}
        self.ad_of: dict[PostingKey, Ad] = {}
        self.sites: dict[str, Site] = {}
        self.now = start
        self.looked: dict[str, Standing] = {}
        self.busy: Callable[[timedelta], None] = lambda _by: None
        self.faults_on = True
        self.migrations = True
        self.numbers = 1000
        modes = ["full", "lazy", "cached", "full", "lazy"]
        for place, partner in enumerate(EMPLOYERS):
            self.sites[f"{partner}/site"] = Site(
                f"{partner}/site", partner, "sim", modes[place % len(modes)], tells=place % 3 != 0, sound_since=start
            )
            if place % 2 == 0:
                mode = "stream" if place % 4 == 0 else "lazy"
                key = f"{partner}/platsbanken"
                self.sites[key] = Site(key, partner, "platsbanken", mode, tells=True, sound_since=start)
        for _ in range(target):
            self.open_one(start)

    # --- what happens in it ---------------------------------------------------------------------------------------

    def sources(self, partners: Iterable[str]) -> tuple[Source, ...]:
        kept = set(partners)
        return tuple(
            Source(
                key=site.key, partner=site.partner, kind=site.kind, url=f"https://{site.key}.example", expect=Expect()
            )
            for site in self.sites.values()
            if site.partner in kept
        )

    def open_one(self, now: datetime, like: Vacant | None = None) -> Vacant:
        rng = self.rng
        partner = like.partner if like else rng.choice(list(EMPLOYERS))
        work, language, degree = (like.work, like.language, like.degree) if like else rng.choice(WORK)
        self.numbers += 1
        job = Vacant(
            number=self.numbers,
            partner=partner,
            work=work,
            language=language,
            degree=degree,
            municipality=like.municipality if like else rng.choice(list(MUNICIPALITIES)),
            opened=now,
        )
        text = " ".join((*rng.sample(SENTENCES[language], 9), DEMANDS[language, degree]))
        text = f"{job.work} hos {EMPLOYERS[partner]}.\n\n{text}"
        ends = now + timedelta(days=rng.randint(12, 50)) if rng.random() < 0.6 else None
        sites = [self.sites[f"{partner}/site"]]
        board = self.sites.get(f"{partner}/platsbanken")
        if board and rng.random() < 0.6:
            sites.append(board)
        for site in sites:
            ad = Ad(
                source=site.key, identifier=f"{self.numbers}" if site.kind == "sim" else f"9{self.numbers}",
                url=f"https://{site.key}.example/{self.numbers}", title=work, text=text,
                municipality=job.municipality, shown_from=now, ends=ends,
            )  # fmt: skip
            job.ads.append(ad)
            self._register(job, ad)
        self.jobs.append(job)
        return job

    def _register(self, job: Vacant, ad: Ad) -> None:
        key = PostingKey(ad.source, ad.identifier)
        self.of[key] = job
        self.ad_of[key] = ad
        self._note(ad, "open")

    def _note(self, ad: Ad, what: str) -> None:
        site = self.sites[ad.source]
        site.changed += 1
        site.events.append((what, ad.identifier))

    def take_down(self, job: Vacant, now: datetime, *, lag: bool = False) -> None:
        """The job is filled. A board's copy may stay a little longer."""
        for ad in job.ads:
            if ad.shown and not (lag and self.sites[ad.source].kind == "platsbanken"):
                ad.shown = False
                ad.left_at = now
                self._note(ad, "close")
        if not job.up:
            job.closed = now

    def reopen(self, job: Vacant, now: datetime) -> None:
        for ad in job.ads:
            if ad.ends is not None and ad.ends < now + timedelta(days=5):
                ad.ends = now + timedelta(days=30)
            ad.shown = True
            ad.left_at = None
            self._note(ad, "open")
        job.closed = None

    def edit(self, job: Vacant, now: datetime) -> None:  # noqa: C901 - one branch for each thing that happens in the world
        rng = self.rng
        what = rng.choice(["typo", "typo", "text", "text", "title", "deadline", "move"])
        ads = [ad for ad in job.ads if ad.shown]
        if rng.random() < 0.4:
            ads = ads[:1]  # the copy follows later, or never
        for ad in ads:
            if what == "typo":
                words = ad.text.split(" ")
                at = len(words) // 2
                words[at] = words[at][::-1]
                ad.text = " ".join(words)
            elif what == "text":
                ad.text += " " + SENTENCES[job.language][job.number % len(SENTENCES[job.language])]
            elif what == "title" and ad.title == job.work:
                ad.title = f"{job.work} till {EMPLOYERS[job.partner]}"
            elif what == "deadline" and ad.ends is not None:
                ad.ends += timedelta(days=7)
            elif what == "move":
                pass
            self._note(ad, "open")
        if what == "move" and rng.random() < 0.3:
            place = rng.choice(list(MUNICIPALITIES))
            job.municipality = place
            for ad in job.ads:
                ad.municipality = place
                if ad.shown:
                    self._note(ad, "open")

    def advance(self, now: datetime) -> None:  # noqa: C901 - one branch for each thing that happens in the world
        """What happens between two cycles."""
        rng, days = self.rng, (now - self.now).total_seconds() / 86400
        self.now = now
        for job in list(self.jobs):
            for ad in job.ads:
                if ad.shown and ad.ends is not None and ad.ends < now:
                    ad.shown, ad.left_at = False, ad.ends
                    self._note(ad, "close")
            if not job.up:
                job.closed = job.closed or now
                if now - job.closed < timedelta(days=30) and rng.random() < 0.004 * days:
                    self.reopen(job, now)
                continue
            if rng.random() < 0.02 * days:
                self.take_down(job, now, lag=rng.random() < 0.3)
            elif any(not ad.shown for ad in job.ads) and rng.random() < days:
                self.take_down(job, now)
            elif rng.random() < 0.05 * days:
                self.edit(job, now)
        alive = sum(job.up for job in self.jobs)
        for _ in range(max(0, round((self.target - alive) * 0.25 * days + rng.random() - 0.5))):
            gone = [job for job in self.jobs if not job.up and job.closed and now - job.closed > timedelta(days=3)]
            again = rng.random() < 0.15 and gone
            self.open_one(now, like=rng.choice(gone) if again else None)
        for site in self.sites.values():
            self._trouble(site, now, days)

    def _trouble(self, site: Site, now: datetime, days: float) -> None:
        rng = self.rng
        if site.fault and now >= site.fault.until:
            site.fault = None
            site.sound_since = now
            site.changed += 1
        if site.fault is None and self.faults_on and rng.random() < 0.06 * days:
            kind = rng.choice(
                ["down", "down", "empty", "half", "partial", "renaming", "pages", "twice", "stale", "migrate"]
            )
            hours = rng.choice([1, 4, 10, 20]) if kind != "down" else rng.choice([2, 8, 30, 120])
            ads = self._shown(site)
            hidden: frozenset[str] = frozenset()
            if kind == "half":
                hidden = frozenset(rng.sample(sorted(ad.identifier for ad in ads), len(ads) // 2 + 1 if ads else 0))
                if len(hidden) < 3:
                    kind = "down"  # so few that nothing tells them from jobs that were filled
            if kind == "migrate":
                if self.migrations:
                    self.migrate(site)
                return
            site.fault = Fault(kind, now + timedelta(hours=hours), hidden)
            site.changed += 1

    def migrate(self, site: Site) -> None:
        """The partner changes its job system: every ad has a new identifier and address from now on."""
        for job in self.jobs:
            for ad in job.ads:
                if ad.source == site.key and ad.shown:
                    self.numbers += 1
                    old = ad.identifier
                    site.events.append(("close", old))
                    ad.identifier = f"m{self.numbers}"
                    ad.url = f"https://{site.key}.example/new/{self.numbers}"
                    self._register(job, ad)
        site.changed += 1
        site.sound_since = self.now

    # --- what it answers ------------------------------------------------------------------------------------------

    def _shown(self, site: Site) -> list[Ad]:
        return [ad for job in self.jobs for ad in job.ads if ad.source == site.key and ad.shown]

    def crawl(
        self,
        jobs: Sequence[Job],
        _manners: object,
        *,
        on_harvest: Callable[[Harvest], None],
        timeout: float,
        now: datetime,
    ) -> list[Harvest]:
        done = []
        order = list(jobs)
        self.rng.shuffle(order)
        for job in order:
            self.busy(timedelta(seconds=self.rng.randint(1, 20)))
            assert job.known is not None
            harvest = self.harvest(self.sites[job.source.key], job.known, now)
            on_harvest(harvest)
            done.append(harvest)
        return done

    def harvest(self, site: Site, known: Known, now: datetime) -> Harvest:  # noqa: C901 - one branch for each thing that happens in the world
        fault = site.fault.kind if site.fault else ""
        made: dict[str, Any] = {"source": site.key, "started_at": now, "finished_at": now}
        if fault == "down":
            problem = Problem(level="error", code="host-down", where=site.key, message="the host does not answer")
            return Harvest(problems=(problem,), **made)
        site.healthy_reads += 1
        ads = self._shown(site)
        if fault == "empty":
            ads = []
        if fault == "half":
            assert site.fault
            ads = [ad for ad in ads if ad.identifier not in site.fault.hidden]
        if fault == "stale" and not known.source.baseline:
            return Harvest(complete=True, not_modified=True, validators=known.source.validators, **made)
        if site.mode == "stream" and not fault:
            return self._stream(site, known, ads, made, now)
        if site.mode == "cached" and not fault and known.source.cursor == f"{site.changed}":
            return Harvest(complete=True, not_modified=True, validators=known.source.validators, **made)
        renamed = f"-{self.rng.randint(0, 10**9)}" if fault == "renaming" else ""
        postings = tuple(self.posting(ad, now, renamed) for ad in ads)
        unchanged: frozenset[str] = frozenset()
        if site.mode == "lazy" and not renamed:
            from aggregator.decide import fingerprint

            same = {
                p.identifier
                for p in postings
                if (s := known.postings.get(p.identifier)) and s.fingerprint == fingerprint(p)
            }
            postings = tuple(p for p in postings if p.identifier not in same)
            unchanged = frozenset(same)
        problems: tuple[Problem, ...] = ()
        complete = True
        if fault == "partial":
            keep = len(postings) // 2
            postings, complete = postings[:keep], False
            problems = (Problem(level="error", code="server-error", where=site.key, message="a page answers 500"),)
        if fault == "twice":
            postings = (*postings, *postings[: len(postings) // 2])
        gone: frozenset[str] = frozenset()
        if complete:
            listed = {p.identifier for p in postings} | unchanged
            missing = [s.identifier for s in known.postings.values() if s.open and s.identifier not in listed]
            gone = frozenset(i for i in missing[:20] if self.page(site, i) is Standing.GONE)
        mark = f"{site.changed}" if site.mode == "cached" else ""
        return Harvest(
            postings=postings, unchanged=unchanged, complete=complete, problems=problems, removed=gone, gone=gone,
            counts={"requests": 1}, cursor=mark, **made,
        )  # fmt: skip

    def _stream(self, site: Site, known: Known, ads: list[Ad], made: Mapping[str, Any], now: datetime) -> Harvest:
        end = f"{len(site.events)}"
        if known.source.baseline or not known.source.cursor:
            return Harvest(postings=tuple(self.posting(ad, now) for ad in ads), complete=True, cursor=end, **made)
        last = {identifier: what for what, identifier in site.events[int(known.source.cursor) :]}
        shown = {ad.identifier: ad for ad in ads}
        return Harvest(
            postings=tuple(self.posting(shown[i], now) for i in last if i in shown),
            removed=frozenset(i for i in last if i not in shown),
            complete=True, incremental=True, cursor=end, **made,
        )  # fmt: skip

    def posting(self, ad: Ad, now: datetime, renamed: str = "") -> JobPosting:
        job = self.of[PostingKey(ad.source, ad.identifier)]
        return JobPosting(
            source=ad.source,
            identifier=ad.identifier + renamed,
            title=ad.title,
            url=ad.url + renamed,
            retrieved_from=f"https://{ad.source}.example",
            retrieved_at=now,
            hiring_organization=EMPLOYERS[job.partner],
            job_location=(Place(name=MUNICIPALITIES[ad.municipality], locality=MUNICIPALITIES[ad.municipality]),),
            date_posted=ad.shown_from,
            valid_through=ad.ends,
            description=ad.text,
            in_language=job.language,
        )

    def page(self, site: Site, identifier: str) -> Standing:
        """What an ad's own page shows."""
        if site.fault and site.fault.kind in {"down", "pages"}:
            return Standing.UNKNOWN
        ad = self.ad_of.get(PostingKey(site.key, identifier))
        if ad is not None and ad.identifier == identifier and ad.shown:
            return Standing.ALIVE
        return Standing.GONE if site.tells else Standing.UNKNOWN

    def verify(
        self,
        targets: Sequence[Target],
        _manners: object,
        *,
        timeout: float,
        now: datetime,
    ) -> dict[str, Alive]:
        found = {}
        for target in targets:
            self.busy(timedelta(seconds=2))
            standing = Standing.UNKNOWN
            if target.source is not None:
                standing = self.page(self.sites[target.source.key], target.identifier)
            self.looked[target.key] = standing
            found[target.key] = Alive(standing=standing, reason=f"the page says {standing.value}")
        return found
