"""Platsbanken, the Swedish Public Employment Service's ads: by employer from JobSearch, or as changes from JobStream.

Facts: JobSearch's `employer` takes the digits an organisation number begins with, or words of which *any* may stand in
an employer's name, so every hit is compared with the employer that was asked for. It gives 100 ads a page up to offset
2,000. JobStream (`/stream?date=`) gives what changed since a moment, removals as `removed: true` (their ids may be
numbers), one request a minute. Times are Swedish wall-clock times without a zone; coordinates are longitude first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from pydantic import Field, field_validator, model_validator

from aggregator.model import Known, Place, RemoteMode, Source
from aggregator.schema_org import country_code, each, parse_moment, text_of
from spiders.base import Cursor, Fetch, Found, Kind, KindOptions, Page, Recognised, Removed
from spiders.extract.dates import parse_date
from spiders.extract.names import bare_name
from spiders.extract.posting import Ad, moment_words, postings_of, problem, read_json

JOBSEARCH = "https://jobsearch.api.jobtechdev.se"
"""JobSearch's address: `/search`, and `/ad/{id}`, which answers 404 for an ad that is no longer published."""

LIMIT = 100
MAX_OFFSET = 2000
"""JobSearch's own bounds: ads a page, and the offset beyond which it answers 400."""

OVERLAP = timedelta(minutes=5)
"""How far before its cursor a stream is read again: changes come some three minutes late, and twice does no harm."""

ANYBODY = "*"
_CONCEPT = re.compile(r"\w{4}_\w{3}_\w{3}")

_COMMON = frozenset(
    ("kommun", "region", "sverige", "sweden", "svenska", "group", "gruppen", "holding", "nordic", "och", "and", "för")
)
"""Words of which Platsbanken's employers have so many that they narrow nothing."""


class Platsbanken(Kind):
    """One employer's ads at the national board."""

    name = "platsbanken"
    title = "Platsbanken (JobSearch and JobStream)"
    offline: ClassVar[Mapping[str, object]] = {"employer": ANYBODY}

    class Options(KindOptions):
        """Whose ads, where, and through which interface."""

        employer: str | tuple[str, ...] = ()
        """The employer's name as Platsbanken writes it (legal forms aside), or several; `"*"` is everybody."""
        organization_numbers: tuple[str, ...] = ()
        """Organisation numbers, ten digits; surer than names."""
        municipalities: tuple[str, ...] = ()
        """Only ads in these municipalities: SCB's codes (`"2080"`), or JobTech's concept ids, which keep it small."""
        regions: tuple[str, ...] = ()
        """Only ads in these counties: SCB's codes (`"20"`) or JobTech's concept ids."""
        api: Literal["search", "stream"] = "search"
        """`search` reads all the employer's ads each time; `stream` reads them once and then only what changed."""
        search_url: str = Field(f"{JOBSEARCH}/search", pattern="^https?://")
        stream_url: str = Field("https://jobstream.api.jobtechdev.se/stream", pattern="^https?://")
        ad_url: str = Field("", pattern="^$|^https?://.*[{]id[}]")
        """Where one ad is asked for again, with `{id}` in it; JobSearch's own beside JobSearch's own `search_url`, else
        the ad's page."""

        @field_validator("organization_numbers")
        @classmethod
        def _numbers(cls, numbers: tuple[str, ...]) -> tuple[str, ...]:
            bare = tuple(re.sub(r"[\s-]", "", number).removeprefix("16")[-10:] for number in numbers)
            if wrong := [
                number for number, digits in zip(numbers, bare, strict=True) if not re.fullmatch(r"\d{10}", digits)
            ]:
                raise ValueError(f"an organisation number has ten digits: {', '.join(wrong)}")
            return bare

        @field_validator("municipalities", "regions")
        @classmethod
        def _codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
            if wrong := [code for code in codes if not re.fullmatch(r"\d{2}|\d{4}|\w{4}_\w{3}_\w{3}", code)]:
                raise ValueError(f"neither a code of SCB's nor a concept id of JobTech's: {', '.join(wrong)}")
            return codes

        @model_validator(mode="after")
        def _somebody(self) -> Platsbanken.Options:
            if not self.names and not self.organization_numbers:
                raise ValueError(
                    'say whose ads: `employer`, `organization_numbers`, or `employer: "*"` for everybody\'s'
                )
            return self

        @property
        def names(self) -> tuple[str, ...]:
            """The employers' names as a tuple."""
            names = (self.employer,) if isinstance(self.employer, str) else self.employer
            return tuple(name for name in names if name.strip())

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.cursor = parse_moment(known.source.cursor) if known and self.options.api == "stream" else None
        self.incremental = self.cursor is not None
        self.wanted = {bare_name(name) for name in self.options.names}
        self.opened: set[str] = set()
        self.known_identifiers = frozenset(known.postings) if known else frozenset[str]()

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        """A search at Platsbanken or JobSearch. Only JobSearch's `employer` names one; words are anybody's."""
        parts = urlsplit(url)
        host, query = (parts.hostname or "").removeprefix("www."), parse_qs(parts.query)
        if host == "arbetsformedlingen.se" and parts.path.startswith("/platsbanken"):
            places = [place for told in query.get("l", []) for place in told.split(";")]
            codes = {
                name: [
                    code
                    for code in (place.removeprefix(mark) for place in places if place.startswith(mark))
                    if _CONCEPT.fullmatch(code)
                ]
                for name, mark in (("municipalities", "3:"), ("regions", "2:"))
            }
            evidence = "the address is Platsbanken's; say whose ads with `employer` or `organization_numbers`"
            return Recognised(url="", evidence=evidence, options={name: told for name, told in codes.items() if told})
        if host in ("jobsearch.api.jobtechdev.se", "jobstream.api.jobtechdev.se"):
            options: dict[str, object] = {}
            for employer in query.get("employer", [])[:1]:
                digits = re.sub(r"[\s-]", "", employer)
                is_number = re.fullmatch(r"\d{10}", digits) is not None
                options |= {"organization_numbers": [digits]} if is_number else {"employer": employer}
            for name, parameter in (("municipalities", "municipality"), ("regions", "region")):
                if codes_told := [
                    code for code in query.get(parameter, []) if _CONCEPT.fullmatch(code) or code.isdigit()
                ]:
                    options[name] = codes_told
            if host.startswith("jobstream."):
                options["api"] = "stream"
            return Recognised(url="", evidence=f"{host} is Platsbanken's interface", options=options)
        return None

    def start(self) -> Iterator[Fetch]:
        if self.cursor:
            yield Fetch(url=self._stream_url(self.cursor), step="stream", expects="json", validate=False)
            return
        questions: list[str] = list(self.options.organization_numbers)
        if ANYBODY in self.options.names:
            questions = [""]
        else:
            questions += [_telling_word(name) for name in self.options.names]
        for employer in dict.fromkeys(questions):
            yield Fetch(url=self._search_url(employer), expects="json")

    def look_at(self, identifier: str, url: str) -> Fetch:
        """Its own pages are empty shells that scripts fill in, alike for dead and living ads; JobSearch knows."""
        asked = self.options.ad_url
        if not asked and self.options.search_url.startswith(JOBSEARCH):
            asked = f"{JOBSEARCH}/ad/{{id}}"
        if not asked:
            return super().look_at(identifier, url)
        return Fetch(url=asked.replace("{id}", quote(identifier, safe="")), step="ad", of=identifier, validate=False)

    def _search_url(self, employer: str) -> str:
        told = [("employer", employer)] if employer else []
        told += [("municipality", code) for code in self.options.municipalities]
        told += [("region", code) for code in self.options.regions]
        told += [("sort", "pubdate-desc"), ("limit", str(LIMIT)), ("offset", "0")]
        return f"{self.options.search_url}?{urlencode(told)}"

    def _stream_url(self, cursor: datetime) -> str:
        """Times are sent as UTC: whether JobStream reads them so or as Swedish time, nothing is missed."""
        told = [("date", moment_words(cursor - OVERLAP))]
        places = (*self.options.municipalities, *self.options.regions)
        if all(_CONCEPT.fullmatch(place) for place in places):  # JobStream takes no codes
            told += [("location-concept-id", place) for place in places]
        return f"{self.options.stream_url}?{urlencode(told)}"

    def read(self, page: Page) -> Iterator[Found]:
        try:
            data = read_json(page)
        except ValueError as error:
            yield problem(self.source, "not-json", f"{page.url}: {error}", url=page.url)
            return
        if isinstance(data, list):
            yield from self._stream(data, page)
        elif isinstance(data, Mapping) and isinstance(data.get("hits"), list):
            yield from self._search(data, data["hits"], page)
        elif isinstance(data, Mapping) and "headline" in data:
            yield from self._event(data, page)
        else:
            told = f"{page.url} answers with another shape than JobSearch's or JobStream's"
            yield problem(self.source, "shape-unknown", told, url=page.url)

    def _search(self, data: Mapping[str, Any], hits: Sequence[object], page: Page) -> Iterator[Found]:
        offset = int(page.fetch.context.get("offset", "0"))
        for hit in hits:
            yield from self._event(hit, page)
        if self.options.api == "stream" and offset == 0:
            yield Cursor(value=page.retrieved_at.astimezone(UTC).isoformat())
        total = _number(data.get("total"))
        if total is None:
            yield problem(self.source, "shape-unknown", f"{page.url} does not say how many ads there are", url=page.url)
            return
        following = offset + len(hits)
        if following >= total:
            return
        if not hits:
            told = f"{page.url} promised {total} ads and gave {offset}"
            yield problem(self.source, "list-cut-short", told, url=page.url)
        elif following > MAX_OFFSET:
            told = f"JobSearch gives no more than {following} of {total} hits; give `organization_numbers` or `regions`"
            yield problem(self.source, "too-many-hits", told, url=page.url)
        else:
            url = re.sub(r"\boffset=\d+", f"offset={following}", page.fetch.url)
            yield Fetch(url=url, step="list", expects="json", context={"offset": str(following)})

    def _stream(self, events: Sequence[object], page: Page) -> Iterator[Found]:
        newest = self.cursor
        for event in events:
            if isinstance(event, Mapping):
                moment = parse_date(event.get("timestamp") or event.get("removed_date"), now=page.retrieved_at)
                newest = max(filter(None, (newest, moment)), default=None)
            yield from self._event(event, page)
        if newest:
            yield Cursor(value=min(newest, page.retrieved_at).astimezone(UTC).isoformat())

    def _event(self, ad: object, page: Page) -> Iterator[Found]:
        if not isinstance(ad, Mapping):
            yield problem(self.source, "ad-without-identifier", f"an ad on {page.url} is no object", url=page.url)
            return
        identifier = text_of(ad.get("id"))
        if ad.get("removed") is True:
            if self._may_be_ours(identifier):
                yield Removed(identifier=identifier)
        elif self._is_wanted(ad):
            self.opened.add(identifier)
            yield from postings_of(_ad(ad, identifier), self.source, page)
        elif identifier in self.known_identifiers:
            yield Removed(identifier=identifier)  # it was this employer's, or in these places, and is no longer

    def _may_be_ours(self, identifier: str) -> bool:
        """A stream tells the removals of the whole country; without anything known of the source all are passed on."""
        return bool(identifier) and (
            self.known is None or identifier in self.known_identifiers or identifier in self.opened
        )

    def _is_wanted(self, ad: Mapping[str, Any]) -> bool:
        return self._is_theirs(_object(ad.get("employer"))) and self._is_there(_object(ad.get("workplace_address")))

    def _is_theirs(self, employer: Mapping[str, Any]) -> bool:
        if ANYBODY in self.options.names:
            return True
        number = re.sub(r"\D", "", text_of(employer.get("organization_number")))
        return number in self.options.organization_numbers or bare_name(text_of(employer.get("name"))) in self.wanted

    def _is_there(self, address: Mapping[str, Any]) -> bool:
        asked = {*self.options.municipalities, *self.options.regions}
        names = ("municipality_code", "municipality_concept_id", "region_code", "region_concept_id")
        return not asked or any(text_of(address.get(name)) in asked for name in names)


def _ad(ad: Mapping[str, Any], identifier: str) -> Ad:
    employer, details = _object(ad.get("employer")), _object(ad.get("application_details"))
    description = _object(ad.get("description"))
    group, hours, duration = (_label(ad.get(name)) for name in ("occupation_group", "working_hours_type", "duration"))
    sources = [one for one in each(ad.get("source_links")) if isinstance(one, Mapping)]
    deadline = text_of(ad.get("application_deadline")) or text_of(ad.get("last_publication_date"))
    code = text_of(_object_or_first(ad.get("occupation_group")).get("legacy_ams_taxonomy_id"))
    remote = _remote(ad)
    return Ad(
        identifier=identifier,
        title=text_of(ad.get("headline")),
        url=text_of(ad.get("webpage_url"))
        or (f"https://arbetsformedlingen.se/platsbanken/annonser/{identifier}" if identifier.isdigit() else ""),
        apply_url=text_of(details.get("url")) or next((text_of(one.get("url")) for one in sources), ""),
        body=text_of(description.get("text")) or text_of(description.get("text_formatted")),
        organization=text_of(employer.get("name")),
        organization_number=_legal_person(text_of(employer.get("organization_number"))),
        places=tuple(place for place in (_place(_object(ad.get("workplace_address"))),) if place != Place()),
        remote=remote,
        remote_words="remote_work" if remote else "",
        employment=tuple(filter(None, (_label(ad.get("employment_type")), hours, _limited(duration)))),
        published=text_of(ad.get("publication_date")) or None,
        deadline=deadline or None,
        salary=text_of(ad.get("salary_description")),
        reference=text_of(details.get("reference")),
        department=_workplace(employer),
        occupation_code=code if re.fullmatch(r"\d{4}", code) else "",
        occupation_label=_label(ad.get("occupation")) or group,
        openings=_openings(ad.get("number_of_vacancies")),
        extra={"duration": duration, "externalId": text_of(ad.get("external_id")), "occupationGroup": group},
    )


def _place(address: Mapping[str, Any]) -> Place:
    municipality = text_of(address.get("municipality_code"))
    point = address.get("coordinates")
    longitude, latitude = point if isinstance(point, list) and len(point) == 2 else (None, None)
    located = _degrees(latitude, 90), _degrees(longitude, 180)
    known = None not in located
    return Place(
        name=text_of(address.get("municipality")) or text_of(address.get("region")) or text_of(address.get("country")),
        street_address=text_of(address.get("street_address")),
        postal_code=text_of(address.get("postcode")),
        locality=text_of(address.get("city")) or text_of(address.get("municipality")),
        region=text_of(address.get("region")),
        country=country_code(text_of(address.get("country"))),
        municipality_code=municipality if re.fullmatch(r"\d{4}", municipality) else "",
        latitude=located[0] if known else None,
        longitude=located[1] if known else None,
    )


def _degrees(value: object, bound: int) -> float | None:
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < abs(value) <= bound
        else None
    )


def _remote(ad: Mapping[str, Any]) -> RemoteMode | None:
    flagged = (
        ad.get("remote_work") is True
        or _object(ad.get("remote_work")).get("option") is True
        or ad.get("remote") is True
    )
    return RemoteMode.REMOTE if flagged else None


def _limited(duration: str) -> str:
    """Platsbanken tells how long a post lasts; anything but "until further notice" is a temporary one."""
    return f"visstid: {duration}" if duration and "tillsvidare" not in duration.lower() else ""


def _legal_person(number: str) -> str:
    """The organisation number of a company; a sole trader's is a personal identity number (third digit below 2) and
    is not kept. The rule is in the Swedish act on identity numbers for legal persons (1974:174).
    """
    digits = re.sub(r"\D", "", number)
    return digits if len(digits) == 10 and digits[2] >= "2" else ""


def _workplace(employer: Mapping[str, Any]) -> str:
    workplace, name = text_of(employer.get("workplace")), text_of(employer.get("name"))
    return workplace.removeprefix(name).strip(" ,-–") if bare_name(workplace) != bare_name(name) else ""


def _telling_word(name: str) -> str:
    """The longest word of a name that is not in every second one: `employer` matches any of its words, so that one word
    finds all this employer's ads and fewest of others'.
    """
    words = bare_name(name).split() or [name]
    return max([word for word in words if word not in _COMMON] or words, key=len)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _object_or_first(value: object) -> Mapping[str, Any]:
    """JobStream has an object where newer releases have a list of one."""
    return next((one for one in each(value) if isinstance(one, Mapping)), {})


def _label(value: object) -> str:
    return text_of(_object_or_first(value).get("label"))


def _number(total: object) -> int | None:
    value = total.get("value") if isinstance(total, Mapping) else total
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _openings(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000 else None


KIND = Platsbanken
