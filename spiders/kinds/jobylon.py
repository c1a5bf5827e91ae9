"""Jobylon: an employer's feed, or what Jobylon's script puts into the employer's own career page.

Facts: `feed.jobylon.com/feeds/{hash}/` is XML and, with `?format=json`, JSON: all ads in one response with texts,
every location, dates and addresses; the hash is the customer's. The script (`jbl_company_id`,
`cdn.jobylon.com/embedder.js`) loads `cdn.jobylon.com/jobs/companies/{id}/embed/v2/`, or `company-groups/{id}`, a page
that holds all ads as a literal of JavaScript, `JBL.embed_v2['jobs'] = […]`, with dates in words; texts stand on the
ads' pages at emp.jobylon.com as JSON-LD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aggregator.model import Known, Place, Source
from aggregator.schema_org import each, text_of, texts_of
from spiders.base import Found, Kind, Page, Recognised
from spiders.extract.again import own_page
from spiders.extract.boards import boards_named, segments
from spiders.extract.document import elements, json_of, text_at, xml_of
from spiders.extract.links import absolute, clean_url
from spiders.extract.listing import mapping
from spiders.extract.literal import NoLiteralError, read_literal
from spiders.extract.markup import job_postings
from spiders.extract.places import places_in_words
from spiders.extract.posting import Ad, looks_like_html, place, postings_of, problem, too_big
from spiders.extract.schema import ad_of
from spiders.extract.words import remote_mode
from spiders.extract.xml import fields_of

if TYPE_CHECKING:
    from lxml.etree import _Element

ADS = "https://emp.jobylon.com"
_EMBED = "https://cdn.jobylon.com/jobs/{of}/{number}/embed/v2/?page_size=1000"
_COMPANY = re.compile(r"\bjbl_company(_group)?_id\s*[=:]\s*[\"']?(\d{1,9})\b")
_OWN_COMPANY = re.compile(r"/companies/(\d{1,9})\b")
_LITERAL = re.compile(r"JBL\.embed_v2\s*\[\s*['\"]jobs['\"]\s*\]\s*=\s*(?=\[)")
_LANGUAGES = {"swedish": "sv", "english": "en", "norwegian": "nb", "danish": "da", "finnish": "fi", "german": "de"}


class Jobylon(Kind):
    """One employer's feed or embedded list."""

    name = "jobylon"
    title = "Jobylon"

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.ads: dict[str, Ad] = {}

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, path = segments(url)
        if host == "feed.jobylon.com" and path[:1] == ["feeds"] and len(path) == 2:
            return Recognised(url=clean_url(url), evidence="the address is a Jobylon feed")
        embedded = host == "cdn.jobylon.com" and path[:1] == ["jobs"] and len(path) >= 3
        if embedded and path[1] in ("companies", "company-groups") and path[2].isdigit():
            return _embedded(path[1], path[2], f"the address is of Jobylon's list for number {path[2]}")
        if host == "emp.jobylon.com" and path[:1] == ["companies"] and len(path) > 1:
            number = re.match(r"\d+", path[1])
            return _embedded("companies", number[0], "the address is an employer's at Jobylon") if number else None
        return None

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        """The employer that the page's script names, lists and feeds in the page; on an ad's page, whose ad it is."""
        seen: set[str] = set()
        for board in _traced(html, url):
            if board.url not in seen:
                seen.add(board.url)
                yield board

    def read(self, page: Page) -> Iterator[Found]:
        if page.fetch.step == "ad":
            yield from self._ad_page(page)
        elif page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
            yield from self._json(page)
        elif looks_like_html(page.body) or _LITERAL.search(page.text):
            yield from self._embed(page)
        else:
            yield from self._xml(page)

    def _json(self, page: Page) -> Iterator[Found]:
        data, problems = json_of(page, self.source)
        yield from problems
        if problems:
            return
        jobs = data if isinstance(data, list) else mapping(data).get("jobs")
        if not isinstance(jobs, list):
            told = f"{page.url} answers in another shape than Jobylon's feed"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        for job in jobs:
            if isinstance(job, Mapping):
                yield from postings_of(_feed_ad(_of_json(job)), self.source, page)
            else:
                yield problem(self.source, "ad-without-identifier", f"an ad on {page.url} is no object", url=page.url)

    def _xml(self, page: Page) -> Iterator[Found]:
        root, problems = xml_of(page, self.source, "jobs")
        yield from problems
        for job in elements(root, "job") if root is not None else ():
            yield from postings_of(_feed_ad(_of_xml(job)), self.source, page)

    def _embed(self, page: Page) -> Iterator[Found]:
        start = _LITERAL.search(page.text)
        if start is None:
            told = f"{page.url} has no list of Jobylon's in it"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        try:
            jobs, _ = read_literal(page.text, start.end())
        except NoLiteralError as error:
            told = f"the list on {page.url} cannot be read: {error}"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        for job in each(jobs):
            if isinstance(job, Mapping) and job.get("is_internal") is not True:  # internal ads are for employees
                ad = _embedded_ad(job)
                self.ads[ad.identifier] = ad
                yield from own_page(ad, self.source, page, self.known)

    def _ad_page(self, page: Page) -> Iterator[Found]:
        """The ad as the list has it, with the text and the addresses that its page adds."""
        if big := list(too_big(self.source, page)):
            yield from big
            return
        identifier = page.fetch.context.get("id", "")
        listed = self.ads.get(identifier) or Ad(identifier=identifier, title="", url=page.url)
        told = next((ad_of(data, page.url) for data in job_postings(page.body, page.encoding).postings), None)
        if told is None:
            message = f"{page.url} carries no JobPosting markup, so the ad's text is unknown"
            yield problem(self.source, "no-markup", message, level="warning", url=page.url, identifier=identifier)
            yield from postings_of(listed, self.source, page)
            return
        merged = replace(
            listed,
            title=listed.title or told.title,
            body=told.body,
            organization=listed.organization or told.organization,
            places=told.places if any(one.locality for one in told.places) else listed.places or told.places,
            published=listed.published or told.published,
            deadline=listed.deadline or told.deadline,
            employment=listed.employment or told.employment,
            salary=told.salary,
        )
        yield from postings_of(merged, self.source, page)


@dataclass(frozen=True, slots=True)
class _Job:
    """One job of a feed, XML and JSON alike: its own fields, and those of what is inside it."""

    fields: Mapping[str, str]
    company: str
    locations: Sequence[Mapping[str, str]]
    departments: tuple[str, ...]
    ad: str
    apply: str


def _embedded(of: str, number: str, evidence: str) -> Recognised:
    return Recognised(url=_EMBED.format(of=of, number=number), evidence=evidence)


def _traced(html: str, url: str) -> Iterator[Recognised]:
    if "jobylon" not in html.lower():
        return
    for match in _COMPANY.finditer(html):
        of = "company-groups" if match[1] else "companies"
        yield _embedded(of, match[2], f"the page's script names number {match[2]} of Jobylon's {of}")
    yield from boards_named(Jobylon, html, url, mark="jobylon.com")
    if urlsplit(url).hostname == "emp.jobylon.com" and (own := _OWN_COMPANY.search(html)):
        yield _embedded("companies", own[1], f"the page at Jobylon is of company {own[1]}")


def _of_json(job: Mapping[str, object]) -> _Job:
    urls = mapping(job.get("urls"))
    locations = [mapping(mapping(one).get("location", one)) for one in each(job.get("locations"))]
    departments = [mapping(mapping(one).get("department", one)) for one in each(job.get("departments"))]
    return _Job(
        fields={str(name): text_of(value) for name, value in job.items() if not isinstance(value, list)},
        company=text_of(job.get("company")),
        locations=[{str(name): text_of(value) for name, value in one.items()} for one in locations],
        departments=tuple(filter(None, (text_of(one.get("descr")) or text_of(one) for one in departments))),
        ad=text_of(urls.get("ad")),
        apply=text_of(urls.get("apply")),
    )


def _of_xml(job: _Element) -> _Job:
    departments = [*elements(job, "departments"), *elements(job, "departments", "department")]
    return _Job(
        fields=fields_of(job),
        company=text_at(job, "company", "name"),
        locations=[fields_of(one) for one in elements(job, "locations", "location")],
        departments=tuple(filter(None, (text_at(one, "descr") for one in departments))),
        ad=text_at(job, "urls", "ad"),
        apply=text_at(job, "urls", "apply"),
    )


def _feed_ad(job: _Job) -> Ad:
    told = job.fields
    remote = told.get("workspace_type") or told.get("workspace", "")
    return Ad(
        identifier=told.get("id", ""),
        title=told.get("title", ""),
        url=job.ad,
        apply_url=job.apply,
        body="\n".join(filter(None, (told.get("descr"), told.get("skills")))),
        organization=job.company,
        places=tuple(dict.fromkeys(_place(one) for one in job.locations if any(one.values()))),
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=tuple(filter(None, (told.get("employment_type"),))),
        published=told.get("from_date") or None,
        deadline=told.get("to_date") or None,
        language=told.get("language", ""),
        department=", ".join(dict.fromkeys(job.departments)),
        occupation_label=told.get("function", ""),
        reference=told.get("internal_reference", ""),
        extra={"experience": told.get("experience", "")},
    )


def _place(told: Mapping[str, str]) -> Place:
    return place(
        name=told.get("text") or told.get("city", ""),
        postal_code=told.get("postal_code", ""),
        city=told.get("city") or told.get("municipality", ""),
        region=told.get("area_1", ""),
        country=told.get("country_short") or told.get("country", ""),
    )


def _embedded_ad(job: Mapping[str, object]) -> Ad:
    def told(name: str) -> str:
        words = text_of(job.get(name))
        return "" if words == "None" else words  # what the template writes for nothing

    towns = texts_of(job.get("locations")) or tuple(filter(None, re.split(r"\s*[/;]\s*", told("locations_text"))))
    remote = told("workspace")
    tongue = next((name[-2:] for name in mapping(job.get("klass")) if re.fullmatch(r"job-lang-[a-z]{2}", name)), "")
    return Ad(
        identifier=told("id"),
        title=told("title"),
        url=absolute(told("url"), ADS),
        organization=told("company"),
        places=tuple(dict.fromkeys(place for town in towns for place in places_in_words(town))),
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=tuple(filter(None, (told("employment_type"),))),
        published=told("published_date") or None,
        deadline=told("to_date") or None,
        language=tongue or _LANGUAGES.get(told("language").lower(), ""),
        department=", ".join(texts_of(job.get("departments"))),
        occupation_label=told("function"),
        extra={"experience": told("experience")},
    )


KIND = Jobylon
