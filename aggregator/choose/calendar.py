"""Campaigns' slots as instants: wall-clock times in the region's zone, safe on the days the clock is turned."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.model import Campaign, Slot


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall-clock time. A time that the spring change skips becomes the first instant after the
    gap; one that the autumn change repeats is its first occurrence.
    """
    wall = datetime.combine(day, at, tzinfo=zone)
    while wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        wall += timedelta(minutes=1)  # wall-clock arithmetic: the shortest way out of the gap
    return wall.astimezone(UTC)


def day_start(at: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the local day of `at` begins."""
    return instant(at.astimezone(zone).date(), time(), zone)


def slots(
    campaigns: Iterable[Campaign],
    *,
    start: datetime,
    end: datetime,
    time_zone: str,
    red_days: Container[date] = frozenset(),
) -> tuple[Slot, ...]:
    """Every slot with `start <= at < end`, by time and then key.

    A key is made of the campaign and the wall-clock time it was meant for, so it stays the same when the clock change
    moves the instant, and a time written twice in a campaign is one slot. Campaigns with `on_red_days` false have no
    slots on `red_days`. Raises `ValueError` for a time that is not `HH:MM`.
    """
    zone = ZoneInfo(time_zone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range(-1, (last - first).days + 2)]
    found: dict[str, Slot] = {}
    for campaign in campaigns:
        for day in days:
            if not _runs(campaign, day, red_days):
                continue
            for wanted in campaign.slots:
                if wanted.weekday != day.weekday():
                    continue
                wall = _wall_clock(wanted.time, campaign.key)
                at = instant(day, wall, zone)
                if start <= at < end:
                    key = f"{campaign.key}@{day.isoformat()}T{wall:%H:%M}"
                    found[key] = Slot(
                        key=key,
                        campaign=campaign.key,
                        at=at,
                        channels=campaign.channels,
                        language=campaign.language,
                        content=campaign.content,
                    )
    return tuple(sorted(found.values(), key=lambda slot: (slot.at, slot.key)))


def _wall_clock(written: str, campaign: str) -> time:
    try:
        return time.fromisoformat(written.zfill(5))
    except ValueError as error:
        raise ValueError(f"campaign {campaign!r}: {written!r} is not a time HH:MM") from error


def _runs(campaign: Campaign, day: date, red_days: Container[date]) -> bool:
    after_first = campaign.first is None or day >= campaign.first
    before_last = campaign.last is None or day <= campaign.last
    return after_first and before_last and (campaign.on_red_days or day not in red_days)


def red_days(country: str, years: Iterable[int]) -> frozenset[date]:
    """A country's public holidays (ISO 3166-1 alpha-2), ordinary Sundays not among them, and the days that are off in
    practice where the holidays library knows them (Sweden's eves of Midsummer, Christmas and New Year).
    Raises `NotImplementedError` for a country that the holidays library does not know.
    """
    import holidays

    supported = holidays.country_holidays(country).supported_categories
    categories = tuple(name for name in ("public", "de_facto") if name in supported)
    return frozenset(holidays.country_holidays(country, years=list(years), categories=categories))
