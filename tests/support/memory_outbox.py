"""An outbox store in memory and a channel that does as it is told, for tests of the state machine alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aggregator.model import Content, ContentKind, Delivery, Message, Post, PostState, Receipt
from publishers.base import Abilities, Budget, Channel, ChannelOptions, Cost, Limits

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class MemoryOutbox:
    """The `OutboxStore` protocol over a dict; `history` is every move that took place."""

    def __init__(self, posts: Sequence[Post] = ()) -> None:
        self.posts = {post.key: post for post in posts}
        self.history: list[tuple[str, PostState, PostState]] = []
        self.deliveries: list[Delivery] = []

    def due(self, now: datetime) -> Sequence[Post]:
        return [post for post in self.in_state(PostState.PLANNED) if post.not_before <= now]

    def in_state(self, *states: PostState) -> Sequence[Post]:
        found = [post for post in self.posts.values() if post.state in states]
        return sorted(found, key=lambda post: (post.not_before, post.key))

    def posts_of_vacancy(self, vacancy: str) -> Sequence[Post]:
        return [post for post in self.posts.values() if vacancy in post.content.vacancies]

    def sent_since(self, channel: str, at: datetime) -> Sequence[Post]:
        return [p for p in self.posts.values() if p.channel == channel and p.receipt is not None and p.receipt.at >= at]

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
        post = self.posts[key]
        if post.state is not was:
            return None
        changes: dict[str, Any] = {
            "message": message,
            "receipt": receipt,
            "not_before": not_before,
            "close_reason": close_reason,
        }
        changes = {name: value for name, value in changes.items() if value is not None}
        attempts = post.attempts + (to is PostState.SENDING)
        self.posts[key] = replace(post, state=to, error=error, attempts=attempts, **changes)
        self.history.append((key, was, to))
        if delivery is not None:
            self.deliveries.append(delivery)
        return self.posts[key]


class Obedient(Channel):
    """Calls `on_send`, `on_look_up` and `on_close`; keeps what it published in `published`."""

    kind = "obedient"
    title = "A channel that does as it is told"
    abilities = Abilities(look_up=True, delete=True)

    def __init__(self, name: str = "loud", **abilities: Any) -> None:
        super().__init__(name, ChannelOptions())
        self.abilities = replace(type(self).abilities, **abilities)  # type: ignore[misc] # a test's channel may vary
        self.published: list[str] = []
        self.closed: list[str] = []
        self.on_send: Callable[[Post], None] = lambda _post: None
        self.on_look_up: Callable[[Post], Receipt | None] = lambda _post: None
        self.on_close: Callable[[Post, Message], None] = lambda _post, _words: None
        self.absent: tuple[str, ...] = ()
        self.bound: Budget | None = None
        self.prices = Cost()

    @property
    def limits(self) -> Limits:
        return Limits(count="characters", text=200)

    def missing(self) -> tuple[str, ...]:
        return self.absent

    def budget(self) -> Budget | None:
        return self.bound

    def price(self, message: Message) -> float:
        return self.prices.post_with_link if message.link else self.prices.post

    def send(self, post: Post, *, now: datetime) -> Receipt:
        self.on_send(post)
        self.published.append(post.key)
        return receipt(post.key, now)

    def look_up(self, post: Post) -> Receipt | None:
        return self.on_look_up(post)

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:
        self.on_close(post, closure)
        self.closed.append(post.key)


def receipt(key: str, at: datetime = NOON, **data: str) -> Receipt:
    return Receipt(remote_id=f"remote-{key}", url=f"https://loud.example/{key}", at=at, data=data)


def a_post(key: str = "slot-1", **changes: Any) -> Post:
    """A planned post of one vacancy (`AB12CD`) for the channel `loud`, due at noon."""
    channel = changes.pop("channel", "loud")
    link = "https://jobb.example/jobb/AB12CD/"
    post = Post(
        key=f"{key}/{channel}",
        slot=key,
        channel=channel,
        content=Content(kind=ContentKind.VACANCY, key="vacancy:AB12CD", vacancies=("AB12CD",)),
        language="sv",
        message=Message(text=f"Svetsare\n{link}", language="sv", link=link, marker="jobb.example/jobb/AB12CD/"),
        state=PostState.PLANNED,
        seed=f"seed-of-{key}/{channel}",
        created_at=NOON,
        not_before=NOON,
        due_at=NOON,
    )
    return replace(post, **changes)
