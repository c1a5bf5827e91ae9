"""Collect sources, look at ads again, and look into addresses: what the rest of the house asks of this room.

Each runs one Scrapy session in a child process under an operating-system time-out. A site that hangs, a page that
drives a parser mad or a library that crashes costs that session's unfinished sources, never the caller. The child is
given no environment but what it needs, so the process that reads other people's pages holds none of the channels'
secrets.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from aggregator.model import Harvest, Source
from spiders.detect import Detection
from spiders.frames import read_frame, write_frame
from spiders.harvest import Job
from spiders.look import Alive, Standing, Target
from spiders.manners import Manners
from spiders.recording import Recorded
from spiders.session import Order, failed

__all__ = [
    "Alive",
    "Detection",
    "Job",
    "Manners",
    "Recorded",
    "Standing",
    "Target",
    "crawl",
    "look_around",
    "record",
    "verify",
]

_log = logging.getLogger(__name__)

_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH")
_LAST_LINES = 20


def crawl(
    jobs: Sequence[Job],
    manners: Manners,
    *,
    on_harvest: Callable[[Harvest], None] | None = None,
    timeout: float,
    now: datetime | None = None,
) -> list[Harvest]:
    """Collect every source once; one harvest for each, in the order of `jobs`.

    `on_harvest` is called in the caller's thread with each harvest the moment its source is finished; what it raises
    stops the session and is passed on. After `timeout` seconds the session is killed: finished sources keep their
    harvests, all others get an incomplete one with a `Problem`. `now` is what the session's clock shall say at its
    start, for harvests' times and ads' expiry; the machine's own by default. Raises `ValueError` for two jobs of one
    source; nothing that a site, a kind or the child can do raises.
    """
    keys = [job.source.key for job in jobs]
    if len(set(keys)) != len(keys):
        raise ValueError("two jobs of one source in one session")
    if not jobs:
        return []
    began = time.monotonic()
    order = Order(
        jobs=tuple(jobs), manners=manners, until=began + timeout, seconds=timeout, now=now or datetime.now(UTC)
    )
    harvests: dict[str, Harvest] = {}

    def keep(harvest: Harvest) -> None:
        harvests[harvest.source] = harvest
        if on_harvest is not None:
            on_harvest(harvest)

    with _Child(order, _secrets_named(jobs)) as child:
        for _, harvest in child.answers():
            keep(harvest)
    took = time.monotonic() - began
    for key in keys:
        if key not in harvests:
            harvest = failed(key, *child.ending, order.now)
            keep(replace(harvest, counts={"seconds_ms": round(took * 1000)}))
    return [harvests[key] for key in keys]


def verify(
    targets: Sequence[Target], manners: Manners, *, timeout: float, now: datetime | None = None
) -> dict[str, Alive]:
    """Look at ads' own pages again, as right before they are posted; one answer for each target's key.

    `UNKNOWN` whenever the page could not be had or does not tell: a time-out, 5xx, 403, robots.txt. Only `GONE` means
    that the vacancy is over. Raises `ValueError` for two targets with one key.
    """
    if len({target.key for target in targets}) != len(targets):
        raise ValueError("two targets with one key")
    if not targets:
        return {}
    until = time.monotonic() + timeout
    order = Order(targets=tuple(targets), manners=manners, until=until, seconds=timeout, now=now or datetime.now(UTC))
    with _Child(order, ()) as child:
        answers: dict[str, Alive] = dict(child.answers())
    unseen = Alive(standing=Standing.UNKNOWN, reason=child.ending[1])
    return {target.key: answers.get(target.key, unseen) for target in targets}


def look_around(
    addresses: Mapping[str, str],
    manners: Manners,
    *,
    on_found: Callable[[Detection], None] | None = None,
    timeout: float,
    now: datetime | None = None,
) -> dict[str, Detection]:
    """Find the source kinds of career pages (address → its company's name, or ""), fetching a few pages of each.

    One detection for each address, in their order; `on_found` is called with each as it is ready. An address that was
    not finished in `timeout` seconds is unknown, and says so. Nothing that a site can do raises.
    """
    if not addresses:
        return {}
    until = time.monotonic() + timeout
    order = Order(addresses=addresses, manners=manners, until=until, seconds=timeout, now=now or datetime.now(UTC))
    found: dict[str, Detection] = {}
    with _Child(order, ()) as child:
        for address, detection in child.answers():
            found[address] = detection
            if on_found is not None:
                on_found(detection)
    for address in addresses:
        if address not in found:
            why = f"it was not finished: {child.ending[1]}"
            found[address] = Detection(url=address, evidence=why, instead="try again, with fewer addresses at a time")
    return {address: found[address] for address in addresses}


def record(source: Source, manners: Manners, *, most: int, timeout: float, now: datetime | None = None) -> Recorded:
    """Fetch all that a source's kind asks for, at most `most` pages, and keep it as it came.

    Nothing that a site or a kind can do raises; the `failure` of what comes back says what went wrong.
    """
    until = time.monotonic() + timeout
    order = Order(
        records=((source, most),), manners=manners, until=until, seconds=timeout, now=now or datetime.now(UTC)
    )
    with _Child(order, _secrets_named([Job(source=source)])) as child:
        answers: dict[str, Recorded] = dict(child.answers())
    return answers.get(source.key) or Recorded(failure=child.ending[1])


class _Child:
    """The session's process, in a process group of its own that is killed as a whole when the block is left."""

    def __init__(self, order: Order, secrets: Sequence[str]) -> None:
        self._order = order
        self._secrets = secrets
        self._frames: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._said: deque[str] = deque(maxlen=_LAST_LINES)
        self._timed_out = False

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "spiders.session"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(),
            start_new_session=True,
        )
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._write, self._read, self._listen)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=5)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def answers(self) -> Iterator[Any]:
        """The session's answers as they come, until it has none left, dies or its time is over."""
        while True:
            try:
                frame = self._frames.get(timeout=max(0.0, self._order.until - time.monotonic()))
            except queue.Empty:
                self._timed_out = True
                _log.warning("the collecting process was killed after %g s", self._order.seconds)
                return
            if frame is None:
                return
            yield frame

    @property
    def ending(self) -> tuple[str, str]:
        """Problem code and message for what was never answered."""
        if self._timed_out:
            return "time-ran-out", f"the session was ended after {self._order.seconds:g} s, before this was finished"
        last = next((line for line in reversed(self._said) if line.strip()), "it said nothing")
        return "collecting-failed", f"the collecting process ended before this was finished: {last[:300]}"

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in (*_ENVIRONMENT, *self._secrets) if name in os.environ}
        home = str(Path(__file__).resolve().parent.parent)
        return kept | {"PYTHONPATH": home, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}

    def _write(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError):  # it died; its silence will be noticed
            write_frame(stdin, sys.path)  # type: ignore[arg-type]
            write_frame(stdin, self._order)  # type: ignore[arg-type]

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            while (frame := read_frame(stdout)) is not None:  # type: ignore[arg-type]
                self._frames.put(frame)
        except (EOFError, OSError, ValueError):
            pass
        self._frames.put(None)

    def _listen(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        for line in stderr:
            text = line.decode("utf-8", errors="replace").rstrip()
            self._said.append(text)
            _log.debug("session: %s", text)


def _secrets_named(jobs: Sequence[Job]) -> list[str]:
    """The environment variables that the sources' own options name as `{env: NAME}`."""
    found: list[str] = []

    def gather(value: object) -> None:
        if isinstance(value, Mapping):
            if set(value) == {"env"} and isinstance(value["env"], str):
                found.append(value["env"])
            for inner in value.values():
                gather(inner)
        elif isinstance(value, (list, tuple)):
            for inner in value:
                gather(inner)

    for job in jobs:
        gather(job.source.options)
    return found
