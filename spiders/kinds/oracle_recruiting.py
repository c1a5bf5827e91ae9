"""Oracle Recruiting Cloud: the interface behind a Candidate Experience site: a short list, and an answer for each ad.

Facts: sites are `{host}/hcmUI/CandidateExperience/{language}/sites/{site}`, on oraclecloud.com or the employer's host.
The interface wants the site's number (`CX_1`); a site with a name of its own tells it in its page. Paging stands inside
the parameter `finder`. `TotalJobsCount` is all there are. An ad that is gone is answered with an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field

from aggregator.model import Known, Place, Problem, Source
from aggregator.schema_org import each, text_of
from spiders.base import Fetch, Found, Kind, KindOptions, Listed, Page, Recognised, Removed
from spiders.extract.boards import boards_named
from spiders.extract.links import parts_of
from spiders.extract.listing import as_listed, is_unchanged, mapping, read_object
from spiders.extract.posting import Ad, place, postings_of, problem
from spiders.extract.words import remote_mode

LIMIT = 100
"""Ads of one answer."""

_SITE = re.compile(r"(?P<base>.*/hcmUI/CandidateExperience)/(?P<language>[\w-]+)/sites/(?P<site>[\w.-]+)")
_NUMBER = re.compile(r"CX(?:_\d+)?")
_NUMBER_IN_PAGE = re.compile(r"""siteNumber["']?\s*[:=]\s*["'](CX(?:_\d+)?)["']""")
_REMOTE = {"ORA_ON_SITE": "on-site", "ORA_HYBRID": "hybrid", "ORA_REMOTE": "remote"}


class OracleRecruiting(Kind):
    """One Candidate Experience site."""

    name = "oracle-recruiting"
    title = "Oracle Recruiting Cloud site"

    class Options(KindOptions):
        """Which site, and how much of it."""

        site: str = Field("", pattern=r"^$|^CX(_\d+)?$")
        """The site's number (`CX_1001`), where neither its address nor its page tells it."""
        pages: int = Field(50, ge=1, le=500)
        """Answers of 100 ads that are read at most; more is reported."""

    options: Options

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        """The path alone tells: no other system has it, on whatever host."""
        parts = parts_of(url)
        match = _SITE.match(parts.path)
        if match is None or parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        board = f"{parts.scheme}://{parts.netloc}{match.group()}"
        return Recognised(url=board, evidence=f"the path names Oracle's Candidate Experience site {match['site']!r}")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        return boards_named(cls, html, url, mark="/hcmui/candidateexperience")

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        parts = parts_of(source.url)
        match = _SITE.match(parts.path)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.board = self.origin + (match.group() if match else parts.path.rstrip("/"))
        named = match["site"] if match else ""
        self.site = self.options.site or (named if _NUMBER.fullmatch(named) else "")

    def start(self) -> Iterator[Fetch]:
        yield self._list(0) if self.site else Fetch(url=self.board, step="site", expects="html")

    def look_at(self, identifier: str, url: str) -> Fetch:
        """Its own page is an empty shell that scripts fill in."""
        if not self.site:
            return super().look_at(identifier, url)
        return Fetch(url=self._detail_url(identifier), step="ad", of=identifier, validate=False)

    def _list(self, offset: int) -> Fetch:
        finder = f"findReqs;siteNumber={self.site},limit={LIMIT},offset={offset},sortBy=POSTING_DATES_DESC"
        url = (
            f"{self.origin}/hcmRestApi/resources/latest/recruitingCEJobRequisitions?onlyData=true"
            f"&expand=requisitionList.secondaryLocations,requisitionList.workLocation&finder={finder}"
        )
        return Fetch(url=url, step="list" if offset else "start", expects="json", context={"offset": str(offset)})

    def _detail_url(self, identifier: str) -> str:
        finder = f"ById;Id=%22{quote(identifier, safe='')}%22,siteNumber={self.site}"
        resource = f"{self.origin}/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails"
        return f"{resource}?expand=all&onlyData=true&finder={finder}"

    def read(self, page: Page) -> Iterator[Found]:
        if page.fetch.step == "site":
            yield from self._number(page)
            return
        data = read_object(page, self.source, field=("items", "ExternalDescriptionStr"), of="Oracle's")
        if isinstance(data, Problem):
            yield data
            return
        first = data if "items" not in data else mapping(next(iter(each(data["items"])), None))
        if page.fetch.step == "ad" or "ExternalDescriptionStr" in first:
            yield from self._detail(first, page)
        else:
            yield from self._page_of_list(first, page)

    def _number(self, page: Page) -> Iterator[Found]:
        match = _NUMBER_IN_PAGE.search(page.text)
        if match is None:
            told = f"{page.url} does not tell its site's number; give it as `site`"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        self.site = match[1]
        yield self._list(0)

    def _page_of_list(self, found: Mapping[str, Any], page: Page) -> Iterator[Found]:
        if not isinstance(found.get("requisitionList"), list):
            told = f"{page.url} answers in another shape than Oracle's"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        listed = found["requisitionList"]
        for one in map(mapping, listed):
            yield from self._listed(one, page)
        offset, total = int(page.fetch.context.get("offset", "0")), found.get("TotalJobsCount")
        following = offset + len(listed)
        if not isinstance(total, int):  # without it a full answer may have one after it
            total = following + (len(listed) >= LIMIT)
        if following >= total:
            return
        if not listed:
            told = f"{page.url} promised {total} ads and gave {offset}"
            yield problem(self.source, "list-cut-short", told, url=page.url)
        elif following >= self.options.pages * LIMIT:
            told = f"the site goes on after {following} of {total} ads; raise `pages` to read the rest"
            yield problem(self.source, "too-many-pages", told, url=page.url)
        else:
            yield self._list(following)

    def _listed(self, one: Mapping[str, Any], page: Page) -> Iterator[Found]:
        identifier, title = text_of(one.get("Id")), text_of(one.get("Title"))
        url = self._ad_url(identifier)
        if not identifier or not title:
            yield from postings_of(Ad(identifier=identifier, title=title, url=url), self.source, page)
        elif is_unchanged(self.known, identifier, title=title, url=url, now=page.retrieved_at):
            yield Listed(identifier=identifier)
        else:
            yield Fetch(
                url=self._detail_url(identifier),
                step="ad",
                expects="json",
                of=identifier,
                context={"id": identifier, "title": title},
                listed=as_listed(_ad(one, identifier, title, url), self.source, page),
            )

    def _ad_url(self, identifier: str) -> str:
        return f"{self.board}/job/{quote(identifier, safe='')}" if identifier else ""

    def _detail(self, told: Mapping[str, Any], page: Page) -> Iterator[Found]:
        listed = page.fetch.context
        if not told:
            if listed.get("id"):
                yield Removed(identifier=listed["id"])
            return
        identifier = listed.get("id") or text_of(told.get("Id"))
        title = listed.get("title") or text_of(told.get("Title"))
        yield from postings_of(_ad(told, identifier, title, self._ad_url(identifier)), self.source, page)


def _ad(told: Mapping[str, Any], identifier: str, title: str, url: str) -> Ad:
    remote = text_of(told.get("WorkplaceTypeCode")) or text_of(told.get("WorkplaceType"))
    remote = _REMOTE.get(remote, remote)
    texts = _texts(told, "ExternalDescriptionStr", "ExternalResponsibilitiesStr", "ExternalQualificationsStr")
    return Ad(
        identifier=identifier,
        title=title,
        url=url,
        body="".join(f"<div>{text}</div>" for text in texts) or text_of(told.get("ShortDescriptionStr")),
        organization=text_of(told.get("LegalEmployer")),
        places=_places(told),
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=_texts(told, "JobSchedule", "ContractType", "WorkerType", "JobType"),
        published=text_of(told.get("ExternalPostedStartDate")) or text_of(told.get("PostedDate")) or None,
        deadline=text_of(told.get("ExternalPostedEndDate")) or text_of(told.get("PostingEndDate")) or None,
        salary=_salary(told),
        reference=text_of(told.get("RequisitionNumber")),
        department=next(iter(_texts(told, "Department", "Organization", "JobFunction", "Category")), ""),
        language=text_of(told.get("Language")),
    )


def _texts(told: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(text for name in names if (text := text_of(told.get(name))))


def _places(told: Mapping[str, Any]) -> tuple[Place, ...]:
    """Every place: the address of the work itself where it is told, else the primary one, then the further ones."""
    found = [_work_place(mapping(one)) for one in each(told.get("workLocation"))]
    if not any(one != Place() for one in found):
        primary = {"Name": told.get("PrimaryLocation"), "CountryCode": told.get("PrimaryLocationCountry")}
        found = [_named_place(primary)]
    found += [_named_place(mapping(one)) for one in each(told.get("secondaryLocations"))]
    found += [_work_place(mapping(one)) for one in each(told.get("otherWorkLocations"))]
    return tuple(dict.fromkeys(one for one in found if one != Place()))


def _named_place(told: Mapping[str, Any]) -> Place:
    """`LUDVIKA, Dalarna, Sweden` as it stands, with its country."""
    name = text_of(told.get("Name")) or text_of(told.get("LocationName"))
    last = name.rpartition(",")[2].strip()
    return place(name=name, country=text_of(told.get("CountryCode")) or (last if len(last) > 3 else ""))


def _work_place(told: Mapping[str, Any]) -> Place:
    return place(
        street=text_of(told.get("AddressLine1")),
        postal_code=text_of(told.get("PostalCode")),
        city=text_of(told.get("TownOrCity")),
        region=text_of(told.get("Region2")) or text_of(told.get("Region1")),
        country=text_of(told.get("Country")),
    )


def _salary(told: Mapping[str, Any]) -> str:
    """Pay stands among the fields that each employer names itself."""
    for field in map(mapping, each(told.get("requisitionFlexFields"))):
        if re.search(r"(?i)\b(?:salary|pay|lön|wage|compensation)\b", text_of(field.get("Prompt"))):
            return text_of(field.get("Value"))
    return ""


KIND = OracleRecruiting
