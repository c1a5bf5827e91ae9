"""Every kind against recorded answers in its system's shape: a folder of inputs, a frozen time, the expected output.

`case.json` holds `now`, `url`, `options` and `pages` (address -> file, or file and media type; a POST's key is its address, a blank and
its body); also `place`, `employer` and what is `known` (identifier -> address, or the fields of its state) where a case needs them. `expected.jsonl` is what the kind yields, in order. A missing expectation is written and the
test then fails, so that a person reads it before it counts.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Known, PostingState, Source, SourceState
from aggregator.schema_org import from_schema_org, to_schema_org
from spiders.base import Fetch, kinds
from spiders.parse import read_saved
from spiders.recording import asked_as, told

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/case.json"))


def known_of(case: dict[str, Any], now: datetime) -> Known | None:
    if "known" not in case:
        return None
    states = {}
    for identifier, given in case["known"].get("postings", {}).items():
        fields = {"url": given} if isinstance(given, str) else dict(given)
        for name in {"first_seen", "last_seen", "valid_through"} & fields.keys():
            fields[name] = datetime.fromisoformat(fields[name])
        fields = {"identifier": identifier, "fingerprint": "", "first_seen": now, "last_seen": now, **fields}
        states[identifier] = PostingState(**fields)
    known = case["known"]
    success = datetime.fromisoformat(known["last_success"]) if "last_success" in known else None
    state = SourceState(key="case/source", cursor=known.get("cursor", ""), last_success=success)
    return Known(source=state, postings=states)


def collect(folder: Path) -> list[Mapping[str, object]]:
    """All that the case's kind yields, walking through its recorded pages as a crawl would."""
    case = json.loads((folder / "case.json").read_text())
    now = datetime.fromisoformat(case["now"])
    source = Source(
        key="case/source",
        partner="case",
        kind=folder.parent.name,
        url=case["url"],
        options=case.get("options", {}),
        place=case.get("place", ""),
        employer=case.get("employer", ""),
    )
    kind = kinds()[source.kind](source, known_of(case, now))
    pending: list[Fetch] = list(kind.start())
    lines, asked = [told(fetch) for fetch in pending], set[str]()
    while pending:
        fetch = pending.pop(0)
        if asked_as(fetch) in asked:
            continue
        asked.add(asked_as(fetch))
        page = case["pages"][asked_as(fetch)]
        file, media_type = page if isinstance(page, list) else (page, None)
        for found in read_saved(kind, (folder / file).read_bytes(), fetch.url, media_type, now, fetch=fetch):
            lines.append(told(found))
            if isinstance(found, Fetch):
                pending.append(found)
    unread = set(case["pages"]) - asked
    assert not unread, f"recorded pages were never asked for: {sorted(unread)}"
    return lines


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_the_kind_reads_its_recorded_case_as_expected(folder):
    lines = [json.loads(json.dumps(line)) for line in collect(folder)]
    expected = folder / "expected.jsonl"
    if not expected.exists():
        expected.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        pytest.fail(f"{expected.relative_to(HERE)} was written: review it before proceeding")
    assert lines == [json.loads(line) for line in expected.read_text().splitlines()]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_no_recorded_expectation_holds_a_contact_person(folder):
    expected = (folder / "expected.jsonl").read_text()
    for secret in json.loads((folder / "case.json").read_text()).get("never", []):
        assert secret in "".join(path.read_text(errors="replace") for path in folder.glob("page*"))
        assert secret not in expected


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_every_expected_posting_survives_the_pipe(folder):
    postings = [
        line for line in map(json.loads, (folder / "expected.jsonl").read_text().splitlines()) if "@type" in line
    ]
    for posting in postings:
        assert to_schema_org(from_schema_org(posting)) == posting


def test_every_kind_has_a_recorded_case():
    assert set(kinds()) == {folder.parent.name for folder in CASES}
