"""A harvest against what its source is expected to give: the verdict that says what may be believed. Pure.

The question is always the same: did these vacancies go away, or did we fail to see them? An outage must close
nothing, yet a company that really fills ten jobs at once must not be shown with ten dead ads for ever. So:

- Only a *complete* harvest can be `HEALTHY`; a page that could not be read makes it `PARTIAL`, nothing understood
  at all makes it `FAILED`.
- A complete harvest that shows too few (`Expect.min`), in which too many vanish at once (`Expect.max_closed_share`),
  in which the same ads come back under new identifiers, or which comes from a clock that went backwards, is
  `SUSPICIOUS`. Its source is quarantined: nothing of it is closed by absence or newly posted.
- A mass closure, or a change of all identifiers, that says the same `CONFIRM_TIMES` times in a row over at least
  `CONFIRM_AFTER` is believed. "The same" means that everything that was away is still away (or every new identifier
  still listed): more may come and go meanwhile, as on any living board. A feed that invents identifiers at each visit
  never says the same twice and stays in quarantine. Too few is never believed by itself: `min` is the operator's
  own word, and only the operator can take it back.
- An ad past its own last day is no surprise, and neither is one that the listing dropped and whose own page was then
  looked at and is gone (`Harvest.gone`): they never count as vanished.
- The way out of quarantine is one harvest that is `HEALTHY` or `UNCHANGED`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model import Harvest, Health, Known, PostingState, Problem, Source, Suspicion, Verdict

FEW = 3
"""Fewer vanished postings than this are ordinary life, whatever share of a small source they are."""

CONFIRM_TIMES = 3
"""How many harvests in a row must show the same drop before it is believed."""

CONFIRM_AFTER = timedelta(hours=24)
"""How long it must have lasted: longer than a night's maintenance or a deployment that went wrong."""

SAME_ADS_SHARE = 0.8
"""Share of the vanished that must stand there under a new identifier for the identifiers to be what changed."""

CLOCK_SLACK = timedelta(minutes=5)
"""How far back a clock may be set (by NTP, by another machine's process) without being distrusted."""


def judge(source: Source, known: Known, harvest: Harvest, now: datetime) -> Verdict:
    """What may be believed of `harvest`, given what was `known` before it.

    Raises `ValueError` when the three are not of one source.
    """
    if not source.key == known.source.key == harvest.source:
        raise ValueError(f"a harvest of {harvest.source!r} judged as {source.key!r} with {known.source.key!r}")
    if problem := _clock(known, now):
        return _suspicious(problem, known.source.suspicion)
    if harvest.not_modified and not known.source.baseline:
        return _unchanged(source, known, now)
    if not harvest.complete or harvest.not_modified or any(p.level == "error" for p in harvest.problems):
        return _incomplete(known, harvest)
    return _complete(source, known, harvest, now)


def listed_count(known: Known, harvest: Harvest) -> int:
    """How many postings a believed harvest showed as open; a stream of changes is counted with what it left alone."""
    if harvest.not_modified:
        return known.source.last_count
    if harvest.incremental:
        still_open = {identifier for identifier, state in known.postings.items() if state.open}
        return len((still_open | harvest.listed) - harvest.removed)
    return len(harvest.listed)


def _clock(known: Known, now: datetime) -> Problem | None:
    """The store remembers a time that has not come yet: either it was written or we now live by a wrong clock."""
    remembered = [state.last_seen for state in known.postings.values() if state.open]
    remembered += [at for at in (known.source.last_harvest, known.source.last_success) if at is not None]
    latest = max(remembered, default=now)
    if latest - now <= CLOCK_SLACK:
        return None
    return Problem(
        level="error",
        code="clock-behind",
        where=known.source.key,
        message=f"the clock says {_moment(now)}, but this source was last seen at {_moment(latest)}; nothing is "
        "closed. Set this machine's clock; the next harvest is judged by it",
    )


def _unchanged(source: Source, known: Known, now: datetime) -> Verdict:
    if problem := _too_few(source, known.source.last_count):
        return _suspicious(problem, _remember(known, problem.code, frozenset(), now))
    return Verdict(health=Health.UNCHANGED, reason="the source says that nothing changed")


def _incomplete(known: Known, harvest: Harvest) -> Verdict:
    """Not everything was read. What was known is believed as before, and a quarantine stays."""
    understood = len(harvest.listed) + len(harvest.removed)
    errors = [problem.message for problem in harvest.problems if problem.level == "error"]
    unread = "it was never read before" if harvest.not_modified else "it was not read to its end"
    why = errors[0] if errors else unread
    if len(errors) > 1:
        why += f" (and {len(errors) - 1} more)"
    had_open = sum(state.open for state in known.postings.values())
    if understood:
        health, level, code = Health.PARTIAL, "warning", "harvest-partial"
        reason = f"only a part was understood ({understood} postings): {why}"
        quarantine = known.source.quarantined_at is not None
    else:
        health, level, code = Health.FAILED, "error", "harvest-failed"
        reason = f"nothing was understood: {why}"
        quarantine = had_open > 0 or known.source.quarantined_at is not None
    problem = Problem(
        level=level,
        code=code,
        where=known.source.key,
        message=f"{reason}; nothing is closed for being absent",
        data={"understood": understood, "open": had_open, "last_success": _moment(known.source.last_success)},
    )
    return Verdict(
        health=health,
        quarantine=quarantine,
        reason=reason if health is Health.FAILED or not quarantine else known.source.quarantine_reason or reason,
        problems=(problem,),
        suspicion=known.source.suspicion,
    )


def _complete(source: Source, known: Known, harvest: Harvest, now: datetime) -> Verdict:
    count = listed_count(known, harvest)
    if problem := _too_few(source, count):
        return _suspicious(problem, _remember(known, problem.code, frozenset(), now))
    listed = harvest.listed
    before = _believed(known)
    vanished = {
        identifier: state
        for identifier, state in before.items()
        if identifier not in harvest.gone
        and not state.expired(now)
        and (identifier in harvest.removed or (not harvest.incremental and identifier not in listed))
    }
    newcomers = listed - before.keys()
    if not harvest.incremental and (problem := _renamed(known, harvest, before, vanished)):
        suspicion = _remember(known, problem.code, newcomers, now, still=newcomers)
        if not _confirmed(suspicion, now):
            return _suspicious(problem, suspicion)
        return _believed_at_last(suspicion, frozenset(vanished), "new identifiers")
    if problem := _mass_closure(source, before, vanished, count):
        away = frozenset(vanished)
        suspicion = _remember(known, problem.code, away, now, still=away)
        if not _confirmed(suspicion, now):
            return _suspicious(problem, suspicion)
        return _believed_at_last(suspicion, suspicion.identifiers, "closure of many")
    return Verdict(health=Health.HEALTHY, reason=f"complete, {count} listed")


def _believed(known: Known) -> dict[str, PostingState]:
    """The open postings of before the suspicion: what came with an unbelieved harvest may not outvote them."""
    suspicion = known.source.suspicion
    return {
        identifier: state
        for identifier, state in known.postings.items()
        if state.open and (suspicion is None or state.first_seen < suspicion.began)
    }


def _too_few(source: Source, count: int) -> Problem | None:
    if count >= source.expect.min:
        return None
    return Problem(
        level="error",
        code="below-minimum",
        where=source.key,
        message=f"{count} postings listed where at least {source.expect.min} are expected; nothing is closed. "
        "Look at the source, or lower `expect.min`",
        data={"listed": count, "min": source.expect.min},
    )


def _mass_closure(
    source: Source, before: dict[str, PostingState], vanished: dict[str, PostingState], count: int
) -> Problem | None:
    """Whether too many are away. A drop counts over several harvests, but only while it goes on: those that believed
    harvests missed already do not become a drop because others expired meanwhile.
    """
    if len(vanished) < FEW or len(vanished) / len(before) <= source.expect.max_closed_share:
        return None
    if all(state.misses for state in vanished.values()):
        return None
    return Problem(
        level="error",
        code="mass-closure",
        where=source.key,
        message=f"{len(vanished)} of {len(before)} open postings vanished at once ({count} listed); nothing is closed "
        f"until {CONFIRM_TIMES} harvests over {CONFIRM_AFTER.total_seconds() / 3600:.0f} h say the same",
        data={"vanished": len(vanished), "open": len(before), "max_closed_share": source.expect.max_closed_share},
    )


def _renamed(
    known: Known, harvest: Harvest, before: dict[str, PostingState], vanished: dict[str, PostingState]
) -> Problem | None:
    """Whether the vanished stand there again under identifiers never met: by address, else by title.

    One pair with the same title alone may be a job that was advertised anew, so that takes two. Streams of changes
    are not asked: what they remove they remove in so many words.
    """
    if not vanished or len(vanished) < SAME_ADS_SHARE * len(before):
        return None
    new = [posting for posting in harvest.postings if posting.identifier not in before]
    addresses = {posting.url for posting in new if posting.url}
    same_address = {identifier for identifier, state in vanished.items() if state.url in addresses}
    used = {vanished[identifier].url for identifier in same_address}
    titles_new = Counter(_plain(posting.title) for posting in new if posting.url not in used)
    titles_gone = Counter(_plain(state.title) for key, state in vanished.items() if key not in same_address)
    same_title = (titles_new & titles_gone).total()
    found = len(same_address) + same_title
    if found < SAME_ADS_SHARE * len(vanished) or (not same_address and found < 2):
        return None
    return Problem(
        level="error",
        code="identifiers-changed",
        where=known.source.key,
        message=f"{found} of {len(vanished)} known postings came back under new identifiers; they are not taken for "
        "new jobs. If the source changed system this passes by itself within days; if it never does, its "
        "identifiers cannot be used: give the source another kind or options",
        data={"vanished": len(vanished), "same": found},
    )


def _remember(
    known: Known, code: str, identifiers: frozenset[str], now: datetime, *, still: frozenset[str] = frozenset()
) -> Suspicion:
    """The running suspicion, counted on when a later harvest says the same again, otherwise a new one."""
    running = known.source.suspicion
    if running is not None and running.code == code and running.identifiers <= still:
        later = known.source.last_harvest is None or now > known.source.last_harvest
        return replace(running, times=running.times + 1) if later else running
    return Suspicion(code=code, began=running.began if running else now, since=now, identifiers=identifiers)


def _confirmed(suspicion: Suspicion, now: datetime) -> bool:
    return suspicion.times >= CONFIRM_TIMES and now - suspicion.since >= CONFIRM_AFTER


def _suspicious(problem: Problem, suspicion: Suspicion | None) -> Verdict:
    return Verdict(
        health=Health.SUSPICIOUS, quarantine=True, reason=problem.message, problems=(problem,), suspicion=suspicion
    )


def _believed_at_last(suspicion: Suspicion, confirmed: frozenset[str], what: str) -> Verdict:
    return Verdict(
        health=Health.HEALTHY,
        reason=f"{what} believed: {suspicion.times} harvests since {_moment(suspicion.since)} say the same",
        confirmed=confirmed,
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else ""
