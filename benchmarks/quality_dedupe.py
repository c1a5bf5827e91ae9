"""How well one job is recognised: `python benchmarks/quality_dedupe.py ADS.jsonl[.gz] LABELS.csv [--floor 0.93]`.

ADS holds one JobPosting a line as `jobbfyr dedupe` takes it; LABELS has `identifier`, `group` (the same for ads of one
job) and `kind` (what was done to the copy, or `neg_…` for a neighbour that is another job). Pairs are counted after
clustering; recall is also given for each kind of copy, and false pairs for each kind of neighbour. With `--floor` the
exit code is 1 when F1 is lower.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from aggregator.dedupe import dedupe_lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ads", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--floor", type=float, default=0.0)
    args = parser.parse_args()
    absent = [str(path) for path in (args.ads, args.labels) if not path.exists()]
    if absent:
        print(f"skipped: {', '.join(absent)} is not there")
        return 0
    data = gzip.decompress(args.ads.read_bytes()) if args.ads.suffix == ".gz" else args.ads.read_bytes()
    ads = [json.loads(line) for line in data.decode().split("\n") if line.strip()]
    with args.labels.open(encoding="utf-8", newline="") as file:
        labels = {row["identifier"]: (row["group"], row["kind"]) for row in csv.DictReader(file)}
    before, wall = time.process_time(), time.perf_counter()
    found: dict[str, list[str]] = defaultdict(list)
    for one in dedupe_lines(ads):
        found[str(one["vacancy"])].append(str(one["identifier"]))
    took = f"{time.process_time() - before:.1f} s of CPU, {time.perf_counter() - wall:.1f} s"
    f1 = report(found.values(), labels)
    print(f"{len(ads)} ads in {took}")
    return int(f1 < args.floor)


def report(groups: Iterable[Sequence[str]], labels: Mapping[str, tuple[str, str]]) -> float:
    """Print precision, recall and F1 over pairs, and what was missed or mistaken by kind; F1 is the answer."""
    truth: dict[str, list[str]] = defaultdict(list)
    for identifier, (group, _) in labels.items():
        truth[group].append(identifier)
    wanted = Counter(copy_kind(pair, labels) for ids in truth.values() for pair in combinations(ids, 2))
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for ids in groups:
        for pair in combinations(ids, 2):
            if labels[pair[0]][0] == labels[pair[1]][0]:
                right[copy_kind(pair, labels)] += 1
            else:
                wrong[next((labels[one][1] for one in pair if labels[one][1].startswith("neg")), "other")] += 1
    precision = right.total() / max(1, right.total() + wrong.total())
    recall = right.total() / max(1, wanted.total())
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}")
    for kind, number in sorted(wanted.items()):
        print(f"  {kind:10} {right[kind]:5} of {number:5} pairs found ({right[kind] / number:.3f})")
    for kind, number in wrong.most_common():
        print(f"  {kind:10} {number:5} false pairs")
    return f1


def copy_kind(pair: Sequence[str], labels: Mapping[str, tuple[str, str]]) -> str:
    """What was done to the copy of a pair; a repost whatever else, since it is the hardest."""
    kinds = {labels[one][1] for one in pair}
    return "repost" if "repost" in kinds else min(kinds - {"base"}, default="base")


if __name__ == "__main__":
    sys.exit(main())
