"""Postings to vacancies: candidates by key, comparisons, clusters, and who keeps which vacancy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import combinations

from aggregator.dedupe.cluster import Pair, clusters, pair
from aggregator.dedupe.compare import APART, THRESHOLD, Comparison, akin, compare
from aggregator.dedupe.index import Index
from aggregator.dedupe.profile import Profile, profile, profile_keys
from aggregator.model import JobPosting, Link, ListingKind, PostingKey, Ruling

COMMON = 50
"""A key that more postings have than this tells nothing (boilerplate, a big employer in one town)."""

CANDIDATES = 16
"""How many candidates a posting is compared with at most: those that share the rarest keys."""

SHARED = 0.1
"""The least that shared keys must be worth for a comparison."""

ROUNDS = 4
"""How far neighbours of neighbours are followed, so that a posting met late gives what it would have given early."""

ONE_JOB = ("merge", "renamed")
"""Rulings that make two postings one job whatever their texts say."""

KEY_WEIGHT = {"u": 8.0, "i": 8.0, "r": 4.0, "e": 4.0, "p": 2.0, "w": 0.5, "h": 1.0}
"""What sharing a key of a kind is worth, divided by how many postings have it."""


def link(postings: Sequence[JobPosting], index: Index, rulings: Sequence[Ruling] = ()) -> tuple[Link, ...]:
    """Where each posting belongs, and every known posting whose place changes with it, in order of their keys.

    The vacancies touched are made anew from their postings, so that the same postings in any order give the same
    vacancies; a vacancy's id stays with most of its postings. Open applications and drafts are left out. A `merge`
    joins and a `split` keeps apart whatever the texts say; of two that contradict each other `split` wins. `renamed`
    joins as `merge` does.
    """
    desk = _Desk(index, rulings)
    wanted = {one.key: one for one in postings if one.listing is ListingKind.VACANCY}
    desk.take(wanted)
    desk.gather()
    desk.hold(frozenset(wanted))
    groups = clusters(
        desk.touched,
        desk.edges,
        score=desk.score,
        threshold=THRESHOLD,
        together=desk.rulings(*ONE_JOB),
        apart=frozenset(desk.rulings("split")),
        never=desk.never,
    )
    return desk.links(groups, frozenset(wanted))


class _Desk:
    """One linking: profiles and comparisons at hand, each made once."""

    def __init__(self, index: Index, rulings: Sequence[Ruling]) -> None:
        self.index = index
        self.said = {(ruling.kind, *pair(ruling.a, ruling.b)) for ruling in rulings}
        self.profiles: dict[PostingKey, Profile] = {}
        self.keys: dict[PostingKey, tuple[str, ...]] = {}
        self.met: dict[str, set[PostingKey]] = defaultdict(set)
        self.edges: dict[Pair, float] = {}
        self.compared: dict[Pair, Comparison] = {}
        self.touched: set[PostingKey] = set()
        self.held: set[Pair] = set()

    def take(self, postings: Mapping[PostingKey, JobPosting]) -> None:
        """Make postings ready for comparing."""
        for key in sorted(postings):
            if postings[key].listing is not ListingKind.VACANCY:
                continue
            self.profiles[key] = profile(postings[key])
            self.keys[key] = profile_keys(self.profiles[key])
            for one in self.keys[key]:
                self.met[one].add(key)

    def rulings(self, *kinds: str) -> list[Pair]:
        return sorted((a, b) for said, a, b in self.said if said in kinds)

    def _one_job(self, a: PostingKey, b: PostingKey) -> bool:
        return any((kind, *pair(a, b)) in self.said for kind in ONE_JOB)

    def gather(self) -> None:
        """Compare with what is like, and take in the known postings that this touches, until nothing new comes."""
        fresh = sorted(self.profiles)
        for _ in range(ROUNDS):
            self.touched |= set(fresh)
            near = self._candidates(fresh)
            near |= {(a, b) for _, a, b in self.said if a in self.touched or b in self.touched}
            self._load({key for one in near for key in one})
            for a, b in sorted(near):
                if a in self.profiles and b in self.profiles and self.compare(a, b).score >= THRESHOLD:
                    self.edges[a, b] = self.compared[a, b].score
            fresh = self._reached(near)
            if not fresh:
                break
        self.touched |= set(fresh)
        self.edges = {(a, b): score for (a, b), score in self.edges.items() if a in self.touched and b in self.touched}

    def _load(self, keys: Collection[PostingKey]) -> None:
        self.take(self.index.postings(sorted(key for key in keys if key not in self.profiles)))

    def _reached(self, near: Collection[Pair]) -> list[PostingKey]:
        """Known postings that are now tied to those looked at by an edge, a ruling or a vacancy, and were not yet; a
        vacancy is touched as a whole or not at all.
        """
        tied = {key for one in near if one in self.edges or self._ruled(*one) for key in one} | self.touched
        homes = self.index.vacancy_of(sorted(tied))
        whole = self.index.members(sorted(set(homes.values())))
        tied |= {key for some in whole.values() for key in some}
        self._load(tied)
        return sorted(tied & self.profiles.keys() - self.touched)

    def _ruled(self, a: PostingKey, b: PostingKey) -> bool:
        return any((kind, *pair(a, b)) in self.said for kind in (*ONE_JOB, "split"))

    def _candidates(self, fresh: Sequence[PostingKey]) -> set[Pair]:
        """For each posting those that share its rarest keys."""
        asked = sorted({one for key in fresh for one in self.keys[key]})
        stored = self.index.frequency(asked, COMMON + 1)
        usable = [one for one in asked if len(self.met[one]) + stored.get(one, 0) > 1 and stored.get(one, 0) <= COMMON]
        known = self.index.lookup([one for one in usable if one in stored], COMMON)
        holders = {one: self.met[one].union(known.get(one, ())) for one in usable}
        found: set[Pair] = set()
        for key in fresh:
            weight: Counter[PostingKey] = Counter()
            for one in self.keys[key]:
                others = holders.get(one, ())
                if 1 < len(others) <= COMMON:
                    share = KEY_WEIGHT[one[0]] / len(others)
                    for other in others:
                        weight[other] += share  # type: ignore[assignment] # a Counter takes fractions
            weight.pop(key, None)
            best = nsmallest(CANDIDATES, ((-share, other) for other, share in weight.items() if share >= SHARED))
            found.update(pair(key, other) for _, other in best)
        return found

    def hold(self, edited: Collection[PostingKey]) -> None:
        """Find the pairs of one vacancy that an edit took apart and that stay together for being akin: a public id must
        not change, nor a job be posted anew, because a copy was not edited with its original.
        """
        homes: dict[str, list[PostingKey]] = defaultdict(list)
        for key, home in self.index.vacancy_of(sorted(self.touched)).items():
            homes[home].append(key)
        for some in homes.values():
            for a, b in combinations(sorted(some), 2):
                if a.source != b.source and a in self.profiles and b in self.profiles:
                    seen = self.compare(a, b)
                    torn = not APART.isdisjoint(seen.features) or (not seen.same and (a in edited or b in edited))
                    if torn and akin(self.profiles[a], self.profiles[b]):
                        self.held.add((a, b))
                        self.edges[a, b] = 1.0

    def compare(self, a: PostingKey, b: PostingKey) -> Comparison:
        both = pair(a, b)
        found = self.compared.get(both)
        if found is None:
            found = self.compared[both] = compare(self.profiles[both[0]], self.profiles[both[1]])
        return found

    def score(self, a: PostingKey, b: PostingKey) -> float:
        if self._one_job(a, b) or pair(a, b) in self.held:
            return 1.0
        return self.compare(a, b).score

    def never(self, a: PostingKey, b: PostingKey) -> bool:
        """Whether two postings can never be one vacancy, unless somebody said that they are."""
        return not self._one_job(a, b) and pair(a, b) not in self.held and self.compare(a, b).apart

    # --- who keeps which vacancy ---

    def links(self, groups: Iterable[tuple[PostingKey, ...]], wanted: Collection[PostingKey]) -> tuple[Link, ...]:
        """The groups as links; known postings that stay where they are and were not asked about are left out."""
        groups = list(groups)
        before = self.index.vacancy_of(sorted(self.touched))
        kept = _heirs(groups, before)
        found: list[Link] = []
        for place, group in enumerate(groups):
            vacancy = kept.get(place, "")
            moved = (key for key in group if key in wanted or before.get(key, "") != vacancy)
            found.extend(self._link(key, group, vacancy) for key in moved)
        return tuple(sorted(found, key=lambda one: one.key))

    def _link(self, key: PostingKey, group: Sequence[PostingKey], vacancy: str) -> Link:
        others = [other for other in group if other != key]
        if not others:
            return Link(key=key, group=str(group[0]), vacancy=vacancy, reason="no other posting is like it")
        ruled = [other for other in others if self._one_job(key, other)]
        best = min(
            ruled or others,
            key=lambda other: (("merge", *pair(key, other)) not in self.said, -self.score(key, other), other),
        )
        if ("merge", *pair(key, best)) in self.said:
            reason = "merged by the operator"
        elif ruled:
            reason = "the same ad under a new identifier"
        else:
            reason = self.compare(key, best).reason
        return Link(
            key=key,
            group=str(group[0]),
            vacancy=vacancy,
            matched=best,
            score=round(self.score(key, best), 4),
            reason=f"{reason} (as {best})",
        )


def _heirs(groups: Sequence[tuple[PostingKey, ...]], before: Mapping[PostingKey, str]) -> dict[int, str]:
    """Which group keeps which vacancy's id: the one with most of its postings; of several ids in a group the one that
    has most there. Each id goes to one group and each group has at most one.
    """
    claims: Counter[tuple[int, str]] = Counter(
        (place, before[key]) for place, group in enumerate(groups) for key in group if key in before
    )
    kept: dict[int, str] = {}
    given: set[str] = set()
    for (place, vacancy), _ in sorted(claims.items(), key=lambda claim: (-claim[1], claim[0][1], claim[0][0])):
        if place not in kept and vacancy not in given:
            kept[place] = vacancy
            given.add(vacancy)
    return kept
