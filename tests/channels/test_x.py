"""X against the documented operations over real HTTP."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from aggregator.errors import ChannelDown, SendLater, SendRefused, SendUnknown
from aggregator.model import Image, Message, PostState
from publishers.channels.x import X, XOptions
from publishers.outbox import Outbox
from tests.support.memory_outbox import NOON, MemoryOutbox, a_post
from tests.support.x_api import KEYS, XWorld, an_x

WORDS = Message(text="", language="sv")
LINK = "https://jobb.example/jobb/AB12CD/"
POST = a_post(
    message=Message(text=f"Svetsare & mer <nu>\n\n{LINK}", language="sv", link=LINK, marker="jobb.example/jobb/AB12CD/")
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[XWorld]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with an_x() as world:
        yield world


@pytest.fixture
def channel(world: XWorld) -> X:
    return a_channel(world.url)


def a_channel(service: str, **options: Any) -> X:
    keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    chosen = {"service": service, "timeout": 1, **{key: {"env": f"X_{key.upper()}"} for key in keys}, **options}
    return X("x", XOptions.model_validate(chosen))


@pytest.fixture
def card(tmp_path: Path) -> Image:
    path = tmp_path / "card.png"
    Pillow.new("RGB", (1200, 675), "#0a5c46").save(path)
    return Image(path=str(path), alt="Svetsare, Åkeriet, Mora", width=1200, height=675)


def test_a_post_carries_its_picture_and_alt_text(world, channel, card):
    receipt = channel.send(replace(POST, message=replace(POST.message, images=(card,))), now=NOON)
    [tweet] = world.tweets
    assert (receipt.remote_id, receipt.url) == (tweet["id"], f"https://x.com/i/status/{tweet['id']}")
    assert tweet["sent"] == POST.message.text
    kept = world.media[tweet["media"][0]]
    assert (kept["bytes"], kept["alt"]) == (Path(card.path).read_bytes(), "Svetsare, Åkeriet, Mora")
    assert world.asked == ["POST /2/media/upload", "POST /2/media/metadata", "POST /2/tweets"]


@pytest.mark.parametrize("fault", ["hang", "reset"])
def test_no_answer_is_an_unknown_outcome_that_a_look_up_settles(world, channel, fault):
    world.fail(fault)
    with pytest.raises(SendUnknown, match="no answer"):
        channel.send(POST, now=NOON)
    found = channel.look_up(POST)
    assert found
    assert found.remote_id == world.tweets[0]["id"]


def test_duplicate_content_may_be_our_own_post(world, channel):
    sent = channel.send(POST, now=NOON)
    with pytest.raises(SendUnknown, match="duplicate content"):
        channel.send(POST, now=NOON)
    found = channel.look_up(POST)
    assert found
    assert found.remote_id == sent.remote_id
    assert len(world.tweets) == 1


def test_what_is_not_there_is_not_found(channel):
    assert channel.look_up(POST) is None
    channel.send(a_post(message=Message(text="Annat", language="sv")), now=NOON)
    assert channel.look_up(POST) is None


def test_a_post_is_found_pages_back_and_by_its_words_alone(world, channel):
    world.page = 2
    bare = a_post(message=Message(text="Flytta till <Dalarna> & må bra! #Dalarna", language="sv"))
    sent = channel.send(bare, now=NOON)
    for at in range(5):
        channel.send(a_post(f"other-{at}", message=Message(text=f"Annat {at}", language="sv")), now=NOON)
    found = channel.look_up(bare)
    assert found
    assert found.remote_id == sent.remote_id
    assert world.asked.count("GET /2/users/42/tweets") == 3
    assert world.asked.count("GET /2/users/me") == 1


CAP = {
    "title": "UsageCapExceeded",
    "detail": "Usage cap exceeded: Monthly product cap",
    "type": "https://api.twitter.com/2/problems/usage-capped",
}


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"errors": [{"message": "too long"}]}, SendRefused),
        (401, {"detail": "Unauthorized"}, ChannelDown),
        (402, {"title": "CreditsDepleted", "detail": "no credits"}, ChannelDown),
        (403, {"detail": "not permitted"}, ChannelDown),
        (429, CAP, ChannelDown),
        (429, {"detail": "Too Many Requests"}, SendLater),
        (500, {}, SendUnknown),
        (503, {}, SendLater),
    ],
)
def test_what_each_answer_means(world, channel, status, body, error):
    world.fail(status, body)
    with pytest.raises(error, match=str(status)):
        channel.send(POST, now=NOON)


def test_the_rate_limit_s_end_is_read_from_its_header(world, channel):
    world.fail(429, {"detail": "Too Many Requests"}, x_rate_limit_reset=str(int(time.time()) + 300))
    with pytest.raises(SendLater) as caught:
        channel.send(POST, now=NOON)
    assert caught.value.after == pytest.approx(300, abs=3)


def test_nobody_listening_is_later(world):
    with pytest.raises(SendLater, match="no answer"):
        a_channel("http://127.0.0.1:9").send(POST, now=NOON)


def test_no_secret_is_told_in_errors_or_logs(world, channel, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    channel.send(POST, now=NOON)
    monkeypatch.setenv("X_ACCESS_TOKEN", "fel-nyckel-xyz")
    wrong = a_channel(world.url)
    with pytest.raises(ChannelDown, match="four keys") as caught:
        wrong.send(POST, now=NOON)
    [problem] = wrong.check()
    told = caplog.text + str(caught.value) + problem.message + repr(wrong.options)
    assert not [secret for secret in (*KEYS.values(), "fel-nyckel-xyz") if secret in told]


def test_the_working_account_checks_out(channel):
    assert channel.check() == ()


def test_a_closed_post_is_gone_and_closing_again_is_well(world, channel):
    sent = replace(POST, receipt=channel.send(POST, now=NOON))
    for _ in range(2):
        channel.close(sent, WORDS, now=NOON)
        assert world.tweets == []


def test_what_x_bills(channel, card):
    assert channel.price(POST.message) == 0.2
    assert channel.price(Message(text="Svetsare sökes", language="sv")) == 0.015
    assert channel.price(Message(text="Läs på malmö.se", language="sv")) == 0.2
    assert channel.price(Message(text="Svetsare", language="sv", images=(card,))) == pytest.approx(0.02)


def test_the_budget_holds_over_a_month(world):
    channel = a_channel(world.url, monthly_budget=0.45, when_short="drop-link")
    message = POST.message
    posts = [
        a_post(f"slot-{at}", channel="x", message=replace(message, text=f"{at}: {message.text}")) for at in range(5)
    ]
    store = MemoryOutbox(posts)
    outbox = Outbox(store, {"x": channel})
    outbox.dispatch(NOON)
    assert [LINK in tweet["sent"] for tweet in world.tweets] == [True, True, False, False, False]
    outbox.close(NOON, {"AB12CD": "gone"})
    costs = sorted(float(post.receipt.data["cost_usd"]) for post in store.posts.values() if post.receipt)
    assert costs == pytest.approx([0.025, 0.025, 0.025, 0.21, 0.21])


def test_the_outbox_survives_a_lost_answer(world, channel):
    world.fail("reset")
    store = MemoryOutbox([replace(POST, key="slot-1/x", channel="x")])
    outbox = Outbox(store, {"x": channel})
    outbox.dispatch(NOON)
    outbox.recover(NOON + timedelta(minutes=2))
    outbox.dispatch(NOON + timedelta(minutes=2))
    assert [post.state for post in store.posts.values()] == [PostState.SENT]
    assert len(world.tweets) == 1
