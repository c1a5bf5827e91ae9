"""The main job end to end: two mornings in the demo's region, over real HTTP, looked at from outside afterwards."""

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app.demo.run import Demo, run_demo
from aggregator.app.demo.summary import write_summary
from aggregator.app.resources import region_template
from aggregator.app.why import explain, find
from aggregator.model import ListingKind, PostState, Vacancy
from aggregator.store import Store

pytestmark = pytest.mark.xdist_group("demo")  # one demo for all of them

START = datetime(2027, 2, 1, 7, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Demo:
    finished = run_demo(tmp_path_factory.mktemp("demo") / "out", start=START, quiet=True)
    write_summary(finished)
    return finished


@pytest.fixture
def store(demo: Demo):
    with Store.open(f"sqlite:///{demo.region / 'jobbfyr.db'}") as opened:
        yield opened


def _titled(store: Store, title: str) -> list[Vacancy]:
    return [vacancy for vacancy in store.vacancies.all() if vacancy.title == title]


def test_every_listed_ad_was_collected(demo: Demo, store: Store) -> None:
    collected = demo.days[0].report.collected
    assert collected is not None
    listed = sum(len(site.jobs) for site in demo.world.sites) + len(demo.world.copies)
    assert collected.changes["opened"] == listed == 60
    assert {key for key, verdict in collected.verdicts.items() if verdict.health.value == "failed"} == {
        "vika/career-site",
        "orsaglas/feed",
    }


def test_open_applications_drafts_and_expired_ads_are_no_open_vacancies(store: Store) -> None:
    titles = [vacancy.title for vacancy in store.vacancies.open()]
    assert not [title for title in titles if "Spontanansökan" in title or "Kopia" in title]
    assert "Semestervikarie undersköterska" not in titles
    (lone,) = store.vacancies.find("Spontanansökan Fyrsten")
    assert (lone.vacancy, lone.posting.listing) == ("", ListingKind.OPEN_APPLICATION)


def test_the_same_job_on_site_and_board_is_one_vacancy_with_its_reason(store: Store) -> None:
    (nurse,) = _titled(store, "Sjuksköterska till särskilt boende")
    members = store.vacancies.members(nurse.id)
    assert {member.posting.source for member in members} == {"lovsta/career-page", "lovsta/platsbanken"}
    assert any(member.matched and member.reason for member in members)


def test_one_title_in_two_municipalities_is_two_vacancies(store: Store) -> None:
    found = _titled(store, "Undersköterska natt")
    assert sorted(vacancy.codes("municipality") for vacancy in found) == [("2080",), ("2082",)]


def test_no_contact_person_is_anywhere_in_the_folder(demo: Demo) -> None:
    secrets = ["070-123 45 67", "anna-karin.lindgren", "Lindgren", "open-sesame"]
    for path in demo.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [word for word in secrets if word.encode() in content], path


def test_twice_escaped_html_became_words(store: Store) -> None:
    (found,) = _titled(store, "Underhållstekniker mekanik, 2-skift")
    assert "felsöker hydraulik" in found.lead.description
    assert not re.search(r"&\w+;|</?p>", found.lead.description)


def test_posts_went_out_once_each_and_never_lost_their_link(demo: Demo, store: Store) -> None:
    sent = [post for post in store.outbox.since(START - timedelta(days=1)) if post.receipt]
    assert len(sent) >= 10
    assert {post.channel for post in sent} == {"bluesky", "mastodon", "x", "handoff"}
    assert len({(post.slot, post.channel) for post in sent}) == len(sent)
    standing = [(post.network, post.text) for post in demo.days[-1].posts]
    assert len(set(standing)) == len(standing)
    assert all(post.message.link in post.message.text for post in sent if post.channel != "handoff")
    assert all(post.alts for post in demo.days[-1].posts)


def test_the_second_morning_takes_the_filled_jobs_post_down_and_no_other(demo: Demo, store: Store) -> None:
    first, second = demo.days
    assert not [post for post in first.posts if post.deleted]
    (fallen,) = {post.text for post in second.posts if post.deleted}
    (identifier,) = demo.world.filled
    title = next(job.title for site in demo.world.sites for job in site.jobs if job.id == identifier)
    assert fallen.startswith(title)
    closed = [post for post in store.outbox.in_state(PostState.CLOSED) if post.content.vacancies]
    for post in closed:
        vacancy = store.vacancies.get(post.content.vacancies[0])
        assert vacancy is not None
        assert not vacancy.open
        assert vacancy.close_reason


def test_what_was_posted_once_is_not_posted_again(store: Store) -> None:
    shown: dict[tuple[str, str], int] = {}
    for post in store.outbox.since(START - timedelta(days=1)):
        for vacancy in post.content.vacancies:
            shown[post.channel, vacancy] = shown.get((post.channel, vacancy), 0) + 1
    assert set(shown.values()) == {1}


def test_an_edit_updates_the_vacancy_and_keeps_its_id(demo: Demo, store: Store) -> None:
    (edited,) = _titled(store, "Underhållstekniker mekanik, 2-skift")
    assert not _titled(store, "Underhållstekniker mekanik")
    assert edited.opened_at == START
    page = (demo.folder / "site" / "jobb" / edited.id / "index.html").read_text("utf-8")
    assert "Underhållstekniker mekanik, 2-skift" in page


def test_the_broken_site_is_in_quarantine_and_closes_nothing(demo: Demo, store: Store) -> None:
    state = store.harvests.sources()["kopparbit/feed"]
    assert state.quarantined_at == START + timedelta(days=1)
    theirs = [vacancy for vacancy in store.vacancies.open() if vacancy.partner == "kopparbit"]
    assert len(theirs) == 5
    assert all(vacancy.held for vacancy in theirs)
    ids = {vacancy.id for vacancy in theirs}
    second_day = store.outbox.since(START + timedelta(hours=12))
    assert second_day
    assert not [post for post in second_day if ids & set(post.content.vacancies)]


def test_a_closed_vacancys_page_stays_without_markup_and_offers_others(demo: Demo, store: Store) -> None:
    (closed,) = _titled(store, "Lagermedarbetare")
    assert not closed.open
    page = (demo.folder / "site" / "jobb" / closed.id / "index.html").read_text("utf-8")
    assert "JobPosting" not in page
    assert "noindex" in page
    assert page.count('href="') > 5


def test_the_site_lists_what_is_open_and_nothing_else(demo: Demo, store: Store) -> None:
    front = (demo.folder / "site" / "index.html").read_text("utf-8")
    listed = set(re.findall(r'href="(?:\./)?jobb/([^/"]+)/', front))
    assert listed == {vacancy.id for vacancy in store.vacancies.open()}


def test_the_sites_copy_can_be_walked_from_disk(demo: Demo) -> None:
    site = demo.folder / "site"
    broken = [
        (page, link)
        for page in site.rglob("*.html")
        for link in re.findall(r'href="(\.[^"]*)"', page.read_text("utf-8"))
        if not (page.parent / link.partition("#")[0].partition("?")[0]).is_file()
    ]
    assert broken == []


def test_the_folder_holds_what_the_summary_says(demo: Demo, store: Store) -> None:
    facts = json.loads((demo.folder / "summary.json").read_text("utf-8"))
    assert facts["listed_vacancies"] == 60
    assert len(list((demo.folder / "texts").glob("[bmx]*/*.txt"))) == facts["texts"]
    assert len(list((demo.folder / "cards").glob("*.png"))) == facts["cards"] > 10
    assert facts["days"][1]["open_vacancies"] == len(store.vacancies.open())
    assert facts["days"][1]["quarantined"] == ["kopparbit/feed"]
    assert facts["days"][1]["taken_down_posts"] == sum(post.deleted for post in demo.days[-1].posts) >= 1
    assert (demo.folder / "index.html").stat().st_size > 10_000


def test_every_decision_has_its_reason_in_words(demo: Demo, store: Store) -> None:
    from aggregator.app.clock import SetClock
    from aggregator.app.house import open_house

    with open_house(demo.region, clock=SetClock(START + timedelta(days=1)), quiet=True) as house:
        (id_,) = find(house, "lindare transformatorverkstaden")
        vacancy = house.store.vacancies.get(id_)
        assert vacancy is not None
        told = explain(house, vacancy)
    assert all(tag.evidence for tag in told.vacancy.tags)
    education = next(tag for tag in told.vacancy.tags if tag.axis == "education")
    assert education.code == "none"
    assert "krävs" in education.evidence[0].words
    assert told.events
    assert told.posts or told.planned or told.refusals or told.passed_over


def test_the_database_is_sound(demo: Demo) -> None:
    with sqlite3.connect(demo.region / "jobbfyr.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_no_address_in_the_demos_region_leaves_the_machine() -> None:
    for path in Path(region_template("demo")).rglob("*.yml"):
        if path.name == "world.yml":
            continue
        for host in re.findall(r"https?://([^/\s\"'},]+)", path.read_text("utf-8")):
            assert host.endswith((".demo.test", ".example")), f"{path.name}: {host}"
