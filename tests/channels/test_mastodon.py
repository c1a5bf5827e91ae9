"""Mastodon against a server that speaks its API over real HTTP."""

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
from publishers.channels.mastodon import Mastodon, MastodonOptions
from publishers.outbox import Outbox
from tests.support.fediverse import TOKEN, Fediverse, a_fediverse
from tests.support.memory_outbox import NOON, MemoryOutbox, a_post

WORDS = Message(text="", language="sv")
LINK = "https://jobb.example/jobb/AB12CD/"
POST = a_post(
    message=Message(text=f"Svetsare & mer\n\n{LINK}", language="sv", link=LINK, marker="jobb.example/jobb/AB12CD/")
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fediverse]:
    monkeypatch.setenv("MASTODON_TOKEN", TOKEN)
    with a_fediverse() as world:
        yield world


@pytest.fixture
def channel(world: Fediverse) -> Mastodon:
    return a_channel(world.url)


def a_channel(server: str, **options: Any) -> Mastodon:
    chosen = {"server": server, "token": {"env": "MASTODON_TOKEN"}, "timeout": 1, **options}
    return Mastodon("mastodon", MastodonOptions.model_validate(chosen))


def test_a_post_carries_its_picture_alt_text_and_language(world, channel, tmp_path):
    path = tmp_path / "card.png"
    Pillow.new("RGB", (1200, 675), "#0a5c46").save(path)
    image = Image(path=str(path), alt="Svetsare, Åkeriet, Mora", width=1200, height=675)
    receipt = channel.send(replace(POST, message=replace(POST.message, images=(image,))), now=NOON)
    [status] = world.statuses
    assert (receipt.remote_id, receipt.url) == (status["id"], status["url"])
    assert (status["text"], status["language"], status["visibility"]) == (POST.message.text, "sv", "public")
    kept = world.media[status["media"][0]]
    assert (kept["description"], kept["bytes"]) == ("Svetsare, Åkeriet, Mora", Path(path).read_bytes())
    assert kept["looks"] == 2  # it was still being processed at the first look


def test_sent_twice_within_the_hour_it_is_one_post(world, channel):
    first = channel.send(POST, now=NOON)
    assert channel.send(POST, now=NOON) == first
    assert len(world.statuses) == 1


@pytest.mark.parametrize("instance", [1, 2])
def test_the_server_says_its_limits(world, channel, instance):
    world.instance, world.max_characters, world.reserved = instance, 1234, 30
    assert (channel.limits.text, channel.limits.link, channel.limits.count) == (1234, 30, "mastodon")
    asked = len(world.asked)
    assert channel.limits.alt == 1500
    assert len(world.asked) == asked


def test_without_an_answer_the_usual_limits_hold():
    assert a_channel("http://127.0.0.1:9").limits.text == 500


@pytest.mark.parametrize(
    ("fault", "error"), [("hang", SendUnknown), ("reset", SendUnknown), ("hang-before", SendUnknown)]
)
def test_no_answer_is_an_unknown_outcome_that_a_look_up_settles(world, channel, fault, error):
    world.faults.append(fault)
    with pytest.raises(error):
        channel.send(POST, now=NOON)
    found = channel.look_up(POST)
    assert (found is None) == (fault == "hang-before")
    assert [status["id"] for status in world.statuses] == ([found.remote_id] if found else [])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", SendUnknown),
        ("502", SendUnknown),
        ("503", SendLater),
        ("401", ChannelDown),
        ("403", ChannelDown),
        ("422", SendRefused),
    ],
)
def test_what_each_answer_means(world, channel, fault, error):
    world.faults.append(fault)
    with pytest.raises(error, match=fault):
        channel.send(POST, now=NOON)


def test_too_long_a_text_is_refused_by_the_server(channel):
    with pytest.raises(SendRefused, match="character limit"):
        channel.send(replace(POST, message=replace(POST.message, text="å" * 501)), now=NOON)


def test_the_rate_limit_s_end_is_read_from_its_headers(world, channel):
    world.limited_until = time.time() + 240
    with pytest.raises(SendLater) as caught:
        channel.send(POST, now=NOON)
    assert caught.value.after == pytest.approx(240, abs=3)


def test_a_wrong_token_takes_the_channel_down_without_telling_it(channel, monkeypatch):
    monkeypatch.setenv("MASTODON_TOKEN", "fel-token-xyz")
    with pytest.raises(ChannelDown, match="MASTODON_TOKEN") as caught:
        channel.send(POST, now=NOON)
    [problem] = channel.check()
    assert "fel-token-xyz" not in str(caught.value) + problem.message


def test_the_working_account_checks_out(channel):
    assert channel.check() == ()


def test_nobody_listening_is_later():
    import os

    os.environ["MASTODON_TOKEN"] = TOKEN
    with pytest.raises(SendLater, match="no answer"):
        a_channel("http://127.0.0.1:9").send(POST, now=NOON)


def test_a_post_is_found_among_many_and_not_when_it_is_another_s(world, channel):
    sent = channel.send(POST, now=NOON)
    for at in range(90):
        channel.send(a_post(f"other-{at}", message=Message(text=f"Annat {at}", language="sv")), now=NOON)
    found = channel.look_up(POST)
    assert found
    assert found.remote_id == sent.remote_id
    assert world.asked.count("GET /api/v1/accounts/7/statuses") == 3
    assert (
        channel.look_up(a_post(message=replace(POST.message, marker="jobb.example/jobb/ZZ/", text=f"Nej {LINK}")))
        is None
    )


def test_a_post_without_a_link_is_found_by_its_words(channel):
    bare = a_post(message=Message(text="Flytta till <Dalarna> & må bra!\n#Dalarna", language="sv"))
    sent = channel.send(bare, now=NOON)
    found = channel.look_up(bare)
    assert found
    assert found.remote_id == sent.remote_id


def test_a_closed_post_is_gone_and_closing_again_is_well(world, channel):
    sent = replace(POST, receipt=channel.send(POST, now=NOON))
    for _ in range(2):
        channel.close(sent, WORDS, now=NOON)
        assert world.statuses == []


def test_a_post_settled_by_hand_is_found_before_it_is_closed(world, channel):
    receipt = channel.send(POST, now=NOON)
    channel.close(replace(POST, receipt=replace(receipt, remote_id="")), WORDS, now=NOON)
    assert world.statuses == []


def test_the_outbox_survives_a_lost_answer(world, channel):
    world.faults.append("reset")
    store = MemoryOutbox([replace(POST, key="slot-1/mastodon", channel="mastodon")])
    outbox = Outbox(store, {"mastodon": channel})
    outbox.dispatch(NOON)
    assert [post.state for post in store.posts.values()] == [PostState.UNKNOWN]
    outbox.recover(NOON + timedelta(minutes=2))
    assert [post.state for post in store.posts.values()] == [PostState.SENT]
    outbox.dispatch(NOON + timedelta(minutes=2))
    assert len(world.statuses) == 1
