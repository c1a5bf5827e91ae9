"""The web site of 2,000 vacancies in two languages: built, built again, and built after ten of them changed.

Beside it the least that any generator does: the same number of files of the same size written into an empty folder.
Quote the ratios, not the seconds.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.model import Evidence, JobPosting, Place, Tag, Vacancy
from publishers.cards import Brand
from publishers.site import SiteData, SiteReport, build

VACANCIES, CHANGED = 2000, 10
NOW = datetime(2027, 2, 1, 7, 5, tzinfo=UTC)
PLACES = {"2080": "Falun", "2081": "Borlänge", "2062": "Mora", "2085": "Ludvika", "2031": "Rättvik"}
JOBS = {"7212": "Svetsare", "5321": "Undersköterska", "2512": "Systemutvecklare", "9320": "Lagerarbetare"}


def vacancy(number: int, *, salary: str = "") -> Vacancy:
    """One of a made-up region's vacancies; those of one trade and town resemble each other, as in life."""
    code, place = list(PLACES.items())[number % len(PLACES)]
    ssyk, trade = list(JOBS.items())[number // 7 % len(JOBS)]
    lead = JobPosting(
        source="bench/feed",
        identifier=str(number),
        title=f"{trade} {number}",
        url=f"https://example.com/{number}",
        retrieved_from="https://example.com/feed",
        retrieved_at=NOW,
        hiring_organization=f"Bolag {number % 40} AB",
        job_location=(Place(locality=place),),
        description="\n\n".join(f"Hos oss i {place} väntar uppdrag {number} på dig. {'Ord ' * 60}" for _ in range(8)),
        base_salary=salary,
    )
    said = (Evidence(field="title", words=trade, rule="bench"),)
    tags = [("municipality", code, place), ("ssyk", ssyk, trade), ("language", "sv", "svenska")]
    return Vacancy(
        id=f"v{number:05}",
        partner=f"p{number % 40}",
        title=lead.title,
        lead=lead,
        postings=(lead,),
        tags=tuple(Tag(axis=axis, code=of, label=label, evidence=said, confidence=0.95) for axis, of, label in tags),
        opened_at=NOW - timedelta(minutes=number),
    )


def data(vacancies: list[Vacancy]) -> SiteData:
    """The region's site."""
    words = {"sv": "Bänken", "en": "The bench"}
    return SiteData(
        key="bench",
        name=words,
        languages=("sv", "en"),
        time_zone="Europe/Stockholm",
        brand=Brand(),
        address="https://bench.example",
        title=words,
        intro=words,
        generated_at=NOW,
        vacancies=vacancies,
        municipalities=PLACES,
    )


def timed(site: SiteData, folder: Path) -> tuple[float, SiteReport]:
    """Seconds of a build, and its report."""
    started = time.perf_counter()
    report = build(site, folder)
    return time.perf_counter() - started, report


def plain(folder: Path, like: Path) -> float:
    """Seconds to write as many files of the same sizes, without thinking about what is in them."""
    sizes = [(path.relative_to(like), path.stat().st_size) for path in like.rglob("*") if path.is_file()]
    started = time.perf_counter()
    for path, size in sizes:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x" * size)
    return time.perf_counter() - started


def main() -> None:
    """Print the seconds and the ratios."""
    some = [vacancy(number) for number in range(VACANCIES)]
    other = list(some)
    for number in range(5, VACANCIES, VACANCIES // CHANGED):
        other[number] = vacancy(number, salary="32 000 kr")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        first, whole = timed(data(some), folder)
        writing = plain(Path(name) / "plain", folder.resolve())
        build(data([replace(some[0], pinned=True), *some[1:]]), folder)  # now there is a tree to bring up to date
        build(data(some), folder)
        again, unchanged = timed(data(some), folder)
        changed, report = timed(data(other), folder)
    print(f"{VACANCIES} vacancies, {whole.pages} pages; writing as many bytes as files alone {writing:.2f} s")
    for what, seconds, done in (
        ("from nothing", first, whole),
        ("nothing changed", again, unchanged),
        (f"{CHANGED} changed", changed, report),
    ):
        print(f"{what:16} {seconds:6.2f} s  {seconds / writing:6.2f} × writing  {done.written:5} of its files new")


if __name__ == "__main__":
    main()
