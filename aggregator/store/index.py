"""The stored postings as `aggregator.dedupe.index.Index` wants to ask for them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import JobPosting, PostingKey
from aggregator.store import rows, tables
from aggregator.store.engine import Database, chunks

_ASKED = 400
"""Keys a statement: SQLite refuses more than 500 terms in some of the forms a list of values can take."""


class StoredIndex:
    """Implements `aggregator.dedupe.index.Index` on the tables; each call is a consistent view of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lookup(self, keys: Collection[str], limit: int) -> Mapping[str, Sequence[PostingKey]]:
        """At most `limit` postings a key, the most recently stored first."""
        names = {key_hash(key): key for key in sorted(keys)}
        found: dict[str, list[PostingKey]] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(names), _ASKED):
                for row in connection.execute(_newest(some, limit)):
                    found.setdefault(names[row.key], []).append(PostingKey(row.source, row.identifier))
        return found

    def frequency(self, keys: Collection[str], at_most: int = 1000) -> Mapping[str, int]:
        """How many postings have each key, counted no further than `at_most`."""
        names = {key_hash(key): key for key in sorted(keys)}
        counts: dict[str, int] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(names), _ASKED):
                counts.update((names[row.key], row.number) for row in connection.execute(_counted(some, at_most)))
        return {key: number for key, number in counts.items() if number}

    def postings(self, keys: Collection[PostingKey]) -> Mapping[PostingKey, JobPosting]:
        """The postings themselves."""
        with self._database.read() as connection:
            ids = posting_ids(connection, keys)
            return {posting.key: posting for posting in postings_of(connection, list(ids.values())).values()}

    def vacancy_of(self, keys: Collection[PostingKey]) -> Mapping[PostingKey, str]:
        """The vacancy that each is now linked to."""
        with self._database.read() as connection:
            names = {id_: key for key, id_ in posting_ids(connection, keys).items()}
            found: dict[PostingKey, str] = {}
            for some in chunks(sorted(names)):
                query = sa.select(tables.link.c.posting_id, tables.link.c.vacancy_id).where(
                    tables.link.c.posting_id.in_(inline(some))
                )
                found.update((names[row.posting_id], row.vacancy_id) for row in connection.execute(query))
            return found

    def members(self, vacancies: Collection[str]) -> Mapping[str, Sequence[PostingKey]]:
        """The postings now linked to each vacancy, in order of their keys."""
        link, posting, source = tables.link, tables.posting, tables.source
        found: dict[str, list[PostingKey]] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(vacancies)):
                query = (
                    sa.select(link.c.vacancy_id, source.c.key, posting.c.identifier)
                    .select_from(link.join(posting, posting.c.id == link.c.posting_id).join(source))
                    .where(link.c.vacancy_id.in_(some))
                )
                for vacancy, key, identifier in connection.execute(query):
                    found.setdefault(vacancy, []).append(PostingKey(key, identifier))
        return {vacancy: sorted(found[vacancy]) for vacancy in sorted(found)}

    def closed(self, keys: Collection[PostingKey]) -> frozenset[PostingKey]:
        """Those of them that are closed."""
        with self._database.read() as connection:
            names = {id_: key for key, id_ in posting_ids(connection, keys).items()}
            found: set[PostingKey] = set()
            for some in chunks(sorted(names)):
                query = sa.select(tables.posting.c.id).where(
                    tables.posting.c.id.in_(inline(some)), ~tables.posting.c.open
                )
                found.update(names[id_] for id_ in connection.scalars(query))
            return frozenset(found)


def key_hash(key: str) -> int:
    """A blocking key as the signed 64-bit number under which it is stored."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)


def inline(ids: Sequence[int]) -> sa.BindParameter[int]:
    """Integers written into the statement: thousands of parameters would meet the drivers' limits."""
    return sa.bindparam("ids", list(ids), expanding=True, literal_execute=True, type_=sa.BigInteger(), unique=True)


def posting_ids(connection: Connection, keys: Collection[PostingKey]) -> dict[PostingKey, int]:
    """Row ids by key; unknown keys are left out."""
    posting, source = tables.posting, tables.source
    by_source: dict[str, list[str]] = {}
    for key in keys:
        by_source.setdefault(key.source, []).append(key.identifier)
    found: dict[PostingKey, int] = {}
    for name in sorted(by_source):
        for some in chunks(by_source[name]):
            query = (
                sa.select(posting.c.identifier, posting.c.id)
                .join(source)
                .where(source.c.key == name, posting.c.identifier.in_(some))
            )
            found.update((PostingKey(name, row.identifier), row.id) for row in connection.execute(query))
    return found


def postings_of(connection: Connection, ids: Sequence[int]) -> dict[int, JobPosting]:
    """Postings by row id."""
    posting, source, content = tables.posting, tables.source, tables.posting_content
    found: dict[int, JobPosting] = {}
    for some in chunks(ids):
        query = (
            sa.select(posting.c.id, source.c.key, posting.c.identifier, content.c.content)
            .select_from(posting.join(source).join(content, content.c.posting_id == posting.c.id))
            .where(posting.c.id.in_(inline(some)))
        )
        for id_, key, identifier, doc in connection.execute(query):
            found[id_] = rows.posting_from(key, identifier, doc)
    return found


def _asked(keys: Sequence[int]) -> sa.CTE:
    return sa.values(sa.column("key", sa.BigInteger()), name="asked").data([(key,) for key in keys]).cte("asked")


def _newest(keys: Sequence[int], limit: int) -> sa.Select[int, str, str]:
    """Walks the primary key backwards from each key's end, so that a common key costs no more than a rare one."""
    asked = _asked(keys)
    held, posting, source = tables.posting_key, tables.posting, tables.source
    inner = held.alias("newest")
    newest = (
        sa.select(inner.c.posting_id)
        .where(inner.c.key == asked.c.key)
        .order_by(inner.c.posting_id.desc())
        .limit(limit)
        .correlate(asked)
    )
    return (
        sa.select(asked.c.key, source.c.key.label("source"), posting.c.identifier)
        .select_from(asked.join(posting, posting.c.id.in_(newest)).join(source))
        .order_by(asked.c.key, posting.c.id.desc())
    )


def _counted(keys: Sequence[int], at_most: int) -> sa.Select[int, int]:
    asked = _asked(keys)
    held = tables.posting_key
    some = sa.select(sa.literal(1)).where(held.c.key == asked.c.key).limit(at_most).correlate(asked).subquery()
    return sa.select(asked.c.key, sa.select(sa.func.count()).select_from(some).scalar_subquery().label("number"))
