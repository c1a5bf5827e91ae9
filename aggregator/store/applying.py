"""What a decision does to the tables. Every function here is one step inside `Harvests.apply`'s transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator import decide
from aggregator.model import (
    Closed,
    Decision,
    Harvest,
    Health,
    JobPosting,
    Opened,
    PostingKey,
    Reopened,
    Source,
    Updated,
    Verdict,
)
from aggregator.store import rows, standing, tables
from aggregator.store.engine import chunks, upsert
from aggregator.store.index import inline

_C = TypeVar("_C", Opened, Updated, Closed, Reopened)

_BELIEVED = (Health.HEALTHY, Health.UNCHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a decision did: numbers of postings, and the ids of vacancies that closed or opened again by it."""

    opened: int = 0
    updated: int = 0
    reopened: int = 0
    closed: int = 0
    seen: int = 0
    missed: int = 0
    closed_vacancies: tuple[str, ...] = ()
    reopened_vacancies: tuple[str, ...] = ()


# --- writing -------------------------------------------------------------------------------------------------------


def source_row(connection: Connection, source: Source) -> rows.Record:
    """The source's row, made on first sight, locked for the rest of the transaction."""
    table = tables.source
    insert = upsert(connection, table)
    statement = insert.values(key=source.key, partner=source.partner, kind=source.kind, validators=[])
    excluded = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={"partner": excluded.partner, "kind": excluded.kind, "retired_at": None},
            where=(table.c.partner != excluded.partner)
            | (table.c.kind != excluded.kind)
            | table.c.retired_at.is_not(None),
        )
    )
    return connection.execute(sa.select(table).where(table.c.key == source.key).with_for_update()).one()


def source_after(
    row: rows.Record, harvest: Harvest, verdict: Verdict, now: datetime, *, listed: int | None
) -> dict[str, Any]:
    """What becomes of the source: its validators and cursor move on only when the harvest was believed."""
    values: dict[str, Any] = {"last_harvest": now, "suspicion": rows.suspicion_to(verdict.suspicion)}
    if verdict.quarantine:
        values["quarantined_at"] = row.quarantined_at or now
        values["quarantine_reason"] = verdict.reason
    else:
        values["quarantined_at"] = None
        values["quarantine_reason"] = ""
    if verdict.health in _BELIEVED:
        values["last_success"] = now
        values["last_count"] = row.last_count if listed is None else listed
        values["baseline"] = False
        if harvest.validators or not harvest.not_modified:
            values["validators"] = rows.validators_to(harvest.validators)
        if harvest.cursor:
            values["cursor"] = harvest.cursor
    return values


def carry_out(connection: Connection, key: str, source_id: int, decision: Decision, now: datetime) -> Applied:
    """Everything a decision wants done to one source's postings and, through them, to vacancies."""
    opened = _of(decision, Opened)
    updated = _of(decision, Updated)
    reopened = _of(decision, Reopened)
    fresh = [change.posting for change in reopened if change.posting is not None]
    fresh += [change.posting for change in updated]
    _write_postings(connection, source_id, opened, fresh, now)
    touched = {posting.identifier for posting in fresh} | {change.posting.identifier for change in opened}
    touched |= {change.key.identifier for change in reopened}
    touched |= {change.key.identifier for change in _of(decision, Closed)}
    ids = _posting_ids(connection, source_id, touched | set(decision.seen) | decision.missed.keys())
    _write_contents(connection, ids, [*(change.posting for change in opened), *fresh])
    _write_first_seen(connection, [ids[change.posting.identifier] for change in opened], now)
    _reopen(connection, [ids[change.key.identifier] for change in reopened if change.key.identifier in ids])
    closed = _close(connection, ids, _of(decision, Closed), now)
    _see(connection, [ids[identifier] for identifier in decision.seen if identifier in ids], now)
    _miss(connection, ids, decision.missed)
    _rename(connection, key, source_id, decision.renamed, now)
    _journal(connection, key, updated, reopened, closed, now=now)
    affected = [ids[change.posting.identifier] for change in updated]
    affected += [ids[change.key.identifier] for change in reopened if change.key.identifier in ids]
    affected += [ids[change.key.identifier] for change in closed]
    gone, back = _touch_vacancies(connection, affected, now)
    return Applied(
        opened=len(opened),
        updated=len(updated),
        reopened=len(reopened),
        closed=len(closed),
        seen=len(decision.seen),
        missed=len(decision.missed),
        closed_vacancies=tuple(gone),
        reopened_vacancies=tuple(back),
    )


def _of(decision: Decision, kind: type[_C]) -> list[_C]:
    return [change for change in decision.changes if isinstance(change, kind)]


def _posting_row(posting: JobPosting, source_id: int, now: datetime, *, baseline: bool) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "identifier": posting.identifier,
        "fingerprint": decide.fingerprint(posting),
        "title": posting.title,
        "url": posting.url,
        "apply_url": posting.apply_url,
        "listing": posting.listing.value,
        "valid_through": posting.valid_through,
        "open": True,
        "baseline": baseline,
        "first_seen": now,
    }


def _write_postings(
    connection: Connection, source_id: int, opened: Sequence[Opened], known: Sequence[JobPosting], now: datetime
) -> None:
    """New postings, and new content of known ones; a row whose fingerprint is the same is not written again."""
    table = tables.posting
    values = [_posting_row(change.posting, source_id, now, baseline=change.baseline) for change in opened]
    values += [_posting_row(posting, source_id, now, baseline=False) for posting in known]
    if not values:
        return
    insert = upsert(connection, table)
    names = ("fingerprint", "title", "url", "apply_url", "listing", "valid_through")
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["source_id", "identifier"],
            set_={name: insert.excluded[name] for name in names},
            where=table.c.fingerprint != insert.excluded.fingerprint,
        ),
        values,
    )


def _write_contents(connection: Connection, ids: Mapping[str, int], postings: Sequence[JobPosting]) -> None:
    if not postings:
        return
    insert = upsert(connection, tables.posting_content)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["posting_id"], set_={"content": insert.excluded.content}),
        [{"posting_id": ids[posting.identifier], "content": rows.posting_to(posting)} for posting in postings],
    )


def _write_first_seen(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    if not ids:
        return
    insert = upsert(connection, tables.posting_seen)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["posting_id"], set_={"last_seen": insert.excluded.last_seen, "misses": 0}
        ),
        [{"posting_id": id_, "last_seen": now, "misses": 0} for id_ in ids],
    )


def _reopen(connection: Connection, ids: Sequence[int]) -> None:
    table = tables.posting
    for some in chunks(ids):
        connection.execute(
            sa.update(table)
            .where(table.c.id.in_(inline(some)), ~table.c.open)
            .values(open=True, closed_at=None, close_reason="")
        )


def _close(connection: Connection, ids: Mapping[str, int], closed: Sequence[Closed], now: datetime) -> list[Closed]:
    """Close those still open; returns the closures that closed something."""
    table = tables.posting
    done: list[Closed] = []
    by_reason: dict[str, list[Closed]] = {}
    for closure in closed:
        by_reason.setdefault(closure.reason, []).append(closure)
    for reason, some in by_reason.items():
        wanted = {ids[c.key.identifier]: c for c in some if c.key.identifier in ids}
        for piece in chunks(wanted):
            found = connection.scalars(
                sa.update(table)
                .where(table.c.id.in_(inline(piece)), table.c.open)
                .values(open=False, closed_at=now, close_reason=reason)
                .returning(table.c.id)
            )
            done += [wanted[id_] for id_ in found]
    return sorted(done, key=lambda closure: closure.key)


def _see(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    table = tables.posting_seen
    for some in chunks(ids):
        connection.execute(sa.update(table).where(table.c.posting_id.in_(inline(some))).values(last_seen=now, misses=0))


def _miss(connection: Connection, ids: Mapping[str, int], missed: Mapping[str, int]) -> None:
    table = tables.posting_seen
    by_count: dict[int, list[int]] = {}
    for identifier, count in missed.items():
        if identifier in ids:
            by_count.setdefault(count, []).append(ids[identifier])
    for count, some in by_count.items():
        for piece in chunks(some):
            connection.execute(sa.update(table).where(table.c.posting_id.in_(inline(piece))).values(misses=count))


def _rename(connection: Connection, key: str, source_id: int, renamed: Mapping[str, str], now: datetime) -> None:
    """Remember which ads are one under two identifiers, for linking; what was said of a pair before stands."""
    if not renamed:
        return
    ids = _posting_ids(connection, source_id, renamed)
    insert = upsert(connection, tables.ruling)
    pairs = [(*sorted((new, old)), new, old) for new, old in renamed.items()]
    connection.execute(
        insert.on_conflict_do_nothing(),
        [
            {"kind": "renamed", "a_source": key, "a_identifier": a, "b_source": key, "b_identifier": b, "at": now}
            for a, b, _, _ in pairs
        ],
    )
    link = tables.link
    connection.execute(sa.update(link).where(link.c.posting_id.in_(list(ids.values()))).values(mark=""))
    said = [(PostingKey(key, new), f"stood under the identifier {old} before") for _, _, new, old in pairs]
    connection.execute(
        sa.insert(tables.event),
        [
            {"at": now, "subject": f"posting:{posting}", "kind": "renamed", "message": message, "data": {"source": key}}
            for posting, message in said
        ],
    )


def count_open(connection: Connection, source_id: int) -> int:
    """How many of a source's postings are open."""
    posting = tables.posting
    query = sa.select(sa.func.count()).where(posting.c.source_id == source_id, posting.c.open)
    return connection.execute(query).scalar_one()


def pull_back(connection: Connection, source_id: int, now: datetime) -> None:
    """Times still to come were written by a wrong clock; they would make every harvest until then look late."""
    posting, seen = tables.posting, tables.posting_seen
    of_source = sa.select(posting.c.id).where(posting.c.source_id == source_id)
    connection.execute(
        sa.update(seen).where(seen.c.posting_id.in_(of_source), seen.c.last_seen > now).values(last_seen=now)
    )
    table = tables.source
    connection.execute(
        sa.update(table).where(table.c.id == source_id, table.c.last_success > now).values(last_success=now)
    )


def _touch_vacancies(connection: Connection, posting_ids: Sequence[int], now: datetime) -> tuple[list[str], list[str]]:
    link, vacancy = tables.link, tables.vacancy
    ids: set[str] = set()
    for some in chunks(posting_ids):
        ids.update(connection.scalars(sa.select(link.c.vacancy_id).where(link.c.posting_id.in_(inline(some)))))
    for few in chunks(sorted(ids), 500):
        connection.execute(sa.update(vacancy).where(vacancy.c.id.in_(few), ~vacancy.c.changed).values(changed=True))
    return standing.refresh(connection, ids, now)


def _posting_ids(connection: Connection, source_id: int, identifiers: Collection[str]) -> dict[str, int]:
    posting = tables.posting
    found: dict[str, int] = {}
    for some in chunks(sorted(identifiers)):
        query = sa.select(posting.c.identifier, posting.c.id).where(
            posting.c.source_id == source_id, posting.c.identifier.in_(some)
        )
        found.update((row.identifier, row.id) for row in connection.execute(query))
    return found


# --- remembering ---------------------------------------------------------------------------------------------------


def record(
    connection: Connection, source_id: int, harvest: Harvest, verdict: Verdict, applied: Applied, *, now: datetime
) -> None:
    """The harvest itself, as `Harvests.latest` and `Harvests.history` tell it."""
    names = ("opened", "updated", "reopened", "closed", "seen", "missed")
    connection.execute(
        sa.insert(tables.harvest).values(
            source_id=source_id,
            started_at=harvest.started_at,
            finished_at=harvest.finished_at,
            applied_at=now,
            health=verdict.health.value,
            reason=verdict.reason,
            quarantine=verdict.quarantine,
            counts=dict(harvest.counts),
            changes={name: number for name in names if (number := getattr(applied, name))},
        )
    )


def _journal(
    connection: Connection,
    key: str,
    updated: Sequence[Updated],
    reopened: Sequence[Reopened],
    closed: Sequence[Closed],
    *,
    now: datetime,
) -> None:
    """What happened to known postings; that one was opened stands in its own row."""
    said: list[tuple[PostingKey, str, str]] = [(c.posting.key, "updated", c.reason) for c in updated]
    said += [(c.key, "reopened", c.reason) for c in reopened]
    said += [(c.key, "closed", c.reason) for c in closed]
    if said:
        connection.execute(
            sa.insert(tables.event),
            [
                {"at": now, "subject": f"posting:{posting}", "kind": kind, "message": message, "data": {"source": key}}
                for posting, kind, message in said
            ],
        )


def journal_quarantine(connection: Connection, row: rows.Record, verdict: Verdict, now: datetime) -> None:
    """A quarantine that begins, changes its reason or ends is told once."""
    was = row.quarantined_at is not None
    if was == verdict.quarantine and row.quarantine_reason == (verdict.reason if verdict.quarantine else ""):
        return
    kind = "quarantined" if verdict.quarantine else "released"
    connection.execute(
        sa.insert(tables.event).values(
            at=now,
            subject=f"source:{row.key}",
            kind=kind,
            message=verdict.reason,
            data={"health": verdict.health.value},
        )
    )
