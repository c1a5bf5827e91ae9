"""Kinds that read several documents for one ad, through the real session: lists, ads' pages and lists that go on by POST."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from aggregator.model import Source
from spiders.crawl import Job, crawl
from tests.support.boards import NOW, codes, manners, remembered
from tests.support.webserver import Asked, Reply, WebServer

RSS = "application/rss+xml; charset=utf-8"


def _feed(site: WebServer, *ads: tuple[int, str]) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>{site.url(f'/what:job/jobID:{number}/')}</link>"
        f"<pubDate>Thu, 05 Nov 2026 00:00:00 +0100</pubDate><description>&lt;p&gt;Om jobbet.&lt;/p&gt;</description></item>"
        for number, title in ads
    )
    return f"<rss><channel><title>Lediga jobb hos Acme</title>{items}</channel></rss>"


def _list(site: WebServer, ads: dict[int, tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><td class="pos-title"><a href="{site.url(f"/what:job/jobID:{number}/")}">{title}</a></td>'
        f'<td class="pos-ends">{end}</td></tr>'
        for number, (title, end) in ads.items()
    )
    return f"<!doctype html><html><title>Lediga jobb</title><body><table>{rows}</table></body></html>"


def _ad(title: str, end: str = "24.dec.2026") -> str:
    return (
        f"<!doctype html><html><title>{title}</title><body><h1>{title}</h1><table class=quick-info>"
        f"<tr class=quick-info-town><th>Ort</th><td>Mora</td></tr><tr class=quick-info-ends><th>Sista</th><td>{end}</td></tr></table></body></html>"
    )


def test_ads_pages_are_read_when_they_are_new_or_changed_and_a_vanished_one_is_gone():
    with WebServer() as site:
        source = Source(key="acme/varbi", partner="acme", kind="varbi", url=site.url("/"))
        ads = [(1, "Kock"), (2, "Snickare"), (3, "Målare")]
        site.page("/what:rssfeed/", _feed(site, *ads[:2]), type=RSS)
        site.page("/", _list(site, {number: (title, "2026-12-24") for number, title in ads}))
        for number, title in ads[:2]:
            site.page(f"/what:job/jobID:{number}/", _ad(title))
        site.gone("/what:job/jobID:3/")
        (first,) = crawl([Job(source=source)], manners(), timeout=30, now=NOW)
        assert first.complete
        assert {one.identifier: one.job_location[0].locality for one in first.postings} == {"1": "Mora", "2": "Mora"}
        assert codes(first) == ["not-found"]  # an ad that was never known cannot be called removed

        site.asked.clear()
        site.page("/what:rssfeed/", _feed(site, *ads[:2], (4, "Svetsare")), type=RSS)
        now = {1: ("Kock", "2026-12-24"), 2: ("Snickare", "2027-01-07"), 4: ("Svetsare", "2026-12-24")}
        site.page("/", _list(site, now))
        site.page("/what:job/jobID:2/", _ad("Snickare", "07.jan.2027"))
        site.page("/what:job/jobID:4/", _ad("Svetsare"))
        known = remembered(first, last_success=NOW)
        deadlines = {one.identifier: one.valid_through for one in first.postings}
        states = {key: replace(state, valid_through=deadlines[key]) for key, state in known.postings.items()}
        again = Job(source=source, known=replace(known, postings=states))
        (second,) = crawl([again], manners(), timeout=30, now=NOW + timedelta(hours=1))
        assert second.complete
        assert second.listed == {"1", "2", "4"}
        assert {one.identifier for one in second.postings} == {"2", "4"}
        assert "/what:job/jobID:1/" not in site.paths()


def test_a_list_that_goes_on_by_post_is_read_to_its_end():
    ads = [{"shortId": f"s{n}", "titleAsUrl": "kock", "title": f"Kock {n}", "location": "Mora"} for n in range(5)]

    def part(asked: Asked) -> Reply:
        wanted = json.loads(asked.body)
        assert asked.method == "POST"
        assert asked.headers["content-type"] == "application/json"
        offset = wanted["offset"]
        answer = {"count": len(ads), "vacancies": ads[offset : offset + wanted["count"]]}
        return Reply(json.dumps(answer).encode(), type="application/json")

    text = json.dumps(json.dumps(ads[:2]))[1:-1]
    script = (
        f"var config = {{count: 2, sectionId: 'b', offset: 0}};"
        f"x.proceedBatch({{vacancies: JSON.parse('{text}'), count: 5}})"
    )
    with WebServer() as site:
        site.page(
            "/lediga-jobb", f"<!doctype html><html><title>Jobb</title><body><script>{script}</script></body></html>"
        )
        site.on("/api/integration/vacancy/get-page", part)
        source = Source(key="acme/emply", partner="acme", kind="emply", url=site.url("/lediga-jobb"))
        (harvest,) = crawl([Job(source=source)], manners(), timeout=30, now=NOW)
        assert (harvest.complete, codes(harvest)) == (True, [])
        assert [one.identifier for one in harvest.postings] == [f"s{n}" for n in range(5)]
        assert site.paths() == ["/lediga-jobb", *["/api/integration/vacancy/get-page"] * 2]
