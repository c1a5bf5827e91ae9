"""Months of a region in minutes: real cycles over a real store, in a world and on walls that misbehave.

Only the crawl session and the drawing of cards are replaced. After every cycle the truth of the world and the walls'
own posts are held against what the product promises; what is broken is collected in `Simulation.broken`, said once.
"""

from __future__ import annotations

import random
import time as stopwatch
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aggregator.app import writing
from aggregator.app.clock import SetClock
from aggregator.app.cycle import CycleReport, run_cycle
from aggregator.app.house import House
from aggregator.app.output import Progress
from aggregator.app.publish import settle
from aggregator.app.quick import STOPPED
from aggregator.app.understand import understand
from aggregator.choose import red_days
from aggregator.choose.calendar import instant
from aggregator.errors import UsageError
from aggregator.model import (
    Campaign,
    ContentKind,
    Delivery,
    Partner,
    Period,
    PostingKey,
    PostState,
    Promise,
    Rules,
    Ruling,
    SlotTime,
    Story,
    Tier,
    Wish,
)  # fmt: skip
from aggregator.settings.types import Brand, Collect, Database, Operator, Region, Settings, Site
from aggregator.store import Store
from aggregator.tagging.rules import TagRules
from publishers.base import Abilities
from spiders import crawl as crawling
from spiders.crawl import Standing
from tests.support.simulated_wall import Pinned, Wall
from tests.support.simulated_world import EMPLOYERS, MUNICIPALITIES, Vacant, World

ZONE = ZoneInfo("Europe/Stockholm")
REST = timedelta(days=21)
LATE = timedelta(hours=12)
SHARE = 0.4
PROMISES = {"stor": 6, "mellan": 4, "liten": 2, "mikro": 1}
TIER_OF = dict(
    zip(
        EMPLOYERS,
        ("stor", "stor", "mellan", "mellan", "mellan", "liten", "liten", "liten", "mikro", "mikro"),
        strict=True,
    )
)


class Killed(BaseException):
    """What `kill -9` is to a process."""


class Stepping:
    """Anything whose public methods count a step before and one after."""

    def __init__(self, inner: Any, step: Callable[[], None]) -> None:
        self._inner, self._step = inner, step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name.startswith("_") or not callable(found):
            return found

        def stepped(*args: Any, **options: Any) -> Any:
            self._step()
            answer = found(*args, **options)
            self._step()
            return answer

        return stepped


@dataclass(slots=True)
class Doom:
    """Kills at the step it was told; from then on every step fails, for a dead process does nothing more."""

    left: int = 0
    dead: bool = False

    def __call__(self) -> None:
        if self.dead:
            raise Killed
        if self.left > 0:
            self.left -= 1
            if self.left == 0:
                self.dead = True
                raise Killed


def tiers() -> tuple[Tier, ...]:
    return tuple(
        Tier(
            key=key,
            name={"sv": key},
            fee=25_000,
            promises=(
                Promise(content=ContentKind.VACANCY, posts=posts, per=Period.MONTH),
                Promise(content=ContentKind.SPOTLIGHT, posts=1, per=Period.QUARTER),
            ),
        )
        for key, posts in PROMISES.items()
    )


def campaigns() -> tuple[Campaign, ...]:
    def times(days: range, *clock: str) -> tuple[SlotTime, ...]:
        return tuple(SlotTime(weekday=day, time=at) for day in days for at in clock)

    walls = ("square", "sky", "page")
    return (
        Campaign(
            key="vardag", name={"sv": "Dagens jobb"}, content=(ContentKind.VACANCY,), channels=walls, language="sv",
            slots=times(range(5), "08:00", "16:30"),
        ),
        Campaign(
            key="natt", name={"sv": "Natt"}, content=(ContentKind.VACANCY, ContentKind.STORY), channels=("square",),
            language="sv", slots=times(range(5, 7), "02:30"), on_red_days=False,
        ),
        Campaign(
            key="world", name={"en": "Jobs"}, content=(ContentKind.VACANCY, ContentKind.STORY), channels=("sky",),
            language="en", slots=times(range(1, 4, 2), "12:15"), on_red_days=False,
        ),
        Campaign(
            key="samling", name={"sv": "Veckans jobb"}, content=(ContentKind.ROUND_UP,), channels=("page",),
            language="sv", slots=times(range(4, 5), "12:00"), round_up_size=4,
            wish=Wish(tags={"education": ("none", "upper-secondary")}),
        ),
        Campaign(
            key="folk", name={"sv": "Möt oss"}, content=(ContentKind.SPOTLIGHT, ContentKind.STORY), channels=walls,
            language="sv", slots=times(range(2, 7, 3), "18:00"),
        ),
    )  # fmt: skip


def settings_of(folder: Path, partners: tuple[Partner, ...], world: World, running: tuple[Campaign, ...]) -> Settings:
    """The region's settings as the YAML would give them."""
    return Settings(
        folder=folder,
        region=Region(
            key="dalarna", name={"sv": "Dalarna", "en": "Dalarna"}, country="SE", time_zone="Europe/Stockholm",
            languages=("sv", "en"), municipalities=tuple(MUNICIPALITIES),
        ),
        operator=Operator(name="Regionkontoret", contact="webb@example.org"),
        database=Database(address=""),
        output=folder / "output",
        site=Site(address="https://jobb.example", title={"sv": "Jobb"}, intro={"sv": "Jobb."}),
        brand=Brand(primary="#0b3954", accent="#f2b134", mark=None),
        collect=Collect(),
        rules=Rules(municipalities=tuple(MUNICIPALITIES), no_degree_share=SHARE),
        tiers=tiers(),
        partners=partners,
        sources=world.sources(partner.key for partner in partners),
        channels=(),
        campaigns=running,
        stories=tuple(
            Story(key=f"s{n}", title={"sv": f"Värde {n}", "en": f"Value {n}"}, text={"sv": "Skogen.", "en": "Forest."})
            for n in range(4)
        ),
        tags=TagRules(municipalities=tuple(MUNICIPALITIES)),
    )  # fmt: skip


@dataclass(slots=True)
class Shown:
    """What stood in the world when a post was put up."""

    pinned: Pinned
    wall: str
    jobs: tuple[int, ...]
    cycle: int


@dataclass
class Simulation:
    """One region through some months. `chaos` off leaves out everything that goes wrong."""

    address: str
    folder: Path
    seed: int = 1
    start: datetime = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    chaos: bool = True
    jobs: int = 90
    broken: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    killed: int = 0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.clock = SetClock(self.start)
        self.world = World(random.Random(self.seed + 1), self.start, target=self.jobs)
        self.world.busy = self.clock.forward
        self.world.faults_on = self.chaos
        self.partners = tuple(
            Partner(
                key=key, name=name, tier=TIER_OF[key], since=date(2026, 1, 1), presentation={"sv": f"{name} bygger."}
            )
            for key, name in EMPLOYERS.items()
        )
        self.campaigns = campaigns()
        self.walls = {
            "square": Wall("square", random.Random(self.seed + 2), Abilities(look_up=True, delete=True)),
            "sky": Wall("sky", random.Random(self.seed + 3), Abilities(idempotent=True, look_up=True, delete=True)),
            "page": Wall("page", random.Random(self.seed + 4), Abilities(edit=True)),
        }
        for name, wall in self.walls.items():
            wall.sound_since = self.start
            wall.clock = self.clock.now
            wall.on_send = partial(self._sent, name)
        self.shown: list[Shown] = []
        self.home: dict[PostingKey, str] = {}
        self.merged: list[frozenset[int]] = []
        self.split: set[int] = set()
        self.ended: dict[str, date] = {}
        self.stopped = False
        self.cycle = 0
        self.doom = Doom()
        self.cycles: list[datetime] = []
        self.lived: list[datetime] = []
        self.expected: dict[str, datetime] = {}
        self._down: set[int] = set()

    # --- running --------------------------------------------------------------------------------------------------

    def run(self, days: int) -> None:
        """So many days of four to eight cycles; some are killed, some nights have none."""
        with Store.open(self.address) as store:
            self.store = store
            end = self.clock.now() + timedelta(days=days)
            while self.clock.now() < end:
                self._between()
                self._one_cycle()

    def calm(self, days: int) -> None:
        """Days on which nothing goes wrong any more; the operator settles what waits for a word."""
        self.chaos = self.world.faults_on = False
        for site in self.world.sites.values():
            if site.fault:
                site.fault, site.sound_since = None, self.clock.now()
                site.changed += 1
        for wall in self.walls.values():
            if wall.trouble:
                wall.trouble, wall.sound_since = "", self.clock.now()
        if self.stopped:
            with Store.open(self.address) as store:
                store.journal.lower_flag(STOPPED)
            self.stopped = False
        self.run(days)

    def _house(self) -> House:
        store = self.store
        rooms = ("harvests", "vacancies", "plans", "outbox", "journal")
        for room in rooms:
            inner = getattr(store, room)
            inner = inner._inner if isinstance(inner, Stepping) else inner
            setattr(store, room, Stepping(inner, self.doom))
        return House(
            settings=settings_of(self.folder, self.partners, self.world, self.campaigns),
            store=store,
            channels=self.walls,
            clock=self.clock,
            progress=Progress(quiet=True),
        )

    def _between(self) -> None:
        rng = self.rng
        hours = rng.uniform(3, 6)
        if self.chaos and self.clock.now().astimezone(ZONE).hour >= 21 and rng.random() < 0.4:
            hours = rng.uniform(7, 10)
        if self.chaos and rng.random() < 0.01:
            self.clock.forward(timedelta(hours=-1))
            self.log.append(f"{self.clock.now():%m-%d %H:%M} clock set back")
            hours = 0.4 if rng.random() < 0.5 else hours
        self.clock.forward(timedelta(hours=hours))
        now = self.clock.now()
        days = hours / 24
        if now > self.world.now:
            self.world.advance(now)
        for wall in self.walls.values():
            wall.advance(now, days, faults=self.chaos)
        self._operator(now)

    def _one_cycle(self) -> CycleReport | None:
        self.cycle += 1
        self.doom.left, self.doom.dead = 0, False
        kill = self.chaos and self.rng.random() < 0.12
        house = self._house()
        if kill:
            self.doom.left = self.rng.randint(1, 260)
        began_at = self.clock.now()
        self.world.looked.clear()
        began = stopwatch.process_time()
        report = None
        try:
            report = run_cycle(house)
        except Killed:
            self.killed += 1
            self.log.append(f"{began_at:%m-%d %H:%M} killed")
        self.seconds.append(stopwatch.process_time() - began)
        killed = self.doom.dead
        self.doom.left, self.doom.dead = 0, False
        if report is not None:
            for problem in report.problems:
                if problem.code.endswith(("-failed", "-crashed")) and problem.code not in {
                    "harvest-failed",
                    "take-down-failed",
                    "look-up-failed",
                    "source-failed",
                }:
                    self._say(f"step {problem.code}", problem.message)
        self.cycles.append(began_at)
        if not killed:
            self.lived.append(began_at)
        self._slots_due(began_at)
        self._check(began_at, whole=not killed)
        return report

    # --- the operator ---------------------------------------------------------------------------------------------

    def _operator(self, now: datetime) -> None:  # noqa: C901, PLR0912 - one branch for each promise
        store, rng = self.store, self.rng
        self._house()
        for post in store.outbox.in_state(PostState.UNKNOWN):
            wall = self.walls[post.channel]
            if not wall.abilities.look_up and not wall.abilities.idempotent and rng.random() < 0.5:
                there = next((one for one in wall.pinned if one.key == post.key and one.down_at is None), None)
                with suppress(UsageError):
                    settle(self._house(), post.key, now, published=there is not None, url=there.id if there else "")
        if not self.chaos:
            return
        dice = rng.random()
        if self.stopped and dice < 0.5:
            store.journal.lower_flag(STOPPED)
            self.stopped = False
        elif dice < 0.01:
            store.journal.raise_flag(STOPPED, "fel", now)
            self.stopped = True
        vacancies = store.vacancies.open()
        if not vacancies:
            return
        chosen = rng.choice(vacancies)
        dice = rng.random()
        if dice < 0.02:
            store.vacancies.block(chosen.id, "kunden bad om det", now)
            for job in self._jobs(chosen.id):
                job.blocked = True
        elif dice < 0.04:
            store.vacancies.unblock(chosen.id, now)
            for job in self._jobs(chosen.id):
                job.blocked = False
        elif dice < 0.06:
            store.vacancies.pin(chosen.id, now, pinned=rng.random() < 0.7)
        elif dice < 0.07 and len(chosen.postings) > 1:
            a, b = chosen.postings[0].key, chosen.postings[1].key
            self._rule("split", a, b, now)
        elif dice < 0.08:
            other = rng.choice([v for v in vacancies if v.partner == chosen.partner])
            if other.id != chosen.id:
                self._rule("merge", chosen.lead.key, other.lead.key, now)
        elif dice < 0.083 and len(self.partners) > 8:
            partner = rng.choice(self.partners)
            day = now.astimezone(ZONE).date()
            if partner.until is None:
                self.partners = tuple(replace(p, until=day) if p.key == partner.key else p for p in self.partners)
                self.ended[partner.key] = day
                self.log.append(f"{now:%m-%d} {partner.key} ends {day}")
        elif dice < 0.09:
            key = rng.choice(["natt", "world"])
            on = {campaign.key for campaign in self.campaigns}
            kept = on ^ {key}
            self.campaigns = tuple(campaign for campaign in campaigns() if campaign.key in kept)

    def _rule(self, kind: str, a: PostingKey, b: PostingKey, now: datetime) -> None:
        jobs = {self.world.of[self._real(a)].number, self.world.of[self._real(b)].number}
        self.store.vacancies.add_ruling(Ruling(kind=kind, a=a, b=b), now)
        understand(self._house())
        if kind == "merge":
            self.merged.append(frozenset(jobs))
        self.split |= jobs
        self.log.append(f"{now:%m-%d %H:%M} {kind} {a} {b}")

    # --- looking from outside -------------------------------------------------------------------------------------

    @staticmethod
    def _real(key: PostingKey) -> PostingKey:
        return PostingKey(key.source, key.identifier.partition("-")[0])

    def _jobs(self, vacancy: str) -> list[Vacant]:
        """The world's jobs behind a vacancy, by the open postings it has, all when none is open."""
        members = self.store.vacancies.members(vacancy)
        keys = [member.posting.key for member in members if member.open] or [m.posting.key for m in members]
        found = {job.number: job for key in keys if (job := self.world.of.get(self._real(key)))}
        return list(found.values())

    def _say(self, what: str, detail: str) -> None:
        if what not in self.broken:
            self.broken[what] = f"{self.clock.now():%Y-%m-%d %H:%M} (cycle {self.cycle}, seed {self.seed}): {detail}"

    def _sent(self, wall: str, pinned: Pinned) -> None:  # noqa: C901 - one branch for each promise
        """Every post at the moment it is put up."""
        content = pinned.post.content
        doom, self.doom.left = self.doom.left, 0
        jobs: list[Vacant] = []
        for id_ in content.vacancies:
            found = self._jobs(id_)
            jobs += found
            if self.world.looked.get(self._now_called(id_)) is not Standing.ALIVE:
                self._say("posted without having been seen alive", f"{pinned.key} {content.key}")
            if found and not any(job.up for job in found):
                self._say("posted after it was taken down", f"{pinned.key} job {found[0].number}")
            if any(job.blocked for job in found):
                self._say("posted though blocked", f"{pinned.key} job {found[0].number}")
        if self.stopped:
            self._say("posted while stopped", pinned.key)
        day = self.clock.now().astimezone(ZONE).date()
        for partner in content.partners:
            if partner in self.ended and day > self.ended[partner]:
                self._say("posted after the partnership ended", f"{pinned.key} {partner}")
        for one in self.walls[wall].pinned:
            if one is not pinned and one.key == pinned.key:
                self._say("a post went out twice", f"{pinned.key} at {one.at} and {pinned.at}")
        numbers = tuple(job.number for job in jobs)
        for before in self.shown:
            if (
                before.wall == wall
                and before.pinned is not pinned
                and pinned.at - before.pinned.at < REST - timedelta(minutes=30)
            ):
                both = set(before.jobs) & set(numbers)
                told = {number for number in both if number not in self.split}
                if told:
                    self._say(
                        "a job was posted again before its rest was over",
                        f"job {sorted(told)} in {before.pinned.key} {before.pinned.post.content.key} "
                        f"and {pinned.key} {pinned.post.content.key}",
                    )
        self.shown.append(Shown(pinned, wall, numbers, self.cycle))
        self.doom.left = doom

    def _now_called(self, id_: str) -> str:
        return self.store.vacancies.aliases().get(id_, id_)

    def _slots_due(self, now: datetime) -> None:
        """The slots that the campaigns have had since the cycle before, counted by hand."""
        since = self.cycles[-2] if len(self.cycles) > 1 else now
        for campaign in self.campaigns:
            for back in range(3):
                day = now.astimezone(ZONE).date() - timedelta(days=back)
                if not campaign.on_red_days and day in red_days("SE", [day.year]):
                    continue
                for slot in campaign.slots:
                    at = instant(day, time.fromisoformat(slot.time), ZONE)
                    if slot.weekday == day.weekday() and since < at <= now and now - at < LATE - timedelta(hours=1):
                        self.expected[f"{campaign.key}@{day.isoformat()}T{slot.time}"] = at

    def _check(self, began: datetime, *, whole: bool) -> None:
        self._check_vacancies()
        self._check_wall(began)
        self._check_ledger()
        if whole:
            self._check_slots(began)

    def _check_vacancies(self) -> None:  # noqa: C901, PLR0912 - one branch for each promise
        """Nothing alive is closed, ids stay, and no vacancy holds two jobs."""
        store, world = self.store, self.world
        inner = store.vacancies
        homes: dict[PostingKey, str] = {}
        open_now: set[PostingKey] = set()
        aliases = inner.aliases()
        for vacancy in inner.all():
            jobs: dict[int, Vacant] = {}
            for posting in vacancy.postings:
                homes[posting.key] = vacancy.id
                if vacancy.open:
                    open_now.add(posting.key)
                job = world.of.get(self._real(posting.key))
                if job is not None:
                    jobs[job.number] = job
            kinds = {(job.partner, job.work, job.municipality) for job in jobs.values()}
            if vacancy.open and len(kinds) > 1 and not any(pair & jobs.keys() for pair in self.merged):
                self._say("two jobs in one vacancy", f"{vacancy.id}: {kinds}")
            if not vacancy.open and not vacancy.close_reason:
                self._say("closed without a reason", vacancy.id)
        for key, home in homes.items():
            before = self.home.get(key)
            if before is not None and aliases.get(before, before) != home:
                job = world.of.get(self._real(key))
                if job is not None and job.number not in self.split:
                    self._say("an ad changed its vacancy", f"{key} from {before} to {home}")
        self.home.update(homes)
        for job in world.jobs:
            if not job.up:
                continue
            for ad in job.ads:
                key = PostingKey(ad.source, ad.identifier)
                if ad.shown and key in homes and key not in open_now:
                    site = world.sites[ad.source]
                    member = next((m for m in inner.members(homes[key]) if m.posting.key == key), None)
                    reopened_lately = ad.left_at is None and member is not None and member.closed_at is not None
                    if reopened_lately and job.number in self._ever_down():
                        continue
                    if site.partner in self._configured() and ad.ends is None:
                        self._say(
                            "closed while it was alive",
                            f"{key}: {member.close_reason if member else '?'} (fault {site.fault})",
                        )

    def _configured(self) -> set[str]:
        return {partner.key for partner in self.partners}

    def _ever_down(self) -> set[int]:
        self._down |= {job.number for job in self.world.jobs if any(not ad.shown for ad in job.ads)}
        return self._down

    def _check_wall(self, began: datetime) -> None:
        """What closed is down. How long that may take depends on what the source and the channel let be seen."""
        self._ever_down()
        for shown in self.shown:
            if shown.pinned.down_at is not None or not shown.jobs:
                continue
            content = shown.pinned.post.content
            if content.kind is ContentKind.ROUND_UP:
                continue
            jobs = [job for number in shown.jobs for job in self.world.jobs if job.number == number]
            if any(job.up for job in jobs) or any(pair & set(shown.jobs) for pair in self.merged):
                continue
            gone_since = max(ad.left_at or began for job in jobs for ad in job.ads)
            sites = [self.world.sites[ad.source] for job in jobs for ad in job.ads]
            sound = max(site.sound_since or self.start for site in sites)
            if any(site.fault for site in sites):
                continue
            wall = self.walls[shown.wall]
            if wall.trouble:
                continue
            since = max(gone_since, sound)
            reads = sum(at > since for at in self.cycles)
            patience = timedelta(hours=30) if sound >= gone_since - timedelta(hours=30) else timedelta(hours=1)
            wall_patience = (wall.sound_since or self.start) + timedelta(hours=7)
            if reads >= 4 and began - since > patience and began > wall_patience:
                self._say(
                    "a closed job's post still stands",
                    f"{shown.pinned.key}: jobs {shown.jobs} gone since {gone_since:%m-%d %H:%M}, {reads} cycles; "
                    f"{[(site.key, site.mode, site.tells) for site in sites]}",
                )

    def _check_ledger(self) -> None:  # noqa: C901 - one branch for each promise
        posts = {post.key: post for post in self.store.outbox.in_state(*PostState)}
        delivered: dict[tuple[str, str], Delivery] = {}
        for one in self.store.plans.deliveries(self.start - timedelta(days=1)):
            if (one.slot, one.channel) in delivered:
                self._say("delivered twice in the ledger", f"{one.slot} {one.channel}")
            delivered[one.slot, one.channel] = one
        on_wall = {(pinned.post.slot, wall.name): pinned for wall in self.walls.values() for pinned in wall.pinned}
        for key in delivered.keys() - on_wall.keys():
            self._say("the ledger has what no wall has", f"{key}")
        for key in on_wall.keys() - delivered.keys():
            post = posts.get(on_wall[key].key)
            if post is None or post.state not in {PostState.UNKNOWN, PostState.SENDING}:
                self._say(
                    "a wall has what the ledger lacks",
                    f"{key}: {post.state if post else 'no post'} {post.error if post else ''}",
                )
        for pinned in on_wall.values():
            post = posts.get(pinned.key)
            if post is not None and post.state is PostState.CLOSED:
                if pinned.down_at is None:
                    self._say("closed in the outbox and up on the wall", pinned.key)
                if not post.close_reason:
                    self._say("taken down without a reason", pinned.key)
            if (
                pinned.down_at is not None
                and post is not None
                and post.state not in {PostState.CLOSED, PostState.CLOSING}
            ):
                self._say("down on the wall and not in the outbox", f"{pinned.key} {post.state}")

    def _check_slots(self, now: datetime) -> None:  # noqa: C901 - one branch for each promise
        for slot, at in list(self.expected.items()):
            if now - at < LATE + timedelta(hours=2):
                continue
            del self.expected[slot]
            item = self.store.plans.item(slot)
            if item is None:
                self._say("a slot without a word", f"{slot}")
            elif item.content is None:
                if not item.reasons and not item.refused:
                    self._say("an empty slot without a reason", slot)
            else:
                for channel in item.slot.channels:
                    post = self.store.outbox.get(f"{slot}/{channel}")
                    if post is None and not any(at <= began < at + LATE for began in self.lived):
                        continue  # every run in time for it was killed
                    if post is None:
                        self._say("a filled slot without a post", f"{slot}/{channel} {item.content.key} {item.reasons}")
                    elif post.state is PostState.PLANNED and now - at > LATE + timedelta(hours=8):
                        self._say("a post waits for ever", f"{post.key} {post.error}")
                    elif post.state in {PostState.CANCELLED, PostState.REJECTED} and not post.error:
                        self._say("given up without a reason", post.key)

    # --- at the end -----------------------------------------------------------------------------------------------

    def check_problems(self) -> None:
        """After healthy days nothing is left to complain of but what the plan cannot meet."""
        allowed = {"promise-behind", "no-degree-share", "municipality-unseen", "slots-empty"}
        for one in self.store.journal.problems():
            if one.problem.code not in allowed:
                self._say(
                    f"a problem lasts: {one.problem.code}",
                    f"{one.problem.where}: {one.problem.message} {one.last_seen}",
                )

    def check_promises(self) -> Iterator[str]:
        """Each whole month's vacancy posts against what was promised, as `partner month got/promised`."""
        got: dict[tuple[str, int], set[str]] = defaultdict(set)
        for wall in self.walls.values():
            for pinned in wall.pinned:
                content = pinned.post.content
                if content.kind is ContentKind.VACANCY:
                    month = pinned.at.astimezone(ZONE).month
                    for key in content.partners:
                        got[key, month].add(pinned.post.slot)
        end = self.clock.now()
        first = date(self.start.year, self.start.month + (self.start.day > 3), 1)
        for month in range(first.month, end.month):
            for partner in self.partners:
                if partner.until is not None:
                    continue
                have, want = len(got[partner.key, month]), PROMISES[partner.tier]
                if have < want - 1:
                    self._say(f"promise broken: {partner.key} {month}", f"{have} of {want}")
                yield f"{partner.key} {month}: {have}/{want}"

    def no_degree_share(self, days: int = 28) -> float:
        since = self.clock.now() - timedelta(days=days)
        posts: dict[str, bool] = {}
        for shown in self.shown:
            if shown.pinned.at >= since and shown.pinned.post.content.kind is ContentKind.VACANCY and shown.jobs:
                job = next(job for job in self.world.jobs if job.number == shown.jobs[0])
                posts[shown.pinned.post.slot] = not job.degree
        return sum(posts.values()) / max(1, len(posts))


def in_the_simulations_place(monkeypatch: Any, simulation: Simulation) -> None:
    """Put the simulated session in place of Scrapy's, and draw no cards."""
    monkeypatch.setattr(crawling, "crawl", simulation.world.crawl)
    monkeypatch.setattr(crawling, "verify", simulation.world.verify)
    monkeypatch.setattr(writing.Writer, "images", lambda *_args: ())
