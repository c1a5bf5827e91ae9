"""Serves the demo's partner sites over real HTTP on loopback, each on a port of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from aggregator.app.demo import shapes
from aggregator.app.demo.world import DemoJob, DemoSite, World

Answer = tuple[int, str, bytes]

HTML, XML, JSON, TEXT = "text/html; charset=utf-8", "application/xml", "application/json", "text/plain"
GONE: Answer = (404, HTML, shapes.page("Sidan finns inte", "<h1>Sidan finns inte</h1>"))
ROBOTS: Answer = (200, TEXT, b"User-agent: *\nAllow: /\n")

AD_FOLDERS = {"teamtailor-rss": "jobs", "teamtailor-json": "jobs", "jsonld": "lediga-jobb", "html": "jobba-hos-oss",
              "microdata": "jobb", "rss": "jobb", "atom": "work"}  # fmt: skip


class Sites:
    """The running sites: `address` of each by key (the national board's key is `board`)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.address: dict[str, str] = {}

    def answer(self, key: str, path: str, query: dict[str, list[str]]) -> Answer:
        """What a site says to a request today."""
        if path == "/robots.txt":
            return ROBOTS
        if key == "board":
            return self._board(path, query)
        site = self.world.site(key)
        if site.breaks and self.world.day > 1:
            return 503, HTML, shapes.page("503", "<h1>Vi är snart tillbaka</h1>")
        jobs = site.jobs_on(self.world.day)
        base = self.address[key]
        folder = AD_FOLDERS.get(site.system, "jobs")
        listing = self._listing(site, jobs, base, path, folder)
        if listing:
            return listing
        if path.startswith(f"/{folder}/"):
            wanted = path.removeprefix(f"/{folder}/")
            for job in jobs:
                if wanted == job.id or wanted.startswith(f"{job.id}-"):
                    return 200, HTML, self._ad(site, job, base + path)
        return GONE

    def _listing(self, site: DemoSite, jobs: tuple[DemoJob, ...], base: str, path: str, folder: str) -> Answer | None:
        match site.system, path:
            case "retired-feed", _:
                return 200, HTML, shapes.page(site.name, "<h1>Vår karriärsida har flyttat</h1>")
            case "teamtailor-rss" | "teamtailor-json", "/jobs.rss":
                return 200, XML, shapes.teamtailor_rss(site, jobs, base)
            case "teamtailor-json", "/jobs.json":
                return 200, JSON, shapes.teamtailor_json(site, jobs, base)
            case "rss", "/rss":
                return 200, XML, shapes.rss(site, jobs, base)
            case "atom", "/jobs.atom":
                return 200, XML, shapes.atom(site, jobs, base, self.world.start)
            case "html", "/jobba-hos-oss":
                return 200, HTML, shapes.plain_list(site, jobs, f"/{folder}")
            case _, _ if path in {"/", f"/{folder}"}:
                return 200, HTML, shapes.list_page(site, jobs, f"/{folder}")
        return None

    @staticmethod
    def _ad(site: DemoSite, job: DemoJob, url: str) -> bytes:
        match site.system:
            case "microdata":
                return shapes.microdata_page(job)
            case "html" | "rss" | "atom":
                return shapes.plain_page(job)
            case _:
                return shapes.jsonld_page(job, url)

    def _board(self, path: str, query: dict[str, list[str]]) -> Answer:
        base = self.address["board"]
        jobs = self.world.board()
        if path == "/search":
            wanted = " ".join(query.get("employer", []) + query.get("q", [])).casefold()
            hits = [
                self._board_ad(job)
                for job in jobs
                if job.employer.casefold() in wanted or wanted in job.employer.casefold()
            ]
            offset, limit = int(query.get("offset", ["0"])[0]), int(query.get("limit", ["10"])[0])
            body = {"total": {"value": len(hits)}, "positions": len(hits), "hits": hits[offset : offset + limit]}
            return 200, JSON, json.dumps(body, ensure_ascii=False).encode()
        if path in {"/stream", "/v2/stream", "/snapshot", "/v2/snapshot"}:
            return 200, JSON, json.dumps(self._stream(), ensure_ascii=False).encode()
        for job in jobs:
            if path == f"/platsbanken/annonser/{job.id}":
                return 200, HTML, shapes.jsonld_page(job, base + path)
        return GONE

    def _board_ad(self, job: DemoJob) -> dict[str, object]:
        for site in self.world.sites:
            if any(own.id == job.source_url for own in site.jobs):
                folder = AD_FOLDERS[site.system]
                return shapes.board_ad(
                    job, self.address["board"], f"{self.address[site.key]}/{folder}/{job.source_url}"
                )
        return shapes.board_ad(
            job, self.address["board"], f"{self.address['board']}/platsbanken/annonser/{job.id}/ansok"
        )

    def _stream(self) -> list[dict[str, object]]:
        events: list[dict[str, object]] = []
        for site in self.world.sites:
            if site.system != "jobstream":
                continue
            events += [self._board_ad(job) for job in site.jobs_on(self.world.day)]
            if self.world.day > 1:
                events += [
                    {"id": job, "removed": True, "removed_date": shapes.local_time(self.world.start)}
                    for job in site.close
                ]
        return events


@contextmanager
def serving(world: World) -> Iterator[Sites]:
    """Run every site until the block ends. A site that is `down` gets an address where nobody answers."""
    sites = Sites(world)
    with ExitStack() as stack:
        for key in [*(site.key for site in world.sites), "board"]:
            server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(sites, key))
            sites.address[key] = f"http://127.0.0.1:{server.server_address[1]}"
            if key != "board" and world.site(key).system == "down":
                server.server_close()
                continue
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.05,), name=f"demo-{key}", daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        yield sites


def _handler(sites: Sites, key: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, media_type, body = sites.answer(key, parts.path, parse_qs(parts.query))
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - http.server finds methods by this name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Stay silent; the demo tells what happens in its own words."""

    return Handler
