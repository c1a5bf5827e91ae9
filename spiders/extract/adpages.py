"""Ads whose own pages carry schema.org markup: each page to its postings, known by their markup or their address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import unquote, urlsplit

from aggregator.model import JobPosting, Known, Source
from spiders.base import Found, Page
from spiders.extract.links import canonical
from spiders.extract.markup import Markup, job_postings
from spiders.extract.posting import postings_of, problem
from spiders.extract.schema import ad_of

_NOT_ADS = r"(?!(?:page|sida|category|kategori|tag|feed|login|logga-in|departments?|avdelning|locations?|ort|rss)\b)"
_AD_PATH = re.compile(
    # /jobb/…, /lediga-tjanster/…, /open-positions/… : whatever stands below is an ad
    r"/[\w-]*(?:jobb|jobs?|lediga|vacanc(?:y|ies)|positions?|annons(?:er)?|openings?|stilling(?:er)?)[\w-]*/"
    rf"{_NOT_ADS}[^/?#]*\w"
    # /career/…, /karriar/… : pages about the employer stand there too, so it takes a number or a long name
    r"|/(?:career|careers|karri[aä]r)/(?:[^/?#]+/)*(?:[^/?#]*\d{2}|(?:[^/?#-]+-){2})[^/?#]*",
    re.IGNORECASE,
)


def looks_like_ad(url: str) -> bool:
    """Whether an address looks like an ad's own page, by the words that Swedish and English sites put in its path."""
    return _AD_PATH.search(unquote(urlsplit(url).path)) is not None


class AdPages:
    """The ad pages of one source in one harvest. `identity` is what an ad is known by: its markup's `identifier`, or
    its address where a site gives all ads the same one. `sure` says that every page read is an ad's for certain.
    """

    def __init__(
        self, source: Source, known: Known | None, *, identity: Literal["identifier", "url"], sure: bool
    ) -> None:
        self.source, self.identity, self.sure = source, identity, sure
        postings = known.postings if known else {}
        self.identifiers = {canonical(state.url): identifier for identifier, state in postings.items() if state.url}
        self._addresses: dict[str, str] = {}

    def markup(self, page: Page) -> Markup:
        """The page's markup."""
        return job_postings(page.body, page.encoding)

    def read(self, markup: Markup, page: Page) -> Iterator[Found]:
        """The postings of a page's markup; on an ad's own page it is a problem that there are none."""
        for why in markup.unread:
            yield problem(self.source, "markup-unread", f"{page.url}: {why}", url=page.url)
        for data in markup.postings:
            yield from self._posting(data, page)
        if page.fetch.step == "ad" and not markup.postings and not markup.unread:
            told = f"{page.url} carries no JobPosting markup"
            sure = self.sure or bool(page.fetch.of)  # a link that was guessed may be none of an ad
            yield problem(self.source, "no-markup", told, level="error" if sure else "info", url=page.url)

    def _posting(self, data: Mapping[str, object], page: Page) -> Iterator[Found]:
        ad = ad_of(data, page.url)
        if self.identity == "url":
            ad.identifier = canonical(ad.url)
        for found in postings_of(ad, self.source, page):
            if not isinstance(found, JobPosting):
                yield found
                continue
            other = self._addresses.setdefault(found.identifier, found.url)
            if canonical(other) == canonical(found.url):
                yield found
            else:
                told = f"two ads call themselves {found.identifier!r}: {other} and {found.url}; set `identity: url`"
                yield problem(self.source, "identifier-clash", told, identifier=found.identifier, url=found.url)
