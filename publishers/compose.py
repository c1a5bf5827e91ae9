"""A draft fitted to one channel: templates give the words, the channel's own counting gives the room. Pure but for
reading template files.

What gives way when a text is too long, in this order: hashtags, the items of a round-up from its end, then the longest
of the variable words (title, employer, places, text) down to a common length, then the rest of the text. The link
never gives way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aggregator.model import ContentKind, LinkCard, Message, Post
from publishers.base import Channel, Limits
from publishers.draft import Draft, Item
from publishers.lengths import fits, shorten
from publishers.plain import as_hashtag, clean, defuse, safe_link
from publishers.wording import SHIPPED, ComposeError, Templates, check_template, date_words, place_words, tidy

__all__ = [
    "CLOSED",
    "SHIPPED",
    "ComposeError",
    "Draft",
    "Item",
    "Templates",
    "check_template",
    "closure",
    "compose",
    "compose_for",
    "date_words",
    "drop_link",
    "place_words",
    "plain_closure",
    "without",
]

CLOSED = "closed"
"""The template that tells that what a post showed is closed, for channels that edit instead of delete."""

SHORTEST_PART = 24
"""Round-ups lose items from the end before their words are cut shorter than this many graphemes."""
LEAST_PART = 12
"""A title cut shorter than this many graphemes says nothing: rather the text's last lines go."""


# --- fitting -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parts:
    """A draft's words, made plain once; fitting only ever shortens them."""

    draft: Draft
    title: str
    employer: str
    places: tuple[str, ...]
    text: str
    items: tuple[Item, ...]
    link: str
    hashtags: tuple[str, ...]
    longest: int = field(default=0)

    def names(self, *, cap: int, hashtags: int, items: int) -> dict[str, Any]:
        """What the template sees with every variable word at most `cap` graphemes."""
        draft, language = self.draft, self.draft.language

        def item_names(item: Item) -> dict[str, Any]:
            return {
                "title": shorten(item.title, cap),
                "employer": shorten(item.employer, cap),
                "place": shorten(place_words(item.places, language), cap),
                "places": item.places,
                "deadline": item.deadline,
                "deadline_words": date_words(item.deadline, language, today=draft.today) if item.deadline else "",
                "needs_no_degree": item.needs_no_degree,
            }

        employer = shorten(self.employer, cap)
        text = shorten(self.text, cap)
        return {
            "title": shorten(self.title, cap),
            "employer": employer,
            "partner": employer,
            "place": shorten(place_words(self.places, language), cap),
            "places": self.places,
            "deadline": draft.deadline,
            "deadline_words": date_words(draft.deadline, language, today=draft.today) if draft.deadline else "",
            "needs_no_degree": draft.needs_no_degree,
            "link": self.link,
            "hashtags": [f"#{tag}" for tag in self.hashtags[:hashtags]],
            "items": [item_names(item) for item in self.items[:items]],
            "more": len(self.items) - items,
            "text": text,
            "story": text,
            "region": clean(draft.region),
            "language": language,
        }


def _parts(draft: Draft, *, link: bool, hashtags: int) -> _Parts:
    own = draft.content.kind in {ContentKind.STORY, ContentKind.SPOTLIGHT}
    address = safe_link(draft.link) if draft.link else ""
    if draft.link and not address:
        raise ComposeError(
            f"{draft.content.key}: {draft.link[:80]!r} is not a web address that may be published",
            hint="only http and https addresses without a user name are",
        )
    items = tuple(
        replace(item, title=defuse(item.title), employer=defuse(item.employer), places=_plain(item.places))
        for item in draft.items
    )
    title = clean(draft.title) if draft.content.kind is ContentKind.STORY else defuse(draft.title)
    text = clean(draft.text, lines=True) if own else defuse(draft.text, lines=True)
    tags = dict.fromkeys(tag for tag in map(as_hashtag, draft.hashtags) if tag)
    parts = _Parts(
        draft=draft,
        title=title,
        employer=defuse(draft.employer),
        places=_plain(draft.places),
        text=text,
        items=items,
        link=address if link else "",
        hashtags=tuple(tags)[:hashtags],
    )
    words = [title, parts.employer, text, place_words(parts.places, draft.language)]
    words += [word for item in items for word in (item.title, item.employer)]
    words += [place_words(item.places, draft.language) for item in items]
    return replace(parts, longest=max(map(len, words)))


def _plain(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain for plain in map(defuse, words) if plain)


def compose(
    draft: Draft,
    limits: Limits,
    templates: Templates,
    *,
    channel: Sequence[str] = (),
    hashtags: int = 2,
    link: bool = True,
    template: str = "",
) -> Message:
    """The draft as a message that fits `limits`, its link whole.

    `channel` names the template folders to prefer (the channel's name, then its kind); `hashtags` is how many it may
    carry; `link` whether it carries its link; `template` another template than the content's kind. The same arguments
    give the same message. Raises `ComposeError`.
    """
    parts = _parts(draft, link=link, hashtags=hashtags)
    kind = template or draft.content.kind.value

    def attempt(cap: int, tags: int, items: int) -> str:
        names = parts.names(cap=cap, hashtags=tags, items=items)
        return _with_link(templates.render(kind, draft.language, names, channel=channel), parts.link)

    text, tags = _fit(attempt, parts, limits)
    images = tuple(replace(image, alt=shorten(clean(image.alt, lines=True), limits.alt)) for image in draft.images)
    title = parts.title or parts.employer or clean(draft.region)
    about = clean(draft.description) or ", ".join(
        filter(None, (parts.employer, place_words(parts.places, draft.language)))
    )
    return Message(
        text=text,
        language=draft.language,
        link=parts.link,
        hashtags=tuple(tag for tag in parts.hashtags[:tags] if f"#{tag}" in text),
        images=images,
        card=LinkCard(url=parts.link, title=shorten(title, 200), description=shorten(about, 300))
        if parts.link
        else None,
        marker=parts.link.partition("://")[2],
    )


def _fit(attempt: Callable[[int, int, int], str], parts: _Parts, limits: Limits) -> tuple[str, int]:
    """The first text that fits, with how many hashtags it kept, giving way in the order the module tells."""
    cap, items = max(parts.longest, 1), len(parts.items)
    for tags in range(len(parts.hashtags), -1, -1):
        text = attempt(cap, tags, items)
        if fits(text, limits):
            return text, tags
    while True:
        low, high, found = 0, cap, ""
        while low < high:  # the largest common length of the variable words that fits
            middle = (low + high + 1) // 2
            text = attempt(middle, 0, items)
            if fits(text, limits):
                low, found = middle, text
            else:
                high = middle - 1
        if found and low >= min(cap, SHORTEST_PART if items > 1 else LEAST_PART):
            return found, 0
        if items <= 1:
            break
        items -= 1
    return _cut(attempt(SHORTEST_PART, 0, items), parts.link, limits), 0


def _with_link(text: str, link: str) -> str:
    """The text holding the link as a word of its own; a template that forgot it gets it on the last line."""
    if not link or re.search(rf"(?<!\S){re.escape(link)}(?!\S)", text):
        return text
    return f"{text}\n{link}" if text else link


def _cut(text: str, link: str, limits: Limits) -> str:
    """The text cut from its end until it fits beside its link: the last resort, when the fixed words are too many."""
    body = without(text, link) if link else text
    tail = f"\n{link}" if link else ""
    if link and not fits(link, limits):
        raise ComposeError(f"the link {link} alone is longer than a post may be", hint="use a shorter address")
    room = len(body)
    while room > 0:
        text = shorten(body, room) + tail
        if fits(text, limits):
            return text
        room = room * 9 // 10 if room > 20 else room - 1
    return link


def without(text: str, link: str) -> str:
    """The text with the link taken out and tidied."""
    return tidy(re.sub(rf"(?<!\S){re.escape(link)}(?!\S)", "", text)) if link else text


# --- for one channel -----------------------------------------------------------------------------------------------


def compose_for(channel: Channel, draft: Draft, templates: Templates) -> Message:
    """The draft fitted to a configured channel: what the preview shows and what goes out. Raises `ComposeError`."""
    return compose(
        draft,
        channel.limits,
        templates,
        channel=(channel.name, channel.kind),
        hashtags=channel.options.hashtags,
        link=channel.options.link,
    )


def closure(channel: Channel, draft: Draft, templates: Templates) -> Message:
    """What the post of a closed vacancy is edited into on a channel that cannot delete. Raises `ComposeError`."""
    message = compose(
        draft,
        channel.limits,
        templates,
        channel=(channel.name, channel.kind),
        hashtags=0,
        link=channel.options.link,
        template=CLOSED,
    )
    return replace(message, images=())


def plain_closure(post: Post, channel: Channel, templates: Templates | None = None) -> Message:
    """What a post is edited into: the template `closed` (the shipped one by default) with its card's title and link."""
    title = post.message.card.title if post.message.card else ""
    draft = Draft(content=post.content, language=post.language, title=title, link=post.message.link)
    return closure(channel, draft, templates or Templates())


def drop_link(message: Message) -> Message:
    """The message without its link, for a channel whose budget is too short for one."""
    return replace(message, text=without(message.text, message.link), link="", card=None, marker="")
