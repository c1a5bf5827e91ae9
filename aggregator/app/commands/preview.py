"""`jobbfyr preview`: the coming posts in the very words and pictures that `run` would send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, say
from aggregator.errors import JobbfyrError, UsageError
from aggregator.model import Post, PostState, Problem

if TYPE_CHECKING:
    from aggregator.app.house import House


@click.command()
@shared_options
@click.option("--days", type=click.IntRange(1, 7), default=2, show_default=True, help="How many days ahead.")
@click.option("--channel", default="", help="Only this channel.")
def preview(folder: Path | None, *, as_json: bool, days: int, channel: str) -> None:
    """Show the texts of the coming posts exactly as they would go out.

    The share cards are drawn too; their paths are told. A channel that waits for its credentials is shown as well.
    Posts that wait in the outbox come first, in the words they were given.
    """
    from aggregator.app.house import open_house

    with open_house(region_folder(folder), quiet=as_json) as house:
        if channel and channel not in house.channels:
            there = ", ".join(sorted(house.channels)) or "none"
            raise UsageError(f"there is no channel {channel!r} in channels.yml", hint=f"the channels are {there}")
        now = house.clock.now()
        shown = 0
        for at, made in coming(house, now, now + timedelta(days=days), channel):
            _show(house, at, made, as_json=as_json)
            shown += 1
    if not shown and not as_json:
        say("Nothing is planned in that time; `jobbfyr plan` tells why.")


def coming(house: House, now: datetime, until: datetime, only: str = "") -> Iterator[tuple[datetime, Post | Problem]]:
    """Each post that is still to be sent, or why it cannot be written, with its time, in the order of sending.

    The words are those of the post's own time: a last day that is "tomorrow" then is not called so now. The only thing
    that may differ is what changes until then.
    """
    from aggregator.app.planning import make_plan
    from aggregator.app.publish import keys_in_outbox
    from aggregator.app.writing import Writer, post_key, write_posts

    for post in house.store.outbox.in_state(PostState.PLANNED):
        if only in {"", post.channel}:
            yield max(post.due, post.not_before), post
    there = keys_in_outbox(house, now)
    writer = Writer.of(house, now)
    channels = {
        name: channel
        for name, channel in house.channels.items()
        if channel.options.enabled and channel.takes_posts and only in {"", name}
    }
    for item in make_plan(house, now).items:
        if item.content is None or item.slot.at > until:
            continue
        at = max(now, item.slot.at)
        then = replace(writer, desk=replace(writer.desk, now=at))
        wanted = {name: one for name, one in channels.items() if post_key(item, name) not in there}
        for _, made in write_posts(then, [item], wanted, now):
            if isinstance(made, Problem):
                channels.pop(made.where, None)  # it does not answer, and is not asked for each post
            yield item.slot.at, made


def _show(house: House, at: datetime, made: Post | Problem, *, as_json: bool) -> None:
    local = at.astimezone(ZoneInfo(house.settings.region.time_zone))
    if isinstance(made, Problem):
        if as_json:
            emit({"at": local, "channel": made.where.rpartition("/")[2], "error": made.message, "where": made.where})
        else:
            say(f"\n{local:%a %d %b %H:%M}  {made.where}: {made.message}", colour="red")
        return
    channel = house.channels.get(made.channel)
    waits = list(dict.fromkeys(channel.missing())) if channel else []
    cost = channel.price(made.message) if channel else 0.0
    if as_json:
        emit(
            {"slot": made.slot, "at": local, "channel": made.channel, "content": made.content, "message": made.message}
            | {"waits_for": waits, "usd": cost, "post": made.key}
        )
        return
    price = f", {cost:.3f} USD" if cost else ""
    held = f"  (waits for {', '.join(waits)})" if waits else f"  ({made.error})" if made.error else ""
    say(f"\n{local:%a %d %b %H:%M}  {made.channel}{held}  {_length(house, made)}{price}", bold=True)
    for line in made.message.text.splitlines():
        say(f"  {line}")
    picture = channel.picture(made.message) if channel else None
    if picture is not None:
        say(f"  [{picture.path}] {picture.alt}")


def _length(house: House, post: Post) -> str:
    """The text's length as its channel counts, of what fits."""
    from publishers.lengths import measure

    channel = house.channels.get(post.channel)
    if channel is None:
        return "its channel is gone from channels.yml"
    try:
        limits = channel.limits
    except JobbfyrError as error:
        return str(error)  # a post from the outbox is shown though its channel does not answer now
    return f"{measure(post.message.text, limits.count, link=limits.link)}/{limits.text}"
