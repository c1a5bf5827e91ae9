"""The outbox's rows: one step a transaction, one winner a step, and the ledger with it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from aggregator.errors import StoreError
from aggregator.model import Content, ContentKind, Delivery, Image, LinkCard, Message, Post, PostState, Receipt
from aggregator.store import Store
from aggregator.store.outbox import STEPS
from publishers.outbox import OutboxStore
from tests.store.test_harvests import take
from tests.store.test_vacancies import collect
from tests.support.world import DAY, HOUR, NOON, harvest, posting

PLANNED, SENDING, SENT = PostState.PLANNED, PostState.SENDING, PostState.SENT


def a_post(slot: str = "vardag@2026-11-21T12:00", channel: str = "bluesky", *vacancies: str, **changes: object) -> Post:
    post = Post(
        key=f"{slot}/{channel}",
        slot=slot,
        channel=channel,
        content=Content(
            kind=ContentKind.VACANCY, key=f"vacancy:{'+'.join(vacancies)}", vacancies=vacancies, partners=("sagen",)
        ),
        language="sv",
        message=Message(
            text="Svetsare – sök nu",
            language="sv",
            link="https://jobb.example/1",
            hashtags=("dalarna",),
            images=(Image(path="kort.png", alt="Ett kort", width=1200, height=675),),
            card=LinkCard(url="https://jobb.example/1", title="Svetsare", description="Ludvika"),
            marker="jobb/1",
        ),
        state=PLANNED,
        seed="frö",
        created_at=NOON,
        not_before=NOON,
        due_at=NOON - HOUR,
    )
    return replace(post, **changes)  # type: ignore[arg-type] # a test names fields that are there


def a_delivery(post: Post) -> Delivery:
    return Delivery(
        slot=post.slot,
        content=post.content.key,
        kind=post.content.kind,
        partners=("sagen",),
        vacancies=post.content.vacancies,
        municipalities=("2085",),
        no_degree=True,
        channel=post.channel,
        at=NOON,
    )


def test_the_rows_are_what_the_state_machine_asks_for(store: Store):
    rows: OutboxStore = store.outbox
    assert rows.due(NOON) == ()


def test_a_post_comes_back_as_it_was_and_is_put_in_once(store: Store):
    post = a_post()
    assert store.outbox.add([post, replace(post, key="another/key")]) == (post.key,)
    assert store.outbox.add([replace(post, seed="annat")]) == ()
    assert store.outbox.get(post.key) == post
    assert store.outbox.get("x") is None
    assert [event.kind for event in store.outbox.events(post.key)] == ["planned"]


def test_what_is_due_comes_in_the_order_of_waiting(store: Store):
    posts = [a_post("b", not_before=NOON), a_post("a", not_before=NOON), a_post("c", not_before=NOON - HOUR)]
    store.outbox.add([*posts, a_post("d", not_before=NOON + HOUR), a_post("e", state=PostState.SENT)])

    assert [post.slot for post in store.outbox.due(NOON)] == ["c", "a", "b"]
    assert [post.slot for post in store.outbox.in_state(PLANNED, SENT)] == ["c", "a", "b", "e", "d"]
    assert dict(store.outbox.counts()) == {("bluesky", PLANNED): 4, ("bluesky", SENT): 1}


def test_a_move_is_made_once_and_written_down(store: Store):
    post = a_post()
    store.outbox.add([post])

    sending = store.outbox.move(post.key, PLANNED, SENDING, NOON)
    assert sending == replace(post, state=SENDING, attempts=1)
    assert store.outbox.move(post.key, PLANNED, SENDING, NOON) is None

    receipt = Receipt(remote_id="at://1", url="https://bsky.example/1", at=NOON + HOUR, data={"cid": "x"})
    sent = store.outbox.move(post.key, SENDING, SENT, NOON + HOUR, receipt=receipt, delivery=a_delivery(post))
    assert sent == replace(post, state=SENT, attempts=1, receipt=receipt)
    assert store.plans.deliveries(NOON) == (a_delivery(post),)
    assert store.plans.deliveries(NOON + HOUR) == ()
    assert store.outbox.sent_since("bluesky", NOON + HOUR) == (sent,)
    assert store.outbox.sent_since("bluesky", NOON + DAY) == store.outbox.sent_since("x", NOON) == ()
    assert [event.kind for event in store.outbox.events(post.key)] == ["planned", "sending", "sent"]


def test_what_is_not_given_stays_and_an_error_is_cleared(store: Store):
    post = a_post()
    store.outbox.add([post])
    store.outbox.move(post.key, PLANNED, PLANNED, NOON, error="senare", not_before=NOON + HOUR)
    changed = replace(post.message, text="Kortare")
    moved = store.outbox.move(post.key, PLANNED, SENDING, NOON, message=changed)
    assert moved == replace(post, state=SENDING, attempts=1, not_before=NOON + HOUR, message=changed)


def test_only_the_steps_of_the_table_are_made(store: Store):
    for was in PostState:
        posts = {to: a_post(f"{was}-{to}", state=was) for to in PostState}
        store.outbox.add(list(posts.values()))
        for to, post in posts.items():
            if to in STEPS[was]:
                moved = store.outbox.move(post.key, was, to, NOON)
                assert moved is not None
                assert moved.state is to
            else:
                with pytest.raises(StoreError, match=f"from {was} to {to}"):
                    store.outbox.move(post.key, was, to, NOON)
                assert store.outbox.get(post.key) == post


def test_an_unknown_post_is_an_error(store: Store):
    with pytest.raises(StoreError, match="no post"):
        store.outbox.move("x", PLANNED, SENDING, NOON)


def test_posts_of_a_vacancy_and_of_closed_ones(store: Store):
    one, two = collect(store, (posting(1),), (posting(2),))
    store.outbox.add(
        [a_post("a", "x", one), a_post("b", "x", one, two, state=SENT), a_post("c", "x", two, state=PostState.CLOSED)]
    )

    assert [post.slot for post in store.outbox.posts_of_vacancy(two)] == ["b", "c"]
    assert store.outbox.of_closed_vacancies() == ()
    take(store, harvest([], NOON + HOUR, incremental=True, removed=frozenset({"1"})))
    assert [post.slot for post in store.outbox.of_closed_vacancies()] == ["a", "b"]
    assert [post.slot for post in store.outbox.since(NOON - HOUR)] == ["a", "b", "c"]
    assert store.outbox.since(NOON) == ()


CLAIM_ALL = """
import json, sys
from datetime import datetime
from aggregator.model import PostState
from aggregator.store import Store
now = datetime.fromisoformat(sys.argv[2])
with Store.open(sys.argv[1]) as store:
    sys.stdin.readline()
    won = [p.key for p in store.outbox.due(now) if store.outbox.move(p.key, PostState.PLANNED, PostState.SENDING, now)]
print(json.dumps(won))
"""


def test_of_processes_that_want_the_same_post_one_gets_it(store: Store, store_address: str):
    posts = [a_post(f"slot-{n:02}") for n in range(20)]
    store.outbox.add(posts)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM_ALL, store_address, NOON.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    won = [key for process in started for key in json.loads(process.communicate()[0])]

    assert sorted(won) == sorted(post.key for post in posts)
    assert {post.attempts for post in store.outbox.in_state(SENDING)} == {1}
