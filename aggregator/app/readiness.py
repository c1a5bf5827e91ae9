"""What a sound configuration still lacks before posts go out, and what its channels would cost. Asks nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.settings import Settings
    from publishers.base import Channel

WEEKS_A_MONTH = 365.25 / 7 / 12

_PLACEHOLDER = re.compile(r"(^|[/@.])example(\.|[/:?#]|$)", re.IGNORECASE)
"""RFC 2606 keeps `.example` and `example.org` for examples; the shipped files use `example.bsky.social` too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing still to be done: `where` names a file, key or channel, `what` is missing, `todo` what to do."""

    where: str
    what: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """One channel as it would be with these settings. `waits_for` are variables to set; costs are US dollars: of one
    post, of a month if every slot is filled, and the bound (None: none was set).
    """

    name: str
    kind: str
    enabled: bool
    waits_for: tuple[str, ...]
    posts_a_month: int
    usd_a_post: float
    usd_a_month: float
    budget_usd: float | None

    @property
    def state(self) -> str:
        """Its state in words."""
        if not self.enabled:
            return "switched off"
        return f"waits for {', '.join(self.waits_for)}" if self.waits_for else "ready"


def readiness(settings: Settings, channel: Channel) -> Readiness:
    """How one channel stands."""
    weekly = sum(len(campaign.slots) for campaign in settings.campaigns if channel.name in campaign.channels)
    each = channel.cost.post_with_link if channel.options.link else channel.cost.post
    budget = channel.budget()
    month = weekly * WEEKS_A_MONTH * each
    return Readiness(
        name=channel.name,
        kind=channel.kind,
        enabled=channel.options.enabled,
        waits_for=tuple(dict.fromkeys(channel.missing())),
        posts_a_month=round(weekly * WEEKS_A_MONTH),
        usd_a_post=each,
        usd_a_month=round(month if budget is None else min(month, budget.monthly), 2),
        budget_usd=budget.monthly if budget else None,
    )


def lacks(settings: Settings, channels: Mapping[str, Channel]) -> Iterator[Lack]:
    """Everything that keeps posts from going out, or makes them lead nowhere."""
    yield from _placeholders(settings, channels)
    if not settings.partners:
        yield Lack(
            where="partners/", what="there are no partners", todo="add a file for each; partners/README.md tells how"
        )
    with_sources = {source.partner for source in settings.sources}
    for partner in settings.partners:
        if partner.key not in with_sources:
            todo = "add `sources` to its file; docs/add-a-source.md tells how"
            yield Lack(
                where=f"partner {partner.key}", what="it has no source, so none of its vacancies is seen", todo=todo
            )
    on = {name: channel for name, channel in channels.items() if channel.options.enabled}
    if all(channel.takes_posts for channel in on.values()):
        todo = "switch on a channel of the kind `site`: posts link to its pages"
        yield Lack(where="channels.yml", what="no web site is built", todo=todo)
    if not settings.campaigns:
        yield Lack(where="campaigns.yml", what="there are no campaigns, so nothing is posted", todo="add one")
    for campaign in settings.campaigns:
        live = [name for name in campaign.channels if name in on and on[name].abilities.live]
        if not live:
            what = "none of its channels reaches people by itself, so it keeps no promise"
            yield Lack(where=f"campaign {campaign.key}", what=what, todo="add a channel that is switched on")
    for name, channel in on.items():
        if waits := tuple(dict.fromkeys(channel.missing())):
            todo = f"set {', '.join(waits)}; docs/channels.md tells where to get them"
            yield Lack(
                where=f"channel {name}", what="it waits for its credentials, and its posts are not made", todo=todo
            )


def _placeholders(settings: Settings, channels: Mapping[str, Channel]) -> Iterator[Lack]:
    found = {
        "jobbfyr.yml: site.address": (settings.site.address, "every post would link to a page that is not yours"),
        "jobbfyr.yml: operator.contact": (settings.operator.contact, "webmasters could not reach you"),
    }
    for name, channel in channels.items():
        if channel.options.enabled and channel.takes_posts:
            for key, value in channel.options.model_dump().items():
                if isinstance(value, str):
                    found[f"channels.yml: {name}.{key}"] = (value, "nothing can be sent there")
    for where, (value, harm) in found.items():
        if _PLACEHOLDER.search(value):
            yield Lack(where=where, what=f"{value} is an example: {harm}", todo="put your own there")
