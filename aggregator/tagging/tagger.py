"""All axes over all postings of one vacancy, in one deterministic tuple."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.model import JobPosting, Tag
from aggregator.tagging.rules import TagRules


def tag(postings: Sequence[JobPosting], rules: TagRules) -> tuple[Tag, ...]:
    """What a vacancy's postings mean, with the words that prove it.

    Tags come sorted by axis, confidence and code; the same postings in any order give the same tags. An axis on
    which nothing is known has no tag, except `education`, whose `unknown` is an answer of its own.
    """
    ordered = sorted(postings, key=lambda posting: posting.key)
    if not ordered:
        return ()
    from aggregator.tagging import axes

    return axes.all_tags(ordered, rules)
