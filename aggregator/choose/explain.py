"""Who else was considered for a slot, and in words what said no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from heapq import nsmallest

from aggregator.choose.desk import Candidate
from aggregator.choose.pick import Picker, Rank
from aggregator.model import Content, ContentKind, Refusal, Slot

SHOWN_REFUSALS = 6
"""How many refused contents an item names one by one; the others are counted per rule."""

_PER_RULE = 2

_BEFORE = (
    "a pinned vacancy comes first",
    "the share of posts that need no degree comes first",
    "{name} is not behind its pace, the chosen one's partner is",
    "the chosen one's partner is further behind its pace than {name}",
    "a municipality that was not seen lately comes first",
    "the chosen one's partner is nearer to its next post than {name}",
    "{name} was shown more lately than the chosen one's partner",
    "of equals the least shown comes first, then one that closes soon, a fresh one, the newest",
)
"""Why one rank stands before another, by the place in which they first differ."""


@dataclass(slots=True)
class Tally:
    """Refusals as they are met: a few of each rule by name, the rest as numbers."""

    named: dict[str, list[Refusal]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, vacancy: str, rule: str, reason: Callable[[], str]) -> None:
        """Count a vacancy's refusal; its words are made only when it is named."""
        self.counts[rule] += 1
        named = self.named.setdefault(rule, [])
        if len(named) < _PER_RULE:
            named.append(Refusal(content=f"vacancy:{vacancy}", rule=rule, reason=reason()))

    def take(self, refusal: Refusal) -> None:
        """Count a refusal that is already worded."""
        self.counts[refusal.rule] += 1
        named = self.named.setdefault(refusal.rule, [])
        if len(named) < _PER_RULE:
            named.append(refusal)

    def closed(self) -> tuple[Refusal, ...]:
        """The named ones, nearest rules first, then one line a rule with how many more it refused."""
        named = [refusal for some in self.named.values() for refusal in some][:SHOWN_REFUSALS]
        shown = Counter(refusal.rule for refusal in named)
        more = [
            Refusal(content="", rule=rule, reason=f"{count - shown[rule]} more for the same reason")
            for rule, count in self.counts.items()
            if count > shown[rule]
        ]
        return (*named, *more)


class Explainer:
    """Explains slots as they stand on a picker's desk."""

    def __init__(self, picker: Picker) -> None:
        self.picker = picker

    def refusals(self, slot: Slot, chosen: Content | None, elsewhere: Mapping[str, datetime]) -> tuple[Refusal, ...]:
        """Who else was considered for a slot and what said no; `elsewhere` are the contents the plan has in other
        slots of the same channels, with their times.
        """
        tally = Tally()
        for kind in slot.content:
            if kind in {ContentKind.VACANCY, ContentKind.ROUND_UP}:
                self._vacancy_refusals(tally, slot, kind, chosen, elsewhere)
            elif kind is ContentKind.SPOTLIGHT:
                resting = self.picker.desk.resting(slot)
                for key in sorted(self.picker.desk.partners):
                    no = self.picker.spotlight_refusal(key, slot, resting)
                    if no is not None and (chosen is None or chosen.key != no.content):
                        tally.take(no)
            else:
                for refusal in self._story_refusals(slot, chosen):
                    tally.take(refusal)
        return tally.closed()

    def _vacancy_refusals(
        self, tally: Tally, slot: Slot, kind: ContentKind, chosen: Content | None, elsewhere: Mapping[str, datetime]
    ) -> None:
        taken = set(chosen.vacancies) if chosen else set()
        resting, at = self.picker.desk.resting(slot), slot.at.timestamp()
        near: dict[str, float | None] = {}
        fair = []
        for one in self.picker.pools[slot.campaign].candidates:
            if kind is ContentKind.VACANCY and one.partner not in near:
                near[one.partner] = self.picker.desk.partner_near(one.partner, slot.at)
            if one.id in taken:
                fair.append(one)
            elif one.id in elsewhere:
                tally.add(one.id, "planned", partial(self._planned, elsewhere[one.id]))
            elif one.last < at:
                tally.add(one.id, "deadline", self._deadline)
            elif one.id in resting:
                tally.add(one.id, "rest", partial(self.picker.rested, resting[one.id]))
            elif (when := near.get(one.partner)) is not None:
                tally.add(one.id, "partner-rest", partial(self.picker.near, one.partner, when))
            else:
                fair.append(one)
        self._outranked(tally, self.picker.ranks(slot, fair, kind), taken)
        for refusal in self.picker.pools[slot.campaign].refused:
            tally.take(refusal)

    def _outranked(self, tally: Tally, ranked: Sequence[tuple[Rank, Candidate]], taken: set[str]) -> None:
        """Those that might have stood there, with what put the chosen one (of a round-up, the last) before them."""
        best = max((rank for rank, one in ranked if one.id in taken), default=None)
        if best is None:
            return
        others = [pair for pair in ranked if pair[1].id not in taken]
        for rank, one in nsmallest(_PER_RULE, others, key=lambda pair: pair[0]):
            tally.add(one.id, "outranked", partial(self._before, best, rank, one))
        tally.counts["outranked"] += max(0, len(others) - _PER_RULE)

    def _before(self, best: Rank, rank: Rank, one: Candidate) -> str:
        if rank < best:
            return "moved out so that a promise, the share that needs no degree or an unseen municipality is met"
        differs = next((place for place, pair in enumerate(zip(best, rank, strict=True)) if pair[0] != pair[1]), 7)
        return _BEFORE[differs].format(name=self.picker.desk.partners[one.partner].name)

    def _story_refusals(self, slot: Slot, chosen: Content | None) -> Iterator[Refusal]:
        resting = self.picker.desk.resting(slot)
        for story in self.picker.stories:
            key = f"story:{story.key}"
            if chosen is not None and chosen.key == key:
                continue
            if not (story.title.get(slot.language) and story.text.get(slot.language)):
                yield Refusal(content=key, rule="language", reason=f"it is not written in {slot.language!r}")
            elif key in resting:
                yield Refusal(content=key, rule="rest", reason=self.picker.rested(resting[key]))

    def _planned(self, at: datetime) -> str:
        return f"it is planned for {at.astimezone(self.picker.desk.zone):%Y-%m-%d %H:%M}"

    def _deadline(self) -> str:
        return f"it closes less than {self.picker.desk.rules.min_days_left} days after the slot"
