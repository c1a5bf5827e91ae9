"""Whether a vacancy is open follows from its postings; whoever changes postings calls this in the same transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.store import tables
from aggregator.store.engine import chunks


def refresh(connection: Connection, vacancies: Collection[str], now: datetime) -> tuple[list[str], list[str]]:
    """Close the vacancies whose last open posting is gone and reopen those that have one again.

    Returns the ids closed and reopened, sorted, and writes both to the journal.
    """
    closed: list[str] = []
    reopened: list[str] = []
    for some in chunks(sorted(vacancies), 500):
        closed += _close(connection, some, now)
        reopened += _reopen(connection, some, now)
    return sorted(closed), sorted(reopened)


def _members() -> sa.Select[int]:
    return (
        sa.select(sa.literal(1))
        .select_from(tables.link.join(tables.posting, tables.posting.c.id == tables.link.c.posting_id))
        .where(tables.link.c.vacancy_id == tables.vacancy.c.id)
        .correlate(tables.vacancy)
    )


def _close(connection: Connection, ids: list[str], now: datetime) -> list[str]:
    vacancy = tables.vacancy
    last_reason = (
        _members()
        .with_only_columns(tables.posting.c.close_reason)
        .order_by(tables.posting.c.closed_at.desc(), tables.posting.c.id)
        .limit(1)
        .scalar_subquery()
    )
    found = connection.execute(
        sa.update(vacancy)
        .where(vacancy.c.id.in_(ids), vacancy.c.open, ~_members().where(tables.posting.c.open).exists())
        .values(open=False, closed_at=now, close_reason=sa.func.coalesce(last_reason, ""), changed=True)
        .returning(vacancy.c.id, vacancy.c.close_reason)
    ).all()
    _journal(connection, now, [(row.id, "closed", row.close_reason) for row in found])
    return [row.id for row in found]


def _reopen(connection: Connection, ids: list[str], now: datetime) -> list[str]:
    vacancy = tables.vacancy
    found = connection.execute(
        sa.update(vacancy)
        .where(vacancy.c.id.in_(ids), ~vacancy.c.open, _members().where(tables.posting.c.open).exists())
        .values(open=True, closed_at=None, close_reason="", changed=True)
        .returning(vacancy.c.id)
    ).all()
    _journal(connection, now, [(row.id, "reopened", "one of its postings is listed again") for row in found])
    return [row.id for row in found]


def _journal(connection: Connection, now: datetime, said: list[tuple[str, str, str]]) -> None:
    if said:
        connection.execute(
            sa.insert(tables.event),
            [
                {"at": now, "subject": f"vacancy:{id_}", "kind": kind, "message": message, "data": {}}
                for id_, kind, message in sorted(said)
            ],
        )
