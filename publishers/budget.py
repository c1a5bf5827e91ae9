"""What a post may cost: a channel's monthly bound against what it has spent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from aggregator.model import Message, Post, PostState
from publishers.base import Budget, Channel
from publishers.compose import drop_link
from publishers.steps import COST, OutboxStore

_ROUNDING = 1e-9
"""Prices are summed as floats; a post that fits to the cent fits."""


def left(store: OutboxStore, channel: Channel, budget: Budget, now: datetime) -> float:
    """US dollars left this calendar month (UTC). A post whose outcome is unknown counts as spent."""
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = sum(_cost(post) for post in store.sent_since(channel.name, month))
    unsure = store.in_state(PostState.SENDING, PostState.UNKNOWN)
    spent += sum(channel.price(post.message) for post in unsure if post.channel == channel.name)
    return budget.monthly - spent


def affordable(channel: Channel, budget: Budget, message: Message, left: float) -> Message | None:
    """The message, or the message without its link where the channel's budget asks for that; None: it must wait."""
    choices: Sequence[Message] = (message,)
    if budget.when_short == "drop-link" and message.link:
        choices = (message, drop_link(message))
    return next((choice for choice in choices if channel.price(choice) <= left + _ROUNDING), None)


def _cost(post: Post) -> float:
    return float(post.receipt.data.get(COST, "0")) if post.receipt is not None else 0.0
