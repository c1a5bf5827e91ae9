"""`jobbfyr why`: one vacancy on one screen, with the reasons that were written down when they were decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, say
from aggregator.errors import UsageError
from aggregator.model import ListingKind, Tag

if TYPE_CHECKING:
    from aggregator.app.house import House
    from aggregator.app.why import Explanation
    from aggregator.store import Member

MOST = 12
"""Vacancies listed when words mean several."""

FEW = 4
"""Lines of each section that may grow; `--history` and `--json` tell all."""

WIDE = 150
"""Characters of a line: what is longer wraps once at most."""


@click.command()
@shared_options
@click.argument("words", nargs=-1, required=True)
@click.option("--history", is_flag=True, help="Tell everything, and every event, the oldest first.")
def why(folder: Path | None, *, as_json: bool, words: tuple[str, ...], history: bool) -> None:
    """Explain a vacancy: where it came from, its tags, its posts.

    WORDS are a vacancy's id, an ad's address, SOURCE#IDENTIFIER, an identifier, or words of its title. Ads that belong
    to no vacancy are explained too.
    """
    from aggregator.app.house import open_house
    from aggregator.app.why import explain, find, lone_postings

    asked = " ".join(words)
    with open_house(region_folder(folder), quiet=True) as house:
        ids = find(house, asked)
        lone = [] if ids else lone_postings(house, asked)
        if not ids and not lone:
            raise UsageError(f"nothing is known by {asked!r}", hint="try a word of its title, its id or its address")
        vacancies = [found for found in (house.store.vacancies.get(key) for key in ids) if found is not None]
        if as_json:
            emit([explain(house, vacancy) for vacancy in vacancies] or lone)
        elif lone:
            _tell(_alone(house, lone))
        elif len(vacancies) > 1:
            _several([(v.id, f"{v.title} — {v.partner}, {'open' if v.open else 'closed'}") for v in vacancies])
        else:
            _tell(story(house, explain(house, vacancies[0]), full=history))


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        say(line, bold=not line.startswith(" ") and bool(line))


def _several(named: Sequence[tuple[str, str]]) -> None:
    say(f"{len(named)} vacancies are meant; name one of them:")
    for key, line in named[:MOST]:
        say(f"  {key}  {line}")
    if len(named) > MOST:
        say(f"  and {len(named) - MOST} more")


_KINDS = {
    ListingKind.OPEN_APPLICATION: "it is an open application (“spontanansökan”), and only real vacancies are shown",
    ListingKind.DRAFT: "it is a draft, a copy or a test, and only real vacancies are shown",
    ListingKind.VACANCY: "it is not recognised yet: the next run does that",
}


def _alone(house: House, lone: Sequence[Member]) -> Iterator[str]:
    """Ads that belong to no vacancy, each with the reason."""
    zone = ZoneInfo(house.settings.region.time_zone)
    for member in lone[:MOST]:
        posting = member.posting
        state = "listed" if member.open else f"closed: {member.close_reason}"
        yield f"{posting.title}  [belongs to no vacancy]  {state}"
        yield f"  {posting.key}"
        yield f"  {posting.url}"
        yield f"  first seen {member.first_seen.astimezone(zone):%Y-%m-%d %H:%M}"
        yield f"  {_KINDS[posting.listing]}"
    if len(lone) > MOST:
        yield f"  and {len(lone) - MOST} more; name one more closely"


def story(house: House, told: Explanation, *, full: bool) -> Iterator[str]:
    """The explanation as lines; headings start at the margin. Unless `full`, it fits one screen."""
    zone = ZoneInfo(house.settings.region.time_zone)
    few = None if full else FEW

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
    yield "Where it stands"
    yield from _few([_posting(member) for member in told.members], few)
    yield "Tags"
    yield from (_tag(tag, WIDE if not full else 10_000) for tag in vacancy.tags)
    yield from _showing(told, at, few)
    if full:
        yield "History"
        yield from (f"  {at(event.at)}  {event.kind}: {event.message}" for event in told.events)
    elif told.events:
        last = told.events[-1]
        yield f"Last of {len(told.events)} events (--history tells all)"
        yield f"  {at(last.at)}  {last.kind}: {_short(last.message, WIDE)}"


def _posting(member: Member) -> str:
    mark = "" if member.open else f" (closed: {member.close_reason})"
    address = "" if member.posting.url in str(member.posting.key) else f"\n    {member.posting.url}"
    by = f", recognised by {member.matched}" if member.matched and str(member.matched) not in member.reason else ""
    because = f"\n    here because: {member.reason} ({member.score:.2f}{by})" if member.reason else ""
    return f"  {member.posting.key}{mark}{address}{because}"


def _tag(tag: Tag, wide: int) -> str:
    proof = "; ".join(f"“{_short(e.words, 60)}” ({e.field}, {e.rule})" for e in tag.evidence)
    sure = "" if tag.sure else f", {tag.confidence:.0%} sure"
    return _short(f"  {tag.axis}: {tag.label or tag.code} [{tag.code}{sure}]{' — ' + proof if proof else ''}", wide)


def _showing(told: Explanation, at: Callable[[datetime], str], few: int | None) -> Iterator[str]:
    yield "Shown"
    shown = []
    for post in reversed(told.posts):
        address = f" {post.receipt.url}" if post.receipt and post.receipt.url else ""
        because = f" — {post.error or post.close_reason}" if post.error or post.close_reason else ""
        shown.append(f"  {at(post.due)}  {post.channel}: {post.state.value}{address}{because}")
    shown += [
        f"  {at(item.slot.at)}  {', '.join(item.slot.channels)}: planned — {_short('; '.join(item.reasons), WIDE)}"
        for item in told.planned
    ]
    yield from _few(shown or ["  not yet, and not planned in the coming days"], None if few is None else 2 * few)
    if told.refusals or told.passed_over:
        yield "Where it is not shown, and why"
        no = [f"  {refusal.reason} ({refusal.rule})" for refusal in told.refusals]
        no += [
            f"  {at(i.slot.at)}  {i.slot.campaign}: {refusal.reason} ({refusal.rule})"
            for i, refusal in told.passed_over
        ]
        yield from _few(no, few)


def _few(lines: Sequence[str], most: int | None) -> Iterator[str]:
    yield from lines[:most]
    if most is not None and len(lines) > most:
        yield f"  and {len(lines) - most} more"


def _short(text: str, most: int) -> str:
    flat = " ".join(text.split()) if not text.startswith(" ") else text
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
