"""The outbox: every post goes out once, whatever dies in between.

    planned → sending → sent | rejected | unknown → closing → closed          (planned → cancelled)

Each step is one committed compare-and-set on the post's row, and the network is never called inside a transaction:
`sending` is committed, the channel is called, its answer is committed. A post found in `sending` when nobody is
sending was cut off between the two, so its outcome is unknown: it is looked up, never blindly sent again.

One file, though a long one, so that every step between two states can be read beside the others.

Round-ups are taken down when more than half of their vacancies are closed: until then the page they link to shows
the others. A round-up still planned is cancelled when any of its vacancies closes, for its text would name it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.errors import ChannelDown, JobbfyrError, SendLater, SendRefused, SendUnknown
from aggregator.model import Delivery, Message, Post, PostState, Receipt
from publishers import budget
from publishers.base import Channel
from publishers.compose import plain_closure
from publishers.steps import COST, OutboxReport, OutboxStore, Patience, Run, Step, backoff

__all__ = ["COST", "Outbox", "OutboxReport", "OutboxStore", "Patience", "Step", "backoff", "plain_closure"]


class Outbox:
    """Takes posts through their states.

    `channels` by name. `stopped` is asked before each send; true ends the run. `deliver` makes the ledger's row of a
    sent post. `close_words` makes the message a post is edited into where a channel cannot delete. `alive` (see
    `dispatch`) looks at the vacancy's source. A channel that fails never stops another.
    """

    def __init__(
        self,
        store: OutboxStore,
        channels: Mapping[str, Channel],
        *,
        patience: Patience | None = None,
        stopped: Callable[[], bool] = lambda: False,
        deliver: Callable[[Post, Receipt], Delivery | None] = lambda _post, _receipt: None,
        close_words: Callable[[Post, Channel], Message] = plain_closure,
    ) -> None:
        self.store = store
        self.channels = channels
        self.patience = patience or Patience()
        self.stopped = stopped
        self.deliver = deliver
        self.close_words = close_words

    # --- what an earlier run left behind -------------------------------------------------------------------------

    def recover(self, now: datetime) -> OutboxReport:
        """Settle what an earlier run left open. Call it before `dispatch`, while no other process is sending.

        A post in `sending` becomes `unknown`. An unknown one is looked up where the channel can: found, it is sent;
        surely not there, it is planned again and goes through `dispatch` with all its checks. Where the channel cannot
        look up but sending twice makes one post, it is sent again. Else it waits for `settle_by_hand`.
        """
        run = Run(now)
        for post in self.store.in_state(PostState.SENDING):
            channel = self.channels.get(post.channel)
            once = channel is not None and channel.abilities.idempotent
            until = now if once else now + self.patience.look_up_after
            why = "the process ended while it was being sent"
            self._move(run, post, PostState.UNKNOWN, error=why, not_before=until)
        for post in self.store.in_state(PostState.UNKNOWN):
            if post.not_before <= now and (channel := self._ready(run, post)) is not None:
                self._find_out(run, post, channel)
        return run.report()

    def _find_out(self, run: Run, post: Post, channel: Channel) -> None:
        if channel.abilities.look_up:
            try:
                found = channel.look_up(post)
            except Exception as error:  # noqa: BLE001 - one channel's fault must not stop the others
                self._later(run, post, channel, error, "look-up-failed")
                return
            if found is not None and not self._belongs_to_another(post, found):
                self._sent(run, post, channel, found, why="found at the channel")
            else:
                self._move(run, post, PostState.PLANNED, error="not found at the channel", not_before=run.now)
        elif channel.abilities.idempotent:
            if claimed := self.store.move(post.key, PostState.UNKNOWN, PostState.SENDING, run.now):
                self._send(run, claimed, channel)
        else:
            text = f"nobody knows whether {post.key} went out; look at the channel and say so"
            run.say("error", "outcome-unknown", post.channel, text, post)

    def _belongs_to_another(self, post: Post, found: Receipt) -> bool:
        others = self.store.sent_since(post.channel, post.due - timedelta(days=30))
        return any(
            other.key != post.key and other.receipt is not None and other.receipt.remote_id == found.remote_id
            for other in others
        )

    # --- sending -------------------------------------------------------------------------------------------------

    def dispatch(self, now: datetime, alive: Callable[[Post], str] = lambda _post: "alive") -> OutboxReport:
        """Send what is due, one by one.

        `alive` tells of a post whether what it shows still stands at its source: `alive`; `gone` cancels the post;
        `unknown` (the source does not answer) makes it wait. `ValueError` is raised for any other answer.
        """
        run = Run(now)
        for post in self.store.due(now):
            if self.stopped():
                run.say("warning", "stopped", "outbox", "publishing is stopped; `jobbfyr resume` lets it go on", post)
                break
            self._dispatch_one(run, post, alive)
        return run.report()

    def _dispatch_one(self, run: Run, post: Post, alive: Callable[[Post], str]) -> None:
        late = run.now - post.due
        if late > self.patience.fresh:
            why = f"{late.total_seconds() / 3600:.0f} h late" + (f": {post.error}" if post.error else "")
            self._move(run, post, PostState.CANCELLED, error=why)
            run.say("warning", "too-late", post.channel, f"posts were given up for being late; {why}", post)
            return
        channel = self._ready(run, post)
        if channel is None or not self._still_stands(run, post, alive):
            return
        message = self._affordable(run, post, channel)
        if message is None:
            return
        changed = message if message != post.message else None
        if claimed := self.store.move(post.key, PostState.PLANNED, PostState.SENDING, run.now, message=changed):
            self._send(run, claimed, channel)

    def _still_stands(self, run: Run, post: Post, alive: Callable[[Post], str]) -> bool:
        answer = alive(post)
        if answer == "gone":
            self._move(run, post, PostState.CANCELLED, error="what it shows is gone from its source")
        elif answer == "unknown":
            why = "its source did not answer"
            self._move(run, post, PostState.PLANNED, error=why, not_before=run.now + self.patience.recheck)
            run.say("warning", "source-silent", post.channel, f"posts wait because {why}", post)
        elif answer != "alive":
            raise ValueError(f"alive() answered {answer!r}; known: alive, gone, unknown")
        return answer == "alive"

    def _affordable(self, run: Run, post: Post, channel: Channel) -> Message | None:
        bound = channel.budget()
        if bound is None:
            return post.message
        left = budget.left(self.store, channel, bound, run.now)
        message = budget.affordable(channel, bound, post.message, left)
        if message is None:
            why = f"its budget of ${bound.monthly:.2f} a month has ${max(left, 0):.2f} left"
            wait = run.now + self.patience.longest_wait
            self._move(run, post, PostState.PLANNED, error=why, not_before=wait)
            run.say("warning", "budget-spent", post.channel, f"posts wait: {why}", post)
        return message

    def _send(self, run: Run, post: Post, channel: Channel) -> None:
        """Call the channel for a post in `sending` and commit what came of it."""
        try:
            receipt = channel.send(post, now=run.now)
        except SendRefused as error:
            why = channel.redact(str(error))
            self._move(run, post, PostState.REJECTED, error=why)
            run.say("error", "post-refused", post.channel, f"the channel refused a post: {why}", post)
        except SendLater as error:
            self._wait_as_asked(run, post, channel, error)
        except ChannelDown as error:
            why = channel.redact(str(error))
            self._move(run, post, PostState.PLANNED, error=why, not_before=run.now)
            self._hold(run, post, "channel-down", why)
        except Exception as error:  # noqa: BLE001 - a bug in one channel: its outcome is unknown, the others go on
            expected = isinstance(error, SendUnknown)
            why = channel.redact(str(error) if expected else f"{type(error).__name__}: {error}")
            self._move(run, post, PostState.UNKNOWN, error=why, not_before=run.now + self.patience.look_up_after)
            code = "outcome-unknown" if expected else "channel-fault"
            run.say("warning" if expected else "error", code, post.channel, f"an outcome is unknown: {why}", post)
            self._strike(run, post, why)
        else:
            price = channel.price(post.message)
            if price:
                receipt = replace(receipt, data={**receipt.data, COST: f"{price:.4f}"})
            self._sent(run, post, channel, receipt)
            run.strikes[post.channel] = 0

    def _wait_as_asked(self, run: Run, post: Post, channel: Channel, error: SendLater) -> None:
        why = channel.redact(str(error))
        until = run.now + backoff(post, self.patience, error.after)
        self._move(run, post, PostState.PLANNED, error=why, not_before=until)
        if error.after is None:
            self._strike(run, post, why)
            return
        run.held.add(post.channel)  # it named a time, and that holds for everything meant for it
        for other in self.store.in_state(PostState.PLANNED):
            if other.channel == post.channel and other.key != post.key and other.not_before < until:
                self._move(run, other, PostState.PLANNED, error=why, not_before=until)

    def _sent(self, run: Run, post: Post, channel: Channel, receipt: Receipt, why: str = "") -> None:
        delivery = self.deliver(post, receipt) if channel.abilities.live else None
        self._move(run, post, PostState.SENT, receipt=receipt, delivery=delivery, why=why)

    # --- closing -------------------------------------------------------------------------------------------------

    def close(
        self, now: datetime, closed: Mapping[str, str], *, is_open: Callable[[str], bool] | None = None
    ) -> OutboxReport:
        """Take down the posts of closed vacancies (id -> why it closed) and cancel those still planned.

        Give it every vacancy closed lately, not only those of this cycle: what is done already is left alone, and a
        post whose outcome was unknown is then caught when it is found. `is_open` tells of the other vacancies of a
        round-up (default: open unless in `closed`).
        """
        run = Run(now)
        still = is_open or (lambda vacancy: vacancy not in closed)
        for vacancy, reason in closed.items():
            for post in self.store.posts_of_vacancy(vacancy):
                if post.state is PostState.PLANNED:
                    self._move(run, post, PostState.CANCELLED, error=f"vacancy {vacancy} closed: {reason}")
                elif post.state is PostState.SENT and _mostly_closed(post, still):
                    self.store.move(
                        post.key, PostState.SENT, PostState.CLOSING, now, not_before=now, close_reason=reason
                    )
        for post in self.store.in_state(PostState.CLOSING):
            if post.not_before <= now and (channel := self._ready(run, post)) is not None:
                self._close_one(run, post, channel)
        return run.report()

    def _close_one(self, run: Run, post: Post, channel: Channel) -> None:
        if not (channel.abilities.delete or channel.abilities.edit):
            address = post.receipt.url if post.receipt else ""
            text = f"posts of closed vacancies must be taken down by hand, such as {address or post.key}"
            run.say("error", "take-down-by-hand", post.channel, text, post)
            return
        try:
            blank = Message(text="", language=post.language)
            words = blank if channel.abilities.delete else self.close_words(post, channel)
            channel.close(post, words, now=run.now)
        except Exception as error:  # noqa: BLE001 - one channel's fault must not stop the others
            self._later(run, post, channel, error, "take-down-failed")
            return
        receipt = post.receipt
        if receipt is not None and channel.cost.delete:
            total = float(receipt.data.get(COST, "0")) + channel.cost.delete
            receipt = replace(receipt, data={**receipt.data, COST: f"{total:.4f}"})
        self._move(run, post, PostState.CLOSED, receipt=receipt, why=post.close_reason)

    # --- by hand -------------------------------------------------------------------------------------------------

    def settle_by_hand(self, post: Post, now: datetime, *, published: bool, url: str = "") -> Post | None:
        """An operator's word where the channel cannot tell. Of an unknown post: whether it was published (if not, it
        is planned again); of a closing one: whether it still is published (if not, it is closed). None when it is in
        neither state any more.
        """
        if post.state is PostState.UNKNOWN and published:
            receipt = Receipt(remote_id="", url=url, at=now)
            delivery = self.deliver(post, receipt)
            return self.store.move(post.key, post.state, PostState.SENT, now, receipt=receipt, delivery=delivery)
        if post.state is PostState.UNKNOWN:
            return self.store.move(post.key, post.state, PostState.PLANNED, now, not_before=now)
        if post.state is PostState.CLOSING and not published:
            return self.store.move(post.key, post.state, PostState.CLOSED, now)
        return None

    # --- shared --------------------------------------------------------------------------------------------------

    def _ready(self, run: Run, post: Post) -> Channel | None:
        """The post's channel when it can be used now; says once why not."""
        channel = self.channels.get(post.channel)
        if channel is None:
            text = f"channels.yml has no enabled channel {post.channel!r}, but posts wait for it"
            run.say("warning", "channel-gone", post.channel, text, post)
            return None
        if post.channel in run.held:
            return None
        if missing := channel.missing():
            self._hold(
                run, post, "credentials-missing", f"set {', '.join(missing)} in the environment", level="warning"
            )
            return None
        return channel

    def _later(self, run: Run, post: Post, channel: Channel, error: Exception, code: str) -> None:
        """Keep a post in its state and ask again later: a look-up or a closing that did not get through."""
        known = isinstance(error, JobbfyrError)
        why = channel.redact(str(error) if known else f"{type(error).__name__}: {error}")
        if isinstance(error, ChannelDown):
            self._hold(run, post, "channel-down", why)
            return
        after = error.after if isinstance(error, SendLater) else None
        wait = self.patience.by_hand if isinstance(error, SendRefused) else backoff(post, self.patience, after)
        if after is not None:
            run.held.add(post.channel)
        self._move(run, post, post.state, error=why, not_before=run.now + wait)
        run.say("warning" if isinstance(error, SendLater) else "error", code, post.channel, why, post)

    def _hold(self, run: Run, post: Post, code: str, why: str, *, level: str = "error") -> None:
        run.held.add(post.channel)
        run.say(level, code, post.channel, why, post)

    def _strike(self, run: Run, post: Post, why: str) -> None:
        run.strikes[post.channel] += 1
        if run.strikes[post.channel] >= self.patience.strikes:
            self._hold(
                run, post, "channel-failing", f"{self.patience.strikes} posts in a row failed, the rest wait: {why}"
            )

    def _move(
        self,
        run: Run,
        post: Post,
        to: PostState,
        *,
        error: str = "",
        why: str = "",
        not_before: datetime | None = None,
        receipt: Receipt | None = None,
        delivery: Delivery | None = None,
    ) -> None:
        moved = self.store.move(
            post.key, post.state, to, run.now, error=error, not_before=not_before, receipt=receipt, delivery=delivery
        )
        if moved is not None:
            run.steps.append(Step(key=post.key, channel=post.channel, state=to, why=error or why))


def _mostly_closed(post: Post, is_open: Callable[[str], bool]) -> bool:
    shown = post.content.vacancies
    return 2 * sum(not is_open(vacancy) for vacancy in shown) > len(shown)
