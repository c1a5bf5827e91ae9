"""`pin`, `block`, `split`, `merge`, `stop`, `resume`: the operator's word, which no re-run overrules.

What must work in an emergency reads nothing of the settings but the database's address.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.clock import SystemClock
from aggregator.app.output import emit, say
from aggregator.errors import UsageError
from aggregator.model import PostingKey, Ruling

if TYPE_CHECKING:
    from aggregator.app.house import House


@click.command()
@shared_options
@click.argument("vacancy")
@click.option("--undo", is_flag=True, help="Take the pin off again.")
def pin(folder: Path | None, *, as_json: bool, vacancy: str, undo: bool) -> None:
    """Show a vacancy as soon as the rules allow."""
    from aggregator.app.quick import open_store

    with open_store(region_folder(folder)) as store:
        found = store.vacancies.pin(vacancy, SystemClock().now(), pinned=not undo)
    _answer(as_json, f"{found} is {'no longer pinned' if undo else 'pinned'}.", vacancy=found, pinned=not undo)


@click.command()
@shared_options
@click.argument("vacancy")
@click.option("--reason", default="", help="Why, for `jobbfyr why`.")
@click.option("--undo", is_flag=True, help="Let it be posted again.")
def block(folder: Path | None, *, as_json: bool, vacancy: str, reason: str, undo: bool) -> None:
    """Keep a vacancy from being posted.

    It is not planned any more, and what is planned of it is given up when its time comes. What was posted stays.
    """
    from aggregator.app.quick import open_store

    with open_store(region_folder(folder)) as store:
        vacancies, now = store.vacancies, SystemClock().now()
        found = vacancies.unblock(vacancy, now) if undo else vacancies.block(vacancy, reason, now)
    _answer(as_json, f"{found} {'may be posted again' if undo else 'is blocked'}.", vacancy=found, blocked=not undo)


@click.command()
@shared_options
@click.argument("posting_a")
@click.argument("posting_b")
def split(folder: Path | None, *, as_json: bool, posting_a: str, posting_b: str) -> None:
    """Say that two postings are two jobs, for good.

    Postings are named as `jobbfyr why` shows them: SOURCE#IDENTIFIER.
    """
    from aggregator.app.house import open_house
    from aggregator.app.understand import understand

    with open_house(region_folder(folder), quiet=True) as house:
        a, b = _posting(posting_a), _posting(posting_b)
        house.store.vacancies.add_ruling(Ruling(kind="split", a=a, b=b), house.clock.now())
        understand(house)
        homes = house.store.vacancies.index().vacancy_of([a, b])
    told = {str(key): home for key, home in homes.items()}
    _answer(as_json, "; ".join(f"{key} is in {home}" for key, home in told.items()) + ".", vacancies=told)


@click.command()
@shared_options
@click.argument("vacancy_a")
@click.argument("vacancy_b")
def merge(folder: Path | None, *, as_json: bool, vacancy_a: str, vacancy_b: str) -> None:
    """Say that two vacancies are one job, for good.

    Each is named by its id, or by one of its postings as SOURCE#IDENTIFIER.
    """
    from aggregator.app.house import open_house
    from aggregator.app.understand import understand

    with open_house(region_folder(folder), quiet=True) as house:
        a, b = _any_posting(house, vacancy_a), _any_posting(house, vacancy_b)
        house.store.vacancies.add_ruling(Ruling(kind="merge", a=a, b=b), house.clock.now())
        understand(house)
        homes = set(house.store.vacancies.index().vacancy_of([a, b]).values())
    if len(homes) != 1:
        raise UsageError(
            f"{vacancy_a} and {vacancy_b} are still apart", hint="an earlier `split` between their postings stands"
        )
    _answer(as_json, f"Both are {(home := homes.pop())} now.", vacancy=home)


def _posting(words: str) -> PostingKey:
    source, hash_, identifier = words.partition("#")
    if not (source and hash_ and identifier):
        raise UsageError(f"{words!r} names no posting", hint="write SOURCE#IDENTIFIER as `jobbfyr why` shows it")
    return PostingKey(source, identifier)


def _any_posting(house: House, words: str) -> PostingKey:
    if "#" in words:
        return _posting(words)
    found = house.store.vacancies.get(words)
    if found is None:
        raise UsageError(f"there is no vacancy {words!r}", hint="`jobbfyr why WORDS` finds ids")
    return found.lead.key


@click.command()
@shared_options
@click.option("--reason", default="", help="Why, for `jobbfyr status`.")
def stop(folder: Path | None, *, as_json: bool, reason: str) -> None:
    """Stop all sending until `resume`.

    A run under way stops after the post in hand. Collecting and the web site go on.
    """
    from aggregator.app.quick import STOPPED, open_store

    with open_store(region_folder(folder)) as store:
        store.journal.raise_flag(STOPPED, reason, SystemClock().now())
    _answer(as_json, "Nothing is sent until `jobbfyr resume`.", stopped=True)


@click.command()
@shared_options
def resume(folder: Path | None, *, as_json: bool) -> None:
    """Let sending go on after `stop`."""
    from aggregator.app.quick import STOPPED, open_store

    with open_store(region_folder(folder)) as store:
        was = store.journal.lower_flag(STOPPED)
    _answer(as_json, "Sending goes on." if was else "Sending was not stopped.", stopped=False)


def _answer(as_json: bool, line: str, **facts: object) -> None:  # noqa: FBT001 - the flag of every verb
    if as_json:
        emit(facts)
    else:
        say(line)
