"""Every axis in turn over the postings of a vacancy, then one tag for each code with all its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.model import JobPosting, Tag
from aggregator.tagging.employment import employment_tags
from aggregator.tagging.rules import TagRules


def all_tags(postings: Sequence[JobPosting], rules: TagRules) -> tuple[Tag, ...]:
    """The tags of one vacancy, sorted by axis, falling confidence and code."""
    language = rules.languages[0] if rules.languages else "sv"
    found: list[Tag] = []
    for posting in postings:
        found += employment_tags(posting, language)
    return merged(found)


def merged(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """One tag for each axis and code: the most confident of its kind, with everybody's evidence."""
    best: dict[tuple[str, str], Tag] = {}
    for tag in tags:
        key = (tag.axis, tag.code)
        known = best.get(key)
        if known is None:
            best[key] = tag
            continue
        evidence = (*known.evidence, *(e for e in tag.evidence if e not in known.evidence))
        top = max(known, tag, key=lambda each: each.confidence)
        best[key] = Tag(axis=top.axis, code=top.code, label=top.label, evidence=evidence, confidence=top.confidence)
    return tuple(sorted(best.values(), key=lambda each: (each.axis, -each.confidence, each.code)))
