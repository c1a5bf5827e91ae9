"""`jobbfyr init` and `jobbfyr check`: a region's folder made, and read with everything wrong told at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, jsonable, say, table, warn
from aggregator.errors import SettingsError

if TYPE_CHECKING:
    from aggregator.model import Problem
    from aggregator.settings import Settings
    from publishers.base import Channel


@click.command()
@shared_options
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--region", default="empty", show_default=True, help="Which shipped region to start from.")
@click.option(
    "--force", is_flag=True, help="Write into a folder that is not empty; files of the same name are replaced."
)
def init(folder: Path | None, *, as_json: bool, target: Path, region: str, force: bool) -> None:  # noqa: ARG001 - `--config` means nothing here
    """Start a region's folder from one of the shipped regions."""
    from aggregator.app.registry import registry
    from aggregator.app.resources import region_template
    from aggregator.settings import init_region, write_schemas

    written = init_region(region_template(region), target, force=force)
    write_schemas(target, registry())
    if as_json:
        emit({"folder": str(target), "region": region, "files": [str(path) for path in written]})
        return
    say(f"{target} holds the region {region}, in {len(written)} files.", bold=True)
    say("Next:")
    say(f"  1. put your name and contact under `operator` in {target}/jobbfyr.yml")
    say(f"  2. put your partners in {target}/partners/, one file each")
    say(f"  3. jobbfyr check --config {target}")
    say(f"  4. jobbfyr run --config {target}")


@click.command()
@shared_options
@click.option("--online", is_flag=True, help="Also ask the channels whether their credentials work.")
def check(folder: Path | None, *, as_json: bool, online: bool) -> None:
    """Read the settings and tell everything wrong, missing or costly.

    Exit code 2 when something is wrong; what is merely missing for publishing is told and costs nothing.
    """
    from aggregator.app.house import configured_channels
    from aggregator.app.registry import registry
    from aggregator.settings import load, write_schemas

    region = region_folder(folder)
    known = registry()
    try:
        settings = load(region, known)
    except SettingsError as error:
        if as_json:
            emit({"ok": False, "faults": [jsonable(fault) for fault in error.faults]})
            click.get_current_context().exit(2)
        raise
    write_schemas(region, known)
    channels = configured_channels(settings)
    told = [_about(settings, channel, online=online) for channel in channels.values()]
    if as_json:
        emit({"ok": True, "faults": [], "region": settings.region.key, "partners": len(settings.partners)}
             | {"sources": len(settings.sources), "channels": told})  # fmt: skip
        return
    _say_region(settings)
    _say_channels(told)


def _about(settings: Settings, channel: Channel, *, online: bool) -> dict[str, Any]:
    """One channel's readiness and cost as it would be with these settings."""
    posts = _posts_a_month(settings, channel.name)
    each = channel.cost.post_with_link if channel.options.link else channel.cost.post
    problems: tuple[Problem, ...] = ()
    missing = channel.missing()
    if online and not missing:
        problems = channel.check()
    return {
        "name": channel.name,
        "kind": channel.kind,
        "enabled": channel.options.enabled,
        "missing": list(missing),
        "posts_a_month": round(posts),
        "usd_a_month": round(posts * each, 2),
        "problems": [jsonable(problem) for problem in problems],
    }


def _posts_a_month(settings: Settings, channel: str) -> float:
    """How many slots a month the campaigns have for a channel: weekly slots times 365.25 / 7 / 12."""
    weekly = sum(len(campaign.slots) for campaign in settings.campaigns if channel in campaign.channels)
    return weekly * 365.25 / 7 / 12


def _say_region(settings: Settings) -> None:
    kinds = Counter(source.kind for source in settings.sources)
    say(f"{settings.region.name[settings.region.languages[0]]}: the settings are sound.", colour="green", bold=True)
    say(f"  {len(settings.partners)} partners, {len(settings.sources)} sources"
        f" ({', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items())) or 'none yet'})")  # fmt: skip
    say(f"  {len(settings.campaigns)} campaigns, {len(settings.stories)} stories, {len(settings.tiers)} tiers")
    silent = [
        partner.name for partner in settings.partners if not any(s.partner == partner.key for s in settings.sources)
    ]
    for name in silent:
        warn(f"  {name} has no source: none of its vacancies will be seen")


def _say_channels(told: list[dict[str, Any]]) -> None:
    rows = []
    for channel in told:
        if not channel["enabled"]:
            state = "switched off"
        elif channel["missing"]:
            state = f"waits for {', '.join(channel['missing'])}"
        else:
            state = "ready"
        cost = f"{channel['usd_a_month']:.2f} USD" if channel["usd_a_month"] else "free"
        rows.append([channel["name"], channel["kind"], str(channel["posts_a_month"]), cost, state])
    say()
    table(rows, ["channel", "kind", "slots a month", "at most a month", "state"])
    for channel in told:
        for problem in channel["problems"]:
            warn(f"{problem['level']}: {channel['name']}: {problem['message']}", level=problem["level"])
    if any(channel["enabled"] and channel["missing"] for channel in told):
        say("\nThe web site is published at once; a channel that waits is skipped until its variables are set.")
