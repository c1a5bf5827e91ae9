"""Employment type: schema.org's words, from the source's field or from the ad's own."""

from __future__ import annotations

import re

from aggregator.model import Evidence, JobPosting, Tag
from aggregator.tagging.text import mentions

LABELS = {
    "FULL_TIME": {"sv": "heltid", "en": "full time"},
    "PART_TIME": {"sv": "deltid", "en": "part time"},
    "TEMPORARY": {"sv": "visstid", "en": "temporary"},
    "CONTRACTOR": {"sv": "uppdrag", "en": "contract"},
    "INTERN": {"sv": "praktik", "en": "internship"},
    "VOLUNTEER": {"sv": "ideellt", "en": "volunteer"},
    "PER_DIEM": {"sv": "timanställning", "en": "by the hour"},
    "OTHER": {"sv": "annat", "en": "other"},
}

_WORDS = (
    (
        "PER_DIEM",
        r"timanställ\w*|timvikari\w*|behovsanställ\w*|intermittent\w*|(?:on[- ]call|hourly) (?:basis|employment|work)",
    ),
    ("INTERN", r"praktikplats\w*|internship|praktikant\w*"),
    (
        "TEMPORARY",
        (
            r"vikariat\w*|visstid\w*|tidsbegränsad\w*|säsongs(?:anställning|arbete|jobb)\w*|"
            r"sommarjobb\w*|sommarvikari\w*|"
            r"allmän visstid|särskild visstid\w*|fixed[- ]term|temporary (?:position|"
            r"employment|contract|job)|summer job|"
            r"seasonal (?:position|job|work)|projektanställning\w*|föräldravikariat\w*"
        ),
    ),
    ("PART_TIME", r"deltid\w*|part[- ]time|\b(?:[5-9]\d|[1-4]\d)\s?%(?=\s*(?:tjänst|anställning|av heltid|position))"),
    ("FULL_TIME", r"heltid\w*|full[- ]time|\b100\s?%(?=\s*(?:tjänst|anställning|position)|\s*\)|\s*$)"),
)
_PATTERNS = tuple((code, re.compile(rf"\b(?:{words})", re.IGNORECASE)) for code, words in _WORDS)
_STEMS = {
    "PER_DIEM": ("timanställ", "timvikari", "behovsanställ", "intermittent", "basis", "employment", "hourly"),
    "INTERN": ("praktik", "internship"),
    "TEMPORARY": ("vikari", "visstid", "tidsbegränsad", "säsongs", "sommarjobb", "fixed", "temporary", "summer",
                  "seasonal", "projektanställning"),
    "PART_TIME": ("deltid", "part", "%"),
    "FULL_TIME": ("heltid", "full", "%"),
}  # fmt: skip
"""What each pattern cannot match without."""
_STUDY = re.compile(r"(?:studier|utbildning|studera|plugga)\W+(?:på\W+)?$", re.IGNORECASE)


def employment_tags(posting: JobPosting, language: str) -> list[Tag]:
    """One tag for each employment type the source names; read from title and text only when it names none."""
    if posting.employment_type:
        return [
            _tag(code, Evidence(field="employment_type", words=code, rule="source"), 0.99, language)
            for code in posting.employment_type
        ]
    found: dict[str, Tag] = {}
    for field, text in (("title", posting.title), ("description", posting.description)):
        for code, pattern in _PATTERNS:
            match = pattern.search(text) if mentions(text, _STEMS[code]) else None
            if match and code not in found and not _STUDY.search(text, max(0, match.start() - 20), match.start()):
                evidence = Evidence(field=field, words=match.group(), rule="employment-words")
                found[code] = _tag(code, evidence, 0.9, language)
    return list(found.values())


def _tag(code: str, evidence: Evidence, confidence: float, language: str) -> Tag:
    label = LABELS.get(code, {}).get(language, code.lower().replace("_", " "))
    return Tag(axis="employment_type", code=code, label=label, evidence=(evidence,), confidence=confidence)
