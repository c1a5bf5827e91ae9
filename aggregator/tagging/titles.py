"""A job title as employers write it -> occupation: known titles first, then the nearest known one by its letters.

Swedish titles are matched against JobTech's (SSYK 2012), English ones against our own table (ISCO-08). A title that
is known, also inflected, decides at once. Any other is compared with all known titles by character 3- and 4-grams,
weighted by rarity (cosine similarity), which carries over misspellings and compounds. The similarity and the lead
over the next occupation give the confidence; its steps were set from development titles so that "sure" (0.95 and up)
holds 99 %.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aggregator.tagging import title_words as words
from aggregator.tagging.text import word_set
from aggregator.taxonomy import lookup

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRAMS = (3, 4)
"""Lengths of the character grams; of 2-4, 3-4, 3-5, 2-5 and 3-6 the best and the fastest on development titles."""


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
_SPACES = re.compile(r"[^\w+#.]+|_+|(?<=\s)\.|\.(?=\s|$)")


def normal(title: str) -> str:
    """Case-folded words with single spaces, nothing else."""
    return _SPACES.sub(" ", title.casefold()).strip()


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


# --- the index -----------------------------------------------------------------------------------------------------


class Index:
    """Known titles with their codes, found exactly or by similarity. Built once for each language."""

    def __init__(self, entries: Sequence[tuple[str, str]], forms: Mapping[str, Counter[str]]) -> None:
        import numpy as np

        self._numpy = np
        self.titles = [title for title, _ in entries]
        self.codes = [code for _, code in entries]
        self.forms = {form: _shares(codes) for form, codes in forms.items()}
        self._postings, self._rarity = self._build()

    def _build(self) -> tuple[dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]], dict[str, float]]:
        np = self._numpy
        rows: dict[str, list[int]] = defaultdict(list)
        for i, title in enumerate(self.titles):
            for gram in _grams(title):
                rows[gram].append(i)
        count = len(self.titles)
        rarity = {gram: float(np.log(count / len(found)) + 0.5) for gram, found in rows.items()}
        squares = np.zeros(count)
        for gram, found in rows.items():
            squares[found] += rarity[gram] ** 2
        lengths = np.sqrt(np.maximum(squares, 1e-9))
        postings = {}
        for gram, found in rows.items():
            index = np.array(found, dtype=np.int32)
            postings[gram] = (index, (rarity[gram] / lengths[index]).astype(np.float32))
        self._unseen = float(np.log(count) + 0.5)
        return postings, rarity

    def scores(self, title: str) -> NDArray[Any] | None:
        """Cosine similarity, 0-1, of `title` to every known one; None when they share no gram."""
        np = self._numpy
        rows: list[NDArray[Any]] = []
        weights: list[NDArray[Any]] = []
        square = 0.0
        for gram in _grams(title):
            rarity = self._rarity.get(gram)
            if rarity is None:
                square += self._unseen**2
                continue
            square += rarity**2
            index, weight = self._postings[gram]
            rows.append(index)
            weights.append(weight * rarity)
        if not rows:
            return None
        counted = np.bincount(np.concatenate(rows), np.concatenate(weights), len(self.titles))
        similar: NDArray[Any] = counted / square**0.5
        return similar

    def nearest(self, title: str, count: int = 10) -> list[tuple[float, int]]:
        """The `count` most similar known titles as (similarity, row), the best first, ties by row."""
        scores = self.scores(title)
        if scores is None:
            return []
        top = self._numpy.argpartition(-scores, count)[:count]
        return sorted(((float(scores[i]), int(i)) for i in top), key=lambda pair: (-pair[0], pair[1]))


def _grams(title: str) -> set[str]:
    text = f" {title} "
    return {text[i : i + n] for n in GRAMS for i in range(len(text) - n + 1)}


def _shares(codes: Counter[str]) -> tuple[tuple[str, float], ...]:
    """The codes of a form with their share of its titles, the commonest first."""
    total = sum(codes.values())
    ordered = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((code, count / total) for code, count in ordered)


@lru_cache(maxsize=1)
def swedish() -> Index:
    """JobTech's titles, each alternative of "A/B" by itself, inflected; what stands before the comma in "Konstruktör,
    el" with the codes of all such; and the everyday titles JobTech lacks.
    """
    entries: set[tuple[str, str]] = set()
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    for title, code in lookup.titles():
        parts = {title, *(part for part in title.split("/") if part[:1].isupper())}
        entries.update((normal(part), code) for part in parts)
        if ", " in title:
            heads[normal(title.split(", ")[0])][code] += 1
    for code, names in words.MORE_SWEDISH.items():
        entries.update((normal(name), code) for name in names)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for name, code in entries:
        forms[name][code] += 1
    own = frozenset(forms)  # what is a title of its own is not another's inflection
    for head, codes in heads.items():
        if head not in own and len(head) > 3:
            forms[head] = codes
            entries.add((head, _shares(codes)[0][0]))
    for name, code in entries:
        for form in inflected(name):
            if form not in own:
                forms[form][code] += 1
    return Index(sorted(entries), forms)


def inflected(name: str) -> Iterable[str]:
    """The definite and plural forms of a Swedish title's last word."""
    if name.endswith("are"):
        return (name + "n", name[:-1] + "na", name + "s")
    if name.endswith("man"):
        return (name[:-3] + "män", name[:-3] + "männen", name + "nen")
    if name.endswith("a"):
        return (name + "n", name[:-1] + "or", name[:-1] + "orna")
    if name.endswith("e"):
        return (name + "n", name + "r", name + "rna", name[:-1] + "ar", name[:-1] + "arna")
    if name.endswith("ium"):
        return ()
    return (name + "en", name + "er", name + "erna", name + "ar", name + "arna", name + "et", name + "n", name + "s")


@lru_cache(maxsize=1)
def english() -> Index:
    """Our own English titles with their plurals."""
    entries = sorted({(english_normal(title), code) for title, code in lookup.titles_en()})
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for name, code in entries:
        forms[name][code] += 1
        forms[name + "s"][code] += 1
    return Index(entries, forms)


def english_normal(title: str) -> str:
    """As `normal`, with variant words made one (operative -> operator, advisor -> adviser)."""
    return " ".join(words.ENGLISH_VARIANTS.get(word, word) for word in normal(title).split())


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
