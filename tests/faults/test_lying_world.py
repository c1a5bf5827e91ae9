"""Every way a site can lie, hang, break or lead astray, all in one session: each is told, none costs another source."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from aggregator.model import Harvest
from spiders.base import Kind
from spiders.crawl import Job, crawl
from tests.support.boards import (
    NOW,
    Board,
    Crashing,
    Endless,
    as_job,
    codes,
    job,
    listing,
    manners,
)
from tests.support.webserver import Asked, Reply, WebServer

JSON = "application/json"
BIG = 300_000
"""The session's largest page, in bytes."""

Setup = Callable[[WebServer], str | None]


def board(*, kind: type[Kind] = Board, **options: Any) -> Callable[[Setup], tuple[Setup, type[Kind], dict[str, Any]]]:
    return lambda setup: (setup, kind, options)


def one(site: WebServer, identifier: str = "1") -> bytes:
    return listing(job(identifier, site))


@board()
def healthy(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site), job("2", site, page=True)), type=JSON)
    site.page("/jobs/2", "Elektriker")


@board()
def empty_list(site: WebServer) -> None:
    site.page("/jobs.json", listing(), type=JSON)


@board()
def slow_loris(site: WebServer) -> None:
    site.on("/jobs.json", Reply(itertools.repeat(b" ", 200), type=JSON, length=200, pause=0.1))


@board()
def silent(site: WebServer) -> None:
    def wait(asked: Asked) -> Reply:
        time.sleep(3)
        return Reply(b"{}", type=JSON)

    site.on("/jobs.json", wait)


@board()
def endless_pages(site: WebServer) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.path.partition("=")[2] or 0)
        return Reply(listing(job(str(number), site), next=site.url(f"/jobs.json?page={number + 1}")), type=JSON)

    site.on("/jobs.json", page)


@board()
def page_one_for_ever(site: WebServer) -> None:
    counter = itertools.count()

    def page(asked: Asked) -> Reply:
        body = listing(
            job("1", site), job("2", site), next=site.url(f"/jobs.json?page={next(counter)}"), at=time.time()
        )
        return Reply(body, type=JSON)

    site.on("/jobs.json", page)


@board()
def gzip_bomb(site: WebServer) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < BIG
    site.on("/jobs.json", Reply(bomb, type=JSON, headers={"Content-Encoding": "gzip"}))


@board()
def says_it_is_huge(site: WebServer) -> None:
    site.on("/jobs.json", Reply(b"{}", type=JSON, length=BIG + 1))


@board()
def never_ending_body(site: WebServer) -> None:
    site.on("/jobs.json", Reply(itertools.repeat(b" " * 10_000), type=JSON, length=-1))


@board()
def utf8_called_latin1(site: WebServer) -> None:
    body = json.dumps({"jobs": [job("1", site, title="Målare åt Öbo")]}, ensure_ascii=False).encode()
    site.page("/jobs.json", body, type=f"{JSON}; charset=iso-8859-1")


@board()
def latin1_called_utf8(site: WebServer) -> None:
    body = json.dumps({"jobs": [job("1", site, title="Målare åt Öbo")]}, ensure_ascii=False).encode("latin-1")
    site.page("/jobs.json", body, type=f"{JSON}; charset=utf-8")


@board()
def html_for_json(site: WebServer) -> None:
    site.page("/jobs.json", "<!DOCTYPE html><title>Jobba hos oss</title><p>Vi har flyttat.", type=JSON)


@board()
def json_called_html(site: WebServer) -> None:
    site.page("/jobs.json", one(site), type="text/html")


@board()
def cut_off(site: WebServer) -> None:
    body = one(site)
    site.on("/jobs.json", Reply([body[:-5]], type=JSON, length=len(body)))


@board()
def cut_off_json(site: WebServer) -> None:
    site.on("/jobs.json", Reply([one(site)[:-5]], type=JSON))


@board()
def cut_off_gzip(site: WebServer) -> None:
    body = gzip.compress(one(site) + b" " * 1000)
    site.on("/jobs.json", Reply([body[:-9]], type=JSON, headers={"Content-Encoding": "gzip"}))


@board()
def good_gzip(site: WebServer) -> None:
    members = gzip.compress(one(site)[:10]) + gzip.compress(one(site)[10:])
    site.on("/jobs.json", Reply(members, type=JSON, headers={"Content-Encoding": "gzip"}))


@board()
def raw_deflate(site: WebServer) -> None:
    body = zlib.compress(one(site))[2:-4]
    site.on("/jobs.json", Reply(body, type=JSON, headers={"Content-Encoding": "deflate"}))


@board()
def odd_compression(site: WebServer) -> None:
    site.on("/jobs.json", Reply(one(site), type=JSON, headers={"Content-Encoding": "br"}))


@board(expects="html")
def error_page_as_200(site: WebServer) -> None:
    site.page("/jobs.json", "<html><title>503 Service Unavailable | Acme</title><p>Strax tillbaka.")


@board(expects="html")
def robot_check(site: WebServer) -> None:
    site.page("/jobs.json", "<!doctype html><html><title>Just a moment...</title><script>1</script>")


@board()
def nothing_at_all(site: WebServer) -> None:
    site.page("/jobs.json", b"  \n", type=JSON)


@board()
def redirects_in_a_circle(site: WebServer) -> None:
    site.on("/jobs.json", Reply(status=301, headers={"Location": "/b"}))
    site.on("/b", Reply(status=301, headers={"Location": "/jobs.json"}))


@board()
def redirects_to_metadata(site: WebServer) -> None:
    site.on("/jobs.json", Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}))


@board()
def redirects_to_mapped_metadata(site: WebServer) -> None:
    site.on("/jobs.json", Reply(status=302, headers={"Location": "http://[::ffff:169.254.169.254]/latest/"}))


@board()
def redirects_to_a_file(site: WebServer) -> None:
    site.on("/jobs.json", Reply(status=302, headers={"Location": "file:///etc/passwd"}))


@board()
def moved_for_good(site: WebServer) -> None:
    site.on("/jobs.json", Reply(status=301, headers={"Location": "/new.json"}))
    site.page("/new.json", one(site), type=JSON)


@board()
def robots_say_no(site: WebServer) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /jobs", type="text/plain")
    site.page("/jobs.json", one(site), type=JSON)


@board()
def robots_broken(site: WebServer) -> None:
    site.on("/robots.txt", Reply(b"oops", status=500))
    site.page("/jobs.json", one(site), type=JSON)


@board()
def forbids(site: WebServer) -> None:
    site.page("/jobs.json", listing(*(job(str(n), site, page=True) for n in range(9))), type=JSON)
    for n in range(9):
        site.on(f"/jobs/{n}", Reply(b"no", status=403))


@board()
def list_is_gone(site: WebServer) -> None:
    pass


@board()
def list_fails(site: WebServer) -> None:
    site.on("/jobs.json", Reply(b"oops", status=500))


@board()
def nobody_home(site: WebServer) -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}/jobs.json"


@board()
def tls_without_tls(site: WebServer) -> str:
    return site.url("/jobs.json").replace("http:", "https:")


@board()
def with_a_password(site: WebServer) -> str:
    return site.url("/jobs.json").replace("//", "//ops:hunter2@")


@board()
def another_scheme(site: WebServer) -> str:
    return "gopher://127.0.0.1/jobs"


@board()
def not_http(site: WebServer) -> None:
    site.on("/jobs.json", Reply(b"SSH-2.0-OpenSSH_9.9\r\n", raw=True))


@board()
def asks_for_patience(site: WebServer) -> None:
    site.on("/jobs.json", Reply(b"slow down", status=429))


@board()
def asks_for_an_hour(site: WebServer) -> None:
    site.on("/jobs.json", Reply(b"slow down", status=429, headers={"Retry-After": "3600"}))


@board()
def fails_once(site: WebServer) -> None:
    replies = iter([Reply(b"busy", status=503, headers={"Retry-After": "0"})])
    site.on("/jobs.json", lambda _: next(replies, Reply(one(site), type=JSON)))


@board()
def drops_once(site: WebServer) -> None:
    replies = iter([Reply(b"", raw=True)])
    site.on("/jobs.json", lambda _: next(replies, Reply(one(site), type=JSON)))


@board()
def two_jobs_one_id(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site), job("1", site, title="Kock")), type=JSON)


@board()
def one_job_twice(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site), job("1", site)), type=JSON)


@board()
def half_postings(site: WebServer) -> None:
    bad = {"id": "2", "title": "Kock", "url": "javascript:alert(1)"}
    site.page("/jobs.json", listing(job("1", site), bad, {"id": "", "title": "Kock", "url": site.url("/k")}), type=JSON)


@board()
def one_ad_fails(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site), job("2", site, page=True)), type=JSON)
    site.on("/jobs/2", Reply(b"oops", status=500))


@board()
def one_ad_is_gone(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site), job("2", site, page=True)), type=JSON)


@board(kind=Crashing)
def kind_crashes(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site), job("2", site)), type=JSON)


@board(kind=Endless)
def kind_never_ends(site: WebServer) -> None:
    site.page("/jobs.json", one(site), type=JSON)


@board(no_such_option=1)
def bad_options(site: WebServer) -> None:
    site.page("/jobs.json", one(site), type=JSON)


@board()
def too_many_ads(site: WebServer) -> None:
    site.page("/jobs.json", listing(*(job(str(n), site, page=True) for n in range(200))), type=JSON)
    for n in range(200):
        site.page(f"/jobs/{n}", f"Kock {n}")


@board()
def ids_change_at_every_visit(site: WebServer) -> None:
    fresh = itertools.count()
    site.on("/jobs.json", lambda _: Reply(listing(job(f"v{next(fresh)}", site)), type=JSON))


FAILING: dict[str, str] = {
    "slow_loris": "timeout",
    "silent": "timeout",
    "endless_pages": "too-many-pages",
    "page_one_for_ever": "repeated-page",
    "gzip_bomb": "too-large",
    "says_it_is_huge": "too-large",
    "never_ending_body": "too-large",
    "html_for_json": "wrong-media-type",
    "cut_off": "truncated",
    "cut_off_json": "kind-crashed",
    "cut_off_gzip": "truncated",
    "odd_compression": "unsupported-encoding",
    "error_page_as_200": "error-page",
    "robot_check": "challenge-page",
    "nothing_at_all": "empty-page",
    "redirects_in_a_circle": "redirect-loop",
    "redirects_to_metadata": "address-refused",
    "redirects_to_mapped_metadata": "address-refused",
    "redirects_to_a_file": "http-status",
    "robots_say_no": "robots-refused",
    "robots_broken": "robots-unreachable",
    "list_is_gone": "not-found",
    "list_fails": "server-error",
    "nobody_home": "host-down",
    "tls_without_tls": "tls-failed",
    "with_a_password": "address-refused",
    "another_scheme": "address-refused",
    "not_http": "broken-answer",
    "asks_for_patience": "rate-limited",
    "asks_for_an_hour": "rate-limited",
    "two_jobs_one_id": "duplicate-identifier",
    "half_postings": "bad-posting",
    "one_ad_fails": "server-error",
    "kind_crashes": "kind-crashed",
    "kind_never_ends": "too-many-items",
    "bad_options": "bad-options",
    "too_many_ads": "too-many-requests",
}
"""What each lie is called. Each of these harvests is incomplete, so it closes nothing."""

WHOLE: dict[str, tuple[str, ...]] = {
    "healthy": ("Svetsare 1", "Elektriker"),
    "empty_list": (),
    "utf8_called_latin1": ("Målare åt Öbo",),
    "latin1_called_utf8": ("Målare åt Öbo",),
    "json_called_html": ("Svetsare 1",),
    "good_gzip": ("Svetsare 1",),
    "raw_deflate": ("Svetsare 1",),
    "moved_for_good": ("Svetsare 1",),
    "fails_once": ("Svetsare 1",),
    "drops_once": ("Svetsare 1",),
    "one_job_twice": ("Svetsare 1",),
    "one_ad_is_gone": ("Svetsare 1",),
}
"""What is read in full all the same: the titles."""


@dataclass(frozen=True, slots=True)
class World:
    harvests: dict[str, Harvest]
    sites: dict[str, WebServer]
    seconds: float


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    cases = {name: case for name, case in globals().items() if isinstance(case, tuple) and callable(case[0])}
    with contextlib.ExitStack() as stack:
        sites, jobs = {}, []
        for name, (setup, kind, options) in cases.items():
            site = sites[name] = stack.enter_context(WebServer())
            url = setup(site) or site.url("/jobs.json")
            jobs.append(as_job(url, f"acme/{name}", kind, options=options))
        jobs.append(Job(source=jobs[0].source.__class__(key="acme/unknown", partner="acme", kind="greenhose", url="x")))
        limits = manners(
            seconds_per_request=1.5, seconds_per_source=15, retries=1, max_bytes=BIG, max_pages=6, max_items=500,
            max_requests=60, max_wait=2,
        )  # fmt: skip
        began = time.monotonic()
        harvests = crawl(jobs, limits, timeout=40, now=NOW)
        yield World({h.source.partition("/")[2]: h for h in harvests}, sites, time.monotonic() - began)


def test_every_case_is_expected(world: World) -> None:
    others = {"forbids", "ids_change_at_every_visit", "unknown"}
    assert set(world.harvests) == FAILING.keys() | WHOLE.keys() | others


@pytest.mark.parametrize(("name", "code"), FAILING.items())
def test_a_lie_is_told_by_its_name_and_makes_the_harvest_incomplete(world: World, name: str, code: str) -> None:
    harvest = world.harvests[name]
    assert codes(harvest) == [code]
    (problem,) = harvest.problems
    assert problem.level == "error"
    assert problem.where == f"acme/{name}"
    assert not harvest.complete
    assert not harvest.removed
    assert harvest.validators == ()


@pytest.mark.parametrize(("name", "titles"), WHOLE.items())
def test_what_can_be_read_is_read_in_full(world: World, name: str, titles: tuple[str, ...]) -> None:
    harvest = world.harvests[name]
    assert harvest.complete, harvest.problems
    assert tuple(posting.title for posting in harvest.postings) == titles
    assert all(problem.level == "warning" for problem in harvest.problems)


def test_the_liars_end_in_time(world: World) -> None:
    assert world.seconds < 30


def test_a_repeated_page_is_noticed_at_once_and_its_postings_are_kept_once(world: World) -> None:
    harvest = world.harvests["page_one_for_ever"]
    assert [posting.identifier for posting in harvest.postings] == ["1", "2"]
    assert len(world.sites["page_one_for_ever"].paths()) == 2


def test_endless_pages_end_at_the_limit_and_keep_what_they_gave(world: World) -> None:
    assert [posting.identifier for posting in world.harvests["endless_pages"].postings] == list("012345")


def test_requests_have_a_limit_that_counts_everything(world: World) -> None:
    harvest = world.harvests["too_many_ads"]
    assert harvest.counts["requests"] == len(world.sites["too_many_ads"].asked) == 60
    assert len(harvest.postings) == 60 - 2  # robots.txt and the list


def test_a_wrong_charset_is_only_a_warning(world: World) -> None:
    assert codes(world.harvests["utf8_called_latin1"]) == ["wrong-charset"]
    assert codes(world.harvests["latin1_called_utf8"]) == ["wrong-charset"]


def test_a_permanent_redirect_is_followed_and_told(world: World) -> None:
    (problem,) = world.harvests["moved_for_good"].problems
    assert problem.code == "moved"
    assert problem.message.endswith("/new.json")


def test_nothing_is_asked_where_robots_say_no(world: World) -> None:
    assert world.sites["robots_say_no"].paths(robots=True) == ["/robots.txt"]
    assert set(world.sites["robots_broken"].paths(robots=True)) == {"/robots.txt"}


def test_a_host_that_forbids_is_left_alone(world: World) -> None:
    harvest = world.harvests["forbids"]
    assert codes(harvest) == ["forbidden", "host-left-alone"]
    assert "and 7 more" in harvest.problems[1].message
    assert not harvest.complete
    assert world.sites["forbids"].paths() == ["/jobs.json", "/jobs/0"]


def test_an_hours_rest_is_not_waited_for(world: World) -> None:
    assert world.sites["asks_for_an_hour"].paths() == ["/jobs.json"]
    assert len(world.sites["asks_for_patience"].paths()) == 2


def test_what_passes_by_itself_is_tried_again(world: World) -> None:
    assert world.harvests["fails_once"].counts["retries"] == 1
    for name in ("fails_once", "drops_once"):
        assert len(world.sites[name].paths()) == 2


def test_an_ad_page_that_is_gone_removes_its_posting_and_breaks_nothing(world: World) -> None:
    assert world.harvests["one_ad_is_gone"].removed == {"2"}
    assert world.harvests["one_ad_is_gone"].gone == frozenset()


def test_a_failing_ad_keeps_the_others(world: World) -> None:
    assert [posting.identifier for posting in world.harvests["one_ad_fails"].postings] == ["1"]
    assert [posting.identifier for posting in world.harvests["kind_crashes"].postings] == ["1"]
    assert [posting.identifier for posting in world.harvests["half_postings"].postings] == ["1"]


def test_the_crash_is_told_with_its_place(world: World) -> None:
    (problem,) = world.harvests["kind_crashes"].problems
    assert "RuntimeError: no such field (boards.py:" in problem.message


def test_a_password_in_an_address_is_neither_used_nor_shown(world: World) -> None:
    assert "hunter2" not in repr(world.harvests["with_a_password"])
    assert world.sites["with_a_password"].asked == []


def test_an_unknown_kind_is_told_with_the_known_ones(world: World) -> None:
    assert codes(world.harvests["unknown"]) == ["unknown-kind"]


def test_identical_duplicates_are_counted_and_not_a_problem(world: World) -> None:
    assert world.harvests["one_job_twice"].counts["duplicates"] == 1
    assert world.harvests["one_job_twice"].problems == ()


def test_problems_can_be_stored_as_json(world: World) -> None:
    for harvest in world.harvests.values():
        for problem in harvest.problems:
            assert json.loads(json.dumps(dict(problem.data))) == problem.data
