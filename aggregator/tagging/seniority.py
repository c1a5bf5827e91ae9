"""Seniority: what the title (and, for experience demanded, the text) says of the step on the ladder."""

from __future__ import annotations

import re

from aggregator.model import Evidence, JobPosting, Tag
from aggregator.tagging.text import mentions

LABELS = {
    "student": {"sv": "student, praktik eller examensarbete", "en": "student, internship or thesis"},
    "entry": {"sv": "nybörjare", "en": "entry level"},
    "junior": {"sv": "junior", "en": "junior"},
    "mid": {"sv": "erfaren", "en": "mid level"},
    "senior": {"sv": "senior", "en": "senior"},
    "lead": {"sv": "arbetsledande", "en": "lead"},
    "manager": {"sv": "chef", "en": "manager"},
    "executive": {"sv": "ledning", "en": "executive"},
}

_TITLE = (
    (
        "student",
        (
            r"\bpraktikant|\bpraktikplats|\bintern(?:ship)?\b|\bexjobb|examensarbete|"
            r"\bthesis\b|\bstudentmedarbetare|\bstudent(?:jobb| job| worker)|\blärling|"
            r"\bapprentice|\btrainee"
        ),
    ),
    ("executive", r"\bvd\b|verkställande direktör|\bceo\b|\bc[fto]o\b|\bdirektör|managing director|\bvice president"),
    (
        "lead",
        (
            r"\bteam\s?lead\w*|\bteamledare|\bgruppledare|\barbetsledare|\bskiftledare|"
            r"\bproduktionsledare|\bförman\b|\blagbas|\bsupervisor|\bforeman|\blead\b|"
            r"\bprincipal (?!teacher)\w+|\btech lead|\bförste\b|\bstäd?ledare|\bsamordnare \w*ledande"
        ),
    ),
    (
        "manager",
        (
            r"(?<!\bhead )(?<!\bsous )(?<!\bpastry )(?<!executive )chef(?:en|er)?\b(?! de )(?!s?(?:sekreterar"
            r"e|assistent))(?<!souschef)(?<!kökschefsassistent)|\bmanager\b(?<!project manager)(?<!account ma"
            r"nager)(?<!product manager)|\bhead of\b|\brektor|\bföreståndare|\bprincipal\b|"
            r"\bdirector\b"
        ),
    ),
    ("senior", r"\bseni?or\w*|\bspecialist\b.*\bsenior|\bexpert\b|\berfaren|\berfarna|\bexperienced"),
    ("junior", r"\bjunior\w*|\bnyexaminerad|\bgraduate\b|\bnyutexaminerad|\bassociate (?=engineer|developer)"),
    (
        "entry",
        (
            r"\bsommarjobb|\bsommarvikari|\bsommararbet|\bferiearbet|\bferiejobb|\bextrajobb|"
            r"\bsummer (?:job|worker)|\bentry[- ]level"
        ),
    ),
)
_TITLE_PATTERNS = tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _TITLE)
_ENTRY_TEXT = re.compile(
    (
        r"(?:ingen|inga)\s+(?:tidigare\s+)?(?:arbetslivs|yrkes)?erfarenhet\w*\s+(?:krävs|"
        r"behövs|är nödvändig)|(?:erfarenhet|erfarenheten)\s+(?:krävs|behövs)\s+(?:ej|"
        r"inte)|"
        r"(?:du\s+behöver|behöver du)\s+(?:inte\s+ha|ingen)\s+(?:någon\s+)?(?:tidigare\s+)?erfarenhet|"
        r"inga krav på (?:tidigare )?erfarenhet|"
        r"no\s+(?:previous\s+|prior\s+|work\s+)?experience\s+(?:is\s+)?(?:required|needed|necessary)"
    ),
    re.IGNORECASE,
)
_JUNIOR_TEXT = re.compile(
    (
        r"(?:du (?:kan vara|är)|för dig som är|passar (?:även )?dig som är|(?:suits|"
        r"suitable for)|as a)\s+(?:en\s+)?(?:nyexaminerad|nyutexaminerad|recent(?:ly)? graduate\w*|"
        r"new(?:ly)? graduate\w*)"
    ),
    re.IGNORECASE,
)
_YEARS = re.compile(
    (
        r"(?:minst|lägst|åtminstone|at least|minimum(?: of)?|mer än|more than|över)\s+(?P<years>\d{1,2}|"
        r"två|tre|fyra|fem|sex|sju|åtta|nio|tio|two|three|four|five|six|seven|eight|"
        r"ten)\s*(?:\+)?\s*(?:års?|years?)\b[^.\n]{0,40}(?:erfaren|arbet|experience|"
        r"yrke)|"
        r"(?P<plus>\d{1,2})\s*\+\s*(?:års?|years?)\b[^.\n]{0,30}(?:erfaren|experience)"
    ),
    re.IGNORECASE,
)
_WORDS = {"två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10, "two": 2, (
"three"
): 3, (
"four"
): 4, (
"five"
): 5, (
"six"
): 6, (
"seven"
): 7, (
"eight"
): 8, (
"ten"
): 10}  # fmt: skip


def seniority_tags(posting: JobPosting, language: str) -> list[Tag]:
    """At most one tag; none when neither title nor text says anything. Years demanded: 5 and up senior, 2-4 mid."""
    for code, pattern in _TITLE_PATTERNS:
        if match := pattern.search(posting.title):
            return [_tag(code, Evidence(field="title", words=match.group(), rule="seniority-words"), 0.95, language)]
    text = posting.description
    if not mentions(text, ("erfar", "experience", "graduate", "examinerad")):
        return []
    if mentions(text, ("erfarenhet", "experience")) and (match := _ENTRY_TEXT.search(text)):
        return [_tag("entry", Evidence(field="description", words=match.group(), rule="no-experience"), 0.95, language)]
    if mentions(text, ("år", "year")) and (match := _YEARS.search(text)):
        number = match["years"] or match["plus"]
        years = int(number) if number.isdigit() else _WORDS[number.casefold()]
        if years >= 2:
            evidence = Evidence(field="description", words=match.group(), rule="years-of-experience")
            return [_tag("senior" if years >= 5 else "mid", evidence, 0.9, language)]
    if mentions(text, ("graduate", "examinerad")) and (match := _JUNIOR_TEXT.search(text)):
        return [
            _tag("junior", Evidence(field="description", words=match.group(), rule="seniority-words"), 0.9, language)
        ]
    return []


def _tag(code: str, evidence: Evidence, confidence: float, language: str) -> Tag:
    label = LABELS[code].get(language, LABELS[code]["en"])
    return Tag(axis="seniority", code=code, label=label, evidence=(evidence,), confidence=confidence)
