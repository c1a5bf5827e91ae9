"""The outbox: every post with its state, each step one transaction that also writes the step down.

| from | to | by |
|---|---|---|
| - | planned | `add` |
| planned | sending | `claim`, by one process only |
| sending | sent, rejected, unknown, planned (try later) | `settle` |
| sending | unknown | `recover`, when the process that was sending is gone |
| unknown | sent, planned, rejected, cancelled | `settle`, after a look-up or by the operator |
| planned | cancelled | `settle` |
| sent | closing | `settle`, when its vacancy closed |
| closing | closed, closing (try later), sent (it shall stay after all) | `settle` |
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import StoreError
from aggregator.model import Delivery, Event, Post, PostState, Receipt
from aggregator.store import linking, rows, tables
from aggregator.store.engine import Database, upsert

STEPS: Mapping[PostState, frozenset[PostState]] = {
    PostState.PLANNED: frozenset({PostState.SENDING, PostState.CANCELLED}),
    PostState.SENDING: frozenset({PostState.SENT, PostState.REJECTED, PostState.UNKNOWN, PostState.PLANNED}),
    PostState.UNKNOWN: frozenset({PostState.SENT, PostState.REJECTED, PostState.PLANNED, PostState.CANCELLED}),
    PostState.SENT: frozenset({PostState.CLOSING}),
    PostState.CLOSING: frozenset({PostState.CLOSED, PostState.CLOSING, PostState.SENT}),
    PostState.REJECTED: frozenset(),
    PostState.CLOSED: frozenset(),
    PostState.CANCELLED: frozenset(),
}
"""Which state may follow which; `settle` refuses every other step."""


class OutboxRows:
    """`store.outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, posts: Sequence[Post], deliveries: Sequence[Delivery] = ()) -> tuple[str, ...]:
        """Put posts in, all or none; one whose key, or slot and channel, is there already is left as it is.

        `deliveries` are what the posts will have delivered (matched by slot and channel; `at` does not matter): they
        go to the ledger in the transaction that settles the post as sent. Returns the keys that are new.
        """
        facts = {(d.slot, d.channel): rows.facts_to(d) for d in deliveries}
        added: list[str] = []
        with self._database.write() as connection:
            for post in posts:
                insert = upsert(connection, tables.post)
                values = {**rows.post_to(post), "delivery": facts.get((post.slot, post.channel))}
                new = connection.execute(insert.values(**values).on_conflict_do_nothing().returning(tables.post.c.key))
                if new.scalar() is None:
                    continue
                added.append(post.key)
                _note(connection, post.key, post.state, "planned", post.created_at)
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
        """Posts whose time to be sent is `at` or later, in whatever state."""
        return self._posts(tables.post.c.not_before >= at)

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

    def claim(self, key: str, now: datetime) -> Post | None:
        """Take a planned post that is due to send it: planned -> sending, one more attempt.

        None when it is not planned any more or not yet due; of two processes that ask, one gets it.
        """
        post = tables.post
        with self._database.write() as connection:
            row = connection.execute(
                sa.update(post)
                .where(post.c.key == key, post.c.state == PostState.PLANNED.value, post.c.not_before <= now)
                .values(state=PostState.SENDING.value, attempts=post.c.attempts + 1)
                .returning(*post.c)
            ).one_or_none()
            if row is None:
                return None
            _note(connection, key, PostState.SENDING, f"attempt {row.attempts}", now)
            return rows.post_from(row)

    def settle(
        self,
        key: str,
        state: PostState,
        now: datetime,
        *,
        receipt: Receipt | None = None,
        error: str = "",
        not_before: datetime | None = None,
        close_reason: str = "",
        expected: Collection[PostState] = (),
    ) -> Post:
        """Write down what came of a step, and the delivery with it when the post was sent.

        A receipt, once there, stays. `expected` names the states it must be in (any that may come before `state`,
        when empty). Raises `StoreError` for an unknown post or a step that the table above does not have.
        """
        table = tables.post
        with self._database.write() as connection:
            row = connection.execute(sa.select(table).where(table.c.key == key).with_for_update()).one_or_none()
            if row is None:
                raise StoreError(f"there is no post {key!r} in the outbox")
            before = PostState(row.state)
            if state not in STEPS[before] or (expected and before not in expected):
                raise StoreError(f"the post {key!r} is {before} and cannot become {state}")
            values: dict[str, Any] = {"state": state.value, "error": error}
            if receipt is not None:
                values["receipt"] = rows.receipt_to(receipt)
            if not_before is not None:
                values["not_before"] = not_before
            if close_reason:
                values["close_reason"] = close_reason
            after = connection.execute(
                sa.update(table).where(table.c.key == key).values(**values).returning(*table.c)
            ).one()
            _note(connection, key, state, error or close_reason or (receipt.url if receipt else ""), now)
            post = rows.post_from(after)
            if state is PostState.SENT and before is not PostState.CLOSING:
                _deliver(connection, post, after.delivery, receipt.at if receipt else now)
            return post

    def cancel(self, key: str, reason: str, now: datetime) -> Post:
        """Give up a post that was not sent."""
        return self.settle(key, PostState.CANCELLED, now, error=reason)

    def recover(self, now: datetime, *, idle_since: datetime | None = None) -> tuple[Post, ...]:
        """Posts found in `sending` become `unknown`: the process that was sending them is gone.

        The caller holds the region's lock, so that no other process of this machine can be sending. Where several
        machines share a database, `idle_since` leaves alone what was claimed after it.
        """
        table, event = tables.post, tables.post_event
        latest = sa.select(sa.func.max(event.c.at)).where(event.c.post_key == table.c.key).scalar_subquery()
        condition = table.c.state == PostState.SENDING.value
        if idle_since is not None:
            condition &= latest <= idle_since
        message = "found in sending: the outcome is not known"
        with self._database.write() as connection:
            found = connection.execute(
                sa.update(table)
                .where(condition)
                .values(state=PostState.UNKNOWN.value, error=message)
                .returning(*table.c)
            ).all()
            for row in found:
                _note(connection, row.key, PostState.UNKNOWN, message, now)
            return tuple(sorted((rows.post_from(row) for row in found), key=lambda post: (post.not_before, post.key)))

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


def _deliver(connection: Connection, post: Post, facts: Mapping[str, Any] | None, at: datetime) -> None:
    content = post.content
    known = facts or {}
    insert = upsert(connection, tables.delivery).values(
        slot=post.slot,
        channel=post.channel,
        content=content.key,
        kind=content.kind.value,
        no_degree=known.get("no_degree"),
        at=at,
        partners=known.get("partners", list(content.partners)),
        vacancies=known.get("vacancies", list(content.vacancies)),
        municipalities=known.get("municipalities", []),
    )
    connection.execute(insert.on_conflict_do_nothing())
