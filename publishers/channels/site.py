"""The web site as a channel: it shows every open vacancy at all times, so no slot is ever sent to it.

Its place in `channels.yml` turns the site on and says into which folder it is built; the application calls
`publishers.site.build` after each cycle. A closed vacancy's page says so from the next build on. Campaigns must not
name it (`takes_posts` is False), so that no promise is counted as kept by a page that is there anyway.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from aggregator.errors import SendRefused
from aggregator.model import Message, Post, Receipt
from publishers.base import Abilities, Channel, ChannelOptions, Limits


class SiteOptions(ChannelOptions):
    """The web site's part of `channels.yml`."""

    folder: str = Field("site", min_length=1, description="Where the site is built, below the region's output folder")
    cards_per_build: int = Field(
        60, ge=0, le=10_000, description="Share cards drawn for pages in one build; the others follow in the next"
    )


class SiteChannel(Channel):
    """See the module."""

    kind: ClassVar[str] = "site"
    title: ClassVar[str] = "Web site"
    abilities: ClassVar[Abilities] = Abilities(idempotent=True, delete=True, edit=True, live=True)
    takes_posts: ClassVar[bool] = False
    Options: ClassVar[type[ChannelOptions]] = SiteOptions

    @property
    def limits(self) -> Limits:
        return Limits(count="characters", text=1_000_000)

    def send(self, post: Post, *, now: datetime) -> Receipt:  # noqa: ARG002 - refused whatever it is
        """Refused for good: nothing is posted to the site."""
        raise SendRefused(
            f"{self.name}: the web site shows every open vacancy and takes no posts",
            hint="take it out of the campaign's channels",
        )

    def look_up(self, post: Post) -> None:
        """There never is a post to find."""

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:
        """Nothing to take down: the next build shows the vacancy as closed."""


CHANNEL = SiteChannel
