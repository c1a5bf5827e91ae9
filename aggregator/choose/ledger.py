"""Promises against what was delivered: calendar periods, even pace, and where each partner stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.choose.calendar import instant
from aggregator.model import ContentKind, Delivery, Partner, Period, PlanItem, Promise, Standing, Tier

_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def calendar_period(per: Period, day: date) -> tuple[date, date]:
    """The calendar month, quarter or year that holds `day`: its first and last day."""
    months = _MONTHS[per]
    index = (day.month - 1) // months * months
    first = date(day.year, index + 1, 1)
    after = date(day.year + (index + months) // 12, (index + months) % 12 + 1, 1)
    return first, after - timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A promise's running period, clipped to the partnership. `starts` and `ends` are UTC instants, `ends` excluded."""

    first: date
    last: date
    promised: int
    starts: datetime
    ends: datetime

    def due(self, at: datetime) -> float:
        """Posts that an even pace would have delivered by `at`."""
        share = (at - self.starts) / (self.ends - self.starts)
        return self.promised * min(1.0, max(0.0, share))

    def holds(self, at: datetime) -> bool:
        return self.starts <= at < self.ends


def stretch(partner: Partner, promise: Promise, day: date, zone: ZoneInfo) -> Stretch | None:
    """The period of a promise that holds `day`, or None outside the partnership.

    Periods are calendar periods. The first and the last one, which the partnership fills only in part, promise in
    proportion to their days, rounded half up: a year's 12 posts for a partner since 1 July are 6 in that year.
    """
    first, last = calendar_period(promise.per, day)
    begin, end = max(first, partner.since or first), min(last, partner.until or last)
    if not begin <= day <= end:
        return None
    days, whole = (end - begin).days + 1, (last - first).days + 1
    return Stretch(
        first=begin,
        last=end,
        promised=(2 * promise.posts * days + whole) // (2 * whole),
        starts=instant(begin, time(), zone),
        ends=instant(end + timedelta(days=1), time(), zone),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A used or planned slot in the ledger: once per slot, whatever the number of channels."""

    slot: str
    kind: ContentKind
    partners: tuple[str, ...]
    vacancies: tuple[str, ...]
    municipalities: tuple[str, ...]
    no_degree: bool | None
    at: datetime


def entries(deliveries: Iterable[Delivery]) -> tuple[Entry, ...]:
    """Deliveries folded to one entry a slot, dated by its first channel, by time and then slot."""
    found: dict[str, Entry] = {}
    for one in sorted(deliveries, key=lambda d: (d.at, d.slot, d.channel)):
        found.setdefault(
            one.slot,
            Entry(
                slot=one.slot,
                kind=one.kind,
                partners=one.partners,
                vacancies=one.vacancies,
                municipalities=one.municipalities,
                no_degree=one.no_degree,
                at=one.at,
            ),
        )
    return tuple(found.values())


def tiers_by_key(partners: Sequence[Partner], tiers: Sequence[Tier]) -> Mapping[str, Tier]:
    """Tiers by key. Raises `ValueError` when a partner's tier is not among them."""
    known = {tier.key: tier for tier in tiers}
    for partner in partners:
        if partner.tier not in known:
            raise ValueError(f"partner {partner.key!r} has the unknown tier {partner.tier!r}")
    return known


def standings(
    partners: Sequence[Partner],
    tiers: Sequence[Tier],
    deliveries: Sequence[Delivery],
    items: Sequence[PlanItem] = (),
    *,
    now: datetime,
    time_zone: str,
) -> tuple[Standing, ...]:
    """Each partner against each of its promises in the running period, in the order given.

    A slot counts once for each partner in it, whatever the number of channels. A post counts toward the promise of
    its own kind: a round-up does not fulfil a promise of vacancy posts. A planned slot that was already delivered on
    some channel is not counted again. Partners outside their `since`-`until` have no standing.
    """
    zone = ZoneInfo(time_zone)
    known = tiers_by_key(partners, tiers)
    done = entries(deliveries)
    used = {entry.slot for entry in done}
    coming = [item for item in items if item.content is not None and item.slot.key not in used]
    today = now.astimezone(zone).date()
    found = []
    for partner in partners:
        for promise in known[partner.tier].promises:
            period = stretch(partner, promise, today, zone)
            if period is None:
                continue
            delivered = sum(
                1 for e in done if e.kind is promise.content and partner.key in e.partners and period.holds(e.at)
            )
            planned = sum(1 for item in coming if _counts(item, partner.key, promise, period))
            found.append(
                Standing(
                    partner=partner.key,
                    promise=promise,
                    period_start=period.first,
                    period_end=period.last,
                    promised=period.promised,
                    delivered=delivered,
                    planned=planned,
                    due=period.due(now.astimezone(UTC)),
                )
            )
    return tuple(found)


def _counts(item: PlanItem, partner: str, promise: Promise, period: Stretch) -> bool:
    content = item.content
    return (
        content is not None
        and content.kind is promise.content
        and partner in content.partners
        and period.holds(item.slot.at)
    )
