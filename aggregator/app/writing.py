"""From a planned slot to a post's words and pictures, the same for preview and publishing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.app.drafts import Desk
from aggregator.app.planning import by_id
from aggregator.errors import JobbfyrError, SendError
from aggregator.model import Content, Image, Message, PlanItem, Post, PostState, Problem

if TYPE_CHECKING:
    from aggregator.app.house import House
    from publishers.base import Channel
    from publishers.cards import CardFolder
    from publishers.compose import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Puts contents into words and pictures for channels, as they are to be read at `desk.now`."""

    desk: Desk
    templates: Templates
    cards: CardFolder

    @classmethod
    def of(cls, house: House, now: datetime) -> Writer:
        """The writer of a house for posts that go out at `now`."""
        from publishers.cards import CardFolder
        from publishers.compose import Templates

        return cls(
            desk=Desk(settings=house.settings, vacancies=by_id(house.store.vacancies.open()), now=now),
            templates=Templates(house.settings.templates),
            cards=CardFolder(house.settings.output / "cards"),
        )

    def message(self, content: Content, language: str, channel: Channel) -> Message:
        """The message for one channel. Raises `JobbfyrError` when it cannot be made."""
        from publishers.compose import compose_for

        draft = self.desk.draft(content, language, self.images(content, language))
        return compose_for(channel, draft, self.templates)

    def images(self, content: Content, language: str) -> tuple[Image, ...]:
        """The share card in all its sizes, drawn unless it was drawn before."""
        from publishers.cards import CardSize

        card = self.desk.card(content, language)
        return tuple(self.cards.get(card, size) for size in CardSize)


def post_key(item: PlanItem, channel: str) -> str:
    """The key of a slot's post to a channel: the same for ever, which is why it goes out once."""
    return f"{item.slot.key}/{channel}"


def write_posts(
    writer: Writer, items: Iterable[PlanItem], channels: Mapping[str, Channel], now: datetime
) -> Iterator[tuple[PlanItem, Post | Problem]]:
    """The items' posts to those of their channels that are given, or why there is none.

    What one post or one channel does wrong stops no other: a channel that cannot be asked for its limits is left out
    for the rest, said once. Nothing is raised.
    """
    silent: set[str] = set()
    for item in items:
        for name in item.slot.channels:
            if name in channels and name not in silent:
                made = _write(writer, item, channels[name], now)
                if isinstance(made, Problem) and made.where == name:
                    silent.add(name)
                yield item, made


def _write(writer: Writer, item: PlanItem, channel: Channel, now: datetime) -> Post | Problem:
    assert item.content is not None
    key = post_key(item, channel.name)
    try:
        message = writer.message(item.content, item.slot.language, channel)
    except SendError as error:
        return Problem(level="error", code="channel-down", where=channel.name, message=channel.redact(str(error)))
    except Exception as error:  # noqa: BLE001 - whatever one post does wrong, the others go on
        ours = isinstance(error, JobbfyrError)
        why = channel.redact(str(error) if ours else f"{type(error).__name__}: {error}")
        return Problem(level="error", code="cannot-compose", where=key, message=why)
    return Post(
        key=key,
        slot=item.slot.key,
        channel=channel.name,
        content=item.content,
        language=item.slot.language,
        message=message,
        state=PostState.PLANNED,
        seed=hashlib.sha256(f"{key} {item.content.key}".encode()).hexdigest()[:32],
        created_at=now,
        due_at=item.slot.at,
        not_before=now,
    )
