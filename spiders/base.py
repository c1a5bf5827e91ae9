"""What every source kind is: the requests it wants made, and how it reads what comes back. No network in here.

A new kind is one file in `spiders/kinds/` that defines a subclass of `Kind` named `KIND`; the folder is walked,
nothing is registered by hand. Its nested `Options` are its part of a partner's YAML. A kind never fetches: it yields
`Fetch`es and is called back with a `Page`; `spiders.crawl` does the rest (politeness, caching, limits, counting).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from aggregator.model import JobPosting, Known, Problem, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One request a kind wants made. `step` tells `Kind.read` which page it is reading (`start`, `list`, `ad` …).

    `context` travels with it (JSON-able). `expects` is the media type the page must have (`html`, `xml`, `json`, or
    "" for any). `validate` allows a conditional request. `of` is the identifier of the listing an ad page belongs
    to, when known: a 404 or 410 then means that the posting is gone, not that the source is broken. `listed` is what
    the listing alone tells of that ad, for who fetches nothing (`jobbfyr parse`).
    """

    url: str
    step: str = "start"
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    expects: str = ""
    validate: bool = True
    of: str = ""
    context: Mapping[str, str] = field(default_factory=dict)
    listed: JobPosting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came back. `body` is bytes, decompressed; `encoding` is the charset that the headers or the content name."""

    url: str
    status: int
    body: bytes
    encoding: str
    media_type: str
    fetch: Fetch
    retrieved_at: datetime

    @property
    def text(self) -> str:
        return self.body.decode(self.encoding or "utf-8", errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An ad seen in a listing whose own page need not be fetched again: it is known and its listing did not change."""

    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """The source itself says that this ad is gone."""

    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the next harvest of a stream goes on from."""

    value: str


Found = JobPosting | Fetch | Problem | Listed | Removed | Cursor
"""What `Kind.read` may yield. A `Problem` of level `error` makes the harvest incomplete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A board that an address or a page surely belongs to: the `url` and `options` its source would have in YAML, and
    the `evidence` in words (the host, the script, the frame that told).
    """

    url: str
    evidence: str
    options: Mapping[str, object] = field(default_factory=dict)


class KindOptions(BaseModel):
    """What every kind can be told in a partner's YAML; a kind's own `Options` add to it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Kind:
    """One job system. Instances belong to one source and one harvest and may keep state between pages.

    `known` is what the store remembers of the source, for kinds that fetch ad pages only when a listing is new or for
    streams with a cursor. `incremental` kinds report changes, not the whole; a kind that can do both sets it on the
    instance. `offline` are the options with which a saved payload is read when none are given.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    incremental: bool = False
    offline: ClassVar[Mapping[str, object]] = {}
    Options: ClassVar[type[KindOptions]] = KindOptions

    def __init__(self, source: Source, known: Known | None = None) -> None:
        self.source = source
        self.known = known
        self.options = self.Options.model_validate(dict(source.options))

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:  # noqa: ARG003 - a kind that no address tells keeps this
        """The board that an address alone surely names; None when the page would have to be read to know."""
        return None

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:  # noqa: ARG003 - a kind that leaves no traces keeps this
        """Boards of this kind that a career page at `url` embeds, frames, feeds from or links to, the surest first."""
        yield from ()

    def start(self) -> Iterator[Fetch]:
        """The first requests."""
        yield Fetch(url=self.source.url)

    def read(self, page: Page) -> Iterator[Found]:
        """Understand one page: yield postings, further fetches and problems. Never raises for what a page can hold."""
        raise NotImplementedError

    def look_at(self, identifier: str, url: str) -> Fetch:
        """Where it can be seen whether one ad still stands: its own page, unless the system has a surer answer."""
        return Fetch(url=url, step="ad", of=identifier, validate=False)


def kinds() -> dict[str, type[Kind]]:
    """All source kinds by name, found by walking `spiders.kinds`."""
    from spiders import kinds as folder

    found: dict[str, type[Kind]] = {}
    for module in pkgutil.iter_modules(folder.__path__):
        kind: type[Kind] = importlib.import_module(f"spiders.kinds.{module.name}").KIND
        if kind.name in found:
            raise RuntimeError(f"two source kinds call themselves {kind.name!r}")
        found[kind.name] = kind
    return found
