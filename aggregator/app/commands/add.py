"""`jobbfyr add`: a partner's career page becomes a source, looked at before it is written."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import Progress, emit, say, table, warn
from aggregator.errors import JobbfyrError, UsageError

if TYPE_CHECKING:
    from aggregator.model import Harvest, Partner, Source
    from aggregator.settings import Settings
    from spiders.detect import Detection

ROWS = 30
"""Vacancies shown; the rest is a number."""


@click.command()
@shared_options
@click.argument("url")
@click.option("--partner", "name", default="", help="The company's name; an existing partner gets a further source.")
@click.option("--tier", default="", help="A new partner's tier, as in jobbfyr.yml.")
@click.option("--place", default="", help="Where the work is when an ad does not say.")
@click.option("--yes", is_flag=True, help="Write without asking, unless nothing could be read.")
def add(folder: Path | None, *, as_json: bool, url: str, name: str, tier: str, place: str, yes: bool) -> None:
    """Add a partner's career page: detect it, show its vacancies, write the file.

    The page is fetched once, what it would give is shown with whatever looks odd, and nothing is written before you
    agree. Exit code 1 when the page stays unknown or nothing could be read.
    """
    from aggregator.app.detecting import settings_of

    region = region_folder(folder)
    settings = settings_of(region)
    asks = _on_terminal() and not as_json
    partner, is_new = _partner(settings, name, tier, asks=asks and not yes)
    found = _detected(settings, url, partner)
    visit = _visit(settings, found, partner, place, is_new=is_new)
    if as_json:
        answer = _as_json(visit, settings)
        if yes and visit.readable:
            answer |= _write(region, visit)
        emit(answer)
        click.get_current_context().exit(0 if visit.readable else 1)
    _show(visit, settings)
    if not visit.readable and not asks:
        raise JobbfyrError(f"nothing of {visit.source.url or visit.source.kind} could be read, so nothing was written")
    if not yes and not asks:
        raise UsageError("nothing was written", hint="add --yes to write it, or run it on a terminal to be asked")
    if not yes and not click.confirm(f"Write {_file(visit)}?", default=visit.readable):
        say("Nothing was written.")
        return
    _tell_written(_write(region, visit), region)


def _on_terminal() -> bool:
    return sys.stdin.isatty()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A first look at a source that is not there yet. `name` is the source's within its partner."""

    found: Detection
    partner: Partner
    is_new: bool
    source: Source
    name: str
    harvest: Harvest
    odd: Sequence[str]

    @property
    def readable(self) -> bool:
        """Whether it gave something, or surely has nothing to give."""
        return self.harvest.complete or bool(self.harvest.postings)


def _partner(settings: Settings, name: str, tier: str, *, asks: bool) -> tuple[Partner, bool]:
    """The partner meant, and whether it is a new one. Raises `UsageError` for what is missing or contradicts."""
    from aggregator.app.adding import known_partner, partner_key
    from aggregator.model import Partner

    if not name and asks:
        name = click.prompt("Which company's page is it?").strip()
    if not name:
        raise UsageError("whose page is it?", hint='say so with --partner "Company name"')
    if known := known_partner(settings, name):
        if tier and tier != known.tier:
            raise UsageError(f"{known.name} has the tier {known.tier}", hint="change it in its own file")
        return known, False
    tiers = [one.key for one in settings.tiers]
    if not tier and asks and tiers:
        tier = tiers[0] if len(tiers) == 1 else click.prompt("Its tier", type=click.Choice(tiers))
    if not tier and len(tiers) == 1:
        tier = tiers[0]
    if tier not in tiers:
        told = f"there is no tier {tier!r}" if tier else f"{name} is a new partner and needs a tier"
        raise UsageError(
            told, hint=f"--tier takes one of {', '.join(tiers) or 'none: write `tiers` in jobbfyr.yml first'}"
        )
    if not (key := partner_key(name)):
        raise UsageError(f"no key can be made of the name {name!r}", hint="a name needs letters or digits")
    return Partner(key=key, name=name, tier=tier), True


def _detected(settings: Settings, url: str, partner: Partner) -> Detection:
    from aggregator.app.detecting import look_into

    with Progress().step("finding out what it is"):
        found = look_into({url: partner.name}, settings)[url]
    if found.kind is None:
        raise JobbfyrError(f"{url}: unknown: {found.evidence}", hint=found.instead)
    return found


def _visit(settings: Settings, found: Detection, partner: Partner, place: str, *, is_new: bool) -> Visit:
    from aggregator.app.adding import already_there, oddities, options_of, source_name
    from aggregator.app.clock import SystemClock
    from aggregator.app.collect import manners_of, signed
    from aggregator.model import Source
    from spiders.crawl import Job, crawl

    kind, options = found.kind or "", options_of(found, partner)
    if there := already_there(settings, kind, found.source, options):
        raise UsageError(f"{there} collects it already", hint="see the partner's file, or `jobbfyr status`")
    name = source_name(settings, partner.key, kind)
    key = f"{partner.key}/{name}"
    source = Source(key=key, partner=partner.key, kind=kind, url=found.source, options=options, place=place)
    now = SystemClock().now()
    with Progress().step("reading it once"):
        (harvest,) = crawl([Job(source=source)], manners_of(settings), timeout=settings.collect.run_timeout, now=now)
    odd = tuple(oddities(harvest, source, partner, now))
    if found.instead:
        odd = (found.instead, *odd)
    return Visit(
        found=found,
        partner=partner,
        is_new=is_new,
        source=source,
        name=name,
        harvest=signed(harvest, partner.name),
        odd=odd,
    )


def _rows(visit: Visit, settings: Settings) -> list[Any]:
    from aggregator.app.adding import shown, vacancies_of

    return [shown(posting, settings.tags) for posting in vacancies_of(visit.harvest)]


def _show(visit: Visit, settings: Settings) -> None:
    rows = _rows(visit, settings)
    where = f" at {visit.source.url}" if visit.source.url else ""
    say(
        f"{visit.source.kind}{where}, for {'a new partner' if visit.is_new else 'the partner'} {visit.partner.name}",
        bold=True,
    )
    say(f"  because {visit.found.evidence}")
    if rows:
        say()
        cells = [(one.title[:60], one.place[:30] or "–", one.skill_level or "–", one.deadline or "–") for one in rows]
        table(cells[:ROWS], ("title", "place", "skill level", "last day"))
        if len(rows) > ROWS:
            say(f"… and {len(rows) - ROWS} more")
    say()
    for sentence in visit.odd:
        warn(f"  odd: {sentence}")
    if not visit.odd:
        say("Nothing looks odd.")


def _as_json(visit: Visit, settings: Settings) -> dict[str, Any]:
    from aggregator.app.commands.detect import line

    return {
        "detected": line(visit.found),
        "partner": {"key": visit.partner.key, "name": visit.partner.name, "new": visit.is_new},
        "source": _entry(visit),
        "vacancies": _rows(visit, settings),
        "odd": list(visit.odd),
        "complete": visit.harvest.complete,
        "written": None,
    }


def _entry(visit: Visit) -> dict[str, Any]:
    from aggregator.app.adding import source_entry, vacancies_of

    return source_entry(visit.source, visit.name, len(vacancies_of(visit.harvest)))


def _file(visit: Visit) -> str:
    return f"partners/{visit.partner.key}.yml" if visit.is_new else f"a further source to {visit.partner.name}'s file"


def _write(region: Path, visit: Visit) -> dict[str, Any]:
    """Write the partner's file or its new source; says where."""
    from aggregator.app.adding import lines_written
    from aggregator.app.registry import registry
    from aggregator.settings import edit

    partner, entry = visit.partner, _entry(visit)
    if visit.is_new:
        fields: Mapping[str, Any] = {"key": partner.key, "name": partner.name, "tier": partner.tier}
        path = edit.add_partner(region, registry(), {**fields, "sources": [entry]})
        before = ""
    else:
        path = region / edit.partner_file(region, partner.key)
        before = path.read_text(encoding="utf-8")
        edit.add_source(region, registry(), partner.key, entry)
    first, last = lines_written(before, path.read_text(encoding="utf-8"))
    told = {"file": str(path.relative_to(region)), "first": first, "last": last, "new": visit.is_new}
    return {"written": told}


def _tell_written(answer: Mapping[str, Any], region: Path) -> None:
    told = answer["written"]
    say(f"Wrote {told['file']}, lines {told['first']}–{told['last']}.", bold=True)
    undo = f"delete {told['file']}" if told["new"] else f"delete lines {told['first']}–{told['last']}"
    say(f"  to undo it, {undo}")
    say("Next:")
    number = 1
    if told["new"]:
        say(f"  1. add `since:`, `places:` and a `presentation:` to {told['file']}")
        number = 2
    say(f"  {number}. jobbfyr check --config {region}")
    say(f"  {number + 1}. jobbfyr collect --config {region}")
