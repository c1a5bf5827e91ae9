"""Ashby: a job board through the public Job Postings API, all of it in one answer.

Facts: `api.ashbyhq.com/posting-api/job-board/{board}?includeCompensation=true`; a board's name may hold blanks. Jobs
with `isListed: false` can be reached by who has their address and are not for the public. `isRemote` also stands at
hybrid jobs, so that `workplaceType` (OnSite, Remote, Hybrid) goes before it. An unknown board answers 404. Who the
employer is is told by the address alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from aggregator.model import Place, Problem, RemoteMode
from aggregator.schema_org import each, text_of
from spiders.base import Fetch, Found, Kind, Page, Recognised
from spiders.extract.boards import boards_named, segments
from spiders.extract.interface import ads_in
from spiders.extract.links import with_query
from spiders.extract.listing import mapping, read_object
from spiders.extract.places import places_in_words
from spiders.extract.posting import Ad, place
from spiders.extract.words import remote_mode

INTERFACE = "https://api.ashbyhq.com/posting-api/job-board"
_NOT_BOARDS = frozenset({"api", "_next", "static", "embed", "favicon.ico", "robots.txt"})


class Ashby(Kind):
    """One job board."""

    name = "ashby"
    title = "Ashby job board"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, parts = segments(url)
        if host == "jobs.ashbyhq.com":
            board = "".join(parts[:1])
        elif host == "api.ashbyhq.com" and parts[:2] == ["posting-api", "job-board"]:
            board = "".join(parts[2:3])
        else:
            return None
        if not board.strip() or board in _NOT_BOARDS:
            return None
        address = f"https://jobs.ashbyhq.com/{quote(board, safe='')}"
        return Recognised(url=address, evidence=f"the address names Ashby's board {board!r}")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        yield from boards_named(cls, html, url, mark="ashbyhq.com")

    def start(self) -> Iterator[Fetch]:
        board = self.recognise(self.source.url)
        address = f"{INTERFACE}/{board.url.rpartition('/')[2]}" if board else self.source.url
        yield Fetch(url=with_query(address, includeCompensation="true"), expects="json")

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="jobs", of="Ashby's")
        if isinstance(data, Problem):
            yield data
        else:
            yield from ads_in(data["jobs"], self.source, page, of="Ashby's", make=_ad)


def _ad(job: Mapping[str, Any]) -> Ad | None:
    if job.get("isListed") is False:
        return None
    workplace = text_of(job.get("workplaceType"))
    remote = remote_mode(workplace) if workplace else None
    return Ad(
        identifier=text_of(job.get("id")),
        title=text_of(job.get("title")),
        url=text_of(job.get("jobUrl")),
        apply_url=text_of(job.get("applyUrl")),
        body=text_of(job.get("descriptionHtml")) or text_of(job.get("descriptionPlain")),
        places=tuple(dict.fromkeys(_places(job))),
        remote=remote or (RemoteMode.REMOTE if job.get("isRemote") is True else None),
        remote_words=workplace or ("isRemote" if job.get("isRemote") is True else ""),
        employment=tuple(filter(None, (text_of(job.get("employmentType")),))),
        published=text_of(job.get("publishedAt")) or None,
        deadline=text_of(job.get("applicationDeadline")) or None,
        salary=_pay(job),
        department=text_of(job.get("department")) or text_of(job.get("team")),
        extra={"team": text_of(job.get("team"))},
    )


def _places(job: Mapping[str, Any]) -> Iterator[Place]:
    for one in (job, *each(job.get("secondaryLocations"))):
        if isinstance(one, Mapping):
            yield from _place(text_of(one.get("location")), one.get("address"))


def _place(words: str, address: object) -> Iterator[Place]:
    """A location's words with its address, which stands one level deeper in some answers than in others."""
    told = mapping(mapping(address).get("postalAddress") or address)
    city = text_of(told.get("addressLocality"))
    if not city:
        yield from places_in_words(words)
        return
    yield place(
        name=words or city,
        street=text_of(told.get("streetAddress")),
        postal_code=text_of(told.get("postalCode")),
        city=city,
        region=text_of(told.get("addressRegion")),
        country=text_of(told.get("addressCountry")),
    )


def _pay(job: Mapping[str, Any]) -> str:
    """The salary in the board's own words, unless the employer does not show it."""
    if job.get("shouldDisplayCompensationOnJobPostings") is False:
        return ""
    pay = mapping(job.get("compensation"))
    return text_of(pay.get("scrapeableCompensationSalarySummary")) or text_of(pay.get("compensationTierSummary"))


KIND = Ashby
