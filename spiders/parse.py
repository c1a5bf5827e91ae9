"""A saved payload through its kind, without a network: what `jobbfyr parse` and the recorded cases run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from aggregator.errors import UsageError
from aggregator.model import JobPosting, Problem, Source
from spiders.base import Fetch, Found, Kind, Page, kinds
from spiders.extract.text import encoding_of

OFFLINE = "offline/parse"
"""The source's key that postings of a saved payload carry."""


def parse_file(
    kind: str,
    body: bytes,
    url: str,
    media_type: str | None,
    now: datetime,
    *,
    options: Mapping[str, object] | None = None,
) -> Iterator[JobPosting | Problem]:
    """The postings and problems in one saved answer of a job system, whatever its bytes are.

    `kind` is a source kind's name, `url` the address the payload came from, `media_type` its Content-Type (None:
    unknown), `now` when it was retrieved (aware). `options` are the kind's, as in a partner's YAML. What the kind would
    fetch next is not fetched, and said once: of an ad with a page of its own, what its listing tells is given. Raises
    `UsageError` for an unknown kind and for options that it refuses.
    """
    reader = _reader(kind, url, options)
    further = 0
    for found in read_saved(reader, body, url, media_type, now):
        if isinstance(found, JobPosting | Problem):
            yield found
        elif isinstance(found, Fetch):
            further += 1
            if found.listed is not None:
                yield found.listed
    if further:
        told = f"{further} more page{'s' if further > 1 else ''} would be fetched to read all of {url}"
        yield Problem(level="info", code="more-pages", where=OFFLINE, message=told, data={"pages": further})


def read_saved(
    reader: Kind, body: bytes, url: str, media_type: str | None, now: datetime, *, fetch: Fetch | None = None
) -> Iterator[Found]:
    """Everything a kind finds in one saved answer to `fetch` (None: its first request), fetches included."""
    media, _, charset = (media_type or "").partition(";")
    page = Page(
        url=url,
        status=200,
        body=body,
        encoding=encoding_of(body, charset.rpartition("charset=")[2].strip(" \"'")),
        media_type=media.strip().lower(),
        fetch=fetch or Fetch(url=url),
        retrieved_at=now,
    )
    yield from reader.read(page)


def _reader(kind: str, url: str, options: Mapping[str, object] | None) -> Kind:
    from pydantic import ValidationError

    known = kinds()
    if kind not in known:
        raise UsageError(f"there is no source kind {kind!r}", hint=f"known are {', '.join(sorted(known))}")
    chosen = known[kind]
    try:
        return chosen(Source(key=OFFLINE, partner="offline", kind=kind, url=url, options=options or chosen.offline))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise UsageError(
            f"the kind {kind} cannot read without its options: {faults}", hint="give them as in a partner's YAML"
        ) from error
