"""What the outbox stands on: the store it needs, how patient it is, and what it reports."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.model import Delivery, Message, Post, PostState, Problem, Receipt

COST = "cost_usd"
"""Key in `Receipt.data` of what the post cost, in US dollars."""


class OutboxStore(Protocol):
    """What the outbox needs of the store. Each call is one transaction, each move one row in the post's history."""

    def due(self, now: datetime) -> Sequence[Post]:
        """Posts in `planned` whose `not_before` has come, the longest waiting first."""

    def in_state(self, *states: PostState) -> Sequence[Post]:
        """All posts in any of the states, by `not_before` and key."""

    def posts_of_vacancy(self, vacancy: str) -> Sequence[Post]:
        """All posts that show the vacancy, in any state."""

    def sent_since(self, channel: str, at: datetime) -> Sequence[Post]:
        """Posts of the channel that have a receipt dated `at` or later, in any state."""

    def move(
        self,
        key: str,
        was: PostState,
        to: PostState,
        now: datetime,
        *,
        message: Message | None = None,
        receipt: Receipt | None = None,
        error: str = "",
        not_before: datetime | None = None,
        close_reason: str | None = None,
        delivery: Delivery | None = None,
    ) -> Post | None:
        """Compare and set: take the post from `was` to `to` and return it as it now stands; None when it is no longer
        in `was` (another process had it).

        `to` = `sending` adds one to `attempts`. `error` is always written ("" clears it); what is None stays as it
        was. `delivery` is written to the ledger in the same transaction.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How patient the outbox is.

    `fresh`: a post later than this is cancelled. `look_up_after`: how long after an unknown outcome the channel is
    asked, so that a request still under way has landed. `first_wait` doubles with every attempt up to `longest_wait`.
    `recheck`: when a post whose source did not answer is tried again. `strikes`: failures in a row after which the
    rest of a channel's posts wait for the next run. `by_hand`: when a look-up or a closing that was refused is tried
    again, for it needs a person first.
    """

    fresh: timedelta = timedelta(hours=12)
    look_up_after: timedelta = timedelta(seconds=60)
    first_wait: timedelta = timedelta(seconds=60)
    longest_wait: timedelta = timedelta(hours=1)
    recheck: timedelta = timedelta(minutes=30)
    by_hand: timedelta = timedelta(hours=6)
    strikes: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a post: where it stands now, and why in words ("" when it went as planned)."""

    key: str
    channel: str
    state: PostState
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxReport:
    """What a run of the outbox did, in order, and what an operator should know."""

    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many posts were taken to each state."""
        return Counter(step.state.value for step in self.steps)

    def __add__(self, other: OutboxReport) -> OutboxReport:
        return OutboxReport(steps=self.steps + other.steps, problems=self.problems + other.problems)


@dataclass(slots=True)
class Run:
    """One run's notes: what was done, which channels wait and why."""

    now: datetime
    steps: list[Step] = field(default_factory=list)
    problems: dict[tuple[str, str], Problem] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    strikes: Counter[str] = field(default_factory=Counter)

    def say(self, level: str, code: str, where: str, message: str, post: Post | None = None) -> None:
        """Note a problem; the same code at the same place is said once, with all its posts."""
        before = self.problems.get((code, where))
        posts = [*(before.data["posts"] if before else ()), *([post.key] if post else ())]
        said = before.message if before else message
        self.problems[code, where] = Problem(level=level, code=code, where=where, message=said, data={"posts": posts})

    def report(self) -> OutboxReport:
        return OutboxReport(steps=tuple(self.steps), problems=tuple(self.problems.values()))


def backoff(post: Post, patience: Patience, after: float | None) -> timedelta:
    """How long a post waits after being asked to come later: what the channel said, else exponentially longer with
    every attempt, up to a quarter of it added by the post's own seed so that posts do not return all at once.
    """
    if after is not None:
        return timedelta(seconds=max(after, 1.0))
    doubled = patience.first_wait * float(2 ** min(max(post.attempts - 1, 0), 16))
    digest = hashlib.sha256(f"{post.seed}/{post.attempts}".encode()).digest()
    return min(doubled, patience.longest_wait) * (1 + digest[0] / 1024)
