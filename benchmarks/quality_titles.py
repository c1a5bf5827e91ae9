"""Share of job titles tagged right, and how honest "sure" is: `python benchmarks/quality_titles.py sv|en TITLES.csv`.

The CSV has `title`, `skill_level` and `ssyk4` (Swedish) or `isco08` (English); right answers are divided by `|`.
`--wrong` lists the titles got wrong, `--noise` wraps each title the way employers do.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import defaultdict
from pathlib import Path

from aggregator.tagging import titles
from aggregator.taxonomy import isco_of

NOISE = {
    "sv": (
        "Vi söker {} till Ludvika!",
        "{} (m/k) 100 % - Borlänge",
        "⭐ Erfaren {} sökes omgående",
        "{} på Dalverken AB",
    ),
    "en": ("We are looking for a {} in Falun", "{} (m/f/d) - Sweden", "Experienced {} to Acme Ltd", "{} 100 %"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", choices=("sv", "en"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--noise", action="store_true")
    args = parser.parse_args()
    if not args.file.exists():
        print(f"skipped: {args.file} is not there")
        return 0
    with args.file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    titles.guess("värma upp", args.language)
    score: dict[str, int] = defaultdict(int)
    bins: dict[tuple[str, float], list[int]] = defaultdict(list)
    key = "ssyk4" if args.language == "sv" else "isco08"
    started = time.perf_counter()
    wrong = []
    for number, row in enumerate(rows):
        title = row["title"]
        if args.noise:
            title = NOISE[args.language][number % 4].format(title)
        guess = titles.guess(title, args.language)
        code_right = guess is not None and guess.code in row[key].split("|")
        level_right = guess is not None and str(guess.level) in row["skill_level"].split("|")
        score["code"] += code_right
        score["level"] += level_right
        if guess:
            bins["code", guess.confidence].append(code_right)
            bins["level", guess.level_confidence].append(level_right)
            if not code_right:
                wrong.append((row["title"], row[key], guess))
    spent = time.perf_counter() - started
    print(
        f"{len(rows)} titles: {key} {score['code'] / len(rows):.4f}  level {score['level'] / len(rows):.4f}  "
        f"{spent / len(rows) * 1e6:.0f} µs a title"
    )
    for what in ("code", "level"):
        sure = [
            right
            for (axis, confidence), rights in bins.items()
            if axis == what and confidence >= 0.95
            for right in rights
        ]
        print(f"  {what}: {len(sure) / len(rows):.0%} sure, {sum(sure) / max(1, len(sure)):.4f} of these right")
    if args.wrong:
        for (what, confidence), rights in sorted(bins.items()):
            print(f"  {what} {confidence:.2f}: {len(rights)} titles, {sum(rights) / len(rights):.3f} right")
        for title, right, guess in wrong:
            print(f"{title} | {right} | {guess.code} {guess.known} {guess.rule} {guess.score} {guess.confidence}")
    return 0


if __name__ == "__main__":
    assert isco_of("7212")
    sys.exit(main())
