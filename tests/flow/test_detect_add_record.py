"""`detect`, `add` and `record` against sites on loopback, through the real session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.app.cli import main_group
from aggregator.app.detecting import settings_of, visiting_manners
from aggregator.errors import JobbfyrError, UsageError
from spiders.crawl import look_around
from tests.support.region_folder import write_files
from tests.support.webserver import Reply, WebServer

JOBBFYR = """\
region:
  key: smaland
  name: {sv: Bruksbygden, en: Bruksbygden}
  country: SE
  time_zone: Europe/Stockholm
  languages: [sv, en]
  municipalities: ["2081"]
operator: {name: Kontoret, contact: webb@kontoret.test}
site:
  address: https://jobb.bruksbygden.test
  title: {sv: Jobb, en: Jobs}
  intro: {sv: Hos oss., en: With us.}
collect: {seconds_between_requests: 0, timeout: 10, run_timeout: 60, allow_private: true}
tiers:
  mikro: {name: {sv: Mikro, en: Micro}, fee: 25000, promises: [{content: vacancy, posts: 1, per: quarter}]}
  stor: {name: {sv: Stor, en: Large}, fee: 200000, promises: [{content: vacancy, posts: 4, per: month}]}
"""

BRUKET = """\
# Bruket's own file, by hand.
key: bruket
name: Bruket AB
tier: stor # since the spring
sources:
  - kind: platsbanken # their summer jobs
    options: {employer: Bruket AB}
"""

ITEM = """<item><title>{title}</title><link>{at}/jobs/{n}-x</link><guid>{n}</guid>
<pubDate>Fri, 20 Nov 2026 06:00:00 +0100</pubDate><remoteStatus>none</remoteStatus>
<description>&lt;p&gt;Vi söker en {title} till vår fabrik. Du trivs hos oss och har körkort.&lt;/p&gt;
&lt;p&gt;Frågor? Ring Erik Lindgren, 0243-123 45, eller skriv till erik.lindgren@bruket.se&lt;/p&gt;</description>
<tt:locations>{places}</tt:locations></item>"""
PLACE = (
    "<tt:location><tt:name>Borlänge</tt:name><tt:city>Borlänge</tt:city><tt:country>Sweden</tt:country></tt:location>"
)
CAREER_SITE = """<title>Jobb</title><link rel="stylesheet" href="https://assets-aws.teamtailor-cdn.com/assets/packs/css/c.css">
<link rel="alternate" type="application/rss+xml" href="/jobs.rss">"""
AD = '<script type="application/ld+json">{"@type":"JobPosting","title":"Kock"}</script>'


def feed(at: str, titles: list[str], places: str = PLACE) -> str:
    items = "".join(ITEM.format(title=title, at=at, n=n, places=places) for n, title in enumerate(titles, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:tt="https://teamtailor.com/locations">'
        f"<channel><title>Bruket AB</title>{items}</channel></rss>"
    )


TITLES = ["Svetsare", "Elektriker", "Kock", "Undersköterska", "Lastbilschaufför", "Spontanansökan", "Kopia av Svetsare"]


@pytest.fixture(scope="module")
def sites() -> Iterator[tuple[WebServer, WebServer]]:
    """An employer's Teamtailor site, and a site of other pages."""
    with WebServer() as board, WebServer() as other:
        board.page("/", CAREER_SITE)
        board.page("/jobs", CAREER_SITE)
        board.page("/jobs.rss", feed(board.url("")[:-1], TITLES), type="application/rss+xml")
        other.page("/robots.txt", "User-agent: *\nDisallow: /hemligt\n", type="text/plain")
        other.page("/jobb", '<a href="/jobb/12-kock">Kock</a>')
        other.page("/jobb/12-kock", AD)
        other.page("/nytt", '<p>Vår kund <a href="https://borealstal.teamtailor.com/">Borealstål</a> söker folk.</p>')
        other.page("/hemligt", CAREER_SITE)
        other.page("/spik", "<p>Vi gör spik.</p>")
        other.on("/flyttat", Reply(status=301, headers={"Location": board.url("/jobs")}))
        yield board, other


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return write_files(tmp_path / "region", {"jobbfyr.yml": JOBBFYR, "partners/bruket.yml": BRUKET})


def jobbfyr(*words: str, region: Path | None = None, typed: str = "") -> Result:
    told = ["--config", str(region)] if region else []
    return CliRunner().invoke(main_group, [*words, *told], input=typed, catch_exceptions=True)


# --- detect ---------------------------------------------------------------------------------------------------------


def test_many_addresses_are_looked_into_in_one_polite_visit_and_answered_in_order(sites, region, tmp_path) -> None:
    board, other = sites
    asked_before = len(other.asked)
    paths = ["/jobb", "/nytt", "/hemligt", "/flyttat", "/finns-inte", "/spik"]
    addresses = ["https://bruket.teamtailor.com/jobs/1", *map(other.url, paths), "nonsens", board.url("/jobs")]
    listed = tmp_path / "addresses.txt"
    listed.write_text("\n".join(addresses) + "\n\n")
    done = jobbfyr("detect", "--from", str(listed), region=region)
    assert done.exit_code == 0, done.exception
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["url"] for line in lines] == addresses
    kinds = [line["kind"] for line in lines]
    assert kinds == ["teamtailor", "jsonld", None, None, "teamtailor", None, None, None, "teamtailor"]
    assert lines[4]["source"] == board.url("/")
    assert "robots.txt" in lines[3]["evidence"]
    assert "404" in lines[5]["evidence"]
    assert all(line["instead"] for line in lines if line["kind"] is None)
    asked = other.asked[asked_before:]
    assert not [one for one in asked if one.path == "/hemligt"]
    assert all("webb@kontoret.test" in one.headers["user-agent"] for one in asked)


def test_a_site_that_does_not_answer_in_time_costs_only_itself(sites, region) -> None:
    with WebServer() as slow:
        slow.on("/", Reply(b"<p>sent</p>", wait=6))
        settings = settings_of(region)
        addresses = {slow.url("/"): "", sites[0].url("/jobs"): ""}
        found = look_around(addresses, visiting_manners(settings), timeout=4)
    assert list(found) == list(addresses)
    late, known = found.values()
    assert (late.kind, known.kind) == (None, "teamtailor")
    assert late.evidence
    assert late.instead


def test_one_unknown_address_ends_with_exit_code_1_and_the_nearest_way(sites, region) -> None:
    done = jobbfyr("detect", sites[1].url("/spik"), region=region)
    assert done.exit_code == 1
    assert done.stdout.startswith("unknown: ")
    assert "platsbanken" in done.stdout


def test_the_address_alone_needs_neither_region_nor_network(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("spiders.crawl.look_around", lambda *_, **__: pytest.fail("something was fetched"))
    known = jobbfyr("detect", "https://bruket.teamtailor.com/jobs", "--json")
    assert json.loads(known.stdout)["kind"] == "teamtailor"
    offline = jobbfyr("detect", "https://jobb.bruket.test/", "--offline", "--json")
    assert (offline.exit_code, json.loads(offline.stdout)["kind"]) == (1, None)
    asking = jobbfyr("detect", "https://jobb.bruket.test/")
    assert isinstance(asking.exception, UsageError)
    assert "--offline" in asking.exception.hint


def test_a_saved_page_is_enough(tmp_path) -> None:
    saved = tmp_path / "page.html"
    saved.write_text(CAREER_SITE)
    done = jobbfyr("detect", "https://jobb.bruket.test/jobs", "--page", str(saved))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == ["- kind: teamtailor", "  url: https://jobb.bruket.test/"]
    saved.write_bytes(b"")
    empty = jobbfyr("detect", "https://jobb.bruket.test/jobs", "--page", str(saved), "--json")
    assert (empty.exit_code, json.loads(empty.stdout)["kind"]) == (1, None)
    assert "nothing in it" in json.loads(empty.stdout)["evidence"]


# --- add ------------------------------------------------------------------------------------------------------------


def test_a_new_partner_is_shown_first_and_written_only_with_a_yes(sites, region) -> None:
    board, _ = sites
    words = ("add", board.url("/jobs"), "--partner", "Stålverket AB", "--tier", "mikro")
    refused = jobbfyr(*words, region=region)
    assert isinstance(refused.exception, UsageError)
    assert "--yes" in refused.exception.hint
    assert not (region / "partners/stalverket.yml").exists()
    assert "Svetsare" in refused.stdout
    assert "Borlänge" in refused.stdout
    assert "1 open applications" in refused.stderr
    assert "1 drafts" in refused.stderr
    assert "Bruket AB (5)" in refused.stderr

    done = jobbfyr(*words, "--yes", region=region)
    assert done.exit_code == 0, done.exception
    assert "delete partners/stalverket.yml" in done.stdout
    (source,) = [one for one in settings_of(region).sources if one.partner == "stalverket"]
    assert (source.key, source.kind, source.url) == ("stalverket/teamtailor", "teamtailor", board.url("/"))
    assert source.expect.min == 1

    again = jobbfyr(*words[:4], "--yes", region=region)
    assert isinstance(again.exception, UsageError)
    assert "stalverket/teamtailor collects it already" in again.exception.what


def test_an_existing_partner_gets_a_further_source_and_keeps_its_comments(sites, region, monkeypatch) -> None:
    monkeypatch.setattr("aggregator.app.commands.add._on_terminal", lambda: True)
    words = ("add", sites[0].url("/jobs"), "--partner", "bruket")
    no = jobbfyr(*words, region=region, typed="n\n")
    assert no.exit_code == 0, no.exception
    assert (region / "partners/bruket.yml").read_text() == BRUKET
    yes = jobbfyr(*words, region=region, typed="y\n")
    assert yes.exit_code == 0, yes.exception
    text = (region / "partners/bruket.yml").read_text()
    assert text.startswith(BRUKET.rstrip("\n"))
    first, last = 8, len(text.splitlines())
    assert f"delete lines {first}–{last}" in yes.stdout
    assert "\n".join([*text.splitlines()[: first - 1], ""]) == BRUKET
    assert [one.key for one in settings_of(region).sources] == ["bruket/platsbanken", "bruket/teamtailor"]


def test_in_json_everything_is_told_and_nothing_written_without_yes(sites, region) -> None:
    done = jobbfyr("add", sites[0].url("/jobs"), "--partner", "Bruket", "--json", region=region)
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert told["written"] is None
    assert told["partner"] == {"key": "bruket", "name": "Bruket AB", "new": False}
    assert [one["title"] for one in told["vacancies"]] == TITLES[:5]
    assert all(one["place"] == "Borlänge" for one in told["vacancies"])
    assert {one["skill_level"] for one in told["vacancies"]} == {"2"}
    assert (region / "partners/bruket.yml").read_text() == BRUKET


def test_what_stays_unknown_or_unreadable_is_not_written(sites, region) -> None:
    unknown = jobbfyr("add", sites[1].url("/spik"), "--partner", "Spik AB", "--tier", "mikro", "--yes", region=region)
    assert isinstance(unknown.exception, JobbfyrError)
    assert unknown.exception.exit_code == 1
    with WebServer() as retired:
        retired.page("/", CAREER_SITE)
        retired.page("/jobs.rss", "<!doctype html><p>Flyttat</p>")
        dead = jobbfyr("add", retired.url("/"), "--partner", "Spik AB", "--tier", "mikro", "--yes", region=region)
    assert isinstance(dead.exception, JobbfyrError)
    assert "nothing was written" in dead.exception.what
    assert not (region / "partners/spik.yml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "whose page"),
        (("--partner", "Spik AB"), "needs a tier"),
        (("--partner", "Spik AB", "--tier", "jätte"), "no tier 'jätte'"),
        (("--partner", "bruket", "--tier", "mikro"), "has the tier stor"),
        (("--partner", "!!!", "--tier", "mikro"), "no key"),
    ],
)
def test_missing_or_contradicting_words_are_told_before_anything_is_fetched(words, told, region, monkeypatch) -> None:
    monkeypatch.setattr("spiders.crawl.look_around", lambda *_, **__: pytest.fail("something was fetched"))
    done = jobbfyr("add", "https://spik.test/", *words, region=region)
    assert isinstance(done.exception, UsageError)
    assert told in done.exception.what


# --- record ---------------------------------------------------------------------------------------------------------


def test_a_recorded_case_replays_as_expected_and_holds_no_contact_person(sites, region, tmp_path) -> None:
    from tests.kinds.test_recorded_cases import collect

    out = tmp_path / "teamtailor" / "bruket"
    done = jobbfyr("record", "teamtailor", sites[0].url("/"), "--out", str(out), region=region)
    assert done.exit_code == 0, done.exception
    assert "Review" in done.stdout
    expected = [json.loads(line) for line in (out / "expected.jsonl").read_text().splitlines()]
    assert json.loads(json.dumps(collect(out))) == expected
    assert sum("@type" in line for line in expected) == len(TITLES)
    everything = "".join(path.read_text() for path in out.iterdir())
    for detail in ("Lindgren", "0243-123 45", "erik.lindgren"):
        assert detail not in everything
    assert "Anna Exempel" in (out / "page-1.xml").read_text()
    again = jobbfyr("record", "teamtailor", sites[0].url("/"), "--out", str(out), region=region)
    assert isinstance(again.exception, UsageError)


def test_what_cannot_be_recorded_whole_is_not_recorded(sites, region, tmp_path) -> None:
    out = tmp_path / "jsonld" / "case"
    many = jobbfyr("record", "jsonld", sites[1].url("/jobb"), "--out", str(out), "--most", "1", region=region)
    assert isinstance(many.exception, JobbfyrError)
    assert "more than 1 page" in many.exception.what
    options = ("--option", "ads: 3")
    odd = jobbfyr("record", "jsonld", sites[1].url("/jobb"), "--out", str(out), *options, region=region)
    assert isinstance(odd.exception, UsageError)
    assert not out.exists()
