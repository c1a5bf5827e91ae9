from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.choose import red_days, slots
from aggregator.model import Campaign, Slot
from tests.support.choosing import campaign

ZONE = "Europe/Stockholm"


def between(first: date, last: date, *campaigns: Campaign, red: frozenset[date] = frozenset()) -> tuple[Slot, ...]:
    start = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    after = last + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    return slots(campaigns, start=start, end=end, time_zone=ZONE, red_days=red)


def test_wall_clock_time_stays_when_the_offset_changes():
    found = between(date(2026, 3, 28), date(2026, 3, 30), campaign(days=(5, 6, 0), times=("09:00",)))
    assert [slot.at.hour for slot in found] == [8, 7, 7]


def test_a_time_the_spring_change_skips_is_the_first_instant_after_the_gap():
    (slot,) = between(date(2026, 3, 29), date(2026, 3, 29), campaign(days=(6,), times=("02:30",)))
    assert slot.key == "jobb@2026-03-29T02:30"
    assert slot.at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_the_autumn_change_repeats_is_one_slot():
    (slot,) = between(date(2026, 10, 25), date(2026, 10, 25), campaign(days=(6,), times=("02:30",)))
    assert slot.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_no_slot_is_lost_or_doubled_where_two_windows_meet_inside_the_autumn_hour():
    one = campaign(days=(6,), times=("01:30", "02:30", "03:30"))
    whole = between(date(2026, 10, 25), date(2026, 10, 25), one)
    meet = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    start, end = datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)
    parts = [slot for a, b in ((start, meet), (meet, end)) for slot in slots([one], start=a, end=b, time_zone=ZONE)]
    assert [slot.key for slot in parts] == [slot.key for slot in whole]


def test_first_last_and_red_days():
    one = campaign(days=tuple(range(7)), first=date(2026, 12, 23), last=date(2026, 12, 28), on_red_days=False)
    red = red_days("SE", [2026])
    assert {slot.key[5:15] for slot in between(date(2026, 12, 1), date(2026, 12, 31), one, red=red)} == {
        "2026-12-23",
        "2026-12-27",
        "2026-12-28",
    }


def test_red_days_hold_the_eves_but_not_ordinary_sundays():
    red = red_days("SE", [2026])
    assert {date(2026, 6, 19), date(2026, 12, 24), date(2026, 1, 6)} <= red
    assert date(2026, 11, 22) not in red


def test_a_time_written_twice_is_one_slot_and_a_wrong_one_is_an_error():
    assert len(between(date(2026, 11, 2), date(2026, 11, 2), campaign(times=("9:00", "09:00")))) == 1
    with pytest.raises(ValueError, match="25:00"):
        between(date(2026, 11, 2), date(2026, 11, 2), campaign(times=("25:00",)))


@given(
    st.dates(date(2025, 1, 1), date(2031, 12, 31)),
    st.times().map(lambda time: time.strftime("%H:%M")),
    st.lists(st.integers(1, 40), max_size=5),
)
def test_cutting_a_stretch_of_time_anywhere_changes_no_slot(first, time, cuts):
    one = campaign(days=tuple(range(7)), times=(time,))
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    edges = [start + timedelta(hours=6 * cut) for cut in [0, *sorted(cuts), 41]]
    whole = slots([one], start=edges[0], end=edges[-1], time_zone=ZONE)
    parts = [slot for a, b in pairwise(edges) for slot in slots([one], start=a, end=b, time_zone=ZONE)]
    assert tuple(parts) == whole
    assert len({slot.key for slot in whole}) == len(whole)
