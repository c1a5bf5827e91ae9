"""What greed leaves undone: moves between slots so that promises, the no-degree share and unseen places are met.

Each step takes a slot only from somebody who can spare it, and is undone when a rule turns out to forbid it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from aggregator.choose.desk import Candidate, Desk
from aggregator.choose.pick import Picker, single, spotlight
from aggregator.choose.rules import facts
from aggregator.model import Content, ContentKind, Promise, Slot

_TRIES = 8
"""How many ways are tried for one missing post before it is reported as a shortfall."""


_FILL_TRIES = 300
"""Moves tried to fill empty slots: plenty where vacancies are few, and a bound where they are many."""


class Repair:
    """Mends a greedy plan on its desk. `slots` are those that planning may change."""

    def __init__(self, desk: Desk, picker: Picker, slots: Sequence[Slot], end: datetime) -> None:
        self.desk = desk
        self.picker = picker
        self.slots = tuple(slots)
        self.end = end

    def run(self) -> None:
        """Empty slots first; then promises, for they are paid for; then the no-degree share; then unseen places."""
        self._fill()
        self._promises()
        self._no_degree()
        self._places()

    # --- empty slots ---

    def _fill(self) -> None:
        """Fill an empty slot with a vacancy whose own slot something else can take over (an English ad moves from a
        Swedish slot to an English one).
        """
        tries = _FILL_TRIES
        for empty in self.slots:
            if empty.key in self.desk.planned or ContentKind.VACANCY not in empty.content:
                continue
            wanted = {one.id for one in self.picker.pools[empty.campaign].candidates}
            for other in self._vacancy_slots():
                if wanted.isdisjoint(self.desk.planned[other.key][1].vacancies):
                    continue
                tries -= 1
                if tries < 0 or self._move(other, empty):
                    break

    def _move(self, other: Slot, empty: Slot) -> bool:
        """Move a vacancy to an empty slot if its own slot can be filled anew; otherwise all stays as it was."""
        content = self.desk.take(other)
        (key,) = content.vacancies
        one = next((one for one in self.picker.options(empty, partner=content.partners[0]) if one.id == key), None)
        if one is not None:
            self.desk.put(empty, content)
            anew = self.picker.best(other)
            if anew is not None:
                self.desk.put(other, anew)
                return True
            self.desk.take(empty)
        self.desk.put(other, content)
        return False

    # --- promises ---

    def _owed(self) -> Iterator[tuple[float, str, Promise, datetime]]:
        """Promises short at the end of a period or of the plan: (share delivered, partner, promise, until)."""
        for (partner, kind), promises in sorted(self.desk.promises.items(), key=lambda pair: pair[0]):
            for promise in promises:
                for until in self._ends(partner, promise):
                    lack = self._lack(partner, promise, until)
                    if lack > 0:
                        period = self.desk.stretch(partner, promise, until)
                        assert period is not None
                        yield self.desk.got(partner, kind, period) / period.promised, partner, promise, until

    def _ends(self, partner: str, promise: Promise) -> list[datetime]:
        """A moment in each period that the plan touches: the last slot in it."""
        last: dict[datetime, datetime] = {}
        for slot in self.slots:
            period = self.desk.stretch(partner, promise, slot.at)
            if period is not None:
                last[period.starts] = slot.at
        return list(last.values())

    def _lack(self, partner: str, promise: Promise, at: datetime) -> int:
        """Posts missing in the period of `at`: all of the promise when it ends within the plan, else what an even pace
        rounds to at the plan's end.
        """
        period = self.desk.stretch(partner, promise, at)
        if period is None:
            return 0
        target = period.promised if period.ends <= self.end else int(period.due(self.end) + 0.5)
        return target - self.desk.got(partner, promise.content, period)

    def _promises(self) -> None:
        """Give to whom most is owed until nothing more can be given. What does not lessen the whole lack is not tried
        again, so this ends whatever the moves do to each other.
        """
        hopeless: set[tuple[str, Promise, datetime]] = set()
        while True:
            everything = list(self._owed())
            owed = [one for one in everything if one[1:] not in hopeless]
            if not owed:
                return
            lack = self._whole_lack(everything)
            _, partner, promise, until = min(owed, key=lambda one: (one[0], one[1], one[2].content, one[3]))
            can = promise.content not in {ContentKind.STORY, ContentKind.ROUND_UP}
            if not can or not self._give(partner, promise, until) or self._whole_lack(list(self._owed())) >= lack:
                hopeless.add((partner, promise, until))

    def _whole_lack(self, owed: Sequence[tuple[float, str, Promise, datetime]]) -> int:
        return sum(self._lack(partner, promise, until) for _, partner, promise, until in owed)

    def _give(self, partner: str, promise: Promise, until: datetime) -> bool:
        """Find a slot for one more post of a partner along a shortest chain of moves: into a slot that is empty or can
        be spared, or into one whose partner can move on to such a slot.
        """
        banned: set[tuple[str, str]] = set()
        for _ in range(_TRIES):
            chain = self._chain(partner, promise, until, banned)
            if not chain:
                return False
            if self._carry_out(chain):
                return True
            banned.add((chain[0][0], chain[0][2].key))
        return False

    def _chain(
        self, partner: str, promise: Promise, until: datetime, banned: set[tuple[str, str]]
    ) -> list[tuple[str, ContentKind, Slot]]:
        period = self.desk.stretch(partner, promise, until)
        assert period is not None
        start: list[tuple[str, ContentKind, Slot]] = []
        queue = deque([(partner, promise.content, start)])
        seen: set[str] = set()
        while queue:
            who, kind, path = queue.popleft()
            for slot in self.slots:
                if slot.key in seen or kind not in slot.content or (who, slot.key) in banned:
                    continue
                if who == partner and not path and not period.holds(slot.at):
                    continue
                held = self.desk.planned.get(slot.key)
                if held is not None and who in held[1].partners:
                    continue
                if path and not self._may_move(who, kind, path[-1][2], slot):
                    continue
                if not self._fits(who, kind, slot):
                    continue
                step = [*path, (who, kind, slot)]
                seen.add(slot.key)
                if held is None or self._spare(slot):
                    return step
                if held[1].kind in {ContentKind.VACANCY, ContentKind.SPOTLIGHT} and len(step) < 4:
                    queue.append((held[1].partners[0], held[1].kind, step))
        return []

    def _may_move(self, partner: str, kind: ContentKind, old: Slot, new: Slot) -> bool:
        """Whether moving a partner's content from a slot to another leaves no promise of it short: it stays within the
        period, or the period has enough without it.
        """
        for promise in self.desk.promises.get((partner, kind), ()):
            was, then = (self.desk.stretch(partner, promise, slot.at) for slot in (old, new))
            same = was is not None and then is not None and was.starts == then.starts
            if was is not None and not same and self._lack(partner, promise, old.at) >= 0:
                return False
        return True

    def _fits(self, partner: str, kind: ContentKind, slot: Slot) -> bool:
        """Whether a partner has something for a slot if the slot were empty."""
        content = self.desk.take(slot) if slot.key in self.desk.planned else None
        try:
            return self._content(partner, kind, slot) is not None
        finally:
            if content is not None:
                self.desk.put(slot, content)

    def _content(self, partner: str, kind: ContentKind, slot: Slot) -> Content | None:
        if kind is ContentKind.VACANCY:
            one = self.picker.vacancy(slot, partner=partner)
            return None if one is None else single(one)
        refused = self.picker.spotlight_refusal(partner, slot, self.desk.resting(slot))
        return spotlight(partner) if refused is None else None

    def _spare(self, slot: Slot) -> bool:
        """Whether a slot's content can be given up without anyone falling behind or a pin being overruled."""
        if self._pinned(slot):
            return False
        content = self.desk.take(slot)
        short = any(
            self._lack(partner, promise, slot.at) > 0
            for partner in content.partners
            for promise in self.desk.promises.get((partner, content.kind), ())
        )
        self.desk.put(slot, content)
        return not short

    def _pinned(self, slot: Slot) -> bool:
        return any(self.desk.vacancies[key].pinned for key in self.desk.planned[slot.key][1].vacancies)

    def _carry_out(self, chain: Sequence[tuple[str, ContentKind, Slot]]) -> bool:
        """Make all the moves of a chain, or none."""
        before = {slot.key: self.desk.planned.get(slot.key) for _, _, slot in chain}
        for _, _, slot in chain:
            if slot.key in self.desk.planned:
                self.desk.take(slot)
        for who, kind, slot in chain:
            content = self._content(who, kind, slot)
            if content is None:
                self._undo(chain, before)
                return False
            self.desk.put(slot, content)
        return True

    def _undo(
        self,
        chain: Sequence[tuple[str, ContentKind, Slot]],
        before: dict[str, tuple[Slot, Content] | None],
    ) -> None:
        for _, _, slot in chain:
            if slot.key in self.desk.planned:
                self.desk.take(slot)
        for held in before.values():
            if held is not None:
                self.desk.put(*held)

    # --- shares and places ---

    def _no_degree(self) -> None:
        for slot in self._vacancy_slots():
            if not self.desk.quota_short(more=0):
                return
            if facts(self.desk.planned[slot.key][1], self.desk.vacancies)[1] is not True:
                self._exchange(slot, lambda one: one.no_degree)

    def _places(self) -> None:
        for code in self.desk.rules.municipalities:
            for slot in self._vacancy_slots():
                if self.desk.places[code] > 0:
                    break
                shown, _ = facts(self.desk.planned[slot.key][1], self.desk.vacancies)
                if not any(self.desk.places[other] == 1 for other in shown):
                    self._exchange(slot, partial(_lies_in, code))

    def _vacancy_slots(self) -> list[Slot]:
        planned = self.desk.planned
        return [s for s in self.slots if s.key in planned and planned[s.key][1].kind is ContentKind.VACANCY]

    def _exchange(self, slot: Slot, wanted: Callable[[Candidate], bool]) -> bool:
        """Put a wanted vacancy in a slot: one of the partner that has it, else anybody's when it can be spared. The
        share that needs no degree must not suffer.
        """
        if self._pinned(slot):
            return False
        partner = self.desk.planned[slot.key][1].partners[0]
        spare = self._spare(slot)
        before = self.desk.take(slot)
        options = [one for one in self.picker.options(slot) if wanted(one)]
        if self.desk.quota_short():
            options = [one for one in options if one.no_degree]
        mine = [one for one in options if one.partner == partner]
        ranked = self.picker.ranks(slot, mine or (options if spare else []), ContentKind.VACANCY)
        best = min(ranked, key=lambda pair: pair[0])[1] if ranked else None
        self.desk.put(slot, before if best is None else single(best))
        return best is not None


def _lies_in(code: str, one: Candidate) -> bool:
    return code in one.municipalities
