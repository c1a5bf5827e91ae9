"""The plan: the best fair content for every slot of the next days, with reasons, refusals and what cannot be met.

The way: candidates through the standing rules → pools through each campaign's rules → slots filled in order of time
(`pick`) → moves that mend what greed left (`repair`) → reasons and refusals in a second walk over the finished plan
→ standings and shortfalls. Pure: same arguments, same plan, whatever the order of the sequences given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.choose.calendar import day_start
from aggregator.choose.desk import Desk, candidate
from aggregator.choose.explain import Explainer
from aggregator.choose.ledger import standings
from aggregator.choose.pick import Picker, Pool, pool
from aggregator.choose.reasons import reasons
from aggregator.choose.repair import Repair
from aggregator.choose.rules import View, standing_refusal
from aggregator.choose.shortfalls import Supply, shortfalls
from aggregator.model import (
    Campaign,
    Content,
    Delivery,
    Partner,
    Plan,
    PlanItem,
    Refusal,
    Rules,
    Slot,
    Story,
    Tier,
    Vacancy,
)

HORIZON = timedelta(days=7)


def plan(
    *,
    now: datetime,
    campaigns: Sequence[Campaign],
    slots: Sequence[Slot],
    vacancies: Sequence[Vacancy],
    partners: Sequence[Partner],
    tiers: Sequence[Tier],
    stories: Sequence[Story] = (),
    deliveries: Sequence[Delivery] = (),
    fixed: Sequence[PlanItem] = (),
    rules: Rules,
    horizon: timedelta = HORIZON,
) -> Plan:
    """Plan every slot given up to the end of the local day that `now + horizon` falls on.

    `fixed` items (in the outbox, or promised to somebody) stand in the plan unchanged and count for all rules. A slot
    that a delivery names was used and is left out. Slots before `now` are planned too: how late a slot may still be
    filled is the caller's choice. `deliveries` must reach back over the running periods of the promises,
    `rules.window_days` and `rules.rest_days`. Raises `ValueError` for a slot of an unknown campaign or a partner of
    an unknown tier.
    """
    zone = ZoneInfo(rules.time_zone)
    end = day_start(now + horizon, zone) + timedelta(days=1)
    window = day_start(now, zone) - timedelta(days=rules.window_days)
    known = {campaign.key: campaign for campaign in campaigns}
    settled = {item.slot.key for item in fixed} | {delivery.slot for delivery in deliveries}
    free = [slot for slot in slots if slot.at < end and slot.key not in settled]
    free.sort(key=lambda slot: (slot.at, slot.key))
    for slot in free:
        if slot.campaign not in known:
            raise ValueError(f"slot {slot.key!r} belongs to the unknown campaign {slot.campaign!r}")
    by_id = {vacancy.id: vacancy for vacancy in sorted(vacancies, key=lambda vacancy: vacancy.id)}
    ordered = sorted(partners, key=lambda partner: partner.key)

    def desk() -> Desk:
        return Desk(
            partners=ordered,
            tiers=tiers,
            vacancies=by_id,
            deliveries=deliveries,
            fixed=fixed,
            rules=rules,
            window_start=window,
        )

    first = desk()
    shown = Counter(key for _, key in {(done.slot, key) for done in deliveries for key in done.vacancies})
    pools, refused = _pools(first, known, free, shown, now=now, end=end)
    picker = Picker(first, pools, stories)
    for slot in free:
        content = picker.best(slot)
        if content is not None:
            first.put(slot, content)
    Repair(first, picker, free, end).run()
    items = _items(free, first.planned, Picker(desk(), pools, stories), refused)
    everything = tuple(sorted([*items, *fixed], key=lambda item: (item.slot.at, item.slot.key)))
    return Plan(
        made_at=now,
        items=everything,
        standings=standings(
            sorted(partners, key=lambda p: p.key), tiers, deliveries, everything, now=now, time_zone=rules.time_zone
        ),
        shortfalls=shortfalls(first, Supply.of(pools, refused), everything, now=now, end=end),
    )


def _pools(
    desk: Desk,
    campaigns: Mapping[str, Campaign],
    free: Sequence[Slot],
    shown: Mapping[str, int],
    *,
    now: datetime,
    end: datetime,
) -> tuple[dict[str, Pool], tuple[Refusal, ...]]:
    """Each campaign's candidates, and the vacancies that no campaign may show."""
    view = View(rules=desk.rules, partners=desk.partners, today=now.astimezone(desk.zone).date())
    candidates, refused = [], []
    for vacancy in desk.vacancies.values():
        refusal = standing_refusal(vacancy, view)
        if refusal is None:
            candidates.append(candidate(vacancy, desk.rules, shown.get(vacancy.id, 0), end))
        else:
            refused.append(refusal)
    candidates.sort(key=lambda one: (one.order, one.id))
    wanted = sorted({slot.campaign for slot in free})
    return {key: pool(campaigns[key], candidates, desk) for key in wanted}, tuple(refused)


def _items(
    free: Sequence[Slot],
    planned: Mapping[str, tuple[Slot, Content]],
    picker: Picker,
    refused: Sequence[Refusal],
) -> list[PlanItem]:
    """The finished plan walked through once more in order of time, each slot explained as it stood then."""
    standing = Counter(refusal.rule for refusal in refused)
    explainer = Explainer(picker)
    items = []
    for slot in free:
        held = planned.get(slot.key)
        content = None if held is None else held[1]
        elsewhere = _elsewhere(slot, planned)
        no = explainer.refusals(slot, content, elsewhere)
        never = tuple(
            Refusal(content="", rule=rule, reason=f"{count} refused in every slot")
            for rule, count in sorted(standing.items())
        )
        items.append(
            PlanItem(slot=slot, content=content, reasons=reasons(picker, slot, content, no), refused=(*no, *never))
        )
        if content is not None:
            picker.desk.put(slot, content)
    return items


def _elsewhere(slot: Slot, planned: Mapping[str, tuple[Slot, Content]]) -> dict[str, datetime]:
    """Vacancies that the plan shows in other slots of the same channels, with the first time of each."""
    found: dict[str, datetime] = {}
    for other, content in planned.values():
        if other.key != slot.key and not set(other.channels).isdisjoint(slot.channels):
            for key in content.vacancies:
                found[key] = min(other.at, found.get(key, other.at))
    return found
