"""The one Scrapy spider: all sources of a session, each read by its own coroutine, all through one downloader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import scrapy
from scrapy.exceptions import IgnoreRequest, NotSupported, UnsupportedURLSchemeError

from spiders.addresses import check
from spiders.base import Fetch
from spiders.fetching import Answer, FetchFailed, shown
from spiders.hosts import Hosts
from spiders.manners import Manners
from spiders.tally import Tally


class Collector(scrapy.Spider):
    """`work` is given the spider and uses its `fetch`; when it returns, the session is over."""

    name = "jobbfyr"

    def __init__(self, manners: Manners, work: Callable[[Collector], Awaitable[None]], **kwargs: Any) -> None:  # noqa: ANN401 - Scrapy's own
        super().__init__(**kwargs)
        self.manners = manners
        self.hosts = Hosts(manners.seconds_between_requests)
        self.room = asyncio.Semaphore(manners.concurrency)
        self._work = work

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's entry. Nothing is yielded: the requests are made one by one with `fetch`."""
        await self._work(self)
        none: tuple[Any, ...] = ()
        for request in none:
            yield request

    async def fetch(self, fetch: Fetch, headers: Mapping[str, str], deadline: float, tally: Tally) -> Answer:
        """Make one request, through robots.txt, patience and redirects. Raises `FetchFailed`; see `harvest.Fetcher`."""
        request = scrapy.Request(
            fetch.url,
            method=fetch.method,
            headers={**fetch.headers, **headers},
            body=fetch.body,
            meta={"download_slot": check(fetch.url), "deadline": deadline, "tally": tally},
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except IgnoreRequest as ignored:
            raise FetchFailed("redirect-loop", f"{shown(fetch.url)}: {ignored}") from ignored
        except (NotSupported, UnsupportedURLSchemeError) as error:
            raise FetchFailed("address-refused", f"{shown(fetch.url)}: {error}") from error
        meta = response.meta
        reasons = meta.get("redirect_reasons", [])
        return Answer(
            url=response.url,
            status=response.status,
            body=response.body,
            headers={
                name.decode("latin-1").lower(): values[-1].decode("latin-1")
                for name, values in response.headers.items()
                if values
            },
            hops=len(reasons),
            permanent=bool(reasons) and all(reason in {301, 308} for reason in reasons),
        )
