"""A small world to harvest from: postings, harvests, and what a store must remember of them, worked out without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.decide import decide, fingerprint
from aggregator.health import judge, listed_count
from aggregator.model import (
    Closed,
    Decision,
    Expect,
    Harvest,
    Health,
    JobPosting,
    Known,
    Opened,
    PostingState,
    Problem,
    Reopened,
    Source,
    SourceState,
    Updated,
    Validator,
    Verdict,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOURCE = Source(key="sagen/karriar", partner="sagen", kind="feed", url="https://sagen.example/jobs.rss")


def source(key: str = SOURCE.key, **expect: Any) -> Source:
    return replace(SOURCE, key=key, partner=key.partition("/")[0], expect=Expect(**expect))


def posting(identifier: object, title: str = "", of: Source = SOURCE, **changes: Any) -> JobPosting:
    given = {
        "source": of.key,
        "identifier": str(identifier),
        "title": title or f"Svetsare {identifier}",
        "url": f"https://sagen.example/jobb/{identifier}",
        "retrieved_from": of.url,
        "retrieved_at": NOON,
        "hiring_organization": "Sågen AB",
        "description": f"Vi söker en svetsare till lag {identifier}.",
    }
    return JobPosting(**{**given, **changes})


def postings(identifiers: Iterable[object], of: Source = SOURCE) -> tuple[JobPosting, ...]:
    return tuple(posting(identifier, of=of) for identifier in identifiers)


def harvest(found: Sequence[JobPosting] = (), at: datetime = NOON, of: Source = SOURCE, **changes: Any) -> Harvest:
    """A complete harvest that found these."""
    given = {
        "source": of.key,
        "started_at": at - timedelta(seconds=3),
        "finished_at": at,
        "postings": tuple(found),
        "complete": True,
        "validators": (Validator(url=of.url, etag=f"at-{at.isoformat()}"),),
    }
    return Harvest(**{**given, **changes})


def failed(at: datetime = NOON, of: Source = SOURCE) -> Harvest:
    """The site answered with something else."""
    problem = Problem(level="error", code="wrong-media-type", where=of.key, message="HTML where a feed was expected")
    return harvest((), at, of, complete=False, problems=(problem,), validators=())


def nothing_known(of: Source = SOURCE) -> Known:
    return Known(source=SourceState(key=of.key))


def step(known: Known, new: Harvest, now: datetime, of: Source = SOURCE) -> tuple[Verdict, Decision, Known]:
    """One harvest judged, decided and remembered."""
    verdict = judge(of, known, new, now)
    decision = decide(of, known, new, verdict, now)
    return verdict, decision, remember(known, new, verdict, decision, now)


def after(*harvests: tuple[Sequence[object], datetime], of: Source = SOURCE) -> Known:
    """What is known after complete harvests of these identifiers at these times."""
    known = nothing_known(of)
    for identifiers, at in harvests:
        _, _, known = step(known, harvest(postings(identifiers, of), at, of), at, of)
    return known


def opened(decision: Decision) -> list[Opened]:
    return [change for change in decision.changes if isinstance(change, Opened)]


def closed(decision: Decision) -> list[str]:
    """Identifiers of what was closed."""
    return [change.key.identifier for change in decision.changes if isinstance(change, Closed)]


def summary(decision: Decision) -> list[tuple[str, str]]:
    """Changes as (kind, identifier)."""
    return [
        (type(c).__name__, (c.key if isinstance(c, Closed | Reopened) else c.posting.key).identifier)
        for c in decision.changes
    ]


def remember(known: Known, new: Harvest, verdict: Verdict, decision: Decision, now: datetime) -> Known:
    """What must be known after a decision: the rules of the store's tables in plain dictionaries."""
    states = dict(known.postings)
    if any(problem.code == "clock-behind" for problem in verdict.problems):
        states = {key: replace(state, last_seen=min(state.last_seen, now)) for key, state in states.items()}
    for change in decision.changes:
        match change:
            case Opened(posting=met):
                states[met.identifier] = _state(met, first_seen=now, last_seen=now)
            case Updated(posting=met):
                before = states[met.identifier]
                states[met.identifier] = replace(_content(before, met), open=before.open)
            case Reopened(key=key, posting=met):
                before = states[key.identifier]
                states[key.identifier] = replace(_content(before, met) if met else before, open=True, closed_at=None)
            case Closed(key=key):
                states[key.identifier] = replace(states[key.identifier], open=False, closed_at=now)
    for identifier in decision.seen:
        states[identifier] = replace(states[identifier], last_seen=now, misses=0)
    for identifier, misses in decision.missed.items():
        states[identifier] = replace(states[identifier], misses=misses)
    return Known(source=_source_after(known, new, verdict, now, states), postings=states)


def _state(met: JobPosting, **times: Any) -> PostingState:
    return PostingState(
        identifier=met.identifier,
        fingerprint=fingerprint(met),
        url=met.url,
        title=met.title,
        valid_through=met.valid_through,
        **times,
    )


def _content(before: PostingState, met: JobPosting) -> PostingState:
    new = _state(met, first_seen=before.first_seen, last_seen=before.last_seen)
    return replace(new, open=before.open, misses=before.misses, closed_at=before.closed_at)


def _source_after(
    known: Known, new: Harvest, verdict: Verdict, now: datetime, states: Mapping[str, PostingState]
) -> SourceState:
    before = known.source
    state = replace(
        before,
        last_harvest=now,
        suspicion=verdict.suspicion,
        quarantined_at=(before.quarantined_at or now) if verdict.quarantine else None,
        quarantine_reason=verdict.reason if verdict.quarantine else "",
    )
    if any(problem.code == "clock-behind" for problem in verdict.problems) and before.last_success:
        state = replace(state, last_success=min(before.last_success, now))
    if verdict.health not in (Health.HEALTHY, Health.UNCHANGED):
        return state
    return replace(
        state,
        baseline=False,
        last_success=now,
        last_count=listed_count(known, new),
        validators=new.validators if new.validators or not new.not_modified else before.validators,
        cursor=new.cursor or before.cursor,
    )
