"""What settings must know of the rooms above them: every source kind's and channel kind's options."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.settings import Registry


def registry() -> Registry:
    """Kinds and channels as found in their folders, with the template check that composing uses."""
    from aggregator.settings import Registry
    from publishers.base import channel_kinds
    from publishers.compose import check_template
    from spiders.base import kinds

    channels = channel_kinds()
    return Registry(
        kinds={name: kind.Options for name, kind in kinds().items()},
        channels={name: channel.Options for name, channel in channels.items()},
        without_posts=frozenset(name for name, channel in channels.items() if not channel.takes_posts),
        template_check=check_template,
    )
