"""Any RSS or Atom feed through feedparser, and any JSON Feed: for systems without a kind of their own.

A feed of unknown make tells titles, links, dates and texts; the few extensions that job plug-ins add (WordPress'
`job_listing:`, Google's `g:`) are read too. Where the jobs are is usually not told: give the source a `place`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from aggregator.schema_org import clean
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.jsonfeed import json_feed
from spiders.extract.links import absolute, canonical, same_site
from spiders.extract.outline import outline
from spiders.extract.posting import Ad, looks_like_html, place, postings_of, problem, too_big
from spiders.extract.words import about_jobs, remote_mode
from spiders.extract.xml import XmlRefusedError, refuse_doctype

if TYPE_CHECKING:
    from feedparser import FeedParserDict

NO_FEED = "it is neither RSS nor Atom nor JSON Feed"
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel|cdf)\b", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
_PLACE = ("job_listing_location", "g_location", "job_location", "location", "joblocation")
_COMPANY = ("job_listing_company", "g_employer", "company", "employer")
_EMPLOYMENT = ("job_listing_job_type", "g_job_type", "g_employment_type", "jobtype", "job_type", "employmenttype")
_DEADLINE = (
    "g_expiration_date",
    "job_listing_expires",
    "expirationdate",
    "deadline",
    "validthrough",
    "closingdate",
    "enddate",
)
_REFERENCE = ("referencenumber", "reference", "job_listing_reference")
_FEED_PATH = re.compile(r"(?i)(?:\.(?:rss|atom)|/(?:rss|feed|atom|jobs\.json))/?$")
_NOT_OF_ADS = re.compile(r"(?i)comments?\b|kommentar|nyhet|\bnews\b|\bblog|podcast|event|kalend|press")
"""A site's other feeds; WordPress announces one of comments on every page, career pages included."""

MAX_ITEMS = 10_000
"""Items of one feed that are read; feedparser takes about a millisecond for each."""


class Feed(Kind):
    """A feed of any make."""

    name = "feed"
    title = "RSS, Atom or JSON Feed"

    class Options(KindOptions):
        """The feed's part of a partner's YAML."""

        pages: int = 20
        """Feed pages that are read at most, where a feed names its next one; more is reported."""

    options: Options

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        """Feeds that the page announces or links to and whose address or title speaks of jobs; or the page itself."""
        if _is_feed(html):
            if about_jobs(unquote(urlsplit(url).path)) or about_jobs(html[:2000].partition("<item")[0]):
                yield Recognised(url=url, evidence="it is a feed of jobs")
            return
        page = outline(html, url)
        linked = [
            link for link in page.links if _FEED_PATH.search(urlsplit(link.url).path) and same_site(link.url, url)
        ]
        for link in (*page.feeds, *linked):
            words = f"{unquote(urlsplit(link.url).path)} {link.text}"
            if about_jobs(words) and not _NOT_OF_ADS.search(words):
                yield Recognised(url=link.url, evidence=f"the page names the feed {link.url}")

    def read(self, page: Page) -> Iterator[Found]:
        if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            yield from json_feed(page, self.source, max_pages=self.options.pages)
            return
        for mark in (b"<item", b"<entry"):
            if big := list(too_big(self.source, page, mark=mark, most=MAX_ITEMS)):
                yield from big
                return
        feed = self._parsed(page)
        if isinstance(feed, str):
            yield problem(self.source, "not-a-feed", f"{page.url} cannot be read as a feed: {feed}", url=page.url)
            return
        if feed.get("bozo") and _is_broken(feed.get("bozo_exception")):
            why = clean(str(feed["bozo_exception"]))[:200]
            told = f"the feed {page.url} is broken, so what follows the break is unknown: {why}"
            yield problem(self.source, "broken-feed", told, url=page.url)
        company = _text(feed.feed, "title")
        language = _text(feed.feed, "language")
        for entry in feed.entries:
            yield from postings_of(_ad(entry, company, language), self.source, page)
        yield from self._next(feed, page)

    def _parsed(self, page: Page) -> FeedParserDict | str:
        """What feedparser made of the page, or in words why it may not or cannot be read."""
        import feedparser

        if not page.body.strip():
            return "the answer is empty"
        if looks_like_html(page.body):
            return "it is a web page; the feed has moved or is switched off"
        try:
            refuse_doctype(page.body)
        except XmlRefusedError as error:
            return str(error)
        if not _ROOT.search(page.text[:20_000]):
            return NO_FEED
        # One encoding for certain: feedparser fails on declarations that are damaged or untrue.
        body = _DECLARATION.sub("", page.text.lstrip("\ufeff"), count=1).encode("utf-8", "replace")
        headers = {"content-type": "application/xml; charset=utf-8"}
        # A stream, never bytes or text as such: feedparser would open a file or an address that a body happens to name.
        stream = io.BytesIO(body)
        try:
            feed = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
        except Exception as error:  # noqa: BLE001 - feedparser promises no set of errors; what it cannot read is no feed
            return f"it cannot be read ({type(error).__name__}: {str(error)[:100]})"
        return feed if feed.get("version") else NO_FEED

    def _next(self, feed: FeedParserDict, page: Page) -> Iterator[Found]:
        links = feed.feed.get("links", [])
        href = next((link.get("href", "") for link in links if link.get("rel") == "next"), "")
        visited = [*page.fetch.context.get("visited", "").split(), canonical(page.url)]
        url = absolute(href, page.url) if href else ""
        if not url or canonical(url) in visited:
            return
        if len(visited) >= self.options.pages:
            told = f"the feed goes on after {len(visited)} pages; raise `pages` to read the rest"
            yield problem(self.source, "too-many-pages", told, url=page.url)
            return
        yield Fetch(url=url, step="list", context={"visited": " ".join(visited)})


def _is_feed(text: str) -> bool:
    head = text.lstrip("\ufeff \t\r\n")[:2000]
    return ('"version"' in head and "jsonfeed.org/version" in head) or bool(
        re.match(r"\s*(?:<[?!][^>]*>\s*)*<(?:rss|feed|rdf:RDF)\b", head)
    )


def _is_broken(error: object) -> bool:
    """Whether the XML itself is broken; a wrong declared charset or media type is not."""
    import feedparser

    harmless = (feedparser.exceptions.CharacterEncodingOverride, feedparser.exceptions.NonXMLContentType)
    return not isinstance(error, harmless)


def _ad(entry: Mapping[str, Any], company: str, language: str) -> Ad:
    link = _text(entry, "link")
    where, remote = _first(entry, _PLACE), _first(entry, ("g_remote", "remotestatus", "workplacetype"))
    return Ad(
        identifier=_text(entry, "id") or canonical(link),
        title=_text(entry, "title"),
        url=link,
        body=_body(entry),
        organization=_first(entry, _COMPANY) or company,
        places=(place(name=where),) if where else (),
        remote=remote_mode(remote) if remote else None,
        remote_words=remote,
        employment=tuple(filter(None, (_first(entry, (name,)) for name in _EMPLOYMENT))),
        published=_text(entry, "published") or _text(entry, "updated") or None,
        deadline=_first(entry, _DEADLINE) or None,
        language=language,
        reference=_first(entry, _REFERENCE),
    )


def _body(entry: Mapping[str, Any]) -> str:
    """The longest of the texts an entry carries: a summary often stands beside the whole."""
    texts = [str(content.get("value") or "") for content in entry.get("content", []) if isinstance(content, Mapping)]
    return max([_text(entry, "summary"), *texts], key=len)


def _first(entry: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := _text(entry, name))), "")


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return clean(value) if isinstance(value, str) else ""


KIND = Feed
