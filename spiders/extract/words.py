"""What the words of Swedish and English job systems mean in schema.org's terms."""

from __future__ import annotations

import re
from collections import Counter

from aggregator.model import ListingKind, RemoteMode
from aggregator.schema_org import EMPLOYMENT_TYPES

_EMPLOYMENT = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("FULL_TIME", r"full[\s_-]?time|\bheltid|\b100\s?%|vollzeit"),
        ("PART_TIME", r"part[\s_-]?time|\bdeltid|\bhalvtid|teilzeit"),
        (
            "CONTRACTOR",
            r"\bcontract(?:or|ing)\b|(?:^|\|)\s*contract\s*(?:$|\|)|freelance|frilans|\bkonsultuppdrag|egenföretagare|uppdragstagare",
        ),
        (
            "TEMPORARY",
            (
                r"temporary|fixed[\s_-]?term|limited[\s_-]?term|\bseasonal|summer job"
                r"|visstid|tidsbegränsad|vikariat|\bvikarie"
                r"|projektanställning|säsong|sommarjobb|feriejobb|ferie(?:arbet|anställ)|provisorisk"
            ),
        ),
        ("INTERN", r"\bintern(?:ship)?\b|praktik|\btrainee(?:ship)?\b|examensarbete|\bthesis\b|lärling|apprentice"),
        ("VOLUNTEER", r"volunt|volontär|ideell"),
        ("PER_DIEM", r"per[\s_-]?diem|behovsanställ|timanställ|timvikari|\bextrajobb|\bon[\s-]call|hourly"),
    )
)


def employment_types(*words: str) -> tuple[str, ...]:
    """schema.org's employment types in what a system said ("Heltid", "Part-time, fixed term"); in schema.org's order.

    Words that mean none of them (a permanent post, "Vanlig anställning") give none.
    """
    text = " | ".join(words)
    found = {kind for kind, pattern in _EMPLOYMENT if pattern.search(text)}
    found |= {word for word in re.split(r"[\s|,;/]+", text.upper()) if word in EMPLOYMENT_TYPES}
    return tuple(kind for kind in EMPLOYMENT_TYPES if kind in found)


_HYBRID = re.compile(r"hybrid|delvis (?:på )?distans|partly remote|partially remote", re.IGNORECASE)
_ON_SITE = re.compile(
    r"^none$|^no$|on[\s_-]?site|på plats|in[\s_-]office|office[\s_-]based|not remote|ej distans|^false$", re.IGNORECASE
)
_REMOTE = re.compile(r"remote|fully|distans|telecommut|work from home|hemifrån|^true$|anywhere", re.IGNORECASE)


def remote_mode(words: str) -> RemoteMode | None:
    """Where the work may be done by a system's own field (`fully`, `Hybrid`, `on-site`, `TELECOMMUTE`, `På distans`);
    None when it does not say. For structured values, not for running text.
    """
    words = words.strip()
    for mode, pattern in ((RemoteMode.HYBRID, _HYBRID), (RemoteMode.ON_SITE, _ON_SITE), (RemoteMode.REMOTE, _REMOTE)):
        if pattern.search(words):
            return mode
    return None


_OPEN = re.compile(
    r"""^\W*(?:
      (?:spontan|öppen\s|open\s|unsolicited\s|general\s|spontaneous\s|åpen\s|uopfordret\s|initiativ)\s*-?\s*(?:an|application|søknad|ansøgning|bewerbung)
      |intresseanmälan|anmäl\s+(?:ditt\s+)?intresse|expression\s+of\s+interest
      |connect(?:\s+with\s+\w+(?:\s+\w+)?)?\W*$|join\s+our\s+team\W*$
      |(?:join\s+(?:our|the)\s+)?talent\s*(?:pool|community|network|bank)\b|talangpool|kandidatbank
      |jobba\s+hos\s+oss\W*$|work\s+(?:with|for)\s+us\W*$|framtida\s+(?:rekrytering|möjlighet|jobb)|future\s+(?:opportunit|opening|vacanc)
      )
      |\b(?:spontanansök|spontananmäl|öppen\s+ansökan|open\s+application|spontaneous\s+application|unsolicited\s+application|talent\s*pool)""",
    re.IGNORECASE | re.VERBOSE,
)
_DRAFT = re.compile(
    r"^\W*(?:kopia\s+av|copy\s+of|copy:|kopi\s+av|(?:utkast|draft)\s*[:–-]|test(?:annons|\s+ad|\s+job|jobb)\b|(?:mall|template)\s*[:–-]|do\s+not\s+apply)"
    r"|\((?:copy|kopia|draft|utkast|test)\)\s*$|^\W*test\W*$",
    re.IGNORECASE,
)


def listing_kind(title: str) -> ListingKind:
    """Whether a title is a vacancy's, an invitation to leave one's name, or a draft that slipped out."""
    if _DRAFT.search(title):
        return ListingKind.DRAFT
    return ListingKind.OPEN_APPLICATION if _OPEN.search(title) else ListingKind.VACANCY


_NO_VACANCIES = re.compile(
    r"(?:inga|inte\s+några|ingen)\s+(?:\w+\s+){0,2}(?:lediga|öppna|utlysta|aktuella)?\s*(?:jobb|tjänst|annons|befattning|roll|position)"
    r"|(?:no|not\s+any|zero)\s+(?:\w+\s+){0,2}(?:jobs|vacancies|open\s+positions|openings|positions|open\s+roles|open\s+jobs)\b",
    re.IGNORECASE,
)


def says_no_vacancies(text: str) -> bool:
    """Whether a career page says in words that nothing is open: an empty list is then a true answer."""
    return _NO_VACANCIES.search(text) is not None


_STOPWORDS = {
    "sv": "och att det som för är av på inte ett du med till vi en har kan om hos din dig vår våra eller samt också",
    "en": "the and of to a you for with our will we are is your be this that have who working within from as on",
    "nb": "og å det som er av på ikke et du med til vi en har kan hos din deg vår våre eller også der innen for jobber",
    "da": "og at det som er af på ikke et du med til vi en har kan hos din dig vores eller også der inden for arbejde",
    "fi": "ja on ei se että sinä me olet työ sekä tai myös kun olemme voit meillä sinulla työn tehtävä",
    "de": "und der die das zu für ist nicht ein du sie mit wir eine haben bei ihre oder auch im den auf",
}
_WORDS_OF = {language: frozenset(words.split()) for language, words in _STOPWORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str, title: str = "") -> str:
    """The language an ad is written in (`sv en nb da fi de`) by its function words; "" when they do not tell.

    The winner needs three such words and a fifth more than the next, so that a line of loan words decides nothing; then
    å, ä and ö with a Swedish job ending in the title tell Swedish.
    """
    words = Counter(_WORD.findall(f"{title}\n{text[:3000]}".lower()))
    scores = {language: sum(words[word] for word in known) for language, known in _WORDS_OF.items()}
    (best, first), (_, second) = Counter(scores).most_common(2)
    if first >= 3 and first >= 1.2 * second:
        return best
    tells = re.search(r"[åäö]", title.lower()) and re.search(
        r"are\b|ör\b|tekniker\b|chef\b|sköterska\b|ledare\b|biträde\b", title.lower()
    )
    return "sv" if tells else ""


_JOBS = re.compile(
    r"(?i)(?<![a-zåäö])(?:(?:jobb|jobs?|vacanc(?:y|ies)|openings?|positions?|careers?|karri[äa]r|rekrytering|recruit(?:ment|ing)"
    r"|platsannons(?:er)?|stillinge?r?|lediga|annonser)(?![a-zåäö])|job-?listings?|lediga[\s_-]*(?:jobb|tj[äa]nster)"
    r"|jobba(?:[\s_-]+(?:hos|med|p[åa]))?|arbeta[\s_-]+hos|work[\s_-]+(?:with|at|for)[\s_-]+us|join[\s_-]+(?:us|our))"
)


def about_jobs(text: str) -> bool:
    """Whether a link's words or an address' path speak of vacancies, in Swedish, English or Norwegian."""
    return _JOBS.search(text) is not None
