"""The pure helpers of the source kinds: text, dates, links, words, XML and markup."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import ListingKind, RemoteMode
from spiders.extract.dates import parse_date
from spiders.extract.links import absolute, canonical, clean_url, same_site
from spiders.extract.markup import job_postings, read_block
from spiders.extract.selectors import check_css, parse_selector
from spiders.extract.text import MAX_MARKUP, body_of, encoding_of, one_line, to_text
from spiders.extract.words import employment_types, language_of, listing_kind, remote_mode, says_no_vacancies
from spiders.extract.xml import XmlRefusedError, parse_xml, salvage_xml

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

# --- text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>Vi söker <b>sv</b>etsare.</p><p>Nu.</p>", "Vi söker svetsare.\n\nNu."),
        ("<p>Du får</p><ul><li>lön</li><li>fika</li></ul>", "Du får\n\n- lön\n- fika"),
        ("<ol><li>ett</li><li>två</li></ol>", "1. ett\n2. två"),
        ("&lt;p&gt;En&lt;/p&gt;&lt;p&gt;gång&lt;/p&gt;", "En\n\ngång"),
        ("&amp;lt;p&amp;gt;Två&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;gånger&amp;lt;/p&amp;gt;", "Två\n\ngånger"),
        ("<p>&lt;p&gt;I &lt;b&gt;varandra&lt;/b&gt;&lt;/p&gt;</p>", "I varandra"),
        ("<style>p{}</style><script>alert('x')</script><p>Kvar</p><noscript>slå på</noscript>", "Kvar"),
        ("Rad ett\r\nRad två\r\n\r\n\r\n\r\nStycke", "Rad ett\nRad två\n\nStycke"),
        ("Du får:\n• lön\n· fika\n* ro\n – utsikt", "Du får:\n- lön\n- fika\n- ro\n- utsikt"),
        ("Lön & förmåner &amp; mer &nbsp;s&aring; klart", "Lön & förmåner & mer så klart"),
        ("lön < 30 000 och ålder > 18", "lön < 30 000 och ålder > 18"),
        ("mjukt\u00adbinde\u200bstreck\ufeff", "mjuktbindestreck"),
        ("nul\x00l <p>\x00</p>", "null"),
        ("<img alt='logotyp' src=x><p>Text</p>", "Text"),
        ("", ""),
    ],
)
def test_bodies_become_plain_text(body, text):
    assert to_text(body) == text


@given(st.text())
def test_text_is_clean_whatever_came_in(body):
    text = to_text(body)
    assert text == text.strip()
    assert "\x00" not in text
    assert "\r" not in text
    assert "\n\n\n" not in text
    text.encode("utf-8")


@given(st.lists(st.text(alphabet="abcåäö ", min_size=1).filter(str.strip), min_size=1, max_size=5))
def test_paragraphs_survive_any_depth_of_escaping(paragraphs):
    markup = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    once = markup.replace("<", "&lt;").replace(">", "&gt;")
    twice = once.replace("&", "&amp;")
    assert to_text(markup) == to_text(once) == to_text(twice)
    assert to_text(markup).split("\n\n") == [" ".join(paragraph.split()) for paragraph in paragraphs]


def test_a_deeply_nested_body_is_read_in_bounded_time():
    assert to_text("<div>" * 100_000 + "slut").endswith(("slut", ""))
    assert len(to_text("x" * (MAX_MARKUP + 10))) == MAX_MARKUP


def test_a_body_that_repeats_the_title_is_none():
    assert body_of("<p>Svetsare, Mora!</p>", "Svetsare – Mora") == ""
    assert body_of("<p>Svetsare i Mora</p>", "Svetsare") == "Svetsare i Mora"


def test_titles_stand_on_one_line():
    assert one_line("  Säljare &amp;amp;\n <b>chef</b> @norr #x ") == "Säljare & chef @norr #x"


@pytest.mark.parametrize(
    ("body", "charset", "encoding"),
    [
        ("å".encode(), "", "utf-8"),
        ("å".encode("latin-1"), "", "cp1252"),
        ("å".encode("latin-1"), "utf-8", "cp1252"),
        ("å".encode("latin-1"), "iso-8859-1", "cp1252"),
        ("<meta charset=windows-1252>å".encode("cp1252"), "", "cp1252"),
        ("\ufeffå".encode("utf-8"), "iso-8859-1", "utf-8-sig"),
        ("\ufeffå".encode("utf-16-le"), "", "utf-16"),
        (b"a", "no-such-charset", "utf-8"),
    ],
)
def test_encodings(body, charset, encoding):
    assert encoding_of(body, charset) == encoding


# --- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-04-30", "2026-04-29T22:00:00"),
        ("2026-04-30T23:59:59", "2026-04-30T21:59:59"),
        ("2026-04-30 23:59", "2026-04-30T21:59:00"),
        ("2026-04-30 kl. 23.59", "2026-04-30T21:59:00"),
        ("2026-04-30 10:00:00 UTC", "2026-04-30T10:00:00"),
        ("2026-04-30T10:00:00.000Z", "2026-04-30T10:00:00"),
        ("Thu, 30 Apr 2026 10:00:00 +0200", "2026-04-30T08:00:00"),
        ("Thu, 30 Apr 2026 10:00:00 GMT", "2026-04-30T10:00:00"),
        ("30 Apr 2026 10:00:00 -0000", "2026-04-30T10:00:00"),
        ("30 april 2026", "2026-04-29T22:00:00"),
        ("Sök senast den 1:a maj 2026", "2026-04-30T22:00:00"),
        ("30 apr. 2026 kl 12:00", "2026-04-30T10:00:00"),
        ("April 30, 2026", "2026-04-29T22:00:00"),
        ("Dec 1st, 2026", "2026-11-30T23:00:00"),
        ("17. mai 2026", "2026-05-16T22:00:00"),
        ("1. marts 2026", "2026-02-28T23:00:00"),
        ("4. desember 2026", "2026-12-03T23:00:00"),
        ("30.04.2026", "2026-04-29T22:00:00"),
        ("30/04/2026", "2026-04-29T22:00:00"),
        ("03/04/2026", "2026-04-02T22:00:00"),
        ("04/30/2026", "2026-04-29T22:00:00"),
        (1777536000, "2026-04-30T08:00:00"),
        (1777536000000, "2026-04-30T08:00:00"),
        ("1777536000000", "2026-04-30T08:00:00"),
        ("/Date(1777536000000+0200)/", "2026-04-30T08:00:00"),
        ("Posted 3 Days Ago", "2026-11-17T23:00:00"),
        ("för 2 veckor sedan", "2026-11-06T23:00:00"),
        ("Posted Yesterday", "2026-11-19T23:00:00"),
        ("Idag", "2026-11-20T23:00:00"),
    ],
)
def test_every_spelling_of_a_date(written, utc):
    found = parse_date(written, now=NOW)
    assert found is not None
    assert found.replace(tzinfo=None).isoformat() == utc


@pytest.mark.parametrize(
    "written",
    [
        "", None, True, "snarast", "Löpande urval", "0001-01-01T00:00:00", "1753-01-01", "/Date(-62135596800000)/", 0, "31 april 2026",
        "99.99.2026", "Posted 30+ Days Ago", "1900-01-01", float("nan"), 1e300, "2026-13-45", "December", "12-12", "3 of 4",
    ],
)  # fmt: skip
def test_what_is_no_date(written):
    assert parse_date(written, now=NOW) is None


def test_a_deadline_without_a_time_lasts_all_day_and_one_with_a_time_does_not():
    by_day = [parse_date(day, now=NOW, end_of_day=True) for day in ("2026-12-01", "1 december 2026", "01.12.2026")]
    assert by_day == [datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC)] * 3
    assert parse_date("1 december 2026 kl. 12.00", now=NOW, end_of_day=True) == datetime(2026, 12, 1, 11, tzinfo=UTC)


@given(
    st.one_of(st.text(), st.integers(), st.floats(), st.text(alphabet="0123456789-:/. TZ+Date()aprilmj", max_size=30))
)
def test_dates_are_aware_utc_and_never_a_sentinel_whatever_is_written(written):
    found = parse_date(written, now=NOW)
    assert found is None or (found.tzinfo is UTC and found.year >= 1989)


# --- links ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("jobb/1", "https://acme.se/karriar/jobb/1"),
        ("/jobb/1#ansok", "https://acme.se/jobb/1"),
        ("//acme.se/x", "https://acme.se/x"),
        ("?id=4&utm_source=x&promotion=7-af", "https://acme.se/karriar/sida?id=4"),
        ("#/jobs/7", "https://acme.se/karriar/sida#/jobs/7"),
        (" https://acme.se/a b ", "https://acme.se/a%20b"),
        ("java\nscript:alert(1)", ""),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.se", ""),
        ("ftp://acme.se", ""),
        ("https://user:pass@acme.se/", ""),
        ("https://", ""),
        ("https://acme.se:notaport/", ""),
        ("http://[::1", ""),
    ],
)
def test_addresses_are_absolute_clean_and_for_browsers(href, url):
    assert clean_url(href, "https://acme.se/karriar/sida") == url


def test_two_addresses_of_one_page_are_equal():
    one = canonical("http://WWW.Acme.se:80/jobb/1/?b=2&a=1&utm_campaign=x")
    assert one == canonical("https://acme.se/jobb/1?a=1&b=2#top") == "https://acme.se/jobb/1?a=1&b=2"
    assert canonical("https://acme.se/jobb/2") != canonical("https://acme.se/jobb/1")


@given(st.text())
def test_only_web_addresses_survive(href):
    for url in (absolute(href, "https://acme.se/"), clean_url(href, "https://acme.se/"), canonical(href)):
        assert url == "" or url.startswith(("http://", "https://"))
        assert not any(ord(character) < 33 for character in url)


def test_sites():
    assert same_site("https://jobb.acme.se/1", "https://www.acme.se")
    assert not same_site("https://evilacme.se/1", "https://acme.se")
    assert not same_site("", "")


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "types"),
    [
        (("Heltid",), ("FULL_TIME",)),
        (("Full-time", "Fixed term"), ("FULL_TIME", "TEMPORARY")),
        (("Heltid/deltid",), ("FULL_TIME", "PART_TIME")),
        (("Sommarjobb / feriejobb",), ("TEMPORARY",)),
        (("Behovsanställning",), ("PER_DIEM",)),
        (("Tillsvidareanställning",), ()),
        (("FULL_TIME,PART_TIME",), ("FULL_TIME", "PART_TIME")),
        (("OTHER",), ("OTHER",)),
        (("Permanent contract",), ()),
        (("International trainee",), ("INTERN",)),
    ],
)
def test_employment_types(words, types):
    assert employment_types(*words) == types


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ("fully", RemoteMode.REMOTE),
        ("TELECOMMUTE", RemoteMode.REMOTE),
        ("På distans", RemoteMode.REMOTE),
        ("Hybrid remote", RemoteMode.HYBRID),
        ("none", RemoteMode.ON_SITE),
        ("on-site", RemoteMode.ON_SITE),
        ("unspecified", None),
        ("", None),
    ],
)
def test_remote_words(words, mode):
    assert remote_mode(words) is mode


@pytest.mark.parametrize(
    "title",
    [
        "Spontanansökan", "Spontanansökan 2026", "Öppen ansökan", "Open application", "Intresseanmälan", "Connect", "Connect with us",
        "General Application", "Join our talent pool", "Talent Community", "Anmäl intresse", "Sälj - spontanansökan", "Unsolicited application",
        "Jobba hos oss", "Åpen søknad", "Join our team",
    ],
)  # fmt: skip
def test_open_applications_are_no_vacancies(title):
    assert listing_kind(title) is ListingKind.OPEN_APPLICATION


@pytest.mark.parametrize(
    "title", ["Kopia av Svetsare", "Copy of Welder", "Svetsare (kopia)", "Testannons", "TEST", "Draft: Cook"]
)
def test_drafts_are_no_vacancies(title):
    assert listing_kind(title) is ListingKind.DRAFT


@pytest.mark.parametrize(
    "title",
    [
        "Svetsare", "Talent Acquisition Partner", "Test Engineer", "Testare", "Application Engineer", "Connected Car Engineer", "Open Source Developer",
        "Join our team as a welder in Mora", "Kopiator-operatör", "Spontan pedagog", "Jobba hos oss som kock", "Copywriter", "Talangcoach",
        "Handläggare intresseavvägning", "Draftsman", "General Manager", "Testledare",
    ],
)  # fmt: skip
def test_vacancies_are_not_taken_for_anything_else(title):
    assert listing_kind(title) is ListingKind.VACANCY


@pytest.mark.parametrize(
    ("text", "title", "language"),
    [
        ("Vi söker dig som är trygg och har lätt för att möta människor.", "Butikssäljare", "sv"),
        ("We are looking for you who will work with our customers.", "Säljare", "en"),
        ("Vi ser etter deg som ikke er redd for å ta ansvar og jobber godt med andre.", "Kokk", "nb"),
        ("Wir suchen Sie für die Arbeit mit den Kindern und das Team.", "Erzieher", "de"),
        ("", "Undersköterska", "sv"),
        ("", "Controller", ""),
        ("Python Java Kubernetes", "DevOps", ""),
    ],
)
def test_languages(text, title, language):
    assert language_of(text, title) == language


def test_pages_that_say_that_nothing_is_open():
    assert says_no_vacancies("Vi har för närvarande inga lediga tjänster.")
    assert says_no_vacancies("There are no open positions at the moment")
    assert not says_no_vacancies("Våra lediga tjänster. Inga problem!")


# --- XML and markup ------------------------------------------------------------------------------------------------

BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        b"<?xml version='1.0'?> <!-- c --> " + BOMB,
        BOMB.decode().encode("utf-16"),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b"<a><b></a>",
        b"<a>",
        b"",
        b"{}",
        b"<a>" * 400,
    ],
)
def test_xml_that_is_refused(body):
    with pytest.raises(XmlRefusedError):
        parse_xml(body)


def test_broken_xml_is_salvaged_only_without_a_doctype():
    salvaged = salvage_xml(b"<a><b>1</b><b>2")
    assert salvaged is not None
    assert [element.text for element in salvaged.iter("b")] == ["1", "2"]
    assert salvage_xml(BOMB) is None
    assert salvage_xml(b"") is None


def test_control_characters_and_a_doctype_inside_cdata_do_no_harm():
    root = parse_xml(b"<a>\x0bx&#x1f;<![CDATA[<!DOCTYPE html>]]></a>")
    assert root.text == "x<!DOCTYPE html>"


def test_json_ld_is_read_as_leniently_as_search_engines_do():
    wanted = {"@type": "JobPosting", "title": 'a, ] "b"'}
    plain = json.dumps(wanted)
    for block in (
        plain,
        f"<!-- {plain} -->",
        f"//<![CDATA[\n{plain}\n//]]>",
        plain[:-1] + ",\n}",
        plain + ";",
        plain.replace('"', "&quot;").replace("\\&quot;", '\\"'),
    ):
        assert read_block(block)["title"].startswith("a, ]")  # type: ignore[index]
    with pytest.raises(ValueError, match="cannot be read"):
        read_block("{")
    with pytest.raises(ValueError, match="deeply"):
        read_block("[" * 100_000)


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json">{}</script>',
        "<SCRIPT data-x='1' TYPE=application/ld+json >{}</SCRIPT >",
        '<script type="application/json" id="job">{}</script>',
        '<!-- ld+json --><script type="application/ld+json; charset=utf-8">{}</script>',
    ],
)
def test_scripts_are_found_however_they_are_written(script):
    page = script.replace("{}", '{"@graph": [[{"@type": "JobPosting", "title": "Å"}]]}').encode()
    assert [posting["title"] for posting in job_postings(page, "utf-8").postings] == ["Å"]


def test_an_unreadable_block_is_told_of_only_when_it_is_about_a_job():
    broken = b'<script type="application/ld+json">{"@type": "%s"</script> JobPosting'
    assert job_postings(broken % b"JobPosting", "utf-8").unread
    assert not job_postings(broken % b"WebSite", "utf-8").unread


def test_microdata_values_come_from_where_html_keeps_them():
    page = b"""<div itemscope itemtype="https://schema.org/JobPosting"><a itemprop="url" href="/1">x</a><meta itemprop=title content="A &amp; B">
      <data itemprop=identifier value=7>sju</data><div itemprop=description><p>ett &lt;tva</p><p>tre</p></div>
      <div itemprop=jobLocation itemscope itemtype="https://schema.org/Place"><b itemprop=name>Mora</b></div></div>"""
    (posting,) = job_postings(page, "utf-8").postings
    assert (posting["url"], posting["title"], posting["identifier"]) == ("/1", "A & B", "7")
    assert to_text(str(posting["description"])) == "ett <tva\n\ntre"
    assert posting["jobLocation"] == {"@type": "Place", "name": "Mora"}


def test_selectors_tell_what_is_wrong_with_them():
    assert parse_selector("h3 a@href").attribute == "href"
    assert parse_selector("@data-id").css == ""
    assert parse_selector('a[href="x@y"]').css == 'a[href="x@y"]'
    with pytest.raises(ValueError, match="CSS"):
        check_css("a[")
    with pytest.raises(ValueError, match="regular expression"):
        parse_selector("a", "(")
