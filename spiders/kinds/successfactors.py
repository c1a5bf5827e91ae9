"""SAP SuccessFactors: the feed of a career site (Recruiting Marketing), or the XML list of a classic one.

Facts: `/googlefeed.xml` (also `/sitemal.xml`, sic) is RSS 2.0 with Google's `g:` names and holds all ads, where the
site's own list may show a tenth of them. Titles end with the place in brackets, texts are escaped twice, and on some
sites only repeat the title; the ad's page then has the text as microdata. A classic board is
`career{n}.successfactors.eu/career?company=X`; with `career_ns=job_listing_summary&resultType=XML` it lists its ads,
their places in `filter1` … `filter5` as label and value. A wrong company answers with a web page. Templates leave
`[[tokens]]` where nothing was filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, quote, urlencode

from aggregator.model import Place
from spiders.base import Fetch, Found, Kind, KindOptions, Listed, Page, Recognised
from spiders.extract.boards import boards_named
from spiders.extract.links import parts_of
from spiders.extract.listing import as_listed, is_unchanged
from spiders.extract.markup import job_postings, parse_html
from spiders.extract.outline import outline
from spiders.extract.posting import Ad, looks_like_html, place, postings_of, problem, too_big
from spiders.extract.schema import ad_of
from spiders.extract.text import body_of, one_line
from spiders.extract.words import remote_mode
from spiders.extract.xml import XmlRefusedError, fields_of, local_name
from spiders.extract.xmlstream import XmlStream

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_ADS = 20_000
"""Ads of one feed that are read."""

_CLASSIC = re.compile(r"(?:career[s]?\d*|performancemanager\d*)\.(?:sapsf|successfactors)\.(?:com|eu|cn)")
_OWN_HOST = re.compile(r"(?!www\.|rmkcdn\.)[\w-]+\.(?:jobs2web\.com|jobs\.hr\.cloud\.sap)")
_OWN_AD = re.compile(r"<link>\s*https?://[^/<]{4,100}/job/[^/<]{1,300}/\d{5,}/?")
_ASSET = re.compile(r"https?://(?:rmkcdn\.successfactors\.com|[\w.-]+\.jobs2web\.com)/")
_TOKEN = re.compile(r"\[\[[^\[\]]*\]\]")
_BRACKETS = re.compile(r"\s*\((?P<inside>[^()]*)\)\s*$")
_SYSTEM_WORD = re.compile(r"ATS_[A-Z0-9_]+")
_LABELS = {
    "city": (
        "city",
        "ort",
        "stad",
        "location",
        "work location",
        "plats",
        "arbetsort",
        "posting location",
        "internal posting location",
    ),
    "region": ("state", "region", "county", "län", "province"),
    "country": ("country", "land", "country/region"),
    "department": (
        "department",
        "avdelning",
        "function",
        "job function",
        "category",
        "business unit",
        "division",
        "functional area",
    ),
    "employment": (
        "employment type",
        "job type",
        "contract type",
        "anställningsform",
        "anställningstyp",
        "type of employment",
    ),
}


class SuccessFactors(Kind):
    """One career site."""

    name = "successfactors"
    title = "SAP SuccessFactors career site"

    class Options(KindOptions):
        """Which list of the site."""

        feed: Literal["google", "sitemal"] = "google"
        """`google` is `/googlefeed.xml`; `sitemal` is `/sitemal.xml`, for sites where the other is switched off."""
        locale: str = ""
        """The language of a classic board's ads (`sv_SE`, `en_GB`), where its own choice is not the one wanted."""

    options: Options

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        parts = parts_of(url)
        host, company = (parts.hostname or "").lower(), _company(url)
        if _CLASSIC.fullmatch(host):
            if not company:
                return None
            board = f"https://{host}/career?company={quote(company)}"
            return Recognised(url=board, evidence=f"{host} is a SuccessFactors address")
        if _OWN_HOST.fullmatch(host):
            return Recognised(url=f"https://{host}/", evidence=f"{host} is a SuccessFactors address")
        return None

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        """The site that the page is itself a part of, mostly on the employer's own domain; then boards it leads to."""
        parts = parts_of(url)
        is_feed = parts.path.lstrip("/") in _FEEDS.values() and "<rss" in html[:1000]
        if is_feed and (parts.path == "/sitemal.xml" or _OWN_AD.search(html)):
            yield Recognised(url=url, evidence="it is a SuccessFactors feed")
            return
        if "rmkcdn.successfactors.com" in html or "jobs2web.com" in html:
            page = outline(html, url)
            if asset := next((one for one in (*page.styles, *page.loaded) if _ASSET.match(one)), ""):
                evidence = f"the page is built from {parts_of(asset).hostname}"
                yield Recognised(url=f"{parts.scheme}://{parts.netloc}/", evidence=evidence)
        met: set[str] = set()
        for mark in ("successfactors.eu", "successfactors.com", "sapsf.eu", "sapsf.com", "jobs.hr.cloud.sap"):
            boards = [board for board in boards_named(cls, html, url, mark=mark) if board.url not in met]
            met.update(board.url for board in boards)
            yield from boards

    def start(self) -> Iterator[Fetch]:
        parts = parts_of(self.source.url)
        company = _company(self.source.url)
        if company:
            asked = {"company": company, "career_ns": "job_listing_summary", "resultType": "XML"}
            asked |= {"rcm_site_locale": self.options.locale} if self.options.locale else {}
            yield Fetch(url=f"{parts.scheme}://{parts.netloc}/career?{urlencode(asked)}", expects="xml")
        elif parts.path.endswith(".xml"):
            yield Fetch(url=self.source.url, expects="xml")
        else:
            yield Fetch(url=f"{parts.scheme}://{parts.netloc}/{_FEEDS[self.options.feed]}", expects="xml")

    def read(self, page: Page) -> Iterator[Found]:
        if page.fetch.step == "ad":
            yield from self._detail(page)
        elif looks_like_html(page.body):
            told = f"{page.url} answers with a web page instead of its feed: it has moved, or there is no such company"
            yield problem(self.source, "not-a-feed", told, url=page.url)
        else:
            yield from self._feed(page)

    def _feed(self, page: Page) -> Iterator[Found]:
        stream, count = XmlStream(page.body, page.encoding), 0
        try:
            for element in stream.items("item", "job"):
                count += 1
                if count > MAX_ADS:
                    told = f"the feed {page.url} holds more than the {MAX_ADS} ads that are read"
                    yield problem(self.source, "too-many-ads", told, url=page.url)
                    return
                if local_name(element).lower() == "job":
                    yield from postings_of(self._classic(element), self.source, page)
                else:
                    yield from self._listed(_ad(fields_of(element)), page)
        except XmlRefusedError as error:
            told = f"the feed {page.url} cannot be read to its end: {error}"
            yield problem(self.source, "broken-feed", told, url=page.url)
            return
        if stream.root.lower() not in ("rss", "job-listing"):
            told = f"{page.url} is XML but no list of ads (<{stream.root}>)"
            yield problem(self.source, "not-a-feed", told, url=page.url)

    def _listed(self, ad: Ad, page: Page) -> Iterator[Found]:
        """The ad, when its text came along; else its own page, unless nothing of its listing changed."""
        if body_of(ad.body, ad.title) or not ad.identifier or not ad.url or not ad.title:
            yield from postings_of(ad, self.source, page)
        elif is_unchanged(self.known, ad.identifier, title=ad.title, url=ad.url, now=page.retrieved_at):
            yield Listed(identifier=ad.identifier)
        else:
            listed = as_listed(ad, self.source, page)
            yield Fetch(url=ad.url, step="ad", expects="html", of=ad.identifier, context=_packed(ad), listed=listed)

    def _detail(self, page: Page) -> Iterator[Found]:
        ad = _unpacked(page.fetch.context)
        if big := list(too_big(self.source, page)):
            yield from big
            return
        told = next((ad_of(one, page.url) for one in job_postings(page.body, page.encoding).postings), None)
        ad.body = (told.body if told else "") or _described(page)
        if told is not None:
            ad.identifier = ad.identifier or told.identifier
            ad.title, ad.url = ad.title or told.title, ad.url or page.url
            ad.organization = ad.organization or told.organization
            ad.places = ad.places or told.places
            ad.employment = ad.employment or told.employment
            ad.published, ad.deadline = ad.published or told.published, ad.deadline or told.deadline
        if not ad.body:
            lacks = f"neither the feed nor {page.url} tells the text of {ad.title!r}"
            yield problem(self.source, "no-markup", lacks, level="warning", url=page.url)
        yield from postings_of(ad, self.source, page)

    def _classic(self, job: _Element) -> Ad:
        fields = {name: _TOKEN.sub("", value).strip() for name, value in fields_of(job).items()}
        labelled = dict(_labelled(job))
        labelled |= {name: fields[name] for name in ("city", "country") if fields.get(name)}
        identifier, parts = fields.get("reqid", ""), parts_of(self.source.url)
        company = _company(self.source.url)
        asked = urlencode({"company": company, "career_ns": "job_listing", "career_job_req_id": identifier})
        where = place(
            name=fields.get("location", ""),
            city=labelled.get("city", ""),
            region=labelled.get("region", "") or fields.get("state", ""),
            country=labelled.get("country", ""),
        )
        return Ad(
            identifier=identifier,
            title=fields.get("jobtitle", ""),
            url=f"{parts.scheme}://{parts.netloc}/career?{asked}" if identifier and company else "",
            body=fields.get("job-description", ""),
            organization=fields.get("companyname", ""),
            places=(where,) if where != Place() else (),
            employment=tuple(filter(None, (labelled.get("employment"), fields.get("employmenttype")))),
            published=_sure_date(fields.get("posted-date", "")) or None,
            department=labelled.get("department", ""),
            reference=identifier,
        )


_FEEDS = {"google": "googlefeed.xml", "sitemal": "sitemal.xml"}


def _ad(fields: Mapping[str, str]) -> Ad:
    fields = {name: _TOKEN.sub("", value).strip() for name, value in fields.items()}
    link, guid = fields.get("link", ""), fields.get("guid", "")
    number = re.search(r"/(\d{5,})/?(?:\?|$)", link)
    title, places = _title_and_places(one_line(fields.get("title", "")), one_line(fields.get("location", "")))
    remote = fields.get("job_location_type") or fields.get("workplace_type") or ""
    department = fields.get("job_function", "")
    return Ad(
        # A guid that is an address holds the title, which employers edit.
        identifier=(guid if "/" not in guid else "") or fields.get("id", "") or (number[1] if number else guid),
        title=title,
        url=link,
        body=fields.get("description", ""),
        organization=fields.get("employer", ""),
        places=places,
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=tuple(filter(None, (fields.get(name) for name in ("job_type", "employment_type")))),
        published=fields.get("pubdate") or fields.get("publish_date") or None,
        deadline=fields.get("expiration_date") or None,
        salary=fields.get("salary", ""),
        department="" if _SYSTEM_WORD.fullmatch(department) else department,
        language=fields.get("language", ""),
    )


def _title_and_places(title: str, location: str) -> tuple[str, tuple[Place, ...]]:
    """The title without the place that the feed hangs on it, and the places: the feed's own, else the one in brackets.

    What stands in brackets is a place only when it is the feed's own one or ends with a country.
    """
    match = _BRACKETS.search(title)
    inside = match["inside"].strip() if match else ""
    city = location.partition(",")[0].strip().casefold()
    own = bool(inside and city) and city == inside.partition(",")[0].strip().casefold()
    if match and (own or (not location and _place(inside).country)):
        title, location = title[: match.start()].rstrip(), location or inside
    words = (one.strip() for one in re.split(r"\s*[;|]\s*", location))
    return title, tuple(found for one in words if (found := _place(one)) != Place())


def _place(words: str) -> Place:
    """`Ludvika, SE, 771 80` and `Göteborg, Västra Götaland, SE` to their parts; other forms stay as they are told."""
    parts = [part.strip() for part in words.split(",") if part.strip()]
    postal = next((part for part in parts[1:] if re.fullmatch(r"[A-Z]{0,2}-?\d[\d -]{2,9}", part)), "")
    rest = [part for part in parts if part != postal]
    found = place(country=rest[-1]) if rest else Place()
    if len(rest) < 2 or not found.country:
        return place(name=", ".join(parts)) if not (rest and found.country) else place(name=rest[0], country=rest[-1])
    region = ", ".join(rest[1:-1])
    return place(name=", ".join(parts), city=rest[0], region=region, postal_code=postal, country=rest[-1])


def _sure_date(words: str) -> str:
    """The date, unless day and month could be either way round: that depends on each site's settings."""
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/\d{4}", words.strip())
    return "" if match and match[1] != match[2] and max(int(match[1]), int(match[2])) <= 12 else words


def _labelled(job: _Element) -> Iterator[tuple[str, str]]:
    """What a classic board's numbered fields tell, by their labels; the first of each."""
    seen = set()
    for child in job:
        told = fields_of(child)
        label, value = told.get("label", "").strip(" :").lower(), _TOKEN.sub("", told.get("value", "")).strip()
        for name, labels in _LABELS.items():
            if value and label in labels and name not in seen:
                seen.add(name)
                yield name, value


def _described(page: Page) -> str:
    """The text of a career site's page that carries no markup."""
    from lxml import etree

    tree = parse_html(page.body, page.encoding)
    found = tree.cssselect(".jobdescription, [itemprop=description]") if tree is not None else []
    return etree.tostring(found[0], encoding="unicode", method="html") if found else ""


def _company(url: str) -> str:
    query = parse_qs(parts_of(url).query)
    return next((query[name][0] for name in ("company", "career_company", "bplte_company") if query.get(name)), "")


_KEPT = ("identifier", "title", "url", "organization", "salary", "reference", "department")


def _packed(ad: Ad) -> dict[str, str]:
    """The ad's listing for the road to its own page."""
    places = " | ".join(
        one.name or ", ".join(filter(None, (one.locality, one.region, one.country))) for one in ad.places
    )
    told = {name: str(getattr(ad, name)) for name in _KEPT}
    dates = {"published": str(ad.published or ""), "deadline": str(ad.deadline or "")}
    return {**told, **dates, "places": places, "employment": " | ".join(ad.employment), "remote": ad.remote_words}


def _unpacked(context: Mapping[str, str]) -> Ad:
    remote = context.get("remote", "")
    ad = Ad(
        identifier="",
        title="",
        url="",
        places=tuple(found for one in context.get("places", "").split(" | ") if (found := _place(one)) != Place()),
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=tuple(filter(None, context.get("employment", "").split(" | "))),
        published=context.get("published") or None,
        deadline=context.get("deadline") or None,
    )
    for name in _KEPT:
        setattr(ad, name, context.get(name, ""))
    return ad


KIND = SuccessFactors
