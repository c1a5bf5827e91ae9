"""What the world does to a command: signals, two at once, full disks, closed pipes, databases that are not ours."""

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol

import pytest

from aggregator.app.cycle import CycleReport
from aggregator.app.lock import holder, only_one
from aggregator.store import Store
from tests.support.small_region import TITLES, Town
from tests.support.webserver import Reply

HOME = Path(__file__).parents[2]


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "aggregator.app", *map(str, words)]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command(*words), capture_output=True, text=True, timeout=60, cwd=HOME, check=False)
    assert "Traceback" not in done.stderr
    return done


class Said(Protocol):
    """What a command left on stderr."""

    @property
    def err(self) -> str: ...


def one_line(said: Said) -> tuple[str, str]:
    """An error's two lines: what and where, then what to do."""
    first, second = said.err.splitlines()
    assert first.startswith("jobbfyr: ")
    assert second.startswith("  → ")
    return first, second


def opened(report: CycleReport) -> int:
    assert report.collected is not None
    return report.collected.changes["opened"]


def integrity(region: Path) -> str:
    with sqlite3.connect(region / "jobbfyr.db") as connection:
        (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return str(answer)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_says_so_leaves_no_lock_and_the_next_takes_up_its_work(
    here: Town, slow: Path, signum: signal.Signals
) -> None:
    region = slow
    started = in_the_middle(here, "run", "--config", region)
    assert holder(region / ".jobbfyr.lock") == started.pid
    assert "is under way" in run("status", "--config", region).stdout
    started.send_signal(signum)
    out, err = started.communicate(timeout=20)
    assert (started.returncode, out) == (130, "")
    assert err.splitlines()[-1].startswith("jobbfyr: interrupted")
    assert "Traceback" not in err
    with (region / ".jobbfyr.lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert integrity(region) == "ok"
    with Store.open(str(region / "jobbfyr.db")) as store:
        assert [one.outcome for one in store.journal.runs(1)] == ["interrupted"]
        assert store.vacancies.counts()["open"] == 5
    here.feed.list((*TITLES, "Bagare"))
    assert opened(here.run(region)) == 1


@pytest.mark.parametrize("verb", ["run", "collect", "publish"])
def test_a_second_run_is_refused_with_exit_code_3(jobbfyr, region: Path, verb: str) -> None:
    with only_one(region / ".jobbfyr.lock"):
        said = jobbfyr(verb, "--config", region)
    assert (said.code, said.out) == (3, "")
    assert f"process {os.getpid()}" in one_line(said)[0]


def test_readers_are_not_kept_waiting_by_a_run(jobbfyr, region: Path) -> None:
    with only_one(region / ".jobbfyr.lock"):
        assert jobbfyr("status", "--config", region).code == 0
        assert jobbfyr("plan", "--config", region).code == 0


@pytest.mark.parametrize("words", ["export", "plan --json", "export --format atom"])
def test_a_reader_that_has_seen_enough_is_no_error(region: Path, words: str) -> None:
    script = f"{' '.join(command(*words.split(), '--config', region))} | head -c 10; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=HOME, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_cycle_goes_on_though_nobody_reads_its_progress(here: Town, tmp_path: Path) -> None:
    region = here.write(tmp_path / "region")
    script = f"{' '.join(command('run', '--config', region))} 2>&1 >/dev/null | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=HOME, check=False)
    assert done.returncode == 0
    with Store.open(str(region / "jobbfyr.db")) as store:
        assert [one.outcome for one in store.journal.runs(1)] == ["ok"]


def test_a_full_disk_under_the_output_is_one_line(region: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("export", "--config", region), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, cwd=HOME,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "jobbfyr: No space left on device",
        "  → free space on the disk, then run again",
    ]


def test_a_database_that_may_not_grow_fails_in_one_line_and_stays_whole(here: Town, region: Path) -> None:
    """SQLite's own limit stands for the full disk: the very error comes from the same place."""
    here.feed.list((*TITLES, *(f"Svetsare {n}" for n in range(40))))
    script = (
        "import sqlite3, sys; from aggregator.store import engine; real = engine._prepare\n"
        "def small(connection, record):\n"
        "    real(connection, record); connection.execute('PRAGMA max_page_count = 1')\n"
        "engine._prepare = small; sys.argv = ['jobbfyr', *sys.argv[1:]]\n"
        "from aggregator.app.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "run", "--config", str(region)],
        capture_output=True, text=True, timeout=60, cwd=HOME, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "database or disk is full" in done.stderr
    assert "free space on the disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert integrity(region) == "ok"
    assert opened(here.run(region)) == 40


def test_a_database_of_a_newer_jobbfyr_is_left_alone(jobbfyr, region: Path) -> None:
    with sqlite3.connect(region / "jobbfyr.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for verb in ("status", "problems", "run", "stop", "plan"):
        said = jobbfyr(verb, "--config", region)
        assert said.code == 1
        assert "9999" in one_line(said)[0]
        assert "a newer Jobbfyr" in one_line(said)[1]


def test_a_file_that_is_no_database_is_named(jobbfyr, region: Path) -> None:
    for leftover in region.glob("jobbfyr.db-*"):
        leftover.unlink()
    (region / "jobbfyr.db").write_bytes(b"not a database at all" * 100)
    said = jobbfyr("status", "--config", region)
    assert said.code == 1
    assert str(region / "jobbfyr.db") in one_line(said)[0]
    assert "backup" in one_line(said)[1]
    assert (region / "jobbfyr.db").read_bytes().startswith(b"not a database")


@pytest.mark.parametrize("verb", ["status", "run", "block"])
def test_a_database_server_that_does_not_answer_is_one_line(jobbfyr, here: Town, tmp_path: Path, verb: str) -> None:
    region = here.write(tmp_path / "region", database="postgresql+psycopg://jobbfyr@127.0.0.1:9/jobbfyr")
    said = jobbfyr(verb, "--config", region, *(["x"] if verb == "block" else []))
    assert said.code == 1
    first, second = one_line(said)
    assert "127.0.0.1:9" in first
    assert "is the server running" in second


def test_a_password_that_is_not_set_is_named_and_never_shown(jobbfyr, here: Town, tmp_path: Path, monkeypatch) -> None:
    database = "{address: postgresql+psycopg://jobbfyr@127.0.0.1:9/jobbfyr, password: {env: JOBBFYR_TEST_DB}}"
    region = here.write(tmp_path / "region", database=database)
    monkeypatch.delenv("JOBBFYR_TEST_DB", raising=False)
    assert "JOBBFYR_TEST_DB" in jobbfyr("status", "--config", region).err
    monkeypatch.setenv("JOBBFYR_TEST_DB", "hunter2hunter2")
    said = jobbfyr("status", "--config", region)
    assert said.code == 1
    assert "hunter2" not in said.out + said.err


def test_an_output_folder_that_cannot_be_made_is_named(jobbfyr, here: Town, tmp_path: Path) -> None:
    region = here.write(tmp_path / "region")
    (region / "output").write_text("a file", "utf-8")
    said = jobbfyr("run", "--config", region)
    assert said.code == 1
    assert str(region / "output") in one_line(said)[0]


def test_status_and_problems_load_no_settings_and_no_heavy_library(region: Path) -> None:
    heavy = ["pydantic", "scrapy", "jinja2", "ruamel", "httpx", "typst", "lxml", "aggregator.settings.models", "rich"]
    for verb in ("status", "problems"):
        script = (
            f"import sys; sys.argv = ['jobbfyr', {verb!r}, '--config', {str(region)!r}]\n"
            "from aggregator.app.cli import main\n"
            "try: main()\n"
            f"except SystemExit: print([n for n in {heavy} if n in sys.modules], file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=HOME, check=True
        )
        assert done.stderr.strip() == "[]"


@pytest.fixture
def slow(here: Town, region: Path) -> Path:
    """The region with a feed that takes long to answer, so that a run can be met in the middle of its collecting."""
    here.feed.list((*TITLES, "Bagare"))
    here.feed.site.on("/rss", Reply(b"", wait=20))
    return region


def in_the_middle(here: Town, *words: object) -> subprocess.Popen[str]:
    """The command started, and waited for until it reads the feed."""
    seen = len(here.feed.site.asked)
    process = subprocess.Popen(command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HOME)
    until = time.monotonic() + 40
    while not any(asked.path == "/rss" for asked in here.feed.site.asked[seen:]):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            pytest.fail(f"it did not come to the feed: {process.communicate()}")
        time.sleep(0.02)
    return process


def test_a_killed_run_is_told_of_and_the_next_takes_up_its_work(here: Town, slow: Path) -> None:
    process = in_the_middle(here, "run", "--config", slow)
    process.kill()
    process.communicate()
    assert "did not finish" in run("status", "--config", slow).stdout
    assert integrity(slow) == "ok"
    here.feed.list((*TITLES, "Bagare"))
    report = here.run(slow)
    assert (report.exit_code, opened(report)) == (0, 1)


def test_the_worker_that_is_told_to_stop_ends_its_run_and_leaves_well(here: Town, slow: Path) -> None:
    process = in_the_middle(here, "work", "--config", slow)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in err
    with Store.open(str(slow / "jobbfyr.db")) as store:
        assert [one.outcome for one in store.journal.runs(1)] == ["interrupted"]


def test_serve_shows_the_built_site_until_it_is_stopped(region: Path) -> None:
    process = subprocess.Popen(
        command("serve", "--config", region, "--port", 0, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, cwd=HOME,
    )  # fmt: skip
    assert process.stdout is not None
    address = json.loads(process.stdout.readline())["address"]
    with urllib.request.urlopen(address) as page:
        assert "Svetsare" in page.read().decode()
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{address}nothing-here/")
    assert missing.value.code == 404
    assert "<html" in missing.value.read().decode()
    missing.value.close()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
