"""A harvest's effect on the tables, in one transaction, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.decide import decide
from aggregator.health import judge
from aggregator.model import Closed, Health, Link, Place, PostingKey, RemoteMode, SourceState, Validator
from aggregator.store import Applied, Store, problems, tables
from tests.support.world import (
    DAY,
    HOUR,
    NOON,
    SOURCE,
    failed,
    harvest,
    nothing_known,
    posting,
    postings,
    remember,
    source,
)


def take(store: Store, new, now=None, of=SOURCE) -> Applied:
    """One harvest through the store, the way a cycle does it."""
    now = now or new.finished_at
    known = store.harvests.known(of.key)
    verdict = judge(of, known, new, now)
    return store.harvests.apply(of, new, decide(of, known, new, verdict, now), verdict, now)


@contextmanager
def written(store: Store) -> Iterator[list[str]]:
    """The tables that statements write to in the block, sorted, each named once for each statement."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split()
        if words[0] in ("INSERT", "UPDATE", "DELETE"):
            found.append(words[2] if words[0] != "UPDATE" else words[1])

    sa.event.listen(store.database.engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(store.database.engine, "before_cursor_execute", note)
    found.sort()


def content(store: Store, *names: str) -> dict[str, list[Any]]:
    with store.database.read() as connection:
        chosen = [table for name, table in tables.metadata.tables.items() if not names or name in names]
        return {
            t.name: [tuple(row) for row in connection.execute(sa.select(t).order_by(*t.primary_key))] for t in chosen
        }


@pytest.mark.parametrize("seed", range(6))
def test_the_store_remembers_what_the_rules_say(store: Store, seed: int):
    """Twenty random visits: after each, what the store knows is what plain dictionaries know."""
    chance = Random(seed)
    known, now = nothing_known(), NOON
    for _ in range(20):
        now += chance.randint(1, 30) * HOUR
        has = [n for n in range(12) if chance.random() < 0.8]
        found = [
            posting(n, f"Titel {chance.randint(0, 2)}", valid_through=NOON + 90 * HOUR if n % 5 == 0 else None)
            for n in has
        ]
        new = chance.choice(
            [
                harvest(found, now),
                harvest(found, now),
                harvest(found[:3], now, complete=False, removed=frozenset({"4"})),
                harvest([], now, unchanged=frozenset(map(str, has)) & known.postings.keys()),
                harvest([], now, not_modified=True, validators=()),
                harvest(found[:4], now, incremental=True, removed=frozenset({"7"}), cursor=now.isoformat()),
                failed(now),
                harvest(found[:2], now - 100 * DAY),
            ]
        )
        at = new.finished_at
        verdict = judge(SOURCE, known, new, at)
        decision = decide(SOURCE, known, new, verdict, at)
        applied = store.harvests.apply(SOURCE, new, decision, verdict, at)
        known = remember(known, new, verdict, decision, at)
        assert store.harvests.known(SOURCE.key) == replace(
            known, source=replace(known.source, last_count=store.harvests.known(SOURCE.key).source.last_count)
        )
        assert applied.closed == sum(isinstance(change, Closed) for change in decision.changes)


def test_a_posting_comes_back_as_it_was(store: Store):
    full = posting(
        "å/ä ö",
        "Svetsare – “natt” 🔥",
        apply_url="https://sagen.example/sok?id=1&x=å",
        organization_number="556000-0000",
        job_location=(
            Place(name="Ludvika, Dalarna", locality="Ludvika", country="SE", latitude=60.15, longitude=15.19),
            Place(region="Dalarna"),
        ),
        job_location_type=RemoteMode.HYBRID,
        employment_type=("FULL_TIME", "TEMPORARY"),
        date_posted=NOON - DAY,
        valid_through=NOON + DAY,
        description="Rad ett\n\n- punkt\n- punkt två",
        in_language="sv",
        base_salary="30 000–35 000 kr",
        reference_number="R-1",
        department="Natt",
        occupation_code="0110",
        occupation_label="Officer",
        total_job_openings=0,
        raw={"title": "<b>Svetsare</b>"},
    )
    take(store, harvest([full, posting(2)]))

    assert store.vacancies.unlinked() == (posting(2), full)


def test_a_second_identical_harvest_writes_nothing_but_seen(store: Store):
    new = harvest(postings(range(50)))
    take(store, new)
    store.vacancies.save_links([Link(key=p.key, group=p.identifier) for p in new.postings], {}, NOON)
    before = content(store)

    with written(store) as statements:
        take(store, replace(new, finished_at=NOON + HOUR))

    assert set(statements) <= {"source", "harvest", "posting_seen", "problem"}
    assert statements.count("posting_seen") == 1
    after = content(store)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"source", "harvest", "posting_seen"}
    assert [row[2] for row in after["posting_seen"]] == [0] * 50
    assert {row[1] for row in after["posting_seen"]} == {NOON + HOUR}


@pytest.mark.parametrize("again", [harvest(at=NOON + HOUR, not_modified=True, validators=()), failed(NOON + HOUR)])
def test_a_harvest_without_postings_touches_no_posting(store: Store, again):
    take(store, harvest(postings(range(5))))
    before = content(store, "posting", "posting_content")
    take(store, again)
    assert content(store, "posting", "posting_content") == before


def test_a_harvest_that_fails_on_its_way_in_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch):
    take(store, harvest(postings(range(3))))
    before = content(store)

    def break_off(*_args: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(problems, "report", break_off)
    with pytest.raises(RuntimeError, match="power cut"):
        take(store, harvest(postings(range(2, 9)), NOON + HOUR))

    assert content(store) == before


def test_what_was_not_believed_is_asked_for_again_in_full(store: Store):
    take(store, harvest(postings(range(10)), cursor="one"))
    first = store.harvests.known(SOURCE.key).source.validators

    take(store, harvest(postings(range(2)), NOON + HOUR, cursor="two"))
    held = store.harvests.known(SOURCE.key).source
    assert (held.validators, held.cursor) == (first, "one")
    assert held.quarantined_at == NOON + HOUR
    assert held.suspicion is not None
    assert held.suspicion.identifiers == frozenset(map(str, range(2, 10)))

    later = harvest(postings(range(10)), NOON + 2 * HOUR, cursor="three", validators=(Validator(url="x", etag="2"),))
    take(store, later)
    freed = store.harvests.known(SOURCE.key).source
    assert (freed.validators, freed.cursor, freed.quarantined_at, freed.suspicion) == (
        later.validators,
        "three",
        None,
        None,
    )
    kinds = [event.kind for event in store.journal.about(f"source:{SOURCE.key}")]
    assert kinds == ["quarantined", "released"]


def test_a_sources_problems_open_last_and_resolve(store: Store):
    take(store, harvest(postings(range(3))))
    take(store, failed(NOON + HOUR))
    take(store, failed(NOON + 2 * HOUR))

    found = {open_.problem.code: open_ for open_ in store.journal.problems()}
    assert set(found) == {"wrong-media-type", "harvest-failed"}
    assert (found["harvest-failed"].first_seen, found["harvest-failed"].last_seen) == (NOON + HOUR, NOON + 2 * HOUR)
    assert found["harvest-failed"].times == 2

    take(store, harvest(postings(range(3)), NOON + 3 * HOUR))
    assert store.journal.problems() == ()


def test_latest_and_history_tell_the_verdicts(store: Store):
    other = source("andra/sida")
    take(store, harvest(postings(range(3)), counts={"requests": 2}))
    take(store, failed(NOON + HOUR))
    take(store, harvest(postings([1], other), of=other), of=other)

    latest = store.harvests.latest()
    assert {key: record.health for key, record in latest.items()} == {
        other.key: Health.HEALTHY,
        SOURCE.key: Health.FAILED,
    }
    assert [(r.health, dict(r.changes), dict(r.counts)) for r in store.harvests.history(SOURCE.key)] == [
        (Health.FAILED, {}, {}),
        (Health.HEALTHY, {"opened": 3}, {"requests": 2}),
    ]
    assert store.harvests.counts() == {other.key: 1, SOURCE.key: 3}
    assert list(store.harvests.sources()) == [other.key, SOURCE.key]


def test_ads_past_their_last_day_close_whether_or_not_their_source_answers(store: Store):
    take(store, harvest([posting(1, valid_through=NOON + HOUR), posting(2)]))
    store.vacancies.save_links([Link(key=posting(n).key, group=str(n)) for n in (1, 2)], {}, NOON)

    assert store.harvests.expire(NOON) == Applied()
    applied = store.harvests.expire(NOON + DAY)

    assert (applied.closed, len(applied.closed_vacancies)) == (1, 1)
    assert store.harvests.expire(NOON + DAY) == Applied()
    (closed,) = store.vacancies.closed_since(NOON + DAY)
    assert closed.close_reason == "its own last day, 2026-11-21, has passed"


def test_a_source_taken_out_closes_and_comes_back_when_it_is_put_in_again(store: Store):
    take(store, harvest(postings(range(3))))
    take(store, failed(NOON + HOUR))

    assert store.harvests.retire({SOURCE.key}, NOON + DAY) == Applied()
    assert store.harvests.retire({"andra/sida"}, NOON + DAY).closed == 3
    assert store.harvests.sources() == {}
    assert store.journal.problems() == ()
    assert store.harvests.retire({"andra/sida"}, NOON + DAY) == Applied()

    applied = take(store, harvest(postings(range(3)), NOON + 2 * DAY))
    assert applied.reopened == 3
    assert list(store.harvests.sources()) == [SOURCE.key]


def test_closing_what_is_closed_or_unknown_does_nothing(store: Store):
    take(store, harvest(postings(range(3))))
    closures = [
        Closed(key=PostingKey(SOURCE.key, "1"), reason="gone"),
        Closed(key=PostingKey("x/y", "1"), reason="gone"),
    ]

    assert store.harvests.close(closures, NOON).closed == 1
    before = content(store)
    assert store.harvests.close(closures, NOON + HOUR).closed == 0
    assert content(store) == before


def test_a_source_never_met_is_a_baseline(store: Store):
    assert store.harvests.known("x/y") == nothing_known(source("x/y"))
    assert store.harvests.known("x/y").source == SourceState(key="x/y")


def test_thousands_of_identifiers_go_through_at_once(store: Store):
    """More than any driver takes as parameters of one statement."""
    many = tuple(posting(n, description="") for n in range(6_000))
    take(store, harvest(many))
    applied = take(store, harvest(many[:3500], NOON + HOUR))
    assert (applied.seen, applied.missed) == (3500, 2500)
    applied = take(store, harvest(many[:3500], NOON + 2 * HOUR))
    assert applied.closed == 2500
