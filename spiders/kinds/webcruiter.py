"""Webcruiter (Talentech): the public portal's search, asked for one employer by its number (`companyLock`).

Facts: `POST candidate.webcruiter.com/api/odvert/companysearch/{number}` with `{"take": n, "skip": n}` answers `Total`
and `Data`; GET is 405. A number that nobody has answers 200 with `Total` 0, like an employer without vacancies. Dates
are `DD.MM.YYYY` or `DD/MM/YYYY`, the last day ISO; year 1 stands for "as soon as possible".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field

from aggregator.errors import UsageError
from aggregator.model import Known, Place, Source
from aggregator.schema_org import text_of
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.boards import boards_named
from spiders.extract.interface import ads_in
from spiders.extract.listing import read_object
from spiders.extract.posting import Ad, place, problem

PORTAL = "https://candidate.webcruiter.com"
PER_PAGE = 100
"""Ads that are asked for at once; the portal itself asks for 20."""

_HOST = re.compile(r"(?:(?P<number>\d{4,10})\.|[\w-]+\.)?webcruiter\.(?:no|com|se|dk)")


class Webcruiter(Kind):
    """One employer's ads at the portal."""

    name = "webcruiter"
    title = "Webcruiter (Talentech)"

    class Options(KindOptions):
        """How much is read."""

        pages: int = Field(50, ge=1, le=500)
        """Pages of 100 ads that are read at most; more is reported."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.seen: set[str] = set()

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        number = company_lock(url)
        if not number:
            return None
        return Recognised(
            url=f"{PORTAL}/?companylock={number}", evidence=f"the address is of Webcruiter's employer {number}"
        )

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        for mark in ("webcruiter.com", "webcruiter.no"):
            yield from boards_named(cls, html, url, mark=mark)

    def start(self) -> Iterator[Fetch]:
        number = company_lock(self.source.url)
        if not number:
            raise UsageError(
                f"{self.source.url} does not hold an employer's number at Webcruiter",
                hint=f"use an address such as {PORTAL}/?companylock=12345",
            )
        yield self._search(number, 0)

    def _search(self, number: str, skip: int) -> Fetch:
        return Fetch(
            url=f"{PORTAL}/api/odvert/companysearch/{number}",
            step="list" if skip else "start",
            method="POST",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=json.dumps({"take": PER_PAGE, "skip": skip}),
            expects="json",
            validate=False,
            context={"skip": str(skip)},
        )

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="Data", of="Webcruiter's search")
        if not isinstance(data, Mapping):
            yield data
            return
        ads = data["Data"]
        yield from ads_in(ads, self.source, page, of="Webcruiter's search", make=_ad)
        if isinstance(ads, list):
            yield from self._next(data.get("Total"), ads, page)

    def _next(self, total: object, ads: list[object], page: Page) -> Iterator[Found]:
        skip = int(page.fetch.context.get("skip", "0"))
        reached = skip + len(ads)
        new = {text_of(ad.get("Id")) for ad in ads if isinstance(ad, Mapping)} - self.seen
        self.seen |= new
        if not isinstance(total, int) or isinstance(total, bool) or reached >= total:
            return
        if not new:
            told = f"{page.url} promised {total} ads and gave {len(self.seen)}"
            yield problem(self.source, "list-cut-short", told, url=page.url)
        elif reached >= self.options.pages * PER_PAGE:
            told = f"the list goes on after {reached} ads of {total}; raise `pages` to read the rest"
            yield problem(self.source, "too-many-pages", told, url=page.url)
        elif number := company_lock(self.source.url):
            yield self._search(number, reached)


def company_lock(url: str) -> str:
    """The employer's number in an address at Webcruiter: its `companylock`, or its host's first part; "" for none."""
    try:
        parts = urlsplit(url)
        host = _HOST.fullmatch((parts.hostname or "").rstrip("."))
    except ValueError:
        return ""
    if host is None:
        return ""
    query = {name.lower(): value for name, value in parse_qsl(f"{parts.query}&{parts.fragment.rpartition('?')[2]}")}
    searched = re.fullmatch(r"/api/odvert/companysearch/(\d{1,10})/?", parts.path)
    number = query.get("companylock") or host["number"] or (searched[1] if searched else "")
    return number if re.fullmatch(r"\d{1,10}", number or "") else ""


def _ad(ad: Mapping[str, Any]) -> Ad | None:
    if ad.get("IsInternet") is False:
        return None  # on the employer's intranet only
    deadline = text_of(ad.get("ApplicationDeadline"))
    if not deadline or deadline.startswith("0001-"):
        deadline = text_of(ad.get("ApplyWithinDate"))
    return Ad(
        identifier=text_of(ad.get("Id")),
        title=text_of(ad.get("Heading")),
        url=text_of(ad.get("OpenAdvertUrl")),
        apply_url=text_of(ad.get("ApplyUrl")),
        body=text_of(ad.get("Presentation")),
        organization=text_of(ad.get("CompanyName")),
        places=tuple(_places(ad)),
        employment=tuple(filter(None, (text_of(ad.get("JobType")),))),
        published=text_of(ad.get("PublishedDate")) or None,
        deadline=deadline[:10] if deadline[10:] == "T00:00:00" else deadline or None,
        language=text_of(ad.get("Language")) or text_of(ad.get("Culture")),
        occupation_label=text_of(ad.get("JobCategory")),
    )


def _places(ad: Mapping[str, Any]) -> Iterator[Place]:
    """Each workplace that is named, else what the search sorts the ad under."""
    names = dict.fromkeys(text_of(ad.get(name)) for name in ("Workplace", "Workplace2", "Workplace3"))
    for name in list(filter(None, names)) or list(filter(None, (text_of(ad.get("WorkPlaceFacet")),))):
        yield place(name=name, city="" if "," in name else name)


KIND = Webcruiter
