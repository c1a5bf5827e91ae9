"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DOC = sa.JSON().with_variant(JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "delivery",
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("no_degree", sa.Boolean(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("partners", DOC, nullable=False),
        sa.Column("vacancies", DOC, nullable=False),
        sa.Column("municipalities", DOC, nullable=False),
        sa.PrimaryKeyConstraint("slot", "channel", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_at", "delivery", ["at"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("data", DOC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_subject", "event", ["subject"], unique=False)

    op.create_table(
        "flag",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_flag")),
    )

    op.create_table(
        "plan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("standings", DOC, nullable=False),
        sa.Column("shortfalls", DOC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )

    op.create_table(
        "plan_item",
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("item", DOC, nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_plan_item")),
    )
    op.create_index("ix_plan_item_at", "plan_item", ["at"], unique=False)

    op.create_table(
        "post",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("close_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("content", DOC, nullable=False),
        sa.Column("message", DOC, nullable=False),
        sa.Column("receipt", DOC, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_post")),
        sa.UniqueConstraint("slot", "channel", name=op.f("uq_post_slot_channel")),
    )
    op.create_index("ix_post_channel_sent_at", "post", ["channel", "sent_at"], unique=False)
    op.create_index("ix_post_state_not_before", "post", ["state", "not_before"], unique=False)

    op.create_table(
        "problem",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("data", DOC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
    )
    op.create_index(
        "uq_problem_open",
        "problem",
        ["scope", "identity"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )

    op.create_table(
        "ruling",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("a_source", sa.Text(), nullable=False),
        sa.Column("a_identifier", sa.Text(), nullable=False),
        sa.Column("b_source", sa.Text(), nullable=False),
        sa.Column("b_identifier", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind in ('merge', 'split', 'renamed')", name=op.f("ck_ruling_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        sa.UniqueConstraint(
            "a_source",
            "a_identifier",
            "b_source",
            "b_identifier",
            name=op.f("uq_ruling_a_source_a_identifier_b_source_b_identifier"),
        ),
    )

    op.create_table(
        "run",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("summary", DOC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )

    op.create_table(
        "source",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("baseline", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("last_harvest", MOMENT, nullable=True),
        sa.Column("last_success", MOMENT, nullable=True),
        sa.Column("last_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quarantined_at", MOMENT, nullable=True),
        sa.Column("quarantine_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("validators", DOC, nullable=False),
        sa.Column("suspicion", DOC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("key", name=op.f("uq_source_key")),
    )

    op.create_table(
        "vacancy",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("partner", sa.Text(), server_default="", nullable=False),
        sa.Column("open", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("fresh", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("close_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("blocked", sa.Text(), server_default="", nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("tagged_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy")),
    )
    op.create_index("ix_vacancy_closed_at", "vacancy", ["closed_at"], unique=False)
    op.create_index("ix_vacancy_open", "vacancy", ["open"], unique=False)

    op.create_table(
        "harvest",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("source_id", BIG_ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
        sa.Column("health", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("quarantine", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("counts", DOC, nullable=False),
        sa.Column("changes", DOC, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_harvest_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest")),
    )
    op.create_index("ix_harvest_source_id_applied_at", "harvest", ["source_id", "applied_at"], unique=False)

    op.create_table(
        "post_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("post_key", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["post_key"], ["post.key"], name=op.f("fk_post_event_post_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_event")),
    )
    op.create_index(op.f("ix_post_event_post_key"), "post_event", ["post_key"], unique=False)

    op.create_table(
        "post_vacancy",
        sa.Column("vacancy_id", sa.String(length=8), nullable=False),
        sa.Column("post_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post_key"], ["post.key"], name=op.f("fk_post_vacancy_post_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vacancy_id", "post_key", name=op.f("pk_post_vacancy")),
    )

    op.create_table(
        "posting",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("source_id", BIG_ID, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("apply_url", sa.Text(), server_default="", nullable=False),
        sa.Column("listing", sa.String(length=16), nullable=False),
        sa.Column("valid_through", MOMENT, nullable=True),
        sa.Column("open", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("baseline", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("close_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_posting_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("source_id", "identifier", name=op.f("uq_posting_source_id_identifier")),
    )

    op.create_table(
        "tag",
        sa.Column("vacancy_id", sa.String(length=8), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("axis", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("evidence", DOC, nullable=False),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], name=op.f("fk_tag_vacancy_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vacancy_id", "position", name=op.f("pk_tag")),
    )

    op.create_table(
        "vacancy_alias",
        sa.Column("alias", sa.String(length=8), nullable=False),
        sa.Column("vacancy_id", sa.String(length=8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancy.id"], name=op.f("fk_vacancy_alias_vacancy_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_vacancy_alias")),
    )
    op.create_index(op.f("ix_vacancy_alias_vacancy_id"), "vacancy_alias", ["vacancy_id"], unique=False)

    op.create_table(
        "link",
        sa.Column("posting_id", BIG_ID, nullable=False),
        sa.Column("vacancy_id", sa.String(length=8), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("matched_id", BIG_ID, nullable=True),
        sa.Column("score", sa.Float(), server_default="1", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["matched_id"], ["posting.id"], name=op.f("fk_link_matched_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_link_posting_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], name=op.f("fk_link_vacancy_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_vacancy_id"), "link", ["vacancy_id"], unique=False)

    op.create_table(
        "posting_content",
        sa.Column("posting_id", BIG_ID, nullable=False),
        sa.Column("content", DOC, nullable=False),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_posting_content_posting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_posting_content")),
    )

    op.create_table(
        "posting_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("posting_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_posting_key_posting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "posting_id", name=op.f("pk_posting_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_posting_key_posting_id", "posting_key", ["posting_id"], unique=False)

    op.create_table(
        "posting_seen",
        sa.Column("posting_id", BIG_ID, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("misses", sa.SmallInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_posting_seen_posting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_posting_seen")),
    )
