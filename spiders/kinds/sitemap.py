"""A site whose ads are found through its sitemap and tell of themselves as schema.org markup.

Facts (sitemaps.org): a `<urlset>` holds at most 50,000 addresses, a `<sitemapindex>` names further sitemaps; both may
be compressed with gzip; unpacked they are at most 50 MB. `lastmod` is when a page last changed. Sitemaps list more than
jobs, and jobs that are gone.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from aggregator.model import Known, Source
from spiders.base import Fetch, Found, Kind, KindOptions, Listed, Page
from spiders.extract.adpages import AdPages, looks_like_ad
from spiders.extract.dates import parse_date
from spiders.extract.links import canonical, clean_url
from spiders.extract.posting import looks_like_html, problem, too_big
from spiders.extract.selectors import check_pattern
from spiders.extract.xml import XmlRefusedError, fields_of, local_name
from spiders.extract.xmlstream import XmlStream

MAX_UNPACKED = 50_000_000
"""Bytes of an unpacked sitemap: the protocol's own bound."""


class Sitemap(Kind):
    """A site's ads, by its sitemap."""

    name = "sitemap"
    title = "Site with a sitemap and JobPosting markup"

    class Options(KindOptions):
        """Which of the site's pages are ads, and how many are read."""

        pattern: str = ""
        """Regular expression that an ad's address must match; otherwise those are taken that look like an ad's."""
        sitemaps: str = ""
        """Regular expression that a sitemap's address must match where there are several; otherwise all are read."""
        identity: Literal["identifier", "url"] = "identifier"
        """What an ad is known by: its markup's `identifier`, or its address where a site gives all ads the same one."""
        pages: int = Field(20, ge=1, le=500)
        """Sitemaps that are read at most; more is reported."""
        ads: int = Field(300, ge=1, le=5000)
        """Ads of the sitemaps that are read at most; more is reported."""

        _patterns = field_validator("pattern", "sitemaps")(check_pattern)

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.ad_pages = AdPages(source, known, identity=self.options.identity, sure=bool(self.options.pattern))
        self.asked: set[str] = set()
        self.maps: set[str] = set()
        self.full: set[str] = set()
        self.awaited = 1

    def start(self) -> Iterator[Fetch]:
        """The sitemap that the source's address is; else the one at the root of its site."""
        parts = urlsplit(self.source.url)
        is_map = re.search(r"\.(?:xml|xml\.gz|txt)$", parts.path) or "sitemap" in parts.path
        yield Fetch(url=self.source.url if is_map else f"{parts.scheme}://{parts.netloc}/sitemap.xml")

    def read(self, page: Page) -> Iterator[Found]:
        if page.fetch.step == "ad":
            if big := list(too_big(self.source, page)):
                yield from big
            else:
                yield from self.ad_pages.read(self.ad_pages.markup(page), page)
            return
        self.maps.add(canonical(page.url))
        self.awaited -= 1
        body = _unpacked(page.body)
        if body is None:
            told = f"the sitemap {page.url} is not whole, or larger than {MAX_UNPACKED} bytes when unpacked"
            yield problem(self.source, "broken-feed", told, url=page.url)
        elif looks_like_html(body):
            told = f"{page.url} answers with a web page instead of a sitemap; give the sitemap's own address"
            yield problem(self.source, "not-a-feed", told, url=page.url)
        else:
            yield from self._map(replace(page, body=body))

    def _map(self, page: Page) -> Iterator[Found]:
        stream = XmlStream(page.body, page.encoding)
        try:
            for element in stream.items("url", "sitemap"):
                fields = fields_of(element)
                url = clean_url(fields.get("loc", ""), page.url)
                if not url:
                    continue
                if local_name(element).lower() == "sitemap":
                    yield from self._further(url, page)
                else:
                    yield from self._address(url, fields.get("lastmod", ""), page)
        except XmlRefusedError as error:
            told = f"the sitemap {page.url} cannot be read to its end: {error}"
            yield problem(self.source, "broken-feed", told, url=page.url)
            return
        if stream.root.lower() not in ("urlset", "sitemapindex"):
            told = f"{page.url} is XML but no sitemap (<{stream.root}>)"
            yield problem(self.source, "not-a-feed", told, url=page.url)
        elif not self.asked and self.awaited <= 0:
            told = f"no address in the sitemap {self.source.url} looks like an ad's; set `pattern`"
            yield problem(self.source, "no-ads-found", told, level="warning", url=page.url)

    def _further(self, url: str, page: Page) -> Iterator[Found]:
        """A sitemap that an index names. Where some are called after jobs, an operator should name them."""
        if canonical(url) in self.maps or (self.options.sitemaps and not re.search(self.options.sitemaps, url)):
            return
        self.maps.add(canonical(url))
        if len(self.maps) > self.options.pages:
            yield from self._too_many("pages", "sitemaps", page)
            return
        self.awaited += 1
        yield Fetch(url=url, step="list")

    def _address(self, url: str, changed: str, page: Page) -> Iterator[Found]:
        address = canonical(url)
        is_ad = re.search(self.options.pattern, url) if self.options.pattern else looks_like_ad(url)
        if not is_ad or address in self.asked:
            return
        if len(self.asked) >= self.options.ads:
            yield from self._too_many("ads", "ads", page)
            return
        self.asked.add(address)
        identifier = self.ad_pages.identifiers.get(address, "")
        if identifier and self._is_as_known(identifier, parse_date(changed, now=page.retrieved_at), page.retrieved_at):
            yield Listed(identifier=identifier)
        else:
            yield Fetch(url=url, step="ad", expects="html", of=identifier)

    def _is_as_known(self, identifier: str, changed: datetime | None, now: datetime) -> bool:
        """Whether an ad is open, in its time, and was read since the sitemap says that it last changed.

        Some sites write today's date beside every page: then all are read every time, which is right if costly.
        """
        state = self.known.postings.get(identifier) if self.known else None
        if state is None or not state.open or state.expired(now) or changed is None:
            return False
        return changed < state.last_seen

    def _too_many(self, option: Literal["ads", "pages"], what: str, page: Page) -> Iterator[Found]:
        if option not in self.full:
            self.full.add(option)
            most = getattr(self.options, option)
            told = f"the site has more than {most} {what}; narrow it with `pattern` and `sitemaps`, or raise `{option}`"
            yield problem(self.source, f"too-many-{option}", told, url=page.url)


def _unpacked(body: bytes) -> bytes | None:
    """The bytes, unpacked when they are gzip; None when they are broken or unpack to more than a sitemap may hold."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_UNPACKED)
    except zlib.error:
        return None
    return unpacked if unpacker.eof else None


KIND = Sitemap
