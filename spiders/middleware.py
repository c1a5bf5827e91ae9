"""Scrapy downloader middlewares: the budget, robots.txt, patience, and redirects that leave no trail.

Outwards a request passes them in this order, an answer comes back the other way. All state lives in the spider
(`spiders.spider.Collector`): hosts for the session, tallies for each source.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

from spiders import robots
from spiders.addresses import check
from spiders.fetching import TRANSIENT, FetchFailed, retry_after, shown

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.spider import Collector


class _Ours:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.spider = cast("Collector", crawler.spider)
        self.manners = self.spider.manners
        self.hosts = self.spider.hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)


class RobotsMiddleware(_Ours):
    """Obeys robots.txt as RFC 9309 says: no file (4xx) allows all, an unreachable one (5xx, no answer) forbids all.

    Scrapy's own allows everything when the file cannot be had, and does not know Crawl-delay.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._sites: dict[str, asyncio.Task[robots.Rules | FetchFailed]] = {}

    async def process_request(self, request: Request) -> None:
        host = check(request.url)  # before anything is asked of it
        if not self.manners.obey_robots or request.meta.get("for_robots"):
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._sites:
            self._sites[site] = asyncio.ensure_future(self._fetched(site, host, request))
        rules = await asyncio.shield(self._sites[site])
        if isinstance(rules, FetchFailed):
            if rules.code == "time-ran-out":  # one source's haste says nothing about the site
                self._sites.pop(site, None)
            raise FetchFailed(rules.code, rules.message, status=rules.status)
        if not rules.allowed(request.url):
            raise FetchFailed("robots-refused", f"{shown(request.url)}: robots.txt does not allow it")

    async def _fetched(self, site: str, host: str, asker: Request) -> robots.Rules | FetchFailed:
        meta = {"for_robots": True, "deadline": asker.meta["deadline"], "tally": asker.meta["tally"]}
        request = Request(f"{site}/robots.txt", meta=meta | {"download_slot": host})
        try:
            answer = await self.crawler.engine.download_async(request)
        except FetchFailed as failure:
            return failure
        except IgnoreRequest:  # RFC 9309 §2.3.1.2: too many redirects may count as no file
            return robots.Rules(robots.product_token(self.manners.user_agent))
        if answer.status >= 500 or answer.status == 429:
            message = f"{site}/robots.txt answers {answer.status}, so nothing there may be asked"
            return FetchFailed("robots-unreachable", message, status=answer.status)
        if answer.status >= 300:
            return robots.Rules(robots.product_token(self.manners.user_agent))
        rules = robots.parse(answer.body, self.manners.user_agent)
        self.hosts.slow_down(host, rules.delay, time.monotonic())
        return rules


class PatienceMiddleware(_Ours):
    """Tries again what may pass, waits as long as a server asks, and leaves a host alone that refuses us."""

    TRANSIENT_STATUS: ClassVar[frozenset[int]] = frozenset({500, 502, 503, 504, 520, 521, 522, 523, 524})

    async def process_request(self, request: Request) -> None:
        host = check(request.url)
        refused = self.hosts.of(host).refused
        if refused:
            raise FetchFailed("host-left-alone", f"{shown(request.url)}: not asked, because {refused}")
        wait = self.hosts.wait_for_rest(host, time.monotonic())
        if wait > self.manners.max_wait:
            raise FetchFailed("rate-limited", f"{host} asked to be left alone for another {wait:.0f} s")

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        host = check(request.url)
        if response.status in {401, 403, 451} and not request.meta.get("for_robots"):
            if response.status == 403:
                self.hosts.of(host).refused = f"{host} answered 403 to an earlier request"
            return response
        if response.status != 429 and response.status not in self.TRANSIENT_STATUS:
            return response
        asked = retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), datetime.now(UTC))
        if asked is not None:
            self.hosts.rest(host, asked, time.monotonic())
            if asked > self.manners.max_wait:
                return response
        return await self._again(request, host, asked) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if isinstance(exception, FetchFailed) and exception.code in TRANSIENT:
            return await self._again(request, check(request.url), None)
        return None

    async def _again(self, request: Request, host: str, asked: float | None) -> Request | None:
        tried = request.meta.get("tried", 0)
        if tried >= self.manners.retries:
            return None
        wait = self.manners.backoff * 2**tried if asked is None else asked
        now = time.monotonic()
        if now + wait > request.meta["deadline"]:
            return None
        self.hosts.rest(host, wait, now)  # the download handler sleeps; other sources of the host wait as well
        request.meta["tally"].count("retries")
        return request.replace(meta=request.meta | {"tried": tried + 1})


class QuietRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, without a Referer and each in the slot of its own host."""

    def handle_referer(self, request: Request, response: Response) -> None:  # noqa: ARG002 - Scrapy's signature
        request.headers.pop("Referer", None)
        try:
            request.meta["download_slot"] = check(request.url)
        except FetchFailed:
            request.meta.pop("download_slot", None)  # refused by name a moment later, when it is sent

    def _engine_started(self) -> None:
        """Scrapy warns here that no RefererMiddleware was found; none is wanted."""


class TallyMiddleware(_Ours):
    """Counts what leaves and what comes, and stops a source that has used up its requests or its time."""

    async def process_request(self, request: Request) -> None:
        request.meta["tally"].ask(time.monotonic(), request.meta["deadline"], shown(request.url))

    async def process_response(self, request: Request, response: Response) -> Response:
        request.meta["tally"].answered(response.status, request.meta.get("bytes", len(response.body)))
        return response
