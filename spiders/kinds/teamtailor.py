"""Teamtailor: a career site's own RSS feed (all places and the remote status) or JSON Feed.

Facts: `/jobs.rss` with `xmlns:tt="https://teamtailor.com/locations"`, `tt:locations` holding 0..n `tt:location`,
`remoteStatus` none, hybrid, fully or temporary; `per_page` and `offset`; `/jobs.json` is JSON Feed 1.1 with
`_jobposting` and `next_url`. Half of the Swedish boards stand on the employer's own domain. A feed that was switched
off answers with a web page and status 200.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlsplit

from aggregator.model import Known, Place, RemoteMode, Source
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.jsonfeed import json_feed
from spiders.extract.links import canonical, with_query
from spiders.extract.outline import Link, outline
from spiders.extract.posting import Ad, looks_like_html, place, postings_of, problem
from spiders.extract.xml import XmlRefusedError, fields_of, inner_text, local_name, parse_xml, salvage_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

PER_PAGE = 100
"""The largest page that the feed gives."""

_REMOTE = {"fully": RemoteMode.REMOTE, "hybrid": RemoteMode.HYBRID, "none": RemoteMode.ON_SITE}
"""`temporary` is left out: it promises neither remote work nor its end."""

_THEIRS = "www app api docs support help blog partner partners status scripts assets images static go get na eu uk"
_NOT_BOARDS = frozenset(_THEIRS.split())
"""Teamtailor's own hosts; `na.` and its like stand before a customer's name, never alone."""

_ASSET = re.compile(r"https?://assets[\w-]*\.teamtailor-cdn\.com/")
"""What a career site itself is made of. Pictures and `scripts.…/widgets/` stand on other people's pages, too."""

_OWN_AD = re.compile(r'"url"\s*:\s*"https?:\\?/\\?/[^/"]{4,100}/jobs\\?/\d+-')
_AD_PATH = re.compile(r"/jobs/\d{4,}-[^/]+$")
_OWN_FEED = re.compile(r"xmlns:\w+=[\"']https?://(?:www\.)?teamtailor\.com/locations[\"']")


class Teamtailor(Kind):
    """One career site's feed."""

    name = "teamtailor"
    title = "Teamtailor career site"

    class Options(KindOptions):
        """Which feed, and how much of it."""

        feed: Literal["rss", "json"] = "rss"
        """`rss` tells places and remote work in full; `json` is for boards whose RSS is switched off."""
        pages: int = 50
        """Feed pages of 100 ads that are read at most; more is reported, never cut off in silence."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.seen: set[str] = set()

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host = (urlsplit(url).hostname or "").rstrip(".")
        if not host.endswith(".teamtailor.com") or host.removesuffix(".teamtailor.com") in _NOT_BOARDS:
            return None
        return _board(url, f"{host} is a Teamtailor address")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        """The site that the page is itself a part of: Teamtailor puts most employers' boards on their own domains."""
        if _OWN_FEED.search(html[:4096]):
            yield _board(url, "it is a Teamtailor feed")
            return
        if html.lstrip("\ufeff \t\r\n").startswith("{"):
            if "jsonfeed.org/version" in html[:300] and '"_jobposting"' in html and _OWN_AD.search(html):
                yield _board(url, "it is Teamtailor's JSON Feed")
            return
        if "teamtailor" not in html:
            return
        page = outline(html, url)
        host = urlsplit(url).hostname
        feed = next((one.url for one in page.feeds if urlsplit(one.url).path.endswith("/jobs.rss")), "")
        if feed and urlsplit(feed).hostname == host:
            yield _board(url, f"the page announces Teamtailor's feed {feed}")
        elif _says_so(page.links, host):
            yield _board(url, "the page's ads have Teamtailor's addresses, and it says that Teamtailor made it")
        elif asset := next((one for one in (*page.styles, *page.loaded) if _ASSET.match(one)), ""):
            yield _board(url, f"the page is built from {urlsplit(asset).hostname}")

    def start(self) -> Iterator[Fetch]:
        yield Fetch(
            url=feed_url(self.source.url, self.options.feed), expects="json" if self.options.feed == "json" else "xml"
        )

    def read(self, page: Page) -> Iterator[Found]:
        if page.body.lstrip()[:1] == b"{":
            yield from json_feed(page, self.source, max_pages=self.options.pages)
            return
        if looks_like_html(page.body):
            yield problem(
                self.source,
                "not-a-feed",
                f"{page.url} answers with a web page instead of its feed: it has moved or is switched off",
                url=page.url,
            )
            return
        try:
            root: _Element | None = parse_xml(page.body)
        except XmlRefusedError as error:
            yield problem(self.source, "broken-feed", f"the feed {page.url} cannot be read: {error}", url=page.url)
            root = salvage_xml(page.body)
        channel = root.find("channel") if root is not None else None
        if channel is None:
            if root is not None:
                yield problem(
                    self.source, "not-a-feed", f"{page.url} is XML but no RSS feed (<{local_name(root)}>)", url=page.url
                )
            return
        yield from self._channel(channel, page)

    def _channel(self, channel: _Element, page: Page) -> Iterator[Found]:
        company = inner_text(channel.find("title"))
        items = [self._ad(item, company) for item in channel.iterfind("item")]
        new = [ad for ad in items if not ad.identifier or ad.identifier not in self.seen]
        self.seen.update(ad.identifier for ad in new)
        for ad in new:
            yield from postings_of(ad, self.source, page)
        if new and len(items) == PER_PAGE:
            yield self._next(page)

    def _next(self, page: Page) -> Found:
        """The page after a full one. A feed that ignores `offset` repeats itself; `seen` then ends the walk."""
        offset = int(page.fetch.context.get("offset", "0")) + PER_PAGE
        if offset >= self.options.pages * PER_PAGE:
            told = f"the feed goes on after {offset} ads; raise `pages` to read the rest"
            return problem(self.source, "too-many-pages", told, url=page.url)
        url = with_query(page.url, per_page=str(PER_PAGE), offset=str(offset))
        return Fetch(url=url, step="list", expects="xml", context={"offset": str(offset)})

    def _ad(self, item: _Element, company: str) -> Ad:
        fields = fields_of(item)
        link, remote = fields.get("link", ""), fields.get("remotestatus", "")
        return Ad(
            identifier=fields.get("guid") or canonical(link),
            title=fields.get("title", ""),
            url=link,
            apply_url=f"{link.rstrip('/')}/applications/new" if "/jobs/" in link and "?" not in link else "",
            body=fields.get("description", ""),
            organization=fields.get("company_name") or company,
            places=tuple(dict.fromkeys(_places(item))),
            remote=_REMOTE.get(remote.lower()),
            remote_words=remote,
            employment=tuple(filter(None, (fields.get("employmenttype"), fields.get("employment_type")))),
            published=fields.get("pubdate") or None,
            department=fields.get("department", ""),
            extra={"role": fields.get("role", "")},
        )


def feed_url(address: str, feed: str) -> str:
    """The feed's address from the address of the career site or any page of it; one of a feed keeps its parameters.

    The largest page is asked for, since what a feed gives unasked is nowhere promised.
    """
    parts = urlsplit(address)
    if not parts.path.endswith((".rss", ".json")):
        department = parse_qs(parts.query).get("department_id", [""])[0]
        address = f"{parts.scheme}://{parts.netloc}/jobs.{feed}"
        address = with_query(address, department_id=department) if department else address
    return with_query(address, per_page=str(PER_PAGE))


def _board(url: str, evidence: str) -> Recognised:
    """The whole board that an address of it belongs to, or its one department where the address names that."""
    parts = urlsplit(url)
    department = parse_qs(parts.query).get("department_id", [""])[0]
    board = f"{parts.scheme}://{parts.netloc}/"
    return Recognised(
        url=with_query(board, department_id=department) if department else board,
        evidence=evidence,
        options={"feed": "json"} if parts.path.endswith("/jobs.json") else {},
    )


def _says_so(links: tuple[Link, ...], host: str | None) -> bool:
    """Two signs that outlast a page's saving: ads in Teamtailor's form on this very host, and the maker's own link."""
    hosts = {urlsplit(link.url).hostname for link in links}
    ads = any(urlsplit(link.url).hostname == host and _AD_PATH.search(urlsplit(link.url).path) for link in links)
    return ads and bool(hosts & {"www.teamtailor.com", "teamtailor.com"})


def _places(item: _Element) -> Iterator[Place]:
    """Every `tt:location`; where a feed leaves that level out, `tt:locations` is one itself."""
    levels = {name: [one for one in item.iter() if local_name(one) == name] for name in ("location", "locations")}
    for element in levels["location"] or levels["locations"]:
        told = fields_of(element)
        found = place(
            name=told.get("name", ""),
            street=told.get("address", ""),
            postal_code=told.get("zip", ""),
            city=told.get("city", ""),
            country=told.get("country", ""),
        )
        if found != Place():
            yield found


KIND = Teamtailor
