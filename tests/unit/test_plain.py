"""Untrusted words: what platforms would act on is gone, what people read is there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishers.lengths import x_links
from publishers.plain import WORD_JOINER, as_hashtag, clean, defuse, safe_link

WILD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("@#＠＃$.:/\\ \n\t\r\u200b\u200c\u200d\u2060\u202e\u2066\ufeff\u00ad\u0301👩💻é"),
    ),
    max_size=60,
) | st.lists(
    st.sampled_from(
        [
            "@acme",
            "#jobb",
            "https://",
            "Acme.com",
            "malmö.se",
            "javascript:",
            "a",
            " ",
            "kim@a.se",
            "＠x",
            "C#",
            "$ACME",
            "x.y.z",
            "://",
        ]
    ),
    max_size=6,
).map("".join)


@pytest.mark.parametrize(
    ("wild", "plain"),
    [
        ("Säljare @Acme", "Säljare Acme"),
        ("#Svetsare sökes", "Svetsare sökes"),
        ("Utvecklare @ Acme", "Utvecklare @ Acme"),
        ("Snickare\n\ttill   Mora", "Snickare till Mora"),
        ("\u202eerateS\u202c", "erateS"),
        ("S\u200bvet\u00adsare", "Svetsare"),
        ("Läs https://evil.example/x", "Läs evil.example/x"),
        ("javascript:alert(1)", "alert(1)"),
        ("Tolk 👩\u200d💻", "Tolk 👩\u200d💻"),
        ("e\u0301 1 % – ok", "é 1 % – ok"),
        ("##@@#dubbelt", "dubbelt"),
        ("100 % #1", "100 % 1"),
        ("kim@acme.com", "kim@acme.com"),
    ],
)
def test_titles_read_on_without_their_traps(wild, plain):
    assert defuse(wild).replace(WORD_JOINER, "") == plain


@pytest.mark.parametrize("word", ["Acme.com", "malmö.se", "ASP.NET", "t.ex.nu"])
def test_bare_domains_keep_their_looks_and_link_nowhere(word):
    assert x_links(word)
    assert defuse(word).replace(WORD_JOINER, "") == word
    assert not x_links(defuse(word))


@given(WILD)
def test_nothing_acts(wild):
    plain = defuse(wild)
    assert x_links(plain) == []
    assert not re.search(r"(?<!\w)[@＠]\w", plain)
    assert not re.search(r"[#＃]\w", plain)
    assert not re.search(r"https?://", plain, re.IGNORECASE)
    assert not re.search(r"\$[A-Za-z]", plain)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", plain)
    assert "\n" not in plain
    plain.encode()


@given(WILD)
def test_cleaning_twice_changes_nothing(wild):
    assert clean(clean(wild)) == clean(wild)
    assert clean(clean(wild, lines=True), lines=True) == clean(wild, lines=True)


def test_paragraphs_stay_when_asked():
    assert clean("Ett\r\n\r\n\r\n två  ord\u2028tre", lines=True) == "Ett\n\ntvå ord\ntre"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://jobb.dalarna.se/jobb/AB12CD/", "https://jobb.dalarna.se/jobb/AB12CD/"),
        ("HTTPS://Jobb.se", "https://jobb.se/"),
        (
            "https://åäö.se/jobb/åäö?q=å&b=1#ö",
            "https://xn--4cab6c.se/jobb/%C3%A5%C3%A4%C3%B6?q=%C3%A5&b=1#%C3%B6",
        ),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("https://a.se/x%20y", "https://a.se/x%20y"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.se/x", ""),
        ("https://bank.se@evil.example/", ""),
        ("https://a.se/x y", ""),
        ("https://a.se/\u202etxt", ""),
        ("https://a.se\\@evil.example", ""),
        ("https://", ""),
        ("https://a.se:99999/", ""),
        ("", ""),
    ],
)
def test_only_plain_web_addresses_are_links(url, safe):
    assert safe_link(url) == safe


@given(WILD)
def test_any_text_is_a_safe_link_or_none(wild):
    link = safe_link("https://a.se/" + wild)
    assert link == "" or (link.isascii() and link.startswith("https://") and " " not in link)
    assert safe_link(link) == link


@pytest.mark.parametrize(
    ("word", "tag"), [("Jobb i Dalarna", "JobbiDalarna"), ("#Höga Kusten", "HögaKusten"), ("2026", ""), ("!", "")]
)
def test_hashtags_are_one_word(word, tag):
    assert as_hashtag(word) == tag
