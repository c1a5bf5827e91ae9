"""Occupation (SSYK 2012, ISCO-08) and skill level: the source's code, the operator's word, or the title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from aggregator.model import Evidence, JobPosting, Tag
from aggregator.tagging import titles
from aggregator.tagging.language import language_of, title_language
from aggregator.tagging.rules import TagRules
from aggregator.tagging.title_index import inflected, normal
from aggregator.taxonomy import lookup


class Occupation(NamedTuple):
    """What a posting's occupation was found to be. `known` is the title of the tables it was recognised by."""

    ssyk: str
    isco: str
    level: int
    confidence: float
    level_confidence: float
    evidence: Evidence
    known: str = ""


LEVELS = {
    1: {"sv": "kräver ingen eller kort utbildning", "en": "elementary work"},
    2: {"sv": "yrkesutbildning eller upplärning", "en": "skilled work"},
    3: {"sv": "kortare eftergymnasial utbildning", "en": "technician level"},
    4: {"sv": "längre högskoleutbildning", "en": "professional level"},
}


def occupation_of(posting: JobPosting, rules: TagRules) -> Occupation | None:
    """The occupation of one posting, None when its title resembles nothing known."""
    code = posting.occupation_code
    if code and code in lookup.groups():
        words = f"{code} {posting.occupation_label}".strip()
        return _from_ssyk(code, 0.99, Evidence(field="occupation_code", words=words, rule="source"))
    title = normal(posting.title)
    for override in rules.overrides:
        if override.words and all(normal(word) in title for word in override.words):
            evidence = Evidence(field="title", words=" + ".join(override.words), rule="operator-override")
            return _from_ssyk(override.ssyk, 0.99, evidence)
    return from_title(posting)


def from_title(posting: JobPosting) -> Occupation | None:
    """The occupation read from the title in its own language, or from the source's occupation label when surer."""
    text_language = language_of(posting.description)[0] if posting.description else posting.in_language[:2]
    best: Occupation | None = None
    for field, text in (("occupation_label", posting.occupation_label), ("title", posting.title)):
        if not text:
            continue
        language = title_language(text, text_language)
        guess = titles.guess(text, language, posting.hiring_organization)
        if guess and guess.rule != "known-title":  # the other language may know the very title
            other = titles.known(text, "en" if language == "sv" else "sv", posting.hiring_organization)
            if other and other.confidence > guess.confidence:
                guess, language = other, "en" if language == "sv" else "sv"
        if guess and (best is None or guess.confidence > best.confidence + 0.1):
            best = _from_guess(guess, language, field, text)
    if best is None or best.confidence < DOUBTFUL:
        said = from_description(posting)
        best = said if said and (best is None or said.confidence > best.confidence) else best
    return best


DOUBTFUL = 0.6
"""Below this a title is helped by its text."""

_WORK_AS = re.compile(
    r"\b(?:arbet\w*|jobb\w*|roll\w*|tjänst\w*|uppdrag\w*|anställ\w*)\s+som\s+(?:en\s+|ett\s+)?(?P<sv>[\w-]+(?:\s[\w-]+)?)"
    r"|\b(?:work|working|job|role|position)\s+as\s+(?:an?\s+|our\s+)?(?P<en>[\w-]+(?:\s[\w-]+){0,2})",
    re.IGNORECASE,
)


def from_description(posting: JobPosting) -> Occupation | None:
    """The known title the text says one will work as ("Arbetet som svetsare …"), for titles that name no occupation."""
    for match in _WORK_AS.finditer(posting.description):
        language = "sv" if match["sv"] else "en"
        words = (match["sv"] or match["en"]).split()
        for size in range(len(words), 0, -1):
            guess = titles.known(" ".join(words[:size]), language)
            if guess:
                said = _from_guess(guess, language, "description", match.group())
                return said._replace(
                    confidence=round(said.confidence * 0.9, 2), level_confidence=round(said.level_confidence * 0.9, 2)
                )
    return None


def _from_ssyk(ssyk: str, confidence: float, evidence: Evidence) -> Occupation:
    isco = lookup.isco_of(ssyk)
    return Occupation(ssyk, isco[0] if isco else "", lookup.level_of(ssyk), confidence, confidence, evidence)


def _from_guess(guess: titles.Guess, language: str, field: str, text: str) -> Occupation:
    evidence = Evidence(field=field, words=f"{text} ~ {guess.known}", rule=guess.rule)
    if language == "sv":
        isco = lookup.isco_of(guess.code)
        fitting = [code for code in isco if lookup.level_of_isco(code) == guess.level]
        first = (fitting or list(isco) or [""])[0]
        return Occupation(
            guess.code, first, guess.level, guess.confidence, guess.level_confidence, evidence, guess.known
        )
    groups = lookup.ssyk_of(guess.code)
    confidence = guess.confidence if len(groups) == 1 else guess.confidence * 0.8
    ssyk = groups[0] if groups else ""
    return Occupation(
        ssyk, guess.code, guess.level, round(confidence, 2), guess.level_confidence, evidence, guess.known
    )


def occupation_tags(occupation: Occupation | None, language: str) -> list[Tag]:
    """The ssyk, isco and skill_level tags of an occupation."""
    if occupation is None:
        return []
    evidence = (occupation.evidence,)
    found: list[Tag] = []
    if occupation.ssyk:
        label = lookup.ssyk_label(occupation.ssyk, language)
        found.append(
            Tag(axis="ssyk", code=occupation.ssyk, label=label, evidence=evidence, confidence=occupation.confidence)
        )
    if occupation.isco:
        label = lookup.isco_labels().get(occupation.isco, "")
        found.append(
            Tag(axis="isco", code=occupation.isco, label=label, evidence=evidence, confidence=occupation.confidence)
        )
    if occupation.level:
        label = LEVELS[occupation.level].get(language, LEVELS[occupation.level]["en"])
        found.append(Tag(axis="skill_level", code=str(occupation.level), label=label, evidence=evidence,
                         confidence=occupation.level_confidence))  # fmt: skip
    return found


def asks_no_education(posting: JobPosting, occupation: Occupation | None) -> str:
    """The occupation of JobTech's collection "yrken utan krav på utbildning" that the posting's title names, or "".

    Only the very words count, not a similar title: "Diskare till Mora" is one, "Diskteknisk chef" is not.
    """
    listed = _no_education()
    known = occupation.known if occupation and occupation.confidence >= 0.95 else ""
    for name in (known, *titles.candidates(posting.title, "sv", posting.hiring_organization)[:2]):
        if name in listed:
            return listed[name]
    return ""


@lru_cache(maxsize=1)
def _no_education() -> Mapping[str, str]:
    index: dict[str, str] = {}
    for title in sorted(lookup.titles_without_education()):
        for part in (title, *title.split("/")):
            name = normal(part)
            index |= dict.fromkeys((name, *inflected(name)), title)
    return index
