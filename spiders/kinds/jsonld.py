"""A career page whose ads carry schema.org JobPosting markup: the page lists links, each ad page tells the rest.

Which links are ads is said by `links` (CSS) or `pattern` (a regular expression on the address); without either, links
of the same site whose address looks like an ad's are taken. JSON-LD, microdata and RDFa are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from aggregator.model import Known, Source
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.adpages import AdPages, looks_like_ad
from spiders.extract.links import canonical, clean_url, same_site
from spiders.extract.markup import job_postings, parse_html
from spiders.extract.posting import problem, too_big
from spiders.extract.selectors import check_css, check_pattern
from spiders.extract.words import says_no_vacancies

if TYPE_CHECKING:
    from lxml.html import HtmlElement


class JsonLd(Kind):
    """A list of ad pages with markup."""

    name = "jsonld"
    title = "Career page with JobPosting markup"

    class Options(KindOptions):
        """Which links are ads, and how far to follow them."""

        links: str = ""
        """CSS selector of the links to ads, such as `a.job-card`."""
        pattern: str = ""
        """Regular expression that an ad's address must match, such as `/jobb/\\d+`."""
        next: str = ""
        """CSS selector of the link to the list's next page; `rel="next"` is followed without it."""
        identity: Literal["identifier", "url"] = "identifier"
        """What an ad is known by: its markup's `identifier`, or its address where sites give all ads the same one."""
        pages: int = Field(20, ge=1, le=500)
        """List pages that are read at most; more is reported."""
        ads: int = Field(300, ge=1, le=5000)
        """Ad pages that are read at most; more is reported."""

        _css = field_validator("links", "next")(check_css)
        _pattern = field_validator("pattern")(check_pattern)

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        sure = bool(self.options.links or self.options.pattern)
        self.ad_pages = AdPages(source, known, identity=self.options.identity, sure=sure)
        self.asked: set[str] = set()
        self.read_lists: set[str] = set()
        self.full = False

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        """The page itself, where it carries markup."""
        count = len(job_postings(html.encode("utf-8", "replace"), "utf-8").postings)
        if count:
            yield Recognised(
                url=url, evidence=f"the page carries {count} JobPosting{'s' if count > 1 else ''} as markup"
            )

    def start(self) -> Iterator[Fetch]:
        yield Fetch(url=self.source.url, expects="html")

    def read(self, page: Page) -> Iterator[Found]:
        if big := list(too_big(self.source, page)):
            yield from big
            return
        markup = self.ad_pages.markup(page)
        yield from self.ad_pages.read(markup, page)
        if page.fetch.step != "ad":
            yield from self._list(page, any_postings=bool(markup.postings))

    def _list(self, page: Page, *, any_postings: bool) -> Iterator[Found]:
        self.read_lists.add(canonical(page.url))
        tree = parse_html(page.body, page.encoding)
        any_links = False
        for url in self._ad_links(tree, page) if tree is not None else ():
            any_links = True
            address = canonical(url)
            if address in self.asked:
                continue
            if len(self.asked) >= self.options.ads:
                yield from self._too_many("ads", page)
                return
            self.asked.add(address)
            yield Fetch(url=url, step="ad", expects="html", of=self.ad_pages.identifiers.get(address, ""))
        if not any_links and not any_postings and page.fetch.step == "start" and not self._empty(tree):
            told = f"no ads were found on {page.url}, and it does not say that there are none; set `links` or `pattern`"
            yield problem(self.source, "no-ads-found", told, url=page.url)
        yield from self._next(tree, page)

    @staticmethod
    def _empty(tree: HtmlElement | None) -> bool:
        return tree is not None and says_no_vacancies(" ".join(tree.text_content().split()))

    def _ad_links(self, tree: HtmlElement, page: Page) -> Iterator[str]:
        chosen = tree.cssselect(self.options.links) if self.options.links else tree.iter("a", "area")
        own = canonical(page.url)
        for element in chosen:
            anchor = element if element.get("href") else next(element.iterfind(".//a[@href]"), None)
            url = clean_url(anchor.get("href"), _base(tree, page)) if anchor is not None else ""
            if url and canonical(url) != own and self._is_ad(url):
                yield url

    def _is_ad(self, url: str) -> bool:
        if self.options.pattern:
            return re.search(self.options.pattern, url) is not None
        if self.options.links:
            return True
        return same_site(url, self.source.url) and looks_like_ad(url)

    def _next(self, tree: HtmlElement | None, page: Page) -> Iterator[Found]:
        if tree is None:
            return
        selector = self.options.next or 'a[rel~="next"], link[rel~="next"]'
        for element in tree.cssselect(selector)[:1]:
            url = clean_url(element.get("href") or "", _base(tree, page))
            if not url or canonical(url) in self.read_lists:
                continue
            if len(self.read_lists) >= self.options.pages:
                yield from self._too_many("pages", page)
                continue
            yield Fetch(url=url, step="list", expects="html")

    def _too_many(self, option: Literal["ads", "pages"], page: Page) -> Iterator[Found]:
        if not self.full:
            self.full = True
            told = f"the list goes on after {getattr(self.options, option)} {option}; raise `{option}` to read the rest"
            yield problem(self.source, f"too-many-{option}", told, url=page.url)


def _base(tree: HtmlElement, page: Page) -> str:
    """What links are relative to: the page, or the `<base href>` it names on its own site."""
    for element in tree.iter("base"):
        named = clean_url(element.get("href") or "", page.url)
        if named and same_site(named, page.url):
            return named
    return page.url


KIND = JsonLd
