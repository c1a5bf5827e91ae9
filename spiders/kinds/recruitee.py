"""Recruitee: a career site's offers through its own public interface, all of them in one answer.

Facts: `/api/offers/` answers on `{tenant}.recruitee.com` and on an employer's own domain alike; career sites that
Sympa sells are Recruitee's and answer there too. Times are written `2026-11-20 08:00:00 UTC`. `remote`, `hybrid` and
`on_site` may be true together: the applicant may choose. The text is in two parts. An unknown tenant answers 404. Own
domains load their pictures and scripts from `careers.recruiteecdn.com`; the widget for other sites
(`jobs-widget.recruiteecdn.com`) tells no address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from aggregator.model import ListingKind, Place, Problem, RemoteMode
from aggregator.schema_org import each, salary_of, text_of
from spiders.base import Fetch, Found, Kind, Page, Recognised
from spiders.extract.boards import boards_named, segments
from spiders.extract.interface import ads_in
from spiders.extract.listing import mapping, read_object
from spiders.extract.places import places_in_words
from spiders.extract.posting import Ad, place

_TENANT = re.compile(r"([a-z0-9][a-z0-9-]*)\.recruitee\.com")
_NOT_TENANTS = frozenset(
    {"www", "api", "app", "auth", "docs", "support", "help", "status", "hire", "blog", "developers"}
)
_ASSET = re.compile(r"https://careers[\w-]*\.recruiteecdn\.com/", re.IGNORECASE)


class Recruitee(Kind):
    """One career site."""

    name = "recruitee"
    title = "Recruitee career site (also Sympa's)"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, _ = segments(url)
        tenant = _TENANT.fullmatch(host)
        if tenant is None or tenant[1] in _NOT_TENANTS:
            return None
        return Recognised(url=f"https://{host}", evidence=f"the address names Recruitee's career site {tenant[1]!r}")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        host, _ = segments(url)
        if host and _is_career_site(html):
            parts = urlsplit(url)
            told = "the page has its pictures or scripts from Recruitee's career sites (careers.recruiteecdn.com)"
            yield Recognised(url=f"{parts.scheme}://{parts.netloc}", evidence=told)
        yield from boards_named(cls, html, url, mark="recruitee.com")

    def start(self) -> Iterator[Fetch]:
        parts = urlsplit(self.source.url)
        yield Fetch(url=f"{parts.scheme}://{parts.netloc.lower()}/api/offers/", expects="json")

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="offers", of="Recruitee's")
        if isinstance(data, Problem):
            yield data
        else:
            yield from ads_in(data["offers"], self.source, page, of="Recruitee's", make=_ad)


def _is_career_site(html: str) -> bool:
    """Whether the page's metadata, style sheets or scripts come from Recruitee's career sites; a picture alone may be
    copied to anywhere.
    """
    for asset in _ASSET.finditer(html):
        tag = html[max(0, asset.start() - 400) : asset.start()]
        if re.match(r"<(?:meta|link|script)\b[^<>]*\Z", tag[tag.rfind("<") :], re.IGNORECASE):
            return True
    return False


def _ad(offer: Mapping[str, Any]) -> Ad | None:
    if text_of(offer.get("status")) not in ("", "published"):
        return None
    languages = list(mapping(offer.get("translations")))
    modes = [name for name in ("on_site", "hybrid", "remote") if offer.get(name) is True]
    hours = dict.fromkeys(filter(None, (text_of(offer.get(name)) for name in ("min_hours", "max_hours"))))
    return Ad(
        identifier=text_of(offer.get("id")),
        title=text_of(offer.get("title")),
        url=text_of(offer.get("careers_url")),
        apply_url=text_of(offer.get("careers_apply_url")),
        body="\n<p></p>\n".join(filter(None, (text_of(offer.get(name)) for name in ("description", "requirements")))),
        organization=text_of(offer.get("company_name")),
        places=_places(offer),
        remote=_remote(modes),
        remote_words=" | ".join(modes),
        employment=tuple(filter(None, (text_of(offer.get("employment_type_code")).replace("_", " "),))),
        published=text_of(offer.get("published_at")) or text_of(offer.get("created_at")) or None,
        deadline=text_of(offer.get("close_at")) or None,
        language=languages[0] if len(languages) == 1 and isinstance(languages[0], str) else "",
        salary=_salary(mapping(offer.get("salary"))),
        department=text_of(offer.get("department")),
        listing=ListingKind.OPEN_APPLICATION if text_of(offer.get("kind")) == "talent_pool" else None,
        extra={
            "workHours": "–".join(hours),
            "experienceRequirements": text_of(offer.get("experience_code")).replace("_", " "),
            "educationRequirements": text_of(offer.get("education_code")).replace("_", " "),
            "industry": text_of(offer.get("category_code")).replace("_", " "),
        },
    )


def _remote(modes: list[str]) -> RemoteMode | None:
    """The mode of the work; whoever may choose between coming in and staying away is promised neither alone."""
    if modes == ["remote"]:
        return RemoteMode.REMOTE
    if modes == ["on_site"]:
        return RemoteMode.ON_SITE
    return RemoteMode.HYBRID if modes else None


def _places(offer: Mapping[str, Any]) -> tuple[Place, ...]:
    listed = [_place(one) for one in each(offer.get("locations")) if isinstance(one, Mapping)]
    found = tuple(dict.fromkeys(place for place in listed if place != Place()))
    if found:
        return found
    alone = _place({**offer, "state": offer.get("state_name"), "name": offer.get("location")})
    return (alone,) if alone.locality else places_in_words(text_of(offer.get("location")))


def _place(told: Mapping[str, Any]) -> Place:
    city = text_of(told.get("city"))
    return place(
        name=text_of(told.get("name")) or city,
        street=text_of(told.get("street")),
        postal_code=text_of(told.get("postal_code")),
        city=city,
        region=text_of(told.get("state")),
        country=text_of(told.get("country_code")) or text_of(told.get("country")),
    )


def _salary(pay: Mapping[str, Any]) -> str:
    amount = {"minValue": pay.get("min"), "maxValue": pay.get("max"), "unitText": pay.get("period")}
    return salary_of({"value": amount, "currency": pay.get("currency")})


KIND = Recruitee
