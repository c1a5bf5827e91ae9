"""Postings as an operator looks for them: by an id, an address, an identifier or words, with their whole story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import JobPosting, PostingKey
from aggregator.store import rows, tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A posting with its place in a vacancy, for `jobbfyr why`: when it was met and seen, whether and why it closed,
    why it was linked (`matched` is the posting it was recognised by), and whether it came with its source's first
    harvest. `vacancy` is "" for a posting that belongs to none.
    """

    posting: JobPosting
    vacancy: str
    open: bool
    baseline: bool
    first_seen: datetime
    last_seen: datetime
    closed_at: datetime | None
    close_reason: str
    linked_at: datetime | None
    matched: PostingKey | None
    score: float
    reason: str


def postings() -> sa.Select[str, str, object]:
    """Every posting with its content; callers join and narrow."""
    posting, source, content = tables.posting, tables.source, tables.posting_content
    return (
        sa.select(source.c.key.label("source"), posting.c.identifier, content.c.content)
        .select_from(posting)
        .join(source, source.c.id == posting.c.source_id)
        .join(content, content.c.posting_id == posting.c.id)
    )


def posting_from(row: rows.Record) -> JobPosting:
    """The posting of a row of `postings`."""
    return rows.posting_from(row.source, row.identifier, row.content)


def members(connection: Connection, condition: sa.ColumnElement[bool]) -> tuple[Member, ...]:
    """Postings with their place and their story, in the order in which they were met."""
    posting, seen, link = tables.posting, tables.posting_seen, tables.link
    other, others_source = posting.alias("other"), tables.source.alias("others_source")
    query = (
        postings()
        .join(seen, seen.c.posting_id == posting.c.id)
        .outerjoin(link, link.c.posting_id == posting.c.id)
        .outerjoin(other, other.c.id == link.c.matched_id)
        .outerjoin(others_source, others_source.c.id == other.c.source_id)
        .add_columns(
            posting.c.open,
            posting.c.baseline,
            posting.c.first_seen,
            posting.c.closed_at,
            posting.c.close_reason,
            seen.c.last_seen,
            link.c.vacancy_id,
            link.c.at.label("linked_at"),
            link.c.score,
            link.c.reason,
            others_source.c.key.label("matched_source"),
            other.c.identifier.label("matched_identifier"),
        )
        .where(condition)
        .order_by(posting.c.first_seen, tables.source.c.key, posting.c.identifier)
    )
    return tuple(
        Member(
            posting=posting_from(row),
            vacancy=row.vacancy_id or "",
            open=row.open,
            baseline=row.baseline,
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            closed_at=row.closed_at,
            close_reason=row.close_reason,
            linked_at=row.linked_at,
            matched=PostingKey(row.matched_source, row.matched_identifier) if row.matched_source else None,
            score=1.0 if row.score is None else row.score,
            reason=row.reason or "",
        )
        for row in connection.execute(query)
    )


def by_address(connection: Connection, words: str) -> list[int]:
    """Row ids by an ad's or an application's address, with or without a slash at its end."""
    if "://" not in words:
        return []
    posting = tables.posting
    forms = [words, words.rstrip("/"), words.rstrip("/") + "/"]
    query = sa.select(posting.c.id).where(posting.c.url.in_(forms) | posting.c.apply_url.in_(forms))
    return list(connection.scalars(query.order_by(posting.c.id)))


def by_identifier(connection: Connection, words: str) -> list[int]:
    """Row ids by `source#identifier` or an identifier alone."""
    posting, source = tables.posting, tables.source
    name, _, identifier = words.partition("#")
    full = (source.c.key == name) & (posting.c.identifier == identifier)
    query = sa.select(posting.c.id).join(source).where(full | (posting.c.identifier == words))
    return list(connection.scalars(query.order_by(posting.c.id)))


def by_title(connection: Connection, words: str) -> list[int]:
    """Row ids by all of the words in a title, compared in Python: SQLite's LIKE does not know that Å is an å."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    posting = tables.posting
    found = connection.execute(sa.select(posting.c.id, posting.c.title).order_by(posting.c.open.desc(), posting.c.id))
    return [row.id for row in found if all(word in row.title.casefold() for word in wanted)]
