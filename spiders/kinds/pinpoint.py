"""Pinpoint: a careers site's `postings.json`, all ads with their texts in one answer.

Facts: `data` holds the postings; `id` is the posting's own, one for each place, while `job.requisition_id` is the
employer's reference. The text is in parts, each with a heading of its own. Pay is for showing unless
`compensation_visible` is false. The site may stand on the employer's own domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from aggregator.model import Place, Problem
from aggregator.schema_org import text_of
from spiders.base import Fetch, Found, Kind, Page, Recognised
from spiders.extract.boards import boards_named
from spiders.extract.links import clean_url, parts_of
from spiders.extract.listing import mapping, read_object
from spiders.extract.posting import Ad, place, postings_of, problem
from spiders.extract.words import remote_mode

_NOT_TENANTS = frozenset(
    ("www", "app", "api", "help", "developers", "docs", "status", "cdn", "assets", "go", "support")
)
_PARTS = ("description", "key_responsibilities", "skills_knowledge_expertise", "benefits")
_REMOTE = {"onsite": "on-site", "on_site": "on-site"}


class Pinpoint(Kind):
    """One careers site."""

    name = "pinpoint"
    title = "Pinpoint careers site"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host = (parts_of(url).hostname or "").lower()
        tenant = host.removesuffix(".pinpointhq.com")
        if tenant == host or not re.fullmatch(r"[\w-]+", tenant) or tenant in _NOT_TENANTS:
            return None
        return Recognised(url=f"https://{host}/", evidence=f"{host} is a Pinpoint address")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        return boards_named(cls, html, url, mark="pinpointhq.com")

    def start(self) -> Iterator[Fetch]:
        parts = parts_of(self.source.url)
        yield Fetch(url=f"{parts.scheme}://{parts.netloc}/postings.json", expects="json")

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="data", of="Pinpoint's")
        if isinstance(data, Problem):
            yield data
        elif not isinstance(data["data"], list):
            told = f"{page.url} answers in another shape than Pinpoint's"
            yield problem(self.source, "shape-unknown", told, url=page.url)
        else:
            for posting in data["data"]:
                yield from postings_of(_ad(mapping(posting), page.url), self.source, page)


def _ad(posting: Mapping[str, Any], page_url: str) -> Ad:
    job = mapping(posting.get("job"))
    remote = text_of(posting.get("workplace_type")) or text_of(posting.get("workplace_type_text"))
    employment = (text_of(posting.get(name)) for name in ("employment_type", "employment_type_text"))
    department = mapping(posting.get("department")) or mapping(job.get("department"))
    return Ad(
        identifier=text_of(posting.get("id")),
        title=text_of(posting.get("title")),
        url=clean_url(text_of(posting.get("url")) or text_of(posting.get("path")), page_url),
        body=_body(posting),
        organization=text_of(mapping(posting.get("company")).get("name")),
        places=tuple(one for one in (_place(mapping(posting.get("location"))),) if one != Place()),
        remote=remote_mode(_REMOTE.get(remote.lower(), remote)) if remote else None,
        remote_words=remote,
        employment=tuple(filter(None, employment)),
        published=text_of(posting.get("published_at")) or text_of(posting.get("created_at")) or None,
        deadline=text_of(posting.get("deadline_at")) or None,
        salary=text_of(posting.get("compensation")) if posting.get("compensation_visible") is not False else "",
        reference=text_of(job.get("requisition_id")),
        department=text_of(department.get("name")),
    )


def _body(posting: Mapping[str, Any]) -> str:
    parts = []
    for name in _PARTS:
        text, heading = text_of(posting.get(name)), text_of(posting.get(f"{name}_header"))
        if text:
            parts.append(f"<h3>{escape(heading)}</h3>{text}" if heading else text)
    return "".join(f"<div>{part}</div>" for part in parts)


def _place(location: Mapping[str, Any]) -> Place:
    return place(
        name=text_of(location.get("name")),
        postal_code=text_of(location.get("postal_code")),
        city=text_of(location.get("city")),
        region=text_of(location.get("province")),
        country=text_of(location.get("country")),
    )


KIND = Pinpoint
