"""JOIN: a company's page at join.com. The page holds its data, an interface further ads, ads' pages their texts.

Facts: `/companies/{slug}` carries Next.js' data: the company with its number and its slug (`domain`), the first ads and
how many there are. `/api/public/companies/{number}/jobs?page=` gives them all, five an answer (more is refused). A
company that is gone is answered with 200 and `statusCode` 404 in the data, and a slug without one with another
company's data. An ad's address ends with `idParam`, its number and its title; its page carries JobPosting markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from aggregator.model import Known, Place, Problem, Source
from aggregator.schema_org import each, text_of
from spiders.base import Fetch, Found, Kind, Listed, Page, Recognised
from spiders.extract.boards import boards_named, segments
from spiders.extract.listing import as_listed, is_unchanged, mapping, read_object
from spiders.extract.markup import job_postings
from spiders.extract.posting import Ad, place, postings_of, problem, too_big
from spiders.extract.schema import ad_of
from spiders.extract.words import remote_mode

PER_PAGE = 5
"""The most ads that the interface gives in one answer."""

MAX_PAGES = 200
"""Answers of the interface that are read, for a thousand ads."""

_DATA = re.compile(r"""<script[^>]{0,200}id=["']?__NEXT_DATA__["']?[^>]{0,200}>""")
_REMOTE = {"ONSITE": "on-site"}
_SLUG = re.compile(r"[\w.-]{1,100}")


class Join(Kind):
    """One company's page."""

    name = "join"
    title = "JOIN company page"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, parts = segments(url)
        slug = parts[1] if len(parts) > 1 and parts[0] == "companies" else ""
        if host != "join.com" or not _SLUG.fullmatch(slug):
            return None
        return Recognised(
            url=f"https://join.com/companies/{slug}", evidence=f"the address names JOIN's company {slug!r}"
        )

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        return boards_named(cls, html, url, mark="join.com")

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        parts = urlsplit(source.url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.slug = next(iter(segments(source.url)[1][1:2]), "")
        self.company = ""
        self.seen: set[str] = set()

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=f"{self.origin}/companies/{quote(self.slug)}", expects="html")

    def read(self, page: Page) -> Iterator[Found]:
        if page.fetch.step == "ad":
            yield from self._ad(page)
        elif page.fetch.step == "list" or page.body.lstrip()[:1] == b"{":
            data = read_object(page, self.source, field="items", of="JOIN's")
            if isinstance(data, Problem):
                yield data
            else:
                yield from self._list(data, page)
        else:
            yield from self._company_page(page)

    def _company_page(self, page: Page) -> Iterator[Found]:
        match = _DATA.search(text := page.text)
        try:
            data = mapping(json.loads(text[match.end() :].partition("</script")[0])) if match else {}
        except (ValueError, RecursionError):
            data = {}
        shown = mapping(mapping(data.get("props")).get("pageProps"))
        state = mapping(shown.get("initialState"))
        company, jobs = mapping(state.get("company")), mapping(state.get("jobs"))
        number, slug = text_of(company.get("id")), text_of(company.get("domain"))
        asked = next(iter(segments(page.url)[1][1:2]), self.slug)
        if text_of(shown.get("statusCode")) in ("404", "410") or (slug and slug.lower() != asked.lower()):
            told = f"JOIN knows no company {asked!r}"
            yield problem(self.source, "board-unknown", told, url=page.url)
        elif not number.isdigit() or not isinstance(jobs.get("items"), list):
            told = f"{page.url} carries no data of a company and its ads"
            yield problem(self.source, "shape-unknown", told, url=page.url)
        else:
            self.company = text_of(company.get("name"))
            pagination = mapping(jobs.get("pagination"))
            total = pagination.get("rowCount")
            if total == len(jobs["items"]) or (total is None and pagination.get("pageCount") in (None, 0, 1)):
                yield from self._items(jobs["items"], page)
            else:
                yield self._page(number, 1)

    def _page(self, number: str, at: int) -> Fetch:
        asked = urlencode({"locale": "en-us", "page": at, "pageSize": PER_PAGE})
        url = f"{self.origin}/api/public/companies/{number}/jobs?{asked}"
        return Fetch(url=url, step="list", expects="json", context={"company": number, "page": str(at)})

    def _list(self, data: Mapping[str, Any], page: Page) -> Iterator[Found]:
        items = list(each(data["items"]))
        yield from self._items(items, page)
        at, pages = int(page.fetch.context.get("page", "1")), mapping(data.get("pagination")).get("pageCount")
        if not isinstance(pages, int):
            told = f"{page.url} does not say how many pages there are"
            yield problem(self.source, "shape-unknown", told, url=page.url)
        elif at >= MAX_PAGES and at < pages:
            told = f"JOIN's list goes on after {at} pages, the most that are read"
            yield problem(self.source, "too-many-pages", told, url=page.url)
        elif at < pages and not items:
            told = f"{page.url} is empty, though {pages} pages were promised"
            yield problem(self.source, "list-cut-short", told, url=page.url)
        elif at < pages:
            yield self._page(page.fetch.context.get("company", ""), at + 1)

    def _items(self, items: list[object], page: Page) -> Iterator[Found]:
        for item in map(mapping, items):
            identifier, title = text_of(item.get("id")), text_of(item.get("title")) or text_of(item.get("name"))
            if identifier and identifier in self.seen:
                continue  # an ad that opened meanwhile moves the others on to the next page
            self.seen.add(identifier)
            path = text_of(item.get("idParam")) or identifier
            url = f"{self.origin}/companies/{quote(self.slug)}/{quote(path)}" if path else ""
            if not identifier or not title:
                yield from postings_of(Ad(identifier=identifier, title=title, url=url), self.source, page)
            elif is_unchanged(self.known, identifier, title=title, url=url, now=page.retrieved_at):
                yield Listed(identifier=identifier)
            else:
                context = {"id": identifier, "title": title, "url": url, **_told(item), "company": self.company}
                listed = as_listed(_merged(None, context, url), self.source, page)
                yield Fetch(url=url, step="ad", expects="html", of=identifier, context=context, listed=listed)

    def _ad(self, page: Page) -> Iterator[Found]:
        if big := list(too_big(self.source, page)):
            yield from big
            return
        told = next((ad_of(one, page.url) for one in job_postings(page.body, page.encoding).postings), None)
        if told is None:
            lacks = f"{page.url} carries no JobPosting markup, so its text is not known"
            yield problem(self.source, "no-markup", lacks, level="warning", url=page.url)
        yield from postings_of(_merged(told, page.fetch.context, page.url), self.source, page)


def _merged(told: Ad | None, listed: Mapping[str, str], url: str) -> Ad:
    """The ad by its page's markup, and by the list where that says more or says it more surely."""
    remote = listed.get("remote", "")
    where = place(city=listed.get("city", ""), country=listed.get("country", ""))
    ad = told or Ad(identifier="", title="", url=url)
    ad.identifier = listed.get("id") or ad.identifier
    ad.title, ad.url = listed.get("title") or ad.title, listed.get("url") or ad.url
    ad.organization = ad.organization or listed.get("company", "")
    ad.places = ad.places or ((where,) if where != Place() else ())
    ad.employment = ad.employment or tuple(filter(None, (listed.get("employment"),)))
    ad.published = ad.published or listed.get("published") or None
    ad.language = ad.language or listed.get("language", "")
    ad.department = ad.department or listed.get("category", "")
    if remote:
        ad.remote, ad.remote_words = remote_mode(_REMOTE.get(remote, remote)), remote
    return ad


def _told(item: Mapping[str, Any]) -> dict[str, str]:
    """What an item of the list tells beside title and address."""
    city = mapping(item.get("city"))
    return {
        "city": text_of(city.get("cityName")),
        "country": text_of(city.get("countryName")),
        "category": text_of(mapping(item.get("category")).get("name")),
        "employment": text_of(mapping(item.get("employmentType")).get("name")),
        "remote": text_of(item.get("workplaceType")),
        "published": text_of(item.get("publishedAt")) or text_of(item.get("createdAt")),
        "language": text_of(mapping(item.get("language")).get("iso6391")),
    }


KIND = Join
