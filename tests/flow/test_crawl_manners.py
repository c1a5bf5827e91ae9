"""What a server sees of us: who we say we are, how often we come, and where we do not go."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import pytest

from aggregator.model import Harvest
from spiders.crawl import crawl
from tests.support.boards import NOW, as_job, codes, job, listing, manners
from tests.support.webserver import Asked, Reply, WebServer

JSON = "application/json"


def gaps(site: WebServer) -> list[float]:
    """Seconds between the requests a server got."""
    return [after.at - before.at for before, after in itertools.pairwise(site.asked)]


class Town:
    """Sites with different wishes, and what one session did at each."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.usual, self.slow, self.busy, self.picky = (stack.enter_context(WebServer()) for _ in range(4))
        for site in (self.usual, self.slow, self.busy, self.picky):
            site.page("/jobs.json", listing(job("1", site), job("2", site, page=True)), type=JSON)
            site.page("/jobs/2", "Kock")
        self.usual.page("/other.json", listing(job("3", self.usual)), type=JSON)
        self.usual.on("/jobs.json", self._with_cookie)
        self.slow.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.6\n", type="text/plain")
        self.picky.page(
            "/robots.txt",
            "User-agent: *\nDisallow: /\n\nUser-agent: Jobbfyr\nRequest-rate: 2/1s\nDisallow: /jobs/\n",
            type="text/plain",
        )
        rests = iter([Reply(b"", status=503, headers={"Retry-After": "1"})])
        usual = Reply(listing(job("1", self.busy)), type=JSON)
        self.busy.on("/jobs.json", lambda _: next(rests, usual))
        jobs = [
            as_job(self.usual.url("/jobs.json"), "acme/usual"),
            as_job(self.usual.url("/other.json"), "bolag/usual"),
            *(as_job(s.url("/jobs.json"), f"acme/{n}") for n, s in (("slow", self.slow), ("busy", self.busy))),
            as_job(self.picky.url("/jobs.json"), "acme/picky"),
        ]
        harvests = crawl(jobs, manners(seconds_between_requests=0.2), timeout=30, now=NOW)
        self.harvests: dict[str, Harvest] = {harvest.source: harvest for harvest in harvests}

    def _with_cookie(self, asked: Asked) -> Reply:
        body = listing(job("1", self.usual), job("2", self.usual, page=True))
        return Reply(body, type=JSON, headers={"Set-Cookie": "session=1; Path=/"})


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setenv("http_proxy", "http://127.0.0.1:9")
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        yield Town(stack)


def test_requests_to_a_host_keep_their_distance_across_sources(town: Town) -> None:
    assert sorted(town.usual.paths(robots=True)) == ["/jobs.json", "/jobs/2", "/other.json", "/robots.txt"]
    assert min(gaps(town.usual)) > 0.12


def test_hosts_do_not_wait_for_each_other(town: Town) -> None:
    first, last = town.slow.asked[0].at, town.slow.asked[-1].at
    assert any(first < asked.at < last for asked in town.usual.asked[1:])


def test_crawl_delay_is_kept_from_robots_txt_on(town: Town) -> None:
    assert len(town.slow.asked) == 3
    assert min(gaps(town.slow)) > 0.5


def test_retry_after_is_waited_for(town: Town) -> None:
    assert town.busy.paths() == ["/jobs.json", "/jobs.json"]
    assert gaps(town.busy)[1] > 0.9
    assert town.harvests["acme/busy"].complete


def test_robots_txt_is_read_by_our_own_name(town: Town) -> None:
    assert town.picky.paths() == ["/jobs.json"]
    harvest = town.harvests["acme/picky"]
    assert codes(harvest) == ["robots-refused"]
    assert [posting.identifier for posting in harvest.postings] == ["1"]
    assert min(gaps(town.picky)) > 0.4  # Request-rate: 2/1s


def test_we_say_who_we_are_and_nothing_else(town: Town) -> None:
    for asked in town.usual.asked:
        assert asked.headers["user-agent"] == "Jobbfyr/test (+mailto:ops@example.org)"
        assert asked.headers["accept-encoding"] == "gzip, deflate"
        assert not asked.headers.keys() & {"cookie", "referer", "authorization"}


def test_a_source_counts_its_own(town: Town) -> None:
    harvest = town.harvests["acme/usual"]
    assert harvest.complete
    assert harvest.counts["pages"] == 1
    assert harvest.counts["items"] == 2
    assert harvest.counts["status/200"] == 2
    assert harvest.counts["bytes"] > len(listing(job("1", town.usual)))
    both = (town.harvests["acme/usual"], town.harvests["bolag/usual"])
    assert sum(h.counts["requests"] for h in both) == len(town.usual.asked)


def test_closed_addresses_stay_closed_by_every_name() -> None:
    with WebServer() as inner, WebServer("127.0.0.2") as partner:
        inner.page("/jobs.json", listing(job("1", inner)), type=JSON)
        partner.page("/jobs.json", listing(job("1", partner)), type=JSON)
        partner.on("/away.json", Reply(status=302, headers={"Location": inner.url("/jobs.json")}))
        partner.page("/ads.json", listing(job("1", inner, page=True)), type=JSON)
        names = ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "127.1", "0.0.0.0", "[::]", "0x7f.1"]
        jobs = [as_job(f"http://{name}:{inner.port}/jobs.json", f"acme/{name}") for name in names]
        jobs.append(as_job(partner.url("/jobs.json"), "acme/partner"))
        jobs.append(as_job(partner.url("/away.json"), "acme/redirect"))
        jobs.append(as_job(partner.url("/ads.json"), "acme/ads"))
        limits = manners(allow_private=False, allow_networks=("127.0.0.2/32",), retries=0)
        harvests = {harvest.source: harvest for harvest in crawl(jobs, limits, timeout=30, now=NOW)}
        assert inner.asked == []
    assert harvests.pop("acme/partner").complete
    assert {source: tuple(codes(harvest)) for source, harvest in harvests.items()} == dict.fromkeys(
        harvests, ("address-refused",)
    )
