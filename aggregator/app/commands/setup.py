"""`jobbfyr init`: a region's folder made from one of the shipped regions."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.app.cli import shared_options
from aggregator.app.output import emit, say


@click.command()
@shared_options
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--region", default="empty", show_default=True, help="Which shipped region to start from.")
@click.option(
    "--force", is_flag=True, help="Write into a folder that is not empty; files of the same name are replaced."
)
def init(folder: Path | None, *, as_json: bool, target: Path, region: str, force: bool) -> None:  # noqa: ARG001 - `--config` means nothing here
    """Start a region's folder from one of the shipped regions."""
    from aggregator.app.registry import registry
    from aggregator.app.resources import region_template
    from aggregator.settings import init_region, write_schemas

    written = init_region(region_template(region), target, force=force)
    write_schemas(target, registry())
    if as_json:
        emit({"folder": str(target), "region": region, "files": [str(path) for path in written]})
        return
    say(f"{target} holds the region {region}, in {len(written)} files.", bold=True)
    say("Next:")
    say(f"  1. put your name and contact under `operator` in {target}/jobbfyr.yml")
    say(f"  2. put your partners in {target}/partners/, one file each")
    say(f"  3. jobbfyr check --config {target}")
    say(f"  4. jobbfyr run --config {target}")
