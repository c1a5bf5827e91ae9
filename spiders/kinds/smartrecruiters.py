"""SmartRecruiters: a company's postings through the public Posting API, a list and a page of the interface for each ad.

Facts: `api.smartrecruiters.com/v1/companies/{company}/postings?limit=100&offset=`, at most 100 a page, `totalFound`;
the text stands only in `/postings/{id}`, in four sections. What it gives is what was last published, so that
`releasedDate` moves when an edited ad is published again. The list can be narrowed by `country`, `region`, `city`,
`department`, `language`, `q` and `custom_field.{id}`. `creator` is a person and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from pydantic import Field, field_validator

from aggregator.model import Known, Place, RemoteMode, Source
from aggregator.schema_org import country_code, salary_of, text_of
from spiders.base import Fetch, Found, Kind, KindOptions, Listed, Page, Recognised, Removed
from spiders.extract.boards import boards_named, segments
from spiders.extract.dates import parse_date
from spiders.extract.links import with_query
from spiders.extract.listing import as_listed, is_unchanged, mapping
from spiders.extract.posting import Ad, place, postings_of, problem, read_json

INTERFACE = "https://api.smartrecruiters.com/v1/companies"
LIMIT = 100
"""The most postings the interface gives a page."""

_COMPANY = re.compile(r"[\w.-]{1,100}")
_POSTING = re.compile(r"\d{6,}(?:-.*)?|[0-9a-f]{8}-[0-9a-f]{4}-.*", re.IGNORECASE)
_WIDGET = re.compile(r"""["']?company_code["']?\s*:\s*["']([\w.-]{1,100})["']""")
_FILTER = re.compile(r"country|region|city|department|language|q|custom_field\.\w+")
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class SmartRecruiters(Kind):
    """One company."""

    name = "smartrecruiters"
    title = "SmartRecruiters career page"

    class Options(KindOptions):
        """Which of the company's postings, and how much of them."""

        filters: dict[str, str] = Field(default_factory=dict)
        """The interface's own filters, such as `country: se`, for companies with ads in many countries."""
        details: bool = True
        """Read each ad's text, one request each for what is new or changed; without it ads have no text."""
        pages: int = Field(50, ge=1, le=300)
        """List pages of 100 ads that are read at most; more is reported."""

        @field_validator("filters")
        @classmethod
        def _known(cls, filters: dict[str, str]) -> dict[str, str]:
            if wrong := [name for name in filters if not _FILTER.fullmatch(name)]:
                raise ValueError(f"the Posting API has no filter {', '.join(wrong)}")
            return filters

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.listed: dict[str, Mapping[str, Any]] = {}

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        company = _company(url)
        if not _COMPANY.fullmatch(company):
            return None
        board = f"https://careers.smartrecruiters.com/{company}"
        return Recognised(url=board, evidence=f"the address names SmartRecruiters' company {company!r}")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        for company in dict.fromkeys(_WIDGET.findall(html)) if "smartrecruiters.com" in html.lower() else ():
            board = f"https://careers.smartrecruiters.com/{company}"
            yield Recognised(url=board, evidence=f"the page embeds it: the widget of {company!r}")
        yield from boards_named(cls, html, url, mark="smartrecruiters.com")

    def start(self) -> Iterator[Fetch]:
        query = urlencode({**self.options.filters, "limit": LIMIT, "offset": 0})
        yield Fetch(url=f"{self._postings()}?{query}", expects="json")

    def look_at(self, identifier: str, url: str) -> Fetch:  # noqa: ARG002 - the interface knows, pages are drawn by scripts
        """The interface answers 404 for a posting that is down."""
        return Fetch(url=self._address(identifier), step="ad", of=identifier, validate=False)

    def _postings(self) -> str:
        """The interface's address of the list; that of another server with the same interface is taken as it is."""
        company = _company(self.source.url)
        address = f"{INTERFACE}/{quote(company, safe='')}/postings" if company else self.source.url
        return address.partition("?")[0].rstrip("/")

    def _address(self, identifier: str) -> str:
        return f"{self._postings()}/{quote(identifier, safe='')}"

    def read(self, page: Page) -> Iterator[Found]:
        try:
            data = read_json(page)
        except ValueError as error:
            yield problem(self.source, "not-json", f"{page.url}: {error}", url=page.url)
            return
        if isinstance(data, Mapping) and isinstance(data.get("content"), list):
            yield from self._list(data, data["content"], page)
        elif isinstance(data, Mapping) and "id" in data:
            ad = _ad({**self.listed.get(text_of(data["id"]), {}), **data})
            if data.get("active") is False and ad.identifier:
                yield Removed(identifier=ad.identifier)
            else:
                yield from postings_of(ad, self.source, page)
        else:
            told = f"{page.url} answers in another shape than SmartRecruiters'"
            yield problem(self.source, "shape-unknown", told, url=page.url)

    def _list(self, data: Mapping[str, Any], postings: list[Any], page: Page) -> Iterator[Found]:
        for posting in postings:
            if isinstance(posting, Mapping):
                yield from self._listed(posting, page)
            else:
                told = f"an ad on {page.url} is no object"
                yield problem(self.source, "ad-without-identifier", told, url=page.url)
        yield from self._next(data.get("totalFound"), len(postings), page)

    def _listed(self, posting: Mapping[str, Any], page: Page) -> Iterator[Found]:
        if text_of(posting.get("visibility")) not in ("", "PUBLIC"):
            return
        ad = _ad(posting)
        if not self.options.details or not ad.identifier:
            yield from postings_of(ad, self.source, page)
        elif self._is_unchanged(ad, page):
            yield Listed(identifier=ad.identifier)
        else:
            self.listed[ad.identifier] = posting
            listed = as_listed(ad, self.source, page)
            yield Fetch(url=self._address(ad.identifier), step="ad", expects="json", of=ad.identifier, listed=listed)

    def _is_unchanged(self, ad: Ad, page: Page) -> bool:
        state = self.known.postings.get(ad.identifier) if self.known else None
        released = parse_date(ad.published, now=page.retrieved_at)
        again = state is not None and released is not None and released > state.last_seen
        return not again and is_unchanged(self.known, ad.identifier, title=ad.title, url=ad.url, now=page.retrieved_at)

    def _next(self, total: object, count: int, page: Page) -> Iterator[Found]:
        if not isinstance(total, int) or isinstance(total, bool):
            told = f"{page.url} does not say how many postings there are"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        offset = int(page.fetch.context.get("offset", "0"))
        following = offset + count
        if following >= total:
            return
        if not count:
            told = f"{page.url} promised {total} postings and gave {offset}"
            yield problem(self.source, "list-cut-short", told, url=page.url)
        elif following >= self.options.pages * LIMIT:
            told = f"the list goes on after {following} of {total} postings; raise `pages` or narrow it with `filters`"
            yield problem(self.source, "too-many-pages", told, url=page.url)
        else:
            url = with_query(page.fetch.url, limit=str(LIMIT), offset=str(following))
            yield Fetch(url=url, step="list", expects="json", context={"offset": str(following)})


def _company(url: str) -> str:
    """The company that an address names, "" when it names none."""
    host, parts = segments(url)
    asked = parse_qs(urlsplit(url).query) if parts or host else {}
    if host == "api.smartrecruiters.com":
        return parts[2] if parts[:2] == ["v1", "companies"] and len(parts) > 2 else ""
    if host in ("careers.smartrecruiters.com", "jobs.smartrecruiters.com"):
        if parts[:2] == ["oneclick-ui", "company"]:
            return "".join(parts[2:3])
        if parts[:1] == ["sr-jobs"]:  # SmartRecruiters' own search over all companies
            return ""
        return parts[0] if parts else asked.get("company", [""])[0]
    if host == "smartrecruiters.com":
        if parts[:1] == ["my-applications"]:
            return "".join(parts[1:2])
        return parts[0] if len(parts) > 1 and _POSTING.fullmatch(parts[1]) else ""
    return ""


def _ad(posting: Mapping[str, Any]) -> Ad:
    where, company = mapping(posting.get("location")), mapping(posting.get("company"))
    identifier = text_of(posting.get("id"))
    code = text_of(company.get("identifier"))
    page = f"https://jobs.smartrecruiters.com/{quote(code, safe='')}/{quote(identifier, safe='')}" if code else ""
    remote = next((name for name in ("hybrid", "remote") if where.get(name) is True), "")
    language = mapping(posting.get("language"))
    return Ad(
        identifier=identifier,
        title=text_of(posting.get("name")),
        url=page or text_of(posting.get("postingUrl")),
        apply_url=text_of(posting.get("applyUrl")),
        body=_body(mapping(mapping(posting.get("jobAd")).get("sections"))),
        organization=text_of(company.get("name")),
        places=tuple(one for one in (_place(where),) if one != Place()),
        remote={"hybrid": RemoteMode.HYBRID, "remote": RemoteMode.REMOTE}.get(remote),
        remote_words=remote,
        employment=tuple(filter(None, (_label(posting, "typeOfEmployment"),))),
        published=text_of(posting.get("releasedDate")) or None,
        language=text_of(language.get("code")),
        salary=_salary(mapping(posting.get("compensation"))),
        reference=text_of(posting.get("refNumber")),
        department=_label(posting, "department"),
        occupation_label=_label(posting, "function"),
        extra={
            "experienceRequirements": _label(posting, "experienceLevel").replace("Not Applicable", ""),
            "industry": _label(posting, "industry"),
        },
    )


def _body(sections: Mapping[str, Any]) -> str:
    parts = []
    for name in (*_SECTIONS, *(other for other in sections if other not in _SECTIONS)):
        section = mapping(sections.get(name))
        heading, text = text_of(section.get("title")), text_of(section.get("text"))
        if text:
            parts.append((f"<h3>{heading}</h3>" if heading else "") + text)
    return "\n<p></p>\n".join(parts)


def _place(where: Mapping[str, Any]) -> Place:
    city, region = text_of(where.get("city")), text_of(where.get("region"))
    whole = ", ".join(part for part in map(str.strip, text_of(where.get("fullLocation")).split(",")) if part)
    found = place(
        name=whole or ", ".join(filter(None, (city, region))),
        street=text_of(where.get("address")),
        postal_code=text_of(where.get("postalCode")),
        city=city,
        region=region,
        country=country_code(text_of(where.get("country"))),
    )
    try:
        latitude, longitude = (float(text_of(where.get(name))) for name in ("latitude", "longitude"))
    except ValueError:
        return found
    real = 0 < abs(latitude) <= 90 and 0 < abs(longitude) <= 180
    return replace(found, latitude=latitude, longitude=longitude) if real else found


def _label(posting: Mapping[str, Any], name: str) -> str:
    return text_of(mapping(posting.get(name)).get("label"))


def _salary(pay: Mapping[str, Any]) -> str:
    amount = {"minValue": pay.get("min"), "maxValue": pay.get("max"), "unitText": pay.get("period")}
    return salary_of({"value": amount, "currency": pay.get("currency")})


KIND = SmartRecruiters
