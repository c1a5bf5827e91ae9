"""The fourth step: what is due is looked at again at its source, put into words, and handed to the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.app.collect import manners
from aggregator.app.planning import LATE, by_id, make_plan
from aggregator.app.quick import STOPPED
from aggregator.app.writing import Writer, post_key, write_posts
from aggregator.choose import facts
from aggregator.errors import UsageError
from aggregator.model import Closed, Delivery, Message, Plan, PlanItem, Post, PostState, Problem, Receipt

if TYPE_CHECKING:
    from aggregator.app.house import House
    from publishers.base import Channel
    from publishers.outbox import Outbox, OutboxReport
    from spiders.crawl import Alive

ROUNDS = 3
"""How often the plan is made anew because what it chose is gone from its source."""

CLOSED_LATELY = timedelta(days=60)
"""How long after a vacancy closed its posts are still looked for; channels' own limits are shorter."""


def outbox_of(house: House) -> Outbox:
    """The outbox over this house's store and channels."""
    from publishers.compose import Templates
    from publishers.outbox import Outbox, plain_closure

    templates = Templates(house.settings.templates)

    def deliver(post: Post, receipt: Receipt) -> Delivery | None:
        channel = house.channels.get(post.channel)
        if channel is None or not channel.abilities.live:
            return None  # a pack for somebody to post is no post yet, and keeps no promise
        vacancies = by_id(house.store.vacancies.many(post.content.vacancies))
        places, no_degree = facts(post.content, vacancies)
        return Delivery(
            slot=post.slot,
            content=post.content.key,
            kind=post.content.kind,
            partners=post.content.partners,
            vacancies=post.content.vacancies,
            municipalities=places,
            no_degree=no_degree,
            channel=post.channel,
            at=receipt.at,
        )

    def close_words(post: Post, channel: Channel) -> Message:
        return plain_closure(post, channel, templates)

    return Outbox(
        house.store.outbox,
        {name: channel for name, channel in house.channels.items() if channel.options.enabled},
        stopped=lambda: house.store.journal.flag(STOPPED) is not None,
        deliver=deliver,
        close_words=close_words,
    )


def tidy_outbox(house: House, now: datetime) -> OutboxReport:
    """Settle what an earlier run left open."""
    return outbox_of(house).recover(now)


def send_due(house: House, now: datetime) -> tuple[Plan, OutboxReport]:
    """Choose, verify, compose and send everything whose time has come."""
    from publishers.outbox import OutboxReport

    plan, looked = choose_living(house, now)
    house.store.plans.save(plan)
    problems = queue(house, plan, now)
    alive = _answer(house, looked, now)
    with house.progress.step("publishing") as step:
        sent = outbox_of(house).dispatch(now, alive)
        step.note = ", ".join(f"{count} {state}" for state, count in sent.counts.items()) or "nothing due"
    return plan, OutboxReport(problems=tuple(problems)) + sent


def choose_living(house: House, now: datetime) -> tuple[Plan, dict[str, Alive]]:
    """A plan whose due items were seen alive at their source just now.

    What is gone or does not answer is left out and the plan made again, at most `ROUNDS` times; what still does not
    answer then is left to the outbox, which lets it wait.
    """
    looked: dict[str, Alive] = {}
    with house.progress.step("choosing") as step:
        plan = make_plan(house, now)
        for _ in range(ROUNDS):
            due = {key for item in due_items(plan, now) if item.content for key in item.content.vacancies}
            if not house.posting_channels or not due - looked.keys():
                break
            looked |= look(house, due - looked.keys(), now)
            without = {key for key, alive in looked.items() if not alive.alive}
            if not without & due:
                break
            plan = make_plan(house, now, without=without)
        filled = sum(item.content is not None for item in plan.items)
        step.note = f"{filled} of {len(plan.items)} slots filled"
    return plan, looked


def due_items(plan: Plan, now: datetime) -> list[PlanItem]:
    """The plan's items whose time has come and is not over."""
    return [item for item in plan.items if item.content is not None and now - LATE <= item.slot.at <= now]


def look(house: House, vacancies: Iterable[str], now: datetime) -> dict[str, Alive]:
    """Look at vacancies' ad pages again. What its source says is gone is closed in the store at once."""
    from spiders.crawl import Target, verify

    found = house.store.vacancies.many(sorted(vacancies))
    sources = {source.key: source for source in house.settings.sources}
    targets = [
        Target(
            key=vacancy.id,
            url=vacancy.lead.url,
            title=vacancy.lead.title,
            source=sources.get(vacancy.lead.source),
            identifier=vacancy.lead.identifier,
        )
        for vacancy in found
    ]
    with house.progress.step("looking at the ads again", total=len(targets)) as step:
        answers = verify(targets, manners(house), timeout=house.settings.collect.run_timeout, now=now)
        step.done = len(answers)
    for vacancy in found:
        answer = answers[vacancy.id]
        if answer.gone:
            closed = Closed(key=vacancy.lead.key, reason=f"its own page says so: {answer.reason}")
            house.store.harvests.close([closed], now)
    return dict(answers)


def _answer(house: House, looked: Mapping[str, Alive], now: datetime) -> Callable[[Post], str]:
    """What the outbox asks of each due post; posts from earlier runs are looked at now, all at once."""
    shown = (key for post in house.store.outbox.due(now) for key in post.content.vacancies)
    due = {vacancy.id for vacancy in house.store.vacancies.many(sorted(set(shown)))}
    known = dict(looked)
    if due - known.keys() and house.posting_channels:
        known |= look(house, due - known.keys(), now)
    held = {vacancy.id: vacancy.held for vacancy in house.store.vacancies.open()}
    merged = house.store.vacancies.aliases()

    def stands(key: str) -> str:
        if key not in held:
            return "gone"
        return "unknown" if held[key] else known[key].standing.value

    def alive(post: Post) -> str:
        verdicts = {stands(merged.get(key, key)) for key in post.content.vacancies}
        return "gone" if "gone" in verdicts else "unknown" if "unknown" in verdicts else "alive"

    return alive


def queue(house: House, plan: Plan, now: datetime) -> list[Problem]:
    """Put the due items' posts into the outbox; says what could not be put into words and which channels wait.

    What is in the outbox already keeps its words.
    """
    ready = house.posting_channels
    there = keys_in_outbox(house, now)
    items = [
        item
        for item in due_items(plan, now)
        if any(name in ready and post_key(item, name) not in there for name in item.slot.channels)
    ]
    problems: dict[str, Problem] = {}
    with house.progress.step("composing", total=len(items) or None) as step:
        writer = Writer.of(house, now)
        for item in items:
            wanted = {name: channel for name, channel in ready.items() if post_key(item, name) not in there}
            made = [post for _, post in write_posts(writer, [item], wanted, now)]
            house.store.outbox.add([post for post in made if isinstance(post, Post)])
            for problem in (one for one in made if isinstance(one, Problem)):
                problems[problem.where] = problem
                ready.pop(problem.where, None)  # a channel that does not answer is not asked again for the others
            step.advance()
    return [*problems.values(), *waiting(house)]


def keys_in_outbox(house: House, now: datetime) -> frozenset[str]:
    """Keys of the posts that slots may have which can still be filled."""
    return frozenset(post.key for post in house.store.outbox.since(now - LATE - timedelta(hours=1)))


def waiting(house: House) -> list[Problem]:
    """The channels that wait for their credentials."""
    return [
        Problem(
            level="info",
            code="channel-waits",
            where=name,
            message=f"waits for its credentials: set {', '.join(dict.fromkeys(channel.missing()))}",
        )
        for name, channel in house.channels.items()
        if channel.options.enabled and channel.takes_posts and channel.missing()
    ]


def settle(house: House, key: str, now: datetime, *, published: bool, url: str = "") -> Post:
    """Take the operator's word for a post whose channel cannot tell; returns it as it now stands.

    Raises `UsageError` for an unknown post, and for one that needs nobody's word.
    """
    post = house.store.outbox.get(key)
    if post is None:
        raise UsageError(f"there is no post {key!r}", hint="`jobbfyr problems` names the posts that wait for a word")
    if post.state is PostState.SENDING:
        outbox_of(house).recover(now)  # the caller holds the lock: nobody is sending it
        post = house.store.outbox.get(key) or post
    settled = outbox_of(house).settle_by_hand(post, now, published=published, url=url)
    if settled is not None:
        return settled
    if post.state is PostState.CLOSING:
        raise UsageError(f"{key} is to be taken down", hint="delete it at the channel, then say --not-published")
    raise UsageError(f"{key} is {post.state.value}", hint="only posts that are unknown or closing wait for a word")


def close_posts(house: House, now: datetime) -> OutboxReport:
    """Take down the posts of vacancies that closed."""
    closed = {v.id: v.close_reason for v in house.store.vacancies.closed_since(now - CLOSED_LATELY)}
    still_open = {vacancy.id for vacancy in house.store.vacancies.open()}
    merged = house.store.vacancies.aliases()
    with house.progress.step("closing") as step:
        done = outbox_of(house).close(now, closed, is_open=lambda key: merged.get(key, key) in still_open)
        step.note = ", ".join(f"{count} {state}" for state, count in done.counts.items()) or "nothing to close"
    return done
