"""`jobbfyr plan`: what is coming, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from aggregator.app.attention import Noted, entries
from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, say, say_entry

if TYPE_CHECKING:
    from aggregator.app.house import House
    from aggregator.model import Plan, PlanItem


@click.command()
@shared_options
@click.option("--all", "show_all", is_flag=True, help="Also tell what each slot refused, and the rules that said no.")
def plan(folder: Path | None, *, as_json: bool, show_all: bool) -> None:
    """Choose what to show in the coming week, with the reasons."""
    from aggregator.app.house import open_house
    from aggregator.app.planning import make_plan

    with open_house(region_folder(folder), quiet=True) as house:
        made = make_plan(house, house.clock.now())
        if as_json:
            emit(made)
            return
        _tell(house, made, show_all=show_all)


def _tell(house: House, made: Plan, *, show_all: bool) -> None:
    titles = {vacancy.id: vacancy.title for vacancy in house.store.vacancies.open()}
    day = ""
    for item in made.items:
        local = item.slot.at.astimezone(ZoneInfo(house.settings.region.time_zone))
        if f"{local:%A %d %B}" != day:
            day = f"{local:%A %d %B}"
            say(f"\n{day}", bold=True)
        say(f"  {local:%H:%M}  {item.slot.campaign} → {', '.join(item.slot.channels)}: {_named(item, titles)}")
        for reason in item.reasons:
            say(f"         {reason}")
        if show_all:
            for refusal in item.refused:
                say(f"         not {refusal.content}: {refusal.reason} ({refusal.rule})")
    if not made.items:
        say("There are no slots in the coming week: campaigns.yml names none.")
    for entry in entries(Noted(problem=problem) for problem in made.shortfalls):
        say_entry(entry, todo=False)


def _named(item: PlanItem, titles: dict[str, str]) -> str:
    if item.content is None:
        return "empty"
    if item.content.vacancies:
        return "; ".join(f"{titles.get(key, key)} [{key}]" for key in item.content.vacancies)
    return item.content.key
