"""`jobbfyr run`, `collect` and `publish`: one cycle or half of it, one at a time in a region's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, say, say_problem

if TYPE_CHECKING:
    from aggregator.app.cycle import CycleReport


@click.command()
@shared_options
def run(folder: Path | None, *, as_json: bool) -> None:
    """Do one whole cycle: collect, understand, choose, publish.

    One at a time: exit code 3 when another run is under way. Exit code 1 when some source or post failed.
    """
    _cycle(folder, as_json=as_json)


@click.command()
@shared_options
def collect(folder: Path | None, *, as_json: bool) -> None:
    """Fetch all sources and take in what changed, without publishing."""
    _cycle(folder, as_json=as_json, publish=False)


@click.command()
@shared_options
def publish(folder: Path | None, *, as_json: bool) -> None:
    """Send what is due now, from what was collected before."""
    _cycle(folder, as_json=as_json, collect=False)


def _cycle(folder: Path | None, *, as_json: bool, collect: bool = True, publish: bool = True) -> None:
    from aggregator.app.cycle import run_cycle, summary
    from aggregator.app.house import LOCK, open_house
    from aggregator.app.lock import only_one

    region = region_folder(folder)
    with only_one(region / LOCK), open_house(region, quiet=as_json) as house:
        report = run_cycle(house, collect=collect, publish=publish)
        if as_json:
            emit(summary(report) | {"problems": report.problems})
        else:
            tell(report)
    click.get_current_context().exit(report.exit_code)


def tell(report: CycleReport) -> None:
    """The report in words for people."""
    for problem in report.problems:
        if problem.level != "info":
            say_problem(problem)
    collected = report.collected
    if collected is not None:
        changes = ", ".join(f"{count} {name}" for name, count in sorted(collected.changes.items())) or "nothing new"
        say(f"Collected from {len(collected.verdicts)} sources: {changes}.")
        quarantined = sorted(key for key, verdict in collected.verdicts.items() if verdict.quarantine)
        if quarantined:
            say(f"In quarantine: {', '.join(quarantined)}.", colour="yellow")
    if report.plan is not None:
        posts = ", ".join(f"{count} {state}" for state, count in sorted(report.posts.items())) or "nothing was due"
        say(f"Posts: {posts}.")
    if report.site is not None:
        say(f"The web site is in {report.site.folder}.")
    waiting = [problem for problem in report.problems if problem.code == "channel-waits"]
    for problem in waiting:
        say(f"{problem.where} {problem.message}")
