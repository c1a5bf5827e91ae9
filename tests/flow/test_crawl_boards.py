"""Boards with an interface, collected for real from a server that answers what was recorded of their systems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Harvest, Source
from spiders.crawl import Job, crawl
from tests.support.boards import NOW, codes, manners, remembered
from tests.support.webserver import WebServer

CASES = Path(__file__).parent.parent / "kinds"
JSON = "application/json"
BOARDS = {
    "ashby": ("/posting-api/job-board/a", "ashby/board_with_blanks_in_its_name/page.json", JSON),
    "greenhouse": ("/v1/boards/a/jobs", "greenhouse/eu_board/page.json", JSON),
    "lever": ("/v0/postings/a", "lever/eu_site/page.json", JSON),
    "personio": ("/xml", "personio/several_offices/page.xml", "text/xml; charset=UTF-8"),
    "recruitee": ("/api/offers/", "recruitee/own_domain/page.json", JSON),
    "workable": ("/accounts/a", "workable/one_job_in_two_places/page.json", JSON),
}
FOUND = {"ashby": 2, "greenhouse": 4, "lever": 3, "personio": 3, "recruitee": 4, "workable": 2}


def a_job(kind: str, url: str, **options: Any) -> Job:
    return Job(source=Source(key=f"acme/{kind}", partner="acme", kind=kind, url=url, options=options))


@pytest.fixture(scope="module")
def harvests() -> Iterator[dict[str, Harvest]]:
    with WebServer() as site:
        for path, file, media_type in BOARDS.values():
            site.page(path, (CASES / file).read_bytes(), type=media_type, etag='"1"')
        jobs = [a_job(kind, site.url(path)) for kind, (path, _, _) in BOARDS.items()]
        yield {harvest.source.partition("/")[2]: harvest for harvest in crawl(jobs, manners(), timeout=60, now=NOW)}


@pytest.mark.parametrize("kind", BOARDS)
def test_a_board_is_read_over_the_network_in_one_request(harvests: dict[str, Harvest], kind: str) -> None:
    harvest = harvests[kind]
    assert len(harvest.postings) == FOUND[kind]
    assert harvest.counts["pages"] == 1
    assert set(codes(harvest)) <= {"ad-without-identifier", "ad-unusable"}
    # An ad that nobody could know again keeps a harvest from being whole; one that cannot be shown does not.
    assert harvest.complete is ("ad-without-identifier" not in codes(harvest))


LIST = "/v1/companies/a/postings"


def posting(number: int, name: str) -> dict[str, Any]:
    return {"id": str(number), "name": name, "company": {"identifier": "a", "name": "Dala Logistik"}, "location": {"city": "Falun", "country": "se"}}  # fmt: skip


def serve(site: WebServer, *postings: dict[str, Any], pages: int = 1) -> None:
    size = -(-len(postings) // pages)
    for at in range(0, len(postings), size):
        body = {"offset": at, "limit": 100, "totalFound": len(postings), "content": postings[at : at + size]}
        site.page(f"{LIST}?limit=100&offset={at}", json.dumps(body), type=JSON)
    for one in postings:
        ad = {
            **one,
            "jobAd": {"sections": {"jobDescription": {"title": "Jobbet", "text": f"<p>{one['name']} i Falun.</p>"}}},
        }
        site.page(f"{LIST}/{one['id']}", json.dumps(ad), type=JSON)


def test_only_new_and_changed_ads_of_a_list_are_read_and_what_is_gone_is_known() -> None:
    first_day = [posting(11, "Truckförare"), posting(12, "Lagerchef"), posting(13, "Kock"), posting(14, "Städare")]
    with WebServer() as site:
        serve(site, *first_day, pages=2)
        job = a_job("smartrecruiters", site.url(LIST))
        (first,) = crawl([job], manners(), timeout=30, now=NOW)
        assert first.complete, first.problems
        assert [one.title for one in first.postings] == ["Truckförare", "Lagerchef", "Kock", "Städare"]
        assert {one.description for one in first.postings} >= {"Jobbet\n\nKock i Falun."}

        site.asked.clear()
        again = replace(job, known=remembered(first, last_success=NOW))
        (second,) = crawl([again], manners(), timeout=30, now=NOW + timedelta(hours=1))
        assert second.not_modified
        assert site.paths() == [f"{LIST}?limit=100&offset=0", f"{LIST}?limit=100&offset=2"]

        site.asked.clear()
        site.gone(f"{LIST}/13")
        serve(site, first_day[0], posting(12, "Lagerchef natt"), posting(15, "Snickare"), first_day[3], pages=2)
        (third,) = crawl([again], manners(), timeout=30, now=NOW + timedelta(hours=2))
        assert third.complete, third.problems
        assert third.unchanged == {"11", "14"}
        assert {one.title for one in third.postings} == {"Lagerchef natt", "Snickare"}
        assert third.gone == {"13"}
        assert [path for path in site.paths() if "?" not in path] == [f"{LIST}/12", f"{LIST}/15", f"{LIST}/13"]
