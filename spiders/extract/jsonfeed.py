"""JSON Feed 1.1, with the `_jobposting` that job systems put into its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from aggregator.model import Source
from aggregator.schema_org import text_of
from spiders.base import Fetch, Found, Page
from spiders.extract.links import absolute, canonical
from spiders.extract.posting import Ad, postings_of, problem, read_json
from spiders.extract.schema import ad_of


def json_feed(page: Page, source: Source, *, max_pages: int) -> Iterator[Found]:
    """The feed's ads, then the next page it names, up to `max_pages`; a page without `items` is a problem."""
    try:
        feed = read_json(page)
    except ValueError as error:
        yield problem(source, "not-a-feed", f"{page.url}: {error}", url=page.url)
        return
    items = feed.get("items") if isinstance(feed, Mapping) else None
    if not isinstance(feed, Mapping) or not isinstance(items, list):
        yield problem(source, "not-a-feed", f"{page.url} is JSON but no JSON Feed: it has no `items`", url=page.url)
        return
    for item in items:
        if isinstance(item, Mapping):
            yield from postings_of(_ad(item, feed, page), source, page)
        else:
            yield problem(source, "ad-without-identifier", f"an item of {page.url} is no object", url=page.url)
    yield from _next(feed, page, source, max_pages)


def _next(feed: Mapping[str, object], page: Page, source: Source, max_pages: int) -> Iterator[Found]:
    url = absolute(text_of(feed.get("next_url")), page.url) if feed.get("next_url") else ""
    visited = [*page.fetch.context.get("visited", "").split(), canonical(page.url)]
    if not url or canonical(url) in visited:
        return
    if len(visited) >= max_pages:
        told = f"the feed goes on after {max_pages} pages; raise `pages` to read the rest"
        yield problem(source, "too-many-pages", told, url=page.url)
        return
    yield Fetch(url=url, step="list", expects="json", context={"visited": " ".join(visited)})


def _ad(item: Mapping[str, object], feed: Mapping[str, object], page: Page) -> Ad:
    posting = item.get("_jobposting")
    ad = ad_of(posting if isinstance(posting, Mapping) else {}, page.url)
    url = text_of(item.get("url")) or text_of(item.get("external_url"))
    body = next((text for name in ("content_html", "content_text") if (text := text_of(item.get(name)))), "")
    authority = posting.get("identifier") if isinstance(posting, Mapping) else None
    named = text_of(authority.get("name")) if isinstance(authority, Mapping) else ""
    return replace(
        ad,
        identifier=text_of(item.get("id")) or (canonical(url) if url else ""),
        title=text_of(item.get("title")) or ad.title,
        url=url,
        body=body or ad.body,
        organization=ad.organization or named or text_of(feed.get("title")),
        published=text_of(item.get("date_published")) or ad.published,
        language=text_of(item.get("language")) or ad.language or text_of(feed.get("language")),
    )
