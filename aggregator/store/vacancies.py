"""Vacancies: their postings, their tags and the operator's word about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from aggregator.errors import UsageError
from aggregator.model import Event, JobPosting, Link, ListingKind, PostingKey, Ruling, Tag, Vacancy
from aggregator.store import finding, linking, loading, rows, tables
from aggregator.store.engine import Database, chunks
from aggregator.store.finding import Member
from aggregator.store.index import StoredIndex, posting_ids
from aggregator.store.linking import Linked


class Vacancies:
    """`store.vacancies`. Ids that a merging has taken away go on working everywhere an id is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: tuple[str, tuple[Vacancy, ...]] | None = None

    # --- linking

    def unlinked(self) -> tuple[JobPosting, ...]:
        """Open vacancy postings that are new, or changed since they were last linked, in order of their keys."""
        posting, link = tables.posting, tables.link
        condition = (
            posting.c.open
            & (posting.c.listing == ListingKind.VACANCY.value)
            & (link.c.posting_id.is_(None) | (link.c.mark != posting.c.fingerprint))
        )
        with self._database.read() as connection:
            found = connection.execute(
                finding.postings().outerjoin(link, link.c.posting_id == posting.c.id).where(condition)
            )
            return tuple(sorted((finding.posting_from(row) for row in found), key=lambda posting: posting.key))

    def index(self) -> StoredIndex:
        """The stored postings by blocking key, for `aggregator.dedupe.link`."""
        return StoredIndex(self._database)

    def save_links(
        self,
        links: Sequence[Link],
        keys: Mapping[PostingKey, Sequence[str]],
        now: datetime,
        partner_of: Mapping[str, str] | None = None,
    ) -> Linked:
        """Write where postings belong, with their blocking `keys`, in one transaction (`linking.save`).

        `partner_of` names the partner a source's vacancies count for, where it is not the one it was harvested for.
        """
        with self._database.write(alone=True) as connection:
            return linking.save(connection, links, keys, partner_of or {}, now)

    def rulings(self) -> tuple[Ruling, ...]:
        """What was said about pairs of postings, in the order in which it was."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(tables.ruling).order_by(tables.ruling.c.at, tables.ruling.c.id))
            return tuple(
                Ruling(
                    kind=row.kind,
                    a=PostingKey(row.a_source, row.a_identifier),
                    b=PostingKey(row.b_source, row.b_identifier),
                )
                for row in found
            )

    def add_ruling(self, ruling: Ruling, now: datetime) -> None:
        """Remember that two postings are one job (`merge`) or two (`split`); the last word about a pair counts.

        Everything in their vacancies is offered by `unlinked` again. Raises `UsageError` for an unknown posting.
        """
        a, b = sorted((ruling.a, ruling.b))
        table = tables.ruling
        with self._database.write(alone=True) as connection:
            ids = posting_ids(connection, [a, b])
            for key in (a, b):
                if key not in ids:
                    raise UsageError(f"there is no posting {key}", hint="`jobbfyr why` shows the postings of a vacancy")
            pair = (
                (table.c.a_source == a.source)
                & (table.c.a_identifier == a.identifier)
                & (table.c.b_source == b.source)
                & (table.c.b_identifier == b.identifier)
            )
            connection.execute(sa.delete(table).where(pair))
            connection.execute(
                sa.insert(table).values(
                    kind=ruling.kind,
                    a_source=a.source,
                    a_identifier=a.identifier,
                    b_source=b.source,
                    b_identifier=b.identifier,
                    at=now,
                )
            )
            link = tables.link
            theirs = sa.select(link.c.vacancy_id).where(link.c.posting_id.in_(list(ids.values())))
            connection.execute(sa.update(link).where(link.c.vacancy_id.in_(theirs)).values(mark=""))
            message = f"the operator says: {ruling.kind} {a} and {b}"
            said = [Event(at=now, subject=f"posting:{key}", kind="ruled", message=message) for key in (a, b)]
            connection.execute(sa.insert(tables.event), [rows.event_to(event) for event in said])

    # --- tagging

    def untagged(self, rules: str = "") -> tuple[Vacancy, ...]:
        """Open vacancies whose postings changed since they were tagged, or that were tagged by other rules.

        `rules` is any short text that changes when the tagging's rules do (a version, a hash of `tags.yml`).
        """
        vacancy = tables.vacancy
        return self._load(vacancy.c.open & (vacancy.c.changed | (vacancy.c.tagged_by != rules)))

    def save_tags(self, tags: Mapping[str, Sequence[Tag]], now: datetime, rules: str = "") -> None:
        """Replace the tags of the vacancies named, in one transaction; a change of codes goes to the journal."""
        table, vacancy = tables.tag, tables.vacancy
        self._open = None
        with self._database.write() as connection:
            known = linking.resolve(connection, tags)
            now_tags = {known[id_]: tuple(some) for id_, some in tags.items() if id_ in known}
            for some in chunks(sorted(now_tags), 1000):
                before = loading.tags(connection, table.c.vacancy_id.in_(some))
                different = [id_ for id_ in some if before.get(id_, ()) != now_tags[id_]]
                connection.execute(sa.delete(table).where(table.c.vacancy_id.in_(different)))
                written = [rows.tag_to(id_, n, tag) for id_ in different for n, tag in enumerate(now_tags[id_])]
                if written:
                    connection.execute(sa.insert(table), written)
                connection.execute(
                    sa.update(vacancy).where(vacancy.c.id.in_(some)).values(changed=False, tagged_by=rules)
                )
                said = [_retagged(id_, before[id_], now_tags[id_], now) for id_ in different if id_ in before]
                if told := [rows.event_to(event) for event in said if event is not None]:
                    connection.execute(sa.insert(tables.event), told)

    # --- asking

    def open(self) -> tuple[Vacancy, ...]:
        """All open vacancies, the newest first.

        They are kept, and given again for as long as their rows say the same: a cycle asks five times.
        """
        with self._database.read() as connection:
            mark = loading.mark(connection, tables.vacancy.c.open)
            if self._open is None or self._open[0] != mark:
                self._open = None  # the old ones go before the new ones come
                self._open = (mark, loading.vacancies(connection, tables.vacancy.c.open))
            return self._open[1]

    def mark(self, now: datetime, since: datetime) -> str:
        """A short text that changes whenever an open vacancy, or one that closed at or after `since`, would be shown
        otherwise, or one of their postings has passed its last day. Far cheaper than loading them.
        """
        vacancy = tables.vacancy
        with self._database.read() as connection:
            return loading.mark(connection, vacancy.c.open | (vacancy.c.closed_at >= since), now)

    def all(self) -> tuple[Vacancy, ...]:
        """All vacancies, open and closed, the newest first."""
        return self._load(sa.true())

    def counts(self) -> Mapping[str, int]:
        """How many vacancies are `open`, `closed`, and `blocked` by the operator while open."""
        vacancy = tables.vacancy
        blocked = vacancy.c.open & (vacancy.c.blocked != "")
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(
                    sa.func.count().filter(vacancy.c.open).label("open"),
                    sa.func.count().filter(~vacancy.c.open).label("closed"),
                    sa.func.count().filter(blocked).label("blocked"),
                )
            ).one()
        return {"open": row.open, "closed": row.closed, "blocked": row.blocked}

    def closed_since(self, at: datetime) -> tuple[Vacancy, ...]:
        """Vacancies that closed at or after `at` and are closed still."""
        return self._load(~tables.vacancy.c.open & (tables.vacancy.c.closed_at >= at))

    def get(self, id_: str) -> Vacancy | None:
        """A vacancy by its id or one it had before a merging; None when nothing has it."""
        with self._database.read() as connection:
            known = linking.resolve(connection, [id_]).get(id_)
        return next(iter(self.many([known])), None) if known else None

    def many(self, ids: Sequence[str]) -> tuple[Vacancy, ...]:
        """Vacancies by ids, through merging; unknown ones are left out."""
        with self._database.read() as connection:
            known = sorted(set(linking.resolve(connection, ids).values()))
        return tuple(v for some in chunks(known, 1000) for v in self._load(tables.vacancy.c.id.in_(some)))

    def aliases(self) -> Mapping[str, str]:
        """Ids that a merging took away, each with the one that it now stands for."""
        table = tables.vacancy_alias
        with self._database.read() as connection:
            return {row.alias: row.vacancy_id for row in connection.execute(sa.select(table))}

    def members(self, id_: str) -> tuple[Member, ...]:
        """Every posting of a vacancy, open and closed, in the order in which they were met."""
        with self._database.read() as connection:
            known = linking.resolve(connection, [id_]).get(id_, id_)
            return finding.members(connection, tables.link.c.vacancy_id == known)

    def find(self, words: str) -> tuple[Member, ...]:
        """Postings, linked or not, by what an operator has at hand: a vacancy's id, an ad's or an application's
        address, `source#identifier`, an identifier, or words of a title (all of them, in any order).
        """
        words = words.strip()
        with self._database.read() as connection:
            known = linking.resolve(connection, [words.lower()]).get(words.lower())
            if known:
                return finding.members(connection, tables.link.c.vacancy_id == known)
            ids = (
                finding.by_address(connection, words)
                or finding.by_identifier(connection, words)
                or finding.by_title(connection, words)
            )
            return tuple(
                member
                for some in chunks(ids, 1000)
                for member in finding.members(connection, tables.posting.c.id.in_(some))
            )

    # --- the operator's word

    def block(self, id_: str, reason: str, now: datetime) -> str:
        """Keep a vacancy from being posted, because of `reason`. Returns its id; raises `UsageError` when unknown."""
        return self._decree(id_, {"blocked": reason or "blocked by the operator"}, "blocked", reason, now)

    def unblock(self, id_: str, now: datetime) -> str:
        """Take a block back."""
        return self._decree(id_, {"blocked": ""}, "unblocked", "", now)

    def pin(self, id_: str, now: datetime, *, pinned: bool = True) -> str:
        """Ask for a vacancy to be shown before others, or no longer."""
        return self._decree(id_, {"pinned": pinned}, "pinned" if pinned else "unpinned", "", now)

    def _decree(self, id_: str, values: Mapping[str, object], kind: str, message: str, now: datetime) -> str:
        with self._database.write() as connection:
            known = linking.resolve(connection, [id_]).get(id_)
            if known is None:
                raise UsageError(f"there is no vacancy {id_!r}", hint="`jobbfyr why WORDS` finds ids")
            connection.execute(sa.update(tables.vacancy).where(tables.vacancy.c.id == known).values(**values))
            event = Event(at=now, subject=f"vacancy:{known}", kind=kind, message=message)
            connection.execute(sa.insert(tables.event).values(**rows.event_to(event)))
            return known

    # --- loading

    def _load(self, condition: sa.ColumnElement[bool]) -> tuple[Vacancy, ...]:
        with self._database.read() as connection:
            return loading.vacancies(connection, condition)


def _retagged(id_: str, before: Sequence[Tag], after: Sequence[Tag], now: datetime) -> Event | None:
    """What changed between two taggings, when it was more than the words that prove it."""
    old = {(tag.axis, tag.code) for tag in before}
    new = {(tag.axis, tag.code) for tag in after}
    if old == new:
        return None
    steps = [f"-{axis} {code}" for axis, code in sorted(old - new)] + [
        f"+{axis} {code}" for axis, code in sorted(new - old)
    ]
    return Event(at=now, subject=f"vacancy:{id_}", kind="retagged", message=", ".join(steps))
