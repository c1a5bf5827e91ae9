"""Greenhouse: a board's jobs through the public Job Board API, all of them in one answer.

Facts: `boards-api.greenhouse.io/v1/boards/{token}/jobs`; texts, departments and offices only with `content=true`, pay
only with `pay_transparency=true`, in cents. Boards at `.eu.greenhouse.io` answer through the same interface.
`content` is HTML, escaped once more. A post without `internal_job_id` is a prospect post: one leaves one's name
there. An employer's own fields stand in `metadata` under names of its own. An unknown board answers 404.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from aggregator.model import ListingKind, Place, Problem, RemoteMode
from aggregator.schema_org import each, text_of
from spiders.base import Fetch, Found, Kind, Page, Recognised
from spiders.extract.boards import boards_named, segments
from spiders.extract.interface import ads_in
from spiders.extract.links import with_query
from spiders.extract.listing import mapping, read_object
from spiders.extract.places import mode_in_words, places_in_words
from spiders.extract.posting import Ad, problem
from spiders.extract.words import remote_mode

INTERFACE = "https://boards-api.greenhouse.io/v1/boards"
_BOARDS = re.compile(r"(?:job-)?boards(?:\.eu)?\.greenhouse\.io")
_INTERFACES = re.compile(r"(?:boards-)?api(?:\.eu)?\.greenhouse\.io")
_TOKEN = re.compile(r"[\w-]{1,100}")
_EMPLOYMENT = re.compile(r"employment|job type|anställning|work(?:ing)? time|omfattning", re.IGNORECASE)
_WORKPLACE = re.compile(
    r"workplace(?: type| model| mode)?|work(?:ing)? (?:model|mode|arrangement|type|style|setup)|(?:job )?location type"
    r"|remote(?: work| status| type| option)?|arbetsplats(?:typ)?|distans(?:arbete)?",
    re.IGNORECASE,
)


class Greenhouse(Kind):
    """One board."""

    name = "greenhouse"
    title = "Greenhouse job board"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, parts = segments(url)
        query = parse_qs(urlsplit(url).query) if parts else {}
        if _INTERFACES.fullmatch(host) and parts[:2] == ["v1", "boards"]:
            token, host = "".join(parts[2:3]), "job-boards.greenhouse.io"
        elif not _BOARDS.fullmatch(host):
            return None
        else:
            token = query.get("for", [""])[0] if parts[:1] == ["embed"] else "".join(parts[:1])
        if not _TOKEN.fullmatch(token):
            return None
        host = host if host.startswith("job-") else f"job-{host}"
        return Recognised(url=f"https://{host}/{token}", evidence=f"the address names Greenhouse's board {token!r}")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        yield from boards_named(cls, html, url, mark="greenhouse.io")

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=with_query(self._jobs(), content="true", pay_transparency="true"), expects="json")

    def look_at(self, identifier: str, url: str) -> Fetch:  # noqa: ARG002 - the interface knows, pages may be the employer's
        """The interface answers 404 for a post that is down; an ad's page may be any page of the employer's site."""
        address = f"{self._jobs()}/{quote(identifier, safe='')}"
        return Fetch(url=address, step="ad", of=identifier, validate=False)

    def _jobs(self) -> str:
        """The interface's address of the board; that of another server with the same interface is taken as it is."""
        board = self.recognise(self.source.url)
        if board is None:
            return self.source.url.partition("?")[0].rstrip("/")
        return f"{INTERFACE}/{board.url.rpartition('/')[2]}/jobs"

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="jobs", of="Greenhouse's")
        if isinstance(data, Problem):
            yield data
        else:
            yield from ads_in(data["jobs"], self.source, page, of="Greenhouse's", make=_ad)
            yield from self._missing(data, page)

    def _missing(self, data: Mapping[str, Any], page: Page) -> Iterator[Found]:
        """The problem of an answer with fewer jobs than it says there are."""
        total, count = mapping(data.get("meta")).get("total"), len(list(each(data["jobs"])))
        if isinstance(total, int) and not isinstance(total, bool) and total > count:
            told = f"{page.url} promised {total} jobs and gave {count}"
            yield problem(self.source, "list-cut-short", told, url=page.url)


def _ad(job: Mapping[str, Any]) -> Ad:
    where = text_of(job.get("location"))
    fields = [(text_of(one.get("name")), text_of(one.get("value"))) for one in _objects(job.get("metadata"))]
    workplace = next((value for name, value in fields if _WORKPLACE.fullmatch(name) and value), "")
    departments = [text_of(one) for one in _objects(job.get("departments"))]
    prospects = "internal_job_id" in job and job["internal_job_id"] is None
    return Ad(
        identifier=text_of(job.get("id")),
        title=text_of(job.get("title")),
        url=text_of(job.get("absolute_url")),
        body=text_of(job.get("content")),
        organization=text_of(job.get("company_name")),
        places=_places(where, job),
        remote=_remote(workplace) or mode_in_words(where),
        remote_words=workplace,
        employment=tuple(value for name, value in fields if _EMPLOYMENT.search(name) and value),
        published=text_of(job.get("first_published")) or None,
        deadline=text_of(job.get("application_deadline")) or None,
        language=text_of(job.get("language")),
        salary=_pay(job.get("pay_input_ranges")),
        reference=text_of(job.get("requisition_id")),
        department=next((name for name in departments if name and name != "No Department"), ""),
        listing=ListingKind.OPEN_APPLICATION if prospects else None,
    )


def _places(where: str, job: Mapping[str, Any]) -> tuple[Place, ...]:
    """The places of the job's own line; the offices it is filed under only where that line tells none."""
    if where and not re.search(r"multiple|various|several|flera", where, re.IGNORECASE):
        return places_in_words(where)
    offices = [text_of(one.get("location")) or text_of(one) for one in _objects(job.get("offices"))]
    return tuple(place for office in offices for place in places_in_words(office)) or places_in_words(where)


def _remote(words: str) -> RemoteMode | None:
    """The mode of an employer's own field; `No` and `Yes` answer the field's name."""
    return RemoteMode.REMOTE if words.casefold() in ("yes", "ja") else remote_mode(words)


def _pay(value: object) -> str:
    """Pay ranges in words: `30000–35000 SEK`, with the title that tells several apart."""
    told = []
    for one in _objects(value):
        figures = [f"{cents // 100}" for name in ("min_cents", "max_cents") if isinstance(cents := one.get(name), int)]
        if figures:
            words = ("–".join(dict.fromkeys(figures)), text_of(one.get("currency_type")), text_of(one.get("title")))
            told.append(" ".join(filter(None, words)))
    return "; ".join(dict.fromkeys(told))


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in each(value) if isinstance(one, Mapping)]


KIND = Greenhouse
