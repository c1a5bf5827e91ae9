"""Every axis in turn over the postings of a vacancy, then one tag for each code with all its evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from aggregator.model import JobPosting, Tag
from aggregator.tagging import education, employment, language, occupation, place, remote, seniority, topics
from aggregator.tagging.occupation import Occupation
from aggregator.tagging.rules import TagRules

SINGLE = frozenset({"ssyk", "isco", "skill_level", "education", "seniority", "remote"})
"""Axes on which a vacancy has one answer: of several postings', the surest."""


def all_tags(postings: Sequence[JobPosting], rules: TagRules) -> tuple[Tag, ...]:
    """The tags of one vacancy, sorted by axis, falling confidence and code."""
    labels = rules.languages[0] if rules.languages else "sv"
    jobs = [occupation.occupation_of(posting, rules) for posting in postings]
    found: list[Tag] = []
    for posting, job in zip(postings, jobs, strict=True):
        found += posting_tags(posting, job, rules, labels)
    best = max((job for job in jobs if job), key=lambda job: (job.confidence, job.ssyk), default=None)
    found += occupation.occupation_tags(best, labels)  # of one posting, so that ssyk, isco and level belong together
    if any(tag.axis == "education" and tag.code != "unknown" for tag in found):
        found = [tag for tag in found if not (tag.axis == "education" and tag.code == "unknown")]
    return merged(found, home=rules.municipalities)


def posting_tags(posting: JobPosting, job: Occupation | None, rules: TagRules, labels: str) -> list[Tag]:
    """The tags of one posting except its occupation, axis by axis; labels in the language `labels`."""
    return [
        *place.place_tags(posting, rules),
        *place.area_tags(posting, rules),
        *remote.remote_tags(posting, labels),
        *education.education_tags(posting, labels, no_requirement=occupation.asks_no_education(posting, job)),
        *seniority.seniority_tags(posting, labels),
        *language.language_tags(posting, labels),
        *language.required_language_tags(posting, labels),
        *employment.employment_tags(posting, labels),
        *topics.topic_tags(posting, rules, job.ssyk if job else ""),
    ]


def merged(tags: Iterable[Tag], *, home: Collection[str] = ()) -> tuple[Tag, ...]:
    """One tag for each axis and code, the most confident of its kind with everybody's evidence; one answer on each
    `SINGLE` axis. Of several municipalities those at `home` (SCB codes) come first.
    """
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

    def order(each: Tag) -> tuple[str, bool, float, str]:
        abroad = each.axis == "municipality" and bool(home) and each.code not in home
        return each.axis, abroad, -each.confidence, each.code

    ordered = sorted(best.values(), key=order)
    answered: set[str] = set()
    kept: list[Tag] = []
    for tag in ordered:
        if tag.axis in SINGLE and tag.axis in answered:
            continue
        answered.add(tag.axis)
        kept.append(tag)
    return tuple(kept)
