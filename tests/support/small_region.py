"""A region of one partner whose feed, ads and social network are served on loopback, for tests of whole commands.

with town() as here:
    region = here.write(tmp_path / "region")
    here.run(region)                      # a real cycle, at this very moment
    here.feed.list(["svetsare", …])       # what the partner lists from now on
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.app.clock import Clock, SetClock
from aggregator.app.cycle import CycleReport, run_cycle
from aggregator.app.demo.square import Square, town_square
from aggregator.app.house import open_house
from tests.support.region_folder import write_files
from tests.support.webserver import WebServer

SECRET = "JOBBFYR_TEST_SMALL_REGION_TOKEN"
VALUE = "open-sesame-41"
ZONE = ZoneInfo("Europe/Stockholm")
TITLES = ("Svetsare", "Undersköterska", "Lastbilschaufför", "Kock", "Elektriker", "Spontanansökan")


@dataclass
class Feed:
    """The partner's site: an RSS feed and a page for each ad. `titles` are the ads it lists now."""

    site: WebServer
    titles: list[str] = field(default_factory=list)

    def list(self, titles: Sequence[str]) -> None:
        """List these from now on; the others' pages are gone."""
        for title in set(self.titles) - set(titles):
            self.site.page(f"/jobb/{self.slug(title)}", "<h1>Finns inte</h1>", status=404)
        self.titles = list(titles)
        items = "".join(self._item(title) for title in titles)
        self.site.page(
            "/rss",
            f'<rss version="2.0"><channel><title>Bruket</title>{items}</channel></rss>',
            type="application/rss+xml",
        )
        for title in titles:
            self.site.page(f"/jobb/{self.slug(title)}", f"<html><h1>{title}</h1><p>{self.text(title)}</p></html>")

    def _item(self, title: str) -> str:
        posted = format_datetime(datetime.now(UTC) - timedelta(days=2))[:16] + " 06:00:00 +0000"
        address = self.site.url(f"/jobb/{self.slug(title)}")
        return (
            f"<item><title>{title}</title><link>{address}</link><guid>{self.slug(title)}</guid>"
            f"<pubDate>{posted}</pubDate><description>{self.text(title)}</description></item>"
        )

    @staticmethod
    def text(title: str) -> str:
        return f"Bruket söker en {title.lower()} till laget i Borlänge. Ingen utbildning krävs. Välkommen till oss."

    @staticmethod
    def slug(title: str) -> str:
        return "".join(c for c in title.lower() if c.isascii() and c.isalnum())


@dataclass
class Town:
    """What stands on loopback."""

    feed: Feed
    square: Square

    def write(
        self,
        folder: Path,
        *,
        at: datetime | None = None,
        database: str = "",
        changed: dict[str, str | None] | None = None,
    ) -> Path:
        """The region, its one slot five minutes before `at` (now) every day."""
        slot = (at or datetime.now(UTC)).astimezone(ZONE) - timedelta(minutes=5)
        return write_files(folder, {**self._files(f"{slot:%H:%M}", database), **(changed or {})})

    @staticmethod
    def run(region: Path, *, at: datetime | Clock | None = None, collect: bool = True) -> CycleReport:
        """A cycle in this process."""
        clock = SetClock(at) if isinstance(at, datetime) else at
        with open_house(region, clock=clock, quiet=True) as house:
            return run_cycle(house, collect=collect)

    def _files(self, slot: str, database: str) -> dict[str, str]:
        return {
            "jobbfyr.yml": f"""\
region:
  key: smaland
  name: {{sv: Bruksbygden, en: Bruksbygden}}
  country: SE
  time_zone: Europe/Stockholm
  languages: [sv, en]
  municipalities: ["2081"]
operator: {{name: Kontoret, contact: webb@kontoret.test}}
database: {database or "sqlite:///jobbfyr.db"}
site:
  address: https://jobb.bruksbygden.test
  title: {{sv: Jobb, en: Jobs}}
  intro: {{sv: Hos oss., en: With us.}}
collect: {{seconds_between_requests: 0, timeout: 10, run_timeout: 60, allow_private: true}}
tiers:
  one:
    name: {{sv: Ett, en: One}}
    fee: 25000
    promises: [{{content: vacancy, posts: 4, per: month}}]
rules: {{partner_rest_hours: 0}}
""",
            "partners/bruket.yml": f"""\
key: bruket
name: Bruket AB
tier: one
since: 2026-01-01
website: https://bruket.test
places: ["2081"]
presentation: {{sv: Bruket gör plåt., en: Bruket makes plate.}}
sources:
  - {{name: feed, kind: feed, url: "{self.feed.site.url("/rss")}", place: Borlänge}}
""",
            "channels.yml": f"""\
channels:
  site: {{kind: site}}
  toot:
    kind: mastodon
    server: {self.square.address}
    token: {{env: {SECRET}}}
  handoff: {{kind: handoff}}
""",
            "campaigns.yml": f"""\
campaigns:
  jobs:
    name: {{sv: Jobb, en: Jobs}}
    content: [vacancy]
    channels: [toot, handoff]
    language: sv
    slots: [{{days: [mon, tue, wed, thu, fri, sat, sun], times: ["{slot}"]}}]
""",
            "brand/brand.yml": 'colours: {primary: "#8a1c1c", accent: "#ffcf5c"}\n',
        }


@contextmanager
def town() -> Iterator[Town]:
    """The partner's site and the social network, their credentials in the environment, until the block ends."""
    before = os.environ.get(SECRET)
    os.environ[SECRET] = VALUE
    try:
        with WebServer() as site, town_square() as square:
            feed = Feed(site)
            feed.list(TITLES)
            yield Town(feed, square)
    finally:
        os.environ.pop(SECRET) if before is None else os.environ.__setitem__(SECRET, before)
