"""Contact persons out of text, and nothing else with them."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.tagging.contacts import find_contacts, scrub

GONE = [
    ("Kontakta Anna Svensson på 070-123 45 67.", ("Anna", "Svensson", "070", "45 67")),
    ("Rekryterande chef: Xerxes Zandi, 0243-73 100, xerxes.zandi@firma.se", ("Xerxes", "Zandi", "73 100", "@firma")),
    (
        "Fackliga kontakter: Unionen Bo Ek, 08-123 456 00. Vision: Karin Ålund tel 0611-55 79 00",
        ("Bo Ek", "Ålund", "55 79"),
    ),
    (
        "For more information contact our hiring manager Abdirahman Hussein at +46 (0)70 123 45 67.",
        ("Hussein", "123 45"),
    ),
    ("Personnummer 850709-9805 eller 198507099805.", ("850709", "9805")),
    ("Anna-Karin Öberg\nHR-chef\n070 123 45 67\nanna-karin.oberg@firma.se", ("Öberg", "Karin", "070", "oberg")),
    ("Frågor besvaras av enhetschef Gunilla von Post (gunilla (at) post.se).", ("Gunilla", "Post", "post.se")),
    (
        "Please reach out to Johan Lind, +46701234567, or https://www.linkedin.com/in/johan-lind",
        ("Johan", "Lind", "+4670", "johan-lind"),
    ),
    ("Ring Eva på telefon: 123 45 67.", ("123 45 67",)),
    ("Du är välkommen att höra av dig till Mohammed Al Hassan.", ("Mohammed", "Hassan")),
    ("Maria Lind är chef. Prata gärna med Maria.", ("Maria", "Lind")),
]

STAYS = [
    "Du når oss på växel 023-83 000 eller jobb@firma.se.",
    "Skicka din ansökan till rekrytering@firma.se eller info@firma.se, hr@firma.se.",
    "Kundtjänst: 0771-123 456. Växeln har nummer 0243-730 00.",
    "Lön 28 000-35 000 kr i månaden.",
    "Org.nr 556016-0680. Referensnummer 2026/0123-4567. Dnr 2026-00123.",
    "Arbetstid 08:00–16:30, 07.00-16.00 eller 0730-1600.",
    "Adress: Karl Johans gata 3, 781 70 Borlänge.",
    "Sista ansökningsdag 2026-12-01, tillträde 01-02-2027.",
    "Erik Olsson Fastighetsförmedling AB söker dig som gillar människor.",
    "Vi arbetar i Microsoft Teams och Office 365. Volvo Trucks är kund.",
    "Tjänsten är placerad i Borlänge. Dalarnas Bryggeri ligger vid Runn.",
]


@pytest.mark.parametrize(("text", "words"), GONE)
def test_takes_out(text: str, words: tuple[str, ...]) -> None:
    left = scrub(text)
    assert [word for word in words if word in left] == []


@pytest.mark.parametrize("text", STAYS)
def test_leaves(text: str) -> None:
    assert scrub(text) == text


def test_the_sentence_around_stays() -> None:
    text = "Vi söker en svetsare. Kontakta Anna Svensson på 070-123 45 67 för mer information.\n\nVälkommen med din ansökan!"
    assert scrub(text) == "Vi söker en svetsare. Kontakta … på … för mer information.\n\nVälkommen med din ansökan!"


def test_lines_that_held_only_a_contact_go() -> None:
    assert (
        scrub("Varmt välkommen!\nAnna Svensson\nTel: 070-123 45 67\nE-post: anna.svensson@firma.se")
        == "Varmt välkommen!"
    )


def test_kinds_are_told_apart() -> None:
    kinds = [contact.kind for contact in find_contacts("Anna Svensson, 070-123 45 67, anna@firma.se, 850709-9805")]
    assert kinds == ["name", "phone", "email", "identity"]


SNIPPETS = st.sampled_from(
    ["Anna Svensson", "kontakta ", "070-123 45 67", " ", "\n", "anna.svensson@firma.se", "växel ", "850709-9805", "chef: ", "AB", "(", ")", ",", "0243", "-", "+46", "…", "Unionen ", "jobb@x.se", "Bo", "@"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(SNIPPETS, max_size=14).map("".join)))
def test_running_it_again_changes_nothing(text: str) -> None:
    once = scrub(text)
    assert scrub(once) == once
    assert len(once) <= len(text)


@settings(max_examples=80, deadline=None)
@given(st.lists(SNIPPETS, max_size=14).map("".join))
def test_no_personal_number_survives(text: str) -> None:
    assert scrub(f"{text} 850709-9805 ").count("850709-9805") <= scrub(text).count("850709-9805")


def test_a_long_text_takes_no_more_than_milliseconds() -> None:
    text = (
        "Vi söker dig som vill arbeta med underhåll av maskiner i Borlänge. Ring Anna Svensson på 070-123 45 67.\n" * 30
    )
    scrub(text)
    started = time.process_time()
    for _ in range(10):
        scrub(text)
    assert (time.process_time() - started) / 10 < 0.05


def test_hostile_text_does_not_blow_up() -> None:
    started = time.process_time()
    for piece in ("0 ", "A ", "a@", "kontakta ", "0-", "(at)", "Bo-", "frågor "):
        scrub(piece * 5000)
    assert time.process_time() - started < 20


def test_generated_ads_lose_their_contacts_and_little_else() -> None:
    path = Path(__file__).parents[2] / "benchmarks" / "quality_contacts.py"
    spec = importlib.util.spec_from_file_location("quality_contacts", path)
    assert spec
    assert spec.loader
    quality = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(quality)
    shares = quality.measure(390)
    assert shares["names"] >= 0.97
    assert shares["phones"] >= 0.995
    assert shares["emails"] >= 0.995
    assert shares["lost"] < 0.005
