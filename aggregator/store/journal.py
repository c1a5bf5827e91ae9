"""What was done and why, what is wrong, what ran, and the switches that the operator throws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.model import Event, Problem
from aggregator.store import problems, rows, tables
from aggregator.store.engine import Database, upsert
from aggregator.store.problems import OpenProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a command. `finished_at` is None while it runs, and for ever when it was killed."""

    id: int
    command: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    summary: Mapping[str, Any]


class Journal:
    """`store.journal`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, events: Iterable[Event]) -> None:
        """Add events, all or none."""
        values = [rows.event_to(event) for event in events]
        if values:
            with self._database.write() as connection:
                connection.execute(sa.insert(tables.event), values)

    def about(self, *subjects: str) -> tuple[Event, ...]:
        """Everything said about the subjects, in order of time."""
        table = tables.event
        query = sa.select(table).where(table.c.subject.in_(subjects)).order_by(table.c.at, table.c.id)
        with self._database.read() as connection:
            return tuple(rows.event_from(row) for row in connection.execute(query))

    def since(self, at: datetime, *kinds: str) -> tuple[Event, ...]:
        """Events from `at` on, only those of the kinds when any are named."""
        table = tables.event
        query = sa.select(table).where(table.c.at >= at).order_by(table.c.at, table.c.id)
        if kinds:
            query = query.where(table.c.kind.in_(kinds))
        with self._database.read() as connection:
            return tuple(rows.event_from(row) for row in connection.execute(query))

    def report(self, found: Iterable[Problem], scope: str, now: datetime) -> None:
        """Say all the problems that `scope` (`channel:bluesky`, `site`, `plan` …) now has.

        New ones are opened, lasting ones refreshed, and those that are no longer said are resolved. A source's are
        reported by `Harvests.apply`, under `source:KEY`.
        """
        with self._database.write() as connection:
            problems.report(connection, found, scope, now)

    def problems(self) -> tuple[OpenProblem, ...]:
        """All open problems, errors first, then the oldest."""
        with self._database.read() as connection:
            return problems.open_problems(connection)

    def start_run(self, command: str, now: datetime) -> int:
        """Note that a command begins; returns the run's number."""
        table = tables.run
        with self._database.write() as connection:
            statement = sa.insert(table).values(command=command, started_at=now, summary={}).returning(table.c.id)
            return int(connection.execute(statement).scalar_one())

    def finish_run(self, run: int, now: datetime, outcome: str, summary: Mapping[str, Any]) -> None:
        """Note how it ended; `summary` is JSON-able."""
        table = tables.run
        with self._database.write() as connection:
            connection.execute(
                sa.update(table)
                .where(table.c.id == run)
                .values(finished_at=now, outcome=outcome, summary=dict(summary))
            )

    def first_run(self) -> datetime | None:
        """When the very first run began; None before it."""
        table = tables.run
        with self._database.read() as connection:
            return connection.scalars(sa.select(table.c.started_at).order_by(table.c.id).limit(1)).one_or_none()

    def last_run(self, command: str | None = None) -> Run | None:
        """The latest run, of one command when named."""
        return next(iter(self.runs(1, command)), None)

    def runs(self, limit: int = 20, command: str | None = None) -> tuple[Run, ...]:
        """The latest runs, the newest first."""
        table = tables.run
        query = sa.select(table).order_by(table.c.id.desc()).limit(limit)
        if command is not None:
            query = query.where(table.c.command == command)
        with self._database.read() as connection:
            return tuple(
                Run(
                    id=row.id,
                    command=row.command,
                    started_at=row.started_at,
                    finished_at=row.finished_at,
                    outcome=row.outcome,
                    summary=row.summary,
                )
                for row in connection.execute(query)
            )

    def flag(self, name: str) -> str | None:
        """What a switch was thrown with (a reason, perhaps empty); None when it is off."""
        table = tables.flag
        with self._database.read() as connection:
            return connection.scalars(sa.select(table.c.value).where(table.c.name == name)).one_or_none()

    def raise_flag(self, name: str, value: str, now: datetime) -> None:
        """Throw a switch; every process sees it at its next look."""
        with self._database.write() as connection:
            insert = upsert(connection, tables.flag).values(name=name, value=value, at=now)
            connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": value, "at": now}))

    def lower_flag(self, name: str) -> bool:
        """Turn a switch off; tells whether it was on."""
        table = tables.flag
        with self._database.write() as connection:
            return connection.execute(sa.delete(table).where(table.c.name == name)).rowcount > 0
