"""A harvest of new postings, and the same again, through the store and through plain sqlite3.

    python benchmarks/store.py [NUMBER]

The plain side writes the same content with one upsert a posting, guarded by the fingerprint, which it is given: no
rules, no journal, no verdict. Best of three; look at the ratios, not the times.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from aggregator.decide import decide, fingerprint
from aggregator.health import judge
from aggregator.model import Harvest, JobPosting, Link, Place, Source
from aggregator.store import Store
from aggregator.store.rows import posting_to

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOURCE = Source(key="bench/feed", partner="bench", kind="feed")
PARAGRAPH = "Du svetsar i rostfritt och läser ritningar tillsammans med ett erfaret lag nära skog och sjö. "


def harvest_of(number: int) -> Harvest:
    found = tuple(
        JobPosting(
            source=SOURCE.key,
            identifier=str(n),
            title=f"Svetsare {n}",
            url=f"https://bench.example/jobb/{n}",
            retrieved_from="https://bench.example/jobs.rss",
            retrieved_at=NOW,
            description=PARAGRAPH * 25 + str(n),
            job_location=(Place(locality="Ludvika", country="SE"),),
        )
        for n in range(number)
    )
    return Harvest(source=SOURCE.key, started_at=NOW, finished_at=NOW, postings=found, complete=True)


def through_the_store(store: Store, harvest: Harvest, now: datetime) -> None:
    known = store.harvests.known(SOURCE.key)
    verdict = judge(SOURCE, known, harvest, now)
    store.harvests.apply(SOURCE, harvest, decide(SOURCE, known, harvest, verdict, now), verdict, now)


PLAIN = """
CREATE TABLE posting (source TEXT, identifier TEXT, fingerprint TEXT, title TEXT, url TEXT, content TEXT, seen TEXT,
                      PRIMARY KEY (source, identifier))
"""
UPSERT = """
INSERT INTO posting VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, identifier) DO UPDATE SET
fingerprint = excluded.fingerprint, title = excluded.title, content = excluded.content, seen = excluded.seen
"""


def plainly(connection: sqlite3.Connection, harvest: Harvest, now: datetime, guard: str) -> None:
    rows = (
        (p.source, p.identifier, fingerprint(p), p.title, p.url, json.dumps(posting_to(p)), now.isoformat())
        for p in harvest.postings
    )
    with connection:
        connection.executemany(UPSERT + guard, rows)


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def once(number: int, folder: Path) -> dict[str, float]:
    harvest = harvest_of(number)
    times: dict[str, float] = {}
    with Store.open(str(folder / "store.db")) as store:
        later = replace(harvest, finished_at=NOW + timedelta(hours=1))
        times["store: new"] = timed(lambda: through_the_store(store, harvest, NOW))
        times["store: again"] = timed(lambda: through_the_store(store, later, NOW + timedelta(hours=1)))
        silent = replace(harvest, postings=(), not_modified=True)
        times["store: not modified"] = timed(lambda: through_the_store(store, silent, NOW + timedelta(hours=2)))
        links = [Link(key=p.key, group=p.identifier) for p in harvest.postings]
        times["store: link"] = timed(lambda: store.vacancies.save_links(links, {}, NOW))
        times["store: load all open"] = timed(store.vacancies.open)
    connection = sqlite3.connect(folder / "plain.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(PLAIN)
    guard = "WHERE fingerprint <> excluded.fingerprint"
    times["plain: new"] = timed(lambda: plainly(connection, harvest, NOW, guard))
    times["plain: again, guarded"] = timed(lambda: plainly(connection, harvest, NOW, guard))
    times["plain: again, all rewritten"] = timed(lambda: plainly(connection, harvest, NOW, ""))
    connection.close()
    return times


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    runs = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(once(number, Path(folder)))
    best = {name: min(run[name] for run in runs) for name in runs[0]}
    print(f"{number} postings, best of three")
    for name, seconds in best.items():
        print(f"{name:30} {seconds:7.3f} s {number / seconds:10.0f}/s")
    print(f"new:   store / plain             {best['store: new'] / best['plain: new']:.2f}")
    print(f"again: store / plain guarded     {best['store: again'] / best['plain: again, guarded']:.2f}")
    print(f"again: store / plain rewritten   {best['store: again'] / best['plain: again, all rewritten']:.2f}")


if __name__ == "__main__":
    main()
