"""Bluesky against a real personal data server on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image as Pillow

from aggregator.errors import ChannelDown, SendLater, SendRefused, SendUnknown
from aggregator.model import Image, LinkCard, Message, PostState
from publishers.channels.bluesky import Bluesky, BlueskyOptions, facets, rkey
from publishers.outbox import Outbox
from tests.support.loopback import a_pds, serving
from tests.support.memory_outbox import NOON, MemoryOutbox, a_post
from tests.support.rude import Rude

PASSWORD = "mycket-hemligt-lösenord"
NUMBERS = count(1)
WORDS = Message(text="Ingen", language="sv")


@pytest.fixture(scope="module")
def pds() -> Iterator[str]:
    with a_pds() as url:
        yield url


@pytest.fixture
def account(pds: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, Bluesky]:
    handle = f"fyr{next(NUMBERS)}.test"
    body = {"handle": handle, "email": f"{handle}@example.test", "password": PASSWORD}
    answer = httpx.post(f"{pds}/xrpc/com.atproto.server.createAccount", json=body)
    answer.raise_for_status()
    monkeypatch.setenv("BLUESKY_APP_PASSWORD", PASSWORD)
    return pds, answer.json()["did"], a_channel(pds, handle)


def a_channel(service: str, handle: str = "fyr.test", **options: Any) -> Bluesky:
    chosen = {
        "service": service,
        "handle": handle,
        "password": {"env": "BLUESKY_APP_PASSWORD"},
        "timeout": 5,
        **options,
    }
    return Bluesky("bluesky", BlueskyOptions.model_validate(chosen))


def records(pds: str, did: str) -> list[dict[str, Any]]:
    params = {"repo": did, "collection": "app.bsky.feed.post"}
    found: list[dict[str, Any]] = httpx.get(f"{pds}/xrpc/com.atproto.repo.listRecords", params=params).json()["records"]
    return found


@pytest.fixture
def card(tmp_path) -> Image:
    path = tmp_path / "card.png"
    Pillow.new("RGB", (1200, 675), "#0a5c46").save(path)
    return Image(path=str(path), alt="Svetsare, Acme, Mora", width=1200, height=675)


LINK = "https://jobb.example/jobb/AB12CD/"
TEXT = f"Svetsare på 👩‍🏭 Åkeriet\n\n{LINK}\n\n#Dalarna #HögaKusten"


def a_message(**changes: Any) -> Message:
    message = Message(text=TEXT, language="sv", link=LINK, hashtags=("Dalarna", "HögaKusten"))
    return replace(message, **changes)


@pytest.mark.server("pds")
def test_a_post_carries_its_picture_alt_text_facets_and_language(account, card):
    pds, did, channel = account
    receipt = channel.send(a_post(message=a_message(images=(card,))), now=NOON)
    [record] = records(pds, did)
    value = record["value"]
    assert receipt.remote_id == record["uri"]
    assert receipt.url == f"https://bsky.app/profile/{channel.options.handle}/post/{record['uri'].rpartition('/')[2]}"
    assert (value["text"], value["langs"], value["createdAt"]) == (TEXT, ["sv"], "2026-11-21T12:00:00.000Z")
    [picture] = value["embed"]["images"]
    assert picture["alt"] == "Svetsare, Acme, Mora"
    assert (picture["aspectRatio"]["width"], picture["aspectRatio"]["height"]) == (1200, 675)
    blob = {"did": did, "cid": picture["image"]["ref"]["$link"]}
    shown = httpx.get(f"{pds}/xrpc/com.atproto.sync.getBlob", params=blob)
    assert shown.headers["content-type"] == "image/png"
    assert shown.content == Path(card.path).read_bytes()
    raw = TEXT.encode()
    marked = {raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(): f["features"][0] for f in value["facets"]}
    assert marked[LINK]["uri"] == LINK
    assert marked["#HögaKusten"]["tag"] == "HögaKusten"
    assert set(marked) == {LINK, "#Dalarna", "#HögaKusten"}


@pytest.mark.server("pds")
def test_sent_twice_it_is_one_record(account, card):
    pds, did, channel = account
    post = a_post(message=a_message(images=(card,)))
    first = channel.send(post, now=NOON)
    before = records(pds, did)
    again = a_channel(pds, channel.options.handle).send(post, now=NOON + timedelta(minutes=5))
    assert again.remote_id == first.remote_id
    assert records(pds, did) == before
    assert len(before) == 1


@pytest.mark.server("pds")
def test_what_was_cut_off_is_found_and_what_never_was_is_not(account):
    _, _, channel = account
    post = a_post(message=a_message())
    assert channel.look_up(post) is None
    sent = channel.send(post, now=NOON)
    assert channel.look_up(post) == sent
    assert channel.look_up(a_post("another", message=a_message())) is None


@pytest.mark.server("pds")
def test_a_link_card_with_its_thumb(account, card):
    pds, did, channel = account
    link_card = LinkCard(url=LINK, title="Svetsare", description="Acme, Mora")
    other = a_channel(pds, channel.options.handle, embed="card")
    other.send(a_post(message=a_message(images=(card,), card=link_card)), now=NOON)
    external = records(pds, did)[0]["value"]["embed"]["external"]
    assert (external["uri"], external["title"], external["description"]) == (LINK, "Svetsare", "Acme, Mora")
    assert external["thumb"]["mimeType"] == "image/png"


@pytest.mark.server("pds")
def test_a_closed_post_is_gone_and_closing_again_is_well(account):
    pds, did, channel = account
    post = a_post(message=a_message())
    channel.send(post, now=NOON)
    for _ in range(2):
        channel.close(post, WORDS, now=NOON)
        assert records(pds, did) == []


@pytest.mark.server("pds")
def test_a_wrong_password_takes_the_channel_down_without_telling_it(account, monkeypatch):
    _, _, channel = account
    monkeypatch.setenv("BLUESKY_APP_PASSWORD", "fel-hemlighet")
    with pytest.raises(ChannelDown, match="BLUESKY_APP_PASSWORD") as caught:
        channel.send(a_post(message=a_message()), now=NOON)
    assert "fel-hemlighet" not in str(caught.value)
    [problem] = channel.check()
    assert problem.code == "channel-down"
    assert "fel-hemlighet" not in problem.message


@pytest.mark.server("pds")
def test_the_working_account_checks_out(account):
    assert account[2].check() == ()


@pytest.mark.server("pds")
def test_what_the_server_refuses_is_refused(account):
    _, _, channel = account
    with pytest.raises(SendRefused, match="400"):
        channel.send(a_post(message=a_message(text="å" * 301)), now=NOON)


@pytest.mark.server("pds")
def test_exactly_300_graphemes_are_taken(account):
    pds, did, channel = account
    text = "👨‍👩‍👧" * 100 + "å" * 200
    channel.send(a_post(message=a_message(text=text)), now=NOON)
    assert records(pds, did)[0]["value"]["text"] == text


@pytest.mark.server("pds")
def test_the_outbox_posts_recovers_and_closes(account):
    pds, did, channel = account
    store = MemoryOutbox([a_post(channel="bluesky", message=a_message())])
    outbox = Outbox(store, {"bluesky": channel})
    claimed = store.move("slot-1/bluesky", PostState.PLANNED, PostState.SENDING, NOON)
    assert claimed
    channel.send(claimed, now=NOON)  # and here the process died
    outbox.recover(NOON)
    assert [post.state for post in store.posts.values()] == [PostState.SENT]
    assert len(records(pds, did)) == 1
    outbox.close(NOON, {"AB12CD": "gone"})
    assert [post.state for post in store.posts.values()] == [PostState.CLOSED]
    assert records(pds, did) == []


# --- a server that misbehaves -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "how", "error"),
    [
        ("createSession", "hang", SendLater),
        ("createSession", "reset", SendLater),
        ("putRecord", "hang", SendUnknown),
        ("putRecord", "reset", SendUnknown),
        ("putRecord", "500", SendLater),
        ("putRecord", "429", SendLater),
        ("createSession", "429", SendLater),
    ],
)
def test_what_a_silent_or_busy_server_means(at, how, error, monkeypatch):
    monkeypatch.setenv("BLUESKY_APP_PASSWORD", PASSWORD)
    session = {"accessJwt": "a.b.c", "refreshJwt": "a.b.c", "handle": "fyr.test", "did": "did:plc:" + "a" * 24}
    answers = {"createSession": session, "putRecord": {"uri": "at://x/app.bsky.feed.post/y", "cid": "z"}}
    with serving(Rude.that(at, how, answers)) as url, pytest.raises(error) as caught:
        a_channel(url, timeout=0.5).send(a_post(message=a_message()), now=NOON)
    if how == "429":
        assert caught.value.after == 37


def test_nobody_listening_is_later(monkeypatch):
    monkeypatch.setenv("BLUESKY_APP_PASSWORD", PASSWORD)
    with pytest.raises(SendLater, match="no answer"):
        a_channel("http://127.0.0.1:9").send(a_post(message=a_message()), now=NOON)


def test_a_missing_password_is_named(monkeypatch):
    monkeypatch.delenv("BLUESKY_APP_PASSWORD", raising=False)
    assert a_channel("http://127.0.0.1:9").missing() == ("BLUESKY_APP_PASSWORD",)


# --- pure ---------------------------------------------------------------------------------------------------------------


def test_record_keys_are_tids_in_order_of_time_and_never_the_same():
    keys = [rkey(a_post(f"slot-{at}", due_at=NOON + timedelta(seconds=at // 2))) for at in range(2000)]
    assert len(set(keys)) == 2000
    assert all(len(key) == 13 and key[0] in "234567abcdefghij" for key in keys)
    assert all(max(keys[at : at + 2]) < min(keys[at + 2 : at + 4]) for at in range(0, 1998, 2))
    assert rkey(a_post()) == rkey(replace(a_post(), attempts=7, not_before=NOON + timedelta(days=1)))


def test_only_whole_links_and_tags_are_facets():
    assert facets("1# x#y C#\u2060 och x@y.se") == []
    assert [f["features"][0].get("tag") for f in facets("#Å #2026 #b2")] == ["Å", "b2"]
