"""Where the regions that come with Jobbfyr lie: in the wheel beside this package, in a checkout in `config/`."""

from __future__ import annotations

from pathlib import Path

from aggregator.errors import UsageError


def regions_folder() -> Path:
    """The folder of the shipped regions."""
    packed = Path(__file__).parent / "regions"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "config"


def region_template(name: str) -> Path:
    """One shipped region's folder; raises `UsageError` naming the ones there are."""
    folder = regions_folder() / name
    if not (folder / "jobbfyr.yml").is_file():
        there = ", ".join(sorted(path.parent.name for path in regions_folder().glob("*/jobbfyr.yml")))
        raise UsageError(f"there is no region {name!r} to start from", hint=f"choose one of: {there}")
    return folder
