"""The small loop for servers without cron: at each beat it spawns `jobbfyr run` and sees that it ends.

What is due lives in the database and the lock is the kernel's, so a restart, a sleep or a change of the clocks loses no
slot and doubles none; the loop itself knows nothing but when to spawn next.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from aggregator.errors import AlreadyRunning, SettingsError

GRACE = 20.0
"""Seconds a run that took too long has to put things down before it is killed."""


def run_command(folder: Path) -> list[str]:
    """The command that does one cycle in a folder, with this very interpreter."""
    return [sys.executable, "-m", "aggregator.app", "run", "--config", str(folder)]


class Worker:
    """Spawns `command` every `every` seconds, each run at most `timeout` seconds long.

    `say(level, line)` tells what happens. `stop()` (or SIGTERM and SIGINT once `run` is going) ends the loop after
    asking a run under way to end.
    """

    def __init__(self, command: Sequence[str], *, every: int, timeout: float, say: Callable[[str, str], None]) -> None:
        self._command = list(command)
        self._every = every
        self._timeout = timeout
        self._say = say
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self, *, at_most: int | None = None) -> int:
        """Loop until stopped, or for `at_most` runs; returns the last run's exit code."""
        import schedule

        before = {signum: signal.signal(signum, lambda *_: self.stop()) for signum in (signal.SIGTERM, signal.SIGINT)}
        clock = schedule.Scheduler()
        codes: list[int] = []
        clock.every(self._every).seconds.do(lambda: codes.append(self.once()))
        try:
            codes.append(self.once())
            while not self._stopping.is_set() and (at_most is None or len(codes) < at_most):
                self._stopping.wait(max(0.0, min(clock.idle_seconds or 0.0, self._every)))
                if not self._stopping.is_set():
                    clock.run_pending()
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)
        return codes[-1]

    def once(self) -> int:
        """Spawn one run, wait for it, end it when it takes too long; never raises, or the loop would end with it."""
        try:
            self._child = subprocess.Popen(self._command, start_new_session=True)  # noqa: S603 - our own command
        except OSError as error:
            self._say("error", f"cannot start a run: {error.strerror}")
            return 1
        try:
            code = self._child.wait(timeout=self._timeout)
        except subprocess.TimeoutExpired:
            self._say(
                "error", f"a run took more than {self._timeout:.0f} s and was ended; the next one takes up its work"
            )
            code = self._end()
        finally:
            self._child = None
        if code == SettingsError.exit_code:
            self._say("error", "the settings are wrong; see `jobbfyr check`")
        elif code == AlreadyRunning.exit_code:
            self._say("warning", "another run was under way")
        return code

    @property
    def stopped(self) -> bool:
        """Whether it was told to end, rather than having done its runs."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """End the loop, and ask a run under way to end."""
        self._stopping.set()
        child = self._child
        if child is not None and child.poll() is None:
            _signal_group(child, signal.SIGTERM)

    def _end(self) -> int:
        assert self._child is not None
        _signal_group(self._child, signal.SIGTERM)
        try:
            return self._child.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            _signal_group(self._child, signal.SIGKILL)
            return self._child.wait()


def _signal_group(child: subprocess.Popen[bytes], signum: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signum)
