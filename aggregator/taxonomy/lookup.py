"""Look-ups in the tables of facts. Every table is read once, at its first use; nothing happens at import.

Codes are strings: SCB's municipality codes have four digits, its county codes two, SSYK 2012 and ISCO-08 unit groups
four. Unknown codes give None or an empty string, never an error, unless a function says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple


class Municipality(NamedTuple):
    """One of the 290: SCB's code and name, with its county's code and name ("Dalarnas län")."""

    code: str
    name: str
    county_code: str
    county: str


class Locality(NamedTuple):
    """A place with coordinates in degrees (WGS 84) and the SCB code of its municipality."""

    name: str
    latitude: float
    longitude: float
    municipality: str


class Title(NamedTuple):
    """An occupation title of JobTech's taxonomy and its SSYK 2012 group."""

    title: str
    ssyk: str


class Group(NamedTuple):
    """An SSYK 2012 unit group: Swedish label, occupation field, and the ISCO-08 groups it corresponds to."""

    code: str
    label: str
    field: str
    isco: tuple[str, ...]


def _table(name: str) -> list[list[str]]:
    text = files("aggregator.taxonomy").joinpath("tables", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


# --- places --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def municipalities() -> Mapping[str, Municipality]:
    """All municipalities by SCB code."""
    return {row[0]: Municipality(*row) for row in _table("municipalities.tsv")}


@lru_cache(maxsize=1)
def localities() -> tuple[Locality, ...]:
    """All localities, sorted by name."""
    return tuple(Locality(name, float(lat), float(lon), code) for name, lat, lon, code in _table("places.tsv"))


def municipality(code: str) -> Municipality | None:
    """The municipality with SCB code `code`."""
    return municipalities().get(code)


@lru_cache(maxsize=1)
def counties() -> Mapping[str, str]:
    """County names by their two-digit code."""
    return {each.county_code: each.county for each in municipalities().values()}


@lru_cache(maxsize=1)
def _place_index() -> Mapping[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for each in municipalities().values():
        index.setdefault(each.name.casefold(), []).append(each.code)
    for place in localities():
        codes = index.setdefault(place.name.casefold(), [])
        if place.municipality not in codes:
            codes.append(place.municipality)
    for english, swedish in ENGLISH_PLACES.items():
        index[english] = index[swedish]
    return {name: tuple(codes) for name, codes in index.items()}


ENGLISH_PLACES: Mapping[str, str] = {
    "gothenburg": "göteborg",
    "malmo": "malmö",
    "goteborg": "göteborg",
    "orebro": "örebro",
    "vasteras": "västerås",
    "linkoping": "linköping",
    "norrkoping": "norrköping",
    "jonkoping": "jönköping",
    "umea": "umeå",
    "lulea": "luleå",
    "skelleftea": "skellefteå",
    "ornskoldsvik": "örnsköldsvik",
    "harnosand": "härnösand",
    "gavle": "gävle",
    "borlange": "borlänge",
    "soderhamn": "söderhamn",
    "ostersund": "östersund",
    "solleftea": "sollefteå",
    "vaxjo": "växjö",
    "pitea": "piteå",
    "boras": "borås",
    "falun": "falun",
    "ö-vik": "örnsköldsvik",
    "övik": "örnsköldsvik",
}
"""Ways a place is written abroad or in daily speech -> its own name, both case-folded."""


def find_place(name: str) -> tuple[str, ...]:
    """SCB codes of the municipalities a place's name can mean, in the order municipality before locality; any case.

    A name of two places gives both ("Berg": Bergs kommun is 2326, the locality lies elsewhere too); an unknown one
    none. "Falu kommun" and the like are understood.
    """
    index = _place_index()
    low = " ".join(name.casefold().split())
    if found := index.get(low):
        return found
    for ending in (" kommun", " municipality", " stad"):
        if low.endswith(ending):
            base = low.removesuffix(ending)
            if found := index.get(base) or _genitive(base, index):
                return (
                    tuple(code for code in found if municipalities()[code].name.casefold() in (base, base[:-1]))
                    or found
                )
    return ()


def _genitive(base: str, index: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """`Falu`, `Ludvikas`, `Vansbros` … as they stand before "kommun"."""
    if base == "falu":
        return index["falun"]
    return index.get(base[:-1], ()) if base.endswith("s") else ()


def find_county(name: str) -> str:
    """County code of "Dalarnas län", "Dalarna", "Dalarna County" or the like, "" when it is none."""
    low = " ".join(name.casefold().split())
    return _county_index().get(low, "")


@lru_cache(maxsize=1)
def _county_index() -> Mapping[str, str]:
    index: dict[str, str] = {}
    for code, county in counties().items():
        base = county.casefold().removesuffix(" län")
        for form in (county.casefold(), f"{base} county", f"region {base}"):
            index[form] = code
        bare = base.removesuffix("s")
        index[f"{bare} county"] = index[f"{bare} län"] = index[f"region {bare}"] = code
        if bare not in ("stockholm", "uppsala", "örebro", "kalmar", "jönköping", "gotland"):
            index[bare] = code  # the others are towns as well
    return index


KM_PER_DEGREE = 111.2
"""Length of a degree of latitude in kilometres, mean Earth radius 6,371 km."""


def nearest(latitude: float, longitude: float, within_km: float = 15.0) -> tuple[Locality, float] | None:
    """The locality nearest to a point and its distance in kilometres, None when none lies `within_km`.

    Equirectangular distance: at 15 km in Sweden its error is below 0.1 %.
    """
    shrink = math.cos(math.radians(latitude))
    best: Locality | None = None
    least = (within_km / KM_PER_DEGREE) ** 2
    for place in localities():
        distance = (place.latitude - latitude) ** 2 + ((place.longitude - longitude) * shrink) ** 2
        if distance <= least:
            best, least = place, distance
    return (best, math.sqrt(least) * KM_PER_DEGREE) if best else None


# --- occupations ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def groups() -> Mapping[str, Group]:
    """All SSYK 2012 unit groups by code."""
    return {
        code: Group(code, label, field, tuple(isco.split("|"))) for code, label, field, isco in _table("groups.tsv")
    }


@lru_cache(maxsize=1)
def titles() -> tuple[Title, ...]:
    """All Swedish occupation titles with their group; an ambiguous title stands once for each group."""
    return tuple(Title(*row) for row in _table("titles.tsv"))


@lru_cache(maxsize=1)
def titles_without_education() -> frozenset[str]:
    """The titles of JobTech's collection of occupations without educational requirement, as written there."""
    return frozenset(row[0] for row in _table("no_education.tsv"))


@lru_cache(maxsize=1)
def titles_en() -> tuple[Title, ...]:
    """English titles with their ISCO-08 group in place of SSYK; a title in two groups stands once for each."""
    return tuple(Title(title, code) for code, names in _table("isco_en.tsv") for title in names.split("; "))


@lru_cache(maxsize=1)
def isco_labels() -> Mapping[str, str]:
    """English names of the ISCO-08 unit groups."""
    return {code: names.split("; ")[0] for code, names in _table("isco_en.tsv")}


def ssyk_label(code: str, language: str = "sv") -> str:
    """A group's name: SSYK's own in Swedish, the (first) corresponding ISCO group's in any other language."""
    group = groups().get(code)
    if group is None:
        return ""
    if language == "sv":
        return group.label
    return isco_labels().get(group.isco[0], group.label)


def isco_of(ssyk: str) -> tuple[str, ...]:
    """The ISCO-08 groups an SSYK group corresponds to; the first is taken when one is wanted. Empty when unknown."""
    group = groups().get(ssyk)
    return group.isco if group else ()


@lru_cache(maxsize=1)
def _ssyk_by_isco() -> Mapping[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for group in groups().values():
        for isco in group.isco:
            index.setdefault(isco, []).append(group.code)
    return {isco: tuple(sorted(codes)) for isco, codes in index.items()}


def ssyk_of(isco: str) -> tuple[str, ...]:
    """The SSYK groups that correspond to an ISCO-08 group, those with the same level first. Empty when none do."""
    level = level_of_isco(isco)
    return tuple(sorted(_ssyk_by_isco().get(isco, ()), key=lambda code: (level_of(code) != level, code)))


def level_of(ssyk: str) -> int:
    """Skill level 1-4 of an SSYK 2012 code, 0 when the code is malformed.

    BMC Public Health 2020, doi 10.1186/s12889-020-09783-2, table 1: major group 9 -> 1; 4-8 -> 2; 3 -> 3; 2 -> 4;
    1 -> 4 except 17 -> 3; 01 -> 4, 02 -> 3, 03 -> 2.
    """
    if ssyk[:2] in _SSYK_LEVELS:
        return _SSYK_LEVELS[ssyk[:2]]
    return _MAJOR_LEVELS.get(ssyk[:1], 0)


def level_of_isco(isco: str) -> int:
    """Skill level 1-4 of an ISCO-08 code, 0 when malformed (ILO, ISCO-08 Volume 1, table 1)."""
    if isco[:2] in _ISCO_LEVELS:
        return _ISCO_LEVELS[isco[:2]]
    return _MAJOR_LEVELS.get(isco[:1], 0)


_MAJOR_LEVELS = {"1": 4, "2": 4, "3": 3, "4": 2, "5": 2, "6": 2, "7": 2, "8": 2, "9": 1}
_SSYK_LEVELS = {"17": 3, "01": 4, "02": 3, "03": 2}
_ISCO_LEVELS = {"14": 3, "01": 4, "02": 2, "03": 1}
