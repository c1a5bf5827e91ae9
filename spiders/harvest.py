"""One source, one harvest: run its kind, judge what comes back, and say honestly how complete it is.

Knows neither Scrapy nor HTTP: it is given a `Fetcher` and awaits it, one request at a time, so pages are read in the
order in which the kind asked for them and the same site always gives the same harvest.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model import Harvest, Known, PostingState, Source
from spiders.base import Fetch, Kind, Page
from spiders.catch import Catch
from spiders.fetching import TRANSIENT, Answer, FetchFailed, refusal, shown
from spiders.look import Target, judge
from spiders.manners import Manners
from spiders.pages import calls_itself_missing, understand
from spiders.tally import Tally
from spiders.unchanged import Validators, conditions, digest, plain

Fetcher = Callable[[Fetch, Mapping[str, str], float, Tally], Awaitable[Answer]]
"""Makes one request with these further headers before a deadline (monotonic seconds), counting on the tally.
Raises `FetchFailed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One source to collect, and what the store knows of it (None: nothing yet).

    `kind` is the class to read it with when that is not the one its configuration names; the child process must be
    able to import it.
    """

    source: Source
    known: Known | None = None
    kind: type[Kind] | None = None


class Enough(Exception):  # noqa: N818 - a stop, not an error
    """The source is not read any further; the reason is on its tally."""


@dataclass(slots=True)
class _Chain:
    """Pages that were reached one from another, as paging does; repetition is only odd within one chain."""

    seen: set[str] = field(default_factory=set)
    pages: int = 0


class Harvester:
    """Collects one source. `harvest` may be called at any moment and tells how far it got."""

    GIVE_UP_AFTER = 3
    """Requests failing in a row, each with its own retries, after which the rest is not tried."""

    def __init__(
        self,
        job: Job,
        kind: type[Kind],
        *,
        manners: Manners,
        fetcher: Fetcher,
        clock: Callable[[], datetime],
        mark: str,
    ) -> None:
        self.source, self.known = job.source, job.known
        self.tally = Tally(job.source.key, manners)
        self._kind_class, self._manners, self._fetcher, self._clock = kind, manners, fetcher, clock
        self._began, self._started_at = time.monotonic(), clock()
        self.deadline = self._began + manners.seconds_per_source
        self._catch = Catch(job.source.key, self.tally)
        self._validators = Validators(
            job.known, mark=mark, full_hours=manners.full_hours, clock=clock, began=self._started_at
        )
        self._had: dict[str, Answer | FetchFailed] = {}
        self._finished, self._not_modified = False, False
        self._failures = 0
        self._incremental = kind.incremental

    async def run(self) -> Harvest:
        """Collect the source to its end, or to where it cannot go on; nothing that a site or a kind does raises."""
        try:
            kind, starts = self._begin()
            if await self._nothing_changed(starts):
                self._not_modified = True
            else:
                await self._read_everything(kind, starts)
                self._finished = True
                await self._look_for_missing(kind)
        except Enough:
            pass
        return self.harvest()

    def harvest(self) -> Harvest:
        """What has been collected so far, judged by this source's own counters."""
        complete = self._finished and not self.tally.failed
        state = self.known.source if self.known else None
        validators = self._validators.after_reading() if complete else ()
        if self._not_modified and state:
            validators = state.validators
        self.tally.count("seconds_ms", round((time.monotonic() - self._began) * 1000))
        return Harvest(
            source=self.source.key,
            started_at=self._started_at,
            finished_at=self._clock(),
            postings=self._catch.postings,
            problems=self.tally.problems(),
            complete=complete,
            not_modified=self._not_modified,
            incremental=self._incremental,
            unchanged=frozenset(self._catch.unchanged),
            removed=frozenset(self._catch.removed | self._catch.gone),
            gone=frozenset(self._catch.gone),
            counts=self.tally.counts,
            validators=validators,
            # A stream goes on from where it was last understood, or its events would be lost.
            cursor=self._catch.cursor if complete and self._catch.cursor else (state.cursor if state else ""),
        )

    def _begin(self) -> tuple[Kind, list[Fetch]]:
        from pydantic import ValidationError

        try:
            kind = self._kind_class(self.source, self.known)
            self._incremental = kind.incremental  # a kind that can do both decides by its options
            self._validators.incremental = self._incremental
            return kind, list(kind.start())
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            self.tally.problem("error", "bad-options", f"{self._kind_class.name}: {faults}")
        except Exception as error:  # noqa: BLE001 - one bad kind stays one bad kind
            self.tally.crash(f"{self._kind_class.name} could not start", error)
        raise Enough

    # --- reading ---------------------------------------------------------------------------------------------------

    async def _read_everything(self, kind: Kind, starts: list[Fetch]) -> None:
        queue = deque((fetch, _Chain()) for fetch in starts)
        asked: set[tuple[str, str, str]] = set()
        while queue:
            fetch, chain = queue.popleft()
            request = (fetch.method, fetch.url, fetch.body)
            if request in asked:
                self.tally.count("repeated_requests")
                continue
            asked.add(request)
            if not _is_ad(fetch):
                if self.tally.so_far("pages") >= self._manners.max_pages:
                    limit = f"{self._manners.max_pages} listing pages read and more to come"
                    self.tally.problem("error", "too-many-pages", f"{limit}; {shown(fetch.url)} was not read")
                    continue
                self.tally.count("pages")
            page = await self._page(fetch)
            if page is not None:
                queue.extend((further, chain) for further in self._read(kind, page, chain))

    def _read(self, kind: Kind, page: Page, chain: _Chain) -> list[Fetch]:
        """Take in one page. Returns the requests it leads to; none when it only repeats what its chain has shown."""
        further: list[Fetch] = []
        shown_here: set[str] = set()
        try:
            for found in kind.read(page):
                self.tally.count("found")
                if self.tally.so_far("found") > self._manners.max_items:
                    limit = f"more than {self._manners.max_items} items"
                    self.tally.problem("error", "too-many-items", f"{limit}, the last at {shown(page.url)}")
                    raise Enough  # noqa: TRY301 - the same way out as from any depth
                if isinstance(found, Fetch):
                    further.append(found)
                    if _is_ad(found):
                        shown_here.add(found.of or found.url)
                else:
                    shown_here.add(self._catch.take(found))
        except Enough:
            raise
        except Exception as error:  # noqa: BLE001 - one bad page stays one bad page
            self.tally.crash(f"{kind.name} failed on {shown(page.url)}", error)
        shown_here.discard("")
        if not _is_ad(page.fetch):
            if chain.pages and shown_here and shown_here <= chain.seen:
                self.tally.problem(
                    "error", "repeated-page", f"{shown(page.url)} shows only what earlier pages of the list showed"
                )
                further = [fetch for fetch in further if _is_ad(fetch)]
            chain.pages += 1
            chain.seen |= shown_here
        return further

    # --- asking ----------------------------------------------------------------------------------------------------

    async def _page(self, fetch: Fetch) -> Page | None:
        """Ask for a page and make sure it can be read. None: there is nothing to read, and the tally says why."""
        try:
            answer = await self._answer(fetch, {})
            if answer.status in {404, 410}:
                self._missing(fetch, answer)
                return None
            if answer.status not in {200, 203}:
                raise refusal(answer)
            if _is_ad(fetch) and calls_itself_missing(answer):
                self._missing(fetch, answer)
                return None
            page, mislabelled = understand(answer, fetch, self._clock())
        except FetchFailed as failure:
            self._fail(failure)
            return None
        self._failures = 0
        if mislabelled:
            self.tally.problem("warning", "wrong-charset", f"{shown(answer.url)} is read as {page.encoding}")
        if answer.permanent and fetch.step == "start":
            self.tally.problem("warning", "moved", f"{shown(fetch.url)} has moved for good to {shown(answer.url)}")
        if not _is_ad(fetch):
            self._validators.remember(fetch, answer)
        return page

    async def _answer(self, fetch: Fetch, headers: Mapping[str, str]) -> Answer:
        had = self._had.pop(fetch.url, None) if plain(fetch) else None
        if isinstance(had, FetchFailed):
            raise had
        return had or await self._fetcher(fetch, headers, self.deadline, self.tally)

    def _missing(self, fetch: Fetch, answer: Answer) -> None:
        """A page that is not there: an ad that is gone, or a source that is broken."""
        if not _is_ad(fetch):
            self._fail(FetchFailed("not-found", f"{shown(fetch.url)} answers {answer.status}", status=answer.status))
            return
        self._failures = 0
        identifier = fetch.of or next((s.identifier for s in self._open().values() if s.url == fetch.url), "")
        if identifier:
            self._catch.remove(identifier)
        else:
            self.tally.problem("warning", "not-found", f"a listed ad is not there: {shown(fetch.url)}")

    def _fail(self, failure: FetchFailed) -> None:
        data = {"status": failure.status} if failure.status else {}
        self.tally.problem("error", failure.code, failure.message, data)
        if failure.code in {"time-ran-out", "too-many-requests"}:
            raise Enough
        self._failures = self._failures + 1 if failure.code in TRANSIENT else 0
        if self._failures >= self.GIVE_UP_AFTER:
            raise Enough

    # --- cheap when nothing changed --------------------------------------------------------------------------------

    async def _nothing_changed(self, starts: list[Fetch]) -> bool:
        """Ask for every listing page of the last complete harvest, on condition that it changed.

        True only when each of them said, or showed by its bytes, that it did not. Bodies got on the way are kept for
        the full reading that follows otherwise, so nothing is asked twice.
        """
        validators = self._validators.usable(starts)
        if not validators:
            return False
        first = {fetch.url: fetch for fetch in starts}
        for url, validator in validators.items():
            fetch = first.get(url) or Fetch(url=url, step="list")
            try:
                answer = await self._answer(fetch, conditions(validator))
            except FetchFailed as failure:
                self._had[url] = failure
                return False
            if answer.status == 304:
                self.tally.count("not_modified")
                continue
            self._had[url] = answer
            if answer.status != 200 or digest(answer.body) != validator.body_hash:
                return False
            self.tally.count("same_body")
        return True

    # --- what vanished ---------------------------------------------------------------------------------------------

    async def _look_for_missing(self, kind: Kind) -> None:
        """Look at the own pages of open ads that a complete listing no longer shows, a bounded number of them.

        What is surely gone can then be closed at once; all else merely counts as missed.
        """
        if self.tally.failed or self._incremental:
            return
        met = self._catch.met
        missing = [state for key, state in self._open().items() if key not in met and state.url]
        missing.sort(key=lambda state: (-state.misses, state.identifier))
        for state in missing[: self._manners.max_checks]:
            self.tally.count("checked")
            try:
                fetch = kind.look_at(state.identifier, state.url)
                answer = await self._fetcher(fetch, {}, self.deadline, self.tally)
                found = judge(
                    Target(key=state.identifier, url=state.url, title=state.title), fetch, answer, self._clock()
                )
            except FetchFailed as failure:
                if failure.code in {"time-ran-out", "too-many-requests", "host-left-alone", "rate-limited"}:
                    return
                continue
            if found.gone:
                self._catch.gone.add(state.identifier)
                self.tally.count("confirmed_gone")

    def _open(self) -> dict[str, PostingState]:
        return {key: state for key, state in self.known.postings.items() if state.open} if self.known else {}


def _is_ad(fetch: Fetch) -> bool:
    return bool(fetch.of) or fetch.step == "ad"
