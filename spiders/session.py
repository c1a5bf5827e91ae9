"""The child process: one Scrapy session, told what to do on its standard input, answering on its standard output.

Run as `python -m spiders.session` by `spiders.crawl`. Frames in: the import path, then an `Order`. Frames out:
`(key, Harvest)`, `(key, Alive)` or `(address, Detection)` each the moment it is ready, then `None`.
Everything else it has to say, and whatever a library prints, goes to standard error. It ends with its parent, and by an
alarm of its own should that fail.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from aggregator.model import Harvest, Problem, Source
from spiders.base import Fetch, Kind, Page, kinds
from spiders.detect import Detection, Inquiry
from spiders.fetching import FetchFailed
from spiders.frames import read_frame, write_frame
from spiders.harvest import Fetcher, Harvester, Job
from spiders.look import Alive, Standing, Target, judge
from spiders.manners import Manners
from spiders.pages import understand
from spiders.recording import Recorded, walk
from spiders.tally import Tally

if TYPE_CHECKING:
    from spiders.spider import Collector

Send = Callable[[str, Harvest | Alive | Detection | Recorded], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one session is to do, and until when.

    `addresses` are career pages to find the kinds of, each with its company's name, or "". `records` are sources whose
    pages are wanted as they come, at most so many of each.
    `until` is the moment of the parent's time-out by the monotonic clock, which all processes of a machine share;
    `seconds` is how long that was from the start. `alarm_after` seconds later the process ends itself, in case the
    parent could not end it. `now` is what the session's clock shall say at its start.
    """

    jobs: tuple[Job, ...] = ()
    targets: tuple[Target, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    records: tuple[tuple[Source, int], ...] = ()
    manners: Manners
    until: float
    seconds: float
    now: datetime
    alarm_after: float = 15.0


class Session:
    """Carries out one order. `send` is called with each answer as it is ready."""

    def __init__(self, order: Order, send: Send) -> None:
        self._order, self._send = order, send
        self._kinds = functools.cache(kinds)
        self._began = time.monotonic()
        # Unfinished sources are told about before the parent's time-out would silence them.
        self._deadline = order.until - min(5.0, order.seconds / 10)

    def clock(self) -> datetime:
        """The order's time, gone on since."""
        return self._order.now + timedelta(seconds=time.monotonic() - self._began)

    async def run(self) -> None:
        """Run Scrapy until all is answered or the time is over."""
        from scrapy.crawler import Crawler

        from spiders.settings import settings
        from spiders.spider import Collector

        crawler = Crawler(Collector, settings(self._order.manners))
        await crawler.crawl_async(manners=self._order.manners, work=self._work)

    async def _work(self, spider: Collector) -> None:
        harvesters: dict[asyncio.Task[None], Harvester] = {}
        for job in self._order.jobs:
            harvester = self._harvester(job, spider.fetch)
            if harvester is not None:
                harvesters[asyncio.ensure_future(self._collect(harvester))] = harvester
        looks = [asyncio.ensure_future(self._look(target, spider.fetch)) for target in self._order.targets]
        looks += [asyncio.ensure_future(self._detect(*one, spider.fetch)) for one in self._order.addresses.items()]
        looks += [asyncio.ensure_future(self._record(*one, spider.fetch)) for one in self._order.records]
        if not (tasks := [*harvesters, *looks]):
            return
        _, late = await asyncio.wait(tasks, timeout=max(0.0, self._deadline - time.monotonic()))
        for task in late:
            if harvester := harvesters.get(task):
                harvester.tally.problem("error", "time-ran-out", "the session's time was over before its last page")
                self._send(harvester.source.key, harvester.harvest())

    def _harvester(self, job: Job, fetcher: Fetcher) -> Harvester | None:
        key, name = job.source.key, job.source.kind
        try:
            kind = job.kind or self._kinds().get(name)
        except Exception as error:  # noqa: BLE001 - a broken file among the kinds costs those that need the folder
            message = f"the source kinds cannot be loaded: {type(error).__name__}: {error}"
            self._send(key, failed(key, "kind-crashed", message, self.clock()))
            return None
        if kind is None:
            message = f"there is no source kind {name!r}; there are {', '.join(sorted(self._kinds()))}"
            self._send(key, failed(key, "unknown-kind", message, self.clock()))
            return None
        harvester = Harvester(
            job,
            kind,
            manners=self._order.manners,
            fetcher=fetcher,
            clock=self.clock,
            mark=reader_mark(kind, job.source),
        )
        harvester.deadline = min(harvester.deadline, self._deadline)
        return harvester

    async def _collect(self, harvester: Harvester) -> None:
        self._send(harvester.source.key, await harvester.run())

    async def _look(self, target: Target, fetcher: Fetcher) -> None:
        try:
            fetch = self._where_to_look(target)
            answer = await fetcher(fetch, {}, self._deadline, Tally(target.key, self._order.manners))
            found = judge(target, fetch, answer, self.clock())
        except FetchFailed as failure:
            found = Alive(standing=Standing.UNKNOWN, reason=failure.message)
        except Exception as error:  # noqa: BLE001 - one odd page or kind leaves its own ad unknown
            found = Alive(standing=Standing.UNKNOWN, reason=f"{type(error).__name__}: {error}")
        self._send(target.key, found)

    async def _detect(self, address: str, company: str, fetcher: Fetcher) -> None:
        """Give an inquiry the pages it asks for, until it knows."""
        tally = Tally(address, self._order.manners)
        until = min(self._deadline, time.monotonic() + self._order.manners.seconds_per_source)
        inquiry = Inquiry(address, company=company).run()
        try:
            wanted = next(inquiry)
            while True:
                fetch = Fetch(url=wanted, validate=False)
                wanted = inquiry.send(await self._page(fetch, fetcher, until, tally))
        except StopIteration as known:
            found: Detection = known.value
        except Exception as error:  # noqa: BLE001 - one odd page leaves its own address unknown
            told = f"looking into it failed: {type(error).__name__}: {error}"
            found = Detection(url=address, evidence=told, instead="please report the address")
        self._send(address, found)

    async def _record(self, source: Source, most: int, fetcher: Fetcher) -> None:
        """Keep the pages that a kind asks for, as they come."""
        tally = Tally(source.key, self._order.manners)
        until = min(self._deadline, time.monotonic() + self._order.manners.seconds_per_source)
        try:
            walking = walk(self._kinds()[source.kind], source, most)
            wanted = next(walking)
            while True:
                wanted = walking.send(await self._page(wanted, fetcher, until, tally))
        except StopIteration as walked:
            recorded: Recorded = walked.value
        except Exception as error:  # noqa: BLE001 - what a kind or a page can do is told, and saves nothing
            recorded = Recorded(failure=f"{source.kind} failed: {type(error).__name__}: {error}")
        self._send(source.key, recorded)

    async def _page(self, fetch: Fetch, fetcher: Fetcher, until: float, tally: Tally) -> Page | str:
        try:
            answer = await fetcher(fetch, {}, until, tally)
            if answer.status not in {200, 203}:
                return f"it answers {answer.status}"
            return understand(answer, fetch, self.clock())[0]
        except FetchFailed as failure:
            return failure.message

    def _where_to_look(self, target: Target) -> Fetch:
        kind = self._kinds().get(target.source.kind) if target.source else None
        if kind is None or target.source is None:
            return Fetch(url=target.url, step="ad", of=target.key, validate=False)
        return kind(target.source).look_at(target.identifier, target.url)


def failed(key: str, code: str, message: str, at: datetime) -> Harvest:
    """The harvest of a source of which nothing was read, and why."""
    problem = Problem(level="error", code=code, where=key, message=message)
    return Harvest(source=key, started_at=at, finished_at=at, problems=(problem,))


def reader_mark(kind: type[Kind], source: Source) -> str:
    """A short text that changes with the kind's code, the shared helpers' code and the source's configuration.

    An unchanged page is read anew when it would be read differently.
    """
    digest = hashlib.sha256()
    module = sys.modules[kind.__module__].__file__
    files = [Path(module)] if module else []
    for file in [*files, *sorted((Path(__file__).parent / "extract").glob("*.py"))]:
        digest.update(file.read_bytes())
    told = [kind.name, source.url, source.place, source.employer, dict(source.options)]
    digest.update(json.dumps(told, sort_keys=True, default=str).encode())
    return digest.hexdigest()[:32]


def _end_with_parent(stdin: BinaryIO) -> None:
    """The parent holds our standard input open for as long as it lives."""

    def watch() -> None:
        while stdin.read(4096):
            pass
        os._exit(4)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Read the order, carry it out, answer, end."""
    import logging

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not end up among the frames
    sys.path[:] = read_frame(sys.stdin.buffer)
    order: Order = read_frame(sys.stdin.buffer)
    # The alarm's default action ends the process, whatever it is stuck in.
    signal.setitimer(signal.ITIMER_REAL, max(0.0, order.until - time.monotonic()) + order.alarm_after)
    _end_with_parent(sys.stdin.buffer)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    sent: set[str] = set()

    def send(key: str, value: Harvest | Alive | Detection | Recorded) -> None:
        if key not in sent:
            sent.add(key)
            write_frame(answers, (key, value))

    asyncio.run(Session(order, send).run())
    write_frame(answers, None)
    sys.stderr.flush()
    os._exit(0)  # a request still under way has nobody left to answer to


if __name__ == "__main__":
    main()
