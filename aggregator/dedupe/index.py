"""What linking needs to know of the postings that are already stored, and nothing about how they are stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from aggregator.model import JobPosting, PostingKey


class Index(Protocol):
    """Stored postings by their blocking keys (`aggregator.dedupe.keys`); the store implements it on its own tables.

    Every method takes many and answers for many, so that a batch costs a few queries. What is unknown is left out
    of the answer. Answers are the same for the same stored state, whatever the order of the question.
    """

    def lookup(self, keys: Collection[str], limit: int) -> Mapping[str, Sequence[PostingKey]]:
        """Postings, open or closed, that have each key: at most `limit` a key, the most recently stored first."""
        ...

    def frequency(self, keys: Collection[str], at_most: int = 1000) -> Mapping[str, int]:
        """How many stored postings have each key, counted no further than `at_most`."""
        ...

    def postings(self, keys: Collection[PostingKey]) -> Mapping[PostingKey, JobPosting]:
        """The postings themselves."""
        ...

    def vacancy_of(self, keys: Collection[PostingKey]) -> Mapping[PostingKey, str]:
        """The id of the vacancy that each posting is now linked to."""
        ...

    def members(self, vacancies: Collection[str]) -> Mapping[str, Sequence[PostingKey]]:
        """The postings, open or closed, now linked to each vacancy, in order of their keys."""
        ...

    def closed(self, keys: Collection[PostingKey]) -> frozenset[PostingKey]:
        """Which of these postings are closed."""
        ...
