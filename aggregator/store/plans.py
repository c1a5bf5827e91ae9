"""The plan for the next days, and the ledger of what was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from aggregator.model import Delivery, Plan, PlanItem
from aggregator.store import rows, tables
from aggregator.store.engine import Database, upsert


class Plans:
    """`store.plans`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, plan: Plan) -> None:
        """Replace what was planned from `plan.made_at` on, in one transaction; what lies before stays for `why`.

        A slot that has a post already is never taken away, and an item that did not change is not written again.
        """
        table, post = tables.plan_item, tables.post
        slots = {item.slot.key for item in plan.items}
        with self._database.write() as connection:
            coming = connection.scalars(
                sa.select(table.c.slot)
                .where(table.c.at >= plan.made_at, ~sa.exists().where(post.c.slot == table.c.slot))
                .with_for_update()
            ).all()
            gone = [slot for slot in coming if slot not in slots]
            if gone:
                connection.execute(sa.delete(table).where(table.c.slot.in_(gone)))
            if plan.items:
                insert = upsert(connection, table)
                names = ("campaign", "at", "content", "planned_at", "item")
                connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["slot"],
                        set_={name: insert.excluded[name] for name in names},
                        where=table.c.item != insert.excluded.item,
                    ),
                    [_row(item, plan.made_at) for item in plan.items],
                )
            account = {
                "made_at": plan.made_at,
                "standings": [rows.standing_to(standing) for standing in plan.standings],
                "shortfalls": [rows.problem_to(problem) for problem in plan.shortfalls],
            }
            summary = upsert(connection, tables.plan)
            connection.execute(
                summary.values(id=1, **account).on_conflict_do_update(index_elements=["id"], set_=account)
            )

    def latest(self) -> Plan | None:
        """The plan that was saved last, with its items from the time it was made on; None before the first."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(tables.plan)).one_or_none()
            if row is None:
                return None
            table = tables.plan_item
            items = connection.scalars(
                sa.select(table.c.item).where(table.c.at >= row.made_at).order_by(table.c.at, table.c.slot)
            )
            return Plan(
                made_at=row.made_at,
                items=tuple(rows.item_from(item) for item in items),
                standings=tuple(rows.standing_from(doc) for doc in row.standings),
                shortfalls=tuple(rows.shortfall_from(doc) for doc in row.shortfalls),
            )

    def items(self, start: datetime, end: datetime) -> tuple[PlanItem, ...]:
        """Planned items whose slot lies in [start, end), past ones too, in order of time."""
        table = tables.plan_item
        query = sa.select(table.c.item).where(table.c.at >= start, table.c.at < end).order_by(table.c.at, table.c.slot)
        with self._database.read() as connection:
            return tuple(rows.item_from(item) for item in connection.scalars(query))

    def item(self, slot: str) -> PlanItem | None:
        """What was planned for a slot."""
        table = tables.plan_item
        with self._database.read() as connection:
            doc = connection.scalars(sa.select(table.c.item).where(table.c.slot == slot)).one_or_none()
            return rows.item_from(doc) if doc else None

    def used_slots(self, since: datetime) -> frozenset[str]:
        """Slots at or after `since` that have a post in the outbox, of whatever state: nothing else may fill them."""
        table, post = tables.plan_item, tables.post
        query = sa.select(post.c.slot).outerjoin(table, table.c.slot == post.c.slot)
        query = query.where(sa.func.coalesce(table.c.at, post.c.created_at) >= since)
        with self._database.read() as connection:
            return frozenset(connection.scalars(query))

    def fixed(self, start: datetime, end: datetime) -> tuple[PlanItem, ...]:
        """Planned items in [start, end) that have a post in the outbox: a new plan must keep them as they are."""
        table, post = tables.plan_item, tables.post
        query = sa.select(table.c.item).where(
            table.c.at >= start, table.c.at < end, sa.exists().where(post.c.slot == table.c.slot)
        )
        with self._database.read() as connection:
            return tuple(rows.item_from(item) for item in connection.scalars(query.order_by(table.c.at, table.c.slot)))

    def deliveries(self, since: datetime) -> tuple[Delivery, ...]:
        """The ledger from `since` on, in order of time; a vacancy that was merged has its present id."""
        table, alias = tables.delivery, tables.vacancy_alias
        with self._database.read() as connection:
            names = {row.alias: row.vacancy_id for row in connection.execute(sa.select(alias))}
            found = connection.execute(
                sa.select(table).where(table.c.at >= since).order_by(table.c.at, table.c.slot, table.c.channel)
            )
            return tuple(rows.delivery_from(row, names) for row in found)


def _row(item: PlanItem, made_at: datetime) -> Mapping[str, object]:
    return {
        "slot": item.slot.key,
        "campaign": item.slot.campaign,
        "at": item.slot.at,
        "content": item.content.key if item.content else "",
        "planned_at": made_at,
        "item": rows.item_to(item),
    }
