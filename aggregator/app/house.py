"""The house with its doors open: settings read, store connected, channels ready, a clock on the wall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.app.clock import Clock, SystemClock
from aggregator.app.output import Progress
from aggregator.app.quick import LOCK
from aggregator.errors import JobbfyrError

if TYPE_CHECKING:
    from aggregator.settings import Settings
    from aggregator.store import Store
    from publishers.base import Channel

__all__ = ["LOCK", "House", "configured_channels", "open_house"]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every step of a cycle works with. `channels` are all configured ones, by name, switched off or not."""

    settings: Settings
    store: Store
    channels: Mapping[str, Channel]
    clock: Clock
    progress: Progress

    @property
    def posting_channels(self) -> dict[str, Channel]:
        """The channels that posts can go to now: switched on, taking posts, and not waiting for credentials."""
        return {
            name: channel
            for name, channel in self.channels.items()
            if channel.options.enabled and channel.takes_posts and not channel.missing()
        }

    @property
    def partner_of(self) -> dict[str, str]:
        """Source key to partner key."""
        return {source.key: source.partner for source in self.settings.sources}


def configured_channels(settings: Settings) -> dict[str, Channel]:
    """Every channel of `channels.yml` as an object that has not spoken to anybody yet."""
    from publishers.base import channel_kinds

    kinds = channel_kinds()
    return {entry.name: kinds[entry.kind](entry.name, entry.options) for entry in settings.channels}  # type: ignore[arg-type] # the settings validated them as this kind's Options


@contextmanager
def open_house(folder: Path, *, clock: Clock | None = None, quiet: bool = False) -> Iterator[House]:
    """Read the settings of a region's folder and connect its store for the block.

    Raises `SettingsError` with all faults, `StoreError` when the database cannot be used, `JobbfyrError` when the
    output folder cannot be made.
    """
    from aggregator.app.registry import registry
    from aggregator.settings import load
    from aggregator.store import Store

    settings = load(folder, registry())
    try:
        settings.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"{settings.output}: the output folder cannot be made: {error.strerror}"
        raise JobbfyrError(what, hint="look at `output` in jobbfyr.yml and the folder's rights") from error
    with Store.open(settings.database.reveal()) as store:
        channels = configured_channels(settings)
        for channel in channels.values():
            channel.settle_in(settings.output)
        yield House(
            settings=settings,
            store=store,
            channels=channels,
            clock=clock or SystemClock(),
            progress=Progress(quiet=quiet),
        )
