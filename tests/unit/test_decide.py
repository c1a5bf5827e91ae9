"""What a judged harvest changes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.decide import changed_fields, decide, expired, fingerprint, lead, retired
from aggregator.model import (
    Closed,
    Harvest,
    Health,
    JobPosting,
    Known,
    ListingKind,
    Place,
    RemoteMode,
    Reopened,
    Updated,
)
from tests.support.world import (
    DAY,
    HOUR,
    NOON,
    SOURCE,
    after,
    failed,
    harvest,
    nothing_known,
    opened,
    posting,
    postings,
    source,
    step,
    summary,
)


def test_the_first_complete_harvest_is_a_baseline_and_later_ones_are_news():
    _, first, known = step(nothing_known(), harvest(postings([1, 2])), NOON)
    _, second, _ = step(known, harvest(postings([1, 2, 3]), NOON + HOUR), NOON + HOUR)

    assert [change.baseline for change in opened(first)] == [True, True]
    assert [(change.posting.identifier, change.baseline) for change in opened(second)] == [("3", False)]
    assert second.seen == ("1", "2")


def test_a_partial_first_harvest_leaves_the_rest_to_the_baseline():
    _, _, known = step(nothing_known(), harvest(postings([1]), complete=False), NOON)
    _, decision, known = step(known, harvest(postings([1, 2]), NOON + HOUR), NOON + HOUR)

    assert [change.baseline for change in opened(decision)] == [True]
    assert known.source.baseline is False


@pytest.mark.parametrize("misses", [1, 2, 3])
def test_a_posting_is_closed_after_so_many_complete_harvests_without_it(misses):
    of = source(misses=misses)
    known = after((range(9), NOON), of=of)
    for n in range(1, misses + 1):
        at = NOON + n * HOUR
        _, decision, known = step(known, harvest(postings(range(8)), at, of), at, of)
        assert summary(decision) == ([("Closed", "8")] if n == misses else [])
        assert decision.missed == ({} if n == misses else {"8": n})


def test_a_posting_seen_between_is_not_missed_in_a_row():
    known = after((range(9), NOON))
    for n, has in enumerate([8, 9, 8, 9, 8]):
        at = NOON + (n + 1) * HOUR
        _, decision, known = step(known, harvest(postings(range(has)), at), at)
        assert decision.changes == ()


def test_an_unchanged_source_confirms_both_what_stood_there_and_what_did_not():
    known = after((range(9), NOON), (range(8), NOON + HOUR))
    _, decision, known = step(known, harvest(at=NOON + 2 * HOUR, not_modified=True), NOON + 2 * HOUR)

    assert summary(decision) == [("Closed", "8")]
    assert decision.seen == tuple(map(str, range(8)))


def test_an_unchanged_source_closes_nothing_that_stood_there():
    known = after((range(9), NOON))
    for n in range(1, 20):
        _, decision, known = step(known, harvest(at=NOON + n * HOUR, not_modified=True), NOON + n * HOUR)
        assert (decision.changes, decision.missed) == ((), {})


def test_what_the_source_removed_is_closed_at_once_also_by_a_partial_harvest():
    known = after((range(5), NOON))
    part = harvest(postings([1]), NOON + HOUR, complete=False, removed=frozenset({"3", "77"}))

    _, decision, _ = step(known, part, NOON + HOUR)

    assert summary(decision) == [("Closed", "3")]
    assert decision.changes[0].reason == "removed by its source"
    assert decision.missed == {}


def test_what_is_both_listed_and_removed_is_removed():
    known = after((range(5), NOON))
    _, decision, known = step(
        known, harvest(postings(range(6)), NOON + HOUR, removed=frozenset({"3", "5"})), NOON + HOUR
    )
    assert summary(decision) == [("Closed", "3")]
    _, decision, _ = step(known, harvest(postings(range(6)), NOON + DAY, removed=frozenset({"3", "5"})), NOON + DAY)
    assert decision.changes == ()


def test_a_stream_closes_nothing_by_silence():
    known = after((range(5), NOON))
    for n in range(1, 9):
        quiet = harvest([posting(9)], NOON + n * HOUR, incremental=True)
        _, decision, known = step(known, quiet, NOON + n * HOUR)
        assert decision.missed == {}
    assert sum(state.open for state in known.postings.values()) == 6


def test_a_failed_harvest_changes_nothing_but_what_expired():
    known = after((range(3), NOON))
    _, _, known = step(
        known, harvest([*postings(range(3)), posting(3, valid_through=NOON + DAY)], NOON + HOUR), NOON + HOUR
    )

    _, before, _ = step(known, failed(NOON + 2 * HOUR), NOON + 2 * HOUR)
    _, decision, _ = step(known, failed(NOON + 2 * DAY), NOON + 2 * DAY)

    assert before.changes == ()
    assert summary(decision) == [("Closed", "3")]
    assert "2026-11-22" in decision.changes[0].reason


def test_an_ad_past_its_own_last_day_closes_while_it_is_still_listed_and_stays_closed():
    old = posting(1, valid_through=NOON + DAY)
    _, _, known = step(nothing_known(), harvest([old]), NOON)
    for n in range(2, 5):
        _, decision, known = step(known, harvest([old], NOON + n * DAY), NOON + n * DAY)
        assert summary(decision) == ([("Closed", "1")] if n == 2 else [])

    longer = replace(old, valid_through=NOON + 30 * DAY)
    _, decision, known = step(known, harvest([longer], NOON + 5 * DAY), NOON + 5 * DAY)
    assert summary(decision) == [("Reopened", "1")]
    assert known.postings["1"].valid_through == NOON + 30 * DAY


def test_an_ad_met_when_it_is_over_is_remembered_as_closed():
    _, decision, known = step(nothing_known(), harvest([posting(1, valid_through=NOON - DAY)]), NOON)

    assert summary(decision) == [("Opened", "1"), ("Closed", "1")]
    assert not known.postings["1"].open


def test_a_closed_posting_listed_again_reopens_with_or_without_its_page():
    known = after((range(5), NOON), (range(4), NOON + HOUR), (range(4), NOON + 2 * HOUR))
    assert not known.postings["4"].open

    _, read, _ = step(known, harvest(postings(range(5)), NOON + 3 * HOUR), NOON + 3 * HOUR)
    listed = harvest(at=NOON + 3 * HOUR, unchanged=frozenset(map(str, range(5))))
    _, only_listed, again = step(known, listed, NOON + 3 * HOUR)

    (with_page,), (without,) = read.changes, only_listed.changes
    assert isinstance(with_page, Reopened)
    assert with_page.posting is not None
    assert isinstance(without, Reopened)
    assert without.posting is None
    assert again.postings["4"].open
    assert again.postings["4"].misses == 0


def test_an_update_names_what_changed_and_does_not_open_anew():
    known = after((range(3), NOON))
    changed = replace(posting(1), title="Svetsare, natt", description="Ny text")

    _, decision, _ = step(known, harvest([*postings([0, 2]), changed], NOON + HOUR), NOON + HOUR)

    (update,) = decision.changes
    assert isinstance(update, Updated)
    assert update.fields == ("title", "description")
    assert update.reason == "title and description changed"


def test_a_suspicious_harvest_keeps_the_new_but_touches_nothing_known():
    known = after((range(10), NOON))
    odd = harvest([replace(posting(0), title="Access denied"), posting(77)], NOON + HOUR, removed=frozenset({"5"}))

    verdict, decision, _ = step(known, odd, NOON + HOUR)

    assert verdict.health is Health.SUSPICIOUS
    assert summary(decision) == [("Opened", "77")]


def test_open_applications_are_kept_as_what_they_are():
    _, decision, _ = step(nothing_known(), harvest([posting(1, listing=ListingKind.OPEN_APPLICATION)]), NOON)

    assert summary(decision) == [("Opened", "1")]


def test_a_source_taken_out_closes_what_is_open():
    known = after((range(3), NOON))
    assert [closure.key.identifier for closure in retired(known)] == ["0", "1", "2"]
    assert retired(nothing_known()) == ()
    assert expired(known, NOON + 1000 * DAY) == ()  # none of them said when it ends


# --- fingerprints --------------------------------------------------------------------------------------------------

OTHER: dict[str, Any] = {
    "title": "Annan",
    "url": "https://sagen.example/annan",
    "apply_url": "https://sagen.example/sok",
    "hiring_organization": "Annan AB",
    "organization_number": "556000-0000",
    "job_location": (Place(locality="Ludvika"),),
    "job_location_type": RemoteMode.HYBRID,
    "employment_type": ("FULL_TIME",),
    "date_posted": NOON,
    "valid_through": NOON,
    "description": "Annat",
    "in_language": "en",
    "base_salary": "30 000 kr",
    "reference_number": "R1",
    "department": "Natt",
    "occupation_code": "7212",
    "occupation_label": "Svetsare",
    "total_job_openings": 2,
    "listing": ListingKind.DRAFT,
}
NOT_CONTENT = {"source", "identifier", "retrieved_from", "retrieved_at", "raw"}


def test_every_field_is_either_content_or_said_not_to_be():
    assert {field.name for field in fields(JobPosting)} == OTHER.keys() | NOT_CONTENT


@pytest.mark.parametrize("name", OTHER)
def test_a_change_of_content_changes_the_fingerprint_and_is_named(name):
    before, after_ = fingerprint(posting(1)), fingerprint(posting(1, **{name: OTHER[name]}))
    assert before != after_
    assert len(changed_fields(before, after_)) == 1


def test_what_is_not_content_changes_nothing():
    there = replace(
        posting(1, job_location=(Place(locality="Mora"), Place(locality="Falun")), employment_type=("A", "B")),
        retrieved_at=NOON + DAY,
        retrieved_from="https://elsewhere.example",
        raw={"title": "x"},
        title=" Svetsare\n 1 ",
        job_location=(Place(locality="Falun "), Place(locality="Mora", latitude=None)),
        employment_type=("B", "A"),
    )
    here = posting(1, job_location=(Place(locality="Mora"), Place(locality="Falun")), employment_type=("A", "B"))
    assert fingerprint(there) == fingerprint(here)


def test_a_fingerprint_of_another_make_names_no_fields():
    assert changed_fields("abc", fingerprint(posting(1))) == ()


def test_the_employers_own_words_lead_before_a_copy_and_the_fuller_before_the_shorter():
    own, fuller, copy = (
        posting(1),
        posting(2, description="x" * 500),
        posting(3, of=source("af/x"), description="x" * 900),
    )
    assert lead([copy, own, fuller], copies={"af/x"}) is fuller
    assert lead([copy], copies={"af/x"}) is copy


# --- invariants ----------------------------------------------------------------------------------------------------

ids = st.frozensets(st.integers(0, 9).map(str))
visits = st.lists(
    st.fixed_dictionaries(
        {
            "has": ids,
            "removed": st.frozensets(st.integers(0, 9).map(str), max_size=2),
            "unchanged": st.booleans(),
            "complete": st.booleans(),
            "incremental": st.booleans(),
            "not_modified": st.booleans(),
            "hours": st.integers(1, 40),
            "ends": st.sampled_from([None, 1, 50]),
        }
    ),
    max_size=8,
)


def world(seen: dict[str, Any], now: datetime, known: Known) -> Harvest:
    found = [
        posting(n, valid_through=NOON + seen["ends"] * HOUR if seen["ends"] else None) for n in sorted(seen["has"])
    ]
    if seen["not_modified"]:
        return harvest(at=now, not_modified=True)
    only_listed = frozenset(seen["has"]) & known.postings.keys() if seen["unchanged"] else frozenset()
    return harvest(
        [p for p in found if p.identifier not in only_listed],
        now,
        complete=seen["complete"],
        incremental=seen["incremental"],
        removed=seen["removed"],
        unchanged=only_listed,
    )


@settings(max_examples=150)
@given(visits=visits)
def test_closures_come_only_by_the_rules_and_the_same_again_changes_nothing(visits):
    known, now = nothing_known(), NOON
    for seen in visits:
        now += timedelta(hours=seen["hours"])
        before, new = known, world(seen, now, known)
        verdict, decision, known = step(before, new, now)
        for change in decision.changes:
            if isinstance(change, Closed):
                name = change.key.identifier
                state = known.postings[name]
                assert (
                    state.expired(now)
                    or (name in new.removed and verdict.health in (Health.HEALTHY, Health.PARTIAL))
                    or name in verdict.confirmed
                    or (
                        verdict.health in (Health.HEALTHY, Health.UNCHANGED)
                        and not new.incremental
                        and name not in new.listed
                        and before.postings[name].misses + 1 >= SOURCE.expect.misses
                    )
                )
        again, second, unchanged = step(known, replace(new, postings=new.postings[::-1]), now)
        assert {
            change.key.identifier for change in second.changes if isinstance(change, Closed)
        } <= decision.missed.keys()
        assert [change for change in second.changes if not isinstance(change, Closed)] == []
        if not decision.missed and again.health is verdict.health:  # what is said often enough is believed at last
            assert second.changes == ()
            assert unchanged.postings == known.postings


@settings(max_examples=60)
@given(visits=visits, data=st.data())
def test_the_order_of_postings_does_not_matter(visits, data):
    known, now = nothing_known(), NOON
    for seen in visits:
        now += timedelta(hours=seen["hours"])
        new = world(seen, now, known)
        doubled = (*new.postings, *(replace(p, description=p.description + " mer") for p in new.postings[:2]))
        new = replace(new, postings=doubled)
        shuffled = replace(new, postings=tuple(data.draw(st.permutations(doubled))))
        verdict, decision, after_ = step(known, new, now)
        assert (verdict, decision) == step(known, shuffled, now)[:2]
        assert decision == decide(SOURCE, known, shuffled, verdict, now)
        known = after_


# --- one ad under two identifiers ---


def _said(identifier: object, text: str = "Vi söker dig som vill svetsa.") -> JobPosting:
    return replace(posting(identifier), title="Svetsare", description=text)


def test_ads_that_come_back_under_new_identifiers_are_told_as_the_same():
    old = [_said("a", "Svetsa."), _said("b", "Slipa."), _said("c", "Måla.")]
    _, _, known = step(nothing_known(), harvest(old), NOON)
    new = [_said("x", "Svetsa."), _said("y", "Slipa."), replace(_said("z", "Löda."), title="Rörmokare")]
    gone = frozenset("abc")
    _, decision, known = step(known, harvest(new, NOON + HOUR, removed=gone, gone=gone), NOON + HOUR)
    assert [change.key.identifier for change in decision.changes if isinstance(change, Closed)] == ["a", "b", "c"]
    assert decision.renamed == {"x": "a", "y": "b"}
    _, again, _ = step(known, harvest(new, NOON + 2 * HOUR), NOON + 2 * HOUR)
    assert again.renamed == {}


def test_an_ad_that_ended_and_comes_anew_within_weeks_is_the_same_ad():
    others = postings(range(6))
    _, _, known = step(nothing_known(), harvest([*others, _said("a")]), NOON)
    for hours in (1, 2):
        _, _, known = step(known, harvest(others, NOON + hours * HOUR), NOON + hours * HOUR)
    later = NOON + 10 * DAY
    _, decision, _ = step(known, harvest([*others, _said("n")], later), later)
    assert decision.renamed == {"n": "a"}
    much_later = NOON + 80 * DAY
    _, decision, _ = step(known, harvest([*others, _said("n")], much_later), much_later)
    assert decision.renamed == {}


def test_twins_that_stood_together_are_never_one():
    _, _, known = step(nothing_known(), harvest([_said("a"), _said("b")]), NOON)
    gone = frozenset("a")
    _, decision, known = step(known, harvest([_said("b")], NOON + HOUR, removed=gone, gone=gone), NOON + HOUR)
    assert decision.renamed == {}
    both = [_said("b"), _said("c"), _said("d")]
    _, decision, _ = step(known, harvest(both, NOON + 2 * HOUR), NOON + 2 * HOUR)
    assert decision.renamed == {"c": "a"}


@pytest.mark.parametrize("part", [{"complete": False}, {"incremental": True}])
def test_where_absence_means_nothing_a_twin_is_no_new_name(part):
    _, _, known = step(nothing_known(), harvest([_said("a"), _said("b", "Slipa.")]), NOON)
    _, decision, _ = step(known, harvest([_said("n")], NOON + HOUR, **part), NOON + HOUR)
    assert [one.posting.identifier for one in opened(decision)] == ["n"]
    assert decision.renamed == {}


def test_ads_without_a_text_are_not_told_by_their_titles():
    _, _, known = step(nothing_known(), harvest([_said("a", "")]), NOON)
    gone = frozenset("a")
    _, decision, _ = step(known, harvest([_said("n", "")], NOON + HOUR, removed=gone, gone=gone), NOON + HOUR)
    assert decision.renamed == {}


def test_an_ad_that_was_edited_while_its_source_moved_is_told_by_its_title_and_place():
    old = [_said("a", "Svetsa."), _said("b", "Slipa."), replace(_said("c", "Måla."), title="Målare")]
    _, _, known = step(nothing_known(), harvest(old), NOON)
    new = [_said("x", "Svetsa."), _said("y", "Slipa."), replace(_said("z", "Måla allt."), title="Målare")]
    gone = frozenset("abc")
    _, decision, _ = step(known, harvest(new, NOON + HOUR, removed=gone, gone=gone), NOON + HOUR)
    assert decision.renamed == {"x": "a", "y": "b", "z": "c"}
    _, decision, _ = step(known, harvest(new[2:], NOON + HOUR, removed=gone, gone=gone), NOON + HOUR)
    assert decision.renamed == {}
