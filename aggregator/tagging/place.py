"""Where the work is done: municipality, county, the operator's named areas.

What the source said in fields comes first, then coordinates, then the title, then the text. In running text a place
counts only where the words around it say that the work is there; a head office, a journey or a town nearby does not.
Names that are also words or people's names need such words even in a title. Nothing found is an answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from aggregator.model import Evidence, JobPosting, Place, Tag
from aggregator.tagging.first_names import first_names
from aggregator.tagging.rules import TagRules
from aggregator.tagging.text import word_set
from aggregator.taxonomy import lookup


class Found(NamedTuple):
    """A municipality (SCB code) or, where only that is known, a county (`county` set), and why."""

    municipality: str
    county: str
    evidence: Evidence
    confidence: float


WORDLIKE = word_set(
    """
    ed vara mark eda töre salem nora ulrika vi tun mala eket bara flen bie alby los drag tuna ruda vena hova
    larv jung kode sund haga tye deje ryd bor nye hult hok bro horn sya berg gryt ås fors nås boda vad lit hede
    holm bua åsa vik lund skog hammar backe strand sand kil alvik lilla stora norra södra östra västra centrum
    åby by rot bank station park torg kyrka bruk hamn vall dal sten malm ekeby vallen slottet borg ström näs
    lida sve axel gård nol trä hus kall rya utby skee hulu äng avan vårda vård kust alfa vision unionen start
    lögd
    """
)
"""Place names (and words that look like them) that stand for something else more often than for the place."""

_UPPER = "A-ZÅÄÖÉ"
_NAME = rf"[{_UPPER}][\w’'-]*(?:-[{_UPPER}]\w+)?"
_RUN = re.compile(rf"(?<![\w@.-]){_NAME}(?:[ \u00a0](?:{_NAME}|kommun\b|stad\b|municipality\b))*")
_LIST = re.compile(r"^\s*(?:,|/|&|\+|och|eller|samt|and|or|och/eller|respektive|alternativt|-|–)\s*$", re.IGNORECASE)

_AT = re.compile(
    (
        r"(?:placer(?:ing|ad|ade|as|ingsort)\w*(?:\s+(?:är|blir))?(?:\s+(?:i|på|"
        r"vid|till))?|stationer(?:ad|ing\w*)(?:\s+(?:är|blir))?\s+(?:i|på|vid)|"
        r"(?:arbets|tjänste|stationerings)?(?:ort|plats)(?:en|er)?(?:\s+(?:är|ligger))?(?:\s+(?:i|på|vid))?|"
        r"(?:tjänsten|arbetet|jobbet|uppdraget|rollen|verksamheten|anställningen|"
        r"kontoret|fabriken|anläggningen|butiken|skolan|enheten|"
        r"avdelningen|boendet|verkstaden|sågverket|hotellet|restaurangen|bruket|"
        r"gruvan)\s+(?:är\s+|ligger\s+|finns\s+|utförs\s+|utgår\s+från\s+)"
        r"(?:(?:placerad|belägen|beläget|centralt|vackert)\s+)?(?:i|på|vid)?|"
        r"till\s+(?:vår|vårt|våra|vår nya|fabriken|anläggningen|kontoret|butiken|"
        r"skolan|verkstaden)\s[^.\n]{0,50}?\s?(?:i|på|vid)|"
        r"(?:på|vid|i|från)\s+(?:vår|vårt|våra)\s[^.\n]{0,40}?\s(?:i|på|vid)|"
        r"(?:utgångspunkt|bas|utgår|arbetar|jobbar|arbeta|jobba|verka)\s+(?:i|från|på|vid)|"
        r"location|based\s+(?:in|at|out\s+of)|located\s+in|situated\s+in|work(?:place)?\s+(?:is\s+)?(?:in"
        r"|at)|position\s+is\s+(?:based\s+)?in|"
        r"(?:our|the)\s+(?:site|plant|office|mill|factory|workshop|school|hospital|"
        r"store|hotel|team|mine)\s+(?:is\s+)?in|at\s+our\s[^.\n]{0,40}?\s(?:in|at)|"
        r"to\s+our\s[^.\n]{0,50}?\s(?:in|at)|(?:join\s+us|job|jobs|work)\s+in|(?:söker|"
        r"rekryterar|anställer)\s[^.\n]{0,70}?\s(?:till|i|på)|"
        r"(?:looking\s+for|hiring|seeking|recruiting)\s[^.\n]{0,70}?\s(?:in|to|at|for))"
        r"\s*:?\s*(?:centrala\s+|central\s+|vackra\s+|orten\s+|staden\s+)?$"
    ),
    re.IGNORECASE,
)
_NEVER_AT = re.compile(
    (
        r"(?:resor|resa|resande|reser|tjänsteresor|åker|travel(?:s|ling)?|trips?)\b[^.\n]{0,25}$|"
        r"(?:huvudkontor\w*|head\s?office|headquarter\w*|säte|moderbolag\w*|koncern\w*)\b[^.\n]{0,25}$|"
        r"(?:pendl\w+|avstånd\w*|nära(?:\s+till)?|närhet\w*|mil|km|minuter?|timm\w+|"
        r"minutes?|hours?|commut\w+|close|near)\b[^.\n]{0,25}$"
    ),
    re.IGNORECASE,
)
_SELDOM_AT = re.compile(
    (
        r"(?:kunder|projekt|kontor|verksamhet|dotterbolag|anläggningar|fabriker|"
        r"butiker|offices|customers|sites|kollegor|colleagues|team|teamet|"
        r"grundades|startade|founded|studerat|examen|utbildad|flytta|från|from|norr om|"
        r"söder om|öster om|väster om|north of|south of|mellan|between|"
        r"samarbet\w+|även|också|also|such as|till exempel|exempelvis)\b[^.\n,:]{0,30}$"
    ),
    re.IGNORECASE,
)
_LINK = re.compile(
    (
        r"(?:\b(?:i|på|vid|till|från|in|at|to|of|for|is|är|blir|ort\w*|plats\w*|"
        r"location|staden|orten|vackra|central\w*)|:)\s*$"
    ),
    re.IGNORECASE,
)
"""What `_AT` can end with: a cheap look before a dear one."""
_PREPOSITION = re.compile(r"(?:^|\s)(?:i|på|till|vid|in|at|to)\s+(?:centrala\s+|central\s+)?$", re.IGNORECASE)
_TITLE_MARK = re.compile(r"(?:\s[-–|•]|,|\(|:|/|\b(?:i|på|till|vid|in|at|to|placering|ort))\s*$", re.IGNORECASE)
_REGIONS = {"norrland": ("21", "22", "23", "24", "25")}
"""Parts of the country that are whole counties; a tag for each."""


def place_tags(posting: JobPosting, rules: TagRules) -> list[Tag]:
    """Municipality, county and area tags of one posting."""
    found = _from_fields(posting, rules)
    title = _mentions(posting.title, "title", rules)
    if found and any(f.municipality for f in found):
        known = {each.municipality for each in found}
        if len({each.municipality for each in title} | known) > len(known) and known & {e.municipality for e in title}:
            found = [*found, *title]
        elif not any(each.evidence.rule == "municipality-code" for each in found):
            stated = [each for each in _mentions(posting.description, "description", rules) if each.confidence >= 0.95]
            if stated and not known & {each.municipality for each in stated}:
                found = [each._replace(confidence=0.9) for each in stated]
    else:
        counties = {each.county for each in found}
        found = title or _best(_mentions(posting.description, "description", rules), counties) or found
    if not found and (place := rules.places.get(posting.source)):
        found = _by_name(place, Evidence(field="source", words=place, rule="operator-place"), 0.95, rules)
    if not found:
        found = _counties(posting)
    return list(_tags(found, rules))


def _best(mentions: list[Found], counties: set[str]) -> list[Found]:
    """Of the places in a text: those stated as the workplace, otherwise the only one that is mentioned at all."""
    inside = [each for each in mentions if each.municipality[:2] in counties] if counties else mentions
    stated = [each for each in inside if each.confidence >= 0.95]
    if stated:
        return stated
    return inside if len({each.municipality for each in inside}) == 1 else []


# --- fields --------------------------------------------------------------------------------------------------------


def _from_fields(posting: JobPosting, rules: TagRules) -> list[Found]:
    found: list[Found] = []
    for place in posting.job_location:
        found += _from_place(place, rules)
    return found


def _from_place(place: Place, rules: TagRules) -> list[Found]:
    if place.municipality_code and lookup.municipality(place.municipality_code):
        evidence = Evidence(field="job_location", words=place.municipality_code, rule="municipality-code")
        return [Found(place.municipality_code, "", evidence, 0.99)]
    if place.country and place.country.upper() not in ("SE", "SWE", "SVERIGE", "SWEDEN"):
        return []
    point = None
    if place.latitude is not None and place.longitude is not None:
        point = lookup.nearest(place.latitude, place.longitude)
    county = next((c for c in (lookup.find_county(p) for p in (place.region, *_parts(place.name))) if c), "")
    named = _from_names(place, point[0].municipality if point else "", county, rules)
    if named:
        return named
    if point:
        words = f"{place.latitude:.4f}, {place.longitude:.4f} ({point[0].name}, {point[1]:.0f} km)"
        return [
            Found(point[0].municipality, "", Evidence(field="job_location", words=words, rule="nearest-place"), 0.96)
        ]
    for text in (place.locality, place.name, place.region):
        listed = _mentions(text, "job_location", rules) if text else []
        if listed:
            return listed
    if county:
        evidence = Evidence(field="job_location", words=place.region or place.name, rule="county-name")
        return [Found("", county, evidence, 0.97)]
    return []


def _from_names(place: Place, near: str, county: str, rules: TagRules) -> list[Found]:
    """The municipality a place's locality, name or region is; `near` the one its coordinates lie in."""
    for field in (place.locality, *_parts(place.name), place.region):
        codes = lookup.find_place(field) if field else ()
        chosen = _choose(codes, rules, near=near, county=county) if codes else ""
        if chosen:
            certain = len(codes) == 1 or near in codes or any(c[:2] == county for c in codes)
            evidence = Evidence(field="job_location", words=field, rule="place-name")
            others = _from_lists(place, field, rules) if field != place.region else []
            return [Found(chosen, "", evidence, 0.98 if certain else 0.9), *others]
    return []


def _from_lists(place: Place, taken: str, rules: TagRules) -> list[Found]:
    """Further places in a name such as "Borlänge/Falun"."""
    found: list[Found] = []
    for part in (
        _parts(place.name) if place.name and re.search(r"/|\boch\b|\beller\b|\bor\b|\band\b", place.name) else ()
    ):
        codes = lookup.find_place(part)
        if part != taken and codes and not lookup.find_county(part) and (code := _choose(codes, rules)):
            found.append(Found(code, "", Evidence(field="job_location", words=part, rule="place-name"), 0.97))
    return found


def _parts(name: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,/|;()]|\boch\b|\beller\b|\bor\b|\band\b", name) if part.strip()]


def _choose(codes: tuple[str, ...], rules: TagRules, *, near: str = "", county: str = "") -> str:
    """The municipality a name means: the one near the coordinates, in the county named, at home; the municipality of
    that name before a locality elsewhere; "" when two localities share the name and nothing tells them apart.
    """
    if len(codes) == 1:
        return codes[0]
    for test in (
        lambda code: code == near,
        lambda code: code[:2] == county,
        lambda code: code in rules.municipalities,
    ):
        fitting = [code for code in codes if test(code)]
        if len(fitting) == 1:
            return fitting[0]
    first, second = (lookup.municipalities()[code] for code in codes[:2])
    return first.code if first.name in _municipality_names() and _is_named(first.code, codes) and second else ""


def _is_named(code: str, codes: tuple[str, ...]) -> bool:
    """Whether exactly the first of `codes` bears the name itself (as Sandviken and Berg do, Alvik and Ås do not)."""
    name = lookup.municipalities()[code].name.casefold()
    return code in lookup.find_place(name) and set(lookup.find_place(name)) == set(codes)


@lru_cache(maxsize=1)
def _municipality_names() -> frozenset[str]:
    return frozenset(each.name for each in lookup.municipalities().values())


def _by_name(name: str, evidence: Evidence, confidence: float, rules: TagRules) -> list[Found]:
    if lookup.municipality(name):
        return [Found(name, "", evidence, confidence)]
    codes = lookup.find_place(name)
    chosen = _choose(codes, rules) if codes else ""
    return [Found(chosen, "", evidence, confidence)] if chosen else []


# --- title and text ------------------------------------------------------------------------------------------------


ENOUGH = 4
"""How many mentions of one place in a text are looked at; an ad that needs more repeats itself."""


def _mentions(text: str, field: str, rules: TagRules) -> list[Found]:
    """Places in a title, a field or a text, 0.95 and up where the words around say that the work is there."""
    found: list[Found] = []
    seen: Counter[str] = Counter()
    last: tuple[int, float] | None = None  # end and confidence of the place before, for "Ludvika eller Västerås"
    for match in _RUN.finditer(text):
        for start, end, name in _names(match):
            codes = _codes(name)
            code = _choose(codes, rules) if codes else ""
            if not code:
                continue
            seen[code] += 1
            if seen[code] > ENOUGH:
                continue
            confidence = _confidence(text, start, end, name, field, first=not found)
            if len(codes) > 1 and code not in rules.municipalities:
                confidence = min(confidence, 0.85)  # two places of one name and nothing but the name
            if last and _LIST.match(text[last[0] : start]):
                confidence = last[1] if name.casefold() not in WORDLIKE or last[1] else confidence
            last = (end, confidence)
            if confidence:
                rule = {"title": "place-in-title", "job_location": "place-name"}.get(field, "place-in-text")
                before = max(text.rfind("\n", 0, start) + 1, start - 40)
                words = text[start:end] if field != "description" else text[before:end].strip()
                found.append(Found(code, "", Evidence(field=field, words=words, rule=rule), confidence))
    return found


def _names(run: re.Match[str]) -> Iterable[tuple[int, int, str]]:
    """The place names in a row of capitalised words, the longest first; nothing after a first name."""
    words = [(m.start() + run.start(), m.end() + run.start()) for m in re.finditer(r"[^ \u00a0]+", run.group())]
    text = run.string
    i = 0
    while i < len(words):
        for size in (3, 2, 1):
            if i + size > len(words):
                continue
            start, end = words[i][0], words[i + size - 1][1]
            name = text[start:end]
            if _codes(name):
                person = i > 0 and text[words[i - 1][0] : words[i - 1][1]] in first_names()
                firm = (
                    i + size < len(words)
                    and size == 1
                    and _codes(name)
                    and not _codes(text[words[i + size][0] : words[i + size][1]])
                )
                if not person and not (
                    firm
                    and text[words[i + size][0] : words[i + size][1]] not in ("AB", "Sverige", "Sweden", ("Dalarna"))
                ):
                    yield start, end, name
                i += size
                break
        else:
            i += 1


@lru_cache(maxsize=8192)
def _codes(name: str) -> tuple[str, ...]:
    return lookup.find_place(name)


def _confidence(text: str, start: int, end: int, name: str, field: str, *, first: bool) -> float:
    wordlike = name.casefold() in WORDLIKE or name in first_names()
    if field == "job_location":
        return 0.95
    if field == "title":
        marked = _TITLE_MARK.search(text[:start]) is not None
        if wordlike:
            prepositioned = _PREPOSITION.search(text[:start]) is not None
            return 0.95 if prepositioned and text[end : end + 2].strip(" ,)") == "" else 0.0
        return 0.97 if marked or start > 0 else 0.9
    low = max(text.rfind("\n", 0, start) + 1, start - 110)
    before = text[low:start]
    if _NEVER_AT.search(before) and not re.search(r"placer|stationer|ort:", before[-25:], re.IGNORECASE):
        return 0.0
    if _LINK.search(before) and _AT.search(before):
        return 0.95 if not wordlike or re.search(r"(?:\b(?:i|in|på|at)|:)\s*$", before, re.IGNORECASE) else 0.0
    if _SELDOM_AT.search(before):
        return 0.0
    if wordlike:
        return 0.0
    if _PREPOSITION.search(before):
        return 0.75 if first else 0.7
    return 0.0


# --- counties and areas --------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _county_pattern() -> re.Pattern[str]:
    names = {county.removesuffix(" län").removesuffix("s") for county in lookup.counties().values()}
    names -= {"Stockholm", "Uppsala", "Örebro", "Kalmar", "Jönköping", "Gotland"}  # towns, handled as such
    full = set(lookup.counties().values())
    options = "|".join(sorted((re.escape(n) for n in names | full), key=len, reverse=True))
    return re.compile(rf"(?:\b(?:i|hela|över hela|inom|in|across)\s+|\b)(?P<name>{options}|Norrland)\b")


def _counties(posting: JobPosting) -> list[Found]:
    """A county or Norrland named in the title, or in the text after "i" or "hela"."""
    for field, text in (("title", posting.title), ("description", posting.description)):
        for match in _county_pattern().finditer(text):
            name = match["name"]
            if field == "description" and (
                match.group() == name or _NEVER_AT.search(text[max(0, match.start() - 60) : match.start()])
            ):
                continue
            evidence = Evidence(field=field, words=match.group(), rule="county-name")
            codes = _REGIONS.get(name.casefold()) or (lookup.find_county(name),)
            return [Found("", code, evidence, 0.9) for code in codes if code]
    return []


def _tags(found: list[Found], rules: TagRules) -> Iterable[Tag]:
    language = rules.languages[0] if rules.languages else "sv"
    for each in found:
        municipality = lookup.municipality(each.municipality) if each.municipality else None
        county = municipality.county_code if municipality else each.county
        if municipality:
            yield Tag(axis="municipality", code=municipality.code, label=municipality.name, evidence=(each.evidence,),
                      confidence=each.confidence)  # fmt: skip
        label = lookup.counties().get(county, county)
        yield Tag(axis="county", code=county, label=label, evidence=(each.evidence,), confidence=each.confidence)
        for area in rules.areas:
            if municipality and municipality.code in area.municipalities:
                label = area.label.get(language) or next(iter(area.label.values()), area.key)
                yield Tag(
                    axis="area", code=area.key, label=label, evidence=(each.evidence,), confidence=each.confidence
                )


def area_tags(posting: JobPosting, rules: TagRules) -> list[Tag]:
    """The operator's areas named in the title or text themselves ("hela Höga Kusten")."""
    language = rules.languages[0] if rules.languages else "sv"
    found: list[Tag] = []
    for area in rules.areas:
        names = sorted({*area.label.values(), *area.names}, key=len, reverse=True)
        pattern = re.compile(r"\b(?:" + "|".join(re.escape(name) for name in names if name) + r")\b") if names else None
        for field, text, confidence in (("title", posting.title, 0.95), ("description", posting.description, 0.8)):
            match = pattern.search(text) if pattern else None
            if match:
                label = area.label.get(language) or next(iter(area.label.values()), area.key)
                evidence = Evidence(field=field, words=match.group(), rule="area-name")
                found.append(Tag(axis="area", code=area.key, label=label, evidence=(evidence,), confidence=confidence))
                break
    return found
