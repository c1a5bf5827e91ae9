"""One source, one harvest: run its kind, judge what comes back, and say honestly how complete it is.

Knows neither Scrapy nor HTTP: it is given a `Fetcher` and awaits it, one request at a time, so pages are read in the
order in which the kind asked for them and the same site always gives the same harvest.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.model import Harvest, JobPosting, Known, PostingState, Problem, Source, Validator
from spiders.base import Cursor, Fetch, Kind, Listed, Page, Removed
from spiders.fetching import TRANSIENT, Answer, FetchFailed, shown
from spiders.look import Alive, Target, by_status, look
from spiders.manners import Manners
from spiders.pages import says_missing, title_of, understand
from spiders.tally import Tally

READER = "reader:"
"""The address of the validator that tells which reader (kind, its code, the source's options) read the source last,
and when it did so in full. A changed reader, or a reading too long ago, makes the next harvest a full one."""

CLOCK_SLACK = timedelta(minutes=5)
"""How far a clock may have been set back without its earlier readings being distrusted."""

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
        self._kind_class, self._manners, self._fetcher, self._clock, self._mark = kind, manners, fetcher, clock, mark
        self._began, self._started_at = time.monotonic(), clock()
        self.deadline = self._began + manners.seconds_per_source
        self._postings: dict[str, JobPosting] = {}
        self._unchanged: set[str] = set()
        self._removed: set[str] = set()
        self._gone: set[str] = set()
        self._validators: dict[str, Validator] = {}
        self._had: dict[str, Answer | FetchFailed] = {}
        self._checkable, self._finished, self._not_modified = True, False, False
        self._failures = 0
        self._cursor = ""
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
        validators = self._new_validators() if complete else ()
        if self._not_modified and state:
            validators = state.validators
        self.tally.count("seconds_ms", round((time.monotonic() - self._began) * 1000))
        return Harvest(
            source=self.source.key,
            started_at=self._started_at,
            finished_at=self._clock(),
            postings=tuple(p for key, p in self._postings.items() if key not in self._removed),
            problems=self.tally.problems(),
            complete=complete,
            not_modified=self._not_modified,
            incremental=self._incremental,
            unchanged=frozenset(self._unchanged),
            removed=frozenset(self._removed | self._gone),
            gone=frozenset(self._gone),
            counts=self.tally.counts,
            validators=validators,
            # A stream goes on from where it was last understood, or its events would be lost.
            cursor=self._cursor if complete and self._cursor else (state.cursor if state else ""),
        )

    def _begin(self) -> tuple[Kind, list[Fetch]]:
        from pydantic import ValidationError

        try:
            kind = self._kind_class(self.source, self.known)
            self._incremental = kind.incremental  # a kind that can do both decides by its options
            return kind, list(kind.start())
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            self.tally.problem("error", "bad-options", f"{self._kind_class.name}: {faults}")
        except Exception as error:  # noqa: BLE001 - one bad kind stays one bad kind
            self.tally.problem("error", "kind-crashed", f"{self._kind_class.name} could not start: {_told(error)}")
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
                    shown_here.add(self._take(found))
        except Enough:
            raise
        except Exception as error:  # noqa: BLE001 - one bad page stays one bad page
            self.tally.problem("error", "kind-crashed", f"{kind.name} failed on {shown(page.url)}: {_told(error)}")
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

    def _take(self, found: object) -> str:
        """Keep one thing a kind found; returns the identifier it is about, if any."""
        match found:
            case JobPosting():
                return self._take_posting(found)
            case Listed(identifier=identifier):
                self._unchanged.add(identifier)
                return identifier
            case Removed(identifier=identifier):
                self._removed.add(identifier)
                self._postings.pop(identifier, None)
                return identifier
            case Cursor(value=value):
                self._cursor = value
            case Problem():
                self.tally.problem(found.level, found.code, found.message, found.data)
            case _:
                raise TypeError(f"a kind may not yield a {type(found).__name__}")
        return ""

    def _take_posting(self, posting: JobPosting) -> str:
        lacking = [name for name in ("identifier", "title", "url") if not str(getattr(posting, name)).strip()]
        if not lacking and urlsplit(posting.url).scheme not in {"http", "https"}:
            lacking = ["usable link"]
        if lacking:
            who = posting.identifier or posting.title or shown(posting.url) or "a posting"
            where = shown(posting.retrieved_from)
            self.tally.problem("error", "bad-posting", f"{who} at {where} has no {' and no '.join(lacking)}")
            return posting.identifier
        posting = replace(posting, source=self.source.key)
        before = self._postings.get(posting.identifier)
        if before is not None:
            self.tally.count("duplicates")
            if (before.title, before.url) != (posting.title, posting.url):
                both = f"{before.title!r} and {posting.title!r}"
                same = f"{both} both call themselves {posting.identifier!r}"
                self.tally.problem("error", "duplicate-identifier", f"{same}; only the first is kept")
            return posting.identifier
        self._postings[posting.identifier] = posting
        self._removed.discard(posting.identifier)  # a stream may close an ad and open it again
        self.tally.count("items")
        return posting.identifier

    # --- asking ----------------------------------------------------------------------------------------------------

    async def _page(self, fetch: Fetch) -> Page | None:
        """Ask for a page and make sure it can be read. None: there is nothing to read, and the tally says why."""
        try:
            answer = await self._answer(fetch, {})
            if answer.status in {404, 410}:
                self._missing(fetch, answer)
                return None
            if answer.status not in {200, 203}:
                raise _status(answer)
            if _is_ad(fetch) and says_missing(title_of(answer.body[:65536].decode("utf-8", errors="replace"))):
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
            self._remember(fetch, answer)
        return page

    async def _answer(self, fetch: Fetch, headers: Mapping[str, str]) -> Answer:
        had = self._had.pop(fetch.url, None) if _plain(fetch) else None
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
            self._removed.add(identifier)
            self._postings.pop(identifier, None)
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
        validators = self._usable_validators(starts)
        if not validators:
            return False
        first = {fetch.url: fetch for fetch in starts}
        for url, validator in validators.items():
            fetch = first.get(url) or Fetch(url=url, step="list")
            try:
                answer = await self._answer(fetch, _conditions(validator))
            except FetchFailed as failure:
                self._had[url] = failure
                return False
            if answer.status == 304:
                self.tally.count("not_modified")
                continue
            self._had[url] = answer
            if answer.status != 200 or _digest(answer.body) != validator.body_hash:
                return False
            self.tally.count("same_body")
        return True

    def _usable_validators(self, starts: list[Fetch]) -> dict[str, Validator]:
        """The validators of the last full reading, start pages first; empty when it must be read in full again."""
        known = self.known
        if known is None or known.source.baseline or known.source.quarantined_at or self._incremental:
            return {}
        validators = {validator.url: validator for validator in known.source.validators}
        reader = validators.pop(READER, None)
        if reader is None or reader.etag != self._mark or not self._recent(reader.last_modified):
            return {}
        if not starts or any(not _conditional(fetch) or fetch.url not in validators for fetch in starts):
            return {}
        order = [fetch.url for fetch in starts]
        return {url: validators[url] for url in [*order, *(url for url in validators if url not in order)]}

    def _recent(self, at: str) -> bool:
        try:
            age = self._clock() - datetime.fromisoformat(at)
        except (ValueError, TypeError):
            return False
        return -CLOCK_SLACK <= age < timedelta(hours=self._manners.full_hours)

    def _remember(self, fetch: Fetch, answer: Answer) -> None:
        if not _conditional(fetch) or (fetch.headers and fetch.step != "start"):
            self._checkable = False  # this page could not be asked for again without its kind
            return
        self._validators[fetch.url] = Validator(
            url=fetch.url,
            etag=answer.headers.get("etag", ""),
            last_modified=answer.headers.get("last-modified", ""),
            body_hash=_digest(answer.body),
        )

    def _new_validators(self) -> tuple[Validator, ...]:
        if not self._checkable or self._incremental:
            return ()
        mark = Validator(url=READER, etag=self._mark, last_modified=self._started_at.isoformat())
        return (*self._validators.values(), mark)

    # --- what vanished ---------------------------------------------------------------------------------------------

    async def _look_for_missing(self, kind: Kind) -> None:
        """Look at the own pages of open ads that a complete listing no longer shows, a bounded number of them.

        What is surely gone can then be closed at once; all else merely counts as missed.
        """
        if self.tally.failed or self._incremental:
            return
        seen = self._postings.keys() | self._unchanged | self._removed
        missing = [state for key, state in self._open().items() if key not in seen and state.url]
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
                self._gone.add(state.identifier)
                self.tally.count("confirmed_gone")

    def _open(self) -> dict[str, PostingState]:
        return {key: state for key, state in self.known.postings.items() if state.open} if self.known else {}


def judge(target: Target, fetch: Fetch, answer: Answer, now: datetime) -> Alive:
    """Whether the ad whose page this answer is still stands; see `spiders.look`."""
    if answer.status not in {200, 203}:
        return by_status(answer.status)
    try:
        page, _ = understand(answer, fetch, now)
    except FetchFailed:
        if says_missing(title_of(answer.body[:65536].decode("utf-8", errors="replace"))):
            return by_status(404)
        raise
    return look(target, page, now)


def _status(answer: Answer) -> FetchFailed:
    where, status = shown(answer.url), answer.status
    if status in {401, 403, 451}:
        return FetchFailed("forbidden", f"{where} answers {status}", status=status)
    if status == 429:
        return FetchFailed("rate-limited", f"{where} answers 429: too many requests", status=status)
    if status >= 500:
        return FetchFailed("server-error", f"{where} answers {status}", status=status)
    return FetchFailed("http-status", f"{where} answers {status}", status=status)


def _is_ad(fetch: Fetch) -> bool:
    return bool(fetch.of) or fetch.step == "ad"


def _plain(fetch: Fetch) -> bool:
    return fetch.method == "GET" and not fetch.body


def _conditional(fetch: Fetch) -> bool:
    return _plain(fetch) and fetch.validate


def _conditions(validator: Validator) -> dict[str, str]:
    conditions = {"If-None-Match": validator.etag, "If-Modified-Since": validator.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _told(error: BaseException) -> str:
    """An exception in one line, with the line of code it came from."""
    place = ""
    for frame in _frames(error):
        place = frame
    return f"{type(error).__name__}: {error}"[:300] + (f" ({place})" if place else "")


def _frames(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename.rpartition("/")[2]
        yield f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
