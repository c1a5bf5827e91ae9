"""A cycle over 10,000 vacancies: all new, then nothing changed; beside the same collected with plain libraries.

Twenty Teamtailor-shaped feeds of 500 ads each are served on loopback. Ours does the whole job (politeness off, health,
decisions, recognising, tagging, planning, the site); the plain one only fetches with httpx, reads with feedparser and
upserts into sqlite3, which is what a script of an afternoon does. Quote the ratios, not the seconds.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aggregator.app.clock import SetClock
from aggregator.app.cycle import run_cycle
from aggregator.app.demo.shapes import MUNICIPALITY_CODES, teamtailor_rss
from aggregator.app.demo.world import DemoJob, DemoSite
from aggregator.app.house import open_house

FEEDS, ADS = 20, 500
START = datetime(2027, 2, 1, 7, 5, tzinfo=UTC)
TITLES = ["Svetsare", "Undersköterska", "Systemutvecklare", "Lärare i matematik", "Lagerarbetare", "Kock", "Elektriker"]
DUTIES = ["tidiga morgnar", "lugna kvällar", "nya maskiner", "små grupper", "långa linor", "varma kök", "höga hus"]


def feeds() -> dict[str, bytes]:
    """Each feed's bytes by path; every ad's text differs, as real ones do."""
    places = list(MUNICIPALITY_CODES)
    made = {}
    for feed in range(FEEDS):
        jobs = []
        for ad in range(ADS):
            place, title = places[(feed + ad) % len(places)], TITLES[ad % len(TITLES)]
            text = "\n\n".join(
                f"Hos oss i {place} väntar {DUTIES[(ad + n) % 7]} och uppdrag nummer {feed * ADS + ad} på dig som är "
                f"{['noggrann', 'nyfiken', 'stark', 'lugn'][(ad + n) % 4]}. Ingen utbildning krävs, vi lär dig allt."
                for n in range(8)
            )
            jobs.append(
                DemoJob(
                    id=f"{feed:02}{ad:05}",
                    title=f"{title} {feed * ADS + ad}",
                    employer=f"Bolag {feed} AB",
                    text=text,
                    posted=START - timedelta(days=ad % 30),
                    deadline=None,
                    places=(place,),
                )
            )
        site = DemoSite(key=f"f{feed}", system="teamtailor-rss", name=f"Bolag {feed} AB", about="", jobs=(), edit={})
        made[f"/{feed}/jobs.rss"] = teamtailor_rss(site, jobs, f"http://127.0.0.1/{feed}")
    return made


@contextmanager
def served(pages: dict[str, bytes]) -> Iterator[str]:
    """The pages on a port of their own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = pages.get(self.path.partition("?")[0])
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def region(folder: Path, base: str) -> None:
    """A region's folder with one partner a feed."""
    from aggregator.app.resources import region_template
    from aggregator.settings import init_region

    init_region(region_template("empty"), folder)
    main = (folder / "jobbfyr.yml").read_text("utf-8")
    codes = ", ".join(f'"{code}"' for code in MUNICIPALITY_CODES.values())
    (folder / "jobbfyr.yml").write_text(
        f"""region:
  key: bench
  name: {{sv: Bänken, en: The bench}}
  municipalities: [{codes}]
operator: {{name: Bench, contact: https://bench.example}}
site: {{address: "https://bench.example", title: {{sv: B, en: B}}, intro: {{sv: B, en: B}}}}
collect: {{seconds_between_requests: 0, allow_private: true}}
tiers:
  one: {{name: {{sv: Ett, en: One}}, fee: 25000, promises: [{{content: vacancy, posts: 4, per: month}}]}}
""",
        "utf-8",
    )
    assert main
    for path in (folder / "partners").glob("*.yml"):
        path.unlink()
    (folder / "channels.yml").write_text("channels: {site: {kind: site}, console: {kind: console}}\n", "utf-8")
    (folder / "campaigns.yml").write_text(
        "campaigns:\n  jobs:\n    name: {sv: Jobb, en: Jobs}\n    content: [vacancy]\n    channels: [console]\n"
        "    language: sv\n    slots: [{days: [mon, tue, wed, thu, fri], times: ['12:00']}]\n",
        "utf-8",
    )
    (folder / "partners").mkdir(exist_ok=True)
    for feed in range(FEEDS):
        (folder / "partners" / f"p{feed}.yml").write_text(
            f"key: p{feed}\nname: Bolag {feed}\ntier: one\n"
            f"sources: [{{kind: teamtailor, url: '{base}/{feed}/jobs.rss'}}]\n",
            "utf-8",
        )


def ours(folder: Path) -> tuple[float, float, dict[str, int]]:
    """Seconds of the first and the second cycle, and what the first one counted."""
    clock = SetClock(START)
    seconds = []
    counted: dict[str, int] = {}
    for _ in range(2):
        started = time.perf_counter()
        with open_house(folder, clock=clock, quiet=True) as house:
            report = run_cycle(house)
        seconds.append(time.perf_counter() - started)
        if report.collected and not counted:
            counted = dict(report.collected.changes)
        clock.forward(timedelta(hours=1))
    return seconds[0], seconds[1], counted


def plain(base: str, database: Path) -> tuple[float, float]:
    """The same collected with httpx, feedparser and sqlite3: seconds of the first and the second time."""
    import feedparser
    import httpx

    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        connection = sqlite3.connect(database)
        connection.execute("CREATE TABLE IF NOT EXISTS job (id TEXT PRIMARY KEY, title TEXT, link TEXT, body TEXT)")
        with httpx.Client() as client:
            for feed in range(FEEDS):
                parsed = feedparser.parse(client.get(f"{base}/{feed}/jobs.rss").content)
                rows = [(entry.id, entry.title, entry.link, entry.summary) for entry in parsed.entries]
                connection.executemany("INSERT OR REPLACE INTO job VALUES (?, ?, ?, ?)", rows)
        connection.commit()
        connection.close()
        seconds.append(time.perf_counter() - started)
    return seconds[0], seconds[1]


def start_up(folder: Path) -> dict[str, float]:
    """Best of five: whole processes, in seconds."""
    best = {}
    for name, words in {"--help": ["--help"], "status": ["status", "--config", str(folder)]}.items():
        times = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-m", "aggregator.app", *words], capture_output=True, check=True)
            times.append(time.perf_counter() - started)
        best[name] = min(times)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    best["python -c pass"] = min(times)
    return best


def main() -> None:
    with tempfile.TemporaryDirectory() as name, served(feeds()) as base:
        folder = Path(name) / "region"
        region(folder, base)
        first, second, counted = ours(folder)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        peak_child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        plain_first, plain_second = plain(base, Path(name) / "plain.db")
        print(f"{FEEDS * ADS} ads in {FEEDS} feeds; first cycle counted {counted}")
        print(f"whole cycle, all new        {first:7.2f} s   {first / plain_first:5.2f} × plain collecting")
        print(f"whole cycle, none changed   {second:7.2f} s   {second / plain_second:5.2f} × plain collecting")
        print(f"plain httpx+feedparser+sqlite3 {plain_first:.2f} s, again {plain_second:.2f} s")
        print(f"peak memory {peak:.0f} MB, of the fetching process {peak_child:.0f} MB")
        for what, seconds in start_up(folder).items():
            print(f"{what:16} {seconds:.3f} s")


if __name__ == "__main__":
    main()
