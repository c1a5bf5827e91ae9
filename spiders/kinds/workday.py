"""Workday: the interface behind a career site at myworkdayjobs.com. The list is short, each ad's answer tells more.

Facts: `POST /wday/cxs/{tenant}/{site}/jobs` gives at most 20 ads an answer and 2,000 in all (beyond, it begins anew),
and `total` only in the first answer. `GET` of the same address with an ad's `externalPath` instead of `/jobs` gives its
text. The path holds title and place, which employers edit, and ends with the requisition's number, which stays.
`postedOn` is words ("Posted 3 Days Ago"); `startDate` is the day it was posted. The pages themselves are empty shells
that scripts fill in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from pydantic import Field

from aggregator.model import Known, Place, Problem, Source
from aggregator.schema_org import country_code, each, text_of
from spiders.base import Fetch, Found, Kind, KindOptions, Listed, Page, Recognised, Removed
from spiders.extract.boards import boards_named
from spiders.extract.links import parts_of
from spiders.extract.listing import as_listed, is_unchanged, mapping, read_object
from spiders.extract.posting import Ad, place, postings_of, problem
from spiders.extract.words import remote_mode

LIMIT = 20
MOST = 2000
"""Workday's own bounds: ads an answer, and ads a search."""

_HOST = re.compile(r"(?P<tenant>[\w-]+)\.(?:wd\d+\.)?myworkdayjobs\.com|wd\d+\.myworkdaysite\.com")
"""Test boards are at `myworkdayjobs-impl.com`, which this leaves out."""
_LOCALE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
_FACET = re.compile(r"[0-9a-f]{32}")
_NOT_SITES = frozenset(("job", "details", "jobs", "login", "userHome", "introduceYourself", "wday", "assets"))


class Workday(Kind):
    """One career site."""

    name = "workday"
    title = "Workday career site"

    class Options(KindOptions):
        """Which of the site's ads."""

        facets: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
        """Only ads with these marks, as the site's address has them when one filters there: `locationCountry: [id]`."""
        search: str = ""
        """Only ads with these words."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.site, self.interface = _bases(source.url)

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        board = _board(url)
        if board is None:
            return None
        host, tenant, site = board
        facets, words = _filters(url)
        options = {name: value for name, value in (("facets", facets), ("search", words)) if value}
        return Recognised(url=_site_url(host, tenant, site), evidence=f"{host} is a Workday address", options=options)

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        met: set[str] = set()
        for mark in ("myworkdayjobs.com", "myworkdaysite.com"):
            boards = [board for board in boards_named(cls, html, url, mark=mark) if board.url not in met]
            met.update(board.url for board in boards)
            yield from boards

    def start(self) -> Iterator[Fetch]:
        yield self._list(0, None)

    def look_at(self, identifier: str, url: str) -> Fetch:
        """Its own page is an empty shell; the interface answers 404 for an ad that is gone."""
        path = _ad_path(url)
        if not path:
            return super().look_at(identifier, url)
        return Fetch(url=f"{self.interface}{path}", step="ad", of=identifier, validate=False)

    def _list(self, offset: int, total: int | None) -> Fetch:
        facets, words = _filters(self.source.url)
        asked = {
            "appliedFacets": {**facets, **{name: list(ids) for name, ids in self.options.facets.items()}},
            "limit": LIMIT,
            "offset": offset,
            "searchText": self.options.search or words,
        }
        return Fetch(
            url=f"{self.interface}/jobs",
            step="list" if offset else "start",
            method="POST",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=json.dumps(asked),
            expects="json",
            context={"offset": str(offset), "total": "" if total is None else str(total)},
        )

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field=("jobPostings", "jobPostingInfo"), of="Workday's")
        if isinstance(data, Problem):
            yield data
        elif "jobPostingInfo" in data:
            yield from self._ad(data, page)
        else:
            yield from self._page_of_list(data, page)

    def _page_of_list(self, data: Mapping[str, Any], page: Page) -> Iterator[Found]:
        listed = list(each(data["jobPostings"]))
        for one in listed:
            yield from self._listed(mapping(one), page)
        context = page.fetch.context
        offset, total = int(context.get("offset") or 0), _number(context.get("total")) or _number(data.get("total"))
        following = offset + len(listed)
        if total is None and len(listed) == LIMIT:
            told = f"{page.url} does not say how many ads there are"
            yield problem(self.source, "shape-unknown", told, url=page.url)
        elif total is None or following >= min(total, MOST):
            if total is not None and total >= MOST:
                told = f"Workday gives no more than {MOST} ads of a search; narrow it with `facets`"
                yield problem(self.source, "too-many-hits", told, url=page.url)
        elif not listed:
            told = f"{page.url} promised {total} ads and gave {offset}"
            yield problem(self.source, "list-cut-short", told, url=page.url)
        else:
            yield self._list(following, total)

    def _listed(self, one: Mapping[str, Any], page: Page) -> Iterator[Found]:
        path, title = text_of(one.get("externalPath")), text_of(one.get("title"))
        if not path.startswith("/"):
            # Ads that may not be shown stand in the list without an address; what is left of them is their number.
            number = next(filter(None, map(text_of, each(one.get("bulletFields")))), "")
            yield from postings_of(Ad(identifier=number, title=title, url=""), self.source, page)
            return
        identifier = path.rstrip("/").rpartition("_")[2]
        url = f"{self.site}{path}"
        if is_unchanged(self.known, identifier, title=title, url=url, now=page.retrieved_at):
            yield Listed(identifier=identifier)
            return
        places = text_of(one.get("locationsText"))
        listed = {"identifier": identifier, "title": title, "url": url, "posted": text_of(one.get("postedOn"))}
        listed["place"] = "" if re.fullmatch(r"\d+ \w+", places) else places  # "3 Locations" names none
        ad = Ad(
            identifier=identifier,
            title=title,
            url=url,
            places=(place(name=listed["place"]),) if listed["place"] else (),
            published=listed["posted"] or None,
        )
        yield Fetch(
            url=f"{self.interface}{path}",
            step="ad",
            expects="json",
            of=identifier,
            context=listed,
            listed=as_listed(ad, self.source, page),
        )

    def _ad(self, data: Mapping[str, Any], page: Page) -> Iterator[Found]:
        info, listed = mapping(data["jobPostingInfo"]), page.fetch.context
        if info.get("posted") is False and listed.get("identifier"):
            yield Removed(identifier=listed["identifier"])
            return
        url = listed.get("url") or text_of(info.get("externalUrl"))
        remote = text_of(info.get("remoteType"))
        ad = Ad(
            identifier=listed.get("identifier") or _number_in(url) or text_of(info.get("jobReqId")),
            title=listed.get("title") or text_of(info.get("title")),
            url=url,
            apply_url=f"{url}/apply" if url and info.get("canApply") is not False else "",
            body=text_of(info.get("jobDescription")),
            organization=text_of(mapping(data.get("hiringOrganization")).get("name")),
            places=_places(info, listed.get("place", "")),
            remote=remote_mode(remote) if remote else None,
            remote_words=remote,
            employment=tuple(filter(None, (text_of(info.get("timeType")),))),
            published=text_of(info.get("startDate")) or text_of(info.get("postedOn")) or listed.get("posted") or None,
            deadline=text_of(info.get("endDate")) or text_of(info.get("timeLeftToApply")) or None,
            reference=text_of(info.get("jobReqId")),
        )
        yield from postings_of(ad, self.source, page)


def _places(info: Mapping[str, Any], listed: str) -> tuple[Place, ...]:
    """All places; the country is told of the first only."""
    requisition = mapping(info.get("jobRequisitionLocation"))
    names = [_descriptor(one) for one in (info.get("location"), *each(info.get("additionalLocations")))]
    names = [name for name in dict.fromkeys(names) if name] or [_descriptor(requisition) or listed]
    countries = (mapping(requisition.get("country")), mapping(info.get("country")))
    told = (text_of(one.get("alpha2Code")) or _descriptor(one) for one in countries)
    country = country_code(next(filter(None, told), ""))
    found = [place(name=name, country=country if at == 0 else "") for at, name in enumerate(names)]
    return tuple(one for one in found if one != Place())


def _descriptor(value: object) -> str:
    return text_of(value.get("descriptor")) if isinstance(value, Mapping) else text_of(value)


def _board(url: str) -> tuple[str, str, str] | None:
    """Host, tenant and site of any address of a career site; None for what is surely none."""
    parts = parts_of(url)
    host = (parts.hostname or "").lower()
    match = _HOST.fullmatch(host)
    if match is None:
        return None
    path = [part for part in parts.path.split("/") if part]
    if path[:2] == ["wday", "cxs"]:
        return (host, path[2], path[3]) if len(path) > 3 else None
    if path and _LOCALE.fullmatch(path[0]):
        path = path[1:]
    if match["tenant"] is None:
        return (host, path[1], path[2]) if path[:1] == ["recruiting"] and len(path) > 2 else None
    return (host, match["tenant"], path[0]) if path and path[0] not in _NOT_SITES else None


def _site_url(host: str, tenant: str, site: str) -> str:
    return f"https://{host}/recruiting/{tenant}/{site}" if "myworkdaysite." in host else f"https://{host}/{site}"


def _bases(url: str) -> tuple[str, str]:
    """Where a site's pages stand, and where its interface does. On another host than Workday's own the last two parts
    of the path are tenant and site.
    """
    if board := _board(url):
        host, tenant, site = board
        return _site_url(host, tenant, site), f"https://{host}/wday/cxs/{tenant}/{site}"
    parts = parts_of(url)
    tenant, site = (["", "", *(part for part in parts.path.split("/") if part)])[-2:]
    return url.partition("?")[0].rstrip("/"), f"{parts.scheme}://{parts.netloc}/wday/cxs/{tenant}/{site}"


def _filters(url: str) -> tuple[dict[str, list[str]], str]:
    """The facets and words that an address filters by."""
    query = parse_qs(parts_of(url).query)
    facets = {name: [one for one in ids if _FACET.fullmatch(one)] for name, ids in query.items()}
    return {name: ids for name, ids in facets.items() if ids}, " ".join(query.get("q", []))


def _ad_path(url: str) -> str:
    at = parts_of(url).path.find("/job/")
    return parts_of(url).path[at:] if at >= 0 else ""


def _number_in(url: str) -> str:
    path = _ad_path(url)
    return path.rstrip("/").rpartition("_")[2] if path else ""


def _number(value: object) -> int | None:
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


KIND = Workday
