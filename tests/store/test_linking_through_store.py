"""Linking through the store's own index gives what linking in memory gives, whatever the order of arrival."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.decide import decide
from aggregator.dedupe import MemoryIndex, keys, link
from aggregator.health import judge
from aggregator.model import Harvest, JobPosting, PostingKey, Source
from aggregator.store import Store
from tests.support.ads import ENGINEER, START, SVETSARE, UNDERSKOTERSKA, ad

BOARD = "platsbanken/dalstal"
ADS = [
    ad("1", reference_number="DS-1"),
    ad("2", place="Falun"),
    ad("3", "Undersköterska natt", text=UNDERSKOTERSKA, employer="Falu kommun"),
    ad("p1", source=BOARD, posted=1),
    ad("p2", source=BOARD, posted=1, place="Falun"),
    ad("p3", "Undersköterska dag", source=BOARD, text=UNDERSKOTERSKA, employer="Falu kommun"),
    ad(
        "f1", source="feed/x", text=SVETSARE[:300], place="", ends=None, url="https://dalstal.jobb.example/jobb/1?trk=a"
    ),
    ad("e1", "Process engineer", source="hybrit/jobs", text=ENGINEER, employer="Hybrit AB", place="Boden"),
    ad("e2", "Process engineer", source=BOARD, text=ENGINEER, employer="Hybrit", place="Boden", posted=2),
]


def arrive(store: Store, posting: JobPosting) -> None:
    """One posting comes in by an incremental harvest and is linked."""
    now = posting.retrieved_at + timedelta(hours=1)
    source = Source(key=posting.source, partner=posting.source.partition("/")[0], kind="feed")
    harvest = Harvest(
        source=source.key, started_at=now, finished_at=now, postings=(posting,), incremental=True, complete=True
    )
    known = store.harvests.known(source.key)
    verdict = judge(source, known, harvest, now)
    store.harvests.apply(source, harvest, decide(source, known, harvest, verdict, now), verdict, now)
    relink(store)


def relink(store: Store) -> None:
    postings = store.vacancies.unlinked()
    links = link(postings, store.vacancies.index(), store.vacancies.rulings())
    partner_of = {one.source: one.source.partition("/")[0] for one in ADS}
    store.vacancies.save_links(links, {one.key: keys(one) for one in postings}, partner_of=partner_of, now=START)


def homes(store: Store) -> set[frozenset[PostingKey]]:
    found: dict[str, set[PostingKey]] = defaultdict(set)
    for key, vacancy in store.vacancies.index().vacancy_of([one.key for one in ADS]).items():
        found[vacancy].add(key)
    return {frozenset(members) for members in found.values()}


@pytest.mark.parametrize("seed", range(4))
def test_arriving_one_by_one_in_any_order_gives_what_the_batch_gives(tmp_path: Path, seed: int):
    expected: dict[str, set[PostingKey]] = defaultdict(set)
    for one in link(ADS, MemoryIndex()):
        expected[one.group].add(one.key)
    assert sorted(len(members) for members in expected.values()) == [1, 1, 2, 2, 3]
    with Store.open(f"sqlite:///{tmp_path / 'jobs.db'}") as store:
        for posting in random.Random(seed).sample(ADS, len(ADS)):
            arrive(store, posting)
        assert homes(store) == {frozenset(members) for members in expected.values()}
        relink(store)
        assert homes(store) == {frozenset(members) for members in expected.values()}


def test_a_source_that_changes_its_system_keeps_its_vacancies(store: Store) -> None:
    source = Source(key="dalstal/jobb", partner="dalstal", kind="feed")
    before = [ad("1"), ad("2", "Undersköterska", text=UNDERSKOTERSKA), ad("3", "Engineer", text=ENGINEER)]
    after = [replace(one, identifier=f"new-{one.identifier}", url=f"{one.url}/new") for one in before]
    gone = frozenset(one.identifier for one in before)
    homes_then: list[str] = []
    for number, (postings, missing) in enumerate(((before, frozenset()), (after, gone))):
        now = START + timedelta(hours=1 + number)
        harvest = Harvest(
            source=source.key, started_at=now, finished_at=now, postings=tuple(postings), complete=True,
            removed=missing, gone=missing,
        )  # fmt: skip
        known = store.harvests.known(source.key)
        verdict = judge(source, known, harvest, now)
        store.harvests.apply(source, harvest, decide(source, known, harvest, verdict, now), verdict, now)
        relink(store)
        homes_then.append(str([store.vacancies.index().vacancy_of([one.key])[one.key] for one in postings]))
    assert homes_then[0] == homes_then[1]
    assert len(store.vacancies.open()) == len(before)
    assert {ruling.kind for ruling in store.vacancies.rulings()} == {"renamed"}
    (told,) = (one.message for one in store.journal.about(f"posting:{after[0].key}") if one.kind == "renamed")
    assert told == "stood under the identifier 1 before"
