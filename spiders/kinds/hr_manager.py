"""HR Manager, now Talentech's Talent Recruiter: the interface that employers' own sites call, by the employer's alias.

Facts: `api.hr-manager.net/jobportal.svc/{alias}/positionlist/json/` (also `recruiter-api.`) with `incads=1` for
texts, `take` and `skip`; `PositionCountCustomer` is the whole number. Dates are `/Date(ms+0200)/`, the offset already
counted in, and year 1 for none. `ProjectType` tells open applications. An alias that nobody has answers 400, or a
`StatusCode` that is not 0. Users and project leaders are contact persons, and are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import Field

from aggregator.errors import UsageError
from aggregator.model import Known, ListingKind, Place, Source
from aggregator.schema_org import each, text_of, texts_of
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.boards import boards_named
from spiders.extract.interface import ads_in
from spiders.extract.listing import mapping, read_object
from spiders.extract.posting import Ad, place, problem

API = "https://api.hr-manager.net/jobportal.svc"
PER_PAGE = 50

_ALIAS = re.compile(r"[A-Za-z0-9][\w-]{0,60}")
_API_PATH = re.compile(r"/jobportal\.svc/([^/]+)/positionlist(?:/|$)", re.IGNORECASE)


class HrManager(Kind):
    """One employer's positions."""

    name = "hr-manager"
    title = "HR Manager, Talent Recruiter (Talentech)"

    class Options(KindOptions):
        """Whose positions of a shared portal, and how many."""

        departments: tuple[str, ...] = ()
        """Only positions of these departments, by the interface's names or numbers for them; by default all."""
        pages: int = Field(40, ge=1, le=500)
        """Pages of 50 positions that are read at most; more is reported."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.seen: set[str] = set()
        self.wanted = {name.casefold().strip() for name in self.options.departments}

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        """Addresses that hold an employer's alias; those of single ads hold a number that tells no alias."""
        alias = alias_in(url)
        return Recognised(url=_address(alias), evidence=f"the address is of {alias} at HR Manager") if alias else None

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        yield from boards_named(cls, html, url, mark="hr-manager.net")

    def start(self) -> Iterator[Fetch]:
        alias = alias_in(self.source.url)
        if not alias:
            raise UsageError(
                f"{self.source.url} does not hold an employer's alias at HR Manager",
                hint=f"use an address such as {_address('acme')}",
            )
        yield self._page(alias, 0)

    def _page(self, alias: str, skip: int) -> Fetch:
        return Fetch(
            url=f"{_address(alias)}?incads=1&take={PER_PAGE}&skip={skip}",
            step="list" if skip else "start",
            expects="json",
            context={"skip": str(skip)},
        )

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="Items", of="HR Manager's list")
        if not isinstance(data, Mapping):
            yield data
            return
        status = mapping(data.get("TransactionStatus"))
        if status.get("StatusCode") not in (None, 0):
            told = f"{page.url} refuses: {text_of(status.get('Description'))[:200] or 'it does not say why'}"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        items = data["Items"]
        yield from ads_in(items, self.source, page, of="HR Manager's list", make=self._ad)
        if isinstance(items, list):
            yield from self._next(data.get("PositionCountCustomer"), items, page)

    def _next(self, total: object, items: list[object], page: Page) -> Iterator[Found]:
        reached = int(page.fetch.context.get("skip", "0")) + len(items)
        new = {text_of(item.get("Id")) for item in items if isinstance(item, Mapping)} - self.seen
        self.seen |= new
        goes_on = reached < total if isinstance(total, int) and not isinstance(total, bool) else len(items) == PER_PAGE
        if not goes_on:
            return
        if not new:
            told = f"{page.url} promised {total} positions and gave {len(self.seen)}"
            yield problem(self.source, "list-cut-short", told, url=page.url)
        elif reached >= self.options.pages * PER_PAGE:
            told = f"the list goes on after {reached} positions; raise `pages` to read the rest"
            yield problem(self.source, "too-many-pages", told, url=page.url)
        elif alias := alias_in(self.source.url):
            yield self._page(alias, reached)

    def _ad(self, item: Mapping[str, Any]) -> Ad | None:
        department = mapping(item.get("Department"))
        unit = text_of(department.get("Name"))
        if self.wanted and not {unit.casefold(), text_of(department.get("Id"))} & self.wanted:
            return None
        languages = texts_of([mapping(one).get("Code") for one in each(item.get("Languages"))])
        employer = text_of(item.get("CustomerName"))
        adverts = texts_of([mapping(one).get("Content") for one in each(item.get("Advertisements"))])
        return Ad(
            identifier=text_of(item.get("Id")),
            title=text_of(item.get("Name")),
            url=_first(item, "AdvertisementUrlSecure", "AdvertisementUrl"),
            apply_url=_first(item, "ApplicationFormUrlSecure", "ApplicationFormUrl"),
            body="\n".join(adverts) or text_of(item.get("ShortDescription")),
            organization=employer or unit,
            places=tuple(_places(item)),
            employment=tuple(filter(None, (text_of(item.get(name)) for name in ("PositionType", "WorkHours")))),
            published=_first(item, "Published", "Created") or None,
            deadline=text_of(item.get("ApplicationDue")) or None,
            language=languages[0] if len(languages) == 1 else "",
            department=unit if unit.casefold() != employer.casefold() else "",
            occupation_label=_name(item.get("PositionCategory")),
            listing=ListingKind.OPEN_APPLICATION if item.get("ProjectType") == "OpenApplication" else None,
        )


def alias_in(url: str) -> str:
    """The employer's alias in an address of the interface or of the hosted list; "" for none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if not re.fullmatch(r"(?:api|recruiter-api|candidate|recruiter)\.hr-manager\.net", parts.hostname or ""):
        return ""
    interface = _API_PATH.match(parts.path)
    query = {name.lower(): value for name, value in parse_qsl(parts.query)}
    alias = interface[1] if interface else query.get("customer", "") if "/vacancies/" in parts.path.lower() else ""
    return alias.lower() if _ALIAS.fullmatch(alias) else ""


def _address(alias: str) -> str:
    return f"{API}/{quote(alias)}/positionlist/json/"


def _name(value: object) -> str:
    return text_of(mapping(value).get("Name"))


def _first(item: Mapping[str, Any], *names: str) -> str:
    return next((found for name in names if (found := text_of(item.get(name)))), "")


def _places(item: Mapping[str, Any]) -> Iterator[Place]:
    """Every location that was chosen; the workplace in words belongs to one that stands alone. The department's address
    is the employer's office and no workplace.
    """
    several = texts_of([_name(one) for one in each(item.get("PositionLocationMultiSelection"))])
    chosen = several or texts_of(_name(item.get("PositionLocation")))
    words = text_of(item.get("WorkPlace"))
    if len(chosen) > 1:
        yield from (place(name=name, city=name) for name in chosen)
    elif chosen or words:
        name = chosen[0] if chosen else ""
        yield place(name=words or name, city=name)


KIND = HrManager
