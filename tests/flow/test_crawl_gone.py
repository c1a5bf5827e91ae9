"""Whether an ad is still there: right before it is posted, and when it vanished from its list."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from aggregator.model import Harvest, Known, Source
from spiders.crawl import Alive, Standing, Target, crawl, verify
from tests.support.boards import NOW, as_job, codes, job, listing, manners, remembered
from tests.support.webserver import Reply, WebServer

JSON = "application/json"
MARKUP = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"JobPosting","title":"%s","validThrough":"%s"}</script>'


def _ad(text: str, title: str = "Acme") -> str:
    return (
        f"<!doctype html><html lang=sv><title>{title}</title><body><nav><a href=/>Start</a></nav>{text}</body></html>"
    )


PAGES: dict[str, tuple[str, str | Reply, Standing]] = {
    "shown": ("Svetsare till Ludvika", _ad("<h1>Svetsare <b>till</b> Ludvika</h1><p>Vi söker dig."), Standing.ALIVE),
    "shown_otherwise": ("Svetsare – Ludvika", _ad("<h1>Svetsare, Ludvika</h1>"), Standing.ALIVE),
    "new_title_valid_markup": ("Svetsare", _ad(MARKUP % ("Rörsvetsare", "2026-12-24")), Standing.ALIVE),
    "no_title_asked": ("", _ad("<p>Något"), Standing.ALIVE),
    "api": ("Målare", Reply(json.dumps({"headline": "Målare"}).encode(), type=JSON), Standing.ALIVE),
    "prose": ("Kock", _ad("<h1>Kock</h1><p>Om tjänsten inte längre är tillgänglig visas den inte."), Standing.ALIVE),
    "in_script": (
        "Kock",
        _ad("<h1>Kock</h1><script>t={gone:'This job is no longer available'}</script><p hidden>Tjänsten är tillsatt."),
        Standing.ALIVE,
    ),
    "missing": ("Kock", Reply(b"", status=404), Standing.GONE),
    "deleted": ("Kock", Reply(b"", status=410), Standing.GONE),
    "soft_404": ("Kock", _ad("<p>Hoppsan", title="Sidan hittades inte - Acme"), Standing.GONE),
    "expired": ("Kock", _ad("<h1>Kock</h1>" + MARKUP % ("Kock", "2026-11-20")), Standing.GONE),
    "last_day": ("Kock", _ad("<h1>Kock</h1>" + MARKUP % ("Kock", "2026-11-21")), Standing.ALIVE),
    "says_so": ("Kock", _ad("<h1>Kock</h1><p>Tjänsten är inte längre tillgänglig."), Standing.GONE),
    "says_so_too": ("Kock", _ad("<h1>Kock</h1><div class=note>Sista ansökningsdag har passerat</div>"), Standing.GONE),
    "says_so_in_english": ("Chef", _ad("<h1>Chef</h1><p>This position has been filled."), Standing.GONE),
    "no_longer_open": ("Chef", _ad("<div><p>The job you are looking for is no longer open.</p></div>"), Standing.GONE),
    "says_so_yet_valid": (
        "Kock",
        _ad("<h1>Kock</h1><p>Annonsen är borttagen" + MARKUP % ("Kock", "2026-12-24")),
        Standing.UNKNOWN,
    ),
    "up_to_the_list": ("Kock", Reply(status=302, headers={"Location": "/jobs"}), Standing.GONE),
    "up_to_a_list_with_it": ("Kock i Mora", Reply(status=302, headers={"Location": "/list/"}), Standing.UNKNOWN),
    "renamed": ("Lärare", Reply(status=301, headers={"Location": "/jobs/renamed-larare"}), Standing.ALIVE),
    "api_removed": ("Målare", Reply(json.dumps({"removed": True}).encode(), type=JSON), Standing.GONE),
    "empty_shell": ("Kock", _ad("<div id=root></div>"), Standing.UNKNOWN),
    "login": ("Kock", Reply(status=302, headers={"Location": "/login"}), Standing.UNKNOWN),
    "broken": ("Kock", Reply(b"oops", status=500), Standing.UNKNOWN),
    "maintenance": ("Kock", _ad("<p>Strax", title="Underhåll"), Standing.UNKNOWN),
    "robot_check": ("Kock", _ad("", title="Just a moment..."), Standing.UNKNOWN),
    "cut_off": ("Kock", Reply([b"<html>"], length=100), Standing.UNKNOWN),
    "slow": ("Kock", Reply([b" "] * 100, length=100, pause=0.1), Standing.UNKNOWN),
    "private": ("Kock", Reply(b"", status=200), Standing.UNKNOWN),
}


@pytest.fixture(scope="module")
def looked() -> Iterator[dict[str, Alive]]:
    with contextlib.ExitStack() as stack:
        targets = []
        for name, (title, page, _) in PAGES.items():
            site = stack.enter_context(WebServer())
            site.page("/jobs", _ad("<h1>Lediga jobb</h1><a>Snickare</a>"))
            site.page("/list/", _ad("<h1>Lediga jobb</h1><a>Kock i Mora</a>"))
            site.page("/jobs/renamed-larare", _ad("<h1>Lärare</h1>"))
            site.page("/login", _ad("<form>Logga in</form>"))
            site.page("/robots.txt", "User-agent: *\nDisallow: /jobs/private", type="text/plain")
            path = f"/list/{name}" if "with_it" in name else f"/jobs/{name}"
            if isinstance(page, Reply):
                site.on(path, page)
            else:
                site.page(path, page)
            targets.append(Target(key=name, url=site.url(path), title=title))
        targets.append(Target(key="nobody_home", url="http://127.0.0.1:9/jobs/1", title="Kock"))
        targets.append(Target(key="nonsense", url="javascript:alert(1)", title="Kock"))
        yield verify(targets, manners(retries=0, seconds_per_request=1.5), timeout=30, now=NOW)


@pytest.mark.parametrize(("name", "standing"), [(name, standing) for name, (_, _, standing) in PAGES.items()])
def test_an_ad_is_judged_by_its_own_page(looked: dict[str, Alive], name: str, standing: Standing) -> None:
    assert looked[name].standing is standing, looked[name].reason
    assert looked[name].reason


def test_what_cannot_be_asked_is_unknown(looked: dict[str, Alive]) -> None:
    assert {looked[name].standing for name in ("nobody_home", "nonsense")} == {Standing.UNKNOWN}


def test_a_session_that_is_killed_leaves_its_ads_unknown() -> None:
    with WebServer() as site:
        site.on("/jobs/1", Reply([b" "] * 300, length=300, pause=0.1))
        began = [Target(key="1", url=site.url("/jobs/1"), title="Kock")]
        assert verify(began, manners(seconds_per_request=30), timeout=2)["1"].standing is Standing.UNKNOWN


def test_platsbanken_is_asked_by_its_interface_and_not_by_its_empty_pages() -> None:
    with WebServer() as site:
        site.page("/annonser/1", _ad("<div id=root></div>"))
        site.page("/annonser/2", _ad("<div id=root></div>"))
        site.page("/ad/1", json.dumps({"id": "1", "headline": "Målare", "removed": False}), type=JSON)
        options = {"employer": "Acme", "ad_url": site.url("/ad/{id}"), "search_url": site.url("/search")}
        board = Source(key="acme/board", partner="acme", kind="platsbanken", options=options)
        targets = [
            Target(key=n, url=site.url(f"/annonser/{n}"), title="Målare", source=board, identifier=n) for n in "12"
        ]
        looked = verify(targets, manners(), timeout=30, now=NOW)
    assert looked["1"].standing is Standing.ALIVE
    assert looked["2"].standing is Standing.GONE
    assert site.paths() == ["/ad/1", "/ad/2"]


def test_by_itself_platsbanken_is_asked_at_jobsearch() -> None:
    from spiders.kinds.platsbanken import Platsbanken

    page = "https://arbetsformedlingen.se/platsbanken/annonser/29082265"
    board = Source(key="acme/board", partner="acme", kind="platsbanken", options={"employer": "Acme"})
    assert Platsbanken(board).look_at("29082265", page).url == "https://jobsearch.api.jobtechdev.se/ad/29082265"
    demo = replace(board, options={"employer": "Acme", "search_url": "http://127.0.0.1:1/search"})
    assert Platsbanken(demo).look_at("29082265", page).url == page


@pytest.fixture(scope="module")
def emptied() -> Iterator[tuple[dict[str, Harvest], dict[str, WebServer]]]:
    """Boards of ten ads each; then seven vanish from the list."""
    with contextlib.ExitStack() as stack:
        sites = {name: stack.enter_context(WebServer()) for name in ("gone", "standing", "broken", "partial", "open")}
        for site in sites.values():
            site.page("/jobs.json", listing(*(job(str(n), site) for n in range(10))), type=JSON)
        jobs = [as_job(site.url("/jobs.json"), f"acme/{name}") for name, site in sites.items()]
        first = crawl(jobs, manners(), timeout=30, now=NOW)
        again = []
        for (name, site), before, harvest in zip(sites.items(), jobs, first, strict=True):
            left = [job(str(n), site) for n in range(3)]
            if name == "partial":
                left.append(job("11", site, page=True))
                site.on("/jobs/11", Reply(b"oops", status=500))
            site.page("/jobs.json", listing(*left), type=JSON)
            for n in range(10):
                if name == "standing":
                    site.page(f"/jobs/{n}", _ad(f"<h1>Svetsare {n}</h1>"))
                if name == "broken":
                    site.on(f"/jobs/{n}", Reply(b"oops", status=503))
            known = remembered(harvest)
            if name == "open":  # one of them was closed long ago, one has been missed before
                states = dict(known.postings)
                states["9"] = replace(states["9"], open=False)
                states["8"] = replace(states["8"], misses=1)
                known = Known(source=known.source, postings=states)
            site.asked.clear()
            again.append(replace(before, known=known))
        harvests = crawl(again, manners(retries=0, max_checks=4), timeout=30, now=NOW)
        yield {h.source.partition("/")[2]: h for h in harvests}, sites


def test_vanished_ads_are_looked_at_and_the_dead_ones_told(emptied: tuple[dict[str, Harvest], object]) -> None:
    harvest = emptied[0]["gone"]
    assert harvest.complete
    assert harvest.gone == harvest.removed == {"3", "4", "5", "6"}  # at most max_checks
    assert harvest.counts["confirmed_gone"] == 4


def test_ads_that_still_stand_are_left_as_they_are(emptied: tuple[dict[str, Harvest], object]) -> None:
    assert emptied[0]["standing"].complete
    assert emptied[0]["standing"].removed == frozenset()
    assert emptied[0]["standing"].counts["checked"] == 4


def test_a_page_that_fails_proves_nothing_and_harms_nothing(emptied: tuple[dict[str, Harvest], object]) -> None:
    assert emptied[0]["broken"].complete
    assert emptied[0]["broken"].removed == frozenset()


def test_nothing_is_looked_at_after_an_incomplete_listing(
    emptied: tuple[dict[str, Harvest], dict[str, WebServer]],
) -> None:
    harvests, sites = emptied
    assert codes(harvests["partial"]) == ["server-error"]
    assert harvests["partial"].removed == frozenset()
    assert sites["partial"].paths() == ["/jobs.json", "/jobs/11"]


def test_the_longest_missed_are_looked_at_first_and_the_closed_not_at_all(
    emptied: tuple[dict[str, Harvest], dict[str, WebServer]],
) -> None:
    assert emptied[1]["open"].paths() == ["/jobs.json", "/jobs/8", "/jobs/3", "/jobs/4", "/jobs/5"]
