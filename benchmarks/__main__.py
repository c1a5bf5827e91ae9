"""`make bench`: every benchmark of speed in this folder, one after another (`make quality` has those of quality)."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def main() -> None:
    wanted, sys.argv[1:] = sys.argv[1:], []  # the benchmarks read their own arguments from it
    for module in sorted(one.name for one in pkgutil.iter_modules(benchmarks.__path__)):
        if module == "__main__" or module.startswith("quality") or (wanted and module not in wanted):
            continue
        print(f"\n== {module}", flush=True)
        importlib.import_module(f"benchmarks.{module}").main()


if __name__ == "__main__":
    main()
