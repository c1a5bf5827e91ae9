"""One place where all kinds make their postings, so that cleaning, marking and scrubbing happen once and alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model import JobPosting, ListingKind, Place, Problem, RemoteMode, Source
from aggregator.schema_org import clean, country_code
from spiders.base import Found, Listed, Page
from spiders.extract.dates import parse_date
from spiders.extract.links import clean_url
from spiders.extract.text import body_of, one_line
from spiders.extract.words import employment_types, language_of, listing_kind, remote_mode

MAX_TITLE = 300
"""Characters of a title that are kept; what is longer is a body that slipped into the wrong field."""


@dataclass(kw_only=True)
class Ad:
    """What a kind read of one ad, as the source wrote it. Dates may be texts or epoch numbers, `body` markup or text.

    `language` is a code or a locale; `employment` any words on form and extent; names are cleaned when the posting is
    made. A `deadline` that is a bare date means that day's end. `listing` is what the system itself says the ad is (an
    open application); None lets its title tell.
    """

    identifier: str
    title: str
    url: str
    apply_url: str = ""
    body: str = ""
    organization: str = ""
    organization_number: str = ""
    places: tuple[Place, ...] = ()
    remote: RemoteMode | None = None
    remote_words: str = ""
    employment: tuple[str, ...] = ()
    published: object = None
    deadline: object = None
    language: str = ""
    salary: str = ""
    reference: str = ""
    department: str = ""
    occupation_code: str = ""
    occupation_label: str = ""
    openings: int | None = None
    listing: ListingKind | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def postings_of(ad: Ad, source: Source, page: Page) -> Iterator[Found]:
    """The ad as a `JobPosting`, or the `Problem` that keeps it from being one.

    Without an identifier nothing can be known of it: an error. Without a title or an address it cannot be shown: a
    warning, and it counts as seen so that it is not taken for closed.
    """
    identifier = clean(ad.identifier)
    title, url = one_line(ad.title)[:MAX_TITLE], clean_url(ad.url, page.url) if ad.url.strip() else ""
    where = {"url": page.url, "title": title, "identifier": identifier}
    if not identifier:
        yield problem(source, "ad-without-identifier", f"an ad on {page.url} has no identifier: {title!r}", **where)
        return
    if not title or not url:
        lacks = "title" if not title else f"web address ({ad.url!r} is none)" if ad.url else "web address"
        yield problem(
            source, "ad-unusable", f"the ad {identifier} on {page.url} has no {lacks}", level="warning", **where
        )
        yield Listed(identifier=identifier)
        return
    yield from _dates_unread(ad, source, page)
    yield _posting(ad, source, page, identifier=identifier, title=title, url=url)


def _posting(ad: Ad, source: Source, page: Page, *, identifier: str, title: str, url: str) -> JobPosting:
    description = scrubbed(body_of(ad.body, title))
    places, remote = _without_remote(ad)
    if not places and source.place and remote is not RemoteMode.REMOTE:
        places = (Place(name=source.place),)
    return JobPosting(
        source=source.key,
        identifier=identifier,
        title=title,
        url=url,
        retrieved_from=page.url,
        retrieved_at=page.retrieved_at,
        apply_url=clean_url(ad.apply_url, page.url) if ad.apply_url else "",
        hiring_organization=source.employer or one_line(ad.organization),
        organization_number=ad.organization_number,
        job_location=places,
        job_location_type=remote,
        employment_type=employment_types(*ad.employment),
        date_posted=parse_date(ad.published, now=page.retrieved_at),
        valid_through=parse_date(ad.deadline, now=page.retrieved_at, end_of_day=True),
        description=description,
        in_language=_language(ad.language) or language_of(description, title),
        base_salary=scrubbed(one_line(ad.salary)),
        reference_number=one_line(ad.reference),
        department=one_line(ad.department),
        occupation_code=ad.occupation_code,
        occupation_label=one_line(ad.occupation_label),
        total_job_openings=ad.openings,
        listing=ad.listing or listing_kind(title),
        raw=_raw(ad),
    )


def _without_remote(ad: Ad) -> tuple[tuple[Place, ...], RemoteMode | None]:
    """The ad's places and remote mode; a "place" that is only called Remote or Hybrid is a mode and no place."""
    modes = [remote_mode(place.name) for place in ad.places if _is_mode(place)]
    places = tuple(place for place in ad.places if not _is_mode(place))
    return places, ad.remote or next(filter(None, modes), None)


def _is_mode(place: Place) -> bool:
    named_only = place == Place(name=place.name)
    return (
        named_only and re.fullmatch(r"(?:helt |på )*distans|hybrid|(?:fully )?remote", place.name.lower()) is not None
    )


def _raw(ad: Ad) -> dict[str, str]:
    """What the source wrote, under schema.org's names; the body is left out, since contact persons stand in it."""
    pairs = {
        "title": ad.title,
        "url": ad.url,
        "hiringOrganization": ad.organization,
        "jobLocation": " | ".join(filter(None, (_place_words(place) for place in ad.places))),
        "jobLocationType": ad.remote_words,
        "employmentType": " | ".join(filter(None, ad.employment)),
        "datePosted": "" if ad.published is None else str(ad.published),
        "validThrough": "" if ad.deadline is None else str(ad.deadline),
        **ad.extra,
    }
    return {name: kept for name, value in pairs.items() if (kept := clean(value)[:MAX_TITLE].strip())}


def _place_words(place: Place) -> str:
    parts = (place.name, place.street_address, place.postal_code, place.locality, place.region, place.country)
    return ", ".join(dict.fromkeys(filter(None, parts)))


def _dates_unread(ad: Ad, source: Source, page: Page) -> Iterator[Problem]:
    for name, value in (("published", ad.published), ("deadline", ad.deadline)):
        dated = isinstance(value, str) and any(map(str.isdigit, value)) and not _sentinel(value)
        if dated and parse_date(value, now=page.retrieved_at) is None:
            told = f"the ad {ad.identifier} has a date that cannot be read ({name}: {str(value)[:60]!r})"
            yield problem(source, "date-unread", told, level="warning", url=page.url, identifier=ad.identifier)


def _sentinel(text: str) -> bool:
    """Whether the text says on purpose that there is no date, or none to the day ("30+ days ago")."""
    return (
        text.startswith(("0001-", "1753-", "1900-", "1970-", "9999-"))
        or "Date(-" in text
        or re.search(r"\d\+ ", text) is not None
        or set(text) <= set("0-:/T .Z")
    )


def _language(code: str) -> str:
    language = code.strip().lower().replace("_", "-").partition("-")[0]
    language = {
        "se": "sv",
        "swedish": "sv",
        "svenska": "sv",
        "english": "en",
        "engelska": "en",
        "uk": "en",
        "gb": "en",
        "no": "nb",
    }.get(language, language)
    return language if len(language) == 2 and language.isalpha() and language.isascii() else ""


def scrubbed(text: str) -> str:
    """Text without contact persons: the one door through which running text enters the house."""
    from aggregator.tagging.contacts import scrub

    return scrub(text) if text else ""


def place(
    *, name: str = "", street: str = "", postal_code: str = "", city: str = "", region: str = "", country: str = ""
) -> Place:
    """A place of cleaned texts; the country as a code or a name in any of the languages that are known."""
    return Place(
        name=one_line(name),
        street_address=one_line(street),
        postal_code=one_line(postal_code),
        locality=one_line(city),
        region=one_line(region),
        country=country_code(one_line(country)),
    )


def problem(source: Source, code: str, message: str, *, level: str = "error", **data: str) -> Problem:
    """A problem of this source; `level` is `error` unless the harvest is whole in spite of it."""
    return Problem(
        level=level,
        code=code,
        where=source.key,
        message=message,
        data={name: value for name, value in data.items() if value},
    )


MAX_TAGS = 60_000
"""Tags of one page that are parsed, far above any career page; parsers' time grows faster than the page does."""


def too_big(source: Source, page: Page, *, mark: bytes = b"<", most: int = MAX_TAGS) -> Iterator[Problem]:
    """The problem of a page with more than `most` marks, which is not to be parsed; none for others."""
    if (count := page.body.count(mark)) > most:
        told = f"{page.url} holds {count} times {mark.decode()!r}, more than the {most} that are read"
        yield problem(source, "page-too-big", told, url=page.url)


def read_json(page: Page) -> object:
    """The page as JSON. Raises `ValueError` with what is wrong in words (also for JSON nested beyond all sense)."""
    try:
        return json.loads(page.body)
    except UnicodeDecodeError:
        text = page.text
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError as error:
        raise ValueError(_why_not_json(page, error)) from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(_why_not_json(page, error)) from error


def _why_not_json(page: Page, error: Exception) -> str:
    if looks_like_html(page.body):
        return "the answer is a web page, not JSON"
    return f"the answer is not JSON ({error})" if page.body.strip() else "the answer is empty"


def looks_like_html(body: bytes) -> bool:
    """Whether the bytes are a web page: what a retired feed or a challenge answers with status 200."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in head


def moment_words(moment: datetime) -> str:
    """A moment in UTC as job systems write times without a zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
