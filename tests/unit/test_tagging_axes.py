"""Occupation, education, languages and the other axes, each with its traps."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import JobPosting, RemoteMode, Tag
from aggregator.schema_org import from_schema_org
from aggregator.tagging import Override, TagRules, Topic, tag, titles
from aggregator.tagging.pipe import tag_line

RULES = TagRules()


def ad(title: str = "Handläggare", description: str = "", **fields: Any) -> JobPosting:
    return from_schema_org(
        {"identifier": "1", "title": title, "description": description, **fields}, source="acme/jobs"
    )


def code(tags: tuple[Tag, ...], axis: str) -> str | None:
    found = [t.code for t in tags if t.axis == axis]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("title", "ssyk"),
    [
        ("Svetsare", "7212"),
        ("Vi söker svetsare till Ludvika!", "7212"),
        ("Svetsare (m/k) 100 %", "7212"),
        ("⭐ Erfarna svetsare sökes omgående", "7212"),
        ("Svetsarna på Dalverken", "7212"),
        ("Svettsare", "7212"),
        ("Undersköterskor till hemtjänsten", "5321"),
        ("Grundutbildad sjuksköterska", "2221"),
        ("Distriktssköterska", "2224"),
        ("Skördarförare", "8341"),
        ("Civilingenjör inom elkraft", "2143"),
        ("Svetsare/Plåtslagare", "7212"),
    ],
)
def test_swedish_titles(title: str, ssyk: str) -> None:
    guess = titles.guess(title, "sv", "Dalverken")
    assert guess is not None
    assert guess.code == ssyk


@pytest.mark.parametrize(
    ("title", "isco", "level"),
    [
        ("Welder", "7212", 2),
        ("We are looking for a Registered Nurse!", "2221", 4),
        ("Forklift drivers", "8344", 2),
        ("Hotel manager", "1411", 3),
    ],
)
def test_english_titles(title: str, isco: str, level: int) -> None:
    guess = titles.guess(title, "en")
    assert guess is not None
    assert (guess.code, guess.level) == (isco, level)


def test_a_title_that_is_two_things_is_not_sure() -> None:
    guess = titles.guess("Dentaltekniker", "sv")
    assert guess is not None
    assert guess.confidence < 0.6


def test_a_part_of_a_longer_title_is_less_sure_than_the_whole() -> None:
    guess = titles.guess("Något helt annat, svetsare", "sv")
    assert guess is not None
    assert guess.confidence < 0.95


def test_a_title_that_names_no_occupation_says_nothing() -> None:
    assert titles.guess("Vi söker medarbetare!", "sv") is None


def test_the_text_helps_where_the_title_does_not() -> None:
    found = tag([ad("Medarbetare sökes", "Arbetet som lokalvårdare är omväxlande.")], RULES)
    (occupation,) = [t for t in found if t.axis == "ssyk"]
    assert (occupation.code, occupation.evidence[0].field, occupation.sure) == ("9111", "description", False)


def test_an_employer_before_the_verb_is_no_occupation() -> None:
    guess = titles.guess("Dala Stål AB söker svetsare", "sv")
    assert guess is not None
    assert (guess.code, guess.confidence) == ("7212", 0.98)


def test_the_sources_code_needs_no_guessing() -> None:
    posting = ad("Stjärna sökes")
    coded = JobPosting(
        **{f: getattr(posting, f) for f in posting.__slots__}
        | {"occupation_code": "9111", "occupation_label": "Städare"}
    )
    found = tag([coded], RULES)
    assert (code(found, "ssyk"), code(found, "skill_level")) == ("9111", "1")
    assert next(t for t in found if t.axis == "ssyk").evidence[0].rule == "source"


def test_the_operator_overrules_the_title() -> None:
    rules = TagRules(overrides=(Override(words=("stjärna", "kök"), ssyk="9412"),))
    assert code(tag([ad("Stjärna till vårt kök")], rules), "ssyk") == "9412"


@pytest.mark.parametrize(
    ("description", "level"),
    [
        ("Ingen utbildning krävs.", "none"),
        ("Utbildning får du på plats.", "none"),
        ("No formal education is required.", "none"),
        ("Lägst gymnasieutbildning är ett krav.", "upper-secondary"),
        ("YH-utbildning inom el krävs.", "vocational-higher"),
        ("Du har kandidatexamen i ekonomi.", "bachelor"),
        ("Socionomexamen krävs.", "bachelor"),
        ("You have a master's degree in engineering.", "master"),
        ("Civilingenjörsexamen är ett krav.", "master"),
        ("Doktorsexamen i kemi krävs.", "doctorate"),
        ("Gymnasieutbildning krävs. Högskoleexamen är meriterande.", "upper-secondary"),
        ("Du har gymnasieexamen, gärna högskoleexamen.", "upper-secondary"),
        ("Högskoleutbildning eller motsvarande erfarenhet.", "unknown"),
        ("Det är meriterande med högskoleexamen.", "unknown"),
        ("Meriterande:\n- Kandidatexamen\n- Truckkort", "unknown"),
        ("Krav:\n- Gymnasieexamen\n\nMeriterande:\n- Civilingenjörsexamen", "upper-secondary"),
        ("Du arbetar nära forskare på universitetet.", "unknown"),
        ("Vi är ett glatt gäng.", "unknown"),
        ("", "unknown"),
    ],
)
def test_education(description: str, level: str) -> None:
    found = [t for t in tag([ad("Medarbetare Alfa", description)], RULES) if t.axis == "education"]
    assert [t.code for t in found] == [level]
    assert bool(found[0].evidence) == (level != "unknown")


def test_jobtechs_collection_is_named_as_the_evidence() -> None:
    found = tag([ad("Diskare")], RULES)
    (education,) = [t for t in found if t.axis == "education"]
    assert (education.code, education.evidence[0].rule) == ("none", "jobtech-no-education-requirement")
    assert code(tag([ad("Diskare", "Gymnasieutbildning krävs.")], RULES), "education") == "upper-secondary"
    assert code(tag([ad("Svetsare")], RULES), "education") == "unknown"


@pytest.mark.parametrize(
    ("description", "languages"),
    [
        ("Du talar och skriver svenska obehindrat.", ["sv"]),
        ("Goda kunskaper i svenska och engelska krävs.", ["en", "sv"]),
        ("Du behärskar svenska, engelska är meriterande.", ["sv"]),
        ("Engelska är vårt arbetsspråk.", ["en"]),
        ("Knowledge of Swedish is not required. Fluent English is required.", ["en"]),
        ("Du behärskar svenska eller engelska.", []),
        ("Tyska är ett plus.", []),
        ("Vi är ett svenskt företag på den svenska marknaden.", []),
    ],
)
def test_languages_demanded(description: str, languages: list[str]) -> None:
    found = tag([ad(description=description)], RULES)
    assert sorted(t.code for t in found if t.axis == "languages_required") == languages


@pytest.mark.parametrize(
    ("description", "mode"),
    [
        ("Möjlighet till distansarbete viss del av tiden.", "hybrid"),
        ("Tjänsten är helt på distans.", "remote"),
        ("This is a fully remote position.", "remote"),
        ("Distansarbete är inte möjligt.", "on-site"),
        ("Du servar hybridfordon och elbilar.", None),
        ("Vi har distansutbildning för nya.", None),
        ("", None),
    ],
)
def test_remote(description: str, mode: str | None) -> None:
    assert code(tag([ad("Tekniker", description)], RULES), "remote") == mode


def test_the_source_says_where_one_may_work() -> None:
    posting = ad("Kock", "Distansarbete är inte möjligt.", jobLocationType="TELECOMMUTE")
    assert posting.job_location_type is RemoteMode.REMOTE
    assert code(tag([posting], RULES), "remote") == "remote"


@pytest.mark.parametrize(
    ("title", "description", "step"),
    [
        ("HR-chef", "", "manager"),
        ("Senior utvecklare", "", "senior"),
        ("Head Chef", "", None),
        ("Chefssekreterare", "", None),
        ("Produktionsledare", "", "lead"),
        ("Sommarjobb i kiosken", "", "entry"),
        ("Kock", "Ingen erfarenhet krävs.", "entry"),
        ("Kock", "Minst fem års erfarenhet av yrket.", "senior"),
        ("Kock", "Minst två års erfarenhet.", "mid"),
        ("Praktikant", "", "student"),
    ],
)
def test_seniority(title: str, description: str, step: str | None) -> None:
    assert code(tag([ad(title, description)], RULES), "seniority") == step


def test_topics_by_words_and_occupation() -> None:
    green = Topic(code="green", label={"sv": "Grön industri"}, words=("vätgas*", "fossilfri"), ssyk=("8193",))
    rules = TagRules(topics=(green,))
    assert code(tag([ad("Kock", "Vi bygger en vätgasfabrik.")], rules), "topic") == "green"
    assert code(tag([ad("Kock", "Vi bygger vägar.")], rules), "topic") is None


POSTINGS = [
    ad("Svetsare till Ludvika", "Gymnasieutbildning krävs."),
    from_schema_org({"identifier": "2", "title": "Welder", "description": "No education is required."}, source="b/x"),
    from_schema_org({"identifier": "3", "title": "Plåtslagare", "description": "Placering i Mora."}, source="c/y"),
]


def test_the_order_of_the_postings_does_not_matter() -> None:
    answers = {tag(list(order), RULES) for order in itertools.permutations(POSTINGS)}
    assert len(answers) == 1


def test_ssyk_isco_and_level_are_of_one_occupation() -> None:
    from aggregator.taxonomy import isco_of, level_of

    found = tag(POSTINGS, RULES)
    ssyk = code(found, "ssyk")
    assert ssyk
    assert code(found, "isco") in isco_of(ssyk)
    assert code(found, "skill_level") == str(level_of(ssyk))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_is_tagged_the_same_twice(title: str, description: str) -> None:
    once = tag([ad(title, description)], RULES)
    assert once == tag([ad(title, description)], RULES)
    assert all(0 <= t.confidence <= 1 for t in once)
    assert sum(t.axis == "education" for t in once) == 1


def test_the_pipe_takes_other_peoples_markup() -> None:
    line = {
        "identifier": {"@type": "PropertyValue", "value": "A-1"},
        "title": "Svetsare",
        "description": "<p>Vi söker dig.</p><ul><li>Gymnasieutbildning krävs</li></ul>",
        "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": "Borlänge"}},
    }
    answer = tag_line(line, RULES)
    assert answer["identifier"] == "A-1"
    tags = answer["tags"]
    assert (tags["municipality"], tags["county"], tags["ssyk"], tags["skill_level"]) == (["2081"], "20", "7212", 2)
    assert tags["education"] == "upper-secondary"
    assert tags["evidence"]["education"][0]["words"] == "- Gymnasieutbildning krävs"
    json.dumps(answer)


def test_the_pipe_answers_for_an_empty_line() -> None:
    tags = tag_line({}, RULES)["tags"]
    assert (tags["municipality"], tags["county"], tags["education"]) == ([], None, "unknown")


def test_labelled_ads_keep_their_scores() -> None:
    import importlib.util

    path = Path(__file__).parents[2] / "benchmarks" / "quality.py"
    spec = importlib.util.spec_from_file_location("quality", path)
    assert spec
    assert spec.loader
    quality = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(quality)
    for language, floors in quality.FLOORS.items():
        scores, wrong = quality.score(language)
        assert set(floors) == set(scores)
        low = {axis: (share, floors[axis]) for axis, share in scores.items() if share < floors[axis]}
        assert not low, "\n".join(wrong)


@pytest.mark.parametrize(
    "piece", ["i ", "A ", "gymnasie ", "utbildning ", "till vår x ", "Borlänge eller ", "(", "<p", "svenska "]
)
def test_hostile_text_does_not_blow_up(piece: str) -> None:
    started = time.process_time()
    tag_line({"title": (piece * 40)[:400], "description": piece * 4000}, RULES)
    assert time.process_time() - started < 5
