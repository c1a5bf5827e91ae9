"""One source's own counters and problems: the only thing its harvest is judged by."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregator.model import Problem
from spiders.fetching import FetchFailed
from spiders.manners import Manners

_EXAMPLES = 5
"""How many messages of one kind are kept beside the first; the rest is a number."""


@dataclass(slots=True)
class _Trouble:
    level: str
    message: str
    data: dict[str, Any]
    times: int = 1
    more: list[str] = field(default_factory=list)


class Tally:
    """Counts of one source in one session. Requests for its robots.txt, redirects and retries count as its own."""

    def __init__(self, source: str, manners: Manners) -> None:
        self.source = source
        self._manners = manners
        self._counts: Counter[str] = Counter()
        self._troubles: dict[str, _Trouble] = {}

    def ask(self, now: float, deadline: float, where: str) -> None:
        """Note a request about to leave. Raises `FetchFailed` when the source's time or requests are used up."""
        if now >= deadline:
            raise FetchFailed("time-ran-out", f"the source's time was over before {where}")
        if self._counts["requests"] >= self._manners.max_requests:
            raise FetchFailed("too-many-requests", f"{self._manners.max_requests} requests made, {where} was not asked")
        self._counts["requests"] += 1

    def answered(self, status: int, size: int) -> None:
        """Note an answer: its status, and its body's size in bytes as it was sent."""
        self._counts[f"status/{status}"] += 1
        self._counts["bytes"] += size

    def count(self, name: str, by: int = 1) -> None:
        """Add to a counter."""
        self._counts[name] += by

    def problem(self, level: str, code: str, message: str, data: Mapping[str, Any] | None = None) -> None:
        """Note a problem. The same code again is told by number and a few more examples, not by ever more problems."""
        trouble = self._troubles.get(code)
        if trouble is None:
            self._troubles[code] = _Trouble(level, message, dict(data or {}))
            return
        trouble.times += 1
        if level == "error":
            trouble.level = level
        if len(trouble.more) < _EXAMPLES and message != trouble.message:
            trouble.more.append(message)

    def crash(self, what: str, error: BaseException) -> None:
        """Note that a kind failed, with the line of code that did."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
        self.problem("error", "kind-crashed", f"{what}: " + f"{type(error).__name__}: {error}"[:300] + place)

    def so_far(self, name: str) -> int:
        """A counter's value."""
        return self._counts[name]

    @property
    def failed(self) -> bool:
        """Whether anything went wrong that keeps the harvest from being complete."""
        return any(trouble.level == "error" for trouble in self._troubles.values())

    @property
    def counts(self) -> dict[str, int]:
        """A copy of the counters."""
        return dict(self._counts)

    def problems(self) -> tuple[Problem, ...]:
        """What was noted, in the order of first meeting."""
        return tuple(
            Problem(
                level=trouble.level,
                code=code,
                where=self.source,
                message=trouble.message + (f" (and {trouble.times - 1} more like it)" if trouble.times > 1 else ""),
                data=trouble.data | ({"times": trouble.times, "more": list(trouble.more)} if trouble.times > 1 else {}),
            )
            for code, trouble in self._troubles.items()
        )
