"""`jobbfyr detect`: which job system a career page belongs to, and what its source would be in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import Progress, emit, say
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from spiders.detect import Detection

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@shared_options
@click.argument("url", default="")
@click.option("--page", type=FILE, help="Its page as saved earlier; nothing is fetched then.")
@click.option("--offline", is_flag=True, help="Fetch nothing: tell what the address alone tells.")
@click.option(
    "--from", "many", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A file of addresses, one a line; - is standard input. A JSON line each, in their order.",
)  # fmt: skip
def detect(
    folder: Path | None, *, as_json: bool, url: str, page: Path | None, offline: bool, many: Path | None
) -> None:
    """Tell which job system a career page belongs to.

    By its address alone where that is sure, else by its page and a few that it links to, fetched politely. Exit code 1
    when one address stays unknown; what was looked at and the nearest usable way are told then.
    """
    if bool(url) == bool(many) or (many and page):
        raise UsageError("give one address, or a file of addresses with --from", hint="`jobbfyr detect --help`")
    if many:
        for found in _many(folder, many, offline=offline):
            emit(line(found))
        return
    detection = _one(folder, url, page, offline=offline)
    if as_json:
        emit(line(detection))
    else:
        tell(detection)
    if detection.kind is None:
        click.get_current_context().exit(1)


def line(found: Detection) -> dict[str, Any]:
    """A detection as JSON."""
    told: dict[str, Any] = {"url": found.url, "kind": found.kind, "options": dict(found.options)}
    told |= {"source": found.source, "evidence": found.evidence}
    told |= {"looked_at": list(found.looked_at)} if found.looked_at else {}
    return told | ({"instead": found.instead} if found.instead else {})


def tell(found: Detection) -> None:
    """A detection for people: the source as it would stand in YAML, or what was looked at in vain."""
    if found.kind is None:
        say(f"unknown: {found.evidence}", bold=True)
        say(f"  → {found.instead}")
        return
    from aggregator.settings.emit import item

    source = {"kind": found.kind, **({"url": found.source} if found.source else {})}
    for text in item({**source, **({"options": dict(found.options)} if found.options else {})}, 0):
        say(text)
    say(f"# {found.evidence}")
    if found.instead:
        say(f"  → {found.instead}")


def _one(folder: Path | None, url: str, page: Path | None, *, offline: bool) -> Detection:
    from aggregator.app.detecting import look_into, saved_page, settings_of
    from spiders.detect import by_address, is_settled

    if page is not None:
        return saved_page(page, url)
    found = by_address(url)
    if offline or is_settled(found):
        return found
    return look_into({url: ""}, settings_of(_region(folder)))[url]


def _many(folder: Path | None, file: Path, *, offline: bool) -> list[Detection]:
    from aggregator.app.detecting import look_into, settings_of
    from spiders.detect import by_address

    try:
        with click.open_file(str(file), encoding="utf-8-sig") as stream:
            urls = [text for text in map(str.strip, stream) if text]
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8: {error.reason}", hint="convert the file to UTF-8") from None
    if offline:
        return [by_address(url) for url in urls]
    with Progress().step("looking into addresses", total=len(set(urls))) as step:
        found = look_into(dict.fromkeys(urls, ""), settings_of(_region(folder)), lambda _: step.advance())
    return [found[url] for url in urls]


def _region(folder: Path | None) -> Path:
    """The region whose name and contact the sites are told. Raises `UsageError` with the ways that need none."""
    try:
        return region_folder(folder)
    except UsageError as error:
        hint = "name a region's folder with --config: sites are told who asks; or use --offline or --page FILE"
        raise UsageError(error.what, hint=hint) from error
