"""What every channel is: limits and abilities as data, and three verbs (send, look up, close).

A new channel is one file in `publishers/channels/` that defines a subclass of `Channel` named `CHANNEL`; the folder
is walked, nothing is registered by hand. Its nested `Options` are its part of `channels.yml`. Heavy client libraries
are imported inside its methods.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from aggregator.errors import SendError
from aggregator.model import Image, Message, Post, Problem, Receipt
from aggregator.settings.secrets import secrets_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How a channel counts and what fits.

    `count` names a way of counting in `publishers.lengths` (`x-weighted`, `mastodon`, `graphemes`, `characters`);
    `text` is the largest count; `bytes` an upper bound on UTF-8 bytes as well (None: none); `link` what a link
    counts as (None: its own length); `alt` the longest alt text in characters; `image_bytes` the largest picture;
    `images` the number of pictures a post may hold.
    """

    count: str
    text: int
    bytes: int | None = None
    link: int | None = None
    alt: int = 1000
    image_bytes: int = 5_000_000
    images: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a channel can do; the rest of the house reads this and never a channel's name.

    `idempotent`: sending the same key twice cannot make two posts, so an unknown outcome may simply be sent again.
    `look_up`: an unknown outcome can be found afterwards. `delete` and `edit`: how a post can be closed.
    `link_card`: the client builds the card under the link. `live`: posts reach people (False for hand-off and console).
    """

    idempotent: bool = False
    look_up: bool = False
    delete: bool = False
    edit: bool = False
    link_card: bool = False
    alt_text: bool = True
    live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one post costs in US dollars, with and without a link, and what its deletion costs."""

    post: float = 0.0
    post_with_link: float = 0.0
    delete: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a channel may cost in a calendar month (UTC), US dollars, and what to do when a post no longer fits:
    `drop-link` sends it without its link where that fits, `wait` keeps it until it does or is too late.
    """

    monthly: float
    when_short: str = "wait"


class ChannelOptions(BaseModel):
    """What every channel can be told in `channels.yml`; a channel's own `Options` add to it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    enabled: bool = True
    hashtags: int = 2
    """How many hashtags of the region a post may carry."""
    link: bool = True
    """Whether posts carry their link."""


class Channel(ABC):
    """One configured place where posts go. `name` is its key in `channels.yml`, `kind` the file it comes from.

    Constructing a channel does no I/O. `send` raises one of `aggregator.errors.SendError`'s kinds and nothing else
    for anything that the network or the service can do wrong.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    abilities: ClassVar[Abilities]
    cost: ClassVar[Cost] = Cost()
    preferred_size: ClassVar[str] = "landscape"
    """Which of the share card's shapes it shows best: `landscape`, `square` or `portrait`."""
    takes_posts: ClassVar[bool] = True
    """False for a channel that shows everything anyway (the web site): no campaign may name it."""
    Options: ClassVar[type[ChannelOptions]] = ChannelOptions

    def __init__(self, name: str, options: ChannelOptions) -> None:
        self.name = name
        self.options = options

    def settle_in(self, output: Path) -> None:  # noqa: B027 - most channels have nothing to do
        """Told once, before anything else: the region's output folder, for channels that write there."""

    @property
    @abstractmethod
    def limits(self) -> Limits:
        """The limits now in force; a channel whose server publishes them asks once and keeps the answer."""

    def missing(self) -> tuple[str, ...]:
        """Names of the environment variables that are still to be set before it can send; empty when ready."""
        return tuple(secret.env for secret in secrets_of(self.options) if not secret.is_set())

    def price(self, message: Message) -> float:
        """What sending this message costs, in US dollars."""
        return self.cost.post_with_link if message.link else self.cost.post

    def budget(self) -> Budget | None:
        """What it may cost in a month; None where posts are free or nobody set a bound."""
        return None

    def picture(self, message: Message) -> Image | None:
        """The message's picture in the shape this channel prefers, or the first there is."""

        def shape(image: Image) -> str:
            return (
                "square" if image.width == image.height else "landscape" if image.width > image.height else "portrait"
            )

        return next((image for image in message.images if shape(image) == self.preferred_size), None) or next(
            iter(message.images), None
        )

    def redact(self, text: str) -> str:
        """The text with the channel's secrets blotted out, for whatever a client library put into an error."""
        for secret in secrets_of(self.options):
            if secret.is_set():
                text = text.replace(secret.reveal(), f"<{secret.env}>")
        return text

    def check(self) -> tuple[Problem, ...]:
        """Ask the service whether the credentials work; only called by `jobbfyr check --online`."""
        try:
            self.sign_in()
        except SendError as error:
            return (Problem(level="error", code="channel-down", where=self.name, message=self.redact(str(error))),)
        return ()

    def sign_in(self) -> None:  # noqa: B027 - what needs no credentials has nothing to do
        """Make sure that the credentials work, and publish nothing. Raises `SendError`."""

    @abstractmethod
    def send(self, post: Post, *, now: datetime) -> Receipt:
        """Publish `post.message` under `post.seed`."""

    def look_up(self, post: Post) -> Receipt | None:
        """Find a post whose sending ended unknown; None means that it surely is not there.

        Raises `SendUnknown` when the channel cannot tell (yet).
        """
        raise NotImplementedError

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:
        """Take the post of a closed vacancy down: delete it, or edit it into `closure` where deleting is not possible.

        Closing what is already gone succeeds.
        """
        raise NotImplementedError


def channel_kinds() -> dict[str, type[Channel]]:
    """All channel kinds by name, found by walking `publishers.channels`."""
    from publishers import channels

    found: dict[str, type[Channel]] = {}
    for module in pkgutil.iter_modules(channels.__path__):
        kind: type[Channel] = importlib.import_module(f"publishers.channels.{module.name}").CHANNEL
        if kind.kind in found:
            raise RuntimeError(f"two channels call themselves {kind.kind!r}")
        found[kind.kind] = kind
    return found
