"""`jobbfyr run`, `collect` and `publish`: one cycle or half of it, one at a time in a region's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, say, say_entry, warn
from aggregator.errors import UsageError

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
@click.option("--settle", metavar="KEY", help="Instead of sending, settle this post by your word.")
@click.option(
    "--published", metavar="[URL]", is_flag=False, flag_value="", default=None, help="It went out, and stands at URL."
)
@click.option("--not-published", is_flag=True, help="It did not go out, or it is taken down.")
def publish(
    folder: Path | None, *, as_json: bool, settle: str | None, published: str | None, not_published: bool
) -> None:
    """Send what is due now, from what was collected before.

    With `--settle` nothing is sent: it takes your word on a post whose channel cannot tell what became of it, as
    `jobbfyr problems` lists them. An unknown post that was published counts as sent, one that was not is sent again
    unless it is too late; one that is to come down and is not published any more is closed.
    """
    if settle is None:
        if published is not None or not_published:
            raise UsageError(
                "--published and --not-published belong to --settle KEY", hint="`jobbfyr problems` names the posts"
            )
        _cycle(folder, as_json=as_json, collect=False)
    elif (published is None) is not not_published:
        raise UsageError("say either --published URL or --not-published", hint="look at the channel first")
    else:
        _settle(folder, settle, as_json=as_json, published=not not_published, url=published or "")


def _settle(folder: Path | None, key: str, *, as_json: bool, published: bool, url: str) -> None:
    from aggregator.app.house import LOCK, open_house
    from aggregator.app.lock import only_one
    from aggregator.app.publish import settle

    if url and not url.startswith(("https://", "http://")):
        raise UsageError(f"{url!r} is no address", hint="copy it from the channel: --published https://…")
    region = region_folder(folder)
    with only_one(region / LOCK), open_house(region, quiet=True) as house:
        post = settle(house, key, house.clock.now(), published=published, url=url)
    if as_json:
        emit({"post": post.key, "state": post.state, "url": url})
    else:
        say(f"{post.key} is {post.state.value} now.")


def _cycle(folder: Path | None, *, as_json: bool, collect: bool = True, publish: bool = True) -> None:
    from aggregator.app.cycle import run_cycle, summary
    from aggregator.app.house import LOCK, open_house
    from aggregator.app.lock import only_one

    region = region_folder(folder)
    with only_one(region / LOCK), open_house(region, quiet=as_json) as house:
        report = run_cycle(house, collect=collect, publish=publish)
    if as_json:
        emit(summary(report) | {"problems": report.needs()})
    else:
        tell(report)
    click.get_current_context().exit(report.exit_code)


def tell(report: CycleReport) -> None:
    """The report in words for people."""
    needs = report.needs()
    pressing = [entry for entry in needs if entry.level != "info"]
    for entry in pressing:
        say_entry(entry)
    if pressing:
        warn("  → `jobbfyr problems` tells what to do about each", level="")
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
    for entry in needs:
        if entry.code == "channel-waits":
            say(f"{entry.where} {entry.message}")
