"""Where the work is, and above all where it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.model import JobPosting, Place, Tag
from aggregator.tagging import Area, TagRules, tag

HOME = TagRules(municipalities=("2080", "2081", "2085", "2282", "2326"))


def posting(title: str = "Säljare", description: str = "", **fields: Any) -> JobPosting:
    return JobPosting(
        source="acme/jobs", identifier="1", title=title, url="https://acme.example/1", retrieved_from="", description=description,
        retrieved_at=datetime(2026, 11, 21, tzinfo=UTC), **fields,
    )  # fmt: skip


def codes(tags: tuple[Tag, ...], axis: str = "municipality") -> list[str]:
    return sorted(t.code for t in tags if t.axis == axis)


@pytest.mark.parametrize(
    ("title", "description", "expected"),
    [
        ("Svetsare till Ludvika", "", ["2085"]),
        ("Ingenjör, Ludvika eller Västerås", "", ["1980", "2085"]),
        ("Säljare Borlänge/Falun", "", ["2080", "2081"]),
        ("Nurse in Gothenburg", "", ["1480"]),
        ("Kock", "Placering i Kramfors, resor till Stockholm förekommer.", ["2282"]),
        ("Montör", "Vi söker en montör till vår fabrik i Mora. Huvudkontoret ligger i Stockholm.", ["2062"]),
        ("Jägmästare", "Arbetet utgår från vårt kontor i Bollnäs.", ["2183"]),
        ("Säljare", "Bara du kan. Ed är bra. Vi söker dig! Vara med oss.", []),
        ("Projektledare Mark och anläggning", "Kontakta Nora Berg.", []),
        ("Snickare", "Vi har kunder i Umeå och kontor i Luleå.", []),
        ("Kock", "Orten ligger tio mil från Östersund.", []),
        ("Vårdbiträde Falu kommun", "", ["2080"]),
        ("Sjuksköterska Mora lasarett", "", ["2062"]),
        ("Lärare i Berg", "", ["2326"]),
    ],
)
def test_places_in_words(title: str, description: str, expected: list[str]) -> None:
    assert codes(tag([posting(title, description)], HOME)) == expected


@pytest.mark.parametrize(
    "name",
    ["Ed", "Vara", "Mark", "Eda", "Töre", "Salem", "Nora", "Ulrika", "Vi", "Bara", "Berg"],
)
def test_a_word_alone_is_no_place(name: str) -> None:
    assert codes(tag([posting("Säljare", f"{name} är med oss. Hos oss trivs man, säger {name} Persson.")], HOME)) == []


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(municipality_code="2085", locality="Stockholm"), ["2085"]),
        (Place(locality="Berg", region="Jämtlands län"), ["2326"]),
        (Place(locality="Ås"), []),
        (Place(locality="Ås", region="Jämtlands län"), ["2309"]),
        (Place(locality="Ås", latitude=63.25, longitude=14.56), ["2309"]),
        (Place(latitude=60.6065, longitude=15.6355), ["2080"]),
        (Place(name="Borlänge / Falun"), ["2080", "2081"]),
        (Place(name="Sälen, Malung-Sälen"), ["2023"]),
        (Place(locality="Bergen", country="NO"), []),
        (Place(name="Dalarna, Sverige"), []),
    ],
)
def test_places_in_fields(place: Place, expected: list[str]) -> None:
    assert codes(tag([posting(job_location=(place,))], HOME)) == expected


def test_a_county_without_a_municipality() -> None:
    assert codes(tag([posting(job_location=(Place(name="Dalarna, Sverige"),))], HOME), "county") == ["20"]
    assert codes(tag([posting("Chaufför i hela Norrland")], HOME), "county") == ["21", "22", "23", "24", "25"]


def test_the_ads_own_word_wins_over_the_field_that_names_the_head_office() -> None:
    found = tag(
        [posting("Kock", "Tjänsten är placerad i Kramfors.", job_location=(Place(locality="Stockholm"),))], HOME
    )
    assert codes(found) == ["2282"]


def test_the_sources_code_wins_over_everything() -> None:
    found = tag(
        [posting("Kock till Falun", "Placering i Kramfors.", job_location=(Place(municipality_code="2085"),))], HOME
    )
    assert codes(found) == ["2085"]


def test_the_operators_place_fills_silence_only() -> None:
    rules = TagRules(places={"acme/jobs": "Avesta"})
    assert codes(tag([posting("Kock")], rules)) == ["2084"]
    assert codes(tag([posting("Kock till Mora")], rules)) == ["2062"]


def test_areas_are_the_operators() -> None:
    area = Area(
        key="hoga-kusten",
        label={"sv": "Höga Kusten", "en": "High Coast"},
        municipalities=("2280", "2282", "2283", "2284"),
    )
    rules = TagRules(areas=(area,))
    assert codes(tag([posting("Kock till Kramfors")], rules), "area") == ["hoga-kusten"]
    assert codes(tag([posting("Chef", "Work across the High Coast.")], rules), "area") == ["hoga-kusten"]
    assert codes(tag([posting("Kock till Falun")], rules), "area") == []


def test_the_words_that_decided_are_kept() -> None:
    (found,) = [t for t in tag([posting("Svetsare till Ludvika")], HOME) if t.axis == "municipality"]
    assert (found.label, found.evidence[0].field, found.evidence[0].words, found.sure) == (
        "Ludvika",
        "title",
        "Ludvika",
        True,
    )
