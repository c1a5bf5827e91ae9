"""Problems as rows: opened when first reported, refreshed while they last, resolved when no longer reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import Problem
from aggregator.store import rows, tables
from aggregator.store.engine import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProblem:
    """A problem with its history: when it was first and last reported in its `scope`, and how many times."""

    problem: Problem
    scope: str
    first_seen: datetime
    last_seen: datetime
    times: int


def report(connection: Connection, problems: Iterable[Problem], scope: str, now: datetime) -> None:
    """`problems` are all that `scope` now has: new ones are opened, those that went away resolved."""
    table = tables.problem
    found = _identified(problems)
    open_ = table.c.resolved_at.is_(None)
    gone = sa.update(table).where(table.c.scope == scope, open_, table.c.identity.not_in(found))
    connection.execute(gone.values(resolved_at=now))
    if not found:
        return
    insert = upsert(connection, table)
    statement = insert.on_conflict_do_update(
        index_elements=["scope", "identity"],
        index_where=open_,
        set_={
            "level": insert.excluded.level,
            "message": insert.excluded.message,
            "data": insert.excluded.data,
            "last_seen": insert.excluded.last_seen,
            "times": table.c.times + 1,
        },
    )
    connection.execute(
        statement,
        [
            {
                "scope": scope,
                "identity": identity,
                "level": problem.level,
                "code": problem.code,
                "location": problem.where,
                "message": problem.message,
                "first_seen": now,
                "last_seen": now,
                "times": 1,
                "data": dict(problem.data),
            }
            for identity, problem in found.items()
        ],
    )


def open_problems(connection: Connection) -> tuple[OpenProblem, ...]:
    """All that are open, errors first, then the oldest."""
    table = tables.problem
    level = sa.case({"error": 0, "warning": 1}, value=table.c.level, else_=2)
    found = connection.execute(
        sa.select(table).where(table.c.resolved_at.is_(None)).order_by(level, table.c.first_seen, table.c.id)
    )
    return tuple(
        OpenProblem(
            problem=rows.problem_from(row),
            scope=row.scope,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            times=row.times,
        )
        for row in found
    )


def _identified(problems: Iterable[Problem]) -> dict[str, Problem]:
    """What makes a problem the same as yesterday's: its code, its place and what it is about, not its words, which
    may hold numbers that move. Several of that sort at once are told apart by their order.
    """
    met: Counter[str] = Counter()
    found: dict[str, Problem] = {}
    for problem in sorted(problems, key=lambda p: (p.code, p.where, p.message)):
        about = problem.data.get("identifier") or problem.data.get("url") or ""
        identity = f"{problem.code} {problem.where} {about}"
        met[identity] += 1
        found[f"{identity} {met[identity]}"] = problem
    return found
