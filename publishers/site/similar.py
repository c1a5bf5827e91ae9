"""Which open vacancies resemble one: by occupation, place, level and employer. Pure.

Every vacancy is met only with those that share an occupation group, a municipality or a partner with it, and of a
crowded group only with the newest, so the work grows with the number of vacancies and not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from heapq import nsmallest

from aggregator.model import Vacancy

_CROWD = 40
"""How many of one group are looked at."""


class Similar:
    """An index over the open vacancies; `to` asks it."""

    def __init__(self, opened: Sequence[Vacancy]) -> None:
        self._newest = sorted(opened, key=lambda each: (each.opened_at, each.id), reverse=True)
        self._groups: dict[str, list[int]] = defaultdict(list)
        for place, vacancy in enumerate(self._newest):
            for group, _ in _features(vacancy):
                if len(self._groups[group]) < _CROWD:
                    self._groups[group].append(place)

    def to(self, vacancy: Vacancy, count: int = 3) -> tuple[Vacancy, ...]:
        """The most similar others, at most `count`; the newer first among equals."""
        weight: dict[int, int] = defaultdict(int)
        for group, worth in _features(vacancy):
            for place in self._groups.get(group, ()):
                weight[place] += worth
        ranked = nsmallest(count + 1, weight, key=lambda place: (-weight[place], place))
        return tuple(other for other in map(self._newest.__getitem__, ranked) if other.id != vacancy.id)[:count]


def _features(vacancy: Vacancy) -> list[tuple[str, int]]:
    """Groups a vacancy belongs to, with what sharing each is worth."""
    ssyk = vacancy.codes("ssyk")
    groups = {f"ssyk{len(code[:n])}:{code[:n]}": worth for code in ssyk for n, worth in ((4, 6), (3, 3), (2, 2))}
    groups |= {f"place:{code}": 3 for code in vacancy.codes("municipality")}
    groups |= {f"level:{code}": 1 for code in vacancy.codes("skill_level")}
    groups[f"partner:{vacancy.partner}"] = 1
    return list(groups.items())
