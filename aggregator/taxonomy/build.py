"""Makes the compact tables in `tables/` from a folder of fact tables: `python -m aggregator.taxonomy.build FACTS`.

FACTS holds six CSV files compiled from Arbetsförmedlingen's open taxonomy (JobTech) and SCB's municipality codes; see
SOURCES.md beside this file for origin and licences. The English table (`isco_en.tsv`) is written by hand
and is not touched.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

TABLES = Path(__file__).parent / "tables"


def build(facts: Path, tables: Path = TABLES) -> dict[str, int]:
    """Write the tables and return how many rows each has. Raises OSError or KeyError when FACTS is incomplete."""
    tables.mkdir(exist_ok=True)
    isco = {row["ssyk4"]: row["isco08"] for row in _rows(facts / "ssyk4_isco08.csv")}
    return {
        "municipalities": _write(
            tables / "municipalities.tsv",
            (
                (row["municipality_code"], row["municipality"], row["county_code"], row["county"])
                for row in _rows(facts / "municipalities.csv")
            ),
        ),
        "places": _write(
            tables / "places.tsv",
            (
                (row["place"], row["lat"], row["lon"], row["municipality_code"].zfill(4))
                for row in _rows(facts / "places.csv")
            ),
        ),
        "titles": _write(
            tables / "titles.tsv",
            ((row["title"], row["ssyk4"].zfill(4)) for row in _rows(facts / "occupation_titles_ssyk.csv")),
        ),
        "groups": _write(
            tables / "groups.tsv",
            (
                (row["ssyk4"], row["label"], row["field"], isco[row["ssyk4"]])
                for row in _rows(facts / "ssyk4_groups.csv")
            ),
        ),
        "no_education": _write(
            tables / "no_education.tsv",
            ((row["occupation"],) for row in _rows(facts / "occupations_without_education_requirement.csv")),
        ),
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Iterable[tuple[str, ...]]) -> int:
    unique = sorted({tuple(" ".join(cell.split()) for cell in row) for row in rows})
    path.write_text("".join("\t".join(row) + "\n" for row in unique), encoding="utf-8")
    return len(unique)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m aggregator.taxonomy.build FOLDER_OF_FACTS")
    for name, count in build(Path(sys.argv[1])).items():
        print(f"{name}: {count} rows")
