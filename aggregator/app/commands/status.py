"""`jobbfyr status`, `problems` and `report`: how the region is doing, what needs a person, what partners got.

`status` and `problems` read the database's address alone and not the whole settings, so that they answer at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import COLOURS, emit, say, table

if TYPE_CHECKING:
    from aggregator.store import Store


@contextmanager
def _store(folder: Path | None) -> Iterator[Store]:
    from aggregator.settings.quick import database_of
    from aggregator.store import Store

    address, _ = database_of(region_folder(folder))
    with Store.open(address) as store:
        yield store


@click.command()
@shared_options
def status(folder: Path | None, *, as_json: bool) -> None:
    """Tell in one screen how the region is doing."""
    with _store(folder) as store:
        facts = gather(store)
    if as_json:
        emit(facts)
    else:
        _tell(facts)


def gather(store: Store) -> dict[str, Any]:
    """The facts of the status screen."""
    from aggregator.app.publish import STOPPED

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
        "problems": Counter(open_.problem.level for open_ in store.journal.problems()),
    }


def _tell(facts: dict[str, Any]) -> None:
    last = facts["last_run"]
    if last is None:
        say("Nothing has been run here yet: `jobbfyr run` does the first cycle.")
        return
    if facts["stopped"] is not None:
        why = f": {facts['stopped']}" if facts["stopped"] else ""
        say(f"Sending is stopped{why}. `jobbfyr resume` lets it go on.", colour="yellow", bold=True)
    ended = f"{last.outcome}, {_ago(last.finished_at)}" if last.finished_at else "not finished"
    say(f"Last {last.command}: {ended}")
    counts = facts["vacancies"]
    say(f"Vacancies: {counts['open']} open, {counts['blocked']} of them blocked, {counts['closed']} closed")
    quarantined = facts["sources"]["quarantined"]
    say(f"Sources: {facts['sources']['all']}, {len(quarantined)} in quarantine")
    for key, reason in quarantined.items():
        say(f"  {key}: {reason}", colour="yellow")
    posts = ", ".join(f"{number} {state}" for state, number in sorted(facts["posts"].items())) or "none yet"
    say(f"Posts: {posts}")
    number = sum(facts["problems"].values())
    if number:
        level = "red" if facts["problems"].get("error") else "yellow"
        say(f"Problems: {number}; `jobbfyr problems` lists them", colour=level)


def _ago(at: datetime) -> str:
    minutes = max(0, int((datetime.now(UTC) - at).total_seconds() // 60))
    if minutes < 90:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"


@click.command()
@shared_options
@click.option("--all", "show_all", is_flag=True, help="Also what is only for information.")
def problems(folder: Path | None, *, as_json: bool, show_all: bool) -> None:
    """List what needs a person, the most urgent first."""
    with _store(folder) as store:
        found = [one for one in store.journal.problems() if show_all or as_json or one.problem.level != "info"]
    if as_json:
        emit(found)
        return
    if not found:
        say("Nothing needs you.", colour="green")
    for one in found:
        since = f"since {one.first_seen:%Y-%m-%d}, {one.times}×" if one.times > 1 else f"{one.first_seen:%Y-%m-%d}"
        say(
            f"{one.problem.level}  {one.problem.where}  ({one.problem.code}, {since})",
            colour=COLOURS[one.problem.level],
        )
        say(f"  {one.problem.message}")


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
