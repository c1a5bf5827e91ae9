"""Opening a store: its tables made, brought up to date, shared, refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.store import Store, schema, tables
from aggregator.store.engine import connect


def test_the_head_is_the_newest_revision():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_the_migrations_make_the_tables_that_core_sees(store: Store):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        assert compare_metadata(context, tables.metadata) == []
        flags = connection.execute(sa.select(tables.vacancy)).all()
    assert flags == []


def test_an_up_to_date_store_opens_without_alembic(store_address: str):
    script = "import sys; from aggregator.store import Store; Store.open(sys.argv[1]).close(); print('alembic' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script, store_address], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "False"


@pytest.mark.parametrize("make", ["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgres"))])
def test_processes_that_start_together_on_nothing_all_get_a_store(make, request, tmp_path: Path):
    script = "import sys; from aggregator.store import Store; Store.open(sys.argv[1]).journal.problems()"

    def together(address: str) -> list[tuple[int, str]]:
        started = [
            subprocess.Popen([sys.executable, "-c", script, address], stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        return [(process.wait(), process.communicate()[1]) for process in started]

    if make == "sqlite":
        outcomes = together(str(tmp_path / "new" / "jobbfyr.db"))
    else:
        with request.getfixturevalue("postgres").fresh(empty=True) as address:
            outcomes = together(address)
    assert outcomes == [(0, "")] * 2


def test_a_schema_from_the_future_is_refused_and_left_alone(store_address: str):
    database = connect(store_address)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(StoreError, match="has the schema 9999") as refused:
        Store.open(store_address)
    assert "newer" in refused.value.hint

    database = connect(store_address)
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    database.close()


def test_a_file_that_is_something_else_is_refused(tmp_path: Path):
    other = tmp_path / "letter.db"
    other.write_text("Hej! Detta är ett brev. " * 100)

    with pytest.raises(StoreError, match="not a database") as refused:
        Store.open(str(other))
    assert str(other) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert other.read_text().startswith("Hej!")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://user@host/name", "mysql"),
        ("sqlite://", "in memory"),
        ("postgresql+psycopg://host:port/name", "cannot be read"),
        ("oracle+oracledb://x/y", "oracle"),
    ],
)
def test_an_address_that_cannot_be_used_says_which_can(address, words):
    with pytest.raises(StoreError, match=words) as refused:
        Store.open(address)
    assert "sqlite:///" in refused.value.hint


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        Store.open(str(tmp_path / "file" / "below" / "jobbfyr.db"))


def test_a_server_that_is_not_there_is_one_line_without_the_password(tmp_path: Path):
    with pytest.raises(StoreError) as lost:
        Store.open(f"postgresql+psycopg://user@/name?host={tmp_path}", password="hemligt")

    assert "hemligt" not in str(lost.value)
    assert "\n" not in str(lost.value)
    assert "server running" in lost.value.hint


def test_times_without_a_zone_are_refused(store: Store):
    from datetime import datetime

    with pytest.raises(Exception, match="without a zone"):
        store.journal.start_run("run", datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    assert store.journal.last_run() is None
