"""The outbox: every post with its state. Each move is one transaction that also writes the step down.

| from | to |
|---|---|
| planned | sending; cancelled; planned (later) |
| sending | sent; rejected; unknown; planned (the channel asked to wait) |
| unknown | sent, planned, sending (after a look-up); unknown (ask again later); rejected; cancelled |
| sent | closing |
| closing | closed; closing (try again later); sent (it shall stay after all) |
| rejected, closed, cancelled | - |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import StoreError
from aggregator.model import Delivery, Event, Message, Post, PostState, Receipt
from aggregator.store import linking, rows, tables
from aggregator.store.engine import Database, upsert

STEPS: Mapping[PostState, frozenset[PostState]] = {
    PostState.PLANNED: frozenset({PostState.SENDING, PostState.CANCELLED, PostState.PLANNED}),
    PostState.SENDING: frozenset({PostState.SENT, PostState.REJECTED, PostState.UNKNOWN, PostState.PLANNED}),
    PostState.UNKNOWN: frozenset(
        {
            PostState.SENT,
            PostState.PLANNED,
            PostState.SENDING,
            PostState.UNKNOWN,
            PostState.REJECTED,
            PostState.CANCELLED,
        }
    ),
    PostState.SENT: frozenset({PostState.CLOSING}),
    PostState.CLOSING: frozenset({PostState.CLOSED, PostState.CLOSING, PostState.SENT}),
    PostState.REJECTED: frozenset(),
    PostState.CLOSED: frozenset(),
    PostState.CANCELLED: frozenset(),
}
"""Which state may follow which. `move` refuses every other step."""


class OutboxRows:
    """`store.outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, posts: Sequence[Post]) -> tuple[str, ...]:
        """Put posts in, all or none; one whose key, or slot and channel, is there already is left as it is.

        Returns the keys that are new.
        """
        added: list[str] = []
        with self._database.write() as connection:
            for post in posts:
                insert = upsert(connection, tables.post).values(**rows.post_to(post))
                new = connection.execute(insert.on_conflict_do_nothing().returning(tables.post.c.key))
                if new.scalar() is None:
                    continue
                added.append(post.key)
                _note(connection, post.key, post.state, "", post.created_at)
                about = linking.resolve(connection, post.content.vacancies)
                links = [{"vacancy_id": id_, "post_key": post.key} for id_ in sorted(set(about.values()))]
                if links:
                    connection.execute(sa.insert(tables.post_vacancy), links)
        return tuple(added)

    def get(self, key: str) -> Post | None:
        """One post."""
        return next(iter(self._posts(tables.post.c.key == key)), None)

    def due(self, now: datetime) -> tuple[Post, ...]:
        """Planned posts whose time has come, the longest waiting first."""
        return self._posts((tables.post.c.state == PostState.PLANNED.value) & (tables.post.c.not_before <= now))

    def in_state(self, *states: PostState) -> tuple[Post, ...]:
        """Posts in any of the states, the longest waiting first."""
        return self._posts(tables.post.c.state.in_([state.value for state in states]))

    def counts(self) -> Mapping[tuple[str, PostState], int]:
        """How many posts each channel has in each state."""
        post = tables.post
        query = sa.select(post.c.channel, post.c.state, sa.func.count()).group_by(post.c.channel, post.c.state)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(post.c.channel, post.c.state))
            return {(channel, PostState(state)): number for channel, state, number in found}

    def since(self, at: datetime) -> tuple[Post, ...]:
        """Posts that were due at `at` or later, in whatever state."""
        post = tables.post
        return self._posts(sa.func.coalesce(post.c.due_at, post.c.created_at) >= at)

    def sent_since(self, channel: str, at: datetime) -> tuple[Post, ...]:
        """Posts of the channel that have a receipt dated `at` or later, in any state."""
        return self._posts((tables.post.c.channel == channel) & (tables.post.c.sent_at >= at))

    def posts_of_vacancy(self, id_: str) -> tuple[Post, ...]:
        """Every post that shows a vacancy, whatever its state, through merging."""
        of = tables.post_vacancy
        with self._database.read() as connection:
            known = linking.resolve(connection, [id_]).get(id_, id_)
        return self._posts(tables.post.c.key.in_(sa.select(of.c.post_key).where(of.c.vacancy_id == known)))

    def of_closed_vacancies(self) -> tuple[Post, ...]:
        """Posts still planned, sent, unknown or closing that show at least one vacancy that is closed."""
        of, vacancy = tables.post_vacancy, tables.vacancy
        showing = sa.select(of.c.post_key).join(vacancy, vacancy.c.id == of.c.vacancy_id).where(~vacancy.c.open)
        live = [PostState.PLANNED, PostState.UNKNOWN, PostState.SENT, PostState.CLOSING]
        return self._posts(tables.post.c.key.in_(showing) & tables.post.c.state.in_([state.value for state in live]))

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
        in `was`, so that of two processes that try, one succeeds.

        `to` = `sending` adds one to `attempts`. `error` is always written ("" clears it); what is None stays as it
        was. `delivery` goes to the ledger in the same transaction, once for its slot and channel. Raises
        `StoreError` for an unknown post or a step that `STEPS` does not have.
        """
        table = tables.post
        if to not in STEPS[was]:
            raise StoreError(f"the post {key!r} cannot go from {was} to {to}")
        values: dict[str, Any] = {"state": to.value, "error": error}
        if to is PostState.SENDING:
            values["attempts"] = table.c.attempts + 1
        if message is not None:
            values["message"] = rows.message_to(message)
        if receipt is not None:
            values["receipt"] = rows.receipt_to(receipt)
            values["sent_at"] = receipt.at
        if not_before is not None:
            values["not_before"] = not_before
        if close_reason is not None:
            values["close_reason"] = close_reason
        with self._database.write() as connection:
            moved = connection.execute(
                sa.update(table)
                .where(table.c.key == key, table.c.state == was.value)
                .values(**values)
                .returning(*table.c)
            ).one_or_none()
            if moved is None:
                if connection.execute(sa.select(table.c.key).where(table.c.key == key)).one_or_none() is None:
                    raise StoreError(f"there is no post {key!r} in the outbox")
                return None
            _note(connection, key, to, error or close_reason or "", now)
            if delivery is not None:
                insert = upsert(connection, tables.delivery).values(**rows.delivery_to(delivery))
                connection.execute(insert.on_conflict_do_nothing())
            return rows.post_from(moved)

    def events(self, key: str) -> tuple[Event, ...]:
        """Every step of a post, the first first; `kind` is the state it came to."""
        table = tables.post_event
        with self._database.read() as connection:
            found = connection.execute(sa.select(table).where(table.c.post_key == key).order_by(table.c.id))
            return tuple(Event(at=row.at, subject=f"post:{key}", kind=row.state, message=row.message) for row in found)

    def _posts(self, condition: sa.ColumnElement[bool]) -> tuple[Post, ...]:
        post = tables.post
        with self._database.read() as connection:
            found = connection.execute(sa.select(post).where(condition).order_by(post.c.not_before, post.c.key))
            return tuple(rows.post_from(row) for row in found)


def _note(connection: Connection, key: str, state: PostState, message: str, now: datetime) -> None:
    connection.execute(sa.insert(tables.post_event).values(post_key=key, at=now, state=state.value, message=message))
