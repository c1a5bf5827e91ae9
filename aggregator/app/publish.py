"""The fourth step: what is due is looked at again at its source, put into words, and handed to the outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.app.collect import manners
from aggregator.app.drafts import Desk
from aggregator.app.planning import by_id, make_plan
from aggregator.choose import facts
from aggregator.errors import JobbfyrError
from aggregator.model import (
    Closed,
    Content,
    Delivery,
    Image,
    Message,
    Plan,
    PlanItem,
    Post,
    PostState,
    Problem,
    Receipt,
)

if TYPE_CHECKING:
    from aggregator.app.house import House
    from publishers.base import Channel
    from publishers.cards import CardFolder
    from publishers.compose import Templates
    from publishers.outbox import Outbox, OutboxReport
    from spiders.crawl import Alive

ROUNDS = 3
"""How often the plan is made anew because what it chose is gone from its source."""

STOPPED = "stopped"
"""The switch that `jobbfyr stop` throws."""

CLOSED_LATELY = timedelta(days=60)
"""How long after a vacancy closed its posts are still looked for; channels' own limits are shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Puts contents into words and pictures for channels, the same for preview and publishing."""

    desk: Desk
    templates: Templates
    cards: CardFolder

    @classmethod
    def of(cls, house: House, now: datetime) -> Writer:
        """The writer of a house at this moment."""
        from publishers.cards import CardFolder
        from publishers.compose import Templates

        return cls(
            desk=Desk(settings=house.settings, vacancies=by_id(house.store.vacancies.open()), now=now),
            templates=Templates(house.settings.templates),
            cards=CardFolder(house.settings.output / "cards"),
        )

    def message(self, content: Content, language: str, channel: Channel) -> Message:
        """The message for one channel. Raises `JobbfyrError` when it cannot be made."""
        from publishers.compose import compose_for

        draft = self.desk.draft(content, language, self.images(content, language))
        return compose_for(channel, draft, self.templates)

    def images(self, content: Content, language: str) -> tuple[Image, ...]:
        """The share card in all its sizes, drawn unless it was drawn before."""
        from publishers.cards import CardSize

        card = self.desk.card(content, language)
        return tuple(self.cards.get(card, size) for size in CardSize)


def outbox_of(house: House) -> Outbox:
    """The outbox over this house's store and channels."""
    from publishers.compose import Templates
    from publishers.outbox import Outbox, plain_closure

    def deliver(post: Post, receipt: Receipt) -> Delivery:
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

    enabled = {name: channel for name, channel in house.channels.items() if channel.options.enabled}
    templates = Templates(house.settings.templates)
    return Outbox(
        house.store.outbox,
        enabled,
        stopped=lambda: house.store.journal.flag(STOPPED) is not None,
        deliver=deliver,
        close_words=lambda post, channel: plain_closure(post, channel, templates),
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
    """The plan's items whose time has come."""
    return [item for item in plan.items if item.content is not None and item.slot.at <= now]


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
    """Put the due items' posts into the outbox; says what could not be put into words and which channels wait."""
    writer = Writer.of(house, now)
    ready = house.posting_channels
    problems: dict[str, Problem] = {}
    posts: list[Post] = []
    items = [item for item in due_items(plan, now) if any(name in ready for name in item.slot.channels)]
    with house.progress.step("composing", total=len(items) or None) as step:
        for item in items:
            for name in item.slot.channels:
                if name in ready:
                    made = _post(writer, item, ready[name], now)
                    if isinstance(made, Post):
                        posts.append(made)
                    else:
                        problems[made.where] = made
            step.advance()
    house.store.outbox.add(posts)
    for name, channel in house.channels.items():
        if channel.options.enabled and channel.takes_posts and channel.missing():
            wanted = ", ".join(channel.missing())
            problems[name] = Problem(
                level="info", code="channel-waits", where=name, message=f"waits for its credentials: set {wanted}"
            )
    return list(problems.values())


def _post(writer: Writer, item: PlanItem, channel: Channel, now: datetime) -> Post | Problem:
    assert item.content is not None
    key = f"{item.slot.key}/{channel.name}"
    try:
        message = writer.message(item.content, item.slot.language, channel)
    except JobbfyrError as error:
        return Problem(level="error", code="cannot-compose", where=key, message=str(error))
    return Post(
        key=key,
        slot=item.slot.key,
        channel=channel.name,
        content=item.content,
        language=item.slot.language,
        message=message,
        state=PostState.PLANNED,
        seed=hashlib.sha256(f"{key} {item.content.key}".encode()).hexdigest()[:32],
        created_at=now,
        due_at=item.slot.at,
        not_before=now,
    )


def close_posts(house: House, now: datetime) -> OutboxReport:
    """Take down the posts of vacancies that closed."""
    closed = {v.id: v.close_reason for v in house.store.vacancies.closed_since(now - CLOSED_LATELY)}
    still_open = {vacancy.id for vacancy in house.store.vacancies.open()}
    merged = house.store.vacancies.aliases()
    with house.progress.step("closing") as step:
        done = outbox_of(house).close(now, closed, is_open=lambda key: merged.get(key, key) in still_open)
        step.note = ", ".join(f"{count} {state}" for state, count in done.counts.items()) or "nothing to close"
    return done
