"""Kinds against bytes that no system would send on purpose: postings and problems come out, never an exception."""

import json
import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aggregator.errors import UsageError
from aggregator.model import JobPosting, Problem, Source
from aggregator.schema_org import from_schema_org, to_schema_org
from spiders.base import kinds
from spiders.parse import parse_file

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
CASES = Path(__file__).parent.parent / "kinds"
KINDS = sorted(kinds())
OPTIONS: dict[str, dict[str, object]] = {
    "html": {
        "item": "article, tr, li, div",
        "title": "h3, td, a",
        "link": "a@href",
        "description": "p",
        "deadline": "span",
    }
}


def parsed(
    kind: str, body: bytes, url: str = "https://a.example/jobb", media_type: str | None = None
) -> list[JobPosting | Problem]:
    found = list(parse_file(kind, body, url, media_type, NOW, options=OPTIONS.get(kind)))
    for one in found:
        if isinstance(one, JobPosting):
            assert one.identifier
            assert one.title
            assert one.url.startswith(("http://", "https://"))
            assert from_schema_org(json.loads(json.dumps(to_schema_org(one)))) == one
    return found


def test_every_file_of_the_folder_is_a_kind_that_is_tried():
    folder = Path(__file__).parent.parent.parent / "spiders" / "kinds"
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {name.replace("-", "_") for name in KINDS} == files


@pytest.mark.parametrize("kind", KINDS)
@given(
    body=st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )
)
@settings(max_examples=60, deadline=None)
def test_any_bytes(kind, body):
    parsed(kind, body)


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
ad_names = ["id", "headline", "employer", "workplace_address", "removed", "occupation_group", "description", "timestamp", "source_links",
            "application_details", "number_of_vacancies", "coordinates", "webpage_url", "publication_date", "duration", "remote_work"]  # fmt: skip
item_names = ["id", "title", "url", "_jobposting", "content_html", "date_published", "language"]
posting_names = ["title", "identifier", "jobLocation", "hiringOrganization", "description", "employmentType", "url", "baseSalary", "datePosted",
                 "validThrough", "potentialAction", "applicationContact", "occupationalCategory", "jobLocationType"]  # fmt: skip


@given(ad=st.dictionaries(st.sampled_from(ad_names), anything), total=anything)
@settings(max_examples=100, deadline=None)
def test_any_values_in_an_ad_of_platsbanken(ad, total):
    parsed("platsbanken", json.dumps({"total": total, "hits": [{"id": 1, "headline": "Kock", **ad}]}).encode())
    parsed("platsbanken", json.dumps([ad, total, {"id": 2, "headline": "Kock", "workplace_address": ad}]).encode())


@given(
    item=st.dictionaries(st.sampled_from(item_names), anything),
    posting=st.dictionaries(st.sampled_from(posting_names), anything),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_values_in_a_json_feed_and_in_json_ld(item, posting):
    feed = {
        "items": [item, {"id": "1", "url": "https://a.example/1", "title": "Kock", "_jobposting": posting}],
        "next_url": item.get("url"),
    }
    assert any(isinstance(found, JobPosting) for found in parsed("teamtailor", json.dumps(feed).encode()))
    parsed("feed", json.dumps(feed).encode())
    block = json.dumps(
        [{"@type": "JobPosting", **posting}, {"@graph": [item, {"@type": ["JobPosting"], "title": "Kock", **posting}]}]
    )
    parsed("jsonld", f'<html><script type="application/ld+json">{block}</script>'.encode())


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body with one thing done to it that networks, editors and half-finished templates do."""
    at, to = sorted(chance.randrange(len(body) + 1) for _ in range(2))
    return chance.choice(
        [
            body[:at],
            body[:at] + body[to:],
            body[:at] + body[at:to] * 2 + body[to:],
            body[:at] + bytes(chance.randrange(256) for _ in range(8)) + body[at:],
            body.replace(chance.choice([b"<", b'"', b"&", b">", b":", b"http"]), b"", chance.randrange(1, 9)),
            body[:at] + body[at:to].swapcase() + body[to:],
            body.decode("utf-8", "replace").encode("utf-16"),
        ]
    )


PAGES = sorted(path for path in CASES.glob("*/*/page*") if path.stat().st_size < 40_000)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: "/".join(path.parts[-3:]))
def test_recorded_pages_with_every_sort_of_damage(path):
    chance = random.Random(path.name)
    body = path.read_bytes()
    for _ in range(12):
        parsed(path.parts[-3], mutated(body, chance))


def test_a_teamtailor_feed_of_a_thousand_ads_is_read_at_once():
    body = "<p>" + "Vi söker dig som vill arbeta med &amp;quot;trä&amp;quot; i Dalarna. " * 45 + "</p>"
    escaped = body.replace("<", "&lt;").replace(">", "&gt;")
    items = "".join(
        f"<item><title>Snickare {n}</title><description>{escaped}</description><guid>{n}</guid><link>https://a.example/jobs/{n}</link></item>"
        for n in range(1000)
    )
    feed = f"<rss><channel><title>A</title>{items}</channel></rss>".encode()
    parsed("teamtailor", b"<rss><channel/></rss>")
    start = time.process_time()
    found = list(parse_file("teamtailor", feed, "https://a.example/jobs.rss", None, NOW))
    assert len(found) == 1000
    assert time.process_time() - start < 5  # about 0.8 s alone; the rest is for a busy machine


def test_usage_errors_say_what_to_do():
    with pytest.raises(UsageError, match=r"no source kind 'teamtailer'.*teamtailor"):
        list(parse_file("teamtailer", b"", "https://a.example", None, NOW))
    with pytest.raises(UsageError, match="item"):
        list(parse_file("html", b"", "https://a.example", None, NOW))


def test_what_would_be_fetched_further_is_said():
    page = b'<a href="/jobb/kock-1234">Kock</a>'
    (told,) = parsed("jsonld", page)
    assert isinstance(told, Problem)
    assert (told.code, told.level) == ("more-pages", "info")


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("platsbanken", {}, "say whose ads"),
        ("platsbanken", {"employer": " "}, "say whose ads"),
        ("platsbanken", {"organization_numbers": ["123"]}, "ten digits"),
        ("platsbanken", {"employer": "A", "municipalities": ["Falun"]}, "code"),
        ("platsbanken", {"employer": "A", "api": "snapshot"}, "search"),
        ("platsbanken", {"employer": "A", "search_url": "ftp://x"}, "match"),
        ("jsonld", {"links": "a["}, "CSS"),
        ("jsonld", {"pattern": "("}, "regular expression"),
        ("jsonld", {"ads": 0}, "greater"),
        ("html", {"item": "", "title": "h3"}, "at least"),
        ("html", {"item": "li", "title": "h3::"}, "CSS"),
        ("html", {"item": "li", "title": {"select": "h3", "pattern": "["}}, "regular expression"),
        ("teamtailor", {"feed": "atom"}, "rss"),
        ("feed", {"page": 3}, "[Ee]xtra"),
    ],
)
def test_options_that_cannot_work_are_refused_with_the_reason(kind, options, why):
    with pytest.raises(ValidationError, match=why):
        kinds()[kind](Source(key="a/b", partner="a", kind=kind, url="https://a.example", options=options))


HOSTILE = {
    "deeply nested elements": b"<html>" + b"<div>" * 5000 + b"JobPosting",
    "a page of links": b"<html>" + b"".join(b"<a href='/jobb/%d-x'>x</a>" % n for n in range(20_000)),
    "more tags than any page has": b"<li><a href='/jobb/1-x'>x</a>" * 40_000,
    "scripts that never end": b"JobPosting" + b"<script type=application/ld+json>" * 20_000,
    "json without end": b'{"items":' + b"[" * 200_000,
    "a bomb of entities": b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><rss><channel><title>&c;</title></channel></rss>',
    "items within items": b"<rss><channel>" + b"<item>" * 20_000,
    "xml where html was due": b'<?xml version="1.0" encoding="utf-8"?><ns:list xmlns:ns="urn:a"><ns:a/></ns:list>',
    "a file's name": b"/etc/passwd",
    "blanks": b"<rss><channel><item><guid>1</guid><title>" + b" " * 100_000 + b"x</title></item></channel></rss>",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_cost_little(kind, name):
    start = time.process_time()
    parsed(kind, HOSTILE[name])
    assert time.process_time() - start < 6  # none takes more than one second on a machine at rest
