"""The tables, as SQLAlchemy Core sees them. The migrations make them; a test holds the two together.

What is written at every harvest ("seen") stands apart from what is read often (`posting`), and both apart from what
is fat (`posting_content`): a harvest that finds nothing new rewrites 30 bytes a posting instead of 4 kB.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times: they would mean another moment on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always UTC, whatever the server's session zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


Doc = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON document that is read as a whole."""

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up only what it calls INTEGER."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True)


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _flag(name: str, *, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=true() if default else false())


def _moment(name: str, *, null: bool = False) -> Column[datetime]:
    return Column(name, Moment, nullable=null)


def _doc(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Doc, nullable=null)


def _to(name: str, target: str, *, primary: bool = False) -> Column[int]:
    return Column(name, BigId, ForeignKey(target, ondelete="CASCADE"), primary_key=primary, nullable=False)


# --- collected -----------------------------------------------------------------------------------------------------

source = Table(
    "source",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    _words("partner"),
    _words("kind"),
    _flag("baseline", default=True),
    _moment("last_harvest", null=True),
    _moment("last_success", null=True),
    Column("last_count", Integer, nullable=False, server_default="0"),
    _moment("quarantined_at", null=True),
    _words("quarantine_reason"),
    _words("cursor"),
    _moment("retired_at", null=True),
    _doc("validators"),
    _doc("suspicion", null=True),
)

harvest = Table(
    "harvest",
    metadata,
    _id(),
    _to("source_id", "source.id"),
    _moment("started_at"),
    _moment("finished_at"),
    _moment("applied_at"),
    Column("health", String(16), nullable=False),
    _words("reason"),
    _flag("quarantine"),
    _doc("counts"),
    _doc("changes"),
    Index("ix_harvest_source_id_applied_at", "source_id", "applied_at"),
)

problem = Table(
    "problem",
    metadata,
    _id(),
    Column("scope", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("level", String(8), nullable=False),
    Column("code", Text, nullable=False),
    _words("location"),
    _words("message"),
    _moment("first_seen"),
    _moment("last_seen"),
    Column("times", Integer, nullable=False, server_default="1"),
    _moment("resolved_at", null=True),
    _doc("data"),
)
Index(
    "uq_problem_open",
    problem.c.scope,
    problem.c.identity,
    unique=True,
    sqlite_where=problem.c.resolved_at.is_(None),
    postgresql_where=problem.c.resolved_at.is_(None),
)

posting = Table(
    "posting",
    metadata,
    _id(),
    _to("source_id", "source.id"),
    Column("identifier", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    _words("title"),
    _words("url"),
    _words("apply_url"),
    Column("listing", String(16), nullable=False),
    _moment("valid_through", null=True),
    _flag("open", default=True),
    _flag("baseline"),
    _moment("first_seen"),
    _moment("closed_at", null=True),
    _words("close_reason"),
    UniqueConstraint("source_id", "identifier"),
)

posting_seen = Table(
    "posting_seen",
    metadata,
    _to("posting_id", "posting.id", primary=True),
    _moment("last_seen"),
    Column("misses", SmallInteger, nullable=False, server_default="0"),
)

posting_content = Table(
    "posting_content",
    metadata,
    _to("posting_id", "posting.id", primary=True),
    _doc("content"),
)

posting_key = Table(
    "posting_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    _to("posting_id", "posting.id", primary=True),
    Index("ix_posting_key_posting_id", "posting_id"),
    sqlite_with_rowid=False,
)
"""Blocking keys as 64-bit hashes: twenty a posting stay small, and a chance collision costs one comparison."""

# --- understood ----------------------------------------------------------------------------------------------------

vacancy = Table(
    "vacancy",
    metadata,
    Column("id", String(8), primary_key=True),
    _words("partner"),
    _flag("open", default=True),
    _flag("fresh", default=True),
    _moment("opened_at"),
    _moment("closed_at", null=True),
    _words("close_reason"),
    _words("blocked"),
    _flag("pinned"),
    _flag("changed", default=True),
    _words("tagged_by"),
    Index("ix_vacancy_open", "open"),
    Index("ix_vacancy_closed_at", "closed_at"),
)
"""`changed` says that its postings changed since it was tagged, `tagged_by` with which rules it was; `blocked` is the
operator's reason."""

vacancy_alias = Table(
    "vacancy_alias",
    metadata,
    Column("alias", String(8), primary_key=True),
    Column("vacancy_id", String(8), ForeignKey("vacancy.id", ondelete="CASCADE"), nullable=False, index=True),
    _moment("at"),
)

link = Table(
    "link",
    metadata,
    _to("posting_id", "posting.id", primary=True),
    Column("vacancy_id", String(8), ForeignKey("vacancy.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("mark", Text, nullable=False),
    Column("matched_id", BigId, ForeignKey("posting.id", ondelete="SET NULL"), nullable=True),
    Column("score", Float, nullable=False, server_default="1"),
    _words("reason"),
    _moment("at"),
)
"""`mark` is the posting's fingerprint when it was linked."""

ruling = Table(
    "ruling",
    metadata,
    _id(),
    Column("kind", String(8), nullable=False),
    Column("a_source", Text, nullable=False),
    Column("a_identifier", Text, nullable=False),
    Column("b_source", Text, nullable=False),
    Column("b_identifier", Text, nullable=False),
    _moment("at"),
    UniqueConstraint("a_source", "a_identifier", "b_source", "b_identifier"),
    CheckConstraint("kind in ('merge', 'split', 'renamed')", name="kind"),
)
"""One word a pair, the latest; `a` sorts before `b`."""

tag = Table(
    "tag",
    metadata,
    Column("vacancy_id", String(8), ForeignKey("vacancy.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("axis", Text, nullable=False),
    Column("code", Text, nullable=False),
    _words("label"),
    Column("confidence", Float, nullable=False),
    _doc("evidence"),
)

# --- chosen --------------------------------------------------------------------------------------------------------

plan = Table(
    "plan",
    metadata,
    _id(),
    _moment("made_at"),
    _doc("standings"),
    _doc("shortfalls"),
)
"""The latest plan's account; its items are in `plan_item`."""

plan_item = Table(
    "plan_item",
    metadata,
    Column("slot", Text, primary_key=True),
    Column("campaign", Text, nullable=False),
    _moment("at"),
    _words("content"),
    _moment("planned_at"),
    _doc("item"),
    Index("ix_plan_item_at", "at"),
)

# --- published -----------------------------------------------------------------------------------------------------

post = Table(
    "post",
    metadata,
    Column("key", Text, primary_key=True),
    Column("slot", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("language", String(8), nullable=False),
    _moment("created_at"),
    _moment("not_before"),
    _moment("due_at", null=True),
    _moment("sent_at", null=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _words("error"),
    _words("close_reason"),
    Column("seed", Text, nullable=False),
    _doc("content"),
    _doc("message"),
    _doc("receipt", null=True),
    UniqueConstraint("slot", "channel"),
    Index("ix_post_channel_sent_at", "channel", "sent_at"),
    Index("ix_post_state_not_before", "state", "not_before"),
)

post_vacancy = Table(
    "post_vacancy",
    metadata,
    Column("vacancy_id", String(8), primary_key=True),
    Column("post_key", Text, ForeignKey("post.key", ondelete="CASCADE"), primary_key=True),
)

post_event = Table(
    "post_event",
    metadata,
    _id(),
    Column("post_key", Text, ForeignKey("post.key", ondelete="CASCADE"), nullable=False, index=True),
    _moment("at"),
    Column("state", String(12), nullable=False),
    _words("message"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("slot", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("no_degree", Boolean, nullable=True),
    _moment("at"),
    _doc("partners"),
    _doc("vacancies"),
    _doc("municipalities"),
    Index("ix_delivery_at", "at"),
)

# --- remembered ----------------------------------------------------------------------------------------------------

event = Table(
    "event",
    metadata,
    _id(),
    _moment("at"),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _words("message"),
    _doc("data"),
    Index("ix_event_subject", "subject"),
)

run = Table(
    "run",
    metadata,
    _id(),
    Column("command", Text, nullable=False),
    _moment("started_at"),
    _moment("finished_at", null=True),
    _words("outcome"),
    _doc("summary"),
)

flag = Table(
    "flag",
    metadata,
    Column("name", Text, primary_key=True),
    _words("value"),
    _moment("at"),
)
"""Switches that the operator throws and every process sees, such as `stop`."""
