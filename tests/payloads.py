"""Every kind over a folder of real payloads, to see what it makes of them: `python -m tests.payloads FOLDER`.

A file is given to each kind that its name or its content points to; for each are told the postings, how many of them have a place, a
date and a text, and the problems. Nothing is asserted: real payloads are kept outside of the project, and looking is the point. Exit
code 1 when a kind raised, 0 otherwise (also when there is no such folder, which is said).
"""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from aggregator.model import JobPosting, Problem
from spiders.base import kinds
from spiders.parse import parse_file

MARKS = {
    "teamtailor": (b"teamtailor",),
    "platsbanken": (b'"workplace_address"', b'"removed"'),
    "feed": (b"<rss", b"<feed", b"jsonfeed.org"),
    "jsonld": (b"JobPosting",),
}
"""What tells a payload of a kind that its file's name does not tell."""

SUFFIXES = {".xml", ".rss", ".atom", ".json", ".html", ".htm"}


def kinds_for(path: Path, body: bytes) -> Iterator[str]:
    """The kinds that a payload may be for."""
    names = f"{path.stem} {path.parent.name}".lower().replace("_", "-")
    for kind in kinds():
        if kind in names or any(mark in body for mark in MARKS.get(kind, ())):
            yield kind


def main(folders: list[str]) -> int:
    """Try every payload below the folders; the exit code."""
    files = sorted(path for folder in folders for path in Path(folder).rglob("*") if path.suffix in SUFFIXES)
    if not files:
        print(f"no payloads below {', '.join(folders) or 'any folder'}: nothing was tried")  # noqa: T201 - a command
        return 0
    raised = 0
    for path in files:
        body = path.read_bytes()
        for kind in kinds_for(path, body):
            raised += report(kind, path, body)
    return 1 if raised else 0


def report(kind: str, path: Path, body: bytes) -> bool:
    """Print what the kind makes of one payload; whether it raised."""
    try:
        found = list(parse_file(kind, body, f"https://payload.example/{path.name}", None, datetime.now(UTC)))
    except Exception:  # noqa: BLE001 - the point is to see all that raise
        print(f"{kind:12} {path.name:40} RAISED\n{traceback.format_exc()}")  # noqa: T201
        return True
    postings = [one for one in found if isinstance(one, JobPosting)]
    have = [
        f"{sum(map(bool, values))} {name}"
        for name, values in (
            ("placed", [one.job_location for one in postings]),
            ("dated", [one.date_posted for one in postings]),
            ("with text", [one.description for one in postings]),
        )
    ]
    problems = Counter(f"{one.level} {one.code}" for one in found if isinstance(one, Problem))
    told = ", ".join(f"{count}× {code}" for code, count in problems.items())
    print(f"{kind:12} {path.name:40} {len(postings)} postings ({', '.join(have)}) {told}")  # noqa: T201
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
