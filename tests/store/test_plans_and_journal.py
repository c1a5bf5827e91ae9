"""Plans, the ledger, what was done and why, problems, runs and switches."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator.model import (
    Content,
    ContentKind,
    Delivery,
    Event,
    Link,
    Period,
    Plan,
    PlanItem,
    PostState,
    Problem,
    Promise,
    Refusal,
    Slot,
    Standing,
)
from aggregator.store import Store
from tests.store.test_harvests import content, written
from tests.store.test_outbox import a_delivery, a_post
from tests.store.test_vacancies import collect
from tests.support.world import DAY, HOUR, NOON, posting


def an_item(at: datetime, name: str = "vardag", *, filled: bool = True) -> PlanItem:
    slot = Slot(
        key=f"{name}@{at:%Y-%m-%dT%H:%M}",
        campaign=name,
        at=at,
        channels=("bluesky", "x"),
        language="sv",
        content=(ContentKind.VACANCY, ContentKind.STORY),
    )
    chosen = Content(kind=ContentKind.STORY, key="story:tystnad", story="tystnad") if filled else None
    return PlanItem(
        slot=slot,
        content=chosen,
        reasons=("minst visad",),
        refused=(Refusal(content="vacancy:x", rule="rest", reason="nyss"),),
    )


def a_plan(*items: PlanItem, at: datetime = NOON) -> Plan:
    promise = Promise(content=ContentKind.VACANCY, posts=4, per=Period.QUARTER)
    standing = Standing(
        partner="sagen",
        promise=promise,
        period_start=NOON.date(),
        period_end=(NOON + 90 * DAY).date(),
        promised=4,
        delivered=1,
        planned=2,
        due=1.5,
    )
    short = Problem(level="warning", code="promise-behind", where="sagen", message="en för lite", data={"missing": 1})
    return Plan(made_at=at, items=items, standings=(standing,), shortfalls=(short,))


def test_a_plan_comes_back_as_it_was(store: Store):
    assert store.plans.latest() is None
    plan = a_plan(an_item(NOON + HOUR), an_item(NOON + DAY, filled=False))
    store.plans.save(plan)
    assert store.plans.latest() == plan
    assert store.plans.item(plan.items[0].slot.key) == plan.items[0]
    assert store.plans.item("x") is None


def test_the_same_plan_again_writes_no_item(store: Store):
    plan = a_plan(an_item(NOON + HOUR))
    store.plans.save(plan)
    before = content(store, "plan_item")
    store.plans.save(replace(plan, made_at=NOON + HOUR / 60))
    assert content(store, "plan_item") == before


def test_a_new_plan_replaces_what_is_to_come_but_neither_the_past_nor_what_has_a_post(store: Store):
    past, posted, dropped, kept = (an_item(NOON + n * HOUR, f"k{n}") for n in range(4))
    store.plans.save(a_plan(past, posted, dropped, kept))
    store.outbox.add([a_post(posted.slot.key)])
    changed = replace(kept, reasons=("annat skäl",))

    store.plans.save(a_plan(changed, at=NOON + HOUR / 2))

    assert store.plans.items(NOON, NOON + DAY) == (past, posted, changed)
    assert store.plans.fixed(NOON, NOON + DAY) == (posted,)
    assert store.plans.used_slots(NOON) == {posted.slot.key}
    assert store.plans.used_slots(NOON + 2 * HOUR) == frozenset()
    assert store.plans.items(NOON, NOON) == ()


def test_the_ledger_names_a_merged_vacancy_by_its_present_id(store: Store):
    one, two = collect(store, (posting(1),), (posting(2),))
    post = a_post("s", "x", two, state=PostState.SENDING)
    store.outbox.add([post])
    for _ in range(2):  # a second delivery of the same slot and channel is the same delivery
        store.outbox.move(post.key, PostState.SENDING, PostState.SENT, NOON, delivery=a_delivery(post))
    store.vacancies.save_links([Link(key=posting(2).key, group="", vacancy=one)], {}, NOON)

    assert store.plans.deliveries(NOON) == (replace(a_delivery(post), vacancies=(one,)),)
    assert isinstance(store.plans.deliveries(NOON)[0], Delivery)


def test_events_are_told_by_subject_and_time(store: Store):
    first = Event(at=NOON, subject="slot:a", kind="chosen", message="därför", data={"n": 1})
    second = Event(at=NOON + HOUR, subject="slot:b", kind="empty", message="inget")
    store.journal.write([second, first])
    store.journal.write([])
    assert store.journal.about("slot:a") == (first,)
    assert store.journal.about("slot:b", "slot:a") == (first, second)
    assert store.journal.since(NOON + HOUR) == (second,)
    assert store.journal.since(NOON, "chosen") == (first,)


def a_problem(code: str, message: str = "m", level: str = "warning", **data: object) -> Problem:
    return Problem(level=level, code=code, where="x", message=message, data=data)


def test_problems_open_last_resolve_and_come_again(store: Store):
    journal = store.journal
    journal.report(
        [a_problem("slow", "3 s"), a_problem("bad-ad", identifier="1"), a_problem("bad-ad", identifier="2")],
        "site",
        NOON,
    )
    journal.report([a_problem("other", level="error")], "plan", NOON + HOUR)
    journal.report([a_problem("slow", "4 s"), a_problem("bad-ad", identifier="2")], "site", NOON + HOUR)

    told = [(p.problem.code, p.problem.message, p.first_seen, p.times) for p in journal.problems()]
    assert told == [("other", "m", NOON + HOUR, 1), ("bad-ad", "m", NOON, 2), ("slow", "4 s", NOON, 2)] or told == [
        ("other", "m", NOON + HOUR, 1),
        ("slow", "4 s", NOON, 2),
        ("bad-ad", "m", NOON, 2),
    ]
    journal.report([], "site", NOON + 2 * HOUR)
    assert [p.problem.code for p in journal.problems()] == ["other"]
    journal.report([a_problem("slow")], "site", NOON + DAY)
    assert [(p.problem.code, p.first_seen, p.times) for p in journal.problems()][1] == ("slow", NOON + DAY, 1)


def test_two_problems_of_one_sort_at_once_are_two(store: Store):
    store.journal.report([a_problem("odd", "ett"), a_problem("odd", "två")], "site", NOON)
    assert [p.problem.message for p in store.journal.problems()] == ["ett", "två"]


def test_runs_begin_and_end(store: Store):
    assert store.journal.first_run() is None
    first = store.journal.start_run("run", NOON)
    second = store.journal.start_run("publish", NOON + HOUR)
    store.journal.finish_run(first, NOON + HOUR, "ok", {"opened": 3})
    assert store.journal.first_run() == NOON
    last, run = store.journal.last_run(), store.journal.last_run("run")
    assert last is not None
    assert (last.id, last.finished_at, last.outcome) == (second, None, "")
    assert run is not None
    assert (run.finished_at, run.outcome, dict(run.summary)) == (NOON + HOUR, "ok", {"opened": 3})
    assert [r.id for r in store.journal.runs()] == [second, first]


def test_a_switch_is_on_until_it_is_turned_off(store: Store):
    assert store.journal.flag("stop") is None
    store.journal.raise_flag("stop", "", NOON)
    assert store.journal.flag("stop") == ""
    store.journal.raise_flag("stop", "fel bild", NOON)
    assert store.journal.flag("stop") == "fel bild"
    assert store.journal.lower_flag("stop") is True
    assert store.journal.lower_flag("stop") is False


def test_asking_writes_nothing(store: Store):
    with written(store) as statements:
        store.plans.latest()
        store.journal.problems()
        store.vacancies.open()
        store.harvests.sources()
        store.outbox.due(NOON)
    assert statements == []
