"""The outbox's state machine, apart from any database and any network."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ChannelDown, SendLater, SendRefused, SendUnknown
from aggregator.model import Content, ContentKind, Delivery, Post, PostState
from publishers.base import Budget, Cost
from publishers.outbox import Outbox, OutboxReport, Patience, backoff
from tests.support.memory_outbox import NOON, MemoryOutbox, Obedient, a_post, receipt

HOUR = timedelta(hours=1)
S = PostState


def raising(error: Exception) -> Callable[..., Any]:
    def act(*_: object) -> None:
        raise error

    return act


def an_outbox(*posts: Post, channel: Obedient | None = None, **options: Any) -> tuple[Outbox, MemoryOutbox, Obedient]:
    channel = channel or Obedient()
    store = MemoryOutbox(posts)
    return Outbox(store, {channel.name: channel}, **options), store, channel


def state(store: MemoryOutbox, key: str = "slot-1/loud") -> PostState:
    return store.posts[key].state


def test_a_due_post_is_claimed_sent_and_settled():
    outbox, store, channel = an_outbox(a_post(), a_post("slot-2", not_before=NOON + HOUR))
    report = outbox.dispatch(NOON)
    assert store.history == [("slot-1/loud", S.PLANNED, S.SENDING), ("slot-1/loud", S.SENDING, S.SENT)]
    assert store.posts["slot-1/loud"].receipt == receipt("slot-1/loud")
    assert report.counts == {"sent": 1}
    assert report.problems == ()
    assert outbox.dispatch(NOON).steps == ()
    assert channel.published == ["slot-1/loud"]


def test_the_channel_is_called_while_the_row_says_sending():
    outbox, store, channel = an_outbox(a_post())
    seen = []
    channel.on_send = lambda post: seen.append((state(store), post.attempts))
    outbox.dispatch(NOON)
    assert seen == [(S.SENDING, 1)]


@pytest.mark.parametrize(
    ("error", "after", "code"),
    [
        (SendRefused("too rude"), S.REJECTED, "post-refused"),
        (SendUnknown("timed out"), S.UNKNOWN, "outcome-unknown"),
        (ChannelDown("bad password"), S.PLANNED, "channel-down"),
        (ZeroDivisionError("oops"), S.UNKNOWN, "channel-fault"),
    ],
)
def test_each_error_has_its_state_and_one_problem(error, after, code):
    outbox, store, channel = an_outbox(a_post())
    channel.on_send = raising(error)
    report = outbox.dispatch(NOON)
    assert state(store) is after
    assert [problem.code for problem in report.problems] == [code]
    assert str(error.args[0]) in report.problems[0].message


def test_retry_after_is_obeyed_by_the_whole_channel_and_by_it_alone():
    quiet, loud = Obedient("quiet"), Obedient("loud")
    store = MemoryOutbox(
        [a_post(), a_post("slot-2"), a_post("slot-3", not_before=NOON + 2 * HOUR), a_post(channel="quiet")]
    )
    outbox = Outbox(store, {"quiet": quiet, "loud": loud})
    calls = []

    def busy(post):
        calls.append(post.key)
        raise SendLater("429", after=3600)

    loud.on_send = busy
    outbox.dispatch(NOON)
    assert calls == ["slot-1/loud"]
    assert quiet.published == ["slot-1/quiet"]
    assert store.posts["slot-2/loud"].not_before == NOON + HOUR
    assert store.posts["slot-3/loud"].not_before == NOON + 2 * HOUR
    outbox.dispatch(NOON + HOUR - timedelta(seconds=1))
    assert calls == ["slot-1/loud"]
    outbox.dispatch(NOON + HOUR)
    assert len(calls) == 2


def test_a_post_that_fails_again_and_again_waits_longer_but_lets_others_by():
    outbox, store, channel = an_outbox(a_post(), a_post("slot-2"))

    def poison(post):
        if post.slot == "slot-1":
            raise SendLater("500")

    channel.on_send = poison
    waits = []
    for _ in range(4):
        now = store.posts["slot-1/loud"].not_before
        outbox.dispatch(now)
        waits.append((store.posts["slot-1/loud"].not_before - now).total_seconds())
    assert channel.published == ["slot-2/loud"]
    assert all(60 * 2**at <= wait <= 75 * 2**at for at, wait in enumerate(waits))


@given(st.integers(1, 60), st.text(min_size=1, max_size=8))
def test_backing_off_is_bounded_and_always_the_same(attempts, seed):
    post = a_post(attempts=attempts, seed=seed)
    wait = backoff(post, Patience(), None)
    assert timedelta(seconds=60) <= wait <= HOUR * 1.25
    assert wait == backoff(post, Patience(), None)
    assert backoff(post, Patience(), 7200) == 2 * HOUR


def test_a_channel_that_fails_everything_is_noticed_in_one_run():
    posts = [a_post(f"slot-{at}") for at in range(6)]
    outbox, _, channel = an_outbox(*posts)
    calls = []

    def dead(post):
        calls.append(post.key)
        raise SendLater("503")

    channel.on_send = dead
    report = outbox.dispatch(NOON)
    assert len(calls) == 3
    assert [problem.code for problem in report.problems] == ["channel-failing"]


def test_bad_credentials_are_said_once_and_the_posts_wait_until_they_are_stale():
    posts = [a_post(f"slot-{at}") for at in range(3)]
    outbox, store, channel = an_outbox(*posts)
    channel.on_send = raising(ChannelDown("wrong password"))
    report = outbox.dispatch(NOON)
    assert [problem.code for problem in report.problems] == ["channel-down"]
    assert {post.state for post in store.posts.values()} == {S.PLANNED}
    late = outbox.dispatch(NOON + 13 * HOUR)
    assert late.counts == {"cancelled": 3}
    assert [problem.code for problem in late.problems] == ["too-late"]
    assert store.posts["slot-0/loud"].error == "13 h late: wrong password"


def test_lateness_counts_from_the_slot_not_from_the_last_postponement():
    outbox, store, _ = an_outbox(a_post(not_before=NOON + 12 * HOUR))
    outbox.dispatch(NOON + 13 * HOUR)
    assert state(store) is S.CANCELLED


def test_missing_credentials_are_named_and_nothing_is_claimed():
    outbox, store, channel = an_outbox(a_post(), a_post("slot-2"))
    channel.absent = ("LOUD_TOKEN",)
    report = outbox.dispatch(NOON)
    assert store.history == []
    assert [(p.code, p.message) for p in report.problems] == [
        ("credentials-missing", "set LOUD_TOKEN in the environment")
    ]


def test_a_channel_taken_out_of_the_settings_is_said():
    outbox, store, _ = an_outbox(a_post(channel="gone"))
    assert [problem.code for problem in outbox.dispatch(NOON).problems] == ["channel-gone"]
    assert store.history == []


@pytest.mark.parametrize(
    ("answer", "after", "published"), [("alive", S.SENT, 1), ("gone", S.CANCELLED, 0), ("unknown", S.PLANNED, 0)]
)
def test_the_source_is_asked_right_before(answer, after, published):
    outbox, store, channel = an_outbox(a_post())
    outbox.dispatch(NOON, lambda _post: answer)
    assert state(store) is after
    assert len(channel.published) == published


def test_an_answer_nobody_knows_is_a_programmer_s_error():
    outbox, _, _ = an_outbox(a_post())
    with pytest.raises(ValueError, match="'perhaps'"):
        outbox.dispatch(NOON, lambda _post: "perhaps")


def test_the_stop_flag_is_seen_between_two_posts():
    outbox, _, channel = an_outbox(a_post(), a_post("slot-2"))
    outbox.stopped = lambda: len(channel.published) == 1
    report = outbox.dispatch(NOON)
    assert channel.published == ["slot-1/loud"]
    assert [problem.code for problem in report.problems] == ["stopped"]


def test_another_process_that_took_the_post_keeps_it():
    outbox, store, channel = an_outbox(a_post())

    def taken_meanwhile(post: Post) -> str:
        store.move(post.key, S.PLANNED, S.SENDING, NOON)
        return "alive"

    assert outbox.dispatch(NOON, taken_meanwhile).steps == ()
    assert channel.published == []


def test_what_was_sent_is_in_the_ledger():
    delivery = Delivery(
        slot="slot-1", content="vacancy:AB12CD", kind=ContentKind.VACANCY, partners=("a",), vacancies=("AB12CD",),
        municipalities=("2085",), no_degree=True, channel="loud", at=NOON,
    )  # fmt: skip
    outbox, store, _ = an_outbox(a_post(), deliver=lambda _post, _receipt: delivery)
    outbox.dispatch(NOON)
    assert store.deliveries == [delivery]


def test_what_reaches_nobody_is_not_in_the_ledger():
    outbox, store, _ = an_outbox(a_post(), channel=Obedient(live=False), deliver=raising(AssertionError()))
    outbox.dispatch(NOON)
    assert state(store) is S.SENT


# --- recovery ----------------------------------------------------------------------------------------------------------


def test_a_post_cut_off_is_looked_up_after_a_while_and_found():
    outbox, store, channel = an_outbox(a_post(state=S.SENDING, attempts=1))
    channel.on_look_up = lambda post: receipt(post.key)
    outbox.recover(NOON)
    assert state(store) is S.UNKNOWN
    outbox.recover(NOON + timedelta(seconds=59))
    assert state(store) is S.UNKNOWN
    report = outbox.recover(NOON + timedelta(seconds=60))
    assert state(store) is S.SENT
    assert report.steps[0].why == "found at the channel"
    assert channel.published == []


def test_a_post_that_surely_is_not_there_goes_through_all_checks_again():
    outbox, store, channel = an_outbox(a_post(state=S.UNKNOWN))
    outbox.recover(NOON)
    assert state(store) is S.PLANNED
    outbox.dispatch(NOON, lambda _post: "gone")
    assert state(store) is S.CANCELLED
    assert channel.published == []


def test_another_post_s_receipt_is_not_taken_for_this_one_s():
    sent = a_post("slot-0", state=S.SENT, receipt=receipt("x"))
    outbox, store, channel = an_outbox(sent, a_post(state=S.UNKNOWN))
    channel.on_look_up = lambda _post: receipt("x")
    outbox.recover(NOON)
    assert state(store) is S.PLANNED


def test_a_channel_that_cannot_look_up_but_is_idempotent_sends_again():
    outbox, store, channel = an_outbox(
        a_post(state=S.SENDING, attempts=1), channel=Obedient(look_up=False, idempotent=True)
    )
    outbox.recover(NOON)
    assert state(store) is S.SENT
    assert store.posts["slot-1/loud"].attempts == 2
    assert channel.published == ["slot-1/loud"]


@pytest.mark.parametrize(("published", "after"), [(True, S.SENT), (False, S.PLANNED)])
def test_a_channel_that_can_do_neither_waits_for_the_operator(published, after):
    outbox, store, channel = an_outbox(a_post(state=S.UNKNOWN), channel=Obedient(look_up=False))
    assert [problem.code for problem in outbox.recover(NOON).problems] == ["outcome-unknown"]
    assert (state(store), channel.published) == (S.UNKNOWN, [])
    outbox.settle_by_hand(store.posts["slot-1/loud"], NOON, published=published)
    assert state(store) is after


@pytest.mark.parametrize(
    "error", [SendUnknown("no answer"), SendLater("429", after=90), ChannelDown("401"), KeyError("id")]
)
def test_a_look_up_that_fails_leaves_the_post_unknown_and_says_so(error):
    outbox, store, channel = an_outbox(a_post(state=S.UNKNOWN))
    channel.on_look_up = raising(error)
    report = outbox.recover(NOON)
    assert state(store) is S.UNKNOWN
    assert len(report.problems) == 1
    assert channel.published == []


# --- money ---------------------------------------------------------------------------------------------------------------


def test_a_short_budget_drops_the_link_or_waits():
    def run(when_short: str, spent: float) -> tuple[OutboxReport, Post]:
        earlier = a_post("slot-0", state=S.SENT, receipt=receipt("a", cost_usd=str(spent)))
        outbox, store, channel = an_outbox(earlier, a_post())
        channel.prices, channel.bound = Cost(post=0.015, post_with_link=0.2), Budget(monthly=1.0, when_short=when_short)
        return outbox.dispatch(NOON), store.posts["slot-1/loud"]

    report, post = run("drop-link", 0.8)
    assert post.message.link
    assert post.receipt
    assert post.receipt.data["cost_usd"] == "0.2000"
    report, post = run("drop-link", 0.81)
    assert post.receipt
    assert (post.message.link, post.message.text, post.receipt.data["cost_usd"]) == ("", "Svetsare", "0.0150")
    report, post = run("wait", 0.81)
    assert post.state is S.PLANNED
    assert [problem.code for problem in report.problems] == ["budget-spent"]
    assert "$0.19 left" in report.problems[0].message
    _, post = run("drop-link", 0.99)
    assert post.state is S.PLANNED


def test_last_month_s_posts_are_not_this_month_s_money():
    earlier = a_post("slot-0", state=S.SENT, receipt=receipt("a", NOON - timedelta(days=30), cost_usd="1"))
    outbox, store, channel = an_outbox(earlier, a_post())
    channel.prices, channel.bound = Cost(post_with_link=0.2), Budget(monthly=0.2)
    outbox.dispatch(NOON)
    assert state(store) is S.SENT


def test_what_may_have_gone_out_counts_as_spent():
    outbox, store, channel = an_outbox(a_post("slot-0", state=S.UNKNOWN), a_post())
    channel.prices, channel.bound = Cost(post_with_link=0.2), Budget(monthly=0.3)
    outbox.dispatch(NOON)
    assert state(store) is S.PLANNED


# --- closing -------------------------------------------------------------------------------------------------------------

CLOSED = {"AB12CD": "removed by its source"}


def test_a_closed_vacancy_s_posts_are_taken_down_or_never_sent():
    outbox, store, channel = an_outbox(a_post(state=S.SENT, receipt=receipt("a")), a_post("slot-2"))
    report = outbox.close(NOON, CLOSED)
    assert (state(store), state(store, "slot-2/loud")) == (S.CLOSED, S.CANCELLED)
    assert store.posts["slot-1/loud"].close_reason == "removed by its source"
    assert channel.closed == ["slot-1/loud"]
    assert report.counts == {"closed": 1, "cancelled": 1}
    assert outbox.close(NOON, CLOSED).steps == ()


def test_a_close_cut_off_is_done_again():
    outbox, store, channel = an_outbox(a_post(state=S.CLOSING, receipt=receipt("a")))
    outbox.close(NOON, {})
    assert (state(store), channel.closed) == (S.CLOSED, ["slot-1/loud"])


def test_a_close_that_fails_is_tried_again_later():
    outbox, store, channel = an_outbox(a_post(state=S.SENT, receipt=receipt("a")))
    channel.on_close = raising(SendLater("429", after=600))
    outbox.close(NOON, CLOSED)
    assert state(store) is S.CLOSING
    channel.on_close = lambda *_: None
    outbox.close(NOON + timedelta(seconds=599), {})
    assert state(store) is S.CLOSING
    outbox.close(NOON + timedelta(seconds=600), {})
    assert state(store) is S.CLOSED


def test_a_channel_that_cannot_delete_gets_the_closing_words():
    outbox, _, channel = an_outbox(
        a_post(state=S.SENT, receipt=receipt("a")), channel=Obedient(delete=False, edit=True)
    )
    said = []
    channel.on_close = lambda _post, words: said.append(words.text)
    outbox.close(NOON, CLOSED)
    assert said == ["Ansökan är stängd för jobben som visades här.\nLiknande jobb: https://jobb.example/jobb/AB12CD/"]


def test_what_cannot_be_taken_down_by_us_is_said_until_a_person_did():
    outbox, store, _ = an_outbox(a_post(state=S.SENT, receipt=receipt("a")), channel=Obedient(delete=False))
    for _ in range(2):
        assert [problem.code for problem in outbox.close(NOON, CLOSED).problems] == ["take-down-by-hand"]
    outbox.settle_by_hand(store.posts["slot-1/loud"], NOON, published=False)
    assert state(store) is S.CLOSED
    assert outbox.close(NOON, CLOSED).problems == ()


@pytest.mark.parametrize(("closed", "after"), [("A", S.SENT), ("AB", S.SENT), ("ABC", S.CLOSED), ("ABCD", S.CLOSED)])
def test_a_round_up_stands_until_most_of_it_is_closed(closed, after):
    content = Content(kind=ContentKind.ROUND_UP, key="round-up:A+B+C+D", vacancies=tuple("ABCD"))
    outbox, store, _ = an_outbox(
        a_post(state=S.SENT, receipt=receipt("a"), content=content), a_post("slot-2", content=content)
    )
    outbox.close(NOON, dict.fromkeys(closed, "gone"))
    assert state(store) is after
    assert state(store, "slot-2/loud") is S.CANCELLED


def test_secrets_in_a_library_s_error_do_not_reach_the_report(monkeypatch):
    from aggregator.settings.secrets import EnvSecret
    from publishers.base import ChannelOptions

    class WithSecret(ChannelOptions):
        token: EnvSecret

    monkeypatch.setenv("LOUD_TOKEN", "hemlis-123")
    outbox, store, channel = an_outbox(a_post())
    channel.options = WithSecret(token=EnvSecret(env="LOUD_TOKEN"))
    channel.on_send = raising(RuntimeError("GET /?token=hemlis-123"))
    report = outbox.dispatch(NOON)
    assert "hemlis" not in repr(report) + repr(store.posts)
    assert "<LOUD_TOKEN>" in report.problems[0].message
