from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from aggregator.choose import standings
from aggregator.choose.ledger import calendar_period
from aggregator.model import Content, ContentKind, Period, PlanItem, Slot
from tests.support.choosing import NOW, delivery, partner, tier

ZONE = "Europe/Stockholm"


def test_calendar_periods():
    assert calendar_period(Period.MONTH, date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert calendar_period(Period.QUARTER, date(2026, 11, 2)) == (date(2026, 10, 1), date(2026, 12, 31))
    assert calendar_period(Period.YEAR, date(2028, 2, 29)) == (date(2028, 1, 1), date(2028, 12, 31))


def test_a_slot_counts_once_whatever_the_number_of_channels():
    done = [
        delivery("vacancy:1", datetime(2026, 11, 1, 9, tzinfo=UTC), slot="jobb@2026-11-01T10:00", channel=channel)
        for channel in ("bluesky", "mastodon", "x")
    ]
    (one,) = standings([partner("a")], [tier("bas", 4)], done, now=NOW, time_zone=ZONE)
    assert (one.promised, one.delivered, one.planned) == (4, 1, 0)


def test_due_is_an_even_pace_over_the_local_period():
    middle = datetime(2026, 11, 15, 23, 0, tzinfo=UTC)  # midnight in Stockholm, 15 of 30 days gone
    (one,) = standings([partner("a")], [tier("bas", 4)], [], now=middle, time_zone=ZONE)
    assert one.due == pytest.approx(2.0)


def test_a_broken_first_and_last_period_promise_in_proportion_to_their_days():
    bas = tier("bas", 12, Period.YEAR)
    (first,) = standings([partner("a", since=date(2026, 7, 1))], [bas], [], now=NOW, time_zone=ZONE)
    assert (first.promised, first.period_start, first.period_end) == (6, date(2026, 7, 1), date(2026, 12, 31))
    (last,) = standings([partner("a", until=date(2026, 12, 1))], [bas], [], now=NOW, time_zone=ZONE)
    assert (last.promised, last.period_end) == (11, date(2026, 12, 1))
    assert standings([partner("a", until=date(2026, 10, 1))], [bas], [], now=NOW, time_zone=ZONE) == ()
    assert standings([partner("a", since=date(2026, 12, 1))], [bas], [], now=NOW, time_zone=ZONE) == ()


def test_the_ledger_uses_local_days_at_the_edge_of_a_month():
    late = delivery("vacancy:1", datetime(2026, 10, 31, 23, 30, tzinfo=UTC))  # half past midnight on 1 November
    (one,) = standings([partner("a")], [tier("bas", 4)], [late], now=NOW, time_zone=ZONE)
    assert one.delivered == 1


def test_planned_counts_what_comes_and_not_what_was_already_sent_somewhere():
    def item(key: str, at: datetime) -> PlanItem:
        slot = Slot(key=key, campaign="jobb", at=at, channels=("x",), language="sv", content=(ContentKind.VACANCY,))
        content = Content(kind=ContentKind.VACANCY, key="vacancy:1", vacancies=("1",), partners=("a",))
        return PlanItem(slot=slot, content=content)

    sent = delivery("vacancy:1", datetime(2026, 11, 1, 9, tzinfo=UTC), slot="jobb@1")
    items = [
        item("jobb@1", datetime(2026, 11, 1, 9, tzinfo=UTC)),
        item("jobb@2", datetime(2026, 11, 5, 9, tzinfo=UTC)),
        item("jobb@3", datetime(2026, 12, 1, 9, tzinfo=UTC)),
    ]
    (one,) = standings([partner("a")], [tier("bas", 4)], [sent], items, now=NOW, time_zone=ZONE)
    assert (one.delivered, one.planned) == (1, 1)


def test_a_round_up_does_not_fulfil_a_promise_of_vacancy_posts():
    both = delivery("round-up:1+2", datetime(2026, 11, 1, 9, tzinfo=UTC), kind=ContentKind.ROUND_UP)
    (one,) = standings([partner("a")], [tier("bas", 4)], [both], now=NOW, time_zone=ZONE)
    assert one.delivered == 0


def test_an_unknown_tier_is_an_error():
    with pytest.raises(ValueError, match="unknown tier 'guld'"):
        standings([partner("a", "guld")], [tier("bas")], [], now=NOW, time_zone=ZONE)
