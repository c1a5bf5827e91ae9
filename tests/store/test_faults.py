"""A full disk, a locked file, a lost server, a killed process: one line for the operator, and the data whole."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.store import Store, engine
from tests.store.test_harvests import content, take
from tests.support.world import HOUR, NOON, SOURCE, harvest, posting, postings


@pytest.fixture
def path(tmp_path: Path, sqlite_template: Path) -> Path:
    target = tmp_path / "jobbfyr.db"
    target.write_bytes(sqlite_template.read_bytes())
    return target


def refused(error: pytest.ExceptionInfo[StoreError], words: str) -> None:
    assert words in str(error.value)
    assert error.value.hint
    assert "\n" not in str(error.value)


def test_a_full_disk_leaves_what_was_there(path: Path):
    with Store.open(str(path)) as store:
        take(store, harvest(postings(range(5))))
        before = content(store)

        def fill(connection: sqlite3.Connection, _record: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages + 2}")

        store.close()
        sa.event.listen(store.database.engine, "connect", fill)
        big = [posting(n, description="x" * 3000) for n in range(200)]
        with pytest.raises(StoreError) as full:
            take(store, harvest(big, NOON + HOUR))
        refused(full, "is full")
        assert content(store) == before


def test_a_file_that_another_process_holds_is_waited_for_and_then_said(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    other = sqlite3.connect(path, isolation_level=None)
    with Store.open(str(path)) as store:
        other.execute("BEGIN IMMEDIATE")
        assert store.journal.problems() == ()  # reading goes on
        with pytest.raises(StoreError) as locked:
            store.journal.start_run("run", NOON)
        refused(locked, "locked")
        other.execute("ROLLBACK")
        store.journal.start_run("run", NOON)
    other.close()


@pytest.mark.server("postgres")
def test_a_server_that_cuts_the_connection_is_said_and_found_again(postgres):
    with postgres.fresh() as address, Store.open(address) as store:

        def cut_off() -> None:
            with store.database.write() as connection:
                pid = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
                with postgres.engine.connect() as admin:
                    admin.execute(sa.select(sa.func.pg_terminate_backend(pid)))
                connection.execute(sa.select(1))

        with pytest.raises(StoreError) as lost:
            cut_off()
        assert "\n" not in str(lost.value)
        assert store.journal.problems() == ()


KILLED = """
import os, signal, sys
from aggregator.store import Store, problems
from tests.store.test_harvests import take
from tests.support.world import HOUR, NOON, harvest, postings

statements = 0

def count(*_):
    global statements
    statements += 1
    if statements == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

import sqlalchemy as sa
store = Store.open(sys.argv[1])
sa.event.listen(store.database.engine, "after_cursor_execute", count)
take(store, harvest(postings(range(2, 9)), NOON + HOUR))
"""


@pytest.mark.parametrize("statement", [4, 10])
def test_a_process_killed_in_the_middle_of_a_harvest_leaves_the_harvest_before(
    store: Store, store_address: str, statement: int
):
    take(store, harvest(postings(range(5))))
    before = content(store)

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, store_address, str(statement)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert content(store) == before
    assert take(store, harvest(postings(range(2, 9)), NOON + HOUR)).opened == 4  # and no lock is left behind
    assert len(store.harvests.known(SOURCE.key).postings) == 9
