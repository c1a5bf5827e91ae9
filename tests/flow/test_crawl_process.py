"""The session is a child process: it is ended in time, with its caller, and never takes finished work with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.model import Harvest
from spiders.base import Found, Page
from spiders.crawl import Job, Target, crawl, verify
from spiders.frames import write_frame
from spiders.session import Order
from tests.support.boards import NOW, Board, Dying, Stuck, as_job, codes, job, listing, manners
from tests.support.webserver import Reply, WebServer

JSON = "application/json"
ROOT = Path(__file__).parents[2]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _gone_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _alive(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(scope="module")
def breath() -> float:
    """Seconds in which this machine, as busy as it is now, surely has a session under way."""
    began = time.monotonic()
    with WebServer() as site:
        site.page("/jobs.json", listing(), type=JSON)
        assert crawl([as_job(site.url("/jobs.json"))], manners(), timeout=60)[0].complete
    return 2 + 2 * (time.monotonic() - began)


def test_killed_at_its_time_the_session_leaves_the_finished_harvests(
    monkeypatch: pytest.MonkeyPatch, breath: float
) -> None:
    pids = _children(monkeypatch)
    told: list[str] = []
    with WebServer() as quick, WebServer() as later:
        quick.page("/jobs.json", listing(job("1", quick)), type=JSON)
        later.on("/jobs.json", Reply(listing(), type=JSON, wait=0.7))
        jobs = [
            as_job(later.url("/jobs.json"), "acme/stuck", Stuck),
            as_job(quick.url("/jobs.json"), "acme/quick"),
        ]
        began = time.monotonic()
        harvests = crawl(
            jobs, manners(), timeout=breath, now=NOW, on_harvest=lambda harvest: told.append(harvest.source)
        )
    assert breath - 0.1 < time.monotonic() - began < breath + 2
    stuck, done = harvests
    assert (done.complete, len(done.postings)) == (True, 1)
    assert (stuck.complete, codes(stuck)) == (False, ["time-ran-out"])
    assert told == ["acme/quick", "acme/stuck"]
    assert _gone_within(pids[0], 1)


def test_before_it_would_be_killed_a_session_tells_how_far_each_source_got(breath: float) -> None:
    with WebServer() as site:
        site.page("/jobs.json", listing(*(job(str(n), site, page=True) for n in range(500))), type=JSON)
        for n in range(500):
            site.on(f"/jobs/{n}", Reply(b"Kock", wait=0.2))
        (harvest,) = crawl([as_job(site.url("/jobs.json"))], manners(), timeout=breath, now=NOW)
    assert codes(harvest) == ["time-ran-out"]
    assert not harvest.complete
    assert 0 < len(harvest.postings) < 500


def test_a_process_that_dies_is_told_with_its_last_words() -> None:
    with WebServer() as quick, WebServer() as later:
        quick.page("/jobs.json", listing(), type=JSON)
        later.on("/jobs.json", Reply(listing(), type=JSON, wait=0.7))
        jobs = [as_job(quick.url("/jobs.json"), "acme/quick"), as_job(later.url("/jobs.json"), "acme/dying", Dying)]
        done, dead = crawl(jobs, manners(), timeout=20, now=NOW)
    assert done.complete
    assert codes(dead) == ["collecting-failed"]
    assert "segmentation fault, as it were" in dead.problems[0].message


def test_what_the_caller_raises_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    pids = _children(monkeypatch)

    def full(harvest: Harvest) -> None:
        raise OSError("no space left on device")

    with WebServer() as site:
        site.page("/jobs.json", listing(), type=JSON)
        jobs = [as_job(site.url("/jobs.json"), "acme/a"), as_job(site.url("/jobs.json"), "acme/b")]
        with pytest.raises(OSError, match="no space left"):
            crawl(jobs, manners(), timeout=20, on_harvest=full)
    assert _gone_within(pids[0], 1)


def test_a_session_that_nobody_ends_ends_itself() -> None:
    with WebServer() as site:
        site.page("/jobs.json", listing(), type=JSON)
        stuck = (as_job(site.url("/jobs.json"), kind=Stuck),)
        until = time.monotonic() + 5  # a busy machine takes a second or two until the session is stuck
        order = Order(jobs=stuck, manners=manners(), until=until, seconds=5, now=NOW, alarm_after=0.5)
        with subprocess.Popen([sys.executable, "-m", "spiders.session"], cwd=ROOT, stdin=subprocess.PIPE) as child:
            assert child.stdin is not None
            write_frame(child.stdin, sys.path)  # type: ignore[arg-type]
            write_frame(child.stdin, order)  # type: ignore[arg-type]
            assert child.wait(timeout=20) == -signal.SIGALRM


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_session_ends_with_its_caller(number: signal.Signals) -> None:
    script = """
import subprocess, sys
from spiders.crawl import crawl
from tests.support.boards import as_job, manners
start = subprocess.Popen
def shown(*args, **more):
    child = start(*args, **more)
    print(child.pid, flush=True)
    return child
subprocess.Popen = shown
crawl([as_job(sys.argv[1])], manners(seconds_per_request=30), timeout=30)
"""
    with WebServer() as site:
        site.on("/jobs.json", Reply(wait=5))
        with subprocess.Popen(
            [sys.executable, "-c", script, site.url("/jobs.json")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as caller:
            assert caller.stdout is not None
            pid = int(caller.stdout.readline())
            until = time.monotonic() + 15
            while "/jobs.json" not in site.paths() and time.monotonic() < until:
                time.sleep(0.02)
            assert _alive(pid)
            caller.send_signal(number)
            caller.wait(timeout=10)
        assert _gone_within(pid, 3)


def test_the_session_is_given_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTODON_TOKEN", "s3cret")
    monkeypatch.setenv("FEED_KEY", "k3y")
    seen: dict[str, str] = {}
    start = subprocess.Popen

    def spy(*args: object, **more: object) -> object:
        seen.update(more["env"])  # type: ignore[call-overload]
        return start(*args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", spy)
    wants = as_job("http://127.0.0.1:1/", options={"feed": {"key": {"env": "FEED_KEY"}}})
    crawl([wants], manners(retries=0), timeout=20)
    assert "MASTODON_TOKEN" not in seen
    assert seen["FEED_KEY"] == "k3y"


def test_a_stray_print_does_not_spoil_the_answers() -> None:
    with WebServer() as site:
        site.page("/jobs.json", listing(job("1", site)), type=JSON)
        (harvest,) = crawl([as_job(site.url("/jobs.json"), kind=Chatty)], manners(), timeout=20)
    assert harvest.complete, harvest.problems


def test_misuse_is_an_error_and_nothing_to_do_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    assert crawl([], manners(), timeout=1) == []
    assert verify([], manners(), timeout=1) == {}
    twice: list[Job] = [as_job("http://x.example/")] * 2
    with pytest.raises(ValueError, match="two jobs"):
        crawl(twice, manners(), timeout=1)
    with pytest.raises(ValueError, match="two targets"):
        verify([Target(key="a", url="http://x.example/")] * 2, manners(), timeout=1)


class Chatty(Board):
    name = "chatty"

    def read(self, page: Page) -> Iterator[Found]:
        os.write(1, b"debugging \x00\x00\x00\n")
        print("left in by mistake")  # noqa: T201 - what this is about
        yield from super().read(page)


def _children(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    pids: list[int] = []
    start = subprocess.Popen

    def noted(*args: object, **more: object) -> object:
        child = start(*args, **more)  # type: ignore[call-overload]
        pids.append(child.pid)
        return child

    monkeypatch.setattr(subprocess, "Popen", noted)
    return pids
