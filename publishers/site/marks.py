"""Marks: hashes of all that decides what a page says, so that one whose mark is the same need not be made again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.model import Partner, Vacancy
from publishers.site.data import SiteData
from publishers.site.page import Assets

_EPOCH = datetime.fromtimestamp(0, UTC)


def mark_of(*parts: object) -> str:
    """A hash of parts whose `repr` says all of them."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def mark_of_vacancy(vacancy: Vacancy) -> str:
    """The mark of what pages can say of a vacancy: its leading posting, its tags and how it stands."""
    lead = replace(vacancy.lead, raw={})
    others = tuple(replace(posting, raw={}) for posting in vacancy.postings if posting is not vacancy.lead)
    return mark_of(replace(vacancy, lead=lead, postings=others, held="", fresh=False))


def mark_of_site(data: SiteData, assets: Assets, media: Mapping[str, str], partners: Sequence[Partner]) -> str:
    """The mark of what all pages share: the region, its partners and stories, and what makes pages of them.

    Of the time only the local year counts, which dates leave out when it is the present one, and which `partners` are
    shown now.
    """
    year = data.generated_at.astimezone(ZoneInfo(data.time_zone)).year
    present = [partner.key for partner in partners]
    rest = replace(data, vacancies=(), highlights=(), aliases={}, generated_at=_EPOCH, mark="")
    return mark_of(maker(), rest, assets, sorted(media.items()), year, present)


@lru_cache(maxsize=1)
def maker() -> str:
    """What makes pages: our code and templates, and the versions of the libraries that they lean on."""
    from importlib.metadata import version

    publishers = Path(__file__).parents[1]
    digest = hashlib.blake2b(digest_size=16)
    for name in ("jobbfyr", "jinja2", "markupsafe", "babel"):
        digest.update(version(name).encode())
    for folder, pattern in (("site", "*.py"), ("site/templates", "*.j2"), ("cards", "*.py")):
        for path in sorted((publishers / folder).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
