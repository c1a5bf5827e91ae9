"""Interfaces with a list and an answer for each ad: what is an object, and which ads need not be read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

from aggregator.model import JobPosting, Known, Problem, Source
from spiders.base import Page
from spiders.extract.links import canonical
from spiders.extract.posting import Ad, postings_of, problem, read_json
from spiders.extract.text import one_line

RE_READ = 7
"""Days after which an ad's own page is read again though its listing stayed the same: texts and days are edited too."""


def is_unchanged(known: Known | None, identifier: str, *, title: str, url: str, now: datetime) -> bool:
    """Whether an ad's own page need not be read again: it is open, its listing shows the title and address it had, and
    its last day has not passed (it would not be listed, had that day not been moved).

    Once in `RE_READ` days, at the first harvest of a day that its identifier gives it, it is read again all the same.
    """
    state = known.postings.get(identifier) if known else None
    if known is None or state is None or not state.open or state.expired(now):
        return False
    same = state.title == one_line(title) and canonical(state.url) == canonical(url)
    last = known.source.last_success
    due = (crc32(identifier.encode("utf-8", "replace")) - now.toordinal()) % RE_READ == 0
    return same and not (due and (last is None or last.date() < now.date()))


def read_object(page: Page, source: Source, *, field: str | tuple[str, ...], of: str) -> Mapping[str, Any] | Problem:
    """The page as a JSON object that has this field, or one of these; else the problem of what it is instead. `of`
    names the system.
    """
    try:
        data = read_json(page)
    except ValueError as error:
        return problem(source, "not-json", f"{page.url}: {error}", url=page.url)
    fields = (field,) if isinstance(field, str) else field
    if isinstance(data, Mapping) and any(name in data for name in fields):
        return data
    return problem(source, "shape-unknown", f"{page.url} answers in another shape than {of}", url=page.url)


def as_listed(ad: Ad, source: Source, page: Page) -> JobPosting | None:
    """The posting that a listing alone gives, for `Fetch.listed`."""
    return next((found for found in postings_of(ad, source, page) if isinstance(found, JobPosting)), None)


def mapping(value: object) -> Mapping[str, Any]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}
