"""What is believed of a harvest, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.health import CONFIRM_TIMES, judge
from aggregator.model import Health, Problem, Verdict
from tests.support.world import (
    DAY,
    HOUR,
    NOON,
    SOURCE,
    after,
    closed,
    failed,
    harvest,
    nothing_known,
    posting,
    postings,
    source,
    step,
)


def codes(verdict: Verdict) -> list[str]:
    return [problem.code for problem in verdict.problems]


def test_a_complete_first_harvest_is_healthy():
    verdict = judge(SOURCE, nothing_known(), harvest(postings(range(5))), NOON)

    assert (verdict.health, verdict.quarantine, verdict.problems) == (Health.HEALTHY, False, ())


def test_a_failed_harvest_quarantines_a_source_that_had_open_postings_and_the_next_healthy_one_frees_it():
    known = after((range(5), NOON))

    verdict, _, known = step(known, failed(NOON + HOUR), NOON + HOUR)
    assert (verdict.health, verdict.quarantine) == (Health.FAILED, True)
    assert "HTML where a feed was expected" in verdict.reason
    assert known.source.quarantined_at == NOON + HOUR

    verdict, _, known = step(known, failed(NOON + 2 * HOUR), NOON + 2 * HOUR)
    assert known.source.quarantined_at == NOON + HOUR  # since when, not again

    verdict, _, known = step(known, harvest(postings(range(5)), NOON + 3 * HOUR), NOON + 3 * HOUR)
    assert (verdict.health, verdict.quarantine) == (Health.HEALTHY, False)
    assert known.source.quarantined_at is None


def test_a_failed_harvest_of_a_source_without_open_postings_holds_nothing():
    verdict = judge(SOURCE, nothing_known(), failed(), NOON)

    assert (verdict.health, verdict.quarantine, codes(verdict)) == (Health.FAILED, False, ["harvest-failed"])


def test_unchanged_frees_a_failed_source_too():
    _, _, known = step(after((range(5), NOON)), failed(NOON + HOUR), NOON + HOUR)

    verdict = judge(SOURCE, known, harvest(at=NOON + 2 * HOUR, not_modified=True), NOON + 2 * HOUR)

    assert (verdict.health, verdict.quarantine) == (Health.UNCHANGED, False)


def test_unchanged_before_anything_was_read_is_no_answer():
    verdict = judge(SOURCE, nothing_known(), harvest(not_modified=True), NOON)

    assert verdict.health is Health.FAILED


def test_a_part_is_partial_and_keeps_a_quarantine_as_it_was():
    known = after((range(5), NOON))
    part = harvest(postings([1]), NOON + HOUR, complete=False)
    assert judge(SOURCE, known, part, NOON + HOUR).quarantine is False

    _, _, held = step(known, failed(NOON + HOUR), NOON + HOUR)
    verdict = judge(SOURCE, held, part, NOON + 2 * HOUR)

    assert (verdict.health, verdict.quarantine) == (Health.PARTIAL, True)
    assert verdict.reason == held.source.quarantine_reason


def test_a_harvest_that_calls_itself_complete_beside_an_error_is_partial():
    problem = Problem(level="error", code="kind-crashed", where=SOURCE.key, message="page 2")
    verdict = judge(SOURCE, nothing_known(), harvest(postings([1]), problems=(problem,)), NOON)

    assert verdict.health is Health.PARTIAL


def test_fewer_than_expected_is_never_believed_however_often():
    strict = source(min=3)
    known = after((range(5), NOON), of=strict)
    for n in range(1, 30):
        verdict, decision, known = step(known, harvest(postings([0]), NOON + n * DAY, strict), NOON + n * DAY, strict)
        assert (verdict.health, verdict.quarantine, codes(verdict)) == (Health.SUSPICIOUS, True, ["below-minimum"])
        assert closed(decision) == []
    assert (
        judge(source(min=1), known, harvest(postings([0]), NOON + 30 * DAY), NOON + 30 * DAY).health
        is Health.SUSPICIOUS
    )
    assert judge(strict, known, harvest(postings(range(4)), NOON + 30 * DAY), NOON + 30 * DAY).health is Health.HEALTHY


def test_an_operator_who_asks_for_more_than_an_unchanged_source_has_is_told():
    known = after((range(2), NOON))

    verdict = judge(source(min=3), known, harvest(at=NOON + HOUR, not_modified=True), NOON + HOUR)

    assert codes(verdict) == ["below-minimum"]


@pytest.mark.parametrize(
    ("had", "has", "share", "believed"),
    [
        (10, 5, 0.5, True),  # exactly the share that may vanish
        (10, 4, 0.5, False),
        (4, 2, 0.4, True),  # two are ordinary life
        (2, 0, 0.5, True),  # an empty feed is a true answer of a source that had few
        (3, 0, 0.5, False),
        (100, 0, 1.0, True),
        (100, 0, 0.99, False),
    ],
)
def test_too_many_vanishing_at_once_are_not_believed(had, has, share, believed):
    of = source(max_closed_share=share)
    known = after((range(had), NOON), of=of)

    verdict = judge(of, known, harvest(postings(range(has)), NOON + HOUR, of), NOON + HOUR)

    assert (verdict.health is Health.HEALTHY) is believed
    assert codes(verdict) == ([] if believed else ["mass-closure"])


def test_a_drop_counts_over_several_harvests():
    """Forty per cent and then forty of the rest are not two small drops."""
    known = after((range(10), NOON), (range(6), NOON + HOUR))

    assert (
        judge(SOURCE, known, harvest(postings(range(4)), NOON + 2 * HOUR), NOON + 2 * HOUR).health is Health.SUSPICIOUS
    )


def test_what_was_missed_before_is_no_drop_because_others_expired_meanwhile():
    short = [posting(n, valid_through=NOON + 90 * timedelta(minutes=1)) for n in range(3)]
    lasting = [posting(n) for n in range(3, 6)]
    _, _, known = step(nothing_known(), harvest([*short, *lasting]), NOON)
    _, _, known = step(known, harvest(short, NOON + HOUR), NOON + HOUR)

    verdict = judge(SOURCE, known, harvest([], NOON + 2 * HOUR), NOON + 2 * HOUR)

    assert verdict.health is Health.HEALTHY


def test_the_same_harvest_judged_twice_confirms_nothing():
    known = after((range(10), NOON))
    for _ in range(5):
        at = NOON + HOUR
        verdict, _, known = step(known, harvest(postings(range(2)), at), at)
    assert verdict.suspicion is not None
    assert verdict.suspicion.times == 1


def test_a_drop_that_lasts_is_believed_after_three_harvests_and_a_day():
    known = after((range(10), NOON))
    believed = []
    for n, at in enumerate([NOON + HOUR, NOON + 2 * HOUR, NOON + 9 * HOUR, NOON + 26 * HOUR]):
        verdict, decision, known = step(known, harvest(postings(range(2)), at), at)
        believed.append(verdict.health is Health.HEALTHY)
        if n < 3:
            assert decision.changes == ()
    assert believed == [False, False, False, True]
    assert closed(decision) == [str(n) for n in range(2, 10)]
    assert known.source.quarantined_at is None
    assert known.source.suspicion is None


def test_a_drop_over_a_day_but_seen_too_seldom_is_not_yet_believed():
    known = after((range(10), NOON))
    for n in range(CONFIRM_TIMES - 1):
        verdict, _, known = step(known, harvest(postings([0]), NOON + (n + 1) * DAY), NOON + (n + 1) * DAY)
        assert verdict.health is Health.SUSPICIOUS


def test_a_drop_whose_ads_come_back_begins_anew():
    known = after((range(10), NOON))
    for n, has in enumerate([{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}]):
        at = NOON + (n + 1) * DAY
        verdict, _, known = step(known, harvest(postings(has), at), at)
        assert verdict.health is Health.SUSPICIOUS


def test_a_drop_that_grows_closes_only_what_was_away_all_the_time():
    known = after((range(10), NOON))
    for n, has in enumerate([range(4), range(4), range(3)]):
        at = NOON + HOUR + n * DAY
        verdict, decision, known = step(known, harvest(postings(has), at), at)
    assert verdict.health is Health.HEALTHY
    assert set(closed(decision)) == {"4", "5", "6", "7", "8", "9"}
    assert decision.missed == {"3": 1}


def test_newcomers_in_a_suspicious_harvest_do_not_outvote_what_vanished():
    """Somebody else's board at the same address: as many new ads as old ones vanished."""
    known = after((range(4), NOON))
    for n in range(1, 12):
        verdict, _, known = step(known, harvest(postings(range(100, 110)), NOON + n * HOUR), NOON + n * HOUR)
        assert codes(verdict) == ["mass-closure"]


def test_an_outage_between_does_not_begin_the_count_anew():
    known = after((range(10), NOON))
    for n, new in enumerate(["drop", "fail", "drop", "drop"]):
        at = NOON + HOUR + n * 9 * HOUR
        verdict, _, known = step(known, failed(at) if new == "fail" else harvest(postings([0]), at), at)
    assert verdict.health is Health.HEALTHY


def test_what_is_gone_by_its_own_page_or_its_own_last_day_is_no_surprise():
    known = after((range(10), NOON))
    gone = frozenset(map(str, range(2, 9)))
    seen_gone = harvest(postings(range(2)), NOON + HOUR, removed=gone, gone=gone)
    assert judge(SOURCE, known, seen_gone, NOON + HOUR).health is Health.HEALTHY

    summer = [posting(n, valid_through=NOON + DAY) for n in range(10)]
    _, _, known = step(nothing_known(), harvest(summer), NOON)
    assert judge(SOURCE, known, harvest(at=NOON + 2 * DAY), NOON + 2 * DAY).health is Health.HEALTHY


def test_a_stream_that_removes_nearly_everything_is_asked_again():
    known = after((range(10), NOON))
    removals = harvest(at=NOON + HOUR, incremental=True, removed=frozenset(map(str, range(9))))

    verdict, decision, after_ = step(known, removals, NOON + HOUR)

    assert (codes(verdict), decision.changes) == (["mass-closure"], ())
    assert after_.source.cursor == known.source.cursor
    assert judge(SOURCE, known, replace(removals, removed=frozenset({"1"})), NOON + HOUR).health is Health.HEALTHY


@pytest.mark.parametrize("had", [1, 2, 20])
def test_the_same_addresses_under_new_identifiers_are_not_new_jobs(had):
    known = after((range(had), NOON))
    renamed = [replace(posting(n), identifier=f"visit-2-{n}") for n in range(had)]

    verdict, decision, _ = step(known, harvest(renamed, NOON + HOUR), NOON + HOUR)

    assert codes(verdict) == ["identifiers-changed"]
    assert decision.changes == ()


def test_the_same_titles_under_new_identifiers_and_addresses_are_not_new_jobs():
    known = after((range(6), NOON))
    renamed = [posting(f"n{n}", f"Svetsare  {n}") for n in range(6)]

    assert codes(judge(SOURCE, known, harvest(renamed, NOON + HOUR), NOON + HOUR)) == ["identifiers-changed"]


def test_one_ad_advertised_anew_under_the_same_title_is_believed():
    known = after(([1], NOON))
    anew = [posting("2", "Svetsare 1")]

    assert judge(SOURCE, known, harvest(anew, NOON + HOUR), NOON + HOUR).health is Health.HEALTHY


def test_identifiers_that_change_at_every_visit_are_never_believed():
    known = after((range(6), NOON))
    for visit in range(1, 40):
        at = NOON + visit * 3 * HOUR
        renamed = [replace(posting(n), identifier=f"visit-{visit}-{n}") for n in range(6)]
        verdict, decision, known = step(known, harvest(renamed, at), at)
        assert codes(verdict) == ["identifiers-changed"]
        assert decision.changes == ()
    assert len(known.postings) == 6


def test_a_source_that_changed_system_is_believed_after_a_day():
    known = after((range(6), NOON))
    renamed = [replace(posting(n), identifier=f"new-{n}") for n in range(6)]
    for at in (NOON + HOUR, NOON + 13 * HOUR, NOON + 26 * HOUR):
        verdict, _, known = step(known, harvest(renamed, at), at)
    assert verdict.health is Health.HEALTHY
    assert {key for key, state in known.postings.items() if state.open} == {f"new-{n}" for n in range(6)}


def test_a_clock_that_went_back_closes_nothing_and_is_forgiven_once():
    known = after((range(4), NOON), (range(3), NOON + HOUR))
    early = NOON - 300 * DAY

    verdict, decision, known = step(known, harvest(postings(range(2)), early), early)
    assert codes(verdict) == ["clock-behind"]
    assert not decision.changes
    assert not decision.missed

    verdict, _, known = step(known, harvest(postings(range(4)), early + HOUR), early + HOUR)
    assert verdict.health is Health.HEALTHY


def test_a_clock_set_back_by_a_second_is_nothing():
    known = after((range(4), NOON))
    at = NOON - timedelta(seconds=1)
    assert judge(SOURCE, known, harvest(postings(range(4)), at), at).health is Health.HEALTHY


def test_a_harvest_of_another_source_is_refused():
    with pytest.raises(ValueError, match="judged as"):
        judge(source("other/one"), nothing_known(), harvest(), NOON)
