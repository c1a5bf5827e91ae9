"""The demo: an invented region's partner sites and social networks on loopback, and two real cycles against them.

Nothing in here takes a short cut: settings are loaded, Scrapy fetches over HTTP, the outbox posts over HTTP. Only the
clock is the demo's own, so that a day can pass between the cycles.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.app.clock import SetClock
from aggregator.app.cycle import CycleReport, run_cycle
from aggregator.app.demo.sites import Sites, serving
from aggregator.app.demo.square import Square, SquarePost, town_square
from aggregator.app.demo.world import World
from aggregator.app.house import LOCK, House, open_house
from aggregator.app.lock import only_one
from aggregator.app.resources import region_template
from aggregator.errors import UsageError
from aggregator.model import ContentKind, PostState

NETWORKS = ("bluesky", "mastodon", "x")
SECRETS = (
    "JOBBFYR_DEMO_BLUESKY",
    "JOBBFYR_DEMO_MASTODON",
    "JOBBFYR_DEMO_X_CONSUMER_KEY",
    "JOBBFYR_DEMO_X_CONSUMER_SECRET",
    "JOBBFYR_DEMO_X_ACCESS_TOKEN",
    "JOBBFYR_DEMO_X_ACCESS_TOKEN_SECRET",
)
"""The variables that the demo's `channels.yml` names; the square takes whatever they hold."""
MARK = ".jobbfyr-demo"
ZONE = ZoneInfo("Europe/Stockholm")


@dataclass(slots=True, kw_only=True)
class Day:
    """One cycle of the demo as it went: its report and the square's posts after it."""

    at: datetime
    report: CycleReport
    open_vacancies: int
    postings: int
    posts: list[SquarePost] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Demo:
    """A finished demo: where it lies and what happened on its days."""

    folder: Path
    region: Path
    days: list[Day]
    square: Square
    world: World


def default_start(now: datetime) -> datetime:
    """Five past eight tomorrow morning in Stockholm, so that every date in the demo lies ahead."""
    tomorrow = now.astimezone(ZONE).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(8, 5), ZONE).astimezone(UTC)


def run_demo(
    folder: Path,
    *,
    start: datetime,
    force: bool = False,
    quiet: bool = False,
    networks: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Demo:
    """Run the two cycles into `folder` and return what happened.

    `networks` are addresses of servers to post to instead of the square, by its networks' names, and `secrets` what
    opens them, by variable; the tests name real servers there.

    Raises `UsageError` when the folder holds something that is not a demo of ours.
    """
    prepare(folder, force=force)
    template = region_template("demo")
    world = World.load(template / "world.yml", start)
    region = folder / "region"
    with serving(world) as sites, town_square() as square, credentials(secrets or {}):
        copy_region(template, region, sites, dict.fromkeys(NETWORKS, square.address) | dict(networks or {}))
        clock = SetClock(start)
        demo = Demo(folder=folder, region=region, days=[], square=square, world=world)
        with only_one(region / LOCK):
            for day in (1, 2):
                world.begin(day)
                with open_house(region, clock=clock, quiet=quiet) as house:
                    report = run_cycle(house)
                    vacancies = house.store.vacancies.open()
                    demo.days.append(
                        Day(
                            at=clock.now(),
                            report=report,
                            open_vacancies=len(vacancies),
                            postings=sum(len(vacancy.postings) for vacancy in vacancies),
                            posts=[_copy(post) for post in square.posts.values()],
                        )
                    )
                    if day == 1:
                        take_one_down(world, house)
                clock.forward(timedelta(days=1))
    return demo


def take_one_down(world: World, house: House) -> None:
    """Over night an employer fills one of the jobs that were posted and takes its ad down: what the second morning must
    notice. The earliest posted one of a site that lists ads in its own shape is taken, so that the demo shows it.
    """
    own = {job.id: site.key for site in world.sites for job in site.jobs if not site.breaks}
    for post in sorted(house.store.outbox.in_state(PostState.SENT), key=lambda post: (post.due, post.key)):
        if post.content.kind is not ContentKind.VACANCY:
            continue
        for member in house.store.vacancies.members(post.content.vacancies[0]):
            identifier = next(
                (key for key in own if member.posting.url.endswith(f"/{key}") or f"/{key}-" in member.posting.url), ""
            )
            if identifier:
                world.filled.add(identifier)
                return


def prepare(folder: Path, *, force: bool) -> None:
    """An empty folder for the demo; an earlier demo there is taken away when `force`."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise UsageError(f"{folder} holds something else than a demo", hint="name another folder with --out")
        if not force:
            raise UsageError(f"{folder} holds an earlier demo", hint="replace it with --force")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def copy_region(template: Path, region: Path, sites: Sites, networks: Mapping[str, str]) -> None:
    """The demo's region with the addresses where its sites and networks really answer."""
    shutil.copytree(template, region, ignore=shutil.ignore_patterns("world.yml"))
    addresses = {**sites.address, **networks}
    for path in region.rglob("*.yml"):
        text = path.read_text("utf-8")
        for key, address in addresses.items():
            text = text.replace(f"http://{key}.demo.test", address)
        path.write_text(text, "utf-8")


@contextmanager
def credentials(secrets: Mapping[str, str]) -> Iterator[None]:
    """The networks' credentials in the environment, as real ones would be, for the block."""
    before = {name: os.environ.get(name) for name in SECRETS}
    os.environ.update({name: secrets.get(name, "open-sesame") for name in SECRETS})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _copy(post: SquarePost) -> SquarePost:
    return SquarePost(
        network=post.network,
        id=post.id,
        text=post.text,
        language=post.language,
        alts=post.alts,
        images=post.images,
        deleted=post.deleted,
    )
