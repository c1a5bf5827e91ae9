"""The schema's version: read at every opening, brought up to date by Alembic when it is behind."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import StoreError
from aggregator.store.engine import Database

HEAD = "0001"
"""The newest revision in `migrations/versions`; a test holds it to be."""

_LOCK = 0x4A6F6266
"""PostgreSQL's advisory lock that a migration holds: "Jobf" in ASCII."""

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(database: Database) -> None:
    """Make or change the tables so that they are `HEAD`'s, in one transaction.

    Two processes that start together wait for each other here, and the second finds nothing left to do. Raises
    `StoreError` for a database that a newer Jobbfyr has written.
    """
    with database.read() as connection:
        if _version(connection) == HEAD:
            return
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if _version(connection) != HEAD:
            _upgrade(connection, database.shown)


def _version(connection: Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""


def _upgrade(connection: Connection, shown: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    version = _version(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version and version not in known:
        raise StoreError(
            f"{shown} has the schema {version}, which this Jobbfyr does not know",
            hint="a newer Jobbfyr has written it: install that one, or restore a backup from before",
        )
    command.upgrade(config, "head")
