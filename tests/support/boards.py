"""A job board in the smallest shape that has everything: a JSON list with pages, and ad pages. For tests of crawling.

`{"jobs": [{"id", "title", "url", "page"?}], "next"?: url, "removed"?: [id], "cursor"?: text}`; a job with `"page": true`
has its title read from its own page.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

from aggregator.model import Harvest, JobPosting, Known, PostingState, Source, SourceState
from spiders.base import Cursor, Fetch, Found, Kind, KindOptions, Listed, Page, Removed
from spiders.crawl import Job, Manners

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def job(identifier: str, site: Any = None, *, title: str = "", **more: Any) -> dict[str, Any]:
    """One job as the board lists it."""
    url = site.url(f"/jobs/{identifier}") if site is not None else f"https://x.example/jobs/{identifier}"
    return {"id": identifier, "title": title or f"Svetsare {identifier}", "url": url} | more


def listing(*jobs: dict[str, Any], **more: Any) -> bytes:
    """The board's JSON."""
    return json.dumps({"jobs": list(jobs), **more}).encode()


class Board(Kind):
    """Reads the shape above."""

    name: ClassVar[str] = "board"
    title: ClassVar[str] = "Test board"

    class Options(KindOptions):
        skip_known: bool = False
        expects: str = "json"

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=self.source.url, expects=self.options.expects)  # type: ignore[attr-defined]

    def read(self, page: Page) -> Iterator[Found]:
        if page.fetch.step == "ad":
            yield self._posting(page.fetch.of, page.text.strip(), page.url, page)
            return
        data = json.loads(page.text)
        for entry in data["jobs"]:
            if self.options.skip_known and self.known and entry["id"] in self.known.postings:  # type: ignore[attr-defined]
                yield Listed(identifier=entry["id"])
            elif entry.get("page"):
                yield Fetch(url=entry["url"], step="ad", of=entry["id"])
            else:
                yield self._posting(entry["id"], entry["title"], entry["url"], page)
        for identifier in data.get("removed", []):
            yield Removed(identifier=identifier)
        if "cursor" in data:
            yield Cursor(value=data["cursor"])
        if "next" in data:
            yield Fetch(url=data["next"], step="list", expects="json")

    def _posting(self, identifier: str, title: str, url: str, page: Page) -> JobPosting:
        return JobPosting(
            source=self.source.key,
            identifier=identifier,
            title=title,
            url=url,
            retrieved_from=page.url,
            retrieved_at=page.retrieved_at,
        )


class Stream(Board):
    """The same, as a stream of changes."""

    name: ClassVar[str] = "stream"
    incremental: bool = True


class Crashing(Board):
    """Reads one job, then fails."""

    name: ClassVar[str] = "crashing"

    def read(self, page: Page) -> Iterator[Found]:
        yield from list(super().read(page))[:1]
        raise RuntimeError("no such field")


class Stuck(Board):
    """Never comes back, as a parser driven mad does not."""

    name: ClassVar[str] = "stuck"

    def read(self, page: Page) -> Iterator[Found]:
        while page:
            time.sleep(0.01)
        yield from super().read(page)


class Endless(Board):
    """Yields for ever."""

    name: ClassVar[str] = "endless"

    def read(self, page: Page) -> Iterator[Found]:
        number = 0
        while True:
            number += 1
            yield self._posting(str(number), "Job", page.url, page)


class Dying(Board):
    """Takes its process with it."""

    name: ClassVar[str] = "dying"

    def read(self, page: Page) -> Iterator[Found]:
        import os
        import sys

        sys.stderr.write("segmentation fault, as it were\n")
        sys.stderr.flush()
        if page:
            os._exit(139)
        yield from super().read(page)


def manners(**changes: Any) -> Manners:
    """Hasty manners for loopback."""
    usual: dict[str, Any] = {
        "user_agent": "Jobbfyr/test (+mailto:ops@example.org)",
        "seconds_between_requests": 0.0,
        "seconds_to_connect": 2.0,
        "seconds_per_request": 5.0,
        "seconds_per_source": 20.0,
        "backoff": 0.01,
        "allow_private": True,
    }
    return Manners(**(usual | changes))


def source(url: str, key: str = "acme/board", **changes: Any) -> Source:
    """A source of the board kind."""
    return Source(key=key, partner=key.partition("/")[0], kind="board", url=url, **changes)


def as_job(
    url: str, key: str = "acme/board", kind: type[Kind] = Board, known: Known | None = None, **changes: Any
) -> Job:
    """A job for `crawl`."""
    return Job(source=source(url, key, **changes), known=known, kind=kind)


def remembered(harvest: Harvest, known: Known | None = None, **state: Any) -> Known:
    """What a store would remember after a healthy harvest, in the least that crawling needs."""
    postings = {
        posting.identifier: PostingState(
            identifier=posting.identifier,
            fingerprint="-",
            url=posting.url,
            title=posting.title,
            first_seen=NOW,
            last_seen=NOW,
        )
        for posting in harvest.postings
    }
    old = dict(known.postings) if known else {}
    before: dict[str, Any] = {"baseline": False, "validators": harvest.validators, "cursor": harvest.cursor}
    return Known(source=SourceState(key=harvest.source, **(before | state)), postings=old | postings)


def codes(harvest: Harvest) -> list[str]:
    """The problem codes of a harvest."""
    return [problem.code for problem in harvest.problems]
