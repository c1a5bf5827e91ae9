"""The language an ad is written in, and the languages it demands."""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.model import Evidence, JobPosting, Tag
from aggregator.tagging.text import mentions, sentences

NAMES = {
    "sv": {"sv": "svenska", "en": "Swedish"}, "en": {"sv": "engelska", "en": "English"},
    "no": {"sv": "norska", "en": "Norwegian"}, "da": {"sv": "danska", "en": "Danish"},
    "fi": {"sv": "finska", "en": "Finnish"}, "de": {"sv": "tyska", "en": "German"},
    "fr": {"sv": "franska", "en": "French"}, "es": {"sv": "spanska", "en": "Spanish"},
    "ar": {"sv": "arabiska", "en": "Arabic"}, "pl": {"sv": "polska", "en": "Polish"},
    "ru": {"sv": "ryska", "en": "Russian"}, "it": {"sv": "italienska", "en": "Italian"},
    "nl": {"sv": "nederländska", "en": "Dutch"}, "uk": {"sv": "ukrainska", "en": "Ukrainian"},
    "fa": {"sv": "persiska", "en": "Persian"}, "so": {"sv": "somaliska", "en": "Somali"},
    "se": {"sv": "samiska", "en": "Sami"},
}  # fmt: skip

_COMMON = {
    "sv": (
        "och att det som för med till är på av en ett vi du dig har inte om den kan oss vår ska hos elle"
        "r från vara söker inom där får"
    ),
    "en": (
        "and the to of you we in for with is are our as will be your on have that an this or at from who"
        " can us role work"
    ),
    "no": "og det som vi du er ikke på til av en et har deg vår hos jobb være eller fra søker stilling",
    "da": "og det som vi du er ikke på til af en et har dig vores hos job være eller fra søger stilling",
    "de": "und die der wir sie das zu mit für ist sind auf eine ein bei als sich oder von unser",
    "fi": "ja on ei että olet me sinä meillä työ sekä voit ole meidän",
}
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1)
def _common() -> dict[str, frozenset[str]]:
    return {language: frozenset(listed.split()) for language, listed in _COMMON.items()}


_SWEDISH_SIGNS = re.compile(
    r"[åäöÅÄÖ]|\b(?:till|och|sökes|söker|i|på)\b|(?:are|ör|man|tekniker|chef|sköterska|biträde|arbetare|ingenjör)\b"
)
_ENGLISH_SIGNS = re.compile(
    (
        r"\b(?:engineer|manager|developer|nurse|worker|operator|technician|driver|"
        r"specialist|officer|the|and|for|of|in|assistant|teacher|"
        r"designer|analyst|welder|cook|chef de|cleaner|coordinator|supervisor|consultant|"
        r"mechanic|electrician|scientist|lead|head)\b"
    ),
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def language_of(text: str) -> tuple[str, float]:
    """The language of a text (ISO 639-1) by its commonest words, with a confidence; ("", 0) when it cannot be told."""
    words = _WORD.findall(text[:3000].casefold())
    counts = {language: sum(word in listed for word in words) for language, listed in _common().items()}
    (best, most), (_, second) = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:2]
    if most >= 4 and most > second:
        return best, 0.99 if most >= 12 and most >= 1.3 * second else 0.9
    return "", 0.0


def title_language(title: str, text_language: str = "") -> str:
    """`sv` or `en`: the language a title is most likely written in, `text_language` deciding where it does not show."""
    swedish, english = len(_SWEDISH_SIGNS.findall(title)), len(_ENGLISH_SIGNS.findall(title))
    if swedish != english:
        return "sv" if swedish > english else "en"
    return text_language if text_language in ("sv", "en") else "sv"


def language_tags(posting: JobPosting, labels: str) -> list[Tag]:
    """At most one tag: the language of the text, else of the title, else what the source says."""
    code, confidence = language_of(posting.description)
    if code:
        evidence = Evidence(field="description", words=" ".join(posting.description.split()[:8]), rule="common-words")
        return [_tag("language", code, evidence, confidence, labels)]
    if posting.in_language:
        evidence = Evidence(field="in_language", words=posting.in_language, rule="source")
        return [_tag("language", posting.in_language[:2].casefold(), evidence, 0.95, labels)]
    if posting.title:
        evidence = Evidence(field="title", words=posting.title, rule="title-words")
        return [_tag("language", title_language(posting.title), evidence, 0.7, labels)]
    return []


_ALIASES = {
    "sv": r"svensk(?:a|an|t)|svenskkunskaper\w*|swedish",
    "en": r"engelsk(?:a|an|t)|engelskkunskaper\w*|english",
    "no": r"norsk(?:a|an)|norwegian",
    "da": r"dansk(?:a|an)|danish",
    "fi": r"finsk(?:a|an)|finnish",
    "de": r"tysk(?:a|an)|german",
    "fr": r"fransk(?:a|an)|french",
    "es": r"spansk(?:a|an)|spanish",
    "ar": r"arabisk(?:a|an)|arabic",
    "pl": r"polsk(?:a|an)|polish",
    "ru": r"rysk(?:a|an)|russian",
    "it": r"italiensk(?:a|an)|italian",
    "nl": r"nederländsk(?:a|an)|holländska|dutch",
    "uk": r"ukrainsk(?:a|an)|ukrainian",
    "fa": r"persiska|dari|farsi|persian",
    "so": r"somaliska|somali",
    "se": r"samiska|sami",
}
_STEMS = (
    "svensk", "swedish", "engelsk", "english", "norsk", "norweg", "dansk", "danish", "finsk", "finnish", "tysk",
    "german", "fransk", "french", "spansk", "spanish", "arab", "polsk", "polish", "rysk", "russian", "italien",
    "italian", "nederl", "holländ", "dutch", "ukrain", "pers", "dari", "farsi", "somal", "sami",
)  # fmt: skip
"""Beginnings of all the names in `_ALIASES`."""
_ANY = re.compile("|".join(rf"(?P<{code}>\b(?:{names})\b)" for code, names in _ALIASES.items()), re.IGNORECASE)
_DEMANDS = re.compile(
    (
        r"tala\w*|talar|skriv\w*|\bi\s+tal\b|uttryck\w*|kommunicera\w*|behärska\w*|"
        r"flytande|krav|krävs|måste|kunskap\w*|kunna|goda?\s+kunskaper|obehindrat|"
        r"förstå\w*|god\s+svenska|bra\s+på|läsa|språk\w*|"
        r"fluent\w*|fluency|speak\w*|spoken|written|write|communicat\w*|proficien\w*|"
        r"command|required|must|requirement|language|master|good|excellent|knowledge|"
        r"skills"
    ),
    re.IGNORECASE,
)
_WELCOME = re.compile(
    (
        r"meriterande|\bmerit\b|\bgärna\b|\bplus\b|fördel\w*|önskvär\w*|advantage\w*|"
        r"preferred|nice to have|\bbonus\b|desirable|inte (?:ett )?krav|inget krav|"
        r"beneficial"
    ),
    re.IGNORECASE,
)
_NOT_NEEDED = re.compile(
    (
        r"(?:ingen|inte|ej|inga|utan|no|not|without|don['’]t)\b[^.\n]{0,35}(?:svenska|"
        r"swedish|engelska|english)|(?:svenska|swedish|engelska|english)\w*\s+(?:krävs|"
        r"behövs|är|is)\s+(?:ej|inte|not)"
    ),
    re.IGNORECASE,
)
_WORKING = re.compile(
    (
        r"(?P<one>engelska|english|svenska|swedish)\s+(?:är|is)\s+(?:vårt?\s+|our\s+|"
        r"the\s+)?(?:arbets|koncern|company|corporate|working|business)\s?-?(?:språk\w*|"
        r"language)|(?:working|company|corporate|business)\s+language\s+(?:is|:)\s*(?P<two>english|"
        r"swedish)|(?:arbets|koncern)språk\w*\s+är\s+(?P<three>engelska|svenska)"
    ),
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"(?:svenska|engelska|swedish|english)\w*\s+(?:eller|or)\s+(?:svenska|engelska|swedish|english|norska|danska)",
    re.IGNORECASE,
)
"""One of two languages will do: neither is demanded."""
_SUBJECT = re.compile((
r"(?:svenska|swedish)\s+(?:företag\w*|marknad\w*|kund\w*|skol\w*|lagstiftning\w*|"
r"kraft\w*|stål\w*|som\s+andraspråk|company|companies|market|forest\w*|steel|"
r"law|government|nursing|registration|customers|driving|social|mountains|"
r"nature|work\s+permit)|(?:lärare|undervis\w*|behörig\w*|legitimation|ämnen\w*)\b[^.\n]{0,25}\b(?"
r":svenska|engelska)|(?:teach\w*)\s+(?:english|swedish)"
), re.IGNORECASE)  # fmt: skip


def required_language_tags(posting: JobPosting, labels: str) -> list[Tag]:
    """One tag for each language that the ad demands, not for those merely welcome or said not to be needed."""
    found: dict[str, Tag] = {}
    for field, text in (("title", posting.title), ("description", posting.description)):
        for sentence in sentences(text):
            for code, words in _demanded(sentence.text, merit=sentence.merit_section, title=field == "title"):
                if code not in found:
                    evidence = Evidence(field=field, words=words, rule="language-demanded")
                    found[code] = _tag("languages_required", code, evidence, 0.95, labels)
    return list(found.values())


def _demanded(text: str, *, merit: bool, title: bool) -> list[tuple[str, str]]:
    if not mentions(text, _STEMS):
        return []
    if match := _WORKING.search(text):
        name = (match["one"] or match["two"] or match["three"]).casefold()
        return [("en" if name.startswith("eng") else "sv", text[:200])]
    if merit or not _ANY.search(text):
        return []
    if title:
        speaking = re.search(r"talande|-speaking|\bspeaking\b", text, re.IGNORECASE)
        return [(m.lastgroup, m.group()) for m in _ANY.finditer(text) if speaking and m.lastgroup]
    found: list[tuple[str, str]] = []
    clauses = re.split(
        r"(?:,|;|\smen|\sbut|\s[-–])\s+(?=[^.]*(?:meriterande|gärna|merit|plus|fördel|advantage|inte|not\b|bonus))",
        text,
    )
    for clause in clauses:
        if _WELCOME.search(clause) or _SUBJECT.search(clause) or not _DEMANDS.search(text):
            continue
        if _EITHER.search(clause):
            continue
        denied = _NOT_NEEDED.search(clause)
        found += [
            (match.lastgroup, text[:200])
            for match in _ANY.finditer(clause)
            if match.lastgroup and not (denied and denied.start() <= match.start() <= denied.end())
        ]
    return found


def _tag(axis: str, code: str, evidence: Evidence, confidence: float, labels: str) -> Tag:
    names = NAMES.get(code, {})
    return Tag(axis=axis, code=code, label=names.get(labels, code), evidence=(evidence,), confidence=confidence)
