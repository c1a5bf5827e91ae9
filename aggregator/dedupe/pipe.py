"""`jobbfyr dedupe`: JobPosting objects in, the vacancy of each out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from aggregator.dedupe.link import link
from aggregator.dedupe.memory import MemoryIndex
from aggregator.model import ListingKind, PostingKey
from aggregator.schema_org import from_schema_org


def dedupe_lines(objects: Iterable[Mapping[str, object]]) -> Iterator[dict[str, object]]:
    """One answer an object, in their order: `identifier`, `source`, `vacancy` (`v1`, `v2` … in order of appearance),
    `reason` and `score`. Two objects of one source with one identifier are one posting: the last one's content
    counts and both get its answer. Raises `TypeError` for what is not an object.
    """
    order: list[PostingKey] = []
    postings = {}
    for one in objects:
        posting = replace(from_schema_org(one), listing=ListingKind.VACANCY)
        order.append(posting.key)
        postings[posting.key] = posting
    found = {one.key: one for one in link(list(postings.values()), MemoryIndex())}
    names: dict[str, str] = {}
    for key in order:
        mine = found[key]
        vacancy = names.setdefault(mine.group, f"v{len(names) + 1}")
        yield {
            "identifier": key.identifier,
            "source": key.source,
            "vacancy": vacancy,
            "reason": mine.reason,
            "score": mine.score,
        }
