"""What a post is to say, before any channel's limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aggregator.model import Content, Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One vacancy of a round-up."""

    title: str
    employer: str = ""
    places: tuple[str, ...] = ()
    deadline: date | None = None
    needs_no_degree: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What to say, before any channel's limits.

    `title`, `employer`, `places`, `items` come from elsewhere and are made plain; `title` and `text` of a story and
    `text` of a spotlight are the operator's own and may mention and tag. `deadline` is a local date; `today` (local)
    adds the year to deadlines more than ten months away. `hashtags` in order of weight, with or without `#`.
    `link` is the address of the page to open. `images` are the share cards in their sizes.
    """

    content: Content
    language: str
    title: str = ""
    employer: str = ""
    places: tuple[str, ...] = ()
    deadline: date | None = None
    today: date | None = None
    needs_no_degree: bool = False
    text: str = ""
    link: str = ""
    region: str = ""
    hashtags: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    images: tuple[Image, ...] = ()
    description: str = ""
    """What stands under the title in a link's card; the employer and place when empty."""
