"""The pure parts of collecting: what a page is, whether an ad stands, how long to wait, what may be shown."""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders import robots
from spiders.base import Fetch, Page
from spiders.fetching import CODES, Answer, FetchFailed, retry_after, shown
from spiders.frames import read_frame, write_frame
from spiders.hosts import Hosts
from spiders.look import Standing, Target, look, shows_title
from spiders.pages import charset, media_type, understand
from spiders.settings import settings
from spiders.tally import Tally
from tests.support.boards import manners

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def answer(body: bytes | str, content_type: str = "") -> Answer:
    data = body.encode() if isinstance(body, str) else body
    return Answer(url="https://x.se/jobb", status=200, body=data, headers={"content-type": content_type})


# --- what a page is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "label", "kind"),
    [
        ('{"jobs": []}', "text/html", "json"),
        ("\ufeff [1]", "", "json"),
        ("<!DOCTYPE html><p>", "application/json", "html"),
        ("<!-- made by hand -->\n<html>", "application/rss+xml", "html"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>', "text/xml", "html"),
        ('<?xml version="1.0"?><rss>', "text/html", "xml"),
        ("<rss version='2.0'>", "application/rss+xml", "xml"),
        ("<rss version='2.0'>", "text/html", "xml"),
        ("<!-- by hand --><!DOCTYPE rss><rss>", "", "xml"),
        ("<jobs/>", "", "xml"),
        ("<div>fragment</div>", "text/html; charset=utf-8", "html"),
        ("<div>fragment</div>", "", "html"),
        ("<!DOCTYPE html>\n<!-- a\nb -->\n<HTML lang=sv>", "application/xml", "html"),
        ("plain words", "text/html", "html"),
        ("%PDF-1.7", "text/html", "binary"),
        ("hello", "text/plain", "text/plain"),
        ("JBL.jobs = []", "application/javascript", "application/javascript"),
    ],
)
def test_content_is_believed_before_its_label(body: str, label: str, kind: str) -> None:
    assert media_type(answer(body, label)) == kind


@pytest.mark.parametrize(
    ("body", "label", "codec", "mislabelled"),
    [
        ("åäö".encode(), "text/html; charset=utf-8", "utf-8", False),
        ("åäö".encode(), "text/html", "utf-8", False),
        ("åäö".encode(), "text/html; charset=ISO-8859-1", "utf-8", True),
        ("åäö".encode("latin-1"), "text/html; charset=ISO-8859-1", "cp1252", False),
        ("åäö".encode("latin-1"), "text/html; charset=utf-8", "cp1252", True),
        ("åäö”".encode("cp1252"), "text/html; charset=iso-8859-1", "cp1252", False),
        (b"plain", "text/html; charset=iso-8859-1", "utf-8", False),
        ("<?xml version='1.0' encoding='iso-8859-15'?>€å".encode("iso-8859-15"), "text/xml", "iso8859-15", False),
        ('<meta charset="windows-1250">č'.encode("cp1250"), "text/html", "cp1250", False),
        ("åäö".encode("utf-8-sig"), "text/html; charset=ascii", "utf-8-sig", False),
        ("åäö".encode("utf-16"), "application/json", "utf-16", False),
        ("åäö".encode("latin-1"), "text/html; charset=no-such", "cp1252", True),
    ],
)
def test_the_charset_is_what_the_bytes_are(body: bytes, label: str, codec: str, mislabelled: bool) -> None:
    assert charset(answer(body, label)) == (codec, mislabelled)


@pytest.mark.parametrize(
    "title",
    [
        "Underhållstekniker till Borlänge | Acme",
        "Maintenance Technician – Acme",
        "Error Budget Engineer",
        "Felsökare - Service",
        "500 sommarjobb i Falun",
        "Access Denied? Security Engineer sökes",
        "Unavailable no more: jobs at Acme",
    ],
)
def test_a_job_is_not_taken_for_an_error_page(title: str) -> None:
    page, _ = understand(answer(f"<html><title>{title}</title>", "text/html"), Fetch(url="https://x.se/"), NOW)
    assert page.media_type == "html"


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 Not Found",
        "Error 404 (Not Found)!!1",
        "Acme | Sidan hittades inte",
        "HTTP Status 404 – Not Found",
        "500 Internal Server Error",
        "503 Service Temporarily Unavailable",
        "Fel 500",
        "Site under maintenance",
        "Pågående underhåll – Acme",
        "Error",
    ],
)
def test_an_error_page_is_known_by_its_title(title: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        understand(answer(f"<html><title>{title}</title>", "text/html"), Fetch(url="https://x.se/"), NOW)
    assert failure.value.code == "error-page"


@pytest.mark.parametrize(
    "piece", [b"<!-- --> ", b"<!--", b"<?a?>", b"<!a>", b"<title ", b"<title>", b"<meta ", b"404 - ", b" ", b"oops "]
)
def test_no_page_can_hold_us_up(piece: bytes) -> None:
    import time

    body = b"<html><title>" + piece * (1_000_000 // len(piece))
    began = time.process_time()
    for evil in (body, piece * (1_000_000 // len(piece))):
        with contextlib.suppress(FetchFailed):
            understand(answer(evil), Fetch(url="https://x.se/"), NOW)
    assert time.process_time() - began < 0.5


@given(
    st.binary(max_size=200), st.sampled_from(["", "text/html", "application/json; charset=utf-16", "x; charset=\x00"])
)
def test_any_bytes_become_a_page_with_text_or_a_known_failure(body: bytes, label: str) -> None:
    code = ""
    try:
        page, _ = understand(answer(body, label), Fetch(url="https://x.se/"), NOW)
        text = page.text
    except FetchFailed as failure:
        text, code = "", failure.code
    assert code in CODES if code else text.strip("\ufeff \x00") is not None


# --- whether an ad stands ------------------------------------------------------------------------------------------


def _page(html: str, url: str = "https://x.se/jobb/1") -> Page:
    return Page(
        url=url,
        status=200,
        body=html.encode(),
        encoding="utf-8",
        media_type="html",
        fetch=Fetch(url=url, step="ad"),
        retrieved_at=NOW,
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "This position is not open to applicants who need a visa.",
        "The role is not available for remote work.",
        "Tjänsten är inte öppen för distansarbete.",
        "The role is closed-loop control design.",
        "The position is filled with variety.",
        "Applications are closed on 24 December.",
        "Om annonsen är borttagen kan du söka ändå.",
        "If this position has been filled, we will tell you.",
        "Vi har tillsatt en arbetsgrupp.",
        "Tjänsten är tillsvidare och på heltid.",
        "You close deals and expired leads are no issue.",
        "Rekrytering sker löpande och tjänsten kan komma att tillsättas innan sista ansökningsdag har passerat.",
    ],
)
def test_an_ads_own_prose_does_not_take_it_down(sentence: str) -> None:
    found = look(Target(key="1", url="https://x.se/jobb/1", title="Kock"), _page(f"<h1>Kock</h1><p>{sentence}"), NOW)
    assert found.standing is Standing.ALIVE, found.reason


@pytest.mark.parametrize(
    "notice",
    [
        "Annonsen är inte längre tillgänglig.",
        "Jobbet är inte längre aktuellt",
        "Tjänsten är tillsatt",
        "Den här annonsen har gått ut.",
        "Annonsen har tagits bort",
        "Jobbannonsen finns inte längre",
        "Ansökningstiden har gått ut",
        "Sista ansökningsdag för tjänsten har passerat.",
        "Rekryteringen är avslutad.",
        "This job is no longer available",
        "Sorry, this position has been filled.",
        "The job you are trying to apply for is now closed.",
        "This job posting has expired",
        "We are no longer accepting applications.",
        "The vacancy no longer exists.",
    ],
)
@pytest.mark.parametrize("where", ["<p>{}</p>", "<div><span>{}</span><a href=/>Se alla jobb</a></div>", "<h2>{}</h2>"])
def test_a_notice_takes_it_down(notice: str, where: str) -> None:
    page = _page(f"<h1>Kock</h1>{where.format(notice)}<p>Lång text om arbetet.")
    found = look(Target(key="1", url="https://x.se/jobb/1", title="Kock"), page, NOW)
    assert found.standing is Standing.GONE, found.reason


def test_another_jobs_notice_beside_it_does_not() -> None:
    page = _page("<h1>Kock</h1><aside>Bagare: tjänsten är tillsatt</aside><footer>Jobbet är borttaget</footer>")
    assert look(Target(key="1", url="https://x.se/jobb/1", title="Kock"), page, NOW).alive


@given(st.text(max_size=300), st.text(max_size=30))
def test_no_page_crashes_the_look_and_doubt_is_never_gone(html: str, title: str) -> None:
    found = look(Target(key="1", url="https://x.se/jobb/1", title=title), _page(f"<body>{html}"), NOW)
    assert found.reason


@given(st.text(alphabet="abcåäö -–/,()", min_size=1, max_size=20))
def test_a_title_is_found_whatever_stands_between_its_words(title: str) -> None:
    assert shows_title(title, f"x {title.upper()} y") == any(letter.isalpha() for letter in title)
    assert not shows_title("kock", "kockar och bagare")


# --- waiting -------------------------------------------------------------------------------------------------------


def test_hosts_keep_their_distance_and_each_its_own() -> None:
    hosts = Hosts(1.0)
    assert hosts.wait("a", 100.0) == 0
    hosts.started("a", 100.0)
    assert hosts.wait("a", 100.25) == 0.75
    assert hosts.wait("b", 100.25) == 0
    hosts.slow_down("a", 5.0, 100.5)
    assert hosts.wait("a", 101.0) == 4.0  # counted from the request just made
    hosts.slow_down("a", 2.0, 101.0)
    assert hosts.wait("a", 101.0) == 4.0  # never faster
    hosts.rest("a", 60.0, 101.0)
    hosts.rest("a", 1.0, 101.0)
    assert hosts.wait("a", 101.0) == hosts.wait_for_rest("a", 101.0) == 60.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sat, 21 Nov 2026 12:01:00 GMT", 60),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("9" * 400, 999_999_999),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("text", "delay", "allowed"),
    [
        ("User-agent: *\nCrawl-delay: 3", 3, True),
        ("User-agent: *\nCrawl-delay: 3\n\nUser-agent: jobbfyr\nDisallow: /jobb", 0, False),
        ("User-agent: *\nDisallow: /jobb\nAllow: /jobb/1", 0, True),
        ("User-agent: *\nRequest-rate: 1/10s", 10, True),
        ("User-agent: *\nCrawl-delay: nan", 0, True),
        ("User-agent: *\nCrawl-delay: -4", 0, True),
        ("<html>not a robots file", 0, True),
        ("", 0, True),
    ],
)
def test_robots(text: str, delay: float, allowed: bool) -> None:
    rules = robots.parse(text.encode(), "Jobbfyr/1.0 (+https://x.se)")
    assert (rules.delay, rules.allowed("https://x.se/jobb/1")) == (delay, allowed)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_robots_file(body: bytes) -> None:
    rules = robots.parse(b"User-agent: *\n" + body, "Jobbfyr/1.0")
    assert rules.delay >= 0
    assert rules.allowed("https://x.se/") in {True, False}


# --- what may be shown, counted and sent ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://u:p@x.se/a?feed_key=abc&lang=SE#f", "https://x.se/a?feed_key=…&lang=SE"),
        ("https://x.se/a?TOKEN=abc", "https://x.se/a?TOKEN=…"),
        ("https://x.se/a?page=2", "https://x.se/a?page=2"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_addresses_are_shown_without_their_secrets(url: str, safe: str) -> None:
    assert shown(url) == safe


def test_the_same_trouble_is_told_once_with_its_number() -> None:
    tally = Tally("acme/x", manners())
    for number in range(20):
        tally.problem("warning" if number else "error", "server-error", f"page {number} answers 500", {"status": 500})
    (problem,) = tally.problems()
    assert problem.message == "page 0 answers 500 (and 19 more like it)"
    assert problem.level == "error"
    assert problem.data == {"status": 500, "times": 20, "more": [f"page {n} answers 500" for n in range(1, 6)]}


def test_a_source_stops_at_its_requests_and_at_its_time() -> None:
    tally = Tally("acme/x", manners(max_requests=1))
    tally.ask(1.0, 2.0, "x")
    for now, code in ((1.0, "too-many-requests"), (2.0, "time-ran-out")):
        with pytest.raises(FetchFailed) as failure:
            tally.ask(now, 2.0, "x")
        assert failure.value.code == code


def test_a_frame_that_breaks_off_is_the_end() -> None:
    stream = io.BytesIO()
    write_frame(stream, {"å": timedelta(1)})
    whole = stream.getvalue()
    assert read_frame(io.BytesIO(whole)) == {"å": timedelta(1)}
    for length in range(len(whole)):
        with pytest.raises(EOFError):
            read_frame(io.BytesIO(whole[:length]))


def test_every_extension_of_this_scrapy_is_off() -> None:
    from scrapy.settings import default_settings

    ours = settings(manners())["EXTENSIONS"]
    assert ours == dict.fromkeys(default_settings.EXTENSIONS_BASE)


def test_every_code_is_told_in_the_docs_and_used() -> None:
    docs = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "spiders").glob("*.py"))
    for code, meaning in CODES.items():
        assert f"| `{code}` | {meaning} |" in docs
        assert sources.count(f'"{code}"') > 1, f"{code} is never given"
