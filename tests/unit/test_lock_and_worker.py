"""One run at a time, whatever dies; and a loop that outlives the runs it starts."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aggregator.app.lock import only_one
from aggregator.app.worker import Worker
from aggregator.errors import AlreadyRunning, JobbfyrError

HOLDER = """
import sys, time
from pathlib import Path
from aggregator.app.lock import only_one
with only_one(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_lock_is_refused_while_another_process_holds_it_and_names_it(holder, tmp_path: Path) -> None:
    with pytest.raises(AlreadyRunning, match=f"process {holder.pid}") as caught, only_one(tmp_path / "lock"):
        pass
    assert caught.value.exit_code == 3


def test_a_killed_holder_leaves_no_lock_behind(holder, tmp_path: Path) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with only_one(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_lock_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(JobbfyrError, match="cannot make the lock file"), only_one(tmp_path / "file" / "lock"):
        pass


def _worker(script: str, said: list[tuple[str, str]], *, every: int = 1, timeout: float = 20) -> Worker:
    return Worker([sys.executable, "-c", script], every=every, timeout=timeout, say=lambda *line: said.append(line))


def test_the_worker_goes_on_after_a_run_that_failed(tmp_path: Path) -> None:
    said: list[tuple[str, str]] = []
    marks = tmp_path / "marks"
    script = f"open({str(marks)!r}, 'a').write('x'); raise SystemExit(1)"
    assert _worker(script, said).run(at_most=3) == 1
    assert marks.read_text() == "xxx"
    assert said == []


def test_the_worker_says_when_the_settings_are_wrong() -> None:
    said: list[tuple[str, str]] = []
    assert _worker("raise SystemExit(2)", said).run(at_most=1) == 2
    assert said == [("error", "the settings are wrong; see `jobbfyr check`")]


def test_a_run_that_hangs_is_ended_with_all_its_children(tmp_path: Path) -> None:
    said: list[tuple[str, str]] = []
    pid = tmp_path / "pid"
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pid)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    started = time.monotonic()
    code = _worker(script, said, timeout=1.5).run(at_most=1)
    assert code == -signal.SIGTERM
    assert time.monotonic() - started < 15
    assert "took more than" in said[0][1]
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid.read_text()}/stat")
        if not state.exists() or ") Z" in state.read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the run's child is still alive")
