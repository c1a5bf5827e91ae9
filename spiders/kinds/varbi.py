"""Varbi, on which most of the Swedish public sector recruits: a feed of texts, a list of last days, a page for each ad.

Facts: `/what:rssfeed/`, after `/en/` or another language, is RSS with whole texts and publication dates, in which
older ads may be missing; the site's own list has title, town and last day; only an ad's page has county, country,
form and extent of the employment, salary and reference, in rows of a table `quick-info` whose classes or headings
tell what they are. Ads are `what:job/jobID:123`, in any language. Half of the hosts are `*.varbi.com`, others the
employer's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aggregator.model import Known, Place, Source
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.again import own_page
from spiders.extract.boards import boards_named, segments
from spiders.extract.document import text_at, xml_of
from spiders.extract.links import absolute, clean_url
from spiders.extract.markup import parse_html
from spiders.extract.outline import outline
from spiders.extract.posting import Ad, looks_like_html, place, postings_of, problem, too_big
from spiders.extract.words import says_no_vacancies

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_NOT_BOARDS = frozenset(
    {"www", "api", "app", "support", "login", "help", "static", "cdn", "media", "docs", "blog", "jobb"}
)
_JOB = re.compile(r"/what:(?:job|login)/(?:[^?#]*/)?jobID:(\d+)", re.IGNORECASE)
_HIRING = re.compile(
    r"^(?:[^\W\d]+\s+){0,4}(?:jobb?|jobs|tjänster|stillinger|vacancies|vacatures|positions)\s+(?:hos|at|bij|ved|i|in)\s+",
    re.IGNORECASE,
)
"""What Varbi writes before the employer's name in a feed's title."""
_LOCALE = re.compile(r"^/([a-z]{2})(?:/|$)")
_DATE_DOTS = re.compile(r"\.(?=[^\W\d])|(?<=[^\W\d])\.")

_ROWS = (
    ("town", r"ort|stad|city|town|arbetsort|by"),
    ("county", r"län|county|fylke|region"),
    ("country", r"land|country"),
    ("type-of-employment", r"anställningsform|(?:type|form) of employment|employment type|ansettelsesform"),
    ("extent", r"anställningens omfattning|omfattning|contract type|extent"),
    ("hours", r"sysselsättningsgrad|(?:working|contract(?:ed)?) hours|hours|full-time equivalent"),
    ("number-of-positions", r"antal lediga befattningar|number of (?:vacancies|positions|openings)"),
    ("reference-number", r"referensnummer|reference(?: number)?|diarienummer"),
    ("published", r"publicerat|published|publisert"),
    ("ends", r"sista ansökningsdag|last (?:day to apply|application date)|application deadline|søknadsfrist"),
    ("salary", r"lön|salary"),
)
"""What a row is about, by its heading, where its class does not tell. `Löneform: Månadslön` is no salary."""


class Varbi(Kind):
    """One employer's board."""

    name = "varbi"
    title = "Varbi recruitment site"

    class Options(KindOptions):
        """Where ads are looked for."""

        list_page: bool = True
        """Also read the site's own list, since older ads may be missing in the feed; `false` for sites without one."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.ads: dict[str, Ad] = {}
        self.asked: set[str] = set()
        self.company = ""

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, _ = segments(url)
        tenant = host.removesuffix(".varbi.com")
        if tenant == host or "." in tenant or tenant in _NOT_BOARDS:
            return None
        return Recognised(url=f"https://{host}/", evidence=f"{host} is a Varbi address")

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        """Boards that the page names, and the page's own site when its ads have Varbi's addresses."""
        yield from boards_named(cls, html, url, mark="varbi.com")
        host = urlsplit(url).hostname or ""
        if "what:job/jobID:" not in html or host.endswith(".varbi.com"):
            return
        own = next((link.url for link in outline(html, url).links if _is_ad_of(link.url, host)), "")
        if own:
            yield Recognised(url=f"https://{host}/", evidence=f"the page's ads have Varbi's addresses ({own[:100]})")

    def start(self) -> Iterator[Fetch]:
        parts = urlsplit(self.source.url)
        locale = _LOCALE.match(parts.path)
        board = f"{parts.scheme}://{parts.netloc}/{locale[1] + '/' if locale else ''}"
        yield Fetch(url=f"{board}what:rssfeed/", expects="xml")
        if self.options.list_page:
            yield Fetch(url=board, step="list", expects="html")

    def read(self, page: Page) -> Iterator[Found]:
        if page.fetch.step == "ad" or (page.fetch.step == "start" and _JOB.search(page.url)):
            yield from self._ad_page(page)
        elif page.fetch.step == "list" or (looks_like_html(page.body) and "what:rssfeed" not in page.url):
            yield from self._list(page)
        else:
            yield from self._feed(page)

    def _feed(self, page: Page) -> Iterator[Found]:
        root, problems = xml_of(page, self.source, "rss")
        yield from problems
        channel = root.find("channel") if root is not None else None
        if channel is None:
            if root is not None:
                yield problem(self.source, "not-a-feed", f"{page.url} is RSS without a channel", url=page.url)
            return
        self.company = _HIRING.sub("", text_at(channel, "title"), count=1)
        for item in channel.iterfind("item"):
            yield from self._listed(_feed_ad(item), page)

    def _list(self, page: Page) -> Iterator[Found]:
        if big := list(too_big(self.source, page)):
            yield from big
            return
        tree = parse_html(page.body, page.encoding)
        rows = list(_list_ads(tree, page)) if tree is not None else []
        if not rows and not (tree is not None and says_no_vacancies(tree.text_content())):
            told = f"there is no list of ads on {page.url}; if the site has none of its own, set `list_page: false`"
            yield problem(self.source, "no-ads-found", told, level="warning", url=page.url)
        for ad in rows:
            yield from self._listed(ad, page)

    def _listed(self, ad: Ad, page: Page) -> Iterator[Found]:
        """An ad in the feed or the list. The feed comes first: it has the text; the list has the last day."""
        before = self.ads.get(ad.identifier)
        told = replace(ad, title=before.title, url=before.url) if before else ad
        if ad.identifier:
            self.ads[ad.identifier] = _joined(before, ad) if before else ad
        if ad.identifier in self.asked:
            return
        for found in own_page(told, self.source, page, self.known):
            if isinstance(found, Fetch):
                self.asked.add(ad.identifier)
            yield found

    def _ad_page(self, page: Page) -> Iterator[Found]:
        if big := list(too_big(self.source, page)):
            yield from big
            return
        identifier = page.fetch.context.get("id") or _identifier(page.url)
        listed = self.ads.get(identifier)
        tree = parse_html(page.body, page.encoding)
        rows = _quick_info(tree) if tree is not None else {}
        if tree is None or not rows:
            told = f"{page.url} has no table of facts, so its place and last day are unknown"
            level = "warning" if listed and listed.body else "error"
            yield problem(self.source, "shape-unknown", told, level=level, url=page.url, identifier=identifier)
        if tree is not None and (listed or rows):
            ad = replace(listed or Ad(identifier=identifier, title="", url=page.url), organization=self.company)
            yield from postings_of(_with_page(ad, tree, rows, page), self.source, page)


def _is_ad_of(url: str, host: str) -> bool:
    return urlsplit(url).hostname == host and _JOB.search(url) is not None


def _identifier(url: str) -> str:
    match = _JOB.search(url)
    return match[1] if match else ""


def _feed_ad(item: _Element) -> Ad:
    link = text_at(item, "link")
    return Ad(
        identifier=_identifier(link) or _identifier(text_at(item, "guid")) or text_at(item, "guid"),
        title=text_at(item, "title"),
        url=link,
        body=text_at(item, "description"),
        published=text_at(item, "pubDate") or None,
    )


def _list_ads(tree: HtmlElement, page: Page) -> Iterator[Ad]:
    """The rows of the site's list: the ad's link, its town and its last day, in cells that classes tell apart."""
    for anchor in tree.iter("a"):
        identifier = _identifier(absolute(anchor.get("href") or "", page.url))
        title = " ".join(anchor.text_content().split())
        if not identifier or not title or "what:login" in (anchor.get("href") or ""):
            continue
        row = next((above for above in anchor.iterancestors("tr", "li")), None)
        cells = {name: _cell(row, f"pos-{name}") for name in ("town", "ends")} if row is not None else {}
        yield Ad(
            identifier=identifier,
            title=title,
            url=clean_url(anchor.get("href") or "", page.url),
            places=_places({"town": cells.get("town", "")}),
            deadline=_dated(cells.get("ends", "")),
        )


def _cell(row: HtmlElement, name: str) -> str:
    found = row.find_class(name)
    return " ".join(found[0].text_content().split()) if found else ""


def _joined(first: Ad, second: Ad) -> Ad:
    """What the feed and the list say of one ad, whichever came first."""
    return replace(
        first,
        body=first.body or second.body,
        published=first.published or second.published,
        places=first.places or second.places,
        deadline=first.deadline or second.deadline,
    )


def _quick_info(tree: HtmlElement) -> Mapping[str, str]:
    """The facts beside an ad by what they are about."""
    found: dict[str, str] = {}
    for row in tree.iter("tr"):
        cells = [" ".join(cell.text_content().split()) for cell in row.iter("td")]
        classes = re.findall(r"\bquick-info-([\w-]+)", row.get("class") or "")
        heading = " ".join(" ".join(cell.text_content().split()) for cell in row.iter("th")).strip(" :").lower()
        names = [*(name for name, words in _ROWS if re.fullmatch(words, heading)), *classes]
        for name in names[:1] if cells else ():
            found.setdefault(name, cells[-1])
    return found


def _with_page(ad: Ad, tree: HtmlElement, rows: Mapping[str, str], page: Page) -> Ad:
    openings = re.match(r"\d{1,3}\b", rows.get("number-of-positions", ""))
    apply = re.compile(
        rf"/(?:what:login/jobID:{ad.identifier}/[^?#]*apply:1|apply/positionquick/{ad.identifier})(?:/|$)"
    )
    links = (absolute(anchor.get("href") or "", page.url) for anchor in tree.iter("a"))
    return replace(
        ad,
        title=ad.title or next((" ".join(one.text_content().split()) for one in tree.iter("h1")), ""),
        apply_url=next((link for link in links if apply.search(link)), ""),
        body=ad.body or _text(tree),
        places=_places(rows) or ad.places,
        employment=tuple(filter(None, (rows.get(name) for name in ("type-of-employment", "extent", "hours")))),
        published=ad.published or _dated(rows.get("published", "")),
        deadline=_dated(rows.get("ends", "")) or ad.deadline,
        salary=rows.get("salary", ""),
        reference=rows.get("reference-number", ""),
        openings=int(openings.group()) if openings and int(openings.group()) else None,
        department=_department(tree, ad.organization),
    )


def _department(tree: HtmlElement, employer: str) -> str:
    words = next((" ".join(one.text_content().split()) for one in tree.find_class("org-desc")), "")
    return words.removeprefix(employer).strip(" ,-–")


def _text(tree: HtmlElement) -> str:
    from lxml import etree

    return next((etree.tostring(one, encoding="unicode", method="html") for one in tree.find_class("job-desc")), "")


def _places(rows: Mapping[str, str]) -> tuple[Place, ...]:
    """Every town that the row names, each with the ad's county and country."""
    towns = [town.strip() for town in re.split(r"[,;/]|\boch\b|\band\b", rows.get("town", "")) if town.strip()]
    county, country = rows.get("county", ""), rows.get("country", "")
    if not towns:
        return (place(name=county or country, region=county, country=country),) if county or country else ()
    return tuple(place(name=town, city=town, region=county, country=country) for town in dict.fromkeys(towns))


def _dated(text: str) -> str | None:
    """`16.Oct.2026`, as Varbi writes, in a form that other dates have."""
    return _DATE_DOTS.sub(" ", text) or None


KIND = Varbi
