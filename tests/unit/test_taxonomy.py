"""The tables of facts and what can be asked of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aggregator import taxonomy
from aggregator.taxonomy import build, lookup


def test_every_municipality_is_there_with_its_county() -> None:
    assert len(taxonomy.municipalities()) == 290
    assert taxonomy.municipality("0980") == taxonomy.Municipality("0980", "Gotland", "09", "Gotlands län")
    assert taxonomy.municipality("9999") is None
    assert len(taxonomy.counties()) == 21
    assert sum(m.county_code == "20" for m in taxonomy.municipalities().values()) == 15


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Ludvika", ("2085",)),
        ("LUDVIKA", ("2085",)),
        ("Falu kommun", ("2080",)),
        ("Bergs kommun", ("2326",)),
        ("Gothenburg", ("1480",)),
        ("Sälen", ("2023",)),
        ("Upplands-Bro", ("0139",)),
        ("Höga Kusten", ()),
        ("", ()),
    ],
)
def test_places_by_name(name: str, codes: tuple[str, ...]) -> None:
    assert taxonomy.find_place(name) == codes


@pytest.mark.parametrize("name", ["Alvik", "Sandviken", "Kil", "Berg", "Ås"])
def test_names_of_two_places_give_both(name: str) -> None:
    assert len(taxonomy.find_place(name)) == 2


def test_the_municipality_comes_before_a_locality_of_its_name() -> None:
    assert taxonomy.find_place("Sandviken")[0] == "2181"


def test_counties_by_name() -> None:
    assert [taxonomy.find_county(n) for n in ("Dalarna", "Dalarnas län", "Dalarna County", "Region Dalarna")] == [
        "20"
    ] * 4
    assert taxonomy.find_county("Stockholm") == ""  # the town
    assert taxonomy.find_county("Stockholms län") == "01"


def test_the_nearest_place_within_reach() -> None:
    found = taxonomy.nearest(60.6065, 15.6355)
    assert found is not None
    assert (found[0].municipality, found[1] < 2) == ("2080", True)
    assert taxonomy.nearest(58.0, 21.5) is None  # in the Baltic


@pytest.mark.parametrize(
    ("ssyk", "level"),
    [("9111", 1), ("7212", 2), ("4111", 2), ("3511", 3), ("2512", 4), ("1310", 4), ("1730", 3), ("0110", 4), ("0210", 3), ("0310", 2), ("", 0), ("x", 0)],
)  # fmt: skip
def test_level_of_ssyk(ssyk: str, level: int) -> None:
    assert taxonomy.level_of(ssyk) == level


@pytest.mark.parametrize(
    ("isco", "level"), [("1411", 3), ("1321", 4), ("0310", 1), ("0210", 2), ("9112", 1), ("3115", 3)]
)
def test_level_of_isco(isco: str, level: int) -> None:
    assert taxonomy.level_of_isco(isco) == level


def test_every_group_has_labels_and_isco() -> None:
    for group in taxonomy.groups().values():
        assert taxonomy.ssyk_label(group.code)
        assert taxonomy.isco_of(group.code)
        assert taxonomy.level_of(group.code)
        for isco in group.isco:
            assert isco in taxonomy.isco_labels()
            assert group.code in taxonomy.ssyk_of(isco)


def test_labels_speak_both_languages() -> None:
    assert taxonomy.ssyk_label("7212") == "Svetsare och gasskärare"
    assert taxonomy.ssyk_label("7212", "en") == "welder and flame cutter"
    assert taxonomy.ssyk_label("0000") == ""


def test_every_title_has_a_known_group() -> None:
    assert {title.ssyk for title in taxonomy.titles()} <= set(taxonomy.groups())
    assert len(taxonomy.titles()) == 3644
    known = {title.title for title in taxonomy.titles()}
    assert len(taxonomy.titles_without_education() & known) > 60  # JobTech words some of its collection differently


def test_english_titles_are_clean() -> None:
    for title, code in taxonomy.titles_en():
        assert title == title.strip() == title.lower()
        assert len(code) == 4


def test_the_tables_are_small() -> None:
    assert sum(path.stat().st_size for path in build.TABLES.iterdir()) < 20_000_000


def test_importing_reads_nothing() -> None:
    code = "import aggregator.taxonomy.lookup as l, aggregator.tagging, sys; print(l.municipalities.cache_info().currsize, 'numpy' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["0", "False"]


def test_building_from_facts(tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    facts.mkdir()
    files = {
        "municipalities.csv": "municipality_code,municipality,county_code,county,jobtech_concept_id\n0980,Gotland,09,Gotlands län,x\n",
        "places.csv": "place,lat,lon,municipality_code,county_code\nVisby,57.6,18.3,980,09\n",
        "occupation_titles_ssyk.csv": "title,ssyk4,skill_level\nSvetsare,7212,2\nSvetsare,7212,2\n",
        "ssyk4_groups.csv": "ssyk4,label,field\n7212,Svetsare och gasskärare,Industri\n",
        "ssyk4_isco08.csv": "ssyk4,isco08\n7212,7212\n",
        "occupations_without_education_requirement.csv": "occupation\nDiskare\n",
    }
    for name, text in files.items():
        (facts / name).write_text(text, encoding="utf-8")
    counts = build.build(facts, tmp_path / "tables")
    assert counts == {"municipalities": 1, "places": 1, "titles": 1, "groups": 1, "no_education": 1}
    assert (tmp_path / "tables" / "places.tsv").read_text(encoding="utf-8") == "Visby\t57.6\t18.3\t0980\n"


def test_building_from_too_little_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="ssyk4_isco08"):
        build.build(tmp_path, tmp_path / "tables")


def test_lookup_tables_agree_with_the_loader() -> None:
    assert lookup.titles()[0] == taxonomy.titles()[0]
