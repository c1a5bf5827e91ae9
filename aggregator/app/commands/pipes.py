"""The pipes: `parse`, `tag`, `dedupe` and `export` work on files and standard input, one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, warn
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.tagging import TagRules

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@shared_options
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--url", required=True, help="The address that the file was saved from.")
@click.option("--media-type", default="", help="What the server called it; guessed from the content when left out.")
def parse(folder: Path | None, *, as_json: bool, kind: str, file: Path, url: str, media_type: str) -> None:  # noqa: ARG001 - the lines are JSON anyway
    """Read a saved page or feed as one source kind would.

    One schema.org JobPosting a line. Problems go to standard error; exit code 1 when one of them is an error.
    """
    from aggregator.app.clock import SystemClock
    from aggregator.model import Problem
    from aggregator.schema_org import to_schema_org
    from spiders.base import kinds
    from spiders.parse import parse_file

    if kind not in kinds():
        raise UsageError(f"there is no source kind {kind!r}", hint=f"the kinds are {', '.join(sorted(kinds()))}")
    body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    failed = False
    for found in parse_file(kind, body, url, media_type or None, SystemClock().now()):
        if isinstance(found, Problem):
            failed = failed or found.level == "error"
            warn(f"{found.level}: {found.where}: {found.message}", level=found.level)
        else:
            emit(to_schema_org(found))
    if failed:
        click.get_current_context().exit(1)


@click.command()
@shared_options
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
def tag(folder: Path | None, *, as_json: bool, file: IO[str]) -> None:  # noqa: ARG001 - the lines are JSON anyway
    """Tag JobPosting lines: region, occupation, level, education.

    Each tag comes with its evidence. With `--config` the region's own areas, topics and titles count too.
    """
    from aggregator.tagging import TagRules
    from aggregator.tagging.pipe import tag_line

    rules = _rules(folder) if folder else TagRules()
    for _, posting in _lines(file):
        emit(tag_line(posting, rules))


def _rules(folder: Path) -> TagRules:
    from aggregator.app.registry import registry
    from aggregator.settings import load

    return load(region_folder(folder), registry()).tags


@click.command()
@shared_options
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
def dedupe(folder: Path | None, *, as_json: bool, file: IO[str]) -> None:  # noqa: ARG001 - the lines are JSON anyway
    """Tell which JobPosting lines are the same vacancy.

    A line each with its vacancy, reason and score.
    """
    from aggregator.dedupe.pipe import dedupe_lines

    for line in dedupe_lines([posting for _, posting in _lines(file)]):
        emit(line)


def _lines(file: IO[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file, one a line; raises `UsageError` naming the line that is none."""
    try:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as error:
                raise UsageError(
                    f"{file.name}:{number}: not JSON: {error}", hint="one JobPosting object a line"
                ) from None
            if not isinstance(value, dict):
                raise UsageError(f"{file.name}:{number}: not an object", hint="one JobPosting object a line")
            yield number, value
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name}: not UTF-8: {error.reason}", hint="convert the file to UTF-8") from None


@click.command()
@shared_options
@click.option(
    "--format", "shape", type=click.Choice(["jsonl", "json-feed", "atom", "indeed-xml"]), default="jsonl",
    show_default=True, help="What to write.",
)  # fmt: skip
def export(folder: Path | None, *, as_json: bool, shape: str) -> None:  # noqa: ARG001 - JSON is the default
    """Write the open vacancies as JSON lines, JSON Feed, Atom or XML.

    JSON lines are schema.org JobPostings; the XML is Indeed-style.
    """
    from aggregator.app.export import export as write
    from aggregator.app.house import open_house

    with open_house(region_folder(folder), quiet=True) as house:
        for chunk in write(house, shape):
            click.echo(chunk, nl=False)
