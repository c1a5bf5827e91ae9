"""EasyCruit (Visma): one XML list of an employer's vacancies, and a document for each with its text.

Facts: `{tenant}.easycruit.com/export/xml/vacancy/list.xml` (namespace `urn:EasyCruit`) holds all vacancies with
`date_start`, `date_end` and `date_modified`, in one `Version` for each language, and for each department the ad's
address; `/export/xml/vacancy/{id}.xml` adds the description. One vacancy in several languages is one job. Contact
persons are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import Field

from aggregator.model import Known, Place, Source
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.again import own_page
from spiders.extract.boards import boards_named, segments
from spiders.extract.document import elements, text_at, xml_of
from spiders.extract.posting import Ad, place, postings_of
from spiders.extract.xml import inner_text, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_NOT_BOARDS = frozenset({"www", "api", "app", "login", "admin", "support", "help", "static", "cdn", "media", "docs"})
_EXPORT = "/export/xml/vacancy/"
_PREFERRED = ("sv", "se", "en", "gb", "no", "nb", "da", "dk")
_CODES = {"se": "sv", "gb": "en", "dk": "da", "no": "nb"}


class EasyCruit(Kind):
    """One employer's vacancies."""

    name = "easycruit"
    title = "EasyCruit (Visma)"

    class Options(KindOptions):
        """Which version of an ad is read."""

        language: str = Field("", pattern=r"^(?:[a-z]{2})?$")
        """The language to take where an ad has several (`sv`); by default Swedish, then English, then the first."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.ads: dict[str, Ad] = {}

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, path = segments(url)
        tenant = host.removesuffix(".easycruit.com")
        # What is on an intranet's board need not be on the public one.
        if tenant == host or "." in tenant or tenant in _NOT_BOARDS or path[:1] == ["intranet"]:
            return None
        return Recognised(url=f"https://{host}/", evidence=f"{host} is an EasyCruit address")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        yield from boards_named(cls, html, url, mark="easycruit.com")

    def start(self) -> Iterator[Fetch]:
        parts = urlsplit(self.source.url)
        own = self.source.url if parts.path.endswith(".xml") else f"{parts.scheme}://{parts.netloc}{_EXPORT}list.xml"
        yield Fetch(url=own, expects="xml")

    def read(self, page: Page) -> Iterator[Found]:
        root, problems = xml_of(page, self.source, "VacancyList", "Vacancy")
        yield from problems
        if root is None:
            return
        for vacancy in [root] if local_name(root) == "Vacancy" else elements(root, "Vacancy"):
            ad = self._ad(vacancy)
            if page.fetch.step == "ad":
                listed = self.ads.get(page.fetch.context.get("id", ""))
                yield from postings_of(_joined(listed, ad) if listed else ad, self.source, page)
            elif ad.body or not ad.identifier or local_name(root) == "Vacancy":
                yield from postings_of(ad, self.source, page)
            else:
                self.ads[ad.identifier] = ad
                at = f"{_EXPORT}{ad.identifier}.xml"
                yield from own_page(ad, self.source, page, self.known, at=at, expects="xml")

    def _ad(self, vacancy: _Element) -> Ad:
        told = self._version(vacancy)
        departments = list(elements(vacancy, "Departments", "Department"))
        identifier, unit = vacancy.get("id") or "", next((text_at(one, "Name") for one in departments), "")
        number = next((one.get("id") or "" for one in departments), "")
        address = next((text for one in departments if (text := text_at(one, "VacancyURL"))), "")
        employer = text_at(told, "AlternativeCompanyName")
        return Ad(
            identifier=identifier,
            title=text_at(told, "Title"),
            url=address or (f"/vacancy/{identifier}/{number}" if identifier and number else ""),
            apply_url=next((text for one in departments if (text := text_at(one, "ApplicationURL"))), ""),
            body=text_at(told, "Description"),
            organization=employer or unit,
            places=tuple(_places(told)),
            employment=tuple(_employment(told)),
            published=vacancy.get("date_start") or None,
            deadline=_deadline(text_at(told, "ApplicationDeadline")) or vacancy.get("date_end") or None,
            language=_CODES.get(told.get("language") or "", told.get("language") or ""),
            reference=vacancy.get("reference_number") or "",
            department=unit if employer and employer != unit else "",
            occupation_label=next(_categories(told, "position-type"), ""),
            salary=text_at(told, "Salary"),
        )

    def _version(self, vacancy: _Element) -> _Element:
        versions = {(one.get("language") or "").lower(): one for one in elements(vacancy, "Versions", "Version")}
        wanted = (self.options.language, *_PREFERRED)
        return next((versions[code] for code in wanted if code in versions), next(iter(versions.values()), vacancy))


def _places(told: _Element) -> Iterator[Place]:
    """The location in words, in the one region and country that are named; else those alone."""
    names = {level: list(_region(told, level)) for level in ("country", "county", "municipality", "city")}
    country, county = (names[level][0] if len(names[level]) == 1 else "" for level in ("country", "county"))
    words = text_at(told, "Location")
    towns = [*names["municipality"], *names["city"]] if not words else []
    for town in [words] if words else towns:
        yield place(name=town, city="" if "," in town else town, region=county, country=country)
    if not words and not towns:
        for name in names["county"] or names["country"]:
            yield place(name=name, region=name if names["county"] else "", country=country or name)


def _region(told: _Element, level: str) -> Iterator[str]:
    """Names that stand below `Region` as attributes or as texts, whatever the depth."""
    for region in elements(told, "Region"):
        for element in region.iter():
            name = element.get("name") or (element.text or "").strip()
            if name and local_name(element).lower() == level:
                yield name


def _employment(told: _Element) -> Iterator[str]:
    for name in ("Engagement", "DailyHours"):
        if words := text_at(told, name):
            yield words
    for kind in ("duration", "extent"):
        yield from _categories(told, kind)


def _categories(told: _Element, kind: str) -> Iterator[str]:
    for item in elements(told, "Categories", "Item"):
        if (item.get("type") or "").lower() == kind and (words := inner_text(item)):
            yield words


def _deadline(words: str) -> str:
    """A deadline that is a date; some write "as soon as possible" there."""
    return words if any(map(str.isdigit, words)) else ""


def _joined(listed: Ad, own: Ad) -> Ad:
    """The vacancy as listed, with what its own document adds."""
    return replace(
        listed,
        body=own.body,
        places=own.places or listed.places,
        employment=own.employment or listed.employment,
        deadline=own.deadline or listed.deadline,
        apply_url=own.apply_url or listed.apply_url,
        occupation_label=own.occupation_label or listed.occupation_label,
        salary=own.salary or listed.salary,
    )


KIND = EasyCruit
