"""Vacancies made of postings: joined, merged, split, closed with them; their tags and the operator's word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedupe.index import Index
from aggregator.errors import StoreError, UsageError
from aggregator.model import (
    Closed,
    Content,
    ContentKind,
    Evidence,
    JobPosting,
    Link,
    ListingKind,
    Message,
    Post,
    PostingKey,
    PostState,
    Ruling,
    Source,
    Tag,
)
from aggregator.store import Store
from aggregator.store.linking import public_id
from aggregator.store.vacancies import Vacancies
from tests.store.test_harvests import take
from tests.support.world import DAY, HOUR, NOON, SOURCE, failed, harvest, posting, postings

AF = Source(key="sagen/af", partner="sagen", kind="platsbanken")


def collect(store: Store, *groups: tuple[JobPosting, ...], at: Any = NOON) -> list[str]:
    """Harvest the postings and link each group as one vacancy; the ids in order."""
    for of in (SOURCE, AF):
        found = [p for group in groups for p in group if p.source == of.key]
        if found:
            take(store, harvest(found, at, of), of=of)
    links = [
        Link(key=p.key, group=str(n), reason="same title", matched=group[0].key if p is not group[0] else None)
        for n, group in enumerate(groups)
        for p in group
    ]
    store.vacancies.save_links(links, {}, at)
    return [store.vacancies.find(str(group[0].key))[0].vacancy for group in groups]


def test_new_and_changed_open_vacancy_postings_are_offered_for_linking(store: Store):
    found = [
        posting(1),
        posting(2),
        posting(3, listing=ListingKind.OPEN_APPLICATION),
        posting(4, valid_through=NOON - DAY),
    ]
    take(store, harvest(found))
    assert [p.identifier for p in store.vacancies.unlinked()] == ["1", "2"]

    store.vacancies.save_links([Link(key=posting(n).key, group=str(n)) for n in (1, 2)], {}, NOON)
    assert store.vacancies.unlinked() == ()

    changed = replace(posting(1), title="Svetsare, natt")
    take(store, harvest([changed, *found[1:]], NOON + HOUR))
    assert store.vacancies.unlinked() == (changed,)


def test_a_vacancy_is_open_while_any_of_its_postings_is(store: Store):
    (id_,) = collect(store, (posting(1), posting("a", of=AF)))

    take(store, harvest([], NOON + HOUR, removed=frozenset({"1"}), incremental=True))
    vacancy = store.vacancies.get(id_)
    assert vacancy is not None
    assert vacancy.open
    assert [p.key for p in vacancy.postings] == [PostingKey(AF.key, "a")]

    gone = take(store, harvest([], NOON + DAY, AF, removed=frozenset({"a"}), incremental=True), of=AF)
    assert gone.closed_vacancies == (id_,)
    closed = store.vacancies.get(id_)
    assert closed is not None
    assert (closed.open, closed.closed_at, closed.close_reason) == (False, NOON + DAY, "removed by its source")
    assert len(closed.postings) == 2  # a closed one shows all it had
    assert [v.id for v in store.vacancies.closed_since(NOON + DAY)] == [id_]
    assert store.vacancies.open() == ()

    back = take(store, harvest(postings([1]), NOON + 2 * DAY))
    assert back.reopened_vacancies == (id_,)
    assert store.vacancies.closed_since(NOON) == ()
    assert [event.kind for event in store.journal.about(f"vacancy:{id_}")] == ["closed", "reopened"]


def test_the_employers_own_words_lead_before_the_boards_copy(store: Store):
    (id_,) = collect(store, (posting(1, "Svetsare till Sågen"), posting("a", "SVETSARE", of=AF, description="x" * 900)))

    vacancy = store.vacancies.get(id_)

    assert vacancy is not None
    assert (vacancy.title, vacancy.lead.source, vacancy.partner) == ("Svetsare till Sågen", SOURCE.key, "sagen")


def test_a_source_counts_for_the_partner_that_the_settings_name(store: Store):
    take(store, harvest(postings([1])))
    store.vacancies.save_links([Link(key=posting(1).key, group="x")], {}, NOON, partner_of={SOURCE.key: "annan"})
    assert [v.partner for v in store.vacancies.open()] == ["annan"]


def test_a_job_that_stood_there_at_the_beginning_is_not_fresh_though_a_copy_comes_later(store: Store):
    (old,) = collect(store, (posting(1),))
    take(store, harvest([posting("x", of=AF)], NOON, AF), of=AF)
    take(store, harvest([posting("x", of=AF), posting("a", of=AF)], NOON + HOUR, AF), of=AF)
    store.vacancies.save_links(
        [Link(key=PostingKey(AF.key, "a"), group="", vacancy=old), Link(key=PostingKey(AF.key, "x"), group="x")],
        {},
        NOON,
    )
    take(store, harvest(postings([1, 2]), NOON + HOUR))
    store.vacancies.save_links([Link(key=posting(2).key, group="new")], {}, NOON + HOUR)

    fresh = {v.lead.identifier: v.fresh for v in store.vacancies.open()}
    assert fresh == {"1": False, "x": False, "2": True}


def test_merging_keeps_the_old_id_as_another_name(store: Store):
    first, second = collect(store, (posting(1),), (posting("a", of=AF),))
    store.vacancies.block(second, "felaktig", NOON)
    post = Post(
        key="s/c",
        slot="s",
        channel="c",
        content=Content(kind=ContentKind.VACANCY, key=f"vacancy:{second}", vacancies=(second,)),
        language="sv",
        message=Message(text="x", language="sv"),
        state=PostState.PLANNED,
        seed="1",
        created_at=NOON,
        not_before=NOON,
    )
    store.outbox.add([post])

    done = store.vacancies.save_links(
        [Link(key=PostingKey(AF.key, "a"), group="", vacancy=first, reason="same text")], {}, NOON
    )

    assert dict(done.merged) == {second: first}
    by_old = store.vacancies.get(second)
    assert by_old == store.vacancies.get(first)
    assert by_old is not None
    assert by_old.held == "blocked: felaktig"  # a block is not lost by merging
    assert [p.key for p in store.outbox.posts_of_vacancy(first)] == ["s/c"]
    assert [p.key for p in store.outbox.posts_of_vacancy(second)] == ["s/c"]
    assert [e.message for e in store.journal.about(f"vacancy:{second}") if e.kind == "merged"] == [
        f"now part of {first}"
    ]
    assert store.vacancies.pin(second, NOON) == first


def test_a_chain_of_mergings_leads_to_the_last(store: Store):
    a, b, c = collect(store, (posting(1),), (posting(2),), (posting(3),))
    store.vacancies.save_links([Link(key=posting(1).key, group="", vacancy=b)], {}, NOON)
    store.vacancies.save_links([Link(key=posting(n).key, group="", vacancy=c) for n in (1, 2)], {}, NOON)

    assert {v.id for id_ in (a, b, c) if (v := store.vacancies.get(id_))} == {c}
    store.vacancies.save_links([Link(key=posting(9).key, group="", vacancy=a)], {}, NOON)  # an unknown posting
    assert len(store.vacancies.members(a)) == 3


def test_splitting_leaves_the_id_with_those_that_stay(store: Store):
    (id_,) = collect(store, (posting(1), posting(2), posting(3)))

    done = store.vacancies.save_links([Link(key=posting(3).key, group="alone")], {}, NOON)

    assert len(done.created) == 1
    assert [m.posting.identifier for m in store.vacancies.members(id_)] == ["1", "2"]
    assert [m.posting.identifier for m in store.vacancies.members(done.created[0])] == ["3"]


def test_linking_the_same_again_changes_no_id(store: Store):
    groups = ((posting(1), posting(2)), (posting(3),))
    before = collect(store, *groups)
    done = store.vacancies.save_links(
        [Link(key=p.key, group=f"other name {n}") for n, group in enumerate(groups) for p in group], {}, NOON
    )
    assert (done.created, dict(done.merged), done.joined, done.moved) == ((), {}, 0, 0)
    assert [store.vacancies.find(str(group[0].key))[0].vacancy for group in groups] == before


def test_a_group_over_two_vacancies_takes_the_elders_id(store: Store):
    (first,) = collect(store, (posting(1),))
    take(store, harvest(postings([1, 2]), NOON + HOUR))
    store.vacancies.save_links([Link(key=posting(2).key, group="2")], {}, NOON + HOUR)

    store.vacancies.save_links([Link(key=posting(n).key, group="both") for n in (1, 2)], {}, NOON + DAY)

    assert [v.id for v in store.vacancies.open()] == [first]


def test_a_vacancy_that_does_not_exist_cannot_be_joined(store: Store):
    take(store, harvest(postings([1])))
    with pytest.raises(StoreError, match="does not exist"):
        store.vacancies.save_links([Link(key=posting(1).key, group="", vacancy="bcdfgh")], {}, NOON)
    assert store.vacancies.all() == ()


@given(founder=st.tuples(st.text(max_size=30), st.text(max_size=30)), attempt=st.integers(0, 3))
def test_public_ids_are_short_and_no_words_or_numbers(founder, attempt):
    id_ = public_id(PostingKey(*founder), attempt)
    assert len(id_) == 6
    assert set(id_) <= set("0123456789bcdfghjkmnpqrstvwxyz")
    assert not id_.isdigit()
    assert id_ == public_id(PostingKey(*founder), attempt) != public_id(PostingKey(*founder), attempt + 1)


def test_an_id_already_taken_is_passed_over(store: Store, monkeypatch: pytest.MonkeyPatch):
    from aggregator.store import linking

    monkeypatch.setattr(linking, "public_id", lambda key, attempt: f"bcdf{min(attempt, int(key.identifier)):02}")
    take(store, harvest(postings(range(1, 4))))
    done = store.vacancies.save_links([Link(key=posting(n).key, group=str(n)) for n in (1, 2, 3)], {}, NOON)
    assert done.created == ("bcdf00", "bcdf01", "bcdf02")


# --- tags ----------------------------------------------------------------------------------------------------------


def a_tag(axis: str, code: str, words: str = "svets") -> Tag:
    return Tag(
        axis=axis, code=code, label=code, evidence=(Evidence(field="title", words=words, rule="r"),), confidence=0.5
    )


def test_what_changed_or_was_tagged_by_other_rules_is_tagged_again(store: Store):
    one, two = collect(store, (posting(1),), (posting(2),))
    assert {v.id for v in store.vacancies.untagged("v1")} == {one, two}
    tags = [a_tag("ssyk", "7212"), a_tag("municipality", "2085")]
    store.vacancies.save_tags({one: tags, two: []}, NOON, "v1")
    tagged = store.vacancies.get(one)
    assert tagged is not None
    assert list(tagged.tags) == tags
    assert store.vacancies.untagged("v1") == ()
    assert len(store.vacancies.untagged("v2")) == 2

    take(store, harvest([posting(1, "Målare"), posting(2)], NOON + HOUR))
    assert [v.id for v in store.vacancies.untagged("v1")] == [one]

    store.vacancies.save_tags({one: [tags[1], a_tag("ssyk", "7131")]}, NOON + HOUR, "v1")
    assert [e.message for e in store.journal.about(f"vacancy:{one}") if e.kind == "retagged"] == [
        "-ssyk 7212, +ssyk 7131"
    ]


# --- the operator's word -------------------------------------------------------------------------------------------


def test_a_block_a_quarantine_and_their_ends(store: Store):
    (id_,) = collect(store, (posting(1), posting("a", of=AF)))

    def held() -> str:
        vacancy = store.vacancies.get(id_)
        assert vacancy is not None
        return vacancy.held

    take(store, failed(NOON + HOUR))
    assert held() == ""  # the board still shows it
    take(store, failed(NOON + HOUR, AF), of=AF)
    assert held().startswith(f"its source {SOURCE.key} is quarantined: nothing was understood")
    store.vacancies.block(id_, "felaktig annons", NOON)
    assert held() == "blocked: felaktig annons"
    store.vacancies.unblock(id_, NOON)
    take(store, harvest(postings([1]), NOON + 2 * HOUR))
    assert held() == ""
    with pytest.raises(UsageError, match="zzzzzz"):
        store.vacancies.block("zzzzzz", "x", NOON)


def test_a_ruling_is_kept_and_offers_its_vacancies_for_linking_again(store: Store):
    collect(store, (posting(1), posting(2)), (posting(3),), (posting(4),))
    a, b = posting(2).key, posting(1).key
    store.vacancies.add_ruling(Ruling(kind="split", a=a, b=b), NOON)
    assert [p.identifier for p in store.vacancies.unlinked()] == ["1", "2"]

    store.vacancies.add_ruling(Ruling(kind="merge", a=b, b=posting(3).key), NOON + HOUR)
    store.vacancies.add_ruling(Ruling(kind="merge", a=b, b=a), NOON + 2 * HOUR)
    assert [(r.kind, r.a.identifier, r.b.identifier) for r in store.vacancies.rulings()] == [
        ("merge", "1", "3"),
        ("merge", "1", "2"),
    ]
    with pytest.raises(UsageError, match="sagen/karriar#99"):
        store.vacancies.add_ruling(Ruling(kind="merge", a=a, b=posting(99).key), NOON)


# --- asking --------------------------------------------------------------------------------------------------------


def test_finding_by_whatever_the_operator_has(store: Store):
    id_, _ = collect(
        store,
        (posting(1, "Åkeriets chaufför", apply_url="https://sagen.example/sok/1"), posting("a", "Chaufför", of=AF)),
        (posting(2, "Målare"),),
    )
    take(
        store,
        harvest(
            [
                posting(1, "Åkeriets chaufför"),
                posting(2, "Målare"),
                posting(3, "Spontan", listing=ListingKind.OPEN_APPLICATION),
            ],
            NOON + HOUR,
        ),
    )

    def found(words: str) -> list[str]:
        return [member.posting.identifier for member in store.vacancies.find(words)]

    assert found(id_) == found(id_.upper()) == ["a", "1"]
    assert found("CHAUFFÖR åkeriet") == ["1"]
    assert found("https://sagen.example/jobb/1/") == ["1"]
    assert found(f"{AF.key}#a") == found(" a ") == ["a"]
    assert [(m.vacancy, m.open) for m in store.vacancies.find("spontan")] == [("", True)]
    assert found("finns inte") == found("") == []
    (copy, _) = store.vacancies.members(id_)
    assert (copy.matched, copy.reason) == (posting(1).key, "same title")


def test_loading_many_takes_no_more_queries_than_loading_few(store: Store):
    def queries() -> int:
        met: list[str] = []
        sa.event.listen(store.database.engine, "before_cursor_execute", lambda *args: met.append(args[2]))
        store.vacancies.all()
        return len(met)

    collect(store, (posting(1), posting(2)))
    few = queries()
    collect(store, *((posting(n),) for n in range(10, 60)), at=NOON + HOUR)
    assert len(store.vacancies.open()) == 51
    assert queries() == few


def test_open_vacancies_are_kept_only_while_nothing_changed(store: Store, store_address: str):
    one, two, _ = collect(store, (posting(1),), (posting(2),), (posting(3, valid_through=NOON + DAY),))
    kept = store.vacancies.open()
    assert store.vacancies.open() is kept
    mark = store.vacancies.mark(NOON, NOON - DAY)
    assert store.vacancies.mark(NOON + HOUR, NOON - DAY) == mark
    assert store.vacancies.mark(NOON + DAY + HOUR, NOON - DAY) != mark, "one has passed its last day"

    def tag(vacancies: Vacancies) -> None:
        vacancies.save_tags({one: [a_tag("ssyk", "7131")]}, NOON, "v1")

    with Store.open(store_address) as other:
        changes: list[Callable[[Vacancies], object]] = [
            lambda vacancies: vacancies.block(one, "wrong place", NOON),
            lambda vacancies: vacancies.pin(two, NOON),
            tag,
            lambda _: other.harvests.close([Closed(key=posting(2).key, reason="gone")], NOON),
            lambda _: take(other, harvest((posting(1, title="Another"), posting(3)), NOON + HOUR)),
            lambda _: take(other, failed(NOON + 2 * HOUR)),
        ]
        for n, change in enumerate(changes):
            change(other.vacancies)
            now = store.vacancies.open()
            assert now != kept, n
            assert now == Vacancies(store.database).open()
            before, mark = mark, store.vacancies.mark(NOON, NOON - DAY)
            assert mark != before
            kept = now
    tag(store.vacancies)
    assert any(vacancy.tags for vacancy in store.vacancies.open())
    store.vacancies.save_tags({one: []}, NOON, "v1")
    assert not any(vacancy.tags for vacancy in store.vacancies.open()), "said by the same rules, and yet otherwise"


# --- the index -----------------------------------------------------------------------------------------------------


def test_the_index_answers_as_its_protocol_says(store: Store):
    take(store, harvest(postings(range(6))))
    keys = {posting(n).key: ("employer:sågen", f"title:{n}") for n in range(6)}
    done = store.vacancies.save_links([Link(key=key, group=key.identifier) for key in keys], keys, NOON)
    index: Index = store.vacancies.index()

    found = index.lookup(["employer:sågen", "title:3", "nothing"], limit=4)
    assert set(found) == {"employer:sågen", "title:3"}
    assert [key.identifier for key in found["employer:sågen"]] == ["5", "4", "3", "2"]
    assert dict(index.frequency(["employer:sågen", "title:3", "nothing"])) == {"employer:sågen": 6, "title:3": 1}
    assert dict(index.frequency(["employer:sågen"], at_most=2)) == {"employer:sågen": 2}
    assert index.postings([posting(3).key, posting(77).key]) == {posting(3).key: posting(3)}
    of = index.vacancy_of(list(keys))
    assert sorted(of.values()) == sorted(done.created)
    assert index.members([of[posting(1).key]]) == {of[posting(1).key]: [posting(1).key]}
    assert index.closed(list(keys)) == frozenset()
    assert index.lookup([], 3) == {}

    store.vacancies.save_links([Link(key=posting(1).key, group="1")], {posting(1).key: ("title:new",)}, NOON)
    assert index.frequency(["employer:sågen", "title:1", "title:new"]) == {"employer:sågen": 5, "title:new": 1}


def test_the_index_takes_thousands_of_keys(store: Store):
    take(store, harvest(postings([1])))
    words = [f"k{n}" for n in range(3000)]
    store.vacancies.save_links([Link(key=posting(1).key, group="1")], {posting(1).key: words}, NOON)
    assert len(store.vacancies.index().lookup(words, 2)) == 3000
    assert sum(store.vacancies.index().frequency(words).values()) == 3000
