from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.dedupe import MemoryIndex, dedupe_lines, keys, link, normal
from aggregator.model import JobPosting, Link, ListingKind, Place, PostingKey, Ruling
from aggregator.schema_org import to_schema_org
from tests.support.ads import ENGINEER, START, SVETSARE, UNDERSKOTERSKA, ad


def groups(links: Iterable[Link]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in links:
        found[one.group].add(one.key.identifier)
    return {frozenset(members) for members in found.values()}


def linked(*postings: JobPosting, rulings: Sequence[Ruling] = ()) -> set[frozenset[str]]:
    return groups(link(postings, MemoryIndex(), rulings))


def same(a: JobPosting, b: JobPosting) -> bool:
    return len(linked(a, b)) == 1


def reason(a: JobPosting, b: JobPosting) -> str:
    return link([a, b], MemoryIndex())[1].reason


BASE = ad("1001", reference_number="DS-2026-17", base_salary="31 500–34 000 SEK per MONTH")
BOARD: dict[str, Any] = {"source": "platsbanken/dalstal", "posted": 2}


# --- the same job ---

SAME = {
    "copy on the national board": ad("77001234", **BOARD),
    "apply address with tracking": ad(
        "77001235", "Svetsare sökes", text="", apply_url=BASE.url + "?utm_source=x&promotion=platsbanken", **BOARD
    ),
    "feed cut to a summary, no place": ad(
        "f1", source="feed/x", text=SVETSARE[:300], place="", ends=None, url=BASE.url + "?trk=a"
    ),
    "employer written otherwise": ad("77001236", employer="DALSTÅL AKTIEBOLAG (publ)", **BOARD),
    "title with gender mark, percentage and place": ad("77001237", "Nyhet! Svetsare (m/k), 100 % - Borlänge", **BOARD),
    "misspelled title": ad("77001238", "Svetasre", text=SVETSARE.replace("verkstad", "verkstda"), **BOARD),
    "agency, employer replaced": ad(
        "b9",
        "Svetsare",
        source="agency/lernia",
        employer="Lernia Bemanning AB",
        text="Lernia söker för kunds räkning.\n" + SVETSARE,
        posted=3,
    ),
    "two places, one of them ours": ad(
        "m1",
        source="agg/x",
        posted=1,
        job_location=(Place(name="Falun", locality="Falun"), Place(name="Borlänge", locality="Borlänge")),
    ),
    "title in two languages": ad("77001239", "Welder / Svetsare", **BOARD),
    "place with postal code": ad("77001240", place="784 33 Borlänge, Sverige", **BOARD),
    "village on the site, municipality on the board": ad("77001243", place="Ornäs", **BOARD),
    "same reference, text rewritten by the board": ad(
        "77001241",
        text="Om företaget: Dalstål är en trygg arbetsgivare.\n" + SVETSARE[250:],
        reference_number="DS 2026/17",
        **BOARD,
    ),
    "nothing but employer, title and place alike, no text": ad("77001242", text="", **BOARD),
}


@pytest.mark.parametrize("copy", SAME.values(), ids=SAME.keys())
def test_a_copy_is_the_same_vacancy(copy):
    assert same(BASE, copy)


def test_a_repost_after_the_deadline_is_linked_and_known_as_one():
    again = ad("2002", posted=60, ends=90, reference_number="DS-2026-31")
    assert same(BASE, again)
    assert reason(BASE, again).startswith("repost: ")


def test_an_english_copy_with_the_same_reference_is_the_same_vacancy():
    swedish = ad("1", "Processingenjör", text=SVETSARE, reference_number="HYB-4471", place="Boden")
    english = ad(
        "2",
        "Process engineer",
        text=ENGINEER,
        reference_number="HYB-4471",
        place="Boden",
        in_language="en",
        source="board/x",
    )
    assert same(swedish, english)


# --- not the same job ---

APART = {
    "another municipality": ad("1002", place="Falun"),
    "another municipality, on another board": ad("77001250", place="Ludvika", **BOARD),
    "another ward": (
        ad("1", "Undersköterska - Avdelning 4A", text=UNDERSKOTERSKA, employer="Region Dalarna"),
        ad("2", "Undersköterska - Avdelning 15", text=UNDERSKOTERSKA, employer="Region Dalarna", source="board/x"),
    ),
    "another unit with a name": (
        ad("1", "Undersköterska till Hemtjänst Norr", text=UNDERSKOTERSKA, employer="Falu kommun"),
        ad(
            "2",
            "Undersköterska till Solgårdens demensboende",
            text=UNDERSKOTERSKA,
            employer="Falu kommun",
            source="board/x",
        ),
    ),
    "another unit, short": (
        ad("1", "Undersköterska Hemtjänst", text=UNDERSKOTERSKA, employer="Falu kommun"),
        ad("2", "Undersköterska Korttidsboende", text=UNDERSKOTERSKA, employer="Falu kommun", source="board/x"),
    ),
    "north and south": (
        ad("1", "Undersköterska Hemtjänst Norr", text=UNDERSKOTERSKA, employer="Falu kommun"),
        ad("2", "Undersköterska Hemtjänst Söder", text=UNDERSKOTERSKA, employer="Falu kommun", source="board/x"),
    ),
    "a common title at a big employer, another text": (
        ad("1", "Undersköterska", text=UNDERSKOTERSKA, employer="Falu kommun"),
        ad("2", "Undersköterska", text=SVETSARE, employer="Falu kommun", source="board/x"),
    ),
    "specialist": (
        ad("1", "Sjuksköterska", text=UNDERSKOTERSKA, employer="Region Dalarna"),
        ad("2", "Specialistsjuksköterska", text=UNDERSKOTERSKA, employer="Region Dalarna", source="board/x"),
    ),
    "another shift": (
        ad("1", "Undersköterska natt", text=UNDERSKOTERSKA),
        ad("2", "Undersköterska dag", text=UNDERSKOTERSKA, source="board/x"),
    ),
    "shift written together": (
        ad("1", "Nattsjuksköterska", text=UNDERSKOTERSKA),
        ad("2", "Sjuksköterska dagtid", text=UNDERSKOTERSKA, source="board/x"),
    ),
    "another level": (
        ad("1", "Projektledare", text=ENGINEER),
        ad("2", "Biträdande projektledare", text=ENGINEER, source="board/x"),
    ),
    "senior": (
        ad("1", "Process engineer", text=ENGINEER),
        ad("2", "Senior process engineer", text=ENGINEER, source="board/x"),
    ),
    "twin with another reference": ad("77001251", reference_number="DS-2026-18", **BOARD),
    "twin with another deadline": ad("77001252", source="platsbanken/dalstal", posted=2, ends=44),
    "twin with another salary": ad("77001253", base_salary="28 000 SEK", **BOARD),
    "twin at the same source": ad("1003"),
    "two employers with the same agency text": (
        ad("1", employer="Kraftverket AB", source="agency/a"),
        ad("2", employer="Bruket i Mora AB", source="agency/b"),
    ),
    "another trade at one employer with the same boilerplate": (
        ad("1", "Lokalvårdare", text="Städning av skolor. " + UNDERSKOTERSKA, employer="Falu kommun"),
        ad("2", "Kock", text="Matlagning i skolor. " + UNDERSKOTERSKA, employer="Falu kommun", source="board/x"),
    ),
    "summer job and steady job": (
        ad("1", "Sommarvikarie undersköterska", text=UNDERSKOTERSKA),
        ad("2", "Undersköterska tillsvidare", text=UNDERSKOTERSKA, source="board/x"),
    ),
}


@pytest.mark.parametrize("pair", APART.values(), ids=APART.keys())
def test_a_neighbour_is_another_vacancy(pair):
    a, b = pair if isinstance(pair, tuple) else (BASE, pair)
    assert not same(a, b)


def test_a_shared_form_does_not_make_two_openings_one():
    form = "https://dalstal.example/ansokan"
    assert not same(ad("1", "Svetsare", apply_url=form), ad("2", "Ekonom", text=ENGINEER, apply_url=form))


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("https://dalstal.example/jobb/1001-svetsare", True),
        ("https://dalstal.example/lediga-jobb/svetsare-borlange/", True),
        ("https://dalstal.example/jobb?id=48213", True),
        ("https://dalstal.example", False),
        ("https://dalstal.example/lediga-jobb/", False),
        ("https://dalstal.example/careers/open-positions?utm_source=x", False),
        ("https://dalstal.example/jobba-hos-oss", False),
    ],
)
def test_which_addresses_are_one_ads_own(address, own):
    assert bool(normal.own_page(normal.address(address))) is own


def test_a_list_as_the_address_of_every_ad_proves_nothing():
    everything = "https://dalstal.example/lediga-jobb"
    assert not same(ad("1", url=everything), ad("2", url=everything, source="board/x", posted=2, ends=44))


def test_a_chain_of_copies_does_not_tie_twins_together():
    """A summary without place or deadline is like both twins; it may go with one of them, the twins stay apart."""
    twins = [ad("1", posted=0, ends=30), ad("2", posted=2, ends=44)]
    summary = ad("s", source="feed/x", text=SVETSARE[:300], place="", ends=None, posted=1)
    found = linked(*twins, summary)
    assert not any({"1", "2"} <= group for group in found)
    assert any({"s"} < group for group in found)


def test_open_applications_are_not_linked():
    assert link([replace(ad("1"), listing=ListingKind.OPEN_APPLICATION)], MemoryIndex()) == ()


# --- the operator's word ---


def key(identifier: str, source: str = "dalstal/jobb") -> PostingKey:
    return PostingKey(source, identifier)


def test_a_split_is_law():
    copy = ad("77001234", **BOARD)
    split = Ruling(kind="split", a=BASE.key, b=copy.key)
    assert linked(BASE, copy, rulings=[split]) == {frozenset({"1001"}), frozenset({"77001234"})}


def test_a_merge_is_law_and_says_so():
    other = ad("1002", "Ekonom", text=ENGINEER, place="Falun")
    merge = Ruling(kind="merge", a=other.key, b=BASE.key)
    found = link([BASE, other], MemoryIndex(), [merge])
    assert len(groups(found)) == 1
    assert all("merged by the operator" in one.reason for one in found)


def test_a_copy_of_one_of_two_merged_postings_joins_them():
    other = ad("1002", "Ekonom", text=ENGINEER, place="Falun")
    merge = Ruling(kind="merge", a=other.key, b=BASE.key)
    assert linked(BASE, other, ad("77001234", **BOARD), rulings=[merge]) == {frozenset({"1001", "1002", "77001234"})}


def test_a_split_wins_over_merges_that_contradict_it():
    a, b, c = ad("1"), ad("2", place="Falun"), ad("3", place="Mora")
    said = [
        Ruling(kind="merge", a=a.key, b=b.key),
        Ruling(kind="merge", a=b.key, b=c.key),
        Ruling(kind="split", a=a.key, b=c.key),
    ]
    found = linked(a, b, c, rulings=said)
    assert len(found) == 2
    assert not any({"1", "3"} <= group for group in found)


def test_a_merge_holds_when_only_one_of_the_two_is_linked_again():
    other = ad("1002", "Ekonom", text=ENGINEER, place="Falun")
    index = MemoryIndex([BASE, other])
    index.apply(link([BASE, other], index))
    assert len(set(index.vacancy_of([BASE.key, other.key]).values())) == 2
    index.apply(link([BASE], index, [Ruling(kind="merge", a=other.key, b=BASE.key)]))
    assert len(set(index.vacancy_of([BASE.key, other.key]).values())) == 1


def test_a_split_undoes_a_link_and_one_keeps_the_id():
    copy = ad("77001234", **BOARD)
    index = MemoryIndex([BASE, copy])
    index.apply(link([BASE, copy], index))
    (before,) = set(index.vacancy_of([BASE.key, copy.key]).values())
    index.apply(link([copy], index, [Ruling(kind="split", a=BASE.key, b=copy.key)]))
    after = index.vacancy_of([BASE.key, copy.key])
    assert len(set(after.values())) == 2
    assert before in after.values()


# --- what must hold for any postings ---

WORLD = [
    BASE,
    *(replace(one, identifier=f"s{n}") for n, one in enumerate(SAME.values())),
    ad("2002", posted=60, ends=90),
    *(
        replace(one, identifier=f"a{n}-{i}")
        for n, pair in enumerate(APART.values())
        for i, one in enumerate(pair if isinstance(pair, tuple) else (pair,))
    ),
]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(WORLD), unique_by=lambda one: one.key, max_size=14), st.randoms(use_true_random=False))
def test_the_order_changes_nothing(postings, rng):
    assert link(rng.sample(postings, len(postings)), MemoryIndex()) == link(postings, MemoryIndex())


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(WORLD), unique_by=lambda one: one.key, max_size=14), st.randoms(use_true_random=False))
def test_coming_in_one_by_one_in_any_order_gives_the_same_vacancies(postings, rng):
    at_once = groups(link(postings, MemoryIndex()))
    index = MemoryIndex()
    for one in rng.sample(postings, len(postings)):
        index.add(one)
        index.apply(link([one], index))
    homes: dict[str, set[str]] = defaultdict(set)
    for posting, vacancy in index.vacancy_of([one.key for one in postings]).items():
        homes[vacancy].add(posting.identifier)
    assert {frozenset(members) for members in homes.values()} == at_once


@settings(deadline=None, max_examples=20)
@given(st.lists(st.sampled_from(WORLD), unique_by=lambda one: one.key, min_size=1, max_size=14))
def test_linking_again_changes_nothing(postings):
    index = MemoryIndex(postings)
    index.apply(link(postings, index))
    before = dict(index.vacancy_of([one.key for one in postings]))
    again = link(postings, index)
    assert {one.key: one.vacancy for one in again} == before
    assert [(one.key, one.reason) for one in again] == [(one.key, one.reason) for one in link(postings, index)]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.sampled_from(WORLD), unique_by=lambda one: one.key, min_size=2, max_size=10), st.data())
def test_rulings_hold_whatever_the_texts_say(postings, data):
    a, b = data.draw(st.lists(st.sampled_from(postings), min_size=2, max_size=2, unique_by=lambda one: one.key))
    for kind in ("merge", "split"):
        found = {one.key: one.group for one in link(postings, MemoryIndex(), [Ruling(kind=kind, a=a.key, b=b.key)])}
        assert (found[a.key] == found[b.key]) is (kind == "merge")


def test_keys_are_short_and_the_same_in_every_process():
    found = keys(BASE)
    assert "i:dalstal.jobb.example/1001" in found
    assert "r:DS202617" in found
    assert all(len(one) <= 80 for one in found)
    assert keys(replace(BASE, retrieved_at=START)) == found
    import os
    import subprocess
    import sys

    words = "from tests.unit.test_dedupe_link import BASE; from aggregator.dedupe import keys; print(*keys(BASE), sep='\\n')"
    other = subprocess.run(
        [sys.executable, "-c", words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert tuple(other.stdout.split("\n")[:-1]) == found


def test_a_posting_with_next_to_nothing_is_a_vacancy_of_its_own():
    bare = JobPosting(source="x/y", identifier="1", title="", url="", retrieved_from="", retrieved_at=START)
    assert linked(bare, replace(bare, identifier="2")) == {frozenset({"1"}), frozenset({"2"})}


# --- the pipe ---


def test_the_pipe_answers_every_line_in_order():
    lines = [
        to_schema_org(one) for one in (BASE, ad("9", "Ekonom", text=ENGINEER, place="Falun"), ad("77001234", **BOARD))
    ]
    found = list(dedupe_lines(lines))
    assert [(one["identifier"], one["source"], one["vacancy"]) for one in found] == [
        ("1001", "dalstal/jobb", "v1"),
        ("9", "dalstal/jobb", "v2"),
        ("77001234", "platsbanken/dalstal", "v1"),
    ]
    assert found[0]["reason"] == "same employer, title and place; text 100% alike (as platsbanken/dalstal#77001234)"
    assert found[1]["reason"] == "no other posting is like it"
    assert all(set(one) == {"identifier", "source", "vacancy", "reason", "score"} for one in found)


def test_the_pipe_gives_a_line_met_twice_the_same_answer_and_refuses_what_is_no_object():
    line = to_schema_org(BASE)
    assert len({one["vacancy"] for one in dedupe_lines([line, line])}) == 1
    with pytest.raises(TypeError, match="JSON object"):
        list(dedupe_lines([["x"]]))  # type: ignore[list-item] # what a broken line may hold


# --- what time does to ads ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        {"ends": 37},
        {"place": "Falun"},
        {"title": "Svetsare natt"},
        {"base_salary": "40 000 SEK per MONTH", "text": SVETSARE + " Lönen är ny."},
    ],
    ids=["last day", "place", "title", "salary"],
)
def test_an_edit_that_a_copy_has_not_followed_tears_no_vacancy_apart(edit):
    before = ad("1001", base_salary="31 500 SEK per MONTH")
    copy = ad("p1", base_salary="31 500 SEK per MONTH", **BOARD)
    index = MemoryIndex([before, copy])
    index.apply(link([before, copy], index))
    home = index.vacancy_of([before.key, copy.key])
    assert len(set(home.values())) == 1

    edited = ad("1001", **{"base_salary": "31 500 SEK per MONTH", **edit})
    index.add(edited)
    index.apply(link([edited], index))
    assert index.vacancy_of([before.key, copy.key]) == home
    index.apply(link([copy], index))  # whatever touches the vacancy later
    assert index.vacancy_of([before.key, copy.key]) == home


def test_an_identifier_that_is_used_for_another_job_leaves_its_vacancy():
    before, copy = ad("1001"), ad("p1", **BOARD)
    index = MemoryIndex([before, copy])
    index.apply(link([before, copy], index))
    edited = ad("1001", "Undersköterska", text=UNDERSKOTERSKA, place="Falun")
    index.add(edited)
    index.apply(link([edited], index))
    assert len(set(index.vacancy_of([before.key, copy.key]).values())) == 2


def test_an_ad_under_a_new_identifier_is_the_same_vacancy_and_says_so():
    old, new = ad("1001"), ad("n7")
    renamed = Ruling(kind="renamed", a=old.key, b=new.key)
    assert linked(old, new) == {frozenset({"1001"}), frozenset({"n7"})}
    assert linked(old, new, rulings=[renamed]) == {frozenset({"1001", "n7"})}
    (told,) = (one for one in link([old, new], MemoryIndex(), [renamed]) if one.key == new.key)
    assert told.reason.startswith("the same ad under a new identifier")
