"""A posting as linking sees it, and the keys under which others like it are found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

from aggregator.dedupe import normal
from aggregator.model import JobPosting, Place, PostingKey
from aggregator.taxonomy import find_place

if TYPE_CHECKING:  # numpy costs a tenth of a second to import
    import numpy as np
    from numpy.typing import NDArray

SKETCH = (1 << 32) // 16
"""Text windows whose hash lies below this are blocking keys: one in sixteen, the same ones in every copy of the text,
so that a summary's are found inside the whole (a containment sketch; MinHash would need texts of like length)."""

MAX_SKETCH = 48

_FIGURE = re.compile(r"\d{1,3}(?:[ \u00a0.,]\d{3})+|\d+(?:[.,]\d+)?")
_IN_TEXT = re.compile(
    r"(?:ref(?:erens|erence)?[\w.]*(?:\s?(?:nr|no|number|nummer|id))?|diarienummer|dnr|annons-?id)\s?[.:#]*\s*([\w/-]{5,30})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """What is compared. `page` is the ad's own address if it has one, `addresses` that and its form's; `windows`
    are the hashes of the text's three-word windows, each once, sorted.
    """

    key: PostingKey
    page: str
    addresses: frozenset[str]
    job_ids: frozenset[str]
    reference: str
    references: frozenset[str]
    employer: frozenset[str]
    agency: bool
    title: tuple[str, ...]
    alternatives: tuple[tuple[str, ...], ...]
    places: tuple[frozenset[str], ...]
    municipalities: frozenset[str]
    salary: tuple[str, ...]
    posted: date | None
    ends: date | None
    language: str
    windows: NDArray[np.uint64]


def profile(posting: JobPosting) -> Profile:
    """A posting made ready for comparing."""
    plain = {found for url in (posting.url, posting.apply_url) if (found := normal.address(url))}
    text = normal.words(posting.description)
    return Profile(
        key=posting.key,
        page=normal.own_page(normal.address(posting.url)),
        addresses=frozenset(plain),
        job_ids=frozenset(found for one in plain if (found := normal.job_id(one))),
        reference=normal.reference(posting.reference_number),
        references=_references(posting),
        employer=normal.employer(posting.hiring_organization),
        agency=normal.agency(posting.hiring_organization) or normal.for_a_client(posting.description),
        title=normal.title(posting.title),
        alternatives=_alternatives(posting.title),
        places=_places(posting),
        municipalities=frozenset(code for one in posting.job_location if (code := _municipality(one))),
        salary=_figures(posting.base_salary),
        posted=posting.date_posted.date() if posting.date_posted else None,
        ends=posting.valid_through.date() if posting.valid_through else None,
        language=posting.in_language[:2].lower(),
        windows=_windows(text),
    )


def keys(posting: JobPosting) -> tuple[str, ...]:
    """Blocking keys: two postings that may be one job share at least one. Short, stable between versions and
    processes; the letter before the colon tells the kind: `u` address, `i` the job system's number, `r` reference, `e`
    employer and title, `p` place and title, `w` employer and place, `h` text.
    """
    return profile_keys(profile(posting))


def profile_keys(one: Profile) -> tuple[str, ...]:
    """`keys` of a posting whose profile is at hand."""
    found = [f"u:{_short(plain)}" for plain in sorted(one.addresses)]
    found += [f"i:{plain}"[:80] for plain in sorted(one.job_ids)]
    found += [f"r:{plain}"[:80] for plain in sorted(one.references | ({one.reference} - {""}))]
    bag = " ".join(sorted(set(one.title)))
    name = " ".join(sorted(one.employer))
    if bag and name:
        found.append(f"e:{_short(f'{name}|{bag}')}")
    where = sorted({word for place in one.places for word in place})
    if bag:
        found += [f"p:{_short(f'{word}|{bag}')}" for word in where[:12]]
    if name:
        found += [f"w:{_short(f'{name}|{word}')}" for word in where[:6]]
    low = one.windows[: min(MAX_SKETCH, int(one.windows.searchsorted(SKETCH)))].tolist()
    found += [f"h:{window:07x}" for window in low]
    return tuple(dict.fromkeys(found))


def _short(text: str) -> str:
    """64 bits of a text in hexadecimal."""
    return f"{crc32(text.encode()):08x}{crc32(text.encode()[::-1]):08x}"


def _windows(text: list[str]) -> NDArray[np.uint64]:
    """Hashes of the three-word windows: multiplied by odd constants (Knuth's and its like) so that all bits mix."""
    import numpy as np

    one = np.array(normal.word_hashes(text), dtype=np.uint64)
    if len(one) < 3:
        return np.sort(one)
    mixed = one[:-2] * np.uint64(0x9E3779B1) + one[1:-1] * np.uint64(0x85EBCA77) + one[2:] * np.uint64(0xC2B2AE3D)
    found = np.sort((mixed * np.uint64(0x27D4EB2F) >> np.uint64(16)) & np.uint64(0xFFFFFFFF))
    return found[np.concatenate(([True], found[1:] != found[:-1]))]


def _references(posting: JobPosting) -> frozenset[str]:
    """Reference numbers written in the text, for copies that lost the field: words with both letters and digits after a
    word for "reference".
    """
    plain = posting.description.casefold()
    if not any(word in plain for word in ("ref", "dnr", "diarienummer", "annons")):
        return frozenset()
    return frozenset(
        found for match in _IN_TEXT.finditer(posting.description) if len(found := normal.reference(match.group(1))) >= 5
    )


def _alternatives(title: str) -> tuple[tuple[str, ...], ...]:
    """The titles of a double one (`Sjuksköterska / Registered nurse`): each, and all but the first or the last."""
    parts = title.split(" / ")
    if len(parts) == 1:
        return ()
    ways = [*parts, " ".join(parts[1:]), " ".join(parts[:-1])]
    return tuple(dict.fromkeys(found for way in ways if (found := normal.title(way))))


def _places(posting: JobPosting) -> tuple[frozenset[str], ...]:
    found = (
        normal.place(
            " ".join(filter(None, (place.locality or place.name, place.street_address if not place.locality else "")))
        )
        for place in posting.job_location
    )
    return tuple(dict.fromkeys(place for place in found if place))


def _municipality(place: Place) -> str:
    """SCB's code of a place's municipality: the source's own, else the only one that has a place of that name."""
    if place.municipality_code or place.country not in {"", "SE"}:
        return place.municipality_code
    codes = _by_name(place.locality or place.name)
    return codes[0] if len(codes) == 1 else ""


@lru_cache(maxsize=20_000)
def _by_name(name: str) -> tuple[str, ...]:
    return find_place(name)


def _figures(salary: str) -> tuple[str, ...]:
    """Figures of a salary as digits; those of one or two digits (bands, hours) left out."""
    plain = (re.sub(r"\D", "", figure) for figure in _FIGURE.findall(salary))
    return tuple(sorted({figure for figure in plain if len(figure) >= 3}))
