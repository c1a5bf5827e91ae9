"""The two mornings again, posted to a real Bluesky PDS and to servers that hold Mastodon's and X's rules."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from aggregator.app.demo.run import Demo, run_demo
from aggregator.model import PostState
from aggregator.store import Store
from tests.support.fediverse import TOKEN, Fediverse, a_fediverse
from tests.support.loopback import a_pds
from tests.support.x_api import KEYS, XWorld, an_x

pytestmark = pytest.mark.xdist_group("networks")  # one demo for all of them

START = datetime(2027, 2, 1, 7, 5, tzinfo=UTC)
PASSWORD = "mycket-hemligt-lösenord"
HANDLE = "fyrbygden.test"


class Evening:
    """What stood on the networks after the demo, and the demo itself."""

    def __init__(self, demo: Demo, records: list[dict[str, Any]], fediverse: Fediverse, x: XWorld) -> None:
        self.demo = demo
        self.records = records
        self.fediverse = fediverse
        self.x = x


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    with a_pds() as pds, a_fediverse() as fediverse, an_x() as x:
        body = {"handle": HANDLE, "email": "fyr@example.test", "password": PASSWORD}
        answer = httpx.post(f"{pds}/xrpc/com.atproto.server.createAccount", json=body)
        answer.raise_for_status()
        demo = run_demo(
            tmp_path_factory.mktemp("networks") / "out",
            start=START,
            quiet=True,
            networks={"bluesky": pds, "mastodon": fediverse.url, "x": x.url},
            secrets={"JOBBFYR_DEMO_BLUESKY": PASSWORD, "JOBBFYR_DEMO_MASTODON": TOKEN}
            | {f"JOBBFYR_DEMO_{name}": value for name, value in KEYS.items()},
        )
        params: dict[str, str | int] = {
            "repo": answer.json()["did"],
            "collection": "app.bsky.feed.post",
            "limit": 100,
        }
        listed = httpx.get(f"{pds}/xrpc/com.atproto.repo.listRecords", params=params).json()["records"]
        yield Evening(demo, listed, fediverse, x)


def _posts(evening: Evening, channel: str, *states: PostState) -> list[Any]:
    with Store.open(f"sqlite:///{evening.demo.region / 'jobbfyr.db'}") as store:
        return [post for post in store.outbox.in_state(*states) if post.channel == channel]


@pytest.mark.server("pds")
def test_no_channel_had_anything_to_complain_of(evening: Evening) -> None:
    for day in evening.demo.days:
        about = {"bluesky", "mastodon", "x", "outbox"}
        assert not [problem for problem in day.report.problems if problem.where in about]


@pytest.mark.server("pds")
def test_the_pds_holds_what_the_outbox_says_with_card_alt_text_language_and_facets(evening: Evening) -> None:
    sent = _posts(evening, "bluesky", PostState.SENT)
    assert len(evening.records) == len(sent) >= 4
    assert {record["uri"] for record in evening.records} == {post.receipt.remote_id for post in sent}
    for record in evening.records:
        value = record["value"]
        (picture,) = value["embed"]["images"]
        assert "Fyrbygden" in picture["alt"]
        assert value["langs"] == ["sv"]
        kinds = {feature["$type"] for facet in value["facets"] for feature in facet["features"]}
        assert kinds == {"app.bsky.richtext.facet#link", "app.bsky.richtext.facet#tag"}


@pytest.mark.server("pds")
def test_the_closed_vacancys_post_is_gone_from_the_pds_on_the_second_morning(evening: Evening) -> None:
    (closed,) = _posts(evening, "bluesky", PostState.CLOSED)
    assert closed.receipt.remote_id not in {record["uri"] for record in evening.records}
    assert closed.close_reason
    assert closed.message.link not in {word for record in evening.records for word in record["value"]["text"].split()}


@pytest.mark.server("pds")
def test_mastodon_and_x_hold_what_the_outbox_says(evening: Evening) -> None:
    tooted = _posts(evening, "mastodon", PostState.SENT)
    assert {status["id"] for status in evening.fediverse.statuses} == {post.receipt.remote_id for post in tooted}
    assert len(tooted) >= 4
    tweeted = _posts(evening, "x", PostState.SENT)
    assert {tweet["id"] for tweet in evening.x.tweets} == {post.receipt.remote_id for post in tweeted}
    assert tweeted
    assert all(post.message.language == "en" for post in tweeted)
