"""Fixtures that several rooms share."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.store import Store
from tests.support.loopback import or_skip
from tests.support.postgres import Cluster, UnavailableError, cluster


def pytest_configure() -> None:
    """Let Ctrl-C reach the commands that tests start, also where the test run was started with it ignored (nohup)."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One PostgreSQL server for this process's tests."""
    try:
        with cluster() as running:
            yield running
    except UnavailableError as reason:
        or_skip(f"PostgreSQL: {reason}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store with the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "jobbfyr.db"
    Store.open(str(path)).close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgres"))])
def store_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'jobbfyr.db')}"
    else:
        running: Cluster = request.getfixturevalue("postgres")
        with running.fresh() as address:
            yield address


@pytest.fixture
def store(store_address: str) -> Iterator[Store]:
    """An empty store, once on SQLite and once on PostgreSQL."""
    with Store.open(store_address) as opened:
        yield opened
