"""The third step: the coming days' slots, and what fills them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aggregator.choose import plan, red_days, slots
from aggregator.choose.plan import HORIZON
from aggregator.model import Campaign, Partner, Plan, PlanItem, PostState, Slot, Vacancy

if TYPE_CHECKING:
    from aggregator.app.house import House

LATE = timedelta(hours=12)
"""How late a slot may still be filled: a server that was down over night posts the morning's slot at noon, but
yesterday's stays empty."""

FIRST_RUN = timedelta(minutes=30)
"""How far a region's very first run looks back, so that starting at five past eight does not flood the channels with
everything that would have been due since last night."""

LOOK_BACK = timedelta(days=400)
"""How far back deliveries count: a promise's longest period and then some."""


def campaigns_of(house: House) -> tuple[Campaign, ...]:
    """The campaigns with only those of their channels that are switched on; a campaign left without any is out."""
    on = {name for name, channel in house.channels.items() if channel.options.enabled and channel.takes_posts}
    kept = (
        replace(campaign, channels=tuple(name for name in campaign.channels if name in on))
        for campaign in house.settings.campaigns
    )
    return tuple(campaign for campaign in kept if campaign.channels)


def open_slots(house: House, now: datetime) -> tuple[Slot, ...]:
    """All slots that may still be filled, from those just missed to the plan's horizon."""
    campaigns = campaigns_of(house)
    region = house.settings.region
    first_run = house.store.journal.first_run()
    since = max(now - LATE, (first_run or now) - FIRST_RUN)
    until = now + HORIZON + timedelta(days=1)
    holidays = red_days(region.country, range(since.year, until.year + 1))
    return slots(campaigns, start=since, end=until, time_zone=region.time_zone, red_days=holidays)


def make_plan(house: House, now: datetime, *, without: Collection[str] = ()) -> Plan:
    """The plan as things stand; `without` are ids of vacancies that may not be shown this time."""
    vacancies = [vacancy for vacancy in house.store.vacancies.open() if vacancy.id not in without]
    return plan(
        now=now,
        campaigns=campaigns_of(house),
        slots=open_slots(house, now),
        vacancies=vacancies,
        partners=dated_partners(house, now),
        tiers=house.settings.tiers,
        stories=house.settings.stories,
        deliveries=house.store.plans.deliveries(now - LOOK_BACK),
        fixed=_fixed(house, now),
        rules=house.settings.rules,
    )


def dated_partners(house: House, now: datetime) -> tuple[Partner, ...]:
    """The partners, those without a `since` counted from the region's first run: nothing was promised before it."""
    zone = ZoneInfo(house.settings.region.time_zone)
    began = min(house.store.journal.first_run() or now, now).astimezone(zone).date()
    return tuple(
        partner if partner.since is not None else replace(partner, since=began) for partner in house.settings.partners
    )


def _fixed(house: House, now: datetime) -> tuple[PlanItem, ...]:
    """What a new plan must keep: items with a post in the outbox that may still be filled, and those whose post may
    have gone out without anybody knowing. Such a post stands in no ledger, yet to show its vacancy again would double
    it.
    """
    plans = house.store.plans
    fixed = plans.fixed(now - LATE, now + HORIZON + timedelta(days=2))
    unsure = {post.slot for post in house.store.outbox.in_state(PostState.SENDING, PostState.UNKNOWN)}
    older = (plans.item(slot) for slot in sorted(unsure - {item.slot.key for item in fixed}))
    return (*fixed, *(item for item in older if item is not None))


def by_id(vacancies: Collection[Vacancy]) -> dict[str, Vacancy]:
    """Vacancies by their public id."""
    return {vacancy.id: vacancy for vacancy in vacancies}
