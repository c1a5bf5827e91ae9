"""Links as rows: vacancies made, joined, left and merged, in the steps of one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import StoreError
from aggregator.model import Link, PostingKey
from aggregator.store import rows, standing, tables
from aggregator.store.engine import chunks, upsert
from aggregator.store.index import inline, key_hash, posting_ids

_ALPHABET = "0123456789bcdfghjkmnpqrstvwxyz"
"""Crockford's base 32 without A and E, so that no word can come up; 30**6 is 729 million ids."""

_LENGTH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What linking did: ids of new vacancies, `joined` postings that came to one that stood, `moved` postings that
    left another for it, and `merged` ids with the id that each is now known by.
    """

    created: tuple[str, ...] = ()
    joined: int = 0
    moved: int = 0
    merged: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Step:
    """What one call knows: rows of the postings named, where each is and where each goes."""

    ids: dict[PostingKey, int]
    postings: dict[int, rows.Record]
    before: dict[int, str]
    after: dict[int, str] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)


def save(
    connection: Connection,
    links: Sequence[Link],
    keys: Mapping[PostingKey, Sequence[str]],
    partner_of: Mapping[str, str],
    now: datetime,
) -> Linked:
    """Put every posting named by `links` into its vacancy and remember its blocking keys.

    A group without a vacancy takes over the oldest vacancy that it would empty, so that re-linking never changes a
    public id without need; only when there is none is a new one made. A vacancy left without postings becomes another
    name of the one that took (the first of) them. Raises `StoreError` for a vacancy that does not exist.
    """
    ids = posting_ids(connection, {link.key for link in links} | {link.matched for link in links if link.matched})
    linked = [link for link in links if link.key in ids]
    postings = _postings(connection, [ids[link.key] for link in linked])
    step = _Step(ids=ids, postings=postings, before=_where(connection, postings))
    _send_to_standing(connection, step, linked)
    _send_groups(connection, step, linked, partner_of, now)
    _write_links(connection, step, linked, now)
    merged = _merge_emptied(connection, step, now)
    _remember_keys(connection, {ids[key]: words for key, words in keys.items() if key in ids})
    targets = set(step.after.values()) | (set(step.before.values()) - merged.keys())
    _mark_changed(connection, targets)
    standing.refresh(connection, targets, now)
    joined = [id_ for id_ in step.after if id_ not in step.before and step.after[id_] not in step.created]
    moved = [id_ for id_ in step.after if step.before.get(id_, step.after[id_]) != step.after[id_]]
    _journal(connection, step, linked, {*joined, *moved}, now)
    return Linked(created=tuple(step.created), joined=len(joined), moved=len(moved), merged=merged)


def resolve(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Each id with the id of the vacancy it now means, itself or through a merging; unknown ids are left out."""
    asked = sorted(set(ids))
    found: dict[str, str] = {}
    for some in chunks(asked):
        alias, vacancy = tables.vacancy_alias, tables.vacancy
        query = sa.select(alias.c.alias, alias.c.vacancy_id).where(alias.c.alias.in_(some))
        found.update((row.alias, row.vacancy_id) for row in connection.execute(query))
        found.update((id_, id_) for id_ in connection.scalars(sa.select(vacancy.c.id).where(vacancy.c.id.in_(some))))
    return found


def public_id(founder: PostingKey, attempt: int) -> str:
    """The id of the vacancy that `founder` makes: derived, so that the same world gives the same addresses again.

    `attempt` counts up while the id is taken. Six signs of `_ALPHABET`, at least one of them a letter, so that no
    file format takes it for a number.
    """
    number = 0
    while True:
        text = f"{founder}\0{attempt}\0{number}"
        digest = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        id_ = ""
        for _ in range(_LENGTH):
            digest, sign = divmod(digest, len(_ALPHABET))
            id_ += _ALPHABET[sign]
        if not id_.isdigit():
            return id_
        number += 1


# --- where postings go ---------------------------------------------------------------------------------------------


def _postings(connection: Connection, ids: Sequence[int]) -> dict[int, rows.Record]:
    posting, source = tables.posting, tables.source
    found: dict[int, rows.Record] = {}
    for some in chunks(ids):
        query = (
            sa.select(
                posting.c.id,
                posting.c.identifier,
                posting.c.fingerprint,
                posting.c.first_seen,
                posting.c.baseline,
                source.c.key.label("source"),
                source.c.partner,
            )
            .join(source)
            .where(posting.c.id.in_(inline(some)))
        )
        found.update((row.id, row) for row in connection.execute(query))
    return found


def _where(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    link = tables.link
    found: dict[int, str] = {}
    for some in chunks(ids):
        query = sa.select(link.c.posting_id, link.c.vacancy_id).where(link.c.posting_id.in_(inline(some)))
        found.update((row.posting_id, row.vacancy_id) for row in connection.execute(query))
    return found


def _send_to_standing(connection: Connection, step: _Step, links: Sequence[Link]) -> None:
    named = [link for link in links if link.vacancy]
    known = resolve(connection, (link.vacancy for link in named))
    for link in named:
        if link.vacancy not in known:
            raise StoreError(f"posting {link.key} is linked to the vacancy {link.vacancy!r}, which does not exist")
        step.after[step.ids[link.key]] = known[link.vacancy]


def _send_groups(
    connection: Connection,
    step: _Step,
    links: Sequence[Link],
    partner_of: Mapping[str, str],
    now: datetime,
) -> None:
    groups: dict[str, list[int]] = {}
    for link in links:
        if not link.vacancy:
            groups.setdefault(link.group, []).append(step.ids[link.key])
    members = _members(connection, {step.before[id_] for ids in groups.values() for id_ in ids if id_ in step.before})
    taken = set(step.after.values())
    homeless: list[list[int]] = []
    for ids in sorted(groups.values(), key=lambda ids: min(_age(step.postings[id_]) for id_ in ids)):
        emptied = {step.before[id_] for id_ in ids if id_ in step.before}
        free = [id_ for id_ in emptied if id_ not in taken and members[id_].issubset(ids)]
        if free:
            target = min(free, key=lambda id_: (min(_age(step.postings[p]) for p in members[id_]), id_))
            taken.add(target)
            step.after.update(dict.fromkeys(ids, target))
        else:
            homeless.append(ids)
    founders = _name(connection, [min((step.postings[id_] for id_ in ids), key=_age) for ids in homeless])
    for id_, ids in zip(founders, homeless, strict=True):
        step.after.update(dict.fromkeys(ids, id_))
    _insert_vacancies(connection, founders, partner_of, now)
    step.created = sorted(founders)


def _age(row: rows.Record) -> tuple[datetime, str, str]:
    return (row.first_seen, row.source, row.identifier)


def _members(connection: Connection, vacancies: Collection[str]) -> dict[str, set[int]]:
    link = tables.link
    found: dict[str, set[int]] = {id_: set() for id_ in vacancies}
    for some in chunks(sorted(vacancies)):
        query = sa.select(link.c.vacancy_id, link.c.posting_id).where(link.c.vacancy_id.in_(some))
        for row in connection.execute(query):
            found[row.vacancy_id].add(row.posting_id)
    return found


def _name(connection: Connection, founders: Sequence[rows.Record]) -> dict[str, rows.Record]:
    """A free id for each founder, in their order; nearly always the first one tried is."""
    keys = [PostingKey(row.source, row.identifier) for row in founders]
    taken = set(resolve(connection, (public_id(key, 0) for key in keys)))
    named: dict[str, rows.Record] = {}
    for key, row in zip(keys, founders, strict=True):
        attempt = 0
        while (id_ := public_id(key, attempt)) in taken or id_ in named or (attempt and resolve(connection, [id_])):
            attempt += 1
        named[id_] = row
    return named


def _insert_vacancies(
    connection: Connection, founders: Mapping[str, rows.Record], partner_of: Mapping[str, str], now: datetime
) -> None:
    if founders:
        connection.execute(
            sa.insert(tables.vacancy),
            [
                {
                    "id": id_,
                    "partner": partner_of.get(row.source, row.partner),
                    "fresh": not row.baseline,
                    "opened_at": min(row.first_seen, now),
                }
                for id_, row in founders.items()
            ],
        )


# --- writing -------------------------------------------------------------------------------------------------------


def _write_links(connection: Connection, step: _Step, links: Sequence[Link], now: datetime) -> None:
    if not links:
        return
    table = tables.link
    insert = upsert(connection, table)
    new = insert.excluded
    names = ("vacancy_id", "mark", "matched_id", "score", "reason")
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["posting_id"],
            set_={
                **{name: new[name] for name in names},
                "at": sa.case((table.c.vacancy_id != new.vacancy_id, new.at), else_=table.c.at),
            },
            where=(table.c.vacancy_id != new.vacancy_id)
            | (table.c.mark != new.mark)
            | (table.c.reason != new.reason)
            | (table.c.score != new.score),
        ),
        [
            {
                "posting_id": (id_ := step.ids[link.key]),
                "vacancy_id": step.after[id_],
                "mark": step.postings[id_].fingerprint,
                "matched_id": step.ids.get(link.matched) if link.matched else None,
                "score": link.score,
                "reason": link.reason,
                "at": now,
            }
            for link in links
        ],
    )


def _merge_emptied(connection: Connection, step: _Step, now: datetime) -> dict[str, str]:
    """Vacancies that every posting has left become another name of the one that took the eldest of them."""
    left: dict[str, list[int]] = {}
    for id_, vacancy in step.before.items():
        if step.after[id_] != vacancy:
            left.setdefault(vacancy, []).append(id_)
    still = _members(connection, left.keys())
    merged: dict[str, str] = {}
    for vacancy in sorted(left):
        if not still[vacancy]:
            eldest = min(left[vacancy], key=lambda id_: _age(step.postings[id_]))
            merged[vacancy] = step.after[eldest]
            _merge(connection, vacancy, merged[vacancy], now)
    return merged


def _merge(connection: Connection, old: str, new: str, now: datetime) -> None:
    vacancy, alias, of_post = tables.vacancy, tables.vacancy_alias, tables.post_vacancy
    gone = connection.execute(sa.select(vacancy).where(vacancy.c.id == old)).one()
    kept = connection.execute(sa.select(vacancy).where(vacancy.c.id == new)).one()
    elder = gone if gone.opened_at < kept.opened_at else kept
    connection.execute(
        sa.update(vacancy)
        .where(vacancy.c.id == new)
        .values(
            blocked=kept.blocked or gone.blocked,
            pinned=kept.pinned or gone.pinned,
            opened_at=elder.opened_at,
            fresh=elder.fresh,
        )
    )
    connection.execute(sa.update(alias).where(alias.c.vacancy_id == old).values(vacancy_id=new))
    connection.execute(sa.insert(alias).values(alias=old, vacancy_id=new, at=now))
    posts = connection.scalars(sa.select(of_post.c.post_key).where(of_post.c.vacancy_id == old)).all()
    connection.execute(sa.delete(of_post).where(of_post.c.vacancy_id == old))
    if posts:
        insert = upsert(connection, of_post)
        rows_ = [{"vacancy_id": new, "post_key": key} for key in posts]
        connection.execute(insert.on_conflict_do_nothing(), rows_)
    connection.execute(sa.delete(vacancy).where(vacancy.c.id == old))
    connection.execute(
        sa.insert(tables.event),
        [
            {"at": now, "subject": f"vacancy:{new}", "kind": "merged", "message": f"{old} is the same job", "data": {}},
            {"at": now, "subject": f"vacancy:{old}", "kind": "merged", "message": f"now part of {new}", "data": {}},
        ],
    )


def _remember_keys(connection: Connection, keys: Mapping[int, Sequence[str]]) -> None:
    table = tables.posting_key
    for some in chunks(keys):
        connection.execute(sa.delete(table).where(table.c.posting_id.in_(inline(some))))
    values = sorted({(key_hash(word), id_) for id_, words in keys.items() for word in words})
    for pairs in chunks(values):
        connection.execute(sa.insert(table), [{"key": key, "posting_id": id_} for key, id_ in pairs])


def _mark_changed(connection: Connection, vacancies: Collection[str]) -> None:
    vacancy = tables.vacancy
    for some in chunks(sorted(vacancies)):
        connection.execute(sa.update(vacancy).where(vacancy.c.id.in_(some), ~vacancy.c.changed).values(changed=True))


def _journal(connection: Connection, step: _Step, links: Sequence[Link], told: Collection[int], now: datetime) -> None:
    """What came to a vacancy that stood already; how a new one was made stands in its links."""
    said: list[dict[str, Any]] = []
    for link in links:
        id_ = step.ids[link.key]
        if id_ in told:
            came = f"{link.key} came from {step.before[id_]}" if id_ in step.before else f"{link.key} joined"
            message = f"{came}: {link.reason}" if link.reason else came
            said.append(
                {"at": now, "subject": f"vacancy:{step.after[id_]}", "kind": "linked", "message": message, "data": {}}
            )
    if said:
        connection.execute(sa.insert(tables.event), said)
