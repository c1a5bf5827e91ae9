"""Whole cycles of a small region: what a second one changes, and what one thing that breaks does to the others."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app.clock import SetClock
from aggregator.app.commands.preview import coming
from aggregator.app.cycle import CycleReport
from aggregator.app.house import open_house
from aggregator.app.planning import make_plan
from aggregator.app.writing import Writer
from aggregator.errors import ChannelDown
from aggregator.model import Post, PostState
from aggregator.store import Store
from tests.support.small_region import SECRET, TITLES, ZONE, Town

FIRM = ("posting", "posting_content", "vacancy", "link", "post", "post_event", "post_vacancy", "delivery", "event")
"""Tables that a cycle without news leaves exactly as they are."""


def dump(region: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(region / "jobbfyr.db") as connection:
        found = {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in FIRM}
    connection.close()
    return found


def store_of(region: Path) -> Store:
    return Store.open(str(region / "jobbfyr.db"))


def changes(report: CycleReport) -> dict[str, int]:
    assert report.collected is not None
    return dict(report.collected.changes)


def codes(report: CycleReport) -> set[tuple[str, str]]:
    return {(problem.code, problem.where) for problem in report.problems if problem.level != "info"}


def with_slots(*minutes: int) -> str:
    """A campaign file with one slot each so many minutes ago, to both channels."""
    times = ", ".join(f'"{(datetime.now(ZONE) - timedelta(minutes=m)):%H:%M}"' for m in minutes)
    return f"""\
campaigns:
  more:
    name: {{sv: Jobb, en: Jobs}}
    content: [vacancy]
    channels: [toot, handoff]
    language: sv
    slots: [{{days: [mon, tue, wed, thu, fri, sat, sun], times: [{times}]}}]
"""


def handoff_only(time: str) -> dict[str, str | None]:
    return {"campaigns.yml": with_slots(5).replace("[toot, handoff]", "[handoff]").replace(
        f"{(datetime.now(ZONE) - timedelta(minutes=5)):%H:%M}", time)}  # fmt: skip


def test_a_second_identical_cycle_writes_nothing_but_seen_and_posts_nothing(here: Town, region: Path) -> None:
    before, seen = dump(region), len(here.square.posts)
    report = here.run(region)
    assert dump(region) == before
    assert len(here.square.posts) == seen
    assert (report.exit_code, report.posts, changes(report)) == (0, {}, {})
    assert report.site is not None
    assert report.site.written == 0


def test_only_posts_that_reach_people_count_and_a_slot_counts_once(region: Path) -> None:
    with open_house(region, quiet=True) as house:
        sent = house.store.outbox.in_state(PostState.SENT)
        delivered = house.store.plans.deliveries(datetime(2026, 1, 1, tzinfo=UTC))
        (standing,) = make_plan(house, house.clock.now()).standings
    assert {post.channel for post in sent} == {"toot", "handoff"}
    assert [(one.channel, one.partners) for one in delivered] == [("toot", ("bruket",))]
    assert standing.delivered == 1


def test_a_partner_without_a_first_day_is_owed_nothing_from_before_the_first_run(region: Path) -> None:
    partner = region / "partners" / "bruket.yml"
    partner.write_text(partner.read_text("utf-8").replace("since: 2026-01-01\n", ""), "utf-8")
    with open_house(region, quiet=True) as house:
        began = house.store.journal.first_run()
        assert began is not None
        (standing,) = make_plan(house, began).standings
    assert standing.period_start == began.astimezone(ZONE).date()
    assert standing.due < 1


def test_a_hand_off_pack_lies_below_the_output_folder(region: Path) -> None:
    (pack,) = [path for path in (region / "output" / "handoff").iterdir() if path.is_dir()]
    assert {path.suffix for path in pack.iterdir()} == {".txt", ".png"}
    assert pack.with_name(f"{pack.name}.zip").is_file()


def test_nothing_is_closed_while_the_partners_site_is_down(here: Town, region: Path) -> None:
    partner = region / "partners" / "bruket.yml"
    partner.write_text(partner.read_text("utf-8").replace(here.feed.site.url(), "http://127.0.0.1:9/"), "utf-8")
    report = here.run(region)
    with store_of(region) as store:
        assert store.vacancies.counts()["open"] == 5
        assert not store.outbox.in_state(PostState.CLOSING, PostState.CLOSED)
        assert store.harvests.sources()["bruket/feed"].quarantined_at is not None
    assert report.exit_code == 1
    (entry,) = [entry for entry in report.needs() if entry.level == "error"]
    assert entry.places == ("bruket/feed",)
    assert entry.code == "host-down"
    assert entry.todo


def test_one_post_that_cannot_be_made_stops_no_other(here: Town, region: Path, monkeypatch) -> None:
    (region / "campaigns.yml").write_text(with_slots(4, 3), "utf-8")
    draw = Writer.images
    broken: list[str] = []

    def images(self, content, language):
        if not broken:
            broken.append(content.key)
        if content.key in broken:
            raise OSError(28, "No space left on device", "card.png")
        return draw(self, content, language)

    monkeypatch.setattr(Writer, "images", images)
    report = here.run(region, collect=False)
    assert report.posts["sent"] == 2
    assert report.exit_code == 1
    failed = [problem for problem in report.problems if problem.code == "cannot-compose"]
    assert len(failed) == 2
    assert all("No space left" in problem.message for problem in failed)
    monkeypatch.undo()
    again = here.run(region, collect=False)
    assert again.posts["sent"] == 2
    assert again.exit_code == 0
    with store_of(region) as store:
        assert not [one for one in store.journal.problems() if one.problem.code == "cannot-compose"]


@pytest.mark.parametrize(
    ("fault", "place"), [(ChannelDown("the instance is down"), "toot"), (KeyError("max"), "/toot")]
)
def test_a_channel_that_fails_while_composing_stops_no_other(here, region: Path, monkeypatch, fault, place) -> None:
    from publishers.channels.mastodon import CHANNEL

    def limits(_self: object) -> None:
        raise fault

    (region / "campaigns.yml").write_text(with_slots(4, 3), "utf-8")
    monkeypatch.setattr(CHANNEL, "limits", property(limits))
    report = here.run(region, collect=False)
    with store_of(region) as store:
        sent = [post.channel for post in store.outbox.in_state(PostState.SENT) if post.slot.startswith("more")]
    assert sent == ["handoff", "handoff"]
    assert report.exit_code == 1
    told = [entry for entry in report.needs() if entry.level == "error"]
    assert told
    assert all(entry.where.endswith(place) for entry in told)
    monkeypatch.undo()
    assert here.run(region, collect=False).posts["sent"] == 2


def test_a_site_that_cannot_be_built_lets_nothing_out_and_ends_in_a_report(here, region: Path, monkeypatch) -> None:
    (region / "campaigns.yml").write_text(with_slots(4), "utf-8")
    (region / "output" / ".site-built.json").unlink()

    def build(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "output/site")

    before = len(here.square.posts)
    monkeypatch.setattr("publishers.site.build", build)
    report = here.run(region, collect=False)
    assert report.exit_code == 1
    assert ("site-failed", "site") in codes(report)
    assert len(here.square.posts) == before
    with store_of(region) as store:
        (run,) = store.journal.runs(1)
        assert (run.outcome, run.finished_at is None, run.summary["exit_code"]) == ("problems", False, 1)
        assert "site-failed" in {one.problem.code for one in store.journal.problems()}
    monkeypatch.undo()
    healed = here.run(region, collect=False)
    assert (healed.exit_code, healed.posts["sent"]) == (0, 2)
    with store_of(region) as store:
        assert "site-failed" not in {one.problem.code for one in store.journal.problems()}


def test_a_broken_step_names_itself_and_the_others_go_on(here: Town, region: Path, monkeypatch) -> None:
    def burst(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("aggregator.dedupe.link", burst)
    here.feed.list((*TITLES, "Bagare"))
    report = here.run(region)
    assert ("recognising-failed", "recognising") in codes(report)
    assert report.plan is None
    assert report.site is not None
    monkeypatch.undo()
    assert here.run(region).exit_code == 0
    with store_of(region) as store:
        assert store.vacancies.counts()["open"] == 6


def test_one_ad_that_breaks_the_tagging_leaves_the_others_tagged(here: Town, tmp_path: Path, monkeypatch) -> None:
    from aggregator import tagging

    real = tagging.tag

    def tag(postings, rules):
        if postings[0].title == "Kock":
            raise ZeroDivisionError("odd text")
        return real(postings, rules)

    monkeypatch.setattr(tagging, "tag", tag)
    report = here.run(here.write(tmp_path / "region"))
    (problem,) = [problem for problem in report.problems if problem.code == "cannot-tag"]
    assert "Kock" in problem.message
    assert report.understood is not None
    assert report.understood.tagged == 4
    assert report.posts["sent"] == 2


def test_a_harvest_that_cannot_be_taken_in_is_told_and_changes_nothing(here: Town, region: Path, monkeypatch) -> None:
    def judge(*_: object) -> None:
        raise RecursionError("a bug")

    before = dump(region)
    here.feed.list((*TITLES, "Bagare"))
    monkeypatch.setattr("aggregator.app.collect.judge", judge)
    report = here.run(region)
    assert dump(region) == before
    assert report.exit_code == 1
    assert codes(report) == {("harvest-crashed", "bruket/feed")}
    monkeypatch.undo()
    here.feed.list(TITLES)
    assert here.run(region).exit_code == 0
    with store_of(region) as store:
        assert "harvest-crashed" not in {one.problem.code for one in store.journal.problems()}


def test_a_filled_job_comes_down_and_its_slot_is_no_fault(here: Town, region: Path) -> None:
    with store_of(region) as store:
        (post,) = [post for post in store.outbox.in_state(PostState.SENT) if post.channel == "toot"]
        (shown,) = store.vacancies.many(post.content.vacancies)
    here.feed.list([one for one in TITLES if one != shown.title])
    now = datetime.now(UTC)
    reports = [here.run(region, at=now + timedelta(minutes=15 * n)) for n in (1, 2, 3)]
    with store_of(region) as store:
        assert post.key in {one.key for one in store.outbox.in_state(PostState.CLOSED)}
        assert [one.close_reason for one in store.vacancies.many(post.content.vacancies)] != [""]
    assert [report.exit_code for report in reports] == [0, 0, 0]
    assert not {code for report in reports for code, _ in codes(report)} & {"cannot-compose"}
    assert post.receipt is not None
    assert here.square.posts["mastodon", post.receipt.remote_id].deleted


def test_a_clock_that_is_behind_closes_and_posts_nothing_and_is_one_entry(here: Town, region: Path) -> None:
    before = dump(region)
    here.feed.list(TITLES[:2])
    report = here.run(region, at=datetime.now(UTC) - timedelta(days=3))
    with store_of(region) as store:
        assert store.vacancies.counts()["open"] == 5
    assert dump(region)["post"] == before["post"]
    assert report.exit_code == 1
    assert [entry.code for entry in report.needs() if entry.level == "error"] == ["clock-behind"]


@pytest.mark.parametrize(
    ("times", "posts"),
    [
        # 28 March 2027: 02:30 does not exist; 31 October 2027: it comes twice
        (("2027-03-28T00:40", "2027-03-28T01:40", "2027-03-28T02:40"), 1),
        (("2027-10-31T00:40", "2027-10-31T01:40", "2027-10-31T02:40"), 1),
    ],
)
def test_the_nights_when_the_clocks_change_have_one_post(here: Town, region: Path, times, posts) -> None:
    for name, text in handoff_only("02:30").items():
        (region / name).write_text(text or "", "utf-8")
    with store_of(region) as store:
        before = len(store.outbox.in_state(PostState.SENT))
    for time in times:
        here.run(region, at=datetime.fromisoformat(f"{time}+00:00"), collect=False)
    with store_of(region) as store:
        assert len(store.outbox.in_state(PostState.SENT)) - before == posts


def test_a_region_without_any_partner_builds_its_site_and_posts_nothing(here: Town, tmp_path: Path) -> None:
    region = here.write(tmp_path / "region")
    shutil.rmtree(region / "partners")
    report = here.run(region)
    assert report.exit_code == 0
    assert not report.posts
    assert (region / "output" / "site" / "index.html").is_file()


@pytest.mark.server("postgres")
def test_the_whole_cycle_on_postgresql(here: Town, tmp_path: Path, postgres) -> None:
    with postgres.fresh(empty=True) as address:
        region = here.write(tmp_path / "region", database=f'"{address}"')
        first, second = here.run(region), here.run(region)
        with Store.open(address) as store:
            assert store.vacancies.counts()["open"] == 5
            assert len(store.outbox.in_state(PostState.SENT)) == 2
    assert (first.exit_code, first.posts["sent"]) == (0, 2)
    assert (second.exit_code, dict(second.posts), changes(second)) == (0, {}, {})
    assert not (region / "jobbfyr.db").exists()


def test_preview_shows_what_run_sends(here: Town, tmp_path: Path, monkeypatch) -> None:
    now = datetime.now(UTC)
    region = here.write(tmp_path / "region", at=now + timedelta(hours=2))
    assert not here.run(region, at=now).posts

    def previewed() -> dict[str, Post]:
        with open_house(region, clock=SetClock(now), quiet=True) as house:
            made = [post for _, post in coming(house, now, now + timedelta(hours=20))]
        posts = [post for post in made if isinstance(post, Post)]
        assert len(posts) == len(made)
        return {post.key: post for post in posts}

    shown = previewed()
    assert {post.channel for post in shown.values()} == {"toot", "handoff"}
    monkeypatch.delenv(SECRET)
    assert {key: post.message for key, post in previewed().items()} == {k: p.message for k, p in shown.items()}
    monkeypatch.undo()
    report = here.run(region, at=now + timedelta(hours=2), collect=False)
    assert report.posts["sent"] == 2
    with store_of(region) as store:
        sent = {post.key: post for post in store.outbox.in_state(PostState.SENT)}
    assert {key: post.message for key, post in sent.items()} == {key: shown[key].message for key in sent}
    with open_house(region, clock=SetClock(now + timedelta(hours=2)), quiet=True) as house:
        later = [post for _, post in coming(house, house.clock.now(), house.clock.now() + timedelta(hours=2))]
    assert later == []
