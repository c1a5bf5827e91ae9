"""How commands speak: JSON for machines, plain lines or colour for people, errors on stderr.

rich is imported only when something is to be drawn on a terminal.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from aggregator.app.attention import Entry

COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def jsonable(value: object) -> Any:  # noqa: ANN401 - JSON's values have no better type
    """A value of ours as plain JSON: dataclasses as objects, times as ISO 8601, enums as their values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: jsonable(inner) for key, inner in _fields(value).items()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): jsonable(inner) for key, inner in value.items()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Sequence | set | frozenset):
        return [jsonable(inner) for inner in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return str(value)


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    return {name: getattr(value, name) for name in type(value).__dataclass_fields__}


def emit(value: object) -> None:
    """One JSON document, or one JSON line of many, on standard output."""
    click.echo(json.dumps(jsonable(value), ensure_ascii=False))


def say(line: str = "", *, colour: str | None = None, bold: bool = False) -> None:
    """A line for people on standard output; colour only where there is a terminal."""
    click.echo(click.style(line, fg=colour, bold=bold or None) if colour or bold else line)


def warn(line: str, *, level: str = "warning") -> None:
    """A line for people on standard error."""
    click.echo(click.style(line, fg=COLOURS.get(level)), err=True)


def say_entry(entry: Entry, *, todo: bool = False) -> None:
    """One thing that needs a person as one line on standard error, with `todo` a second one on what to do."""
    warn(f"{entry.level}: {entry.where}: {entry.message}", level=entry.level)
    if todo and entry.todo:
        warn(f"  → {entry.todo}", level="")


def table(rows: Sequence[Sequence[str]], head: Sequence[str]) -> None:
    """Rows in columns as wide as needed, the last one free to run on."""
    cells = [list(head), *[list(row) for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for number, row in enumerate(cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        say(line, bold=number == 0)


class Progress:
    """Steps of long work: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._terminal = not quiet and self._stream.isatty()

    @contextmanager
    def step(self, what: str, total: int | None = None) -> Iterator[StepProgress]:
        """One step; the block calls `.advance()` for each part of `total` that is done."""
        started = time.monotonic()
        step = StepProgress(what, total)
        if self._terminal:
            with _bar(what, total) as advance:
                step.on_advance = advance
                yield step
        else:
            yield step
        if not self._quiet:
            count = f" {step.done}/{total}" if total else ""
            note = f" — {step.note}" if step.note else ""
            with suppress(OSError):  # a pipe that was closed or a log on a full disk ends no cycle
                click.echo(f"  {what}{count}{note} ({time.monotonic() - started:.1f} s)", file=self._stream)


class StepProgress:
    """The running step: `advance()` it; `note` is added to its closing line."""

    def __init__(self, what: str, total: int | None) -> None:
        self.what = what
        self.total = total
        self.done = 0
        self.note = ""
        self.on_advance: Any = None

    def advance(self) -> None:
        """One more part is done."""
        self.done += 1
        if self.on_advance:
            self.on_advance()


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = [
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    ]
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
