"""What is to be done about an ad in a listing that tells less of it than its own page does."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.model import Known, Source
from spiders.base import Fetch, Found, Listed, Page
from spiders.extract.dates import parse_date
from spiders.extract.links import clean_url
from spiders.extract.listing import as_listed, is_unchanged
from spiders.extract.posting import Ad, postings_of


def own_page(
    ad: Ad, source: Source, page: Page, known: Known | None, *, at: str = "", expects: str = "html"
) -> Iterator[Found]:
    """`Listed` for a known ad of which the listing on `page` says nothing new, else the fetch of its own page with its
    identifier in `context`. The page is at `at` where that is not the ad's address for people. An ad without
    identifier or address is told as `postings_of` tells it.
    """
    url = clean_url(at or ad.url, page.url)
    if not ad.identifier or not url:
        yield from postings_of(ad, source, page)
        return
    if unchanged(ad, page, known):
        yield Listed(identifier=ad.identifier)
        return
    of = ad.identifier if known and ad.identifier in known.postings else ""
    listed = as_listed(ad, source, page)
    yield Fetch(url=url, step="ad", expects=expects, of=of, context={"id": ad.identifier}, listed=listed)


def unchanged(ad: Ad, page: Page, known: Known | None) -> bool:
    """Whether the listing shows the ad as it is known: open, under its title and address, and with its last day where
    the listing tells that.
    """
    state = known.postings.get(ad.identifier) if known else None
    if state is None or not is_unchanged(
        known, ad.identifier, title=ad.title, url=ad.url or state.url, now=page.retrieved_at
    ):
        return False
    deadline = parse_date(ad.deadline, now=page.retrieved_at, end_of_day=True)
    return deadline is None or deadline == state.valid_through
