"""The store without the settings: for commands that must answer at once, or while the settings are broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.store import Store

LOCK = ".jobbfyr.lock"
"""The lock file of a region's folder."""

STOPPED = "stopped"
"""The switch that `jobbfyr stop` throws."""


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """The store of a region's folder for the block; of the settings, only the database's address is read.

    Raises `SettingsError` when that cannot be read, `StoreError` when the database cannot be used.
    """
    from aggregator.settings.quick import database_of
    from aggregator.store import Store

    address, _ = database_of(folder)
    with Store.open(address) as store:
        yield store
