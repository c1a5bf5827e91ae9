"""A posting as schema.org's JobPosting in JSON and back: what the pipes (`parse`, `tag`, `dedupe`, `export`), the
site's pages and the readers of other people's markup share.

`to_schema_org` and `from_schema_org` are each other's inverse for every posting of ours, and `from_schema_org` is
lenient with everybody else's: it takes each property in every form that schema.org allows (a string, a number, a
`PropertyValue`, one thing or a list of things) and leaves out what it cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from aggregator.model import JobPosting, ListingKind, Place, RemoteMode

HOME = ZoneInfo("Europe/Stockholm")
"""What a date or a time without a zone means: the sources are Swedish employers'."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`retrieved_at` of a posting that came without one and for which the caller gave none."""

EMPLOYMENT_TYPES = ("FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER")
"""schema.org's (Google for Jobs') words for `employmentType`."""

FIRST_TRUE_YEAR = 1990
"""Earlier dates in job systems mean "none": year 1 (.NET), 1753 (SQL Server), 1900 (Excel), 1970 (Unix)."""

_Word = TypeVar("_Word", ListingKind, RemoteMode)
_MUNICIPALITY = "scb-municipality"
_SSYK = "SSYK 2012"


# --- out -----------------------------------------------------------------------------------------------------------


def to_schema_org(posting: JobPosting, *, public: bool = False) -> dict[str, object]:
    """The posting as a JSON-able schema.org JobPosting; what is empty is left out.

    Beside schema.org's own properties it carries the house's: `source`, `applyUrl`, `referenceNumber`, `inLanguage`,
    `workplaceType`, `listing`, `retrievedFrom`, `retrievedAt`, `raw`. With `public` only schema.org's own are given, as
    a page for search engines wants them.
    """
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": posting.identifier,
        "title": posting.title,
        "url": posting.url,
        "hiringOrganization": _organization(posting),
        "jobLocation": [_place(place) for place in posting.job_location],
        "jobLocationType": "TELECOMMUTE" if posting.job_location_type is RemoteMode.REMOTE else "",
        "employmentType": list(posting.employment_type),
        "datePosted": _moment(posting.date_posted),
        "validThrough": _moment(posting.valid_through),
        "description": posting.description,
        "baseSalary": posting.base_salary,
        "employmentUnit": {"@type": "Organization", "name": posting.department} if posting.department else "",
        "occupationalCategory": _category(posting),
        "totalJobOpenings": posting.total_job_openings,
    }
    if not public:
        data |= {
            "source": posting.source,
            "applyUrl": posting.apply_url,
            "referenceNumber": posting.reference_number,
            "inLanguage": posting.in_language,
            "workplaceType": posting.job_location_type.value if posting.job_location_type else "",
            "listing": "" if posting.listing is ListingKind.VACANCY else posting.listing.value,
            "retrievedFrom": posting.retrieved_from,
            "retrievedAt": _moment(posting.retrieved_at),
            "raw": dict(posting.raw),
        }
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


def _moment(moment: datetime | None) -> str:
    """In Swedish time with its offset, so that who reads only the date reads the right one."""
    return moment.astimezone(HOME).isoformat() if moment else ""


def _organization(posting: JobPosting) -> dict[str, object]:
    if not posting.hiring_organization and not posting.organization_number:
        return {}
    return _filled({"@type": "Organization", "name": posting.hiring_organization, "taxID": posting.organization_number})


def _category(posting: JobPosting) -> object:
    if not posting.occupation_code:
        return posting.occupation_label
    return _filled(
        {
            "@type": "CategoryCode",
            "inCodeSet": _SSYK,
            "codeValue": posting.occupation_code,
            "name": posting.occupation_label,
        }
    )


def _place(place: Place) -> dict[str, object]:
    address = _filled(
        {
            "@type": "PostalAddress",
            "streetAddress": place.street_address,
            "postalCode": place.postal_code,
            "addressLocality": place.locality,
            "addressRegion": place.region,
            "addressCountry": place.country,
        }
    )
    geo = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    code = {"@type": "PropertyValue", "propertyID": _MUNICIPALITY, "value": place.municipality_code}
    return _filled(
        {
            "@type": "Place",
            "name": place.name,
            "address": address if len(address) > 1 else None,
            "geo": geo if place.latitude is not None and place.longitude is not None else None,
            "identifier": code if place.municipality_code else None,
        }
    )


def _filled(data: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in data.items() if value not in ("", None)}


# --- in ------------------------------------------------------------------------------------------------------------


def from_schema_org(
    data: Mapping[str, object], *, source: str = "", retrieved_at: datetime | None = None
) -> JobPosting:
    """A posting from a JobPosting in JSON; what is missing or unreadable stays empty.

    `source` and `retrieved_at` are used where the data does not say. `description` is taken as it stands: markup in
    it is the caller's to remove. Raises `TypeError` when `data` is not an object.
    """
    if not isinstance(data, Mapping):
        raise TypeError(f"a JobPosting is a JSON object, not {type(data).__name__}")
    url = text_of(data.get("url"))
    code, label = _occupation(data.get("occupationalCategory"))
    raw = data.get("raw")
    return JobPosting(
        source=text_of(data.get("source")) or source,
        identifier=text_of(data.get("identifier")) or url,
        title=text_of(data.get("title")),
        url=url,
        retrieved_from=text_of(data.get("retrievedFrom")),
        retrieved_at=parse_moment(text_of(data.get("retrievedAt"))) or retrieved_at or NEVER,
        apply_url=text_of(data.get("applyUrl")),
        hiring_organization=text_of(data.get("hiringOrganization")),
        organization_number=_organization_number(data.get("hiringOrganization")),
        job_location=places_of(data.get("jobLocation")),
        job_location_type=_remote(data),
        employment_type=_employment(data.get("employmentType")),
        date_posted=parse_moment(text_of(data.get("datePosted"))),
        valid_through=parse_moment(text_of(data.get("validThrough")), end_of_day=True),
        description=text_of(data.get("description")),
        in_language=text_of(data.get("inLanguage")),
        base_salary=salary_of(data.get("baseSalary")),
        reference_number=text_of(data.get("referenceNumber")),
        department=text_of(data.get("employmentUnit")),
        occupation_code=code,
        occupation_label=label,
        total_job_openings=_count(data.get("totalJobOpenings")),
        listing=_member(ListingKind, data.get("listing")) or ListingKind.VACANCY,
        raw={str(name): text_of(value) for name, value in raw.items()} if isinstance(raw, Mapping) else {},
    )


def each(value: object) -> Iterator[object]:
    """The things of a property that may be absent, one thing, or (nested) lists of things."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from each(one)
    elif value is not None:
        yield value


def text_of(value: object) -> str:
    """A property's text: a string, a number, or the `value` or `name` of a thing; of a list the first that has one."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, Mapping):
        return next((found for name in ("@value", "value", "name") if (found := text_of(value.get(name)))), "")
    if isinstance(value, list | tuple):
        return next((found for one in value if (found := text_of(one))), "")
    return ""


def texts_of(value: object) -> tuple[str, ...]:
    """All texts of a property that may be one thing or many, each once, in their order."""
    return tuple(dict.fromkeys(found for one in each(value) if (found := text_of(one))))


def clean(text: str) -> str:
    """Text that every database and channel takes: no NUL, no half characters, no blanks at its ends."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.strip()


def parse_moment(text: str, *, end_of_day: bool = False) -> datetime | None:
    """An ISO 8601 date or date-time as an aware one in UTC; None when it is none, or a system's word for "no date".

    Without a zone it is Swedish wall-clock time. A bare date is that day's first second or, with `end_of_day`, its
    last: an ad whose deadline is the 30th can be answered all that day.
    """
    text = text.strip()
    try:
        if len(text) <= 10:
            day = date.fromisoformat(text)
            found = datetime.combine(day, time(23, 59, 59) if end_of_day else time.min, HOME)
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=HOME)
        return found.astimezone(UTC) if found.year >= FIRST_TRUE_YEAR else None
    except (ValueError, OverflowError):
        return None


def salary_of(value: object) -> str:
    """A salary in words: a text as it stands, a `MonetaryAmount` as `30000–35000 SEK per MONTH`."""
    if isinstance(value, list | tuple):
        return next((found for one in value if (found := salary_of(one))), "")
    if not isinstance(value, Mapping):
        return text_of(value)
    amount = value.get("value", value)
    amount = next(each(amount), None)
    if not isinstance(amount, Mapping):
        figures = [text_of(amount)]
        amount = value
    else:
        figures = [text_of(amount.get(name)) for name in ("minValue", "maxValue")]
        figures = list(dict.fromkeys(filter(None, figures))) or [text_of(amount.get("value"))]
    if not any(figures):
        return ""
    unit = text_of(amount.get("unitText")) or text_of(value.get("unitText"))
    words = ("–".join(figures), text_of(value.get("currency")), f"per {unit}" if unit else "")
    return " ".join(filter(None, words))


def places_of(value: object) -> tuple[Place, ...]:
    """The places of a `jobLocation`: one or many; each a Place, an address alone, or just words. Each place once."""
    return tuple(dict.fromkeys(place for one in each(value) if (place := _read_place(one)) != Place()))


def _read_place(data: object) -> Place:
    if not isinstance(data, Mapping):
        return Place(name=text_of(data))
    address = next(each(data.get("address")), None)
    if isinstance(address, Mapping):
        parts, name = address, text_of(data.get("name"))
    elif address is not None:
        parts, name = {}, text_of(data.get("name")) or text_of(address)
    else:
        parts, name = data, text_of(data.get("name"))
    latitude, longitude = _coordinates(data.get("geo")) or (None, None)
    country = text_of(parts.get("addressCountry"))
    return Place(
        name=name,
        street_address=text_of(parts.get("streetAddress")),
        postal_code=text_of(parts.get("postalCode")),
        locality=text_of(parts.get("addressLocality")),
        region=text_of(parts.get("addressRegion")),
        country=country_code(country),
        municipality_code=_municipality(data),
        latitude=latitude,
        longitude=longitude,
    )


def _municipality(place: Mapping[str, object]) -> str:
    for one in each(place.get("identifier")):
        if isinstance(one, Mapping) and one.get("propertyID") == _MUNICIPALITY:
            return text_of(one.get("value"))
    code = text_of(place.get("municipalityCode"))
    return code if re.fullmatch(r"\d{4}", code) else ""


def _coordinates(geo: object) -> tuple[float, float] | None:
    geo = next(each(geo), None)
    if not isinstance(geo, Mapping):
        return None
    try:
        latitude, longitude = float(text_of(geo.get("latitude"))), float(text_of(geo.get("longitude")))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


_ALPHA_3 = {"SWE": "SE", "NOR": "NO", "DNK": "DK", "FIN": "FI", "ISL": "IS", "DEU": "DE", "GBR": "GB", "USA": "US"}


@lru_cache(maxsize=256)
def country_code(country: str) -> str:
    """ISO 3166-1 alpha-2 of a country's code or its name in Swedish, English, Norwegian, Danish, Finnish or German;
    "" when it is none.
    """
    word = country.strip()
    if not word:
        return ""
    names = _country_names()
    if len(word) == 2 and word.upper() in names.values():
        return word.upper()
    return _ALPHA_3.get(word.upper(), "") or names.get(word.casefold(), "")


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    from babel import Locale

    names: dict[str, str] = {}
    for language in ("de", "fi", "da", "nb", "en", "sv"):
        territories = Locale(language).territories
        names |= {name.casefold(): code for code, name in territories.items() if re.fullmatch("[A-Z]{2}", code)}
    return names | {"england": "GB", "uk": "GB", "usa": "US", "the netherlands": "NL"}


def _organization_number(value: object) -> str:
    value = next(each(value), None)
    return text_of(value.get("taxID")) if isinstance(value, Mapping) else ""


def _occupation(value: object) -> tuple[str, str]:
    """SSYK code and label; a code of another or an unnamed code set is not taken for SSYK."""
    value = next(each(value), None)
    if not isinstance(value, Mapping):
        return "", text_of(value)
    code, named = text_of(value.get("codeValue")), text_of(value.get("inCodeSet"))
    return code if named.upper().startswith("SSYK") else "", text_of(value.get("name"))


def _remote(data: Mapping[str, object]) -> RemoteMode | None:
    said = _member(RemoteMode, data.get("workplaceType"))
    return said or (RemoteMode.REMOTE if text_of(data.get("jobLocationType")).upper() == "TELECOMMUTE" else None)


def _employment(value: object) -> tuple[str, ...]:
    words = (re.sub(r"[\s-]+", "_", word.upper()) for word in texts_of(value))
    return tuple(dict.fromkeys(word for word in words if word in EMPLOYMENT_TYPES))


def _count(value: object) -> int | None:
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _member(enum: type[_Word], value: object) -> _Word | None:
    return next((member for member in enum if member.value == value), None)
