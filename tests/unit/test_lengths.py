"""Lengths against the platforms' own published examples and rules."""

import pytest

from publishers.base import Limits
from publishers.lengths import COUNTS, fits, graphemes, measure, shorten, x_links

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("åäö", 3),
        ("a\u030a", 1),  # NFC first
        ("日本", 4),
        (FAMILY, 2),
        ("…", 2),
        ("€", 2),
        ("–", 1),
        ("https://example.com/a/very/long/path/that/goes/on/and/on/and/on", 23),
        ("http://x.se", 23),
        ("malmö.se", 23),
        ("Se malmö.se nu", 3 + 23 + 3),
        ("fil.txt", 7),
        ("a\u2060b", 4),
    ],
)
def test_x_weighs_as_its_configuration_says(text, weight):
    assert measure(text, "x-weighted") == weight


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("https://example.com/a/very/long/path/that/goes/on/and/on/and/on", 23),
        ("http://x.se", 23),
        ("@kim@mastodon.social hej", 8),
        ("kim@mastodon.social", 19),
        (FAMILY, 1),
        ("malmö.se", 8),
    ],
)
def test_mastodon_counts_links_and_mentions_its_own_way(text, count):
    assert measure(text, "mastodon") == count


def test_a_mastodon_server_says_what_a_link_counts_as():
    assert measure("se https://example.com/", "mastodon", link=10) == 13


def test_bluesky_has_two_bounds():
    limits = Limits(count="graphemes", text=300, bytes=3000)
    assert fits("å" * 300, limits)
    assert not fits("å" * 301, limits)
    assert measure(FAMILY * 150, "graphemes") == 150
    assert not fits(FAMILY * 150, limits)  # 25 bytes each


def test_utf_16_counts_what_telegram_counts():
    assert measure("a😀", "utf-16") == 3
    assert measure("a😀", "characters") == 2


def test_an_unknown_way_of_counting_is_named():
    with pytest.raises(ValueError, match="unknown way of counting 'fathoms'"):
        measure("x", "fathoms")
    assert set(COUNTS) == {"graphemes", "characters", "utf-16", "mastodon", "x-weighted"}


def test_graphemes_are_what_readers_call_characters():
    assert graphemes(f"a{FAMILY}e\u0301") == ["a", FAMILY, "e\u0301"]


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        ("Underhållstekniker", 18, "Underhållstekniker"),
        ("Underhållstekniker till Ludvika", 20, "Underhållstekniker…"),
        ("Underhållstekniker till Ludvika", 24, "Underhållstekniker till…"),
        ("Samhällsbyggnadsförvaltningschef", 12, "Samhällsbyg…"),
        ("En Samhällsbyggnadsförvaltningschef", 20, "En Samhällsbyggnads…"),
        ("Säljare, Mora", 9, "Säljare…"),
        (FAMILY * 3, 2, FAMILY + "…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_shortening_stops_at_a_word_where_one_is_near(text, room, short):
    assert shorten(text, room) == short


def test_x_finds_bare_domains():
    assert x_links("Jobba hos Booking.com i malmö.se") == ["Booking.com", "malmö.se"]
