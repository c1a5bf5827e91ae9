"""`jobbfyr plan` and `jobbfyr preview`: what is coming, why, and in which words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, say, say_problem
from aggregator.errors import JobbfyrError

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
    for problem in made.shortfalls:
        say_problem(problem)


def _named(item: PlanItem, titles: dict[str, str]) -> str:
    if item.content is None:
        return "empty"
    if item.content.vacancies:
        return "; ".join(f"{titles.get(key, key)} [{key}]" for key in item.content.vacancies)
    return item.content.key


@click.command()
@shared_options
@click.option("--days", type=click.IntRange(1, 7), default=2, show_default=True, help="How many days ahead.")
@click.option("--channel", default="", help="Only this channel.")
def preview(folder: Path | None, *, as_json: bool, days: int, channel: str) -> None:
    """Show the texts of the coming posts exactly as they would go out.

    The share cards are drawn too; their paths are told. A channel that waits for its credentials is shown as well.
    """
    from datetime import timedelta

    from aggregator.app.house import open_house
    from aggregator.app.planning import make_plan
    from aggregator.app.publish import Writer

    with open_house(region_folder(folder), quiet=as_json) as house:
        now = house.clock.now()
        made = make_plan(house, now)
        writer = Writer.of(house, now)
        shown = 0
        for item in made.items:
            if item.content is None or item.slot.at > now + timedelta(days=days):
                continue
            for name in item.slot.channels:
                if channel and name != channel:
                    continue
                shown += 1
                _show(house, writer, item, name, as_json=as_json)
        if not shown and not as_json:
            say("Nothing is planned in that time; `jobbfyr plan` tells why.")


def _show(house: House, writer: Any, item: PlanItem, name: str, *, as_json: bool) -> None:  # noqa: ANN401 - Writer, imported lazily
    from publishers.lengths import measure

    channel = house.channels[name]
    local = item.slot.at.astimezone(ZoneInfo(house.settings.region.time_zone))
    try:
        message = writer.message(item.content, item.slot.language, channel)
    except JobbfyrError as error:
        if as_json:
            emit({"slot": item.slot.key, "channel": name, "error": str(error)})
        else:
            say(f"{name}: {error}", colour="red")
        return
    cost = channel.price(message)
    if as_json:
        emit(
            {"slot": item.slot.key, "at": local, "channel": name, "content": item.content, "message": message}
            | {"waits_for": list(channel.missing()), "usd": cost}
        )
        return
    limits = channel.limits
    count = measure(message.text, limits.count, link=limits.link)
    waits = f"  (waits for {', '.join(channel.missing())})" if channel.missing() else ""
    price = f", {cost:.3f} USD" if cost else ""
    say(f"\n{local:%a %d %b %H:%M}  {name}{waits}  {count}/{limits.text}{price}", bold=True)
    for line in message.text.splitlines():
        say(f"  {line}")
    picture = channel.picture(message)
    if picture is not None:
        say(f"  [{picture.path}] {picture.alt}")
