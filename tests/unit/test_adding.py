"""What `jobbfyr add` thinks before it asks: odd things, keys and names, what would be written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aggregator.app.adding import (
    already_there,
    known_partner,
    lines_written,
    oddities,
    options_of,
    partner_key,
    shown,
    source_entry,
    source_name,
)
from aggregator.model import Harvest, JobPosting, ListingKind, Partner, Place, Problem, RemoteMode, Source
from aggregator.settings.edit import with_item
from aggregator.tagging import TagRules
from spiders.detect import Detection

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PARTNER = Partner(key="dalverken", name="Dalverken AB", tier="stor", names=("Dalverken Service",))
SOURCE = Source(key="dalverken/feed", partner="dalverken", kind="feed", url="https://dalverken.example/rss")


def posting(title: str = "Svetsare", **fields: Any) -> JobPosting:
    usual: dict[str, Any] = {
        "source": SOURCE.key,
        "identifier": title,
        "title": title,
        "url": f"https://dalverken.example/jobb/{title}",
        "retrieved_from": SOURCE.url,
        "retrieved_at": NOW,
        "hiring_organization": "Dalverken",
        "job_location": (Place(locality="Borlänge"),),
        "date_posted": NOW - timedelta(days=2),
        "description": "Vi söker en kollega.",
        "in_language": "sv",
    }
    return JobPosting(**{**usual, **fields})


def odd(*postings: JobPosting, source: Source = SOURCE, **harvest: Any) -> list[str]:
    usual = {"source": source.key, "started_at": NOW, "finished_at": NOW, "complete": True, "postings": postings}
    return list(oddities(Harvest(**{**usual, **harvest}), source, PARTNER, NOW))


def test_a_good_harvest_looks_like_nothing_odd() -> None:
    assert odd(posting("Svetsare"), posting("Kock", hiring_organization="Dalverken Service AB")) == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"job_location": ()}, "1 of 2 tell no place"),
        ({"date_posted": None}, "1 of 2 tell neither"),
        ({"valid_through": NOW - timedelta(days=1)}, "1 of 2 have passed"),
        ({"description": ""}, "1 of 2 have no text"),
        ({"hiring_organization": "Borealstål AB"}, "Borealstål AB (1)"),
        ({"title": "Svetsare", "identifier": "2"}, "“Svetsare” stands there 2 times"),
        ({"listing": ListingKind.DRAFT}, "1 drafts or copies"),
        ({"listing": ListingKind.OPEN_APPLICATION}, "1 open applications"),
    ],
)
def test_each_odd_thing_is_told_with_its_number(fields, told) -> None:
    (sentence,) = odd(posting("Svetsare"), replace(posting("Kock"), **fields))
    assert told in sentence


def test_what_is_true_of_all_is_told_as_all_and_english_only_then() -> None:
    english = posting("Cook", in_language="en")
    assert odd(english, posting("Svetsare")) == []
    assert "all of 2 are in English" in odd(english, posting("Welder", in_language="en"))[0]


def test_remote_work_and_a_source_with_a_place_need_no_place_in_the_ad() -> None:
    assert odd(posting(job_location=(), job_location_type=RemoteMode.REMOTE)) == []
    assert odd(posting(job_location=()), source=replace(SOURCE, place="Mora")) == []


def test_an_empty_or_broken_harvest_says_so() -> None:
    assert "nothing is open" in odd()[0]
    assert odd(posting(), complete=False) == ["not all of it could be read"]
    problem = Problem(level="error", code="not-a-feed", where=SOURCE.key, message="it is a web page")
    assert odd(posting(), complete=False, problems=(problem,)) == ["error: it is a web page"]


def test_a_vacancy_is_shown_with_what_it_tells() -> None:
    line = shown(posting("Undersköterska", valid_through=datetime(2026, 12, 1, tzinfo=UTC)), TagRules())
    assert (line.title, line.place, line.skill_level, line.deadline) == (
        "Undersköterska",
        "Borlänge",
        "2",
        "2026-12-01",
    )
    nothing = shown(posting("Xyzzy", job_location=()), TagRules())
    assert (nothing.place, nothing.skill_level, nothing.deadline) == ("", "", "")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Höga Kusten Bryggeri AB", "hoga-kusten-bryggeri"),
        ("Älvdalens Såg & Hyvleri AB (publ)", "alvdalens-sag-hyvleri"),
        ("3D-verken", "3d-verken"),
        ("AB", "ab"),
        ("!!!", ""),
        ("Å" * 80, "a" * 60),
    ],
)
def test_a_partners_key_is_its_name_in_plain_letters(name, key) -> None:
    assert partner_key(name) == key


def region(*sources: Source) -> Any:
    return SimpleNamespace(partners=(PARTNER,), sources=sources)


def test_a_partner_is_known_by_its_key_and_by_any_of_its_names() -> None:
    for name in ("dalverken", "Dalverken", "DALVERKEN AB", "Dalverken Service AB"):
        assert known_partner(region(), name) is PARTNER
    assert known_partner(region(), "Dalverket") is None


def test_names_of_sources_do_not_collide_and_one_board_is_not_added_twice() -> None:
    assert source_name(region(), "dalverken", "feed") == "feed"
    assert source_name(region(SOURCE, replace(SOURCE, key="dalverken/feed-2")), "dalverken", "feed") == "feed-3"
    assert already_there(region(SOURCE), "feed", "http://www.dalverken.example/rss/", {}) == "dalverken/feed"
    assert not already_there(region(SOURCE), "feed", "https://dalverken.example/rss/2", {})
    board = Source(key="x/platsbanken", partner="x", kind="platsbanken", options={"employer": "X"})
    assert not already_there(region(board), "platsbanken", "", {"employer": "Dalverken AB"})
    assert already_there(region(board), "platsbanken", "", {"employer": "X"}) == "x/platsbanken"


def test_platsbanken_is_told_whose_ads() -> None:
    found = Detection(url="https://arbetsformedlingen.se/platsbanken/", kind="platsbanken", options={"regions": ["20"]})
    assert options_of(found, PARTNER) == {"regions": ["20"], "employer": ["Dalverken AB", "Dalverken Service"]}
    numbered = replace(PARTNER, organization_number="556000-1234")
    assert options_of(found, numbered)["organization_numbers"] == ["556000-1234"]
    named = replace(found, options={"employer": "Annan"})
    assert options_of(named, PARTNER) == {"employer": "Annan"}


def test_an_entry_says_what_is_not_by_default_and_expects_a_quarter() -> None:
    assert source_entry(SOURCE, "feed", 11) == {"kind": "feed", "url": SOURCE.url, "expect": {"min": 2}}
    told = source_entry(replace(SOURCE, place="Mora", options={"pages": 3}), "feed-2", 3)
    assert told == {
        "kind": "feed",
        "name": "feed-2",
        "url": SOURCE.url,
        "options": {"pages": 3},
        "place": "Mora",
        "expect": {"min": 0},
    }


def test_the_lines_written_are_named_exactly() -> None:
    before = (Path(__file__).parents[2] / "config/dalarna/partners/clas-ohlson.yml").read_text()
    after = with_item(before, ("sources",), source_entry(SOURCE, "feed", 8))
    first, last = lines_written(before, after)
    lines = after.splitlines()
    assert lines[first - 1].strip() == "- kind: feed"
    assert lines[: first - 1] + lines[last:] == before.splitlines()
    assert lines_written(before, before) == (0, 0)
