"""Share of career-board addresses whose kind is found right by the address alone: `… BOARDS.csv`.

The CSV has `url` and `label`. Addresses of our kinds on a job system's own domain count as *by host* and must be found;
on other domains unknown is right, too. A label that is no system (`dom`, `sitemap`) says how somebody reads the page,
not whose system it is: such an address is rightly unknown, or *known to us*, which `--wrong` lists for a person to
judge, with all that is wrong or missed. Exit code 1 when a kind is wrong or fewer than 99 % are found by host.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import urlsplit

from spiders.base import kinds
from spiders.detect import GENERAL, by_address
from spiders.identity import site_label

TARGET = 0.99


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--wrong", action="store_true")
    args = parser.parse_args()
    if not args.file.exists():
        print(f"skipped: {args.file} is not there")
        return 0
    with args.file.open(encoding="utf-8", newline="") as file:
        rows = [(row["url"], row["label"]) for row in csv.DictReader(file)]
    ours, shared = kinds().keys() - set(GENERAL), _shared_domains(rows)
    by_address("https://warm.example")
    started = time.perf_counter()
    answers = [by_address(url) for url, _ in rows]
    seconds = time.perf_counter() - started
    score: dict[str, Counter[str]] = defaultdict(Counter)
    for (url, label), answer in zip(rows, answers, strict=True):
        by_host = label in ours and (site_label(url), label) in shared
        verdict = _verdict(answer.kind, label if label in ours else None, by_host=by_host)
        score["by host" if by_host else "own domain" if label in ours else "not ours"][verdict] += 1
        if args.wrong and verdict in ("wrong", "missed", "known to us"):
            print(f"{verdict}: {url} is {label}, found {answer.kind}: {answer.evidence}")
    for name, verdicts in score.items():
        print(f"{name:10}  {', '.join(f'{number} {verdict}' for verdict, number in sorted(verdicts.items()))}")
    found = score["by host"]["right"] / max(1, sum(score["by host"].values()))
    wrong = sum(verdicts["wrong"] for verdicts in score.values())
    print(f"{found:.2%} found by host, {wrong} wrong, {seconds / max(1, len(rows)) * 1e6:.0f} µs an address")
    return int(wrong > 0 or found < TARGET)


def _shared_domains(rows: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Domains that are a job system's own: those that bear several employers' boards, or the kind's name."""
    hosts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for url, label in rows:
        parts = urlsplit(url)
        hosts[site_label(url), label].add(f"{parts.hostname}/{parts.path.strip('/').split('/')[0]}")
    return {key for key, boards in hosts.items() if len(boards) > 3 or key[1].replace("-", "") in key[0]}


def _verdict(found: str | None, expected: str | None, *, by_host: bool) -> str:
    if found == expected and found is not None:
        return "right"
    if found is None:
        return "missed" if by_host else "rightly unknown"
    return "wrong" if expected else "known to us"


if __name__ == "__main__":
    raise SystemExit(main())
