"""The console: prints what would go out. For trying out campaigns and templates; it reaches nobody."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from aggregator.model import Message, Post, Receipt
from publishers.base import Abilities, Channel, ChannelOptions, Limits


class ConsoleOptions(ChannelOptions):
    """What is printed, and where."""

    stream: Literal["stderr", "stdout"] = "stderr"
    """Where it is printed; `stdout` mixes with what `--json` writes."""
    text: int = Field(500, ge=50, le=60_000)
    """The longest text, in characters."""


class Console(Channel):
    """A terminal or a log."""

    kind = "console"
    title = "Console"
    abilities = Abilities(idempotent=True, edit=True, live=False)
    Options: ClassVar[type[ChannelOptions]] = ConsoleOptions
    options: ConsoleOptions

    @property
    def limits(self) -> Limits:
        return Limits(count="characters", text=self.options.text)

    def send(self, post: Post, *, now: datetime) -> Receipt:
        pictures = "".join(f"\n[{image.path}: {image.alt}]" for image in post.message.images)
        self._print(f"--- {post.key} ({post.language})\n{post.message.text}{pictures}")
        return Receipt(remote_id=post.seed, at=now)

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:  # noqa: ARG002 - printed as it comes
        self._print(f"--- {post.key} closed: {post.close_reason}\n{closure.text}")

    def _print(self, words: str) -> None:
        stream = sys.stdout if self.options.stream == "stdout" else sys.stderr
        encoding = stream.encoding or "utf-8"
        stream.write(words.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()


CHANNEL = Console
