"""What one harvest has caught so far: everything a kind yields is checked and sorted here, once for all kinds."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from aggregator.model import JobPosting, Problem
from spiders.base import Cursor, Listed, Removed
from spiders.fetching import shown
from spiders.tally import Tally


class Catch:
    """The postings of one source, and the identifiers it said something about without showing the posting.

    `unchanged` were listed and not read again; `removed` are gone by the source's word; `gone` are those that a
    complete listing no longer showed and whose own page says so too.
    """

    def __init__(self, source: str, tally: Tally) -> None:
        self._source, self._tally = source, tally
        self._postings: dict[str, JobPosting] = {}
        self.unchanged: set[str] = set()
        self.removed: set[str] = set()
        self.gone: set[str] = set()
        self.cursor = ""

    @property
    def postings(self) -> tuple[JobPosting, ...]:
        """Those that still stand, in the order of meeting."""
        return tuple(posting for key, posting in self._postings.items() if key not in self.removed)

    @property
    def met(self) -> set[str]:
        """Every identifier that the source said anything about."""
        return self._postings.keys() | self.unchanged | self.removed

    def take(self, found: object) -> str:
        """Keep one thing a kind found; returns the identifier it is about, if any. `TypeError` for anything else."""
        match found:
            case JobPosting():
                return self._take_posting(found)
            case Listed(identifier=identifier):
                self.unchanged.add(identifier)
                return identifier
            case Removed(identifier=identifier):
                self.remove(identifier)
                return identifier
            case Cursor(value=value):
                self.cursor = value
            case Problem():
                self._tally.problem(found.level, found.code, found.message, found.data)
            case _:
                raise TypeError(f"a kind may not yield a {type(found).__name__}")
        return ""

    def remove(self, identifier: str) -> None:
        """The source says that an ad is gone."""
        self.removed.add(identifier)
        self._postings.pop(identifier, None)

    def _take_posting(self, posting: JobPosting) -> str:
        lacking = [name for name in ("identifier", "title", "url") if not str(getattr(posting, name)).strip()]
        if not lacking and urlsplit(posting.url).scheme not in {"http", "https"}:
            lacking = ["usable link"]
        if lacking:
            who = posting.identifier or posting.title or shown(posting.url) or "a posting"
            where = shown(posting.retrieved_from)
            self._tally.problem("error", "bad-posting", f"{who} at {where} has no {' and no '.join(lacking)}")
            return posting.identifier
        posting = replace(posting, source=self._source)
        before = self._postings.get(posting.identifier)
        if before is not None:
            self._tally.count("duplicates")
            if (before.title, before.url) != (posting.title, posting.url):
                both = f"{before.title!r} and {posting.title!r}"
                same = f"{both} both call themselves {posting.identifier!r}"
                self._tally.problem("error", "duplicate-identifier", f"{same}; only the first is kept")
            return posting.identifier
        self._postings[posting.identifier] = posting
        self.removed.discard(posting.identifier)  # a stream may close an ad and open it again
        self._tally.count("items")
        return posting.identifier
