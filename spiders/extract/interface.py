"""A board's JSON interface that gives its ads as one list: each ad made, and what is none told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aggregator.model import Source
from spiders.base import Found, Page
from spiders.extract.posting import Ad, postings_of, problem


def ads_in(
    ads: object, source: Source, page: Page, *, of: str, make: Callable[[Mapping[str, Any]], Ad | None]
) -> Iterator[Found]:
    """What the list `ads` holds, each object made an ad by `make` (None: one that is not for the public). No list, or
    something in it that is no object, is a problem; `of` names the interface in words.
    """
    if not isinstance(ads, list):
        yield problem(source, "shape-unknown", f"{page.url} answers in another shape than {of}", url=page.url)
        return
    for one in ads:
        if not isinstance(one, Mapping):
            yield problem(source, "ad-without-identifier", f"an ad on {page.url} is no object", url=page.url)
        elif (ad := make(one)) is not None:
            yield from postings_of(ad, source, page)
