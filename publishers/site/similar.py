"""Which open vacancies resemble one: by occupation, place, level and employer. Pure.

Every vacancy is met only with those that share an occupation group, a municipality or a partner with it, and of a
crowded group only with the newest, so the work grows with the number of vacancies and not with its square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from aggregator.model import Vacancy

_CROWD = 40
"""How many of one group are looked at."""


class Similar:
    """An index over the open vacancies; `to` asks it."""

    def __init__(self, opened: Sequence[Vacancy]) -> None:
        self._groups: dict[str, list[Vacancy]] = defaultdict(list)
        for vacancy in sorted(opened, key=lambda each: (each.opened_at, each.id), reverse=True):
            for group, _ in _features(vacancy):
                if len(self._groups[group]) < _CROWD:
                    self._groups[group].append(vacancy)

    def to(self, vacancy: Vacancy, count: int = 3) -> tuple[Vacancy, ...]:
        """The most similar others, at most `count`; the newer first among equals."""
        weight: dict[str, int] = defaultdict(int)
        met: dict[str, Vacancy] = {}
        for group, worth in _features(vacancy):
            for other in self._groups.get(group, ()):
                if other.id != vacancy.id:
                    weight[other.id] += worth
                    met[other.id] = other
        ranked = sorted(met, key=lambda key: (weight[key], met[key].opened_at, key), reverse=True)
        return tuple(met[key] for key in ranked[:count])


def _features(vacancy: Vacancy) -> list[tuple[str, int]]:
    """Groups a vacancy belongs to, with what sharing each is worth."""
    ssyk = vacancy.codes("ssyk")
    groups = {f"ssyk{len(code[:n])}:{code[:n]}": worth for code in ssyk for n, worth in ((4, 6), (3, 3), (2, 2))}
    groups |= {f"place:{code}": 3 for code in vacancy.codes("municipality")}
    groups |= {f"level:{code}": 1 for code in vacancy.codes("skill_level")}
    groups[f"partner:{vacancy.partner}"] = 1
    return list(groups.items())
