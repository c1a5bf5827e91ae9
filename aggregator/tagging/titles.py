"""A job title as employers write it -> occupation: known titles first, then the nearest known one by its letters.

Swedish titles are matched against JobTech's (SSYK 2012), English ones against our own table (ISCO-08). A title that
is known, also inflected, decides at once. Any other is compared with all known titles by character 3- and 4-grams,
weighted by rarity (cosine similarity), which carries over misspellings and compounds. The similarity and the lead
over the next occupation give the confidence; its steps were set from development titles so that "sure" (0.95 and up)
holds 99 %.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from aggregator.tagging import title_words as words
from aggregator.tagging.text import word_set
from aggregator.tagging.title_index import Index, english, english_normal, normal, swedish
from aggregator.taxonomy import lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An occupation read from a title. `code` is SSYK for Swedish, ISCO for English; `known` the title it was
    recognised by, `rule` how; `level` the skill level with its own confidence, as it is often clearer than the code.
    """

    code: str
    known: str
    rule: str
    score: float
    confidence: float
    level: int
    level_confidence: float


# --- cleaning ------------------------------------------------------------------------------------------------------

_NOISE = re.compile(
    r"\((?:[mkfwdx][/|,]?){1,4}\)|\b[mfw]/[kfmw](?:/[dx])?\b|\bh/[fm]\b"
    r"|\b\d{1,3}\s?(?:[-–]\s?\d{1,3}\s?)?%|\b\d+(?:\s?st)\b|\b(?:100|75|50|80)\s?procent"
    r"|[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200d★☆✨●•™®!?\"“”]"
    r"|\b(?:ref|id|req)[.:#\s]*[\w-]*\d[\w-]*|#\S+|@\S+|\b20[2-3]\d\b",
    re.IGNORECASE,
)
_LEAD_SV = re.compile(
    (
        r"^(?:(?:[\w&.' -]{1,40}?\s)?(?:nu\s+)?(?:vi\s+)?söker\s+(?:nu\s+|vi\s+)?(?:dig\s+som\s+är\s+|en\s+|"
        r"ett\s+|flera\s+|fler\s+|nya?\s+|du\s+som\s+är\s+)*"
        r"|vill\s+du\s+(?:bli|jobba\s+som|arbeta\s+som)\s+(?:vår\s+)?(?:nya\s+)?|"
        r"är\s+du\s+(?:vår\s+)?(?:nya\s+)?(?:en\s+)?"
        r"|vi\s+(?:behöver|anställer|rekryterar)\s+(?:en\s+|fler\s+)?|jobba\s+som\s+|"
        r"bli\s+(?:vår\s+)?(?:nya\s+)?"
        r"|we\s+are\s+(?:looking\s+for|hiring)\s+(?:an?\s+)?|(?:now\s+)?hiring:?\s+|"
        r"wanted:?\s+|join\s+us\s+as\s+(?:an?\s+)?"
        r"|looking\s+for\s+(?:an?\s+)?)"
    ),
    re.IGNORECASE,
)
_TRAIL = re.compile(r"\s+(?:sökes|söks|sökes omgående|wanted|needed)\b.*$", re.IGNORECASE)
_ADJECTIVES = word_set(
    """
    erfaren erfarna erfaret driven drivna engagerad engagerade nyfiken nyfikna legitimerad legitimerade leg
    senior juniora junior vikarierande timvikarie vikarie tillförordnad tf biträdande ny nya ung duktig duktiga
    självgående noggrann ansvarsfull serviceinriktad skicklig skickliga timanställd timanställda sommarvikarie
    sommarvikarier extra deltid heltid extrajobb sommarjobb sommarjobba omgående flera fler en ett certifierad
    certifierade utbildad utbildade behörig behöriga obehörig stjärna stjärnor experienced motivated skilled
    graduate trainee lead principal new part-time full-time temporary seasonal summer certified licensed remote
    hybrid dedicated enthusiastic passionate mid-level entry-level
    """
)
_CUT = {
    "sv": re.compile(r"\s(?:till|på|i|hos|för|inom|med|vid|som|åt|från|sommaren|sommar|på)\s", re.IGNORECASE),
    "en": re.compile(r"\s(?:to|at|in|for|with|within|based|from|on)\s", re.IGNORECASE),
}
_PARTS = re.compile(r"\s[-–|•·]\s|[,;|:(]|\s/\s|/|\s(?:och|samt|eller|and|or)\s|\s?&\s?|\s?\+\s")


def clean(title: str, employer: str = "") -> str:
    """A title without "Vi söker …", percentages, (m/k), emoji, references and the employer's name."""
    text = _NOISE.sub(" ", title)
    if employer:
        text = re.sub(rf"\b{re.escape(employer)}\b", " ", text, flags=re.IGNORECASE)
    text = " ".join(text.split()).strip(" -–|,:;/")
    text = _TRAIL.sub("", _LEAD_SV.sub("", text, count=1))
    return text.strip(" -–|,:;/")


def _bare(text: str) -> str:
    """Normalised, without adjectives that say nothing of the occupation, as long as something is left."""
    kept = [word for word in normal(text).split() if word not in _ADJECTIVES]
    return " ".join(kept)


_INSIDE = re.compile(r"\s(?:inom|med inriktning mot|inriktning|för|i)\s", re.IGNORECASE)
"""Words for the comma in JobTech's titles: "Civilingenjör inom elkraft" is its "Civilingenjör, elkraft"."""


def candidates(title: str, language: str, employer: str = "") -> list[str]:
    """The strings a title may be recognised by, the likeliest first: all of it, cut before "till …", its parts.

    Empty when nothing in the title names an occupation ("Vi söker nya kollegor").
    """
    text = clean(title, employer)
    found: list[str] = []
    for piece in (text, *_PARTS.split(text)):
        for cut in (piece, _INSIDE.sub(" ", piece), _CUT[language].split(f"{piece} ", maxsplit=1)[0]):
            bare = _bare(cut)
            if len(bare) > 1 and bare not in found:
                found.append(bare)
    return [name for name in found if not GENERIC.issuperset(name.split())]


GENERIC = word_set(
    """
    medarbetare kollega kollegor personal dig du team stjärna stjärnor jobb sommarjobb extrajobb extrapersonal vikarie
    vikarier timvikarie sommarpersonal sommarvikarie sommarvikarier sommarmedarbetare person people staff employee
    employees colleague colleagues worker team member nya medarbetare dig som medarbetare inför sommaren tjänst vikariat
    """
)
"""Words of titles that name no occupation."""


# --- the guess -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def guess(title: str, language: str, employer: str = "") -> Guess | None:
    """The occupation of a title in `language` (`sv` or `en`); None when nothing resembles it."""
    if language == "sv":
        return _guess(candidates(title, "sv", employer), swedish(), lookup.level_of, _swedish_confidence)
    return _guess_english(_english_candidates(title, employer))


def _english_candidates(title: str, employer: str) -> list[str]:
    return [english_normal(each) for each in candidates(title, "en", employer)]


def known(title: str, language: str, employer: str = "") -> Guess | None:
    """The occupation of a title that is known as such, without looking for similar ones."""
    if language == "sv":
        return _known(candidates(title, "sv", employer), swedish(), lookup.level_of, sure=0.98)
    return _known(_english_candidates(title, employer), english(), lookup.level_of_isco, sure=0.9)


def _known(names: list[str], index: Index, level_of: Callable[[str], int], *, sure: float) -> Guess | None:
    """A known title among the candidates. Beside the first part of the title ("Säljare" in "Säljare, mark och
    anläggning") a later part is less certain to name the job.
    """
    for name in names:
        shares = index.forms.get(name)
        if not shares:
            continue
        code, share = shares[0]
        level = level_of(code)
        level_share = sum(part for each, part in shares if level_of(each) == level)
        whole = 1.0 if names[0].startswith(name) else 0.9
        return Guess(
            code=code,
            known=name,
            rule="known-title",
            score=1.0,
            confidence=round(sure * share * whole, 2),
            level=level,
            level_confidence=round((sure + 0.01) * level_share * whole, 2),
        )
    return None


def _guess(
    names: list[str], index: Index, level_of: Callable[[str], int], confidence: Callable[[float, float], float]
) -> Guess | None:
    found = _known(names, index, level_of, sure=0.98)
    if found:
        return found
    best: list[tuple[float, int]] = []
    for position, name in enumerate(names[:4]):
        near = index.nearest(name)
        discount = 1.0 if position == 0 else 0.95 if names[0].startswith(name) else 0.85
        if near and (not best or near[0][0] * discount > best[0][0]):
            best = [(score * discount, row) for score, row in near]
    if not best:
        return None
    score, row = best[0]
    code = index.codes[row]
    level = level_of(code)
    rival = next((s for s, r in best if index.codes[r] != code), 0.0)
    rival_level = next((s for s, r in best if level_of(index.codes[r]) != level), 0.0)
    return Guess(
        code=code,
        known=index.titles[row],
        rule="similar-title",
        score=round(score, 3),
        confidence=confidence(score, score - rival),
        level=level,
        level_confidence=max(confidence(score, score - rival), _level_confidence(score, score - rival_level)),
    )


def _swedish_confidence(score: float, lead: float) -> float:
    """Share right among development titles of like similarity and lead, rounded down."""
    if score >= 0.75 and lead >= 0.3:
        return 0.95
    if score >= 0.6 and lead >= 0.15:
        return 0.9
    if score >= 0.5:
        return 0.75
    return 0.5 if score >= 0.35 else 0.3


def _level_confidence(score: float, lead: float) -> float:
    if score >= 0.7 and lead >= 0.25:
        return 0.96
    if score >= 0.5 and lead >= 0.1:
        return 0.9
    return 0.75 if score >= 0.35 else 0.5


def _guess_english(names: list[str]) -> Guess | None:
    index = english()
    if not names:
        return None
    found = _known(names, index, lookup.level_of_isco, sure=0.9)
    if found and found.confidence >= 0.8:
        return found
    near = index.nearest(names[0], 12)
    if len(names) > 1 and len(names[1]) >= 6:
        near += [(score * 0.9, row) for score, row in index.nearest(names[1], 6)]
        near.sort(key=lambda pair: (-pair[0], pair[1]))
    votes: dict[int, float] = defaultdict(float)
    for score, row in near:
        votes[lookup.level_of_isco(index.codes[row])] += score**VOTE_POWER
    total = sum(votes.values())
    for level, share in words.level_prior(names).items():
        votes[level] += share * (PRIOR_WEIGHT * total + PRIOR_FLOOR)
    if not votes:
        return None
    level = max(votes, key=lambda each: (votes[each], -each))
    share = votes[level] / sum(votes.values())
    agreeing = [(score, row) for score, row in near if lookup.level_of_isco(index.codes[row]) == level]
    score, row = agreeing[0] if agreeing else (near[0] if near else (0.0, 0))
    return Guess(
        code=index.codes[row],
        known=index.titles[row],
        rule="similar-title",
        score=round(score, 3),
        confidence=round(min(0.85, score) * share, 2),
        level=level,
        level_confidence=round(min(0.94, 0.4 + 0.5 * share), 2),
    )


VOTE_POWER = 4
"""How much more the nearer of the similar English titles count when they disagree on the level."""
PRIOR_WEIGHT = 0.6
PRIOR_FLOOR = 0.02
"""Weight of what the title's head word (engineer, operator, labourer) says of the level beside the similar titles."""
