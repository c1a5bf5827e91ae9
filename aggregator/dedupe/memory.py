"""An `Index` in memory, for pipes and tests; the store has its own on tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from aggregator.dedupe.profile import keys as blocking_keys
from aggregator.model import JobPosting, Link, PostingKey


class MemoryIndex:
    """Postings with their blocking keys and vacancies; `add` and `apply` are what the store does in a transaction."""

    def __init__(self, postings: Iterable[JobPosting] = ()) -> None:
        self._postings: dict[PostingKey, JobPosting] = {}
        self._keys: dict[PostingKey, tuple[str, ...]] = {}
        self._met: dict[str, dict[PostingKey, None]] = defaultdict(dict)
        self._vacancy: dict[PostingKey, str] = {}
        self._members: dict[str, set[PostingKey]] = defaultdict(set)
        self._closed: set[PostingKey] = set()
        self._made = 0
        for posting in postings:
            self.add(posting)

    def add(self, posting: JobPosting, *, closed: bool = False) -> None:
        """Store a posting, or its new content."""
        for key in self._keys.get(posting.key, ()):
            self._met[key].pop(posting.key, None)
        self._postings[posting.key] = posting
        self._keys[posting.key] = blocking_keys(posting)
        for key in self._keys[posting.key]:
            self._met[key][posting.key] = None
        if closed:
            self._closed.add(posting.key)

    def apply(self, links: Iterable[Link]) -> None:
        """Give each link's posting its vacancy; a new vacancy's id is `v` and a number."""
        fresh: dict[str, str] = {}
        for link in links:
            vacancy = link.vacancy or fresh.get(link.group)
            if vacancy is None:
                self._made += 1
                vacancy = fresh[link.group] = f"v{self._made}"
            self._members[self._vacancy.get(link.key, vacancy)].discard(link.key)
            self._members[vacancy].add(link.key)
            self._vacancy[link.key] = vacancy

    def lookup(self, keys: Collection[str], limit: int) -> Mapping[str, Sequence[PostingKey]]:
        return {
            key: sorted(self._met[key], key=lambda one: (-self._postings[one].retrieved_at.timestamp(), one))[:limit]
            for key in keys
            if self._met.get(key)
        }

    def frequency(self, keys: Collection[str], at_most: int = 1000) -> Mapping[str, int]:
        return {key: min(at_most, len(self._met[key])) for key in keys if self._met.get(key)}

    def postings(self, keys: Collection[PostingKey]) -> Mapping[PostingKey, JobPosting]:
        return {key: self._postings[key] for key in keys if key in self._postings}

    def vacancy_of(self, keys: Collection[PostingKey]) -> Mapping[PostingKey, str]:
        return {key: self._vacancy[key] for key in keys if key in self._vacancy}

    def members(self, vacancies: Collection[str]) -> Mapping[str, Sequence[PostingKey]]:
        return {vacancy: sorted(self._members[vacancy]) for vacancy in vacancies if self._members.get(vacancy)}

    def closed(self, keys: Collection[PostingKey]) -> frozenset[PostingKey]:
        return frozenset(self._closed.intersection(keys))
