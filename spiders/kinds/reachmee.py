"""ReachMee (Talentech): a feed where the employer has one, else the public list that its career page frames.

Facts: three ways lead to the same ads, known by the same number (`CommAdSeqNo`, `ad_id`, `job_id`, `rmjob`).

- RSS, `site{n}.reachmee.com/Public/rssfeed/external.ashx?id=&InstallationID=&CustomerName=&lang=`: one response with
  whole texts, escaped once or twice, and elements of its own. Its contact persons' groups are at times not
  well-formed.
- JSON, `site{n}.reachmee.com/api/public/v1/feed/{n}?customer=&format=json&feed_key=`: a list of objects.
- The list, `web{n}.reachmee.com/ext/{installation}/{n}/main?site=&validator=&lang=`: a table `jobsTable` on one page,
  whose columns the employer chose; each ad's page `…/job?…&job_id=` has the text in `jobad-body`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from aggregator.model import Known, Place, Source
from aggregator.schema_org import each, text_of
from aggregator.settings.secrets import EnvSecret
from spiders.base import Fetch, Found, Kind, KindOptions, Page, Recognised
from spiders.extract.again import own_page
from spiders.extract.boards import boards_named, segments
from spiders.extract.calls import only_board_in_scripts
from spiders.extract.document import elements, json_of, text_at, texts_at, xml_of
from spiders.extract.links import clean_url, with_query
from spiders.extract.listing import mapping
from spiders.extract.markup import parse_html
from spiders.extract.posting import Ad, looks_like_html, place, postings_of, problem, too_big
from spiders.extract.words import says_no_vacancies

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_HOST = re.compile(r"(?:web|site)?\d*\.reachmee\.com")
_BOARD_PATH = re.compile(r"(/ext/[\w-]+/\d+)/[\w-]+/?")
_FEED_PATH = re.compile(r"/rssfeed/external\.ashx$", re.IGNORECASE)
_JSON_PATH = re.compile(r"^/api/public/v1/feed/\d+/?$")
_NUMBER = re.compile(r"[?&](?:rmjob|job_id)=(\d+)")
_COUNTY = re.compile(r"(?i)(?:\blän|\bcounty|\bregion|\bfylke)$")
_PLACEHOLDER = re.compile(r"\[.*\]")
"""`[Annat...]` stands where somebody chose nothing that is on the list."""

_HIDDEN = 'contains(translate(@style, " ", ""), "display:none") or contains(@class, "show-mobile")'

_COLUMNS = (
    ("title", "1", r"tjänst|titel|rubrik|befattning|jobb|job|title|position|vacancy"),
    ("reference", "3", r"ref\w*\.?(?: ?(?:nr|nummer|number|no))?\.?"),
    (
        "deadline",
        "6",
        r"sista (?:ansöknings)?dag|sök senast|ansök senast|application deadline|deadline|last .*day.*|apply by",
    ),
    ("published", "5", r"publicera\w*|published|datum|publication date"),
    ("county", "8", r"län|county|region"),
    ("town", "9", r"ort|stad|arbetsort|city|town|location|place"),
    ("employment", "17", r"anställningsform|anställningstyp|(?:type|form) of employment|employment type|omfattning"),
    ("department", "", r"avdelning|förvaltning|enhet|organisation|department|unit|bolag|company"),
    ("occupation", "11", r"verksamhetsområde|yrkesområde|område|business area|occupation\w*|category|kategori"),
)
"""A list's columns by their headings, and by their numbers where headings are the employer's own words."""


class ReachMee(Kind):
    """One employer's feed or list."""

    name = "reachmee"
    title = "ReachMee (Talentech)"

    class Options(KindOptions):
        """What a feed needs."""

        feed_key: EnvSecret | None = None
        """The key of a JSON feed, as `{env: NAME}`; the employer gets it from ReachMee. `url` is then without it."""

    options: Options

    def __init__(self, source: Source, known: Known | None = None) -> None:
        super().__init__(source, known)
        self.ads: dict[str, Ad] = {}

    @classmethod
    def recognise(cls, url: str) -> Recognised | None:
        host, _ = segments(url)
        if not _HOST.fullmatch(host):
            return None
        parts = urlsplit(url)
        query = {name.lower(): value for name, value in parse_qsl(parts.query)}
        if _FEED_PATH.search(parts.path) and query.get("id"):
            return Recognised(url=clean_url(url), evidence=f"the address is a feed at {host}")
        if _JSON_PATH.match(parts.path):
            kept = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] != "feed_key"])
            evidence = f"the address is a JSON feed at {host}; its key belongs in the environment"
            return Recognised(
                url=f"https://{host}{parts.path}?{kept}",
                evidence=evidence,
                options={"feed_key": {"env": "REACHMEE_FEED_KEY"}},
            )
        board = _BOARD_PATH.match(parts.path)
        if board and query.get("site") and query.get("validator"):
            return Recognised(url=_list_url(host, board[1], query), evidence=f"the address is of a board at {host}")
        return None

    @classmethod
    def trace(cls, html: str, url: str) -> Iterator[Recognised]:
        """Feeds that the page names before the lists that it frames, else the one list that its scripts load."""
        found = list(boards_named(cls, html, url, mark="reachmee.com"))
        yield from sorted(found, key=lambda board: "/ext/" in board.url)
        if not found:
            yield from only_board_in_scripts(cls, html, mark="reachmee.com")

    def start(self) -> Iterator[Fetch]:
        url = self.source.url
        if self.options.feed_key is None:
            yield Fetch(url=url, expects="html" if "/ext/" in url else "")
            return
        # Not validated, since what is remembered of a validated page is its address, and this one holds a secret.
        address = with_query(url, feed_key=self.options.feed_key.reveal())
        yield Fetch(url=address, expects="json", validate=False)

    def read(self, page: Page) -> Iterator[Found]:
        if self.options.feed_key is not None:
            page = replace(page, url=self.source.url)
        if page.fetch.step == "ad" or (page.fetch.step == "start" and _NUMBER.search(page.url)):
            yield from self._ad_page(page)
        elif page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
            yield from self._json(page)
        elif looks_like_html(page.body) and "rssfeed" not in page.url.lower():
            yield from self._list(page)
        else:
            yield from self._feed(page)

    def look_at(self, identifier: str, url: str) -> Fetch:
        """The ad's page as such: the address that feeds give is the whole board's, opened at the ad."""
        board, host = _BOARD_PATH.match(urlsplit(url).path), segments(url)[0]
        query = {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
        if _HOST.fullmatch(host) and board and query.get("validator") and query.get("rmjob"):
            kept = [(name, query[name]) for name in ("site", "validator", "lang") if query.get(name)]
            url = f"https://{host}{board[1]}/job?{urlencode([*kept, ('job_id', query['rmjob'])])}"
        return super().look_at(identifier, url)

    def _feed(self, page: Page) -> Iterator[Found]:
        root, problems = xml_of(page, self.source, "rss", without="contactPerson")
        yield from problems
        for item in elements(root, "channel", "item") if root is not None else ():
            yield from postings_of(_feed_ad(item), self.source, page)

    def _json(self, page: Page) -> Iterator[Found]:
        data, problems = json_of(page, self.source)
        yield from problems
        if problems:
            return
        ads = data if isinstance(data, list) else next((v for v in mapping(data).values() if isinstance(v, list)), None)
        if ads is None:
            told = f"{page.url} answers in another shape than ReachMee's feed"
            yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        for ad in ads:
            if isinstance(ad, Mapping):
                yield from postings_of(_json_ad(ad), self.source, page)
            else:
                yield problem(self.source, "ad-without-identifier", f"an ad on {page.url} is no object", url=page.url)

    def _list(self, page: Page) -> Iterator[Found]:
        if big := list(too_big(self.source, page)):
            yield from big
            return
        tree = parse_html(page.body, page.encoding)
        table = (
            next((one for one in tree.iter("table") if one.get("id") == "jobsTable"), None)
            if tree is not None
            else None
        )
        if table is None:
            if tree is None or not says_no_vacancies(tree.text_content()):
                told = f"{page.url} has no list of ads: its `validator` or `site` may have changed"
                yield problem(self.source, "shape-unknown", told, url=page.url)
            return
        for ad in _rows(table, page):
            self.ads[ad.identifier] = ad
            yield from own_page(ad, self.source, page, self.known)

    def _ad_page(self, page: Page) -> Iterator[Found]:
        if big := list(too_big(self.source, page)):
            yield from big
            return
        number = _NUMBER.search(page.url)
        identifier = page.fetch.context.get("id") or (number[1] if number else "")
        tree = parse_html(page.body, page.encoding)
        bodies = tree.find_class("jobad-body") if tree is not None else []
        if tree is None or not bodies:
            told = f"the ad's page {page.url} has no text where ReachMee has it"
            yield problem(self.source, "shape-unknown", told, url=page.url, identifier=identifier)
            return
        ad = self.ads.get(identifier) or Ad(identifier=identifier, title="", url=page.url)
        heading = next((_words(one) for one in tree.iter("h1") if one.get("id") == "jobad-heading"), "")
        yield from postings_of(replace(ad, title=ad.title or heading, body=_markup(bodies[0])), self.source, page)


def _list_url(host: str, board: str, query: Mapping[str, str]) -> str:
    names = [(name, query[name]) for name in ("site", "validator", "lang") if query.get(name)]
    return f"https://{host}{board}/main?{urlencode(names)}"


def _feed_ad(item: _Element) -> Ad:
    link = text_at(item, "link")
    number = _NUMBER.search(link)
    units = [told for name in ("Org1", "Org2", "Org3") for told in texts_at(item, name) if not _nothing(told)]
    return Ad(
        identifier=text_at(item, "CommAdSeqNo") or (number[1] if number else "") or text_at(item, "guid"),
        title=text_at(item, "title"),
        url=link,
        body="\n".join(filter(None, (text_at(item, name) for name in ("prefixtext", "description", "suffixtext")))),
        organization=units[0] if units else "",
        places=_places(
            [*texts_at(item, "Area1"), *texts_at(item, "Area2"), *texts_at(item, "Area3")], text_at(item, "country")
        ),
        employment=tuple(
            _told(text_at(item, name) for name in ("occupationDegree", "employmentLevel", "workingHours"))
        ),
        published=text_at(item, "pubDate") or None,
        deadline=text_at(item, "pubDateTo") or None,
        reference=text_at(item, "projectNr"),
        department=" – ".join(units[1:]),
        occupation_label=next(_told(text_at(item, name) for name in ("Position", "Befattning", "occupationArea")), ""),
    )


def _json_ad(ad: Mapping[str, object]) -> Ad:
    units = list(_told(_name(unit) for unit in each(ad.get("organizations"))))
    link = _first(ad, "link", "url", "ad_url")
    number = _NUMBER.search(link)
    return Ad(
        identifier=_first(ad, "ad_id", "CommAdSeqNo", "id") or (number[1] if number else ""),
        title=_first(ad, "title"),
        url=link,
        apply_url=_first(ad, "apply_link", "application_link", "apply_url"),
        body="\n".join(filter(None, (_first(ad, name) for name in ("prefix_text", "description", "suffix_text")))),
        organization=units[0] if units else "",
        places=_places([_name(area) for area in each(ad.get("areas"))], _name(ad.get("country"))),
        employment=tuple(
            _told(_name(ad.get(name)) for name in ("occupation_degree", "employment_level", "working_hours"))
        ),
        published=_first(ad, "publishing_date", "publish_date", "published") or None,
        deadline=_first(ad, "publishing_end_date", "publishing_date_to", "end_date", "application_deadline") or None,
        reference=_first(ad, "project_number", "project_nr", "reference"),
        department=" – ".join(units[1:]),
        occupation_label=next(_told(_name(ad.get(name)) for name in ("position", "occupation_area")), ""),
    )


def _rows(table: HtmlElement, page: Page) -> Iterator[Ad]:
    columns = [_column(heading) for heading in table.iter("th")]
    for row in table.iter("tr"):
        cells = list(row.iter("td"))
        link = next((a.get("href") or "" for a in row.iter("a") if _NUMBER.search(a.get("href") or "")), "")
        number = _NUMBER.search(link)
        if not cells or number is None:
            continue
        told = {name: words for name, cell in zip(columns, cells, strict=False) if name and (words := _words(cell))}
        anchor = next((_words(a) for a in row.iter("a") if _NUMBER.search(a.get("href") or "")), "")
        yield Ad(
            identifier=number[1],
            title=anchor or told.get("title", ""),
            url=clean_url(link, page.url),
            places=_places([told.get("county", ""), told.get("town", "")], ""),
            employment=tuple(filter(None, (told.get("employment"),))),
            published=told.get("published"),
            deadline=told.get("deadline"),
            reference=told.get("reference", ""),
            department=told.get("department", ""),
            occupation_label=told.get("occupation", ""),
        )


def _column(heading: HtmlElement) -> str:
    words = _words(heading).lower().strip(" .:")
    by_words = next((name for name, _, pattern in _COLUMNS if re.fullmatch(pattern, words)), "")
    number = (heading.get("id") or "").removeprefix("col-")
    return by_words or next((name for name, known, _ in _COLUMNS if known and known == number), "")


def _words(element: HtmlElement) -> str:
    """What people see of a cell: not the hidden value it is sorted by, nor the label that phones show."""
    return " ".join("".join(map(str, element.xpath(f".//text()[not(ancestor::*[{_HIDDEN}])]"))).split())


def _markup(body: HtmlElement) -> str:
    from lxml import etree

    for contact in [one for one in body.iter() if "contact" in (one.get("class") or "").lower().split()]:
        contact.drop_tree()
    return etree.tostring(body, encoding="unicode", method="html", with_tail=False)


def _places(names: Sequence[str], country: str) -> tuple[Place, ...]:
    """Areas are levels of one tree, county and town: each town with the county that stands beside it."""
    told = list(dict.fromkeys(_told(names)))
    counties = [name for name in told if _COUNTY.search(name)]
    towns = [name for name in told if name not in counties]
    region = counties[0] if len(counties) == 1 else ""
    places = [place(name=town, city=town, region=region, country=country) for town in towns]
    if not places:
        places = [place(name=county, region=county, country=country) for county in counties]
    return tuple(places) or ((place(name=country, country=country),) if not _nothing(country) else ())


def _told(values: Iterator[str] | Sequence[str]) -> Iterator[str]:
    return (value for value in values if not _nothing(value))


def _nothing(value: str) -> bool:
    return not value or _PLACEHOLDER.fullmatch(value) is not None


def _name(value: object) -> str:
    return text_of(mapping(value).get("nameorgunit")) or text_of(value)


def _first(ad: Mapping[str, object], *names: str) -> str:
    return next((found for name in names if (found := text_of(ad.get(name)))), "")


KIND = ReachMee
