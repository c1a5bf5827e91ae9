"""What settings are once they are read: frozen types. The house's own (Partner, Campaign …) stand in `model`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from aggregator.model import Campaign, Partner, Rules, Source, Story, Tier, Words
from aggregator.settings.secrets import EnvSecret
from aggregator.tagging.rules import Area, TagRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What the settings must know of rooms they may not import: source kinds and channel kinds by name.

    `kinds` and `channels` hold each one's `Options`. `without_url` names the source kinds that need no `url` of their
    own; `without_posts` the channel kinds that no campaign may name, because they show everything anyway.
    `template_check` takes a template's text and says what is wrong with it (None: nothing), beyond its syntax, which
    is checked here; `municipalities` is code -> name, by default those of `aggregator.taxonomy`.
    """

    kinds: Mapping[str, type[BaseModel]]
    channels: Mapping[str, type[BaseModel]]
    without_url: frozenset[str] = frozenset({"platsbanken"})
    without_posts: frozenset[str] = frozenset({"site"})
    template_check: Callable[[str], str | None] | None = None
    municipalities: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The region itself. `languages` begins with the site's own; `country` is ISO 3166-1 alpha-2 and gives the public
    holidays; `hashtags` are by language, without `#`, the most wanted first.
    """

    key: str
    name: Words
    country: str
    time_zone: str
    languages: tuple[str, ...]
    municipalities: tuple[str, ...]
    areas: tuple[Area, ...] = ()
    hashtags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who runs this. `contact` is an address that webmasters can reach: e-mail or a page; it stands in the
    User-Agent.
    """

    name: str
    contact: str
    website: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where everything is remembered. `address` is complete but for the password; a SQLite path in it is absolute."""

    address: str
    password: EnvSecret | None = None

    def reveal(self) -> str:
        """The address to connect with, the password in it. Raises `UsageError` when its variable is not set."""
        from aggregator.settings.quick import with_password

        return with_password(self.address, self.password.env if self.password else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The web site: its address without a slash at the end, its title and a sentence or two below it."""

    address: str
    title: Words
    intro: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Colours as `#rrggbb` and the path of the mark (SVG; None for none)."""

    primary: str
    accent: str
    mark: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Manners toward the sites that are read.

    `seconds_between_requests` holds for one host; `timeout` is seconds for one request, `run_timeout` seconds for a
    whole session; `max_bytes` is the largest answer, `max_pages` the most listing pages of one source,
    `max_redirects` the longest chain; `concurrency` is how many hosts are asked at once. `allow_private` opens
    addresses of the own network (only for a source that stands there).
    """

    seconds_between_requests: float = 1.0
    timeout: float = 30.0
    run_timeout: float = 900.0
    max_bytes: int = 20_000_000
    max_pages: int = 300
    max_redirects: int = 5
    concurrency: int = 8
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEntry:
    """One configured channel: its name in `channels.yml`, its kind, and the kind's own options, validated."""

    name: str
    kind: str
    options: BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A region's folder, read and checked. All paths are absolute."""

    folder: Path
    region: Region
    operator: Operator
    database: Database
    output: Path
    site: Site
    brand: Brand
    collect: Collect
    rules: Rules
    tiers: tuple[Tier, ...]
    partners: tuple[Partner, ...]
    sources: tuple[Source, ...]
    channels: tuple[ChannelEntry, ...]
    campaigns: tuple[Campaign, ...]
    stories: tuple[Story, ...]
    tags: TagRules

    @property
    def templates(self) -> Path:
        """The folder of the region's own templates; it need not exist."""
        return self.folder / "templates"

    def logo(self, partner: Partner) -> Path | None:
        """A partner's logo on disk."""
        return self.folder / partner.logo if partner.logo else None
