"""Cheap when nothing changed: what a harvest keeps of its listing pages, so that the next one can ask on condition."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aggregator.model import Known, Validator
from spiders.base import Fetch
from spiders.fetching import Answer

READER = "reader:"
"""The address of the validator that tells which reader (kind, its code, the source's options) read the source last,
and when it did so in full. A changed reader, or a reading too long ago, makes the next harvest a full one."""

CLOCK_SLACK = timedelta(minutes=5)
"""How far a clock may have been set back without its earlier readings being distrusted."""


class Validators:
    """The validators that one source's harvest begins with, and those it leaves.

    `mark` names the reader. An `incremental` harvest has none: a stream goes on from its cursor.
    """

    def __init__(
        self, known: Known | None, *, mark: str, full_hours: float, clock: Callable[[], datetime], began: datetime
    ) -> None:
        self._known, self._mark, self._full_hours, self._clock, self._began = known, mark, full_hours, clock, began
        self._new: dict[str, Validator] = {}
        self._checkable = True
        self.incremental = False

    def usable(self, starts: Sequence[Fetch]) -> dict[str, Validator]:
        """Those of the last full reading, start pages first; empty when the source must be read in full again."""
        known = self._known
        if known is None or known.source.baseline or known.source.quarantined_at or self.incremental:
            return {}
        validators = {validator.url: validator for validator in known.source.validators}
        reader = validators.pop(READER, None)
        if reader is None or reader.etag != self._mark or not self._recent(reader.last_modified):
            return {}
        if not starts or any(not _conditional(fetch) or fetch.url not in validators for fetch in starts):
            return {}
        order = [fetch.url for fetch in starts]
        return {url: validators[url] for url in [*order, *(url for url in validators if url not in order)]}

    def _recent(self, at: str) -> bool:
        try:
            age = self._clock() - datetime.fromisoformat(at)
        except (ValueError, TypeError):
            return False
        return -CLOCK_SLACK <= age < timedelta(hours=self._full_hours)

    def remember(self, fetch: Fetch, answer: Answer) -> None:
        """Keep what a listing page can be asked for with the next time."""
        if not _conditional(fetch) or (fetch.headers and fetch.step != "start"):
            self._checkable = False  # this page could not be asked for again without its kind
            return
        self._new[fetch.url] = Validator(
            url=fetch.url,
            etag=answer.headers.get("etag", ""),
            last_modified=answer.headers.get("last-modified", ""),
            body_hash=digest(answer.body),
        )

    def after_reading(self) -> tuple[Validator, ...]:
        """What the next harvest begins with; empty when the pages cannot be asked for without their kind."""
        if not self._checkable or self.incremental:
            return ()
        mark = Validator(url=READER, etag=self._mark, last_modified=self._began.isoformat())
        return (*self._new.values(), mark)


def conditions(validator: Validator) -> dict[str, str]:
    """The request headers that ask for a page only if it changed (RFC 9110 §13.1)."""
    headers = {"If-None-Match": validator.etag, "If-Modified-Since": validator.last_modified}
    return {name: value for name, value in headers.items() if value}


def digest(body: bytes) -> str:
    """What a body is compared by where the server knows no conditions."""
    return hashlib.sha256(body).hexdigest()


def plain(fetch: Fetch) -> bool:
    """Whether a fetch is told wholly by its address."""
    return fetch.method == "GET" and not fetch.body


def _conditional(fetch: Fetch) -> bool:
    return plain(fetch) and fetch.validate
