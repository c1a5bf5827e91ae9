from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.choose import facts, needs_no_degree, plan, slots, why_not
from aggregator.choose.repair import Repair
from aggregator.model import ContentKind, ListingKind, Plan, Refusal, Rules, Story, Vacancy, Wish
from tests.support.choosing import MUNICIPALITIES, NOW, RULES, campaign, delivery, partner, tier, vacancy


def make(
    vacancies: Sequence[Vacancy],
    *,
    campaigns: Any = None,
    partners: Any = None,
    tiers: Any = None,
    now: datetime = NOW,
    days: int = 7,
    rules: Rules = RULES,
    **more: Any,
) -> Plan:
    campaigns = campaigns or [campaign()]
    start = NOW.replace(hour=0)
    found = slots(campaigns, start=start, end=start + timedelta(days=days), time_zone=rules.time_zone)
    return plan(
        now=now,
        campaigns=campaigns,
        slots=more.pop("slots", found),
        vacancies=vacancies,
        partners=partners or [partner("a"), partner("b")],
        tiers=tiers or [tier("bas")],
        rules=rules,
        **more,
    )


def chosen(made: Plan) -> list[Any]:
    return [item.content.key if item.content else None for item in made.items]


def rules_of(made: Plan, key: str) -> set[str]:
    return {refusal.rule for item in made.items for refusal in item.refused if refusal.content == key}


# --- what may never be shown ---


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (vacancy("1", open=False, close_reason="gone from its source"), "closed"),
        (vacancy("1", held="blocked by the operator"), "held"),
        (vacancy("1", "stranger"), "partnership"),
        (vacancy("1", place=""), "region"),
        (vacancy("1", place="0180"), "region"),
    ],
)
def test_a_standing_rule_keeps_a_vacancy_out_and_says_why(bad, rule):
    made = make([bad])
    assert set(chosen(made)) == {None}
    assert Refusal(content="", rule=rule, reason="1 refused in every slot") in made.items[0].refused
    refusal = why_not(bad, partners={"a": partner("a")}, rules=RULES, now=NOW)
    assert refusal is not None
    assert refusal.rule == rule
    assert refusal.reason


def test_open_applications_are_no_jobs():
    one = vacancy("1")
    assert set(chosen(make([replace(one, lead=replace(one.lead, listing=ListingKind.OPEN_APPLICATION))]))) == {None}


def test_fully_remote_work_needs_no_place_in_the_region():
    assert chosen(make([vacancy("1", place="", remote="remote")]))[0] == "vacancy:1"
    assert set(chosen(make([vacancy("1", place="", remote="hybrid")]))) == {None}


def test_what_closes_too_soon_after_the_slot_is_refused_for_that_slot_only():
    closes = datetime(2026, 11, 6, 22, 59, tzinfo=UTC)
    made = make([vacancy("1", closes=closes)], campaigns=[campaign(days=(1, 4))])
    assert chosen(made) == ["vacancy:1", None]
    late = make([vacancy("1", closes=closes)], campaigns=[campaign(days=(4,))])
    assert chosen(late) == [None]
    assert rules_of(late, "vacancy:1") == {"deadline"}
    assert "deadline" in late.items[0].reasons[0]


def test_rest_holds_per_channel_and_in_both_directions():
    done = [delivery("vacancy:1", NOW - timedelta(days=10), channel="bluesky")]
    assert set(chosen(make([vacancy("1")], deliveries=done))) == {None}
    other = make([vacancy("1")], campaigns=[campaign(channels=("linkedin",))], deliveries=done)
    assert chosen(other) == ["vacancy:1", None, None, None, None]
    later = make([vacancy("1")], campaigns=[campaign(days=(3,))])
    before = make([vacancy("1")], fixed=later.items)
    assert chosen(before).count("vacancy:1") == 1


def test_one_partner_does_not_get_two_posts_close_together():
    twice = campaign(days=(0, 1), times=("09:00", "16:00"))
    made = make(
        [vacancy("1"), vacancy("2"), vacancy("3")], campaigns=[twice], rules=replace(RULES, partner_rest_hours=20)
    )
    assert [key is not None for key in chosen(made)] == [True, False, True, False]
    assert "partner-rest" in {refusal.rule for refusal in made.items[1].refused}


# --- languages and wishes ---


def test_an_english_post_needs_an_english_ad_and_a_swedish_post_may_show_either():
    ads = [vacancy("sv"), vacancy("en", language="en"), vacancy("de", language="de"), vacancy("x", language="")]
    english = make(ads, campaigns=[campaign(language="en")])
    assert set(chosen(english)) == {"vacancy:en", None}
    swedish = make(ads)
    assert set(chosen(swedish)) == {"vacancy:sv", "vacancy:en", "vacancy:x", None}


def test_a_wish_names_axes_partners_and_fresh_ones():
    ads = [
        vacancy("1", "a", place="2080"),
        vacancy("2", "b", place="2081"),
        vacancy("3", "b", place="2081", fresh=False),
    ]
    wish = Wish(tags={"municipality": ("2081", "2034")}, partners=("b",), fresh_only=True)
    made = make(ads, campaigns=[campaign(days=(0,), wish=wish)])
    assert chosen(made) == ["vacancy:2"]
    assert rules_of(made, "vacancy:1") == {"wish"}
    assert rules_of(made, "vacancy:3") == {"wish"}


# --- fairness ---


def test_the_partner_furthest_behind_comes_first():
    ads = [vacancy(f"{key}{n}", key) for key in "ab" for n in range(6)]
    done = [delivery("vacancy:a0", NOW - timedelta(hours=20), partner="a")]
    made = make(ads, now=NOW, campaigns=[campaign(days=(3,))], deliveries=done)
    assert chosen(made)[0].startswith("vacancy:b")
    assert any("behind its pace" in words for words in made.items[0].reasons)


def test_a_vacancy_that_closes_soon_goes_before_one_that_can_wait():
    ads = [vacancy("can-wait", "a"), vacancy("closes", "a", closes=NOW + timedelta(days=3, hours=6))]
    assert chosen(make(ads)) == ["vacancy:closes", "vacancy:can-wait", None, None, None]


def test_an_english_ad_leaves_a_swedish_slot_that_others_can_fill():
    both = [campaign("sv", days=(0,)), campaign("en", days=(1,), language="en")]
    ads = [vacancy("en", "a", language="en"), vacancy("sv", "b", opened=NOW - timedelta(days=9))]
    made = make(ads, campaigns=both)
    assert chosen(made) == ["vacancy:sv", "vacancy:en"]


def test_pinned_comes_first():
    ads = [vacancy("a1", "a"), vacancy("b1", "b", pinned=True, education="master")]
    done = [delivery("vacancy:b9", NOW - timedelta(days=1), partner="b")]
    assert chosen(make(ads, deliveries=done))[0] == "vacancy:b1"


def test_too_few_slots_are_shared_in_proportion_to_the_promises():
    tiers = [tier("liten", 2), tier("stor", 20)]
    ads = [vacancy(f"{key}{n}", key) for key in "ab" for n in range(30)]
    month = campaign(days=(0, 1, 2, 3, 4), times=("09:00",))
    made = make(
        ads,
        campaigns=[month],
        partners=[partner("a", "liten"), partner("b", "stor")],
        tiers=tiers,
        days=28,
        horizon=timedelta(days=27),
    )
    shown = [key[8] for key in chosen(made)]
    assert len(shown) == 20
    assert shown.count("a") == 2


def test_a_promise_whose_month_ends_in_the_plan_is_kept_by_moving_another_partner():
    """Only the Monday slot takes English ads' partner b; a could stand in any, and greed gives Monday to a."""
    now = datetime(2026, 11, 24, 6, tzinfo=UTC)
    english, swedish = campaign("en", days=(2,), language="en"), campaign("sv", days=(3,), language="sv")
    start = now.replace(hour=0)
    found = slots([english, swedish], start=start, end=start + timedelta(days=7), time_zone="Europe/Stockholm")
    ads = [vacancy("a1", "a", language="en"), vacancy("a2", "a"), vacancy("b1", "b", language="en")]
    wish = Wish(partners=("a",))
    made = plan(
        now=now,
        campaigns=[english, replace(swedish, wish=wish)],
        slots=found,
        vacancies=ads,
        partners=[partner("a", "stor"), partner("b", "liten")],
        tiers=[tier("liten", 1), tier("stor", 1)],
        rules=RULES,
    )
    assert {item.slot.campaign: item.content.partners for item in made.items if item.content} == {
        "en": ("b",),
        "sv": ("a",),
    }
    assert not [problem for problem in made.shortfalls if problem.code == "promise-behind"]


def test_a_promise_that_cannot_be_kept_is_a_shortfall_with_numbers():
    made = make(
        [vacancy("a1", "a", held="blocked by the operator")], partners=[partner("a")], now=NOW, tiers=[tier("bas", 12)]
    )
    (problem,) = [one for one in made.shortfalls if one.code == "promise-behind"]
    assert problem.where == "a"
    assert problem.data["promised"] == 12
    assert problem.data["got"] == 0
    assert "1 held" in problem.message


def test_at_least_the_share_needs_no_degree_and_unknown_never_counts():
    ads = [vacancy(f"m{n}", "a", education="master", pinned=False) for n in range(8)]
    ads += [vacancy(f"u{n}", "a", education="unknown") for n in range(8)]
    ads += [vacancy(f"s{n}", "b", education="upper-secondary") for n in range(8)]
    made = make(ads, rules=replace(RULES, no_degree_share=0.6))
    assert sum(key.startswith("vacancy:s") for key in chosen(made)) >= 3
    without = make(ads[:16], rules=replace(RULES, no_degree_share=0.6))
    (problem,) = [one for one in without.shortfalls if one.code == "no-degree-share"]
    assert problem.data == {"no_degree": 0, "posts": 5, "wanted": 0.6, "candidates": 0}


@pytest.mark.parametrize(
    ("education", "confidence", "answer"),
    [
        ("none", 1.0, True),
        ("upper-secondary", 0.96, True),
        ("none", 0.9, None),
        ("unknown", 1.0, None),
        ("vocational-higher", 1.0, False),
        ("bachelor", 1.0, False),
    ],
)
def test_needs_no_degree(education, confidence, answer):
    assert needs_no_degree(vacancy("1", education=education, confidence=confidence)) is answer


def test_every_municipality_is_seen_when_it_can_be():
    ads = [vacancy(f"f{n}", "a", place="2080") for n in range(9)]
    ads += [vacancy("o", "a", place="2034"), vacancy("m", "a", place="2062"), vacancy("b", "b", place="2081")]
    made = make(ads)
    assert {f"vacancy:{key}" for key in "omb"} <= set(chosen(made))
    assert not [one for one in made.shortfalls if one.code == "municipality-unseen"]
    (problem,) = [one for one in make(ads[:9]).shortfalls if one.code == "municipality-unseen"]
    assert problem.data["municipalities"] == ["2081", "2034", "2062"]


# --- other contents ---


def test_a_round_up_mixes_partners_and_needs_two():
    ads = [vacancy(f"a{n}", "a") for n in range(5)] + [vacancy("b0", "b")]
    one = campaign(days=(0,), content=(ContentKind.ROUND_UP,), round_up_size=3)
    (item,) = make(ads, campaigns=[one]).items
    assert item.content is not None
    assert set(item.content.partners) == {"a", "b"}
    assert len(item.content.vacancies) == 3
    assert item.content.key == f"round-up:{'+'.join(item.content.vacancies)}"
    assert chosen(make(ads[:1], campaigns=[one])) == [None]


def test_a_spotlight_goes_to_a_partner_owed_one_with_a_presentation_in_the_language():
    one = campaign(days=(0, 1, 2), content=(ContentKind.SPOTLIGHT,))
    partners = [partner("a"), partner("b", presentation={"en": "We build."}), partner("c", "utan")]
    made = make([], campaigns=[one], partners=partners, tiers=[tier("bas", 0, spotlights=1), tier("utan", 1)])
    assert chosen(made) == ["spotlight:a", None, None]
    assert rules_of(made, "spotlight:b") == {"presentation"}
    assert rules_of(made, "spotlight:c") == {"promise"}


def test_an_owed_spotlight_goes_before_a_vacancy_of_a_partner_on_pace():
    both = campaign(days=(3,), content=(ContentKind.VACANCY, ContentKind.SPOTLIGHT))
    now = datetime(2026, 11, 2, 6, tzinfo=UTC)
    made = make(
        [vacancy("a1", "a")],
        campaigns=[both],
        partners=[partner("a", "en"), partner("b", "många")],
        tiers=[tier("en", 1), tier("många", 0, spotlights=8)],
        now=now,
    )
    assert chosen(made) == ["spotlight:b"]


def test_the_story_least_recently_shown_and_none_twice_in_a_week():
    one = campaign(days=(0, 1, 2), content=(ContentKind.STORY,))
    stories = [Story(key=key, title={"sv": key}, text={"sv": key}) for key in ("natur", "trygghet")]
    done = [delivery("story:natur", NOW - timedelta(days=20), kind=ContentKind.STORY, partner="")]
    made = make([], campaigns=[one], stories=stories, deliveries=done)
    assert chosen(made) == ["story:trygghet", "story:natur", None]


def test_facts_of_what_was_shown():
    ads = {"1": vacancy("1", place="2034"), "2": vacancy("2", place="2062", education="master")}
    made = make(list(ads.values()), campaigns=[campaign(days=(0,), content=(ContentKind.ROUND_UP,))])
    content = made.items[0].content
    assert content is not None
    assert facts(content, ads) == (("2034", "2062"), None)


# --- invariants ---

EDUCATION = st.sampled_from(["none", "upper-secondary", "unknown", "master"])
ADS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from([*MUNICIPALITIES, "", "0180"]),
        EDUCATION,
        st.booleans(),
        st.booleans(),
        st.sampled_from(["sv", "en", ""]),
        st.integers(0, 20),
    ),
    max_size=25,
)


def world(rows: Any) -> list[Vacancy]:
    return [
        vacancy(
            f"v{n:02}",
            who,
            place=place,
            education=education,
            language=language,
            open=is_open,
            held="blocked" if held else "",
            closes=NOW + timedelta(days=days) if days else None,
        )
        for n, (who, place, education, is_open, held, language, days) in enumerate(rows)
    ]


CAMPAIGNS = [
    campaign("jobb", times=("08:00", "17:00"), channels=("bluesky", "site")),
    campaign("jobs", days=(1, 3), language="en", channels=("bluesky", "linkedin")),
    campaign(
        "mix", days=(2, 4), content=(ContentKind.ROUND_UP, ContentKind.SPOTLIGHT, ContentKind.STORY), channels=("site",)
    ),
]
WORLD: dict[str, Any] = {
    "campaigns": CAMPAIGNS,
    "partners": [partner("a", "stor"), partner("b"), partner("c"), partner("d", until=date(2026, 11, 4))],
    "tiers": [tier("bas", 4, spotlights=1), tier("stor", 12)],
    "stories": [Story(key="natur", title={"sv": "Natur"}, text={"sv": "Skog"})],
    "rules": Rules(municipalities=tuple(MUNICIPALITIES)),
}


@settings(deadline=None, max_examples=40)
@given(
    ADS, st.lists(st.tuples(st.integers(0, 24), st.integers(1, 30), st.sampled_from(["bluesky", "site"])), max_size=6)
)
def test_no_rule_is_ever_broken(rows, history):
    ads = world(rows)
    done = [
        delivery(f"vacancy:v{n:02}", NOW - timedelta(days=days), slot=f"old@{i}", channel=channel, partner="a")
        for i, (n, days, channel) in enumerate(history)
    ]
    made = make(ads, deliveries=done, **WORLD)
    by_id = {ad.id: ad for ad in ads}
    shown = [(one.at, one.channel, key) for one in done for key in one.vacancies]
    owners = []
    for item in made.items:
        if item.content is None:
            assert item.reasons
            continue
        for key in item.content.vacancies:
            ad = by_id[key]
            assert ad.open
            assert not ad.held
            assert ad.codes("municipality")[0] in MUNICIPALITIES
            assert item.slot.language == "sv" or ad.lead.in_language == "en"
            assert ad.lead.valid_through is None or ad.lead.valid_through - item.slot.at >= timedelta(days=3)
            shown += [(item.slot.at, channel, key) for channel in item.slot.channels]
        if item.content.kind in {ContentKind.VACANCY, ContentKind.SPOTLIGHT}:
            owners.append((item.content.partners[0], item.slot.at))
    for i, (at, channel, key) in enumerate(shown[len(done) :], len(done)):
        for before, other, same in shown[:i]:
            assert (other, same) != (channel, key) or abs(at - before) >= timedelta(days=21)
    for who in "abcd":
        times = sorted(at for owner, at in owners if owner == who)
        assert all(later - earlier >= timedelta(hours=20) for earlier, later in pairwise(times))


@settings(deadline=None, max_examples=25)
@given(ADS, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_changes_nothing(rows, rng):
    ads = world(rows)
    first = make(ads, **WORLD)
    mixed = {key: rng.sample(value, len(value)) if isinstance(value, list) else value for key, value in WORLD.items()}
    assert make(rng.sample(ads, len(ads)), **mixed) == first


@settings(deadline=None, max_examples=25)
@given(ADS, st.integers(0, 10))
def test_planning_again_gives_the_same_plan_and_fixed_slots_stay(rows, count):
    ads = world(rows)
    first = make(ads, **WORLD)
    again = make(ads, now=NOW + timedelta(minutes=1), **WORLD)
    assert [item.content for item in again.items] == [item.content for item in first.items]
    kept = first.items[:count]
    then = make(ads[: len(ads) // 2], fixed=kept, **WORLD)
    assert then.items[:count] == kept


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=5), st.integers(0, 3), st.randoms(use_true_random=False))
def test_every_promise_is_kept_when_there_is_room(promises, spare, rng):
    """As many slots as promised posts (and a few more) in the month's last week; every partner has vacancies enough,
    one of them without a degree, and each vacancy fits only some slots."""
    total = sum(promises)
    now = datetime(2026, 11, 23, 1, tzinfo=UTC)
    times = tuple(f"{7 + n // 4:02}:{n % 4 * 15:02}" for n in range(total + spare))
    if not times:
        return
    ways = [campaign(f"c{n}", days=(2,), times=(time,), channels=(f"k{n}",)) for n, time in enumerate(times)]
    owners = [f"p{n}" for n, posts in enumerate(promises) for _ in range(posts)]
    rng.shuffle(owners)
    wishes = [Wish(partners=tuple({owner, f"p{rng.randrange(len(promises))}"})) for owner in owners]
    ways = [replace(way, wish=wishes[n]) if n < total else way for n, way in enumerate(ways)]
    start = now.replace(hour=0)
    made = plan(
        now=now,
        campaigns=ways,
        slots=slots(ways, start=start, end=start + timedelta(days=8), time_zone="Europe/Stockholm"),
        vacancies=[
            vacancy(f"{n}-{i}", f"p{n}", education="none" if i % 2 else "master")
            for n in range(len(promises))
            for i in range(5)
        ],
        partners=[partner(f"p{n}", f"t{n}") for n in range(len(promises))],
        tiers=[tier(f"t{n}", posts) for n, posts in enumerate(promises)],
        rules=RULES,
    )
    assert [one for one in made.shortfalls if one.code == "promise-behind"] == []
    assert [one.delivered + one.planned >= one.promised for one in made.standings] == [True] * len(made.standings)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 10), st.floats(0, 1), st.randoms(use_true_random=False))
def test_the_share_and_the_places_are_met_when_feasible(count, share, rng):
    needed = -int(-(share * 10) // 1)
    ads = [vacancy(f"n{n}", "a", place=rng.choice(list(MUNICIPALITIES))) for n in range(max(needed, count))]
    ads += [vacancy(f"m{n}", "b", education="master", place="2080") for n in range(10)]
    rules = replace(RULES, no_degree_share=share)
    made = make(ads, campaigns=[campaign(times=("09:00", "15:00"))], tiers=[tier("bas", 0)], rules=rules)
    codes = {problem.code for problem in made.shortfalls}
    assert "no-degree-share" not in codes
    # What demands a degree may show its place only when the share leaves a slot for it.
    able = {ad.codes("municipality")[0] for ad in ads if needed < 10 or needs_no_degree(ad)}
    unseen = [
        code for one in made.shortfalls if one.code == "municipality-unseen" for code in one.data["municipalities"]
    ]
    assert not able & set(unseen)


def test_two_thousand_vacancies_and_sixty_slots_are_quick():
    import time

    rng = random.Random(1)
    ads = [
        vacancy(
            f"v{n:04}",
            f"p{rng.randrange(40):02}",
            place=rng.choice(list(MUNICIPALITIES)),
            education=rng.choice(["none", "master", "unknown"]),
        )
        for n in range(2000)
    ]
    ways = [
        campaign(f"c{n}", days=tuple(range(6)), times=("09:00", "17:00"), channels=("bluesky", f"k{n}"))
        for n in range(5)
    ]
    partners = [partner(f"p{n:02}", "stor" if n % 3 else "bas") for n in range(40)]
    before = time.process_time()
    made = make(ads, campaigns=ways, partners=partners, tiers=[tier("bas", 2), tier("stor", 6)])
    took = time.process_time() - before
    assert len(made.items) == 60
    assert all(item.content for item in made.items)
    assert took < 2.0  # 0.5 s is the aim on a quiet machine; the bound leaves room for a busy one


@pytest.mark.parametrize("seed", range(8))
def test_repairing_ends_where_a_month_ends_within_the_plan(seed: int, monkeypatch) -> None:
    """Two partners short in different months took each other's slots for ever."""
    rng = random.Random(seed)
    now = datetime(2026, 10, 26, 7, tzinfo=UTC)
    names = "abcdefghij"[: rng.randint(3, 10)]
    offered = [
        vacancy(f"{name}{n}", name, place=rng.choice(list(MUNICIPALITIES)), language=rng.choice(["sv", "sv", "en"]))
        for name in names
        for n in range(rng.randint(1, 6))
    ]
    walls = ("p", "q", "r")
    campaigns = [
        campaign(times=("09:00", "16:00"), channels=walls),
        campaign("folk", days=(2, 5), times=("18:00",), content=(ContentKind.SPOTLIGHT,), channels=walls),
    ]
    past = [
        delivery(
            f"vacancy:{shown.id}",
            now - timedelta(days=rng.uniform(0.2, 26)),
            slot=f"jobb@past{n}",
            partner=shown.partner,
            channel=rng.choice(walls),
        )
        for n, shown in enumerate(rng.choices(offered, k=rng.randint(0, 25)))
    ]
    given = 0
    give = Repair._give

    def counted(self: Repair, *args: object) -> bool:
        nonlocal given
        given += 1
        assert given < 1000, "it gives and takes for ever"
        return give(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Repair, "_give", counted)
    made = plan(
        now=now,
        campaigns=campaigns,
        slots=slots(campaigns, start=now, end=now + timedelta(days=9), time_zone="Europe/Stockholm"),
        vacancies=offered,
        partners=[partner(name, rng.choice(["x", "y", "z"])) for name in names],
        tiers=[tier("x", 6, spotlights=1), tier("y", 4, spotlights=1), tier("z", 2)],
        deliveries=past,
        rules=Rules(municipalities=tuple(MUNICIPALITIES), partner_rest_hours=20),
    )
    assert made.items
