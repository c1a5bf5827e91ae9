"""Every verb against a region that has been through a cycle: what it answers, in words and in JSON, and to wrong input."""

import json
from pathlib import Path
from typing import Any

import pytest

from aggregator.app.house import open_house
from aggregator.app.publish import outbox_of
from aggregator.model import PostState
from aggregator.store import Store
from spiders.extract import parse_xml
from tests.support.small_region import SECRET, TITLES, Town


def store_of(region: Path) -> Store:
    return Store.open(str(region / "jobbfyr.db"))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def ids(region: Path) -> dict[str, str]:
    """Vacancy id by title."""
    with store_of(region) as store:
        return {vacancy.title: vacancy.id for vacancy in store.vacancies.open()}


def test_init_makes_a_region_that_check_calls_sound_and_leaves_alone(jobbfyr, tmp_path: Path) -> None:
    made = jobbfyr("init", tmp_path / "dalarna", "--region", "dalarna", "--json")
    assert made.code == 0
    told = json.loads(made.out)
    assert all((tmp_path / "dalarna" / file).is_file() or Path(file).is_file() for file in told["files"])
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "dalarna").rglob("*") if path.is_file()}
    checked = jobbfyr("check", "--config", tmp_path / "dalarna", "--json")
    assert (checked.code, json.loads(checked.out)["ok"]) == (0, True)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    again = jobbfyr("init", tmp_path / "dalarna")
    assert again.code == 2
    assert "--force" in again.err


def test_init_of_an_unknown_region_names_the_ones_there_are(jobbfyr, tmp_path: Path) -> None:
    said = jobbfyr("init", tmp_path / "x", "--region", "skane")
    assert said.code == 2
    assert "dalarna" in said.err
    assert not (tmp_path / "x").exists()


def test_check_tells_what_is_missing_and_what_each_channel_costs(jobbfyr, tmp_path: Path, monkeypatch) -> None:
    for name in ("BLUESKY_APP_PASSWORD", "MASTODON_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    jobbfyr("init", tmp_path / "r", "--region", "dalarna")
    told = json.loads(jobbfyr("check", "--config", tmp_path / "r", "--json").out)
    missing = {lack["where"]: lack for lack in told["missing"]}
    assert {"jobbfyr.yml: site.address", "jobbfyr.yml: operator.contact", "channel bluesky"} <= missing.keys()
    assert "BLUESKY_APP_PASSWORD" in missing["channel bluesky"]["todo"]
    costs = {channel["name"]: channel for channel in told["channels"]}
    assert costs["x"]["usd_a_post"] > 0
    assert costs["x"]["usd_a_month"] <= costs["x"]["budget_usd"]
    assert costs["bluesky"]["usd_a_month"] == 0
    assert costs["bluesky"]["waits_for"] == ["BLUESKY_APP_PASSWORD"]
    words = jobbfyr("check", "--config", tmp_path / "r").out
    assert "Still to do" in words
    assert "set BLUESKY_APP_PASSWORD" in words


def test_check_of_a_region_that_lacks_nothing_says_so(jobbfyr, region: Path) -> None:
    said = jobbfyr("check", "--config", region, "--online")
    assert (said.code, said.err) == (0, "")
    assert "Nothing is missing" in said.out
    assert "take us" in said.out


def test_check_online_names_the_channel_and_the_database_that_do_not_answer(jobbfyr, here: Town, region: Path) -> None:
    for name, was, now in (
        ("channels.yml", here.square.address, "http://127.0.0.1:9"),
        ("jobbfyr.yml", "sqlite:///jobbfyr.db", "postgresql+psycopg://nobody@127.0.0.1:9/none"),
    ):
        path = region / name
        path.write_text(path.read_text("utf-8").replace(was, now), "utf-8")
    said = jobbfyr("check", "--config", region, "--online")
    assert said.code == 1
    assert "error: toot: " in said.err
    assert "error: database: " in said.err


def test_run_plan_preview_report_and_status_answer_in_words_and_json(jobbfyr, region: Path) -> None:
    assert "nothing new" in jobbfyr("run", "--config", region).out
    ran = json.loads(jobbfyr("run", "--config", region, "--json").out)
    assert (ran["exit_code"], ran["problems"][0]["level"], ran["changes"]) == (0, "info", {})
    assert ran["sources"]["bruket/feed"] in {"healthy", "unchanged"}
    plan = json.loads(jobbfyr("plan", "--config", region, "--json").out)
    filled = [item for item in plan["items"] if item["content"]]
    assert filled
    assert all(item["reasons"] for item in filled)
    assert "→ toot, handoff" in jobbfyr("plan", "--config", region, "--all").out
    shown = lines(jobbfyr("preview", "--config", region, "--days", 3, "--json").out)
    assert {one["channel"] for one in shown} == {"toot", "handoff"}
    assert all(one["message"]["link"] in one["message"]["text"] for one in shown)
    only = lines(jobbfyr("preview", "--config", region, "--channel", "handoff", "--json").out)
    assert {one["channel"] for one in only} == {"handoff"}
    assert "Bruket AB" in jobbfyr("report", "--config", region).out
    (standing,) = json.loads(jobbfyr("report", "--config", region, "--json").out)
    assert (standing["partner"], standing["promised"], standing["delivered"]) == ("bruket", 4, 1)
    status = json.loads(jobbfyr("status", "--config", region, "--json").out)
    assert status["vacancies"]["open"] == 5
    assert status["posts"] == {"sent": 2}
    assert "5 open" in jobbfyr("status", "--config", region).out


def test_verbs_answer_before_the_first_run(jobbfyr, here: Town, tmp_path: Path) -> None:
    region = here.write(tmp_path / "region")
    assert "Nothing has been run here yet" in jobbfyr("status", "--config", region).out
    assert jobbfyr("problems", "--config", region).out == "Nothing needs you.\n"
    assert jobbfyr("export", "--config", region).out == ""
    assert "Nothing is planned" in jobbfyr("preview", "--config", region).out
    assert "empty" in jobbfyr("plan", "--config", region).out
    assert jobbfyr("report", "--config", region).code == 0
    assert jobbfyr("why", "svetsare", "--config", region).code == 2
    assert jobbfyr("serve", "--config", region).code == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["why", "nosuchthing"], "nothing is known by 'nosuchthing'"),
        (["why"], "Missing argument 'WORDS...'"),
        (["block", "zzzzzz"], "there is no vacancy 'zzzzzz'"),
        (["pin", "zzzzzz"], "there is no vacancy 'zzzzzz'"),
        (["split", "a", "b"], "'a' names no posting"),
        (["split", "a#1", "b#2"], "there is no posting a#1"),
        (["merge", "zzzzzz", "yyyyyy"], "there is no vacancy 'zzzzzz'"),
        (["preview", "--channel", "tootle"], "there is no channel 'tootle' in channels.yml"),
        (["preview", "--days", "40"], "Invalid value for '--days'"),
        (["publish", "--settle", "nosuch", "--published"], "there is no post 'nosuch'"),
        (["publish", "--settle", "nosuch"], "say either --published URL or --not-published"),
        (["publish", "--not-published"], "belong to --settle KEY"),
        (["publish", "--settle", "x", "--published", "not a url"], "'not a url' is no address"),
        (["export", "--format", "csv"], "Invalid value for '--format'"),
        (["run", "--fast"], "No such option"),
        (["work", "--every", "0"], "Invalid value for '--every'"),
    ],
)
def test_wrong_input_is_one_line_with_what_to_do_and_exit_code_2(jobbfyr, region: Path, words, says) -> None:
    said = jobbfyr(words[0], "--config", region, *words[1:])
    assert (said.code, said.out) == (2, "")
    first, second = said.err.splitlines()
    assert says in first
    assert second.startswith("  → ")


def test_a_folder_without_a_region_is_named(jobbfyr, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("JOBBFYR_CONFIG", raising=False)
    said = jobbfyr("status", "--config", tmp_path / "nowhere")
    assert said.code == 2
    assert str(tmp_path / "nowhere") in said.err


def test_why_by_id_address_identifier_and_words_is_one_screen(jobbfyr, here: Town, region: Path, ids) -> None:
    with store_of(region) as store:
        (member,) = store.vacancies.members(ids["Svetsare"])
    ways = [ids["Svetsare"], member.posting.url, str(member.posting.key), member.posting.identifier, "svetsare"]
    told = [jobbfyr("why", way, "--config", region) for way in ways]
    assert {one.out for one in told} == {told[0].out}
    assert told[0].code == 0
    assert "ssyk" in told[0].out
    for id_ in ids.values():
        shown = jobbfyr("why", id_, "--config", region).out.splitlines()
        assert len(shown) <= 40
        assert max(map(len, shown)) <= 200
    (as_json,) = json.loads(jobbfyr("why", ids["Svetsare"], "--config", region, "--json").out)
    assert as_json["vacancy"]["id"] == ids["Svetsare"]


def test_why_explains_an_ad_that_belongs_to_no_vacancy(jobbfyr, region: Path) -> None:
    said = jobbfyr("why", "spontan", "--config", region)
    assert said.code == 0
    assert "open application" in said.out
    (lone,) = json.loads(jobbfyr("why", "spontan", "--config", region, "--json").out)
    assert (lone["vacancy"], lone["posting"]["title"]) == ("", "Spontanansökan")


def test_a_blocked_vacancy_is_planned_no_more_until_it_is_let_go(jobbfyr, region: Path, ids) -> None:
    def planned() -> set[str]:
        made = json.loads(jobbfyr("plan", "--config", region, "--json").out)
        coming = [item["content"] for item in made["items"] if item["slot"]["at"] > made["made_at"]]
        return {key for content in coming if content for key in content["vacancies"]}

    coming = next(id_ for id_ in sorted(ids.values()) if id_ in planned())
    assert jobbfyr("block", coming, "--config", region, "--reason", "asked by phone").code == 0
    assert coming not in planned()
    assert "asked by phone" in jobbfyr("why", coming, "--config", region).out
    assert json.loads(jobbfyr("block", coming, "--undo", "--config", region, "--json").out)["blocked"] is False
    assert coming in planned()
    assert json.loads(jobbfyr("pin", coming, "--config", region, "--json").out)["pinned"] is True
    assert "pinned" in jobbfyr("why", coming, "--config", region).out


def test_merge_and_split_are_law_through_the_next_run(jobbfyr, here: Town, region: Path, ids) -> None:
    merged = json.loads(jobbfyr("merge", ids["Kock"], ids["Elektriker"], "--config", region, "--json").out)["vacancy"]
    here.run(region)
    with store_of(region) as store:
        keys = [str(member.posting.key) for member in store.vacancies.members(merged)]
        assert store.vacancies.counts()["open"] == 4
    assert len(keys) == 2
    refused = jobbfyr("split", *keys, "--config", region)
    assert refused.code in {0, 2}
    here.run(region)
    with store_of(region) as store:
        assert store.vacancies.counts()["open"] == (5 if refused.code == 0 else 4)


def test_stop_and_resume_work_though_the_settings_are_broken(jobbfyr, here: Town, tmp_path: Path) -> None:
    region = here.write(tmp_path / "region", changed={"channels.yml": "channels: ["})
    assert jobbfyr("run", "--config", region).code == 2
    assert jobbfyr("stop", "--config", region, "--reason", "storm").code == 0
    assert jobbfyr("status", "--config", region).code == 0
    (tmp_path / "whole").mkdir()
    whole = here.write(tmp_path / "whole")
    (region / "channels.yml").write_text((whole / "channels.yml").read_text("utf-8"), "utf-8")
    before = len(here.square.posts)
    stopped = jobbfyr("run", "--config", region)
    assert len(here.square.posts) == before
    assert "warning: outbox: publishing is stopped" in stopped.err
    assert "storm" in jobbfyr("status", "--config", region).out
    assert "jobbfyr resume" in jobbfyr("problems", "--config", region).out
    assert jobbfyr("resume", "--config", region).out == "Sending goes on.\n"
    assert "2 sent" in jobbfyr("publish", "--config", region).out
    assert jobbfyr("resume", "--config", region).out == "Sending was not stopped.\n"


def test_a_channel_that_waits_says_for_what_once(jobbfyr, here: Town, tmp_path: Path, monkeypatch) -> None:
    region = here.write(tmp_path / "region")
    monkeypatch.delenv(SECRET)
    said = jobbfyr("run", "--config", region)
    assert said.code == 0
    assert said.out.count(SECRET) == 1
    with store_of(region) as store:
        assert {post.channel for post in store.outbox.in_state(PostState.SENT)} == {"handoff"}
    assert f"waits for {SECRET}" in jobbfyr("preview", "--config", region).out


def test_an_operator_settles_a_post_of_unknown_outcome(jobbfyr, here: Town, tmp_path: Path) -> None:
    region = here.write(tmp_path / "region")
    jobbfyr("stop", "--config", region)
    jobbfyr("run", "--config", region)
    with open_house(region, quiet=True) as house:
        now = house.clock.now()
        (post,) = [one for one in house.store.outbox.in_state(PostState.PLANNED) if one.channel == "toot"]
        house.store.outbox.move(post.key, PostState.PLANNED, PostState.SENDING, now)
        house.store.outbox.move(post.key, PostState.SENDING, PostState.UNKNOWN, now, error="timed out")
        assert outbox_of(house).channels["toot"].abilities.live
    url = "https://social.test/@bruket/1"
    said = jobbfyr("publish", "--settle", post.key, "--published", url, "--config", region, "--json")
    assert (said.code, json.loads(said.out)) == (0, {"post": post.key, "state": "sent", "url": url})
    with store_of(region) as store:
        settled = {one.key: one.receipt for one in store.outbox.in_state(PostState.SENT)}[post.key]
        assert settled is not None
        assert settled.url == url
        assert [one.channel for one in store.plans.deliveries(now.replace(year=2026, month=1, day=1))] == ["toot"]
    again = jobbfyr("publish", "--settle", post.key, "--not-published", "--config", region)
    assert again.code == 2
    assert f"{post.key} is sent" in again.err


def test_a_post_that_did_not_go_out_is_sent_after_the_operators_word(jobbfyr, here: Town, tmp_path: Path) -> None:
    region = here.write(tmp_path / "region")
    jobbfyr("stop", "--config", region)
    jobbfyr("run", "--config", region)
    with open_house(region, quiet=True) as house:
        (post,) = [one for one in house.store.outbox.in_state(PostState.PLANNED) if one.channel == "toot"]
        house.store.outbox.move(post.key, PostState.PLANNED, PostState.SENDING, house.clock.now())
    said = jobbfyr("publish", "--settle", post.key, "--not-published", "--config", region)
    assert said.out == f"{post.key} is planned now.\n"
    jobbfyr("resume", "--config", region)
    assert "2 sent" in jobbfyr("publish", "--config", region).out
    with store_of(region) as store:
        receipt = {one.key: one.receipt for one in store.outbox.in_state(PostState.SENT)}[post.key]
    assert receipt is not None
    assert here.square.posts["mastodon", receipt.remote_id].text == post.message.text


@pytest.mark.parametrize("shape", ["jsonl", "json-feed", "atom", "indeed-xml"])
def test_export_holds_every_open_vacancy_once(jobbfyr, region: Path, ids, shape: str) -> None:
    out = jobbfyr("export", "--config", region, "--format", shape).out
    titles = [title for title in TITLES if title != "Spontanansökan"]
    if shape == "jsonl":
        assert sorted(line["title"] for line in lines(out)) == sorted(titles)
        assert {line["vacancy"] for line in lines(out)} == set(ids.values())
        assert not any("raw" in line for line in lines(out))
    elif shape == "json-feed":
        assert len(json.loads(out)["items"]) == 5
    else:
        root = parse_xml(out.encode())
        found = root.findall("job" if shape == "indeed-xml" else "{http://www.w3.org/2005/Atom}entry")
        assert len(found) == 5
        if shape == "indeed-xml":
            numbers = [job.findtext("referencenumber") or "" for job in found]
            assert {number.partition("-")[0] for number in numbers} == set(ids.values())
            assert out.count("<![CDATA[") >= 5 * 8


def test_exported_lines_go_through_tag_and_dedupe(jobbfyr, region: Path, tmp_path: Path) -> None:
    out = jobbfyr("export", "--config", region).out
    file = tmp_path / "lines.jsonl"
    file.write_text(out, "utf-8")
    tagged = lines(jobbfyr("tag", file).out)
    assert {line["tags"]["municipality"][0] for line in tagged} == {"2081"}
    same = lines(jobbfyr("dedupe", file).out)
    assert len({line["vacancy"] for line in same}) == 5
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"title": "x"}\n[1]\n', "utf-8")
    said = jobbfyr("tag", broken)
    assert said.code == 2
    assert f"{broken}:2: not an object" in said.err
    broken.write_bytes(b'{"title": "\xff"}\n')
    assert "not UTF-8" in jobbfyr("dedupe", broken).err


def test_parse_reads_a_saved_feed_and_says_what_it_could_not(jobbfyr, here: Town, tmp_path: Path) -> None:
    import urllib.request

    with urllib.request.urlopen(here.feed.site.url("/rss")) as answer:
        (tmp_path / "rss.xml").write_bytes(answer.read())
    said = jobbfyr("parse", "feed", tmp_path / "rss.xml", "--url", here.feed.site.url("/rss"))
    assert {line["title"] for line in lines(said.out)} == set(TITLES)
    (tmp_path / "page.html").write_text("<h1>Flyttat</h1>", "utf-8")
    wrong = jobbfyr("parse", "feed", tmp_path / "page.html", "--url", "https://x.test/")
    assert wrong.code == 1
    assert wrong.err.startswith("error: ")
    assert jobbfyr("parse", "nosuch", tmp_path / "rss.xml", "--url", "https://x.test/").code == 2


def test_work_spawns_runs_and_passes_their_code_on(jobbfyr, region: Path, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    said = jobbfyr("work", "--config", region, "--times", 2, "--every", 0.02)
    assert (said.code, said.err) == (0, "")
    with store_of(region) as store:
        assert [run.outcome for run in store.journal.runs(5)] == ["ok", "ok", "ok"]
    (region / "stories.yml").write_text("stories: [", "utf-8")
    broken = jobbfyr("work", "--config", region, "--times", 1)
    assert broken.code == 2
    assert "see `jobbfyr check`" in broken.err
