"""Sources, their harvests and their postings: what was known before a harvest, and a harvest's effect in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator import decide
from aggregator.model import (
    Closed,
    Decision,
    Harvest,
    Health,
    Known,
    Source,
    SourceState,
    Verdict,
)
from aggregator.store import applying, problems, rows, tables
from aggregator.store.applying import Applied
from aggregator.store.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestRecord:
    """A harvest as it is remembered. `counts` are its own counters, `changes` the numbers of an `Applied`."""

    source: str
    started_at: datetime
    finished_at: datetime
    health: Health
    reason: str
    quarantine: bool
    counts: Mapping[str, int]
    changes: Mapping[str, int]


class Harvests:
    """`store.harvests`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, source: str) -> Known:
        """The source as it stands, with all its postings, open and closed; one never met is a fresh baseline."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(tables.source).where(tables.source.c.key == source)).one_or_none()
            if row is None:
                return Known(source=SourceState(key=source))
            return Known(source=rows.source_from(row), postings=_states(connection, row.id))

    def apply(self, source: Source, harvest: Harvest, decision: Decision, verdict: Verdict, now: datetime) -> Applied:
        """Write a harvest's decision, its verdict and its problems in one transaction.

        Applying the same again changes nothing but "seen". The validators and the cursor are kept only of a harvest
        that was believed: what was not is asked for again in full, and a stream repeats what it said.
        """
        with self._database.write(alone=True) as connection:
            row = applying.source_row(connection, source)
            if any(problem.code == "clock-behind" for problem in verdict.problems):
                applying.pull_back(connection, row.id, now)
            applied = applying.carry_out(connection, source.key, row.id, decision, now)
            listed = _listed(connection, row.id, harvest)
            connection.execute(
                sa.update(tables.source)
                .where(tables.source.c.id == row.id)
                .values(applying.source_after(row, harvest, verdict, now, listed=listed))
            )
            applying.record(connection, row.id, harvest, verdict, applied, now=now)
            applying.journal_quarantine(connection, row, verdict, now)
            problems.report(connection, [*harvest.problems, *verdict.problems], f"source:{source.key}", now)
            return applied

    def close(self, closures: Sequence[Closed], now: datetime) -> Applied:
        """Close postings outside a harvest, each with its reason; unknown and closed ones are left as they are."""
        by_source: dict[str, list[Closed]] = {}
        for closure in closures:
            by_source.setdefault(closure.key.source, []).append(closure)
        with self._database.write(alone=True) as connection:
            ids = _source_ids(connection, by_source)
            done = [
                applying.carry_out(connection, key, ids[key], Decision(changes=tuple(by_source[key])), now)
                for key in sorted(by_source)
                if key in ids
            ]
        return _sum(done)

    def expire(self, now: datetime) -> Applied:
        """Close every open posting whose own last day has passed, of sources that answer and of those that do not."""
        posting, source = tables.posting, tables.source
        with self._database.read() as connection:
            keys = connection.scalars(
                sa.select(source.c.key)
                .join(posting)
                .where(posting.c.open, posting.c.valid_through < now)
                .distinct()
                .order_by(source.c.key)
            ).all()
        return self.close([closure for key in keys for closure in decide.expired(self.known(key), now)], now)

    def retire(self, configured: Collection[str], now: datetime) -> Applied:
        """Close the postings of sources that the configuration no longer names, and let their problems rest."""
        with self._database.read() as connection:
            keys = connection.scalars(
                sa.select(tables.source.c.key)
                .where(tables.source.c.retired_at.is_(None), tables.source.c.key.not_in(configured))
                .order_by(tables.source.c.key)
            ).all()
        if not keys:
            return Applied()
        applied = self.close([closure for key in keys for closure in decide.retired(self.known(key))], now)
        with self._database.write() as connection:
            connection.execute(
                sa.update(tables.source)
                .where(tables.source.c.key.in_(keys))
                .values(retired_at=now, quarantined_at=None, quarantine_reason="", suspicion=None)
            )
            for key in keys:
                problems.report(connection, (), f"source:{key}", now)
        return applied

    def sources(self) -> Mapping[str, SourceState]:
        """Every source that was ever harvested and is still configured, by key, in order of the keys."""
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(tables.source).where(tables.source.c.retired_at.is_(None)).order_by(tables.source.c.key)
            )
            return {row.key: rows.source_from(row) for row in found}

    def counts(self) -> Mapping[str, int]:
        """Open postings by source."""
        posting, source = tables.posting, tables.source
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(source.c.key, sa.func.count()).join(posting).where(posting.c.open).group_by(source.c.key)
            )
            return dict(sorted((row[0], row[1]) for row in found))

    def latest(self) -> Mapping[str, HarvestRecord]:
        """The latest harvest of every source, whatever its verdict."""
        harvest, source = tables.harvest, tables.source
        newest = sa.select(sa.func.max(harvest.c.id)).group_by(harvest.c.source_id)
        query = _records().where(harvest.c.id.in_(newest)).order_by(source.c.key)
        with self._database.read() as connection:
            return {row.key: _record_from(row) for row in connection.execute(query)}

    def history(self, source: str, limit: int = 20) -> tuple[HarvestRecord, ...]:
        """A source's latest harvests, the newest first."""
        query = _records().where(tables.source.c.key == source).order_by(tables.harvest.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(_record_from(row) for row in connection.execute(query))


# --- reading -------------------------------------------------------------------------------------------------------


def _records() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(tables.harvest, tables.source.c.key).join(tables.source)


def _record_from(row: rows.Record) -> HarvestRecord:
    return HarvestRecord(
        source=row.key,
        started_at=row.started_at,
        finished_at=row.finished_at,
        health=Health(row.health),
        reason=row.reason,
        quarantine=row.quarantine,
        counts=row.counts,
        changes=row.changes,
    )


def _listed(connection: Connection, source_id: int, harvest: Harvest) -> int | None:
    """How many postings the source listed, None when the harvest does not say; a stream has what it left open."""
    if harvest.not_modified:
        return None
    return applying.count_open(connection, source_id) if harvest.incremental else len(harvest.listed)


def _states(connection: Connection, source_id: int) -> dict[str, Any]:
    posting, seen = tables.posting, tables.posting_seen
    columns = (
        posting.c.identifier,
        posting.c.fingerprint,
        posting.c.url,
        posting.c.open,
        posting.c.first_seen,
        posting.c.closed_at,
        posting.c.title,
        posting.c.valid_through,
        seen.c.misses,
        seen.c.last_seen,
    )
    found = connection.execute(
        sa.select(*columns).join(seen).where(posting.c.source_id == source_id).order_by(posting.c.identifier)
    )
    return {row.identifier: rows.state_from(row) for row in found}


def _source_ids(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    found = connection.execute(
        sa.select(tables.source.c.key, tables.source.c.id).where(tables.source.c.key.in_(list(keys)))
    )
    return {row.key: row.id for row in found}


def _sum(done: Sequence[Applied]) -> Applied:
    return Applied(
        closed=sum(applied.closed for applied in done),
        closed_vacancies=tuple(sorted(id_ for applied in done for id_ in applied.closed_vacancies)),
    )
