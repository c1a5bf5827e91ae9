"""The operator's topics: words of title and text, or occupations, that put a vacancy under a subject."""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.model import Evidence, JobPosting, Tag
from aggregator.tagging.rules import TagRules


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    parts = [
        re.escape(word.strip("*")) + (r"\w*" if word.endswith("*") else r"\b") for word in words if word.strip("* ")
    ]
    return re.compile(r"\b(?:" + "|".join(parts) + ")", re.IGNORECASE) if parts else None


def topic_tags(posting: JobPosting, rules: TagRules, ssyk: str) -> list[Tag]:
    """One tag for each topic whose words or occupations fit. `ssyk` is the posting's occupation, "" when unknown."""
    language = rules.languages[0] if rules.languages else "sv"
    found: list[Tag] = []
    for topic in rules.topics:
        evidence = _evidence(posting, topic.words, topic.ssyk, ssyk)
        if evidence:
            label = topic.label.get(language) or next(iter(topic.label.values()), topic.code)
            confidence = 0.95 if evidence.field == "title" else 0.85
            found.append(Tag(axis="topic", code=topic.code, label=label, evidence=(evidence,), confidence=confidence))
    return found


def _evidence(posting: JobPosting, words: tuple[str, ...], groups: tuple[str, ...], ssyk: str) -> Evidence | None:
    pattern = _pattern(words)
    if pattern:
        for field, text in (("title", posting.title), ("description", posting.description)):
            if match := pattern.search(text):
                return Evidence(field=field, words=match.group(), rule="topic-words")
    if ssyk and groups and ssyk.startswith(groups):
        return Evidence(field="ssyk", words=ssyk, rule="topic-occupation")
    return None
