"""Workable: an account's jobs through the public interface of its widget, all of them in one answer.

Facts: `apply.workable.com/api/v1/widget/accounts/{account}?details=true`, where the account is its name or, as
embedded pages write it (`whr_embed(407621, …)`), its number. A job in several places stands there once for each, with
the same `shortcode`. `state` is a region's name. Dates are bare. Workable answers 429 to who asks often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from aggregator.model import Place, Problem, RemoteMode
from aggregator.schema_org import each, text_of
from spiders.base import Fetch, Found, Kind, Page, Recognised
from spiders.extract.boards import boards_named, segments
from spiders.extract.interface import ads_in
from spiders.extract.links import with_query
from spiders.extract.listing import read_object
from spiders.extract.posting import Ad, place

WIDGET = "https://apply.workable.com/api/v1/widget/accounts"
_ACCOUNT = re.compile(r"[\w-]{2,100}")
_NOT_ACCOUNTS = frozenset(("j", "api", "jobs", "oauth", "static", "assets", "login", "signin", "embed", "view"))
_LEGACY = re.compile(r"([a-z0-9][a-z0-9-]*)\.workable\.com")
_NOT_TENANTS = frozenset(
    (
        *(
            "www",
            "apply",
            "jobs",
            "api",
            "help",
            "support",
            "resources",
            "developers",
            "careers",
            "get",
            "id",
            "status",
        ),
        *("app", "blog", "go", "partners", "test", "find"),
    )
)
_EMBED = re.compile(r"\bwhr_embed\(\s*[\"']?(\d{1,9})\b")


class Workable(Kind):
    """One account."""

    name = "workable"
    title = "Workable careers page"

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        account = _account(*segments(url))
        if not _ACCOUNT.fullmatch(account):
            return None
        board = f"{WIDGET}/{account}" if account.isdigit() else f"https://apply.workable.com/{account}/"
        return Recognised(url=board, evidence=f"the address names Workable's account {account!r}")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        for account in dict.fromkeys(_EMBED.findall(html)) if "workable.com" in html else ():
            yield Recognised(url=f"{WIDGET}/{account}", evidence=f"the page embeds it: Workable's account {account}")
        yield from boards_named(cls, html, url, mark="workable.com")

    def start(self) -> Iterator[Fetch]:
        """The widget's interface; that of another server with the same interface is taken as it is."""
        account = _account(*segments(self.source.url))
        address = f"{WIDGET}/{quote(account, safe='')}" if account else self.source.url
        yield Fetch(url=with_query(address, details="true"), expects="json")

    def read(self, page: Page) -> Iterator[Found]:
        data = read_object(page, self.source, field="jobs", of="Workable's")
        if isinstance(data, Problem):
            yield data
            return
        company = text_of(data.get("name"))
        jobs = _by_shortcode(data["jobs"]) if isinstance(data["jobs"], list) else data["jobs"]
        yield from ads_in(
            jobs, self.source, page, of="Workable's", make=lambda job: replace(_ad(job), organization=company)
        )


def _account(host: str, parts: list[str]) -> str:
    if host == "apply.workable.com":
        if parts[:1] == ["api"]:
            return parts[parts.index("accounts") + 1] if "accounts" in parts[:-1] else ""
        return parts[0] if parts and parts[0] not in _NOT_ACCOUNTS else ""
    if host == "workable.com":
        return parts[2] if parts[:2] == ["api", "accounts"] and len(parts) > 2 else ""
    tenant = _LEGACY.fullmatch(host)
    return tenant[1] if tenant and tenant[1] not in _NOT_TENANTS else ""


def _by_shortcode(jobs: list[Any]) -> list[Any]:
    """The jobs with each one's entries made one, which has the locations of all."""
    merged: dict[str, dict[str, Any]] = {}
    others: list[Any] = []
    for job in jobs:
        code = text_of(job.get("shortcode")) if isinstance(job, Mapping) else ""
        if not code:
            others.append(job)
        elif code in merged:
            merged[code]["places"] += _places(job)
        else:
            merged[code] = {**job, "places": _places(job)}
    return [*merged.values(), *others]


def _ad(job: Mapping[str, Any]) -> Ad:
    telecommuting = job.get("telecommuting") is True
    places = job.get("places")
    return Ad(
        identifier=text_of(job.get("shortcode")),
        title=text_of(job.get("title")),
        url=text_of(job.get("url")) or text_of(job.get("shortlink")),
        apply_url=text_of(job.get("application_url")),
        body=text_of(job.get("description")),
        places=tuple(dict.fromkeys(one for one in each(places) if isinstance(one, Place))),
        remote=RemoteMode.REMOTE if telecommuting else None,
        remote_words="telecommuting" if telecommuting else "",
        employment=tuple(filter(None, (text_of(job.get("employment_type")),))),
        published=text_of(job.get("published_on")) or text_of(job.get("created_at")) or None,
        reference=text_of(job.get("code")),
        department=text_of(job.get("department")),
        occupation_label=text_of(job.get("function")),
        extra={
            "experienceRequirements": text_of(job.get("experience")),
            "educationRequirements": text_of(job.get("education")),
            "industry": text_of(job.get("industry")),
        },
    )


def _places(job: Mapping[str, Any]) -> list[Place]:
    """The locations that the job's page shows; where none are listed, the one that stands in the job itself."""
    told = [one for one in each(job.get("locations")) if isinstance(one, Mapping) and one.get("hidden") is not True]
    found = [_place(one) for one in told] or [_place({**job, "region": job.get("state")})]
    return [one for one in found if one != Place()]


def _place(told: Mapping[str, Any]) -> Place:
    city, region, country = (text_of(told.get(name)) for name in ("city", "region", "country"))
    name = ", ".join(dict.fromkeys(filter(None, (city, region, country))))
    return place(name=name, city=city, region=region, country=text_of(told.get("countryCode")) or country)


KIND = Workable
