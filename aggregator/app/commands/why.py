"""`jobbfyr why`: one vacancy on one screen, with the reasons that were written down when they were decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, say
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.app.house import House
    from aggregator.app.why import Explanation
    from aggregator.store import Member

MOST = 12
"""Vacancies listed when words mean several."""


@click.command()
@shared_options
@click.argument("words", nargs=-1, required=True)
@click.option("--history", is_flag=True, help="Also tell every event, the oldest first.")
def why(folder: Path | None, *, as_json: bool, words: tuple[str, ...], history: bool) -> None:
    """Explain a vacancy: where it came from, its tags, its posts.

    WORDS are a vacancy's id, an ad's address, SOURCE#IDENTIFIER, or words of its title.
    """
    from aggregator.app.house import open_house
    from aggregator.app.why import explain, find, lone_postings

    asked = " ".join(words)
    with open_house(region_folder(folder), quiet=True) as house:
        ids = find(house, asked)
        if not ids:
            _nothing(lone_postings(house, asked), asked)
        vacancies = [found for found in (house.store.vacancies.get(key) for key in ids) if found is not None]
        explanations = [explain(house, vacancy) for vacancy in vacancies[: 1 if not as_json else None]]
        if as_json:
            emit(explanations)
            return
        if len(vacancies) > 1:
            say(f"{len(vacancies)} vacancies are meant; name one of them:")
            for vacancy in vacancies[:MOST]:
                state = "open" if vacancy.open else "closed"
                say(f"  {vacancy.id}  {vacancy.title} — {vacancy.partner}, {state}")
            if len(vacancies) > MOST:
                say(f"  and {len(vacancies) - MOST} more")
            return
        for line in story(house, explanations[0], history=history):
            say(line, bold=not line.startswith(" ") and bool(line))


def _nothing(lone: list[Member], asked: str) -> None:
    if lone:
        posting = lone[0].posting
        raise UsageError(
            f"{posting.key} “{posting.title}” belongs to no vacancy: it is a {posting.listing.value}",
            hint="only real vacancies are shown",
        )
    raise UsageError(f"nothing is known by {asked!r}", hint="try a word of its title, its id or its address")


def story(house: House, told: Explanation, *, history: bool) -> Iterator[str]:
    """The explanation as lines; headings start at the margin."""
    zone = ZoneInfo(house.settings.region.time_zone)

    def at(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"

    vacancy = told.vacancy
    state = "open" if vacancy.open else f"closed {at(vacancy.closed_at) if vacancy.closed_at else ''}"
    yield f"{vacancy.title}  [{vacancy.id}]  {state}"
    yield f"  for {vacancy.partner}, first seen {at(vacancy.opened_at)}" + ("" if vacancy.fresh else ", baseline")
    if vacancy.close_reason:
        yield f"  closed because {vacancy.close_reason}"
    if vacancy.held:
        yield f"  held back: {vacancy.held}"
    if vacancy.pinned:
        yield "  pinned by the operator"
    yield from _postings(told)
    yield "Tags"
    for tag in vacancy.tags:
        proof = "; ".join(f"“{e.words}” ({e.field}, {e.rule})" for e in tag.evidence)
        sure = "" if tag.sure else f", {tag.confidence:.0%} sure"
        yield f"  {tag.axis}: {tag.label or tag.code} [{tag.code}{sure}]{' — ' + proof if proof else ''}"
    yield from _showing(told, at)
    if history:
        yield "History"
        for event in told.events:
            yield f"  {at(event.at)}  {event.kind}: {event.message}"


def _postings(told: Explanation) -> Iterator[str]:
    yield "Where it stands"
    for member in told.members:
        mark = "" if member.open else f" (closed: {member.close_reason})"
        yield f"  {member.posting.key}{mark}"
        yield f"    {member.posting.url}"
        if member.reason:
            by = f", recognised by {member.matched}" if member.matched else ""
            yield f"    here because: {member.reason} ({member.score:.2f}{by})"


def _showing(told: Explanation, at: Callable[[datetime], str]) -> Iterator[str]:
    yield "Shown"
    for post in told.posts:
        address = f" {post.receipt.url}" if post.receipt and post.receipt.url else ""
        because = f" — {post.error or post.close_reason}" if post.error or post.close_reason else ""
        yield f"  {at(post.due)}  {post.channel}: {post.state.value}{address}{because}"
    for item in told.planned:
        yield f"  {at(item.slot.at)}  {', '.join(item.slot.channels)}: planned — {'; '.join(item.reasons)}"
    if not told.posts and not told.planned:
        yield "  not yet, and not planned in the coming days"
    if told.refusals or told.passed_over:
        yield "Not shown because"
        for refusal in told.refusals:
            yield f"  {refusal.reason} ({refusal.rule})"
        for item, refusal in told.passed_over[:5]:
            yield f"  {at(item.slot.at)}  {item.slot.campaign}: {refusal.reason} ({refusal.rule})"
