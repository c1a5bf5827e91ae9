"""Where the work may be done, when the ad or its source says so: hybrid or remote; on-site only when said."""

from __future__ import annotations

import re

from aggregator.model import Evidence, JobPosting, RemoteMode, Tag
from aggregator.tagging.text import mentions

LABELS = {
    "on-site": {"sv": "på plats", "en": "on site"},
    "hybrid": {"sv": "delvis på distans", "en": "hybrid"},
    "remote": {"sv": "på distans", "en": "remote"},
}

_NO = re.compile(
    (
        r"(?:inte|ej|ingen|inget|no|not)\b[^.\n]{0,40}(?:distans\w*|hemifrån|remote\w*|"
        r"hybrid\w*)|(?:distansarbete|remote work|working from home)\s+(?:är|is)\s+(?:inte|"
        r"ej|not)|"
        r"(?:på plats på kontoret|arbetet (?:utförs|sker) på plats|on-?site (?:only|"
        r"position|role)|100\s?% on-?site)"
    ),
    re.IGNORECASE,
)
_HYBRID = re.compile(
    (
        r"\bhybrid(?:arbet\w*|t? arbetssätt|a?\s?(?:working|work|role|position|model\w*|"
        r"upplägg|lösning|jobb|t)?)?(?![\w-]*(?:fordon|bil|motor|vehicle|system|"
        r"car|teknik))\b(?!\s+(?:fordon|bilar|vehicles|cars|engines|systems))|"
        r"(?:delvis|ibland|till viss del|viss|några dagar|\w+ dagar i veckan|del av tiden|"
        r"möjlighet(?:en)? (?:till|att))\b[^.\n]{0,40}(?:distans(?:arbete)?\b|hemifrån)|"
        r"(?:distansarbete|arbeta (?:hemifrån|på distans)|jobba (?:hemifrån|på distans))[^.\n]{0,30}(?:de"
        r"lvis|viss|ibland|dag|möjligt)|"
        r"(?:partly|partially|some|occasional\w*|days? (?:a|per) week)\b[^.\n]{0,30}(?:remote\w*|"
        r"from home)|(?:remote\w*|from home)[^.\n]{0,25}days? (?:a|per) week|"
        r"(?:option|possibility|opportunity) to work (?:remotely|from home)"
    ),
    re.IGNORECASE,
)
_REMOTE = re.compile(
    (
        r"\b(?:helt|fullt|100\s?%|heltid)\s+(?:på\s+)?distans\b|\bdistansjobb|\b(?:tjänsten|"
        r"arbetet|jobbet|rollen) (?:är|utförs|sker|kan utföras)\s+(?:helt\s+)?på distans|"
        r"arbeta (?:var du vill|från hela landet|varifrån)|jobba (?:var du vill|från hela landet)|"
        r"\b(?:fully|100\s?%|completely|entirely)[\s-]remote\w*|\bremote[\s-](?:position|"
        r"role|job|first|work(?! (?:sites|areas|locations)))|work from anywhere|"
        r"\bwork remotely\b"
    ),
    re.IGNORECASE,
)
_TITLE = re.compile(
    (
        r"\b(?P<remote>remote|på distans|distans)\b(?!\s*(?:sensing|area|control))|"
        r"\b(?P<hybrid>hybrid)\b(?!\s*(?:fordon|vehicle|system|engine|power))"
    ),
    re.IGNORECASE,
)

_STEMS = ("distans", "hemifrån", "hybrid", "remote", "from home", "anywhere", "var du vill", "hela landet", "varifrån",
          "på plats", "site")  # fmt: skip
_NEEDED = {
    "hybrid": ("hybrid", "distans", "hemifrån", "remote", "from home"),
    "remote": ("distans", "remote", "var du vill", "hela landet", "varifrån", "anywhere"),
}
"""What each pattern cannot match without."""


def remote_tags(posting: JobPosting, language: str) -> list[Tag]:
    """At most one remote tag: the source's own word, else the title's, else the text's."""
    if posting.job_location_type is not None:
        mode = str(posting.job_location_type.value)
        return [_tag(mode, Evidence(field="job_location_type", words=mode, rule="source"), 0.98, language)]
    if match := _TITLE.search(posting.title):
        mode = RemoteMode.HYBRID if match["hybrid"] else RemoteMode.REMOTE
        return [_tag(mode, Evidence(field="title", words=match.group(), rule="remote-words"), 0.95, language)]
    text = posting.description
    if not mentions(text, _STEMS):
        return []
    if match := _NO.search(text):
        return [
            _tag("on-site", Evidence(field="description", words=match.group(), rule="remote-denied"), 0.9, language)
        ]
    for mode, pattern in (("hybrid", _HYBRID), ("remote", _REMOTE)):
        if mentions(text, _NEEDED[mode]) and (match := pattern.search(text)):
            return [_tag(mode, Evidence(field="description", words=match.group(), rule="remote-words"), 0.9, language)]
    return []


def _tag(mode: str, evidence: Evidence, confidence: float, language: str) -> Tag:
    mode = str(mode)
    label = LABELS[mode].get(language, LABELS[mode]["en"])
    return Tag(axis="remote", code=mode, label=label, evidence=(evidence,), confidence=confidence)
