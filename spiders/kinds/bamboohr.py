"""BambooHR: an employer's career pages at `{tenant}.bamboohr.com`. One list, and an answer of its own for each ad.

Facts: `/careers/list` gives all open ads without text, date or pay; `/careers/{id}/detail` gives those. `locationType`
is 0 on site, 1 remote, 2 hybrid. A place stands in `location` or, on other accounts, in `atsLocation`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from aggregator.model import Place, Problem, RemoteMode
from aggregator.schema_org import each, text_of
from spiders.base import Fetch, Found, Kind, Listed, Page, Recognised, Removed
from spiders.extract.boards import boards_named
from spiders.extract.links import parts_of
from spiders.extract.listing import as_listed, is_unchanged, mapping, read_object
from spiders.extract.posting import Ad, place, postings_of, problem

_REMOTE = {"0": RemoteMode.ON_SITE, "1": RemoteMode.REMOTE, "2": RemoteMode.HYBRID}
_NOT_TENANTS = frozenset(
    ("www", "app", "api", "help", "partners", "partner", "marketplace", "documentation", "developers", "status", "blog")
)


class BambooHr(Kind):
    """One employer's career pages."""

    name = "bamboohr"
    title = "BambooHR career pages"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        """The tenant's front page is where its employees log in, so the path must be that of its career pages."""
        parts = parts_of(url)
        host = (parts.hostname or "").lower()
        tenant = host.removesuffix(".bamboohr.com")
        if not re.fullmatch(r"[\w-]+", tenant) or tenant == host or tenant in _NOT_TENANTS:
            return None
        if not re.match(r"/(?:careers|jobs)(?:/|$)", parts.path):
            return None
        return Recognised(url=f"https://{host}/careers", evidence=f"{host} is a BambooHR address")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        return boards_named(cls, html, url, mark="bamboohr.com")

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=f"{self._site()}/careers/list", expects="json")

    def look_at(self, identifier: str, url: str) -> Fetch:  # noqa: ARG002 - the identifier is enough
        """Its own page is an empty shell that scripts fill in."""
        return Fetch(url=self._detail_url(identifier), step="ad", of=identifier, validate=False)

    def _site(self) -> str:
        parts = parts_of(self.source.url)
        return f"{parts.scheme}://{parts.netloc}"

    def _detail_url(self, identifier: str) -> str:
        return f"{self._site()}/careers/{quote(identifier, safe='')}/detail"

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="result", of="BambooHR's")
        if isinstance(data, Problem):
            yield data
        elif isinstance(data["result"], list):
            yield from self._list(data["result"], mapping(data.get("meta")), page)
        elif "jobOpening" in mapping(data["result"]):
            yield from self._ad(mapping(data["result"]["jobOpening"]), page)
        else:
            told = f"{page.url} answers in another shape than BambooHR's"
            yield problem(self.source, "shape-unknown", told, url=page.url)

    def _list(self, listed: list[object], meta: Mapping[str, Any], page: Page) -> Iterator[Found]:
        for one in map(mapping, listed):
            identifier, title = text_of(one.get("id")), text_of(one.get("jobOpeningName"))
            url = f"{self._site()}/careers/{quote(identifier, safe='')}"
            if not identifier:
                yield from postings_of(Ad(identifier="", title=title, url=url), self.source, page)
            elif is_unchanged(self.known, identifier, title=title, url=url, now=page.retrieved_at):
                yield Listed(identifier=identifier)
            else:
                context = {"identifier": identifier, "title": title, "url": url}
                yield Fetch(
                    url=self._detail_url(identifier),
                    step="ad",
                    expects="json",
                    of=identifier,
                    context=context,
                    listed=as_listed(_ad(one, context), self.source, page),
                )
        total = meta.get("totalCount")
        if isinstance(total, int) and total > len(listed):
            told = f"{page.url} promised {total} ads and gave {len(listed)}"
            yield problem(self.source, "list-cut-short", told, url=page.url)

    def _ad(self, opening: Mapping[str, Any], page: Page) -> Iterator[Found]:
        listed = page.fetch.context
        url = listed.get("url") or text_of(opening.get("jobOpeningShareUrl"))
        identifier = listed.get("identifier") or parts_of(url).path.rstrip("/").rpartition("/")[2]
        if identifier and text_of(opening.get("jobOpeningStatus")).lower() in ("closed", "draft", "filled", "canceled"):
            yield Removed(identifier=identifier)
            return
        yield from postings_of(_ad(opening, {**listed, "identifier": identifier}), self.source, page)


def _ad(opening: Mapping[str, Any], listed: Mapping[str, str]) -> Ad:
    remote = _remote(opening)
    return Ad(
        identifier=listed.get("identifier", ""),
        title=listed.get("title") or text_of(opening.get("jobOpeningName")),
        url=listed.get("url") or text_of(opening.get("jobOpeningShareUrl")),
        body=text_of(opening.get("description")),
        places=_places(opening),
        remote=remote,
        remote_words=remote.value if remote else "",
        employment=tuple(filter(None, map(text_of, _employment(opening)))),
        published=text_of(opening.get("datePosted")) or None,
        salary=text_of(opening.get("compensation")),
        department=text_of(opening.get("departmentLabel")),
    )


def _employment(opening: Mapping[str, Any]) -> Iterator[object]:
    yield opening.get("employmentStatusLabel")
    yield from each(opening.get("employmentType"))


def _remote(opening: Mapping[str, Any]) -> RemoteMode | None:
    kind = text_of(opening.get("locationType"))
    return _REMOTE.get(kind) if kind else RemoteMode.REMOTE if opening.get("isRemote") is True else None


def _places(opening: Mapping[str, Any]) -> tuple[Place, ...]:
    for name in ("location", "atsLocation"):
        told = mapping(opening.get(name))
        found = place(
            city=text_of(told.get("city")),
            region=text_of(told.get("state")) or text_of(told.get("province")),
            postal_code=text_of(told.get("postalCode")),
            country=text_of(told.get("addressCountry")) or text_of(told.get("country")),
        )
        if found.locality or found.region:
            return (found,)
    return ()


KIND = BambooHr
