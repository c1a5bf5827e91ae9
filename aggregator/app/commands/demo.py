"""`jobbfyr demo`: the main job, seen with one's own eyes, without touching anything outside this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from aggregator.app.cli import shared_options
from aggregator.app.output import emit, say


@click.command()
@shared_options
@click.option("--out", type=click.Path(path_type=Path), default=Path("jobbfyr-demo"), show_default=True)
@click.option("--force", is_flag=True, help="Replace an earlier demo in that folder.")
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="The first cycle's moment in UTC. [default: tomorrow]"
)
def demo(folder: Path | None, *, as_json: bool, out: Path, force: bool, start: datetime | None) -> None:  # noqa: ARG001 - `--config` means nothing here
    """Run the main job against a region served on this machine.

    Partner sites and social networks are served on loopback; two cycles are run, a day apart. Nothing leaves the
    machine.
    """
    from aggregator.app.clock import SystemClock
    from aggregator.app.demo.run import default_start, run_demo
    from aggregator.app.demo.summary import write_summary

    if not as_json:
        say("Two mornings in Fyrbygden, an invented region served on this machine.", bold=True)
    moment = start.replace(tzinfo=UTC) if start else default_start(SystemClock().now())
    facts = write_summary(run_demo(out, start=moment, force=force, quiet=as_json))
    if as_json:
        emit(facts)
    else:
        _tell(facts)


def _tell(facts: dict[str, Any]) -> None:
    first, second = facts["days"]
    say()
    say(f"{facts['partner_sites']} partner sites listed {facts['listed_vacancies']} ads.")
    say(
        f"First morning: {first['postings']} live ads of {first['open_vacancies']} vacancies; "
        f"{_number(first['standing_posts'], 'post')} went out, "
        f"{_number(facts['packs'], 'hand-off pack')} in the two mornings."
    )
    say(
        f"Second morning: {_number(_count(second, 'closed'), 'ad')} closed, {_number(_count(second, 'updated'), 'ad')} "
        f"edited; {_number(second['taken_down_posts'], 'post')} taken down; "
        f"in quarantine: {', '.join(second['quarantined']) or 'none'}."
    )
    say()
    say("Open", bold=True)
    say(f"  {facts['open']}   the two mornings, on one page")
    say(f"  {facts['site']}   the web site that people see")


def _count(day: dict[str, Any], name: str) -> int:
    return int((day["changes"] or {}).get(name, 0))


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
