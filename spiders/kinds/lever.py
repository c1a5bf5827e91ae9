"""Lever: a site's postings through the public Postings API, all of them in one answer.

Facts: `api.lever.co/v0/postings/{site}?mode=json`, for sites at `jobs.eu.lever.co` `api.eu.lever.co`; a bare list,
whole without `limit`. An unknown site answers 404. The text stands in `description`, `lists` (a heading and its
points each) and `additional`; `workplaceType` is unspecified, on-site, remote or hybrid. Who the employer is is told
by the address alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from aggregator.model import Place
from aggregator.schema_org import country_code, each, salary_of, text_of, texts_of
from spiders.base import Fetch, Found, Kind, Page, Recognised
from spiders.extract.boards import boards_named, segments
from spiders.extract.interface import ads_in
from spiders.extract.links import with_query
from spiders.extract.listing import mapping
from spiders.extract.places import places_in_words
from spiders.extract.posting import Ad, problem, read_json
from spiders.extract.text import one_line
from spiders.extract.words import remote_mode

LONGEST_SALARY = 150
"""Characters of words on pay that are taken for the salary; longer ones are a paragraph of the ad's text."""

_SITE = re.compile(r"[\w.-]{1,100}")


class Lever(Kind):
    """One site."""

    name = "lever"
    title = "Lever job site"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, parts = segments(url)
        if host in ("jobs.lever.co", "jobs.eu.lever.co"):
            site = "".join(parts[:1])
        elif host in ("api.lever.co", "api.eu.lever.co") and parts[:2] == ["v0", "postings"]:
            site = "".join(parts[2:3])
        else:
            return None
        if not _SITE.fullmatch(site):
            return None
        board = f"https://jobs{'.eu' if '.eu.' in host else ''}.lever.co/{site}"
        return Recognised(url=board, evidence=f"the address names Lever's site {site!r}")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        yield from boards_named(cls, html, url, mark="lever.co")

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=with_query(self._postings(), mode="json"), expects="json")

    def look_at(self, identifier: str, url: str) -> Fetch:  # noqa: ARG002 - the interface knows best
        """The interface answers 404 for a posting that is down."""
        address = f"{self._postings()}/{quote(identifier, safe='')}"
        return Fetch(url=with_query(address, mode="json"), step="ad", of=identifier, validate=False)

    def _postings(self) -> str:
        """The interface's address of the site; that of another server with the same interface is taken as it is."""
        board = self.recognise(self.source.url)
        if board is None:
            return self.source.url.partition("?")[0].rstrip("/")
        host, (site, *_) = segments(board.url)
        return f"https://{host.replace('jobs.', 'api.', 1)}/v0/postings/{quote(site, safe='')}"

    def read(self, page: Page) -> Iterator[Found]:
        try:
            postings = read_json(page)
        except ValueError as error:
            yield problem(self.source, "not-json", f"{page.url}: {error}", url=page.url)
            return
        yield from ads_in(postings, self.source, page, of="Lever's", make=_ad)


def _ad(posting: Mapping[str, Any]) -> Ad:
    categories = mapping(posting.get("categories"))
    remote = text_of(posting.get("workplaceType"))
    return Ad(
        identifier=text_of(posting.get("id")),
        title=text_of(posting.get("text")),
        url=text_of(posting.get("hostedUrl")),
        apply_url=text_of(posting.get("applyUrl")),
        body=_body(posting),
        places=_places(categories, country_code(text_of(posting.get("country")))),
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=texts_of(categories.get("commitment")),
        published=posting.get("createdAt") if isinstance(posting.get("createdAt"), int | str) else None,
        salary=_salary(posting),
        department=text_of(categories.get("department")) or text_of(categories.get("team")),
        extra={"team": text_of(categories.get("team"))},
    )


def _body(posting: Mapping[str, Any]) -> str:
    parts = [text_of(posting.get("description")) or text_of(posting.get("descriptionPlain"))]
    lists = [one for one in each(posting.get("lists")) if isinstance(one, Mapping)]
    parts += [f"<h3>{text_of(one.get('text'))}</h3><ul>{text_of(one.get('content'))}</ul>" for one in lists]
    parts.append(text_of(posting.get("additional")) or text_of(posting.get("additionalPlain")))
    parts.append(text_of(posting.get("salaryDescription")) or text_of(posting.get("salaryDescriptionPlain")))
    return "\n<p></p>\n".join(filter(None, parts))


def _places(categories: Mapping[str, Any], country: str) -> tuple[Place, ...]:
    """All its locations; the posting's country is that of a single one whose own words name none."""
    lines = texts_of([categories.get("location"), categories.get("allLocations")])
    places = list(dict.fromkeys(place for line in lines for place in places_in_words(line)))
    if len(places) == 1 and country and not places[0].country:
        (place,) = places
        return (Place(name=place.name, locality=place.locality, region=place.region, country=country),)
    return tuple(places)


def _salary(posting: Mapping[str, Any]) -> str:
    pay = mapping(posting.get("salaryRange"))
    interval = text_of(pay.get("interval")).removesuffix("-salary").removesuffix("-wage").removeprefix("per-")
    amount = {"minValue": pay.get("min"), "maxValue": pay.get("max"), "unitText": interval}
    told = salary_of({"value": amount, "currency": text_of(pay.get("currency"))})
    words = one_line(text_of(posting.get("salaryDescriptionPlain")) or text_of(posting.get("salaryDescription")))
    return told or (words if len(words) <= LONGEST_SALARY else "")


KIND = Lever
