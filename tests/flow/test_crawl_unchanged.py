"""Cheap when nothing changed, and never so cheap that a change is missed: two sessions against the same sites."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.model import Harvest, Known
from spiders.crawl import Job, crawl
from tests.support.boards import NOW, Stream, as_job, job, listing, manners, remembered
from tests.support.webserver import WebServer

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Case:
    """A site before and after, and what is remembered between. `edit` changes site, memory or job."""

    before: Callable[[WebServer], None]
    edit: Callable[[WebServer, Job], Job] = lambda site, again: again


def _etag(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site)), type=JSON, etag='"v1"')


def _modified(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site)), type=JSON, modified="Sat, 21 Nov 2026 10:00:00 GMT")


def _bare(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site)), type=JSON)


def _two_pages(site: WebServer) -> None:
    site.page("/jobs.json", listing(job("1", site), next=site.url("/more.json")), type=JSON, etag='"v1"')
    site.page("/more.json", listing(job("2", site, page=True)), type=JSON, etag='"m1"')
    site.page("/jobs/2", "Kock", etag='"ad"')


def _second_page_changes(site: WebServer, again: Job) -> Job:
    site.page("/more.json", listing(job("2", site, page=True), job("3", site)), type=JSON, etag='"m2"')
    return again


def _start_page_changes(site: WebServer, again: Job) -> Job:
    site.page("/jobs.json", listing(job("9", site)), type=JSON, etag='"v2"')
    return again


def _same_etag_other_options(site: WebServer, again: Job) -> Job:
    return replace(again, source=replace(again.source, options={"skip_known": True}))


def _state(**changes: Any) -> Callable[[WebServer, Job], Job]:
    def edit(site: WebServer, again: Job) -> Job:
        assert again.known is not None
        return replace(again, known=Known(source=replace(again.known.source, **changes), postings=again.known.postings))

    return edit


def _site_breaks(site: WebServer, again: Job) -> Job:
    site.gone("/jobs.json")
    return again


def _read_long_ago(site: WebServer, again: Job) -> Job:
    assert again.known is not None
    *pages, reader = again.known.source.validators
    old = replace(reader, last_modified=(NOW - timedelta(hours=25)).isoformat())
    return _state(validators=(*pages, old))(site, again)


CASES = {
    "etag": Case(_etag),
    "last_modified": Case(_modified),
    "same_bytes": Case(_bare),
    "two_pages": Case(_two_pages),
    "second_page_changed": Case(_two_pages, _second_page_changes),
    "start_page_changed": Case(_etag, _start_page_changes),
    "other_options": Case(_etag, _same_etag_other_options),
    "quarantined": Case(_etag, _state(quarantined_at=NOW)),
    "never_complete": Case(_etag, _state(baseline=True)),
    "forgotten": Case(_etag, _state(validators=())),
    "read_long_ago": Case(_etag, _read_long_ago),
    "broke": Case(_etag, _site_breaks),
}
UNCHANGED = {"etag", "last_modified", "same_bytes", "two_pages"}


@dataclass(frozen=True, slots=True)
class Second:
    first: dict[str, Harvest]
    harvests: dict[str, Harvest]
    sites: dict[str, WebServer]

    def asked(self, name: str) -> list[tuple[str, bool]]:
        """What the second session asked: path, and whether on condition."""
        conditions = {"if-none-match", "if-modified-since"}
        return [
            (a.path, bool(conditions & a.headers.keys())) for a in self.sites[name].asked if a.path != "/robots.txt"
        ]


def _named(harvests: list[Harvest]) -> dict[str, Harvest]:
    return {harvest.source.partition("/")[2]: harvest for harvest in harvests}


@pytest.fixture(scope="module")
def second() -> Iterator[Second]:
    with contextlib.ExitStack() as stack:
        sites, jobs = {}, []
        for name, case in CASES.items():
            site = sites[name] = stack.enter_context(WebServer())
            case.before(site)
            jobs.append(as_job(site.url("/jobs.json"), f"acme/{name}"))
        first = crawl(jobs, manners(retries=0), timeout=30, now=NOW)
        assert all(harvest.complete for harvest in first), [h.problems for h in first]
        again = []
        for (name, case), harvest, before in zip(CASES.items(), first, jobs, strict=True):
            sites[name].asked.clear()
            again.append(case.edit(sites[name], replace(before, known=remembered(harvest))))
        harvests = crawl(again, manners(retries=0), timeout=30, now=NOW + timedelta(hours=1))
        yield Second(_named(first), _named(harvests), sites)


@pytest.mark.parametrize("name", sorted(UNCHANGED))
def test_nothing_is_read_where_nothing_changed(second: Second, name: str) -> None:
    harvest = second.harvests[name]
    assert harvest.not_modified
    assert harvest.postings == ()
    assert not harvest.complete  # it says nothing about what is gone
    assert harvest.problems == ()
    assert "found" not in harvest.counts
    assert harvest.validators == second.first[name].validators


@pytest.mark.parametrize("name", sorted(CASES.keys() - UNCHANGED - {"broke"}))
def test_everything_is_read_where_something_may_have(second: Second, name: str) -> None:
    harvest = second.harvests[name]
    assert not harvest.not_modified
    assert harvest.complete, harvest.problems
    assert harvest.listed


def test_an_unchanged_source_costs_one_conditional_request_a_listing_page(second: Second) -> None:
    assert second.asked("etag") == [("/jobs.json", True)]
    assert second.asked("last_modified") == [("/jobs.json", True)]
    assert second.asked("two_pages") == [("/jobs.json", True), ("/more.json", True)]
    assert second.harvests["etag"].counts["status/304"] == 1


def test_a_server_without_validators_is_judged_by_its_bytes(second: Second) -> None:
    assert second.asked("same_bytes") == [("/jobs.json", False)]
    assert second.harvests["same_bytes"].counts["same_body"] == 1


def test_a_changed_later_page_is_enough_for_a_full_reading_and_its_body_is_used(second: Second) -> None:
    harvest = second.harvests["second_page_changed"]
    assert {posting.identifier for posting in harvest.postings} == {"1", "2", "3"}
    # The start page said 304, so it must be had in full now; the second page is not asked for twice.
    assert [path for path, _ in second.asked("second_page_changed")] == [
        "/jobs.json",
        "/more.json",
        "/jobs.json",
        "/jobs/2",
    ]


def test_a_changed_start_page_is_asked_once(second: Second) -> None:
    assert second.asked("start_page_changed")[0] == ("/jobs.json", True)
    assert [path for path, _ in second.asked("start_page_changed")].count("/jobs.json") == 1
    assert [posting.identifier for posting in second.harvests["start_page_changed"].postings] == ["9"]


def test_other_options_read_the_same_page_anew(second: Second) -> None:
    assert second.harvests["other_options"].unchanged == {"1"}


def test_a_source_that_broke_since_is_asked_once_and_told(second: Second) -> None:
    harvest = second.harvests["broke"]
    assert [problem.code for problem in harvest.problems] == ["not-found"]
    assert not harvest.not_modified
    assert len(second.asked("broke")) == 1


def test_a_stream_keeps_its_place_until_it_was_understood() -> None:
    with WebServer() as good, WebServer() as bad:
        good.page("/jobs.json", listing(job("1", good), removed=["7"], cursor="b"), type=JSON)
        bad.page("/jobs.json", listing(job("1", bad), job("2", bad, page=True), cursor="b"), type=JSON)
        jobs = [as_job(site.url("/jobs.json"), f"acme/{n}", Stream) for n, site in enumerate((good, bad))]
        nothing = Harvest(source="acme/0", started_at=NOW, finished_at=NOW, cursor="a")
        known = [remembered(replace(nothing, source=job.source.key)) for job in jobs]
        bad.on("/jobs/2", lambda _: (_ for _ in ()).throw(ConnectionResetError))
        well, badly = crawl(
            [replace(job, known=known) for job, known in zip(jobs, known, strict=True)],
            manners(retries=0),
            timeout=30,
            now=NOW,
        )
    assert well.incremental
    assert (well.complete, well.cursor) == (True, "b")
    assert well.removed == {"7"}
    assert (badly.complete, badly.cursor) == (False, "a")
    assert well.validators == ()
