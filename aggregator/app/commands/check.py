"""`jobbfyr check`: the settings read, with everything wrong, missing or costly told at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, jsonable, say, table, warn
from aggregator.errors import JobbfyrError, SettingsError
from aggregator.model import Problem

if TYPE_CHECKING:
    from aggregator.app.readiness import Lack, Readiness
    from aggregator.settings import Settings
    from publishers.base import Channel


@click.command()
@shared_options
@click.option("--online", is_flag=True, help="Also ask the channels whether their credentials work, and the database.")
def check(folder: Path | None, *, as_json: bool, online: bool) -> None:
    """Read the settings and tell everything wrong, missing or costly.

    Exit code 2 when something is wrong; what is merely missing for publishing is told and costs nothing. With
    `--online`, exit code 1 when the database or a channel does not take us.
    """
    from aggregator.app.house import configured_channels
    from aggregator.app.readiness import lacks, readiness
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
    try:
        write_schemas(region, known)
    except OSError as error:
        warn(f"warning: {error.filename or region}: the editor's schemas cannot be written: {error.strerror}")
    channels = configured_channels(settings)
    missing = list(lacks(settings, channels))
    told = [readiness(settings, channel) for channel in channels.values()]
    asked = _ask(settings, channels) if online else []
    if as_json:
        emit(
            {"ok": True, "faults": [], "region": settings.region.key, "partners": len(settings.partners)}
            | {"sources": len(settings.sources), "channels": told, "missing": missing, "problems": asked}
        )
    else:
        _say_region(settings)
        _say_channels(told)
        _say_missing(missing)
        for problem in asked:
            warn(f"{problem.level}: {problem.where}: {problem.message}", level=problem.level)
        if online and not asked:
            say("\nThe database and every channel with credentials take us.", colour="green")
    click.get_current_context().exit(1 if any(problem.level == "error" for problem in asked) else 0)


def _ask(settings: Settings, channels: dict[str, Channel]) -> list[Problem]:
    """Whether the database and the channels that are ready take us; what one does wrong hides no other."""
    from aggregator.store import Store

    found: list[Problem] = []
    try:
        Store.open(settings.database.reveal()).close()
    except JobbfyrError as error:
        found.append(Problem(level="error", code="database", where="database", message=str(error)))
    for name, channel in channels.items():
        if channel.options.enabled and not channel.missing():
            try:
                found += channel.check()
            except Exception as error:  # noqa: BLE001 - a client library's fault is this channel's alone
                why = channel.redact(f"{type(error).__name__}: {error}")
                found.append(Problem(level="error", code="channel-down", where=name, message=why))
    return found


def _say_region(settings: Settings) -> None:
    kinds = Counter(source.kind for source in settings.sources)
    say(f"{settings.region.name[settings.region.languages[0]]}: the settings are sound.", colour="green", bold=True)
    by_kind = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none yet"
    say(f"  {len(settings.partners)} partners, {len(settings.sources)} sources ({by_kind})")
    say(f"  {len(settings.campaigns)} campaigns, {len(settings.stories)} stories, {len(settings.tiers)} tiers")


def _say_channels(told: list[Readiness]) -> None:
    rows = []
    for one in told:
        each = f"{one.usd_a_post:.3f}" if one.usd_a_post else "free"
        month = f"{one.usd_a_month:.2f}" if one.usd_a_month else "free"
        bound = f" of {one.budget_usd:.2f}" if one.budget_usd is not None else ""
        rows.append([one.name, one.kind, str(one.posts_a_month), each, f"{month}{bound}", one.state])
    say()
    table(rows, ["channel", "kind", "slots a month", "USD a post", "USD a month", "state"])
    total = sum(one.usd_a_month for one in told if one.enabled)
    say(f"All that is switched on costs at most {total:.2f} USD a month.")


def _say_missing(missing: list[Lack]) -> None:
    if not missing:
        say("\nNothing is missing: `jobbfyr run` publishes.", colour="green")
        return
    say("\nStill to do before everything is published", bold=True)
    for lack in missing:
        say(f"  {lack.where}: {lack.what}", colour="yellow")
        say(f"    → {lack.todo}")
    say("The web site is published at once; a channel that waits is skipped until its variables are set.")
