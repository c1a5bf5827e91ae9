"""A feed in the form that Indeed made common: `<source>` with a `<job>` for each ad and place, often of many employers.

Facts: all values are texts in CDATA; `referencenumber` never changes and is another one for each place of a job. Names
of the rest vary by maker. Feeds of job systems with hundreds of customers hold 100,000 jobs: they are read one job at a
time, and what is not wanted is left at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from aggregator.model import Known, Place, Source
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.links import canonical
from spiders.extract.names import bare_name
from spiders.extract.posting import Ad, looks_like_html, place, postings_of, problem
from spiders.extract.words import remote_mode
from spiders.extract.xml import XmlRefusedError, fields_of
from spiders.extract.xmlstream import XmlStream

if TYPE_CHECKING:
    from lxml.etree import _Element

_REFERENCE = ("referencenumber", "reference_number", "reference_id", "referencenr", "jobid", "job_id", "id", "guid")
_PLACE = ("city", "state", "region", "county", "country", "location", "postalcode", "zip", "postcode")
_URL = ("url", "link", "joburl", "apply_url", "applyurl")
_DATE = ("date", "publishdate", "publish_date", "pubdate", "date_posted", "dateposted", "posted_at", "datecreated")
_LAST_DAY = (
    "expirationdate",
    "expiration_date",
    "expirydate",
    "expiry_date",
    "validthrough",
    "closing_date",
    "enddate",
)
_FEED = re.compile(r"(?:<\?[^>]{0,200}\?>\s*|<!--[^>]{0,2000}-->\s*)*<(?:source|jobs)\b[^>]{0,500}>", re.IGNORECASE)
_ROOTS = ("source", "jobs", "feed", "trovit", "rss", "channel", "joblist")


class IndeedXml(Kind):
    """One feed, or one employer's part of it."""

    name = "indeed-xml"
    title = "XML feed in Indeed's form"

    class Options(KindOptions):
        """Whose ads, and where."""

        employers: tuple[str, ...] = ()
        """Only ads of these employers, as the feed's `company` writes them (legal forms aside); otherwise all."""
        places: tuple[str, ...] = ()
        """Only ads in these towns, counties or postal codes, as the feed writes them; otherwise everywhere."""
        ads: int = Field(5000, ge=1, le=100_000)
        """Ads that are taken at most; more is reported."""

    options: Options

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        """The page itself, where it is such a feed; whose ads are wanted is for the operator to say."""
        head = html[:20_000].lstrip("\ufeff \t\r\n")
        if _FEED.match(head) and "<job>" in head and re.search(r"<(?:referencenumber|reference_id)\b", head):
            employers = set(re.findall(r"<company>\s*(?:<!\[CDATA\[)?\s*([^<\]]+)", html[:2_000_000]))
            several = f"; it holds {len(employers)} employers' jobs, so name `employers`" if len(employers) > 1 else ""
            yield Recognised(url=url, evidence=f"the page is an XML feed of jobs in Indeed's form{several}")

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.employers = {bare_name(name) for name in self.options.employers}
        self.places = [words for name in self.options.places if (words := _words(name))]

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=self.source.url, expects="xml")

    def read(self, page: Page) -> Iterator[Found]:
        if looks_like_html(page.body):
            told = f"{page.url} answers with a web page instead of its feed: it has moved or is switched off"
            yield problem(self.source, "not-a-feed", told, url=page.url)
            return
        stream, taken = XmlStream(page.body, page.encoding), 0
        try:
            for job in stream.items("job"):
                fields = self._wanted(job)
                if fields is None:
                    continue
                taken += 1
                if taken > self.options.ads:
                    told = (
                        f"the feed {page.url} holds more ads than {self.options.ads}; name `employers` or raise `ads`"
                    )
                    yield problem(self.source, "too-many-ads", told, url=page.url)
                    return
                yield from postings_of(_ad(fields), self.source, page)
        except XmlRefusedError as error:
            told = f"the feed {page.url} cannot be read to its end: {error}"
            yield problem(self.source, "broken-feed", told, url=page.url)
            return
        if stream.root.lower() not in _ROOTS:
            told = f"{page.url} is XML but no list of jobs (<{stream.root}>)"
            yield problem(self.source, "not-a-feed", told, url=page.url)

    def _wanted(self, job: _Element) -> Mapping[str, str] | None:
        """The job's fields, or None when it is another employer's or elsewhere."""
        fields = fields_of(job)
        if self.employers and bare_name(_first(fields, "company", "employer")) not in self.employers:
            return None
        where = _words(" ".join(fields.get(name, "") for name in _PLACE))
        if self.places and not any(f" {name} " in f" {where} " for name in self.places):
            return None
        return fields


def _ad(fields: Mapping[str, str]) -> Ad:
    url = _first(fields, *_URL)
    remote = _first(fields, "remotetype", "remote", "workplacetype")
    remote = {"1": "remote", "yes": "remote", "0": "", "no": ""}.get(remote.lower(), remote)
    return Ad(
        identifier=_first(fields, *_REFERENCE) or canonical(url),
        title=_first(fields, "title", "jobtitle", "name"),
        url=url,
        body=_first(fields, "description", "content", "body"),
        organization=_first(fields, "company", "employer", "sourcename"),
        places=tuple(one for one in (_place(fields),) if one != Place()),
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=tuple(
            filter(None, (fields.get(name) for name in ("jobtype", "job_type", "employmenttype", "contract")))
        ),
        published=_first(fields, *_DATE) or None,
        deadline=_first(fields, *_LAST_DAY) or None,
        language=fields.get("language", ""),
        salary=fields.get("salary", ""),
        reference=_first(fields, "requisitionid", "requisition_id"),
        department=_first(fields, "department", "category"),
    )


def _place(fields: Mapping[str, str]) -> Place:
    city, region = fields.get("city", ""), _first(fields, "state", "region", "county")
    told = fields.get("location", "")
    return place(
        name=told if not city else "",
        street=_first(fields, "streetaddress", "address"),
        postal_code=_first(fields, "postalcode", "zip", "postcode"),
        city=city,
        region=region,
        country=fields.get("country", ""),
    )


def _first(fields: Mapping[str, str], *names: str) -> str:
    return next((found for name in names if (found := fields.get(name, ""))), "")


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


KIND = IndeedXml
