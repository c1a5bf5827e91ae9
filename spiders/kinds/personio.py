"""Personio: a career site's positions as XML, all of them in one answer.

Facts: `{account}.jobs.personio.de/xml?language=en`, alike at `.com`; the root is `workzag-jobs`. The texts come in
the language that is asked for, German when none is. An employer may switch the feed off. `office` and
`additionalOffices/office` are the places, by the names the employer gave them; the text stands in named parts. There
is neither a deadline nor a link: a position's page is `/job/{id}`. An account's old address
`{account}-jobs.personio.de` no longer answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import Field

from aggregator.model import Known, Place, Source
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.boards import boards_named, segments
from spiders.extract.document import xml_of
from spiders.extract.links import with_query
from spiders.extract.places import mode_in_words, places_in_words
from spiders.extract.posting import Ad, postings_of
from spiders.extract.xml import fields_of, inner_text, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_ACCOUNT = re.compile(r"([a-z0-9][a-z0-9-]*)\.jobs\.personio\.(de|com)")
_OLD_ACCOUNT = re.compile(r"([a-z0-9][a-z0-9-]*)-jobs\.personio\.(de|com)")
_SCHEDULES = {"full-or-part-time": ("full-time", "part-time")}


class Personio(Kind):
    """One career site."""

    name = "personio"
    title = "Personio career site"

    class Options(KindOptions):
        """In which language."""

        language: str = Field("en", pattern="^[a-z]{2}$")
        """The language of titles and texts, where an employer wrote them in several."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        parts = urlsplit(source.url)
        old = _OLD_ACCOUNT.fullmatch(parts.hostname or "")
        self.site = f"https://{old[1]}.jobs.personio.{old[2]}" if old else f"{parts.scheme}://{parts.netloc}"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, _ = segments(url)
        account = _ACCOUNT.fullmatch(host) or _OLD_ACCOUNT.fullmatch(host)
        if account is None:
            return None
        site = f"https://{account[1]}.jobs.personio.{account[2]}"
        return Recognised(url=site, evidence=f"the address names Personio's account {account[1]!r}")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        seen: set[str] = set()
        for domain in ("jobs.personio.de", "jobs.personio.com"):
            for board in boards_named(cls, html, url, mark=domain):
                account = board.url.partition(".jobs.")[0]
                if account not in seen:  # both domains answer for the same account
                    seen.add(account)
                    yield board

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=with_query(f"{self.site}/xml", language=self.options.language), expects="xml")

    def read(self, page: Page) -> Iterator[Found]:
        root, problems = xml_of(page, self.source, "workzag-jobs")
        yield from problems
        for ad in self._merged(root) if root is not None else ():
            yield from postings_of(ad, self.source, page)

    def _merged(self, root: _Element) -> list[Ad]:
        """The ads in their order; a position that stands there once for each office is one ad with all of them."""
        ads: dict[str, Ad] = {}
        unknown: list[Ad] = []
        for element in root:
            if local_name(element) == "position":
                ad = self._ad(element)
                if ad.identifier in ads:
                    first = ads[ad.identifier]
                    first.places = tuple(dict.fromkeys((*first.places, *ad.places)))
                    first.remote = first.remote if first.remote is ad.remote else None
                elif ad.identifier:
                    ads[ad.identifier] = ad
                else:
                    unknown.append(ad)
        return [*ads.values(), *unknown]

    def _ad(self, position: _Element) -> Ad:
        fields = fields_of(position)
        identifier, schedule = fields.get("id", ""), fields.get("schedule", "")
        places = tuple(dict.fromkeys(_places(position)))
        remote = next((place.name for place in places if mode_in_words(place.name)), "")
        return Ad(
            identifier=identifier,
            title=fields.get("name", ""),
            url=f"{self.site}/job/{identifier}" if re.fullmatch(r"[\w-]+", identifier) else "",
            body=_body(position),
            organization=fields.get("subcompany", ""),
            places=places,
            remote=mode_in_words(remote) if remote and len(places) == 1 else None,
            remote_words=remote,
            employment=tuple(filter(None, (fields.get("employmenttype"), *_SCHEDULES.get(schedule, (schedule,))))),
            published=fields.get("createdat") or None,
            department=fields.get("department", "") or fields.get("recruitingcategory", ""),
            occupation_label=fields.get("occupation", "").replace("_", " "),
            extra={
                "experienceRequirements": fields.get("seniority", "").replace("-", " "),
                "yearsOfExperience": fields.get("yearsofexperience", ""),
                "occupationalCategory": fields.get("occupationcategory", "").replace("_", " "),
                "keywords": fields.get("keywords", ""),
            },
        )


def _places(position: _Element) -> Iterator[Place]:
    for child in position:
        offices = [child] if local_name(child) == "office" else []
        offices += list(child) if local_name(child) == "additionalOffices" else []
        for office in offices:
            yield from places_in_words(inner_text(office))


def _body(position: _Element) -> str:
    parts = []
    for element in position.iter():
        if local_name(element) == "jobDescription":
            told = fields_of(element)
            heading = told.get("name", "")
            parts.append((f"<h3>{heading}</h3>" if heading else "") + told.get("value", ""))
    return "\n<p></p>\n".join(filter(None, parts))


KIND = Personio
