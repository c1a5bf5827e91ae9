"""Vacancies out of their rows, with everything that belongs to them, in four queries however many they are."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator import decide
from aggregator.model import JobPosting, Tag, Vacancy
from aggregator.store import finding, rows, tables

_COPYING_KINDS = ("platsbanken",)
"""Boards that mostly show copies of what stands at the employer's own site; the original's words are preferred."""


def vacancies(connection: Connection, condition: sa.ColumnElement[bool]) -> tuple[Vacancy, ...]:
    """The vacancies that meet a condition on their row, the newest first."""
    vacancy, link, source = tables.vacancy, tables.link, tables.source
    heads = connection.execute(
        sa.select(vacancy).where(condition).order_by(vacancy.c.opened_at.desc(), vacancy.c.id)
    ).all()
    if not heads:
        return ()
    postings: dict[str, list[tuple[bool, JobPosting]]] = defaultdict(list)
    query = (
        finding.postings()
        .join(link, link.c.posting_id == tables.posting.c.id)
        .join(vacancy, vacancy.c.id == link.c.vacancy_id)
        .add_columns(link.c.vacancy_id, tables.posting.c.open)
        .where(condition)
    )
    for row in connection.execute(query):
        postings[row.vacancy_id].append((row.open, finding.posting_from(row)))
    tagged = tags(connection, condition)
    sources = connection.execute(
        sa.select(source.c.key, source.c.kind, source.c.quarantined_at, source.c.quarantine_reason)
    ).all()
    copies = frozenset(row.key for row in sources if row.kind in _COPYING_KINDS)
    quarantined = {row.key: row.quarantine_reason for row in sources if row.quarantined_at is not None}
    return tuple(
        _vacancy(head, postings[head.id], tagged.get(head.id, ()), copies, quarantined)
        for head in heads
        if head.id in postings
    )


def tags(connection: Connection, condition: sa.ColumnElement[bool]) -> dict[str, tuple[Tag, ...]]:
    """The tags of the vacancies that meet a condition on their row or on `vacancy_id`.

    Most ads share most of their tags with others: equal rows become one object, made once.
    """
    table = tables.tag
    evidence = sa.type_coerce(table.c.evidence, sa.Text()) if connection.dialect.name == "sqlite" else table.c.evidence
    query = (
        sa.select(table.c.vacancy_id, table.c.axis, table.c.code, table.c.label, table.c.confidence, evidence)
        .join(tables.vacancy, tables.vacancy.c.id == table.c.vacancy_id)
        .where(condition)
        .order_by(table.c.vacancy_id, table.c.position)
    )
    found: dict[str, list[Tag]] = defaultdict(list)
    made: dict[tuple[Any, ...], Tag] = {}
    for vacancy, axis, code, label, confidence, proof in connection.execute(query):
        key = (axis, code, label, confidence, proof if isinstance(proof, str) else repr(proof))
        tag = made.get(key)
        if tag is None:
            words = json.loads(proof) if isinstance(proof, str) else proof
            tag = made[key] = rows.tag_from(axis, code, label, confidence, words)
        found[vacancy].append(tag)
    return {id_: tuple(some) for id_, some in found.items()}


def mark(connection: Connection, condition: sa.ColumnElement[bool], now: datetime | None = None) -> str:
    """A hash that changes whenever the vacancies that meet a condition would be loaded otherwise, made without their
    contents: a posting's fingerprint stands for its words, and the rules that tagged a vacancy for its tags. With
    `now`, it also changes when one of their postings passes its last day.
    """
    vacancy, link, posting, source = tables.vacancy, tables.link, tables.posting, tables.source
    past = sa.null() if now is None else (posting.c.valid_through <= now)
    head = [sa.type_coerce(each, sa.Text()) if isinstance(each.type, tables.Moment) else each for each in vacancy.c]
    linked = (
        sa.select(*head, link.c.posting_id, posting.c.open, posting.c.fingerprint, past)
        .join(link, link.c.vacancy_id == vacancy.c.id)
        .join(posting, posting.c.id == link.c.posting_id)
        .where(condition)
        .order_by(vacancy.c.id, link.c.posting_id)
    )
    sources = sa.select(source.c.key, source.c.kind, source.c.quarantined_at, source.c.quarantine_reason)
    digest = hashlib.blake2b(digest_size=16)
    for query in (linked, sources.order_by(source.c.key)):
        for row in connection.execute(query):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _vacancy(
    head: rows.Record,
    postings: Sequence[tuple[bool, JobPosting]],
    tags: tuple[Tag, ...],
    copies: frozenset[str],
    quarantined: Mapping[str, str],
) -> Vacancy:
    """A closed vacancy keeps all its postings; of an open one only those that are open are shown."""
    shown = [posting for is_open, posting in postings if is_open] or [posting for _, posting in postings]
    shown.sort(key=lambda posting: posting.key)
    first = decide.lead(shown, copies)
    held = f"blocked: {head.blocked}" if head.blocked else ""
    if not held and quarantined and all(posting.source in quarantined for posting in shown):
        held = f"its source {first.source} is quarantined: {quarantined[first.source]}"
    return Vacancy(
        id=head.id,
        partner=head.partner,
        title=first.title,
        lead=first,
        postings=tuple(shown),
        tags=tags,
        open=head.open,
        fresh=head.fresh,
        opened_at=head.opened_at,
        closed_at=head.closed_at,
        close_reason=head.close_reason,
        held=held,
        pinned=head.pinned,
    )
