"""Where on a site the vacancies may be: pages to look at next, links that look like ads, a sitemap's pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from spiders.base import Page
from spiders.extract.adpages import looks_like_ad as has_path_of_ad
from spiders.extract.links import absolute, canonical, same_site
from spiders.extract.outline import Link, Outline
from spiders.extract.words import about_jobs
from spiders.identity import site_label


def labels(url: str) -> list[str]:
    """The labels of an address' host, without hyphens."""
    return (urlsplit(url).hostname or "").replace("-", "").split(".")


def addresses(parts: Outline) -> Iterator[str]:
    """All that a page loads and links to."""
    yield from parts.loaded
    yield from (link.url for link in parts.links)


def onward(url: str, parts: Outline) -> list[str]:
    """Pages that may be, or lead to, the list of vacancies, the likeliest first."""
    found: dict[str, int] = {}
    for link in (*parts.links, *(link for link in map(_as_link, parts.loaded) if _is_frame(link.url))):
        path = urlsplit(link.url)
        if canonical(link.url) == canonical(url) or looks_like_ad(link.url) or path.fragment.startswith("!"):
            continue
        own = same_site(link.url, url) or site_label(link.url) == site_label(url)
        says, named = about_jobs(link.text), about_jobs(f"{path.hostname} {path.path}".replace(".", " "))
        if not (says or (named and own)):
            continue
        score = 2 * says + 2 * named + (path.hostname != urlsplit(url).hostname) + ("lediga" in link.text.lower())
        found[link.url] = max(found.get(link.url, 0), score)
    return sorted(found, key=lambda one: -found[one])


def _as_link(url: str) -> Link:
    return Link(url)


def _is_frame(url: str) -> bool:
    return not urlsplit(url).path.endswith((".js", ".mjs", ".css"))


def ad_links(url: str, parts: Outline) -> Iterator[str]:
    """The links of a page at `url` that look like ads of its own site, or of another of the same name."""
    own = (link.url for link in parts.links if same_site(link.url, url) or site_label(link.url) == site_label(url))
    yield from dict.fromkeys(one for one in own if looks_like_ad(one) and one != url)


def looks_like_ad(url: str) -> bool:
    """Whether `jsonld` would take the address for an ad's; a list below the page about working there is none."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    is_list = about_jobs(last.replace("-", " ")) and not re.search(r"\d", last) and last.count("-") < 3
    return has_path_of_ad(url) and not is_list


def locations(page: Page) -> list[str]:
    """The addresses in a sitemap or an index of them; nothing when it is none."""
    from spiders.extract.xml import XmlRefusedError, local_name, parse_xml

    try:
        root = parse_xml(page.body)
    except XmlRefusedError:
        return []
    if local_name(root) not in ("urlset", "sitemapindex"):
        return []
    return [url for one in root.iter() if local_name(one) == "loc" and (url := absolute(one.text or "", page.url))]
