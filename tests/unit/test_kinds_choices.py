"""What kinds decide by themselves: which links are ads, where a feed stands, whose ads are theirs, when to stop."""

import json
from datetime import UTC, datetime

import pytest

from aggregator.model import JobPosting, Known, PostingState, Problem, Source, SourceState
from spiders.base import Cursor, Fetch, Found, Kind, Listed, Removed, kinds
from spiders.extract.adpages import looks_like_ad
from spiders.kinds.teamtailor import feed_url
from spiders.parse import read_saved

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    [
        "/jobb/svetsare", "/jobb/1", "/lediga-jobb/svetsare-mora", "/lediga-tj%C3%A4nster/123", "/karriar/lediga-tjanster/kock/", "/jobs/4711-cook",
        "/vacancies/cook", "/open-positions/cook", "/sv/jobb/kock", "/career/1234-cook", "/careers/senior-forest-engineer", "/stillinger/kokk",
        "/platsannonser/kock",
    ],
)  # fmt: skip
def test_addresses_that_look_like_ads(path):
    assert looks_like_ad("https://acme.example" + path)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/jobb", "/jobb/", "/jobb/sida/2", "/jobb/kategori/kok", "/jobs/feed", "/jobs/departments/x", "/om-oss", "/karriar/om-oss", "/careers/",
        "/tjanster/elinstallation", "/nyheter/vi-har-fatt-nytt-jobb", "/jobs/rss",
    ],
)  # fmt: skip
def test_addresses_that_do_not(path):
    assert not looks_like_ad("https://acme.example" + path)


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        ("https://acme.teamtailor.com", "https://acme.teamtailor.com/jobs.rss?per_page=100"),
        ("https://jobb.acme.se/jobs/12-kock", "https://jobb.acme.se/jobs.rss?per_page=100"),
        ("https://jobb.acme.se/jobs?department_id=7&x=1", "https://jobb.acme.se/jobs.rss?department_id=7&per_page=100"),
        ("https://jobb.acme.se/jobs.rss?location=3", "https://jobb.acme.se/jobs.rss?location=3&per_page=100"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/jobs.rss?per_page=100"),
    ],
)
def test_the_feed_is_found_from_any_page_of_a_career_site(address, feed):
    assert feed_url(address, "rss") == feed


def platsbanken(options: dict[str, object], known: Known | None = None) -> Kind:
    return kinds()["platsbanken"](Source(key="a/b", partner="a", kind="platsbanken", options=options), known)


def reading(kind: Kind, data: object, fetch: Fetch) -> list[Found]:
    return list(read_saved(kind, json.dumps(data).encode(), fetch.url, "application/json", NOW, fetch=fetch))


def known(cursor: str = "", identifiers: tuple[str, ...] = ()) -> Known:
    states = {one: PostingState(identifier=one, fingerprint="", first_seen=NOW, last_seen=NOW) for one in identifiers}
    return Known(source=SourceState(key="a/b", cursor=cursor), postings=states)


def ad(identifier: object, employer: str = "Acme AB", **more: object) -> dict[str, object]:
    return {"id": identifier, "headline": "Kock", "employer": {"name": employer, **more}}


def test_a_search_stops_where_the_interface_does_and_says_so():
    kind = platsbanken({"employer": "Acme"})
    fetch = Fetch(url="https://jobsearch.example/search?employer=acme&offset=1900", context={"offset": "1900"})
    more = reading(kind, {"total": {"value": 5000}, "hits": [ad(n) for n in range(100)]}, fetch)
    assert [one.context["offset"] for one in more if isinstance(one, Fetch)] == ["2000"]
    fetch = Fetch(url="https://jobsearch.example/search?employer=acme&offset=2000", context={"offset": "2000"})
    stopped = reading(kind, {"total": {"value": 5000}, "hits": [ad(n) for n in range(100)]}, fetch)
    assert [one.code for one in stopped if isinstance(one, Problem)] == ["too-many-hits"]
    assert not [one for one in stopped if isinstance(one, Fetch)]


@pytest.mark.parametrize(
    ("employer", "theirs"),
    [
        ("Acme AB", True),
        ("ACME Aktiebolag (publ)", True),
        ("Acme", True),
        ("Acme Nord AB", False),
        ("Nordacme AB", False),
        ("", False),
    ],
)
def test_only_ads_of_exactly_this_employer_are_taken(employer, theirs):
    found = reading(
        platsbanken({"employer": "Acme"}),
        {"total": {"value": 1}, "hits": [ad("1", employer)]},
        Fetch(url="https://x.example"),
    )
    assert any(isinstance(one, JobPosting) for one in found) is theirs


def test_an_organisation_number_is_compared_in_full():
    kind = platsbanken({"organization_numbers": ["556000-1234"]})
    hits = [ad("1", organization_number="5560001234"), ad("2", organization_number="55600012349"), ad("3")]
    found = reading(kind, {"total": {"value": 3}, "hits": hits}, Fetch(url="https://x.example"))
    assert [one.identifier for one in found if isinstance(one, JobPosting)] == ["1"]


@pytest.mark.parametrize(
    ("employer", "word"),
    [
        ("Falu kommun", "falu"),
        ("Region Dalarna", "dalarna"),
        ("Hitachi Energy Sweden AB", "hitachi"),
        ("Kommun AB", "kommun"),
    ],
)
def test_a_search_asks_for_the_word_that_tells_most(employer, word):
    (fetch,) = platsbanken({"employer": employer}).start()
    assert f"employer={word}&" in fetch.url


def test_a_stream_reports_changes_only_from_its_second_time_on():
    first = platsbanken({"employer": "Acme", "api": "stream"}, known())
    assert not first.incremental
    assert [fetch.step for fetch in first.start()] == ["start"]
    later = platsbanken(
        {"employer": "Acme", "api": "stream", "regions": ["oDpK_oZ2_WYt"]}, known("2026-11-20T06:00:00+01:00")
    )
    assert later.incremental
    (fetch,) = later.start()
    assert fetch.url.endswith("/stream?date=2026-11-20T04%3A55%3A00&location-concept-id=oDpK_oZ2_WYt")
    assert not platsbanken({"employer": "Acme", "api": "stream"}, known("nonsense")).incremental
    assert not platsbanken({"employer": "Acme"}, known("2026-11-20T06:00:00+01:00")).incremental


def test_a_stream_passes_on_removals_of_what_is_known_or_was_just_opened():
    kind = platsbanken({"employer": "Acme", "api": "stream"}, known("2026-11-20T06:00:00+00:00", ("7",)))
    removed = [{"id": n, "removed": True, "removed_date": "2026-11-20T10:00:00"} for n in (7, 8, 9)]
    found = reading(kind, [ad("8"), *removed], Fetch(url="https://x.example", step="stream"))
    assert [one.identifier for one in found if isinstance(one, Removed)] == ["7", "8"]
    assert [one.value for one in found if isinstance(one, Cursor)] == ["2026-11-20T09:00:00+00:00"]


def test_an_empty_stream_keeps_its_cursor_and_one_from_the_future_does_not_skip_ahead():
    kind = platsbanken({"employer": "Acme", "api": "stream"}, known("2026-11-20T06:00:00+00:00"))
    assert reading(kind, [], Fetch(url="https://x.example")) == [Cursor(value="2026-11-20T06:00:00+00:00")]
    future = reading(kind, [{**ad("1", "Other"), "timestamp": 4102444800000}], Fetch(url="https://x.example"))
    assert future == [Cursor(value=NOW.isoformat())]


def test_an_ad_that_cannot_be_shown_still_counts_as_seen():
    found = reading(platsbanken({"employer": "*"}), {"total": 1, "hits": [{"id": 5}]}, Fetch(url="https://x.example"))
    assert [type(one) for one in found] == [Problem, Listed]


def test_a_feed_that_ignores_paging_is_read_once():
    items = "".join(
        f"<item><title>A{n}</title><guid>{n}</guid><link>https://x.example/jobs/{n}</link></item>" for n in range(100)
    )
    feed = f"<rss><channel><title>A</title>{items}</channel></rss>".encode()
    kind = kinds()["teamtailor"](Source(key="a/b", partner="a", kind="teamtailor", url="https://x.example"))
    (first,) = kind.start()
    found = list(read_saved(kind, feed, first.url, None, NOW, fetch=first))
    (second,) = [one for one in found if isinstance(one, Fetch)]
    assert len(found) == 101
    assert list(read_saved(kind, feed, second.url, None, NOW, fetch=second)) == []


def test_the_operators_word_fills_what_the_ad_leaves_out_and_replaces_the_employer():
    source = Source(
        key="a/b", partner="a", kind="feed", url="https://x.example", place="Mora", employer="Moraföretaget"
    )
    body = b'{"title": "Annan", "items": [{"id": 1, "url": "https://x.example/1", "title": "Kock"}]}'
    (posting,) = read_saved(kinds()["feed"](source), body, "https://x.example", None, NOW)
    assert isinstance(posting, JobPosting)
    assert posting.hiring_organization == "Moraföretaget"
    assert [place.name for place in posting.job_location] == ["Mora"]
