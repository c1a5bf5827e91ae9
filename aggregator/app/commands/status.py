"""`jobbfyr status`, `problems` and `report`: how the region is doing, what needs a person, what partners got.

`status` and `problems` read the database's address alone and not the whole settings, so that they answer at once.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.app.attention import Entry, Noted, entries
from aggregator.app.cli import region_folder, shared_options
from aggregator.app.lock import holder
from aggregator.app.output import COLOURS, emit, say, table
from aggregator.app.quick import LOCK, STOPPED, open_store

if TYPE_CHECKING:
    from aggregator.store import Store

MOST_ALSO = 2
"""Further messages of one source that are shown with its main one."""


@click.command()
@shared_options
def status(folder: Path | None, *, as_json: bool) -> None:
    """Tell in one screen how the region is doing."""
    region = region_folder(folder)
    with open_store(region) as store:
        facts = gather(store)
    facts["running"] = holder(region / LOCK) if facts["last_run"] and not facts["last_run"].finished_at else None
    if as_json:
        emit(facts)
    else:
        _tell(facts)


def gather(store: Store) -> dict[str, Any]:
    """The facts of the status screen."""
    states = store.harvests.sources()
    last = store.journal.last_run()
    posts: Counter[str] = Counter()
    for (_, state), number in store.outbox.counts().items():
        posts[state.value] += number
    return {
        "last_run": last,
        "stopped": store.journal.flag(STOPPED),
        "vacancies": store.vacancies.counts(),
        "sources": {
            "all": len(states),
            "quarantined": {key: state.quarantine_reason for key, state in states.items() if state.quarantined_at},
        },
        "posts": dict(posts),
        "problems": Counter(entry.level for entry in needs(store)),
    }


def needs(store: Store) -> tuple[Entry, ...]:
    """What needs a person, the most pressing first."""
    return entries(
        Noted(problem=one.problem, scope=one.scope, since=one.first_seen, times=one.times)
        for one in store.journal.problems()
    )


def _tell(facts: dict[str, Any]) -> None:
    last = facts["last_run"]
    if last is None:
        say("Nothing has been run here yet: `jobbfyr run` does the first cycle.")
        return
    if facts["stopped"] is not None:
        why = f": {facts['stopped']}" if facts["stopped"] else ""
        say(f"Sending is stopped{why}. `jobbfyr resume` lets it go on.", colour="yellow", bold=True)
    if last.finished_at:
        say(f"Last {last.command}: {last.outcome}, {_ago(last.finished_at)}")
    elif facts["running"]:
        say(f"A {last.command} is under way, begun {_ago(last.started_at)} (process {facts['running']})")
    else:
        say(f"Last {last.command}: did not finish, begun {_ago(last.started_at)}; the next one takes up its work")
    counts = facts["vacancies"]
    say(f"Vacancies: {counts['open']} open, {counts['blocked']} of them blocked, {counts['closed']} closed")
    quarantined = facts["sources"]["quarantined"]
    say(f"Sources: {facts['sources']['all']}, {len(quarantined)} in quarantine")
    for key, reason in quarantined.items():
        say(f"  {key}: {reason}", colour="yellow")
    posts = ", ".join(f"{number} {state}" for state, number in sorted(facts["posts"].items())) or "none yet"
    say(f"Posts: {posts}")
    errors, warnings = facts["problems"].get("error", 0), facts["problems"].get("warning", 0)
    if errors or warnings:
        told = f"Problems: {errors} pressing, {warnings} less so; `jobbfyr problems` tells what to do"
        say(told, colour="red" if errors else "yellow")


def _ago(at: datetime) -> str:
    minutes = int((datetime.now(UTC) - at).total_seconds() // 60)
    if minutes < -2:
        return f"at {at:%Y-%m-%d %H:%M} UTC, which is ahead of this machine's clock"
    minutes = max(0, minutes)
    if minutes < 90:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"


@click.command()
@shared_options
@click.option("--all", "show_all", is_flag=True, help="Also what is only for information.")
def problems(folder: Path | None, *, as_json: bool, show_all: bool) -> None:
    """List what needs a person, the most urgent first."""
    with open_store(region_folder(folder)) as store:
        found = [entry for entry in needs(store) if show_all or as_json or entry.level != "info"]
    if as_json:
        emit(found)
        return
    if not found:
        say("Nothing needs you.", colour="green")
    for entry in found:
        since = f", since {entry.since:%Y-%m-%d}" if entry.since else ""
        times = f", {entry.times}×" if entry.times > 1 else ""
        say(f"{entry.level}  {entry.where}  ({entry.code}{since}{times})", colour=COLOURS[entry.level])
        say(f"  {entry.message}")
        for message in entry.also[:MOST_ALSO]:
            say(f"  also: {message}")
        if len(entry.also) > MOST_ALSO:
            say(f"  and {len(entry.also) - MOST_ALSO} more of this source; --json has them")
        if entry.posts and "KEY" in entry.todo:
            say(f"  posts: {', '.join(entry.posts)}")
        if entry.todo:
            say(f"  → {entry.todo}")


@click.command()
@shared_options
def report(folder: Path | None, *, as_json: bool) -> None:
    """Tell each partner's promised and delivered posts.

    Counted in the running periods of their tiers' promises; `due` is what an even pace would have delivered by now.
    """
    from aggregator.app.house import open_house
    from aggregator.app.planning import make_plan

    with open_house(region_folder(folder), quiet=True) as house:
        standings = make_plan(house, house.clock.now()).standings
        names = {partner.key: partner.name for partner in house.settings.partners}
    if as_json:
        emit(standings)
        return
    rows = [
        [
            names[one.partner],
            one.promise.content.value,
            f"{one.period_start} – {one.period_end}",
            str(one.promised),
            str(one.delivered),
            str(one.planned),
            f"{one.due:.1f}",
        ]
        for one in standings
    ]
    table(rows, ["partner", "content", "period", "promised", "delivered", "planned", "due by now"])
