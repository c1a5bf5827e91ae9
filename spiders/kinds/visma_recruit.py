"""Visma Recruit (once Aditro): an employer's list of assignments, and each assignment's own document with its texts.

Facts: `/External/Feeds/AssignmentList.ashx?guidGroup=` and `AssignmentItem.ashx?guidGroup=&guidAssignment=`, XML on
one page. `1753-01-01` stands for "no date"; dates are midnights, and a last day lasts all that day. An unknown group
answers `<Error>Kunde inte hitta gruppen</Error>` with status 200. Addresses hold bare ampersands at times. Contact
persons are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from aggregator.model import Known, Place, Source
from spiders.base import Fetch, Found, Kind, Page, Recognised
from spiders.extract.again import own_page
from spiders.extract.boards import boards_named, segments
from spiders.extract.calls import only_board_in_scripts
from spiders.extract.document import elements, text_at, texts_at, xml_of
from spiders.extract.posting import Ad, place, postings_of, problem
from spiders.extract.xml import inner_text, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_HOSTS = ("recruit.visma.com", "aditrorecruit.com")
_TEXTS = ("DepartmentDescr", "WorkDescr", "Qualifications", "AdditionalInfo")
_NO_DATE = "1753-01-01"


class VismaRecruit(Kind):
    """One employer's group of assignments."""

    name = "visma-recruit"
    title = "Visma Recruit"

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.ads: dict[str, Ad] = {}

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        """Any address of the system that holds an employer's group; others do not tell whose board it is."""
        host, _ = segments(url)
        group = _parameter(url, "guidGroup") if host in _HOSTS else ""
        if not group:
            return None
        return Recognised(url=_address(host, "AssignmentList", guidGroup=group), evidence=f"{host} with a guidGroup")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        for host in _HOSTS:
            found = list(boards_named(cls, html, url, mark=host))
            yield from found or only_board_in_scripts(cls, html, mark=host)

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=self.source.url, expects="xml")

    def read(self, page: Page) -> Iterator[Found]:
        root, problems = xml_of(page, self.source)
        yield from problems
        if root is None:
            return
        if errors := [inner_text(one) for one in root.iter() if local_name(one) == "Error"]:
            told = f"{page.url} answers: {errors[0][:200]}"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        names = {local_name(one) for one in root.iter()}
        if not names & {"Assignments", "Assignment", "AssignmentList"}:
            told = f"{page.url} is XML but no list of assignments (<{local_name(root)}>)"
            yield problem(self.source, "not-a-feed", told, url=page.url)
        for assignment in (one for one in root.iter() if local_name(one) == "Assignment"):
            if text_at(assignment, "IsInternal").lower() in ("true", "1"):
                continue  # for the employer's own people
            ad, guid = _ad(assignment), text_at(assignment, "Guid")
            if page.fetch.step == "ad":
                listed = self.ads.get(page.fetch.context.get("id", ""))
                yield from postings_of(_joined(listed, ad) if listed else ad, self.source, page)
            else:
                yield from self._listed(ad, guid, page)

    def _listed(self, ad: Ad, guid: str, page: Page) -> Iterator[Found]:
        self.ads[ad.identifier] = ad
        group, host = _parameter(self.source.url, "guidGroup"), urlsplit(self.source.url).netloc
        if not guid or not group:
            yield from postings_of(ad, self.source, page)
            return
        at = _address(host, "AssignmentItem", guidGroup=group, guidAssignment=guid)
        yield from own_page(ad, self.source, page, self.known, at=at, expects="xml")


def _parameter(url: str, name: str) -> str:
    return next((value for key, value in parse_qsl(urlsplit(url).query) if key.lower() == name.lower()), "")


def _address(host: str, document: str, **parameters: str) -> str:
    return f"https://{host}/External/Feeds/{document}.ashx?{urlencode(parameters)}"


def _ad(assignment: _Element) -> Ad:
    versions = list(elements(assignment, "Localization", "AssignmentLoc"))
    told = next((one for one in versions if text_at(one, "AssignmentTitle")), versions[0] if versions else assignment)
    apply = next(
        (inner_text(one) for one in _below(assignment, "ApplicationMethods") if local_name(one).lower() == "url"), ""
    )
    employment = (texts_at(told, name, "Name") for name in ("EmploymentType", "EmploymentGrade", "EmploymentDuration"))
    owners = [
        one for one in elements(told, "Departments", "Department") if (one.get("Type") or "Owner").lower() == "owner"
    ]
    openings = text_at(assignment, "NumberOfJobs")
    return Ad(
        identifier=assignment.get("AssignmentId") or text_at(assignment, "Guid"),
        title=text_at(told, "AssignmentTitle"),
        url=text_at(assignment, "ReadMoreUrl") or apply,
        apply_url=apply,
        body="\n".join(filter(None, (text_at(told, name) for name in _TEXTS))),
        organization=text_at(assignment, "AccountName"),
        places=tuple(_places(told)),
        employment=tuple(word for words in employment for word in words),
        published=_day(text_at(assignment, "PublishStartDate")) or _day(text_at(assignment, "Created")),
        deadline=_day(text_at(assignment, "ApplicationEndDate")) or _day(text_at(assignment, "PublishEndDate")),
        reference=text_at(assignment, "RefNo"),
        department=next((text for one in owners if (text := text_at(one, "Name"))), ""),
        occupation_label=text_at(told, "OccupationClassifications", "OccupationClassification", "Name"),
        openings=int(openings) if openings.isascii() and openings.isdigit() and 0 < int(openings) < 1000 else None,
    )


def _below(root: _Element, name: str) -> Iterator[_Element]:
    for element in elements(root, name):
        yield from element.iter()


def _places(told: _Element) -> Iterator[Place]:
    """Every municipality, in the county and country named beside it."""
    county, country = text_at(told, "County", "Name"), text_at(told, "Country", "Name")
    municipalities = texts_at(told, "Municipality", "Name")
    for name in municipalities:
        yield place(name=name, city=name, region=county, country=country)
    if not municipalities and (county or country):
        yield place(name=county or country, region=county, country=country)


def _joined(listed: Ad, own: Ad) -> Ad:
    """The assignment's own document over its entry in the list, which may tell what the document leaves out."""
    told = {
        name: getattr(own, name)
        for name in (
            "body",
            "apply_url",
            "places",
            "employment",
            "department",
            "occupation_label",
            "reference",
            "openings",
        )
        if getattr(own, name)
    }
    return replace(
        listed,
        **told,
        title=listed.title or own.title,
        url=listed.url or own.url,
        organization=listed.organization or own.organization,
        published=own.published or listed.published,
        deadline=own.deadline or listed.deadline,
    )


def _day(text: str) -> str | None:
    """A date without its midnight; None for the system's word for none."""
    if not text or text.startswith(_NO_DATE):
        return None
    return text[:10] if text[10:] in ("T00:00:00", " 00:00:00", "T00:00:00Z") else text


KIND = VismaRecruit
