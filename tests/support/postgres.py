"""A PostgreSQL of our own for the tests: Debian's binaries, a folder that is thrown away, a Unix socket, no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from aggregator.store import Store

_NUMBERS = count(1)


class UnavailableError(Exception):
    """There is no PostgreSQL here, with the reason."""


class Cluster:
    """A running server. `fresh()` gives the address of a new database with the newest schema, made from a template."""

    def __init__(self, admin: str) -> None:
        self.admin = make_url(admin)
        self.engine = create_engine(self.admin, isolation_level="AUTOCOMMIT")
        self.prefix = f"jobbfyr_test_{os.getpid()}"
        self.template = f"{self.prefix}_template"
        self.create(self.template)
        Store.open(self.address(self.template)).close()

    def address(self, name: str) -> str:
        return self.admin.set(database=name).render_as_string(hide_password=False)

    def create(self, name: str, template: str = "template0") -> str:
        with self.engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        return self.address(name)

    def drop(self, name: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    @contextmanager
    def fresh(self, *, empty: bool = False) -> Iterator[str]:
        name = f"{self.prefix}_{next(_NUMBERS)}"
        address = self.create(name, "template0" if empty else self.template)
        try:
            yield address
        finally:
            self.drop(name)

    def close(self) -> None:
        self.drop(self.template)
        self.engine.dispose()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """The server of JOBBFYR_TEST_POSTGRES (an address whose user may create databases), else one started for us."""
    if given := os.environ.get("JOBBFYR_TEST_POSTGRES"):
        running = Cluster(given)
        try:
            yield running
        finally:
            running.close()
        return
    folder = Path(tempfile.mkdtemp(prefix="jobbfyr-pg-"))
    try:
        with _server(folder) as admin:
            running = Cluster(admin)
            try:
                yield running
            finally:
                running.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    binaries = _binaries()
    as_other = _as_other_user(folder)
    data = folder / "data"
    made = subprocess.run(
        [
            *as_other,
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "jobbfyr",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    if made.returncode:
        raise UnavailableError(f"initdb failed: {made.stderr.strip().splitlines()[-1:]}")
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "max_connections": "200",
        # Nothing here must outlive the tests, so nothing is forced to disk.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [*as_other, binaries / "postgres", "-D", data, *options], stdout=log, stderr=log, cwd=folder
        )
    try:
        address = f"postgresql+psycopg://jobbfyr@/postgres?host={folder}"
        _wait(address, server, folder / "log")
        yield address
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: connections are cut, not waited for
        server.wait(20)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    engine = create_engine(address)
    until = time.monotonic() + 30
    while True:
        try:
            with engine.connect():
                break
        except Exception as error:
            if server.poll() is not None or time.monotonic() > until:
                raise UnavailableError(f"postgres did not start: {log.read_text()[-400:]}") from error
            time.sleep(0.05)
    engine.dispose()


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    raise UnavailableError("no PostgreSQL binaries (apt-get install postgresql)")


def _as_other_user(folder: Path) -> list[str]:
    """The server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "nobody", "nogroup")
    if not shutil.which("setpriv"):
        raise UnavailableError("running as root without setpriv (util-linux)")
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
