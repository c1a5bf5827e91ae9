"""What a judged harvest changes: the heart of collecting. Pure: rows and a harvest in, intentions out.

| verdict | opens, reopens | updates | closes what is absent | closes what was removed | closes by its last day |
|---|---|---|---|---|---|
| healthy | yes | yes | after `Expect.misses` in a row | yes | yes |
| unchanged | - | - | what was absent already, one miss more | - | yes |
| partial | yes | yes | never | yes | yes |
| failed | - | - | never | - | yes |
| suspicious | yes, but the quarantine holds them | no | never | no | yes, unless the clock is what is suspicious |

An unchanged source is the listing of its last success shown again: what stood in it is seen, and what was absent from
it then is absent still, so its misses go on counting; otherwise an ad that left the listing just before a quiet month
would stay open for that month.

Open applications and drafts are opened as postings like any other, so that it can be told what became of them;
`aggregator.store` offers only `ListingKind.VACANCY` for linking, so they never become vacancies.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from aggregator.model import (
    Change,
    Closed,
    Decision,
    Harvest,
    Health,
    JobPosting,
    Known,
    Opened,
    Place,
    PostingKey,
    PostingState,
    Reopened,
    Source,
    Updated,
    Verdict,
)

_READ = (Health.HEALTHY, Health.PARTIAL)

RENAMED_WITHIN = timedelta(days=45)
"""How long after an ad was last seen the same words under a new identifier are that ad put up anew: as long as linking
takes like ads for twins and not for reposts (`aggregator.dedupe.compare.REPOST_AFTER`)."""


def decide(source: Source, known: Known, harvest: Harvest, verdict: Verdict, now: datetime) -> Decision:
    """What `harvest`, believed as far as `verdict` says, does to what was `known`.

    The same harvest again decides nothing but `seen`, and the order of its postings does not matter. Changes come in
    the order of their identifiers.
    """
    if verdict.health is Health.UNCHANGED:
        return _unchanged(source, known, now)
    if verdict.health is Health.FAILED:
        return Decision(changes=expired(known, now))
    changes: dict[str, list[Change]] = {}
    postings = {} if _renamed(verdict) else _by_identifier(harvest.postings)
    for identifier, posting in postings.items():
        if identifier not in harvest.removed:
            state = known.postings.get(identifier)
            changes[identifier] = _met(posting, known, now) if state is None else _again(posting, state, verdict, now)
    seen = harvest.listed & known.postings.keys()
    for identifier in seen - postings.keys():
        changes[identifier] = _listed(source, known.postings[identifier], verdict, now)
    missed: dict[str, int] = {}
    for identifier in _open(known) - harvest.listed:
        closure, misses = _absent(source, known.postings[identifier], harvest, verdict, now)
        if closure is not None:
            changes[identifier] = [closure]
        elif misses is not None:
            missed[identifier] = misses
    made = tuple(change for identifier in sorted(changes) for change in changes[identifier])
    return Decision(
        changes=made,
        seen=tuple(sorted(seen)),
        missed=dict(sorted(missed.items())),
        renamed=_renamed_ads(known, harvest, verdict, made, now),
    )


def expired(known: Known, now: datetime) -> tuple[Closed, ...]:
    """Open postings whose own last day has passed: their own word, so it holds whether or not the source answers."""
    return tuple(
        _expiry(PostingKey(known.source.key, identifier), state.valid_through)
        for identifier, state in sorted(known.postings.items())
        if state.open and state.expired(now)
    )


def retired(known: Known) -> tuple[Closed, ...]:
    """Every open posting of a source that the operator no longer has in the configuration."""
    return tuple(
        Closed(key=PostingKey(known.source.key, identifier), reason="its source was taken out of the configuration")
        for identifier, state in sorted(known.postings.items())
        if state.open
    )


def _open(known: Known) -> frozenset[str]:
    return frozenset(identifier for identifier, state in known.postings.items() if state.open)


def lead(postings: Sequence[JobPosting], copies: Container[str] = ()) -> JobPosting:
    """The posting whose words stand for its vacancy: the employer's own before one of the sources that are `copies`
    (a national board), then the one that says most, then the first by key, so that it never depends on order.
    """
    return min(postings, key=lambda p: (p.source in copies, -len(p.description), p.key))


# --- one posting ---------------------------------------------------------------------------------------------------


def _met(posting: JobPosting, known: Known, now: datetime) -> list[Change]:
    baseline = known.source.baseline
    reason = "stood there when the source was first read" if baseline else "met for the first time"
    opened = Opened(posting=posting, baseline=baseline, reason=reason)
    if posting.expired(now):
        return [opened, _expiry(posting.key, posting.valid_through)]
    return [opened]


def _again(posting: JobPosting, state: PostingState, verdict: Verdict, now: datetime) -> list[Change]:
    """A known posting with its content at hand."""
    mark = fingerprint(posting)
    believed = verdict.health in _READ
    changed = mark != state.fingerprint
    ends = posting.expired(now) if believed else state.expired(now)
    if not state.open and not ends and not posting.expired(now):
        return [Reopened(key=posting.key, posting=posting, reason="listed again after it was closed")]
    changes: list[Change] = []
    if changed and believed:
        fields = changed_fields(state.fingerprint, mark)
        reason = f"{_enumerate(fields)} changed" if fields else "content changed"
        changes.append(Updated(posting=posting, reason=reason, fields=fields))
    if state.open and ends and not _clock_suspected(verdict):
        changes.append(_expiry(posting.key, posting.valid_through if believed else state.valid_through))
    return changes


def _listed(source: Source, state: PostingState, verdict: Verdict, now: datetime) -> list[Change]:
    """A known posting that stands in the listing but whose own page was not read anew."""
    key = PostingKey(source.key, state.identifier)
    if state.open and state.expired(now) and not _clock_suspected(verdict):
        return [_expiry(key, state.valid_through)]
    if not state.open and not state.expired(now):
        return [Reopened(key=key, reason="listed again after it was closed")]
    return []


def _absent(
    source: Source, state: PostingState, harvest: Harvest, verdict: Verdict, now: datetime
) -> tuple[Closed | None, int | None]:
    """An open posting that was not listed: its closure, or its new count of misses, or neither."""
    key = PostingKey(source.key, state.identifier)
    if state.identifier in harvest.removed and verdict.health in _READ:
        return Closed(key=key, reason="removed by its source"), None
    if state.expired(now) and not _clock_suspected(verdict):
        return _expiry(key, state.valid_through), None
    if verdict.health is not Health.HEALTHY:
        return None, None
    if state.identifier in verdict.confirmed:
        return Closed(key=key, reason=f"no longer listed; {verdict.reason}"), None
    if harvest.incremental:
        return None, None
    return _miss(source, key, state)


def _miss(source: Source, key: PostingKey, state: PostingState) -> tuple[Closed | None, int | None]:
    misses = state.misses + 1
    if misses >= max(1, source.expect.misses):
        times = f"{misses} complete harvests in a row" if misses > 1 else "a complete harvest"
        return Closed(key=key, reason=f"missing from {times}"), None
    return None, misses


def _unchanged(source: Source, known: Known, now: datetime) -> Decision:
    changes: list[Change] = []
    seen: list[str] = []
    missed: dict[str, int] = {}
    for identifier, state in sorted(known.postings.items()):
        if not state.open:
            continue
        if state.expired(now):
            changes.append(_expiry(PostingKey(source.key, identifier), state.valid_through))
        elif state.misses == 0:
            seen.append(identifier)
        else:
            closure, misses = _miss(source, PostingKey(source.key, identifier), state)
            if closure is not None:
                changes.append(closure)
            elif misses is not None:
                missed[identifier] = misses
    return Decision(changes=tuple(changes), seen=tuple(seen), missed=missed)


def _expiry(key: PostingKey, valid_through: datetime | None) -> Closed:
    day = valid_through.strftime("%Y-%m-%d") if valid_through else ""
    return Closed(key=key, reason=f"its own last day, {day}, has passed")


def _renamed(verdict: Verdict) -> bool:
    return (
        verdict.health is Health.SUSPICIOUS
        and verdict.suspicion is not None
        and verdict.suspicion.code == "identifiers-changed"
    )


def _clock_suspected(verdict: Verdict) -> bool:
    return any(problem.code == "clock-behind" for problem in verdict.problems)


def _by_identifier(postings: Iterable[JobPosting]) -> dict[str, JobPosting]:
    """One posting an identifier: of several, the one that says most, so that their order does not matter."""
    chosen: dict[str, JobPosting] = {}
    for posting in postings:
        other = chosen.setdefault(posting.identifier, posting)
        if other is not posting and _fulness(posting) > _fulness(other):
            chosen[posting.identifier] = posting
    return chosen


def _fulness(posting: JobPosting) -> tuple[int, str]:
    return len(posting.description), fingerprint(posting)


def _enumerate(words: tuple[str, ...]) -> str:
    names = [word.replace("_", " ") for word in words]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- one ad under two identifiers ----------------------------------------------------------------------------------


def _renamed_ads(
    known: Known, harvest: Harvest, verdict: Verdict, changes: Iterable[Change], now: datetime
) -> dict[str, str]:
    """New identifiers of known ads, each with the one it had: a partner changed its job system, or put an ad up anew.

    They say the same (title, text, place, employer) and never stood in the listing together; of several that do, each
    ad has one successor, the latest gone first. Only what this harvest opens or closes is told. Where absence means
    nothing (a stream, a partial harvest) an ad is gone only when it is closed.
    """
    opened = {change.posting.identifier: change.posting for change in changes if isinstance(change, Opened)}
    closed = {change.key.identifier for change in changes if isinstance(change, Closed)}
    if not (opened or closed) or not known.postings:
        return {}
    whole = not harvest.incremental and verdict.health is not Health.PARTIAL
    before: dict[str, list[PostingState]] = defaultdict(list)
    for state in known.postings.values():
        away = state.identifier not in harvest.listed and (whole or state.identifier in closed or not state.open)
        if away and now - state.last_seen <= RENAMED_WITHIN and (words := _words(state.fingerprint)):
            before[words].append(state)
    after: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for identifier, posting in opened.items():
        if identifier not in closed and (words := _words(fingerprint(posting))) in before:
            after[words].append((now, identifier))
    for state in known.postings.values():
        if state.open and state.identifier in harvest.listed and (words := _words(state.fingerprint)) in before:
            after[words].append((state.first_seen, state.identifier))
    found: dict[str, str] = {}
    for words, successors in after.items():
        found |= _successors(before[words], successors)
    told = opened.keys() | ({new for new, old in found.items() if old in closed} if whole else set())
    found = {new: old for new, old in found.items() if new in told}
    if len(found) >= _MOVED:
        left = {old: known.postings[old].fingerprint for old in closed - set(found.values()) if old in known.postings}
        came = {new: fingerprint(opened[new]) for new in opened.keys() - found.keys() - closed}
        found |= _alone(left, came)
    return dict(sorted(found.items()))


_MOVED = 2
"""So many ads with the very same words under new identifiers at once are a source that changed its system."""


def _alone(left: Mapping[str, str], came: Mapping[str, str]) -> dict[str, str]:
    """Of a source that changed its system, the ads whose text was edited on the way: the only one that left and the
    only one that came with a title, place and employer. Both by their fingerprints.
    """
    old, new = (_by_frame(marks) for marks in (left, came))
    return {new[frame][0]: old[frame][0] for frame in old if len(old[frame]) == len(new.get(frame, ())) == 1}


def _by_frame(marks: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for identifier, mark in marks.items():
        found[_fields(mark, "title", "place", "employer")].append(identifier)
    return found


def _successors(before: Iterable[PostingState], after: Iterable[tuple[datetime, str]]) -> dict[str, str]:
    """Each ad of `after` (first seen, identifier) with the ad of `before` last seen before that, none given twice."""
    left = sorted(before, key=lambda state: (state.last_seen, state.identifier))
    found: dict[str, str] = {}
    for first_seen, identifier in sorted(after):
        old = next((state for state in reversed(left) if state.last_seen < first_seen), None)
        if old is not None:
            left.remove(old)
            found[identifier] = old.identifier
    return found


# --- what counts as content ----------------------------------------------------------------------------------------


def _text(value: str) -> str:
    return " ".join(value.split())


def _date(value: datetime | None) -> str:
    return value.astimezone(UTC).isoformat(timespec="minutes") if value else ""


def _place(place: Place) -> str:
    words = (place.name, place.street_address, place.postal_code, place.locality, place.region, place.country)
    degrees = (place.latitude, place.longitude)
    return "|".join([*map(_text, words), place.municipality_code, *("" if x is None else f"{x:.4f}" for x in degrees)])


_CONTENT: Mapping[str, Callable[[JobPosting], str]] = {
    "title": lambda p: _text(p.title),
    "description": lambda p: _text(p.description),
    "place": lambda p: "\n".join(sorted(_place(place) for place in p.job_location)),
    "remote mode": lambda p: p.job_location_type or "",
    "last day": lambda p: _date(p.valid_through),
    "date posted": lambda p: _date(p.date_posted),
    "address": lambda p: p.url.strip(),
    "apply address": lambda p: p.apply_url.strip(),
    "employer": lambda p: _text(p.hiring_organization),
    "organization number": lambda p: _text(p.organization_number),
    "employment type": lambda p: "|".join(sorted(p.employment_type)),
    "language": lambda p: p.in_language,
    "salary": lambda p: _text(p.base_salary),
    "reference number": lambda p: _text(p.reference_number),
    "department": lambda p: _text(p.department),
    "occupation": lambda p: f"{p.occupation_code}|{_text(p.occupation_label)}",
    "number of openings": lambda p: "" if p.total_job_openings is None else str(p.total_job_openings),
    "kind of listing": lambda p: p.listing,
}
"""The fields that make up a posting's content, by the name that operators read, in the order of the fingerprint."""

_ORDER = {name: at for at, name in enumerate(_CONTENT)}
_HINT_BYTES = 2
_WHOLE_BYTES = 16


def fingerprint(posting: JobPosting) -> str:
    """What counts as content, as 104 hexadecimal digits: 128 bits over everything, then 16 bits a field.

    Blank space does not count, and neither do the order of places and employment types, coordinates beyond some
    10 m, when and from where the posting was retrieved, and `raw`. Two contents differ when the 128 bits do; the
    short hashes only tell which fields did (`changed_fields`).
    """
    parts = [part(posting).encode() for part in _CONTENT.values()]
    whole = hashlib.blake2b(b"\0".join(parts), digest_size=_WHOLE_BYTES).hexdigest()
    return whole + "".join(hashlib.blake2b(part, digest_size=_HINT_BYTES).hexdigest() for part in parts)


_SILENT = hashlib.blake2b(b"", digest_size=_HINT_BYTES).hexdigest()


def _words(mark: str) -> str:
    """The part of a fingerprint that tells one ad from others of its source; "" when it has no text of its own."""
    silent = _fields(mark, "description") in {"", _SILENT}
    return "" if silent else _fields(mark, "title", "description", "place", "employer")


def _fields(mark: str, *names: str) -> str:
    start, step = 2 * _WHOLE_BYTES, 2 * _HINT_BYTES
    return "".join(mark[start + _ORDER[name] * step : start + (_ORDER[name] + 1) * step] for name in names)


def changed_fields(before: str, after: str) -> tuple[str, ...]:
    """Names of the fields in which two fingerprints differ; empty when they cannot tell (an older make of them)."""
    if len(before) != len(after):
        return ()
    start, step = 2 * _WHOLE_BYTES, 2 * _HINT_BYTES
    return tuple(
        name
        for number, name in enumerate(_CONTENT)
        if before[(at := start + number * step) : at + step] != after[at : at + step]
    )
