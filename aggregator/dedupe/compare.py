"""Two postings compared: features, a score between 0 and 1, and the reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from math import exp

from aggregator.dedupe.normal import COMPASS, LEGAL, LEVELS, SHIFTS
from aggregator.dedupe.profile import Profile

REPOST_AFTER = timedelta(days=45)
"""When an ad does not say its last day, one like it published this much later is taken to be a repost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`same` is the verdict on these two alone; `apart` says that they can never stand in one vacancy together."""

    score: float
    same: bool
    apart: bool = False
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """What they share, and what speaks against it, in words."""
        return _reason(self.features)


APART = frozenset(
    {
        "reference differs",
        "deadline differs",
        "salary differs",
        "place differs",
        "place partly",
        "level differs",
        "shift differs",
        "unit differs",
        "same source",
        "title left over",
        "title words differ",
    }
)
"""Facts of which one is enough to keep two postings apart for good, once the two alone are not the same."""


THRESHOLD = 0.5

HOPELESS = -2.0
"""Log-odds under which two postings are not the same whatever their texts say."""

WEIGHTS: Mapping[str, float] = {
    "bias": -6.0,
    "address": 7.0,
    "form": 2.0,
    "job id": 6.0,
    "reference": 6.0,
    "reference differs": -12.0,
    "employer": 2.0,
    "employer differs": -8.0,
    "agency": 1.0,
    "title": 4.0,
    "title left over": -12.0,
    "title one-sided": -8.0,
    "title words differ": -5.0,
    "level differs": -11.0,
    "shift differs": -11.0,
    "unit differs": -11.0,
    "place": 2.0,
    "place partly": -6.0,
    "place differs": -12.0,
    "place unknown": -0.5,
    "deadline": 1.0,
    "deadline differs": -12.0,
    "salary": 0.5,
    "salary differs": -11.0,
    "text": 6.0,
    "text differs": -7.0,
    "far apart": -4.0,
    "same source": -11.0,
    "other language": -1.0,
    "repost": -1.0,
    "repost unlike": -7.0,
    "repost elsewhere": -2.0,
}
"""Log-odds points. All that can be alike without a proof (employer, title, place, deadline, salary, text) adds up to
+9.5 with the bias; a fact that tells openings apart (another place, reference, deadline, level ...) outweighs it all,
and only the same address or the job system's own number outweighs such a fact."""


def compare(a: Profile, b: Profile) -> Comparison:
    """Compare two postings; the order of the two does not matter."""
    found = features(a, b)
    points = _points(found)
    score = 1 / (1 + exp(-max(-30.0, min(30.0, points))))
    same = score >= THRESHOLD
    apart = not same and not APART.isdisjoint(found)
    return Comparison(score=score, same=same, apart=apart, features=found)


def akin(a: Profile, b: Profile) -> bool:
    """Whether two postings that were recognised as one job may be so still after an edit of either.

    An edit reaches an ad's copies late or never: a new last day, a new place, another word in the title. Only an ad
    that now names another employer, or has neither title nor text in common with its copy, is another job.
    """
    found: dict[str, float] = {}
    _exact(a, b, found, repost=False)
    _employer(a, b, found)
    if "employer differs" in found:
        return False
    if not a.language or not b.language or a.language == b.language:
        _title(a, b, found)
        _text(a, b, found)
    return not _SAME.isdisjoint(found) or max(found.get("title", 0), found.get("text", 0)) >= 0.5


_SAME = frozenset({"address", "job id", "reference"})


def _points(found: Mapping[str, float]) -> float:
    return WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in found.items())


def features(a: Profile, b: Profile) -> dict[str, float]:
    """What speaks for and against, each 0-1; only those that are not 0."""
    found: dict[str, float] = {}
    repost = _repost(a, b)
    _exact(a, b, found, repost=repost)
    _employer(a, b, found)
    _place(a, b, found)
    _figures(a, b, found, repost=repost)
    # What costs is asked last, and not at all when it could not save the two.
    if a.language and b.language and a.language != b.language:
        found["other language"] = 1.0  # neither titles nor texts can be compared
    elif _points(found) + WEIGHTS["title"] + WEIGHTS["text"] > HOPELESS:
        _title(a, b, found)
        if _points(found) + WEIGHTS["text"] > HOPELESS:
            _text(a, b, found)
    if repost:
        found["repost"] = 1.0
        found["repost unlike"] = float(
            found.get("title left over", 0) > 0.1
            or found.get("title one-sided", 0) > 0.1
            or found.get("text", 1) < 0.9
            or found.get("place", 0) < 1
        )
        found["repost elsewhere"] = float(a.key.source != b.key.source)
    elif a.key.source == b.key.source and a.key != b.key and not ("reference" in found and "other language" in found):
        found["same source"] = 1.0
    return {name: value for name, value in found.items() if value}


def _repost(a: Profile, b: Profile) -> bool:
    """Whether the later of the two came out only after the earlier had ended."""
    if a.posted is None or b.posted is None:
        return False
    first, then = (a, b) if (a.posted, a.key) <= (b.posted, b.key) else (b, a)
    assert first.posted is not None
    assert then.posted is not None
    if first.ends is not None:
        return then.posted > first.ends
    return then.posted - first.posted > REPOST_AFTER


def _exact(a: Profile, b: Profile, found: dict[str, float], *, repost: bool) -> None:
    if a.key.source != b.key.source:  # a source that gives two identifiers under one address means two things
        if a.page and b.page and (a.page in b.addresses or b.page in a.addresses):
            found["address"] = 1.0
        elif a.addresses & b.addresses:
            found["form"] = 1.0
        if a.job_ids & b.job_ids:
            found["job id"] = 1.0
    if (a.reference and a.reference in b.references | {b.reference}) or (b.reference and b.reference in a.references):
        found["reference"] = 1.0
    elif a.reference and b.reference and not repost:
        found["reference differs"] = 1.0


def _employer(a: Profile, b: Profile, found: dict[str, float]) -> None:
    if not a.employer or not b.employer:
        return
    common = len(a.employer & b.employer)
    if common == min(len(a.employer), len(b.employer)):
        found["employer"] = 1.0
    elif common and common * 2 >= min(len(a.employer), len(b.employer)):
        found["employer"] = 0.5
    elif a.agency != b.agency:
        found["agency"] = 1.0
    else:
        found["employer differs"] = 1.0


def _place(a: Profile, b: Profile, found: dict[str, float]) -> None:
    if not a.places or not b.places:
        found["place unknown"] = 1.0
        return
    best = max((_overlap(one, other), one == other) for one in a.places for other in b.places)
    if best[0] == 1:
        found["place"] = 1.0 if best[1] else 0.5
    elif a.municipalities & b.municipalities:
        found["place"] = 0.5  # a village and its municipality are one place until something else tells them apart
    else:
        found["place partly" if best[0] > 0 else "place differs"] = 1.0


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def _title(a: Profile, b: Profile, found: dict[str, float]) -> None:
    around = frozenset(word for place in (*a.places, *b.places) for word in place)
    for one, other in ((a, b), (b, a)):
        if len(named := other.employer.intersection(one.title)) == len(other.employer) or len(named) >= 3:
            around |= named | LEGAL
    pairs = [(a.title, b.title)]
    pairs += [(part, b.title) for part in a.alternatives] + [(a.title, part) for part in b.alternatives]
    best = min((_titles(set(one), set(other), around) for one, other in pairs), key=_cost)
    found.update(best)


def _cost(named: Mapping[str, float]) -> float:
    return -_points(named)


def _titles(one: set[str], other: set[str], around: frozenset[str]) -> dict[str, float]:
    """Two titles word by word: what is alike, what is left over, and which of that tells jobs apart."""
    common = one & other
    left, right = _unmatched(one - common - around, other - common - around)
    found: dict[str, float] = {}
    units = ({w for w in left if _tells_units_apart(w)}, {w for w in right if _tells_units_apart(w)})
    if all(units):
        found["unit differs"] = 1.0
    levels = (left & LEVELS, right & LEVELS)
    if any(levels):
        found["level differs"] = 1.0
    shifts = (left & SHIFTS, right & SHIFTS)
    if all(shifts):
        found["shift differs"] = 1.0
    plain = [{w for w in side if w not in LEVELS and w not in SHIFTS} for side in (left, right)]
    size = sum(map(len, one | other)) or 1
    weights = [sum(map(len, side)) / size for side in plain]
    found["title words differ"] = float(all(any(len(word) > 3 for word in side) for side in plain))
    found["title left over"] = min(1.0, 2 * min(weights))
    found["title one-sided"] = min(1.0, max(weights) - min(weights) + (0.3 if any(shifts) and not all(shifts) else 0))
    found["title"] = 1 - max(weights) if common or not any(plain) else 0.0
    return found


@lru_cache(maxsize=100_000)
def _tells_units_apart(word: str) -> bool:
    """Whether a word is a number, a letter or a point of the compass (`avdelning 4A`, `hemtjänst norr`)."""
    return any(sign.isdigit() for sign in word) or len(word) == 1 or word in COMPASS


def _unmatched(left: set[str], right: set[str]) -> tuple[set[str], set[str]]:
    """Words that have no like on the other side: misspelled words and other forms of a word are alike."""
    if not left or not right:
        return left, right
    open_right = sorted(right)
    rest = set()
    for word in sorted(left):
        like = next((other for other in open_right if _alike(word, other)), None)
        if like is None:
            rest.add(word)
        else:
            open_right.remove(like)
    return rest, set(open_right)


@lru_cache(maxsize=200_000)
def _alike(word: str, other: str) -> bool:
    from rapidfuzz.distance.DamerauLevenshtein import distance

    if min(len(word), len(other)) < 4 or _tells_units_apart(word) or _tells_units_apart(other):
        return False
    allowed = 1 + (min(len(word), len(other)) - 2) // 4  # 1 of up to five letters, 2 of up to nine, 3 of up to thirteen
    return abs(len(word) - len(other)) <= allowed and distance(word, other, score_cutoff=allowed) <= allowed


def _figures(a: Profile, b: Profile, found: dict[str, float], *, repost: bool) -> None:
    if a.ends and b.ends and not repost:
        days = abs((a.ends - b.ends).days)
        found["deadline" if days == 0 else "deadline differs"] = 0.4 if days == 1 else 1.0
    if a.salary and b.salary:
        found["salary" if set(a.salary) & set(b.salary) else "salary differs"] = 1.0
    if a.posted and b.posted and not repost:
        found["far apart"] = min(1.0, max(0.0, (abs((a.posted - b.posted).days) - 10) / 30))


def _text(a: Profile, b: Profile, found: dict[str, float]) -> None:
    small, large = sorted((a.windows, b.windows), key=len)
    if len(small) < 8:
        return
    places = large.searchsorted(small)
    places[places == len(large)] = 0
    alike = float((large[places] == small).mean())
    found["text"] = alike
    found["text differs"] = max(0.0, 1 - alike / 0.5)


def _reason(found: Mapping[str, float]) -> str:
    """The features in words, what weighs most first."""
    named = []
    if "address" in found:
        named.append("same address")
    elif "job id" in found:
        named.append("same number in the job system")
    elif "form" in found:
        named.append("same form to apply on")
    if "reference" in found:
        named.append("same reference number")
    same = [
        name
        for name, feature in (("employer", "employer"), ("title", "title"), ("place", "place"))
        if found.get(feature, 0) >= 0.8
    ]
    if same:
        named.append("same " + (", ".join(same[:-1]) + " and " + same[-1] if len(same) > 1 else same[0]))
    if "text" in found:
        named.append(f"text {found['text']:.0%} alike")
    against = [name for name in found if name.endswith("differs") and name != "text differs"]
    if against:
        named.append("but " + ", ".join(against))
    return ("repost: " if "repost" in found else "") + "; ".join(named)
