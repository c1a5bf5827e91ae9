"""What `detect`, `add` and `record` share: looking into addresses with the region's own manners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.settings import Settings
    from spiders.detect import Detection
    from spiders.manners import Manners

SECONDS_PER_ADDRESS = 120.0
"""What one address may take in all; eight pages at a second's distance from one another, and some patience."""


def visiting_manners(settings: Settings) -> Manners:
    """The region's manners, for a short visit to one site."""
    from aggregator.app.collect import manners_of

    return replace(manners_of(settings), seconds_per_source=SECONDS_PER_ADDRESS)


def settings_of(folder: Path) -> Settings:
    """The region's settings. Raises `SettingsError` with all faults."""
    from aggregator.app.registry import registry
    from aggregator.settings import load

    return load(folder, registry())


def look_into(
    addresses: Mapping[str, str],
    settings: Settings,
    on_found: Callable[[Detection], None] | None = None,
) -> dict[str, Detection]:
    """Detect addresses (→ company's name or ""), fetching pages only of those that an address alone does not tell."""
    from spiders.crawl import look_around
    from spiders.detect import by_address, is_settled

    found = {address: by_address(address) for address in addresses}
    open_ones = {address: name for address, name in addresses.items() if not is_settled(found[address])}
    if on_found:
        for address in addresses.keys() - open_ones.keys():
            on_found(found[address])
    timeout = max(settings.collect.run_timeout, SECONDS_PER_ADDRESS)
    found |= look_around(open_ones, visiting_manners(settings), on_found=on_found, timeout=timeout)
    return {address: found[address] for address in addresses}


def saved_page(file: Path, url: str) -> Detection:
    """Detect an address with its saved page and nothing else."""
    from aggregator.app.clock import SystemClock
    from spiders.base import Fetch
    from spiders.detect import as_address, detect
    from spiders.fetching import Answer, FetchFailed
    from spiders.pages import understand

    address = as_address(url)
    body = file.read_bytes()
    try:
        page, _ = understand(Answer(url=address, status=200, body=body), Fetch(url=address), SystemClock().now())
    except FetchFailed as failure:
        return detect(url, {address: f"{file}: {failure.message.rpartition(': ')[2]}"})
    return detect(url, {address: page})
