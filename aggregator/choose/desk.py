"""The planner's desk: what was shown and is planned, and what may stand in which slot as things lie now.

Everything is asked at a slot's own time, never at the time of planning, so that planning again a minute later over the
same data gives the same answer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.choose.ledger import Entry, Stretch, entries, stretch, tiers_by_key
from aggregator.choose.rules import facts, last_slot, needs_no_degree
from aggregator.model import (
    Content,
    ContentKind,
    Delivery,
    Partner,
    PlanItem,
    Promise,
    Rules,
    Slot,
    Tier,
    Vacancy,
)

STORY_REST = timedelta(days=7)
"""How long a story rests on a channel, so that a region with few of them does not repeat one every day."""

ONE_PARTNER = frozenset({ContentKind.VACANCY, ContentKind.SPOTLIGHT})
"""Contents that `partner_rest_hours` is about. A round-up shares the post between partners and neither waits nor
makes others wait."""


Order = tuple[bool, int, bool, bool, float, str]
"""Not pinned, times shown, can wait, not fresh, age, id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A vacancy that no standing rule refuses, with what planning asks of it again and again.

    `municipalities` are the region's that it surely lies in; `last` is the last moment a slot may have; `order` is
    its place among its partner's vacancies, lowest first.
    """

    vacancy: Vacancy
    id: str
    partner: str
    municipalities: tuple[str, ...]
    no_degree: bool
    pinned: bool
    last: float
    order: Order


def candidate(vacancy: Vacancy, rules: Rules, shown: int, plan_end: datetime) -> Candidate:
    """A vacancy as a candidate; `shown` is how many slots it has had. One that this plan is the last to show comes
    before those that can wait.
    """
    end = last_slot(vacancy, rules)
    can_wait = end is None or end >= plan_end
    places = {code for code in vacancy.codes("municipality", sure=True) if code in rules.municipalities}
    return Candidate(
        vacancy=vacancy,
        id=vacancy.id,
        partner=vacancy.partner,
        municipalities=tuple(sorted(places)),
        no_degree=needs_no_degree(vacancy) is True,
        pinned=vacancy.pinned,
        last=float("inf") if end is None else end.timestamp(),
        order=(not vacancy.pinned, shown, can_wait, not vacancy.fresh, -vacancy.opened_at.timestamp(), vacancy.id),
    )


class Desk:
    """What was shown, what is fixed and what is planned. `put` and `take` change only what is planned."""

    def __init__(
        self,
        *,
        partners: Sequence[Partner],
        tiers: Sequence[Tier],
        vacancies: Mapping[str, Vacancy],
        deliveries: Sequence[Delivery],
        fixed: Sequence[PlanItem],
        rules: Rules,
        window_start: datetime,
    ) -> None:
        self.rules = rules
        self.zone = ZoneInfo(rules.time_zone)
        self.partners = {partner.key: partner for partner in partners}
        self.vacancies = vacancies
        self.window_start = window_start
        self.planned: dict[str, tuple[Slot, Content]] = {}
        known = tiers_by_key(partners, tiers)
        self.promises: dict[tuple[str, ContentKind], list[Promise]] = defaultdict(list)
        for partner in partners:
            for promise in known[partner.tier].promises:
                self.promises[partner.key, promise.content].append(promise)
        self._stretches: dict[tuple[str, Promise, int], Stretch | None] = {}
        self._rest = timedelta(days=rules.rest_days).total_seconds()
        self._shown: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self._partner_times: dict[str, list[float]] = defaultdict(list)
        self._counted: dict[tuple[str, ContentKind], list[float]] = defaultdict(list)
        self.places: Counter[str] = Counter()
        self.posts = self.no_degree = 0
        self._load(deliveries, fixed)

    def _load(self, deliveries: Sequence[Delivery], fixed: Sequence[PlanItem]) -> None:
        """Take in history and what may not change."""
        for one in deliveries:
            for subject in _subjects(one.content, one.vacancies):
                self._shown[one.channel].append((one.at.timestamp(), subject))
        used = set()
        for entry in entries(deliveries):
            used.add(entry.slot)
            self._count(entry, 1)
        for item in fixed:
            if item.content is not None:
                self._show(item.slot, item.content, 1)
                if item.slot.key not in used:
                    self._count(self._entry(item.slot, item.content), 1)
        for times in self._shown.values():
            times.sort()

    def put(self, slot: Slot, content: Content) -> None:
        """Plan a content for a slot that has none."""
        self.planned[slot.key] = (slot, content)
        self._show(slot, content, 1)
        self._count(self._entry(slot, content), 1)

    def take(self, slot: Slot) -> Content:
        """Take a slot's planned content away."""
        _, content = self.planned.pop(slot.key)
        self._show(slot, content, -1)
        self._count(self._entry(slot, content), -1)
        return content

    def _entry(self, slot: Slot, content: Content) -> Entry:
        places, no_degree = facts(content, self.vacancies)
        return Entry(
            slot=slot.key,
            kind=content.kind,
            partners=content.partners,
            vacancies=content.vacancies,
            municipalities=places,
            no_degree=no_degree,
            at=slot.at,
        )

    def _show(self, slot: Slot, content: Content, sign: int) -> None:
        at = slot.at.timestamp()
        for channel in slot.channels:
            for subject in _subjects(content.key, content.vacancies):
                if sign > 0:
                    insort(self._shown[channel], (at, subject))
                else:
                    self._shown[channel].remove((at, subject))

    def _count(self, entry: Entry, sign: int) -> None:
        at = entry.at.timestamp()
        for partner in entry.partners:
            counted = [self._counted[partner, entry.kind]]
            if entry.kind in ONE_PARTNER:
                counted.append(self._partner_times[partner])
            for times in counted:
                insort(times, at) if sign > 0 else times.remove(at)
        if entry.at >= self.window_start:
            self.places.update(dict.fromkeys(entry.municipalities, sign))
            if entry.kind is ContentKind.VACANCY:
                self.posts += sign
                self.no_degree += sign if entry.no_degree else 0

    def resting(self, slot: Slot) -> dict[str, float]:
        """Vacancies, spotlights and stories that may not stand in a slot because one of its channels shows them too
        close before or after; each with that time (a POSIX timestamp).
        """
        at = slot.at.timestamp()
        found: dict[str, float] = {}
        for channel in slot.channels:
            shown = self._shown.get(channel, [])
            for when, subject in shown[bisect_right(shown, (at - self._rest, "\uffff")) :]:
                if when >= at + self._rest:
                    break
                if not subject.startswith("story:") or abs(when - at) < STORY_REST.total_seconds():
                    found[subject] = when
        return found

    def last_shown(self, subject: str, channels: Iterable[str]) -> float:
        """When a subject was last shown or is planned on any of the channels; -inf when never."""
        return max(
            (when for channel in channels for when, what in self._shown.get(channel, []) if what == subject),
            default=float("-inf"),
        )

    def partner_near(self, partner: str, at: datetime) -> float | None:
        """The time of a post about one partner that is too close to `at`, if any."""
        times, when = self._partner_times.get(partner, []), at.timestamp()
        rest = self.rules.partner_rest_hours * 3600.0
        place = bisect_right(times, when - rest)
        return times[place] if rest > 0 and place < len(times) and times[place] < when + rest else None

    def partner_last(self, partner: str, at: datetime) -> float:
        """When a partner last had a post of its own before `at`; -inf when never."""
        times = self._partner_times.get(partner, [])
        place = bisect_left(times, at.timestamp())
        return times[place - 1] if place else float("-inf")

    def stretch(self, partner: str, promise: Promise, at: datetime) -> Stretch | None:
        """The period of a promise that holds an instant."""
        day = at.astimezone(self.zone).date()
        key = (partner, promise, day.toordinal())
        if key not in self._stretches:
            self._stretches[key] = stretch(self.partners[partner], promise, day, self.zone)
        return self._stretches[key]

    def got(self, partner: str, kind: ContentKind, period: Stretch) -> int:
        """Posts of a kind that a partner has had or has planned in a period."""
        times = self._counted.get((partner, kind), [])
        return bisect_left(times, period.ends.timestamp()) - bisect_left(times, period.starts.timestamp())

    def pace(self, partner: str, kind: ContentKind, at: datetime) -> float:
        """How much a partner is owed at a moment: due / (got + 1/2), the greatest over its promises of the kind.

        From 1 up the partner is behind: an even pace would round to one post more than it has. The quotient is
        Sainte-Laguë's (Webster's) divisor rule for dividing seats in proportion: taking the greatest each time keeps
        everybody within about half a post of its pace, and where there are too few slots it shares the lack in
        proportion to what was promised. -1 for a partner without such a promise.
        """
        found = -1.0
        for promise in self.promises.get((partner, kind), ()):
            period = self.stretch(partner, promise, at)
            if period is not None and period.promised:
                found = max(found, period.due(at) / (self.got(partner, kind, period) + 0.5))
        return found

    def left(self, partner: str, kind: ContentKind, at: datetime) -> int:
        """Posts still promised in the periods that hold `at`: the greatest over its promises of the kind."""
        found = 0
        for promise in self.promises.get((partner, kind), ()):
            period = self.stretch(partner, promise, at)
            if period is not None:
                found = max(found, period.promised - self.got(partner, kind, period))
        return found

    def quota_short(self, *, more: int = 1) -> bool:
        """Whether `more` further vacancy posts that do not surely need no degree would break the share wanted."""
        return self.no_degree < self.rules.no_degree_share * (self.posts + more) - 1e-9


def _subjects(key: str, vacancies: Iterable[str]) -> list[str]:
    """What rests after a content was shown: its vacancies, else the spotlight or story itself."""
    return list(vacancies) or [key]
