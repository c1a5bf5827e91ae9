"""A channel of a simulated region: a public wall that anybody can read, behind a service that misbehaves."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.errors import ChannelDown, SendLater, SendRefused, SendUnknown
from aggregator.model import Message, Post, Receipt
from publishers.base import Abilities, Channel, ChannelOptions, Limits


@dataclass(slots=True, eq=False)
class Pinned:
    """One post on the wall as people see it."""

    id: str
    key: str
    seed: str
    text: str
    at: datetime
    post: Post
    down_at: datetime | None = None


class Wall(Channel):
    """`trouble` names how the service behaves now; `on_send` is told of everything that is put up."""

    kind = "sim"
    title = "Simulated wall"
    abilities = Abilities(look_up=True, delete=True)
    refused: int = 0

    def __init__(self, name: str, rng: random.Random, abilities: Abilities) -> None:
        super().__init__(name, ChannelOptions())
        self.abilities = abilities  # type: ignore[misc] # each wall its own
        self.rng = rng
        self.pinned: list[Pinned] = []
        self.trouble = ""
        self.sound_since: datetime | None = None
        self.until: datetime | None = None
        self.on_send: Callable[[Pinned], None] = lambda _pinned: None
        self.clock: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC)

    @property
    def limits(self) -> Limits:
        return Limits(count="characters", text=500)

    def _put_up(self, post: Post) -> Pinned:
        if self.abilities.idempotent:
            for one in self.pinned:
                if one.seed == post.seed:
                    return one
        made = Pinned(f"{self.name}-{len(self.pinned)}", post.key, post.seed, post.message.text, self.clock(), post)
        self.pinned.append(made)
        self.on_send(made)
        return made

    def send(self, post: Post, *, now: datetime) -> Receipt:
        dice = self.rng.random()
        if self.trouble == "down":
            raise ChannelDown("the service does not take our credentials")
        if self.trouble == "away":
            raise SendLater("503")
        if self.trouble == "rate" and dice < 0.5:
            raise SendLater("429", after=self.rng.choice([60.0, 3600.0, 8000.0]))
        if self.trouble == "refusing" and dice < 0.3:
            raise SendRefused("the media could not be read")
        if self.trouble == "lossy" and dice < 0.3:
            raise SendUnknown("timed out before it was taken")
        made = self._put_up(post)
        if self.trouble == "lossy" and dice < 0.7:
            raise SendUnknown("timed out after it was taken")
        if self.trouble == "broken" and dice < 0.5:
            raise RuntimeError("a bug in the client library")
        return Receipt(remote_id=made.id, url=f"https://{self.name}.example/{made.id}", at=made.at)

    def look_up(self, post: Post) -> Receipt | None:
        if self.trouble in {"down", "away"}:
            raise SendUnknown("the service does not answer")
        if self.trouble == "lossy" and self.rng.random() < 0.3:
            raise SendUnknown("the service does not answer")
        found = next((one for one in self.pinned if one.key == post.key and one.text == post.message.text), None)
        if found is None:
            return None
        return Receipt(remote_id=found.id, url=f"https://{self.name}.example/{found.id}", at=found.at)

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:
        if self.trouble == "down":
            raise ChannelDown("the service does not take our credentials")
        if self.trouble in {"away", "rate"} and self.rng.random() < 0.8:
            raise SendLater("503")
        if self.trouble == "lossy" and self.rng.random() < 0.3:
            raise SendUnknown("timed out before it was done")
        wanted = post.receipt.remote_id if post.receipt else ""
        for one in self.pinned:
            if (one.id == wanted or (not wanted and one.key == post.key)) and one.down_at is None:
                one.down_at = self.clock()
        if self.trouble == "lossy" and self.rng.random() < 0.3:
            raise SendUnknown("timed out after it was done")

    def advance(self, now: datetime, days: float, *, faults: bool) -> None:
        """Now and then the service misbehaves for some hours."""
        if self.trouble and self.until is not None and now >= self.until:
            self.trouble, self.sound_since = "", now
        if not self.trouble and faults and self.rng.random() < 0.12 * days:
            self.trouble = self.rng.choice(["down", "away", "rate", "refusing", "lossy", "lossy", "broken"])
            self.until = now + timedelta(hours=self.rng.choice([2, 6, 12, 26]))
