"""The open vacancies for others: JobPosting lines, JSON Feed, Atom, Indeed-style XML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aggregator.app.site import site_data
from aggregator.schema_org import to_schema_org

if TYPE_CHECKING:
    from aggregator.app.house import House


def export(house: House, shape: str) -> Iterator[str]:
    """The chosen shape in chunks; `shape` is `jsonl`, `json-feed`, `atom` or `indeed-xml`."""
    if shape == "jsonl":
        for vacancy in house.store.vacancies.open():
            line = to_schema_org(vacancy.lead) | {"vacancy": vacancy.id, "partner": vacancy.partner}
            line.pop("raw", None)  # the source's own fields, for mending a kind; nobody else can read them
            yield json.dumps(line, ensure_ascii=False) + "\n"
        return
    from publishers.site import feed_of

    yield feed_of(site_data(house, house.clock.now()), shape)
