"""Whether an ad is still there, by its own page. Pure. Doubt is `UNKNOWN`, never `GONE`.

Both mistakes cost: a dead ad that is posted, and a living one that is taken down. So *gone* needs the source's own
word (404, 410, an expired date, a sentence that says so, a redirect up to the list), *alive* needs the ad's title on
the page or its unexpired markup, and everything else is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from aggregator.model import Source
from spiders.base import Fetch, Page
from spiders.fetching import Answer, FetchFailed
from spiders.pages import calls_itself_missing, says_missing, title_of, understand

_BLOCKS = (
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "dd", "dt", "td", "th", "div", "section", "article", "main"),
    *("header", "span", "strong", "a", "button", "title", "body"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An ad to look at.

    `key` is the caller's own, `title` (may be empty) what should stand on the page. With its `source` and `identifier`
    the source's kind is asked where to look: some boards' pages are empty shells, and only their interface can tell.
    """

    key: str
    url: str
    title: str = ""
    source: Source | None = None
    identifier: str = ""


class Standing(StrEnum):
    """What an ad's page showed."""

    ALIVE = "alive"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """What was found, and why, in words. Only `GONE` may take a vacancy down."""

    standing: Standing
    reason: str

    @property
    def gone(self) -> bool:
        return self.standing is Standing.GONE

    @property
    def alive(self) -> bool:
        return self.standing is Standing.ALIVE


_THING = (
    r"(job(b(et|bannonsen|annonsen)?)?|position|posting|vacancy|role|opportunity|ad|annons(en)?|tjänst(en)?|platsen"
    r"|anställning(en)?|rekrytering(en)?|utlysning(en)?)( posting| advertisement| opening)?( (that )?you.{1,40})?"
)
_IS = r"(is|has been|was|är|har blivit|har)( nu| now| redan| already)?"
_OVER = (
    r"(no longer (available|active|accepting applications|open|published)|not accepting applications"
    r"|(inte|ej) längre (tillgänglig|aktuell|aktiv|publicerad|öppen|sökbar)t?"
    r"|(closed|filled|expired|removed|withdrawn|archived)\b(?!-| (with|by|from|to|on|in)\b)"
    r"|(tillsatt|avslutad|avpublicerad|borttagen|stängd|utgången|avpublicerats?|stängts|tillsatts|tagits bort)\b(?!-)"
    r"|(avslutats|löpt ut|utgått|gått ut)\b)"
)
_CLOSED = re.compile(
    rf"(?i)\b{_THING} {_IS} {_OVER}"
    rf"|\b{_THING} (no longer exists|does(n.t| not) exist|has expired|finns (inte|ej)( längre| kvar)?)"
    r"|no longer accepting applications|applications (for this \w+ )?(are|have been) (now )?closed(?! (on|at|from)\b)"
    r"|(sista ansökningsda(g|gen|tum|tumet)|ansökningstiden|ansökningsperioden)( för \w+( \w+)?)?"
    r" har (passerat|gått ut|löpt ut)"
    r"|ansökan (är )?stängd|rekryteringen är avslutad"
)
_CONDITIONAL = re.compile(
    r"(?i)^\W*(if|when|once|should|om|när|ifall|skulle|då)\b"
    r"|\b(if|when|om|när) (the|this|a|en|den|det|tjänsten|annonsen)\b|\b(before|after|until|innan|efter|tills)\b"
)
_SENTENCE = 240
"""The longest text, in characters, that is taken for a notice; longer ones are prose that may say anything."""


def look(target: Target, page: Page, now: datetime) -> Alive:
    """Judge a page that was got for the target with a status under 400."""
    if page.media_type == "json":
        return _in_data(target, page)
    text = page.text
    if says_missing(title_of(text)):
        return Alive(standing=Standing.GONE, reason=f"its page calls itself {title_of(text)[:60]!r}")
    dates, postings = _markup(page, now)
    if postings and len(dates) == postings and all(date < now for date in dates):
        return Alive(standing=Standing.GONE, reason=f"its page says it was valid through {max(dates):%Y-%m-%d}")
    lines = list(_visible(page))
    shows = bool(target.title) and shows_title(target.title, " ".join(lines))
    live_markup = postings > 0 and any(date >= now for date in dates)
    if _is_above(target.url, page.url) and not (live_markup and postings == 1):
        if shows:
            return Alive(standing=Standing.UNKNOWN, reason="its address leads to a list that still names it")
        return Alive(standing=Standing.GONE, reason=f"its address now leads to {urlsplit(page.url).path or '/'}")
    notice = next((line for line in lines if _is_notice(line)), "")
    if notice and live_markup:
        return Alive(standing=Standing.UNKNOWN, reason=f"its page says {notice[:80]!r}, yet its markup is valid")
    if notice:
        return Alive(standing=Standing.GONE, reason=f"its page says {notice[:80]!r}")
    if shows or live_markup:
        return Alive(standing=Standing.ALIVE, reason="its page shows it")
    if not target.title:
        return Alive(standing=Standing.ALIVE, reason="its page answers")
    return Alive(standing=Standing.UNKNOWN, reason="its page answers, but does not show its title")


def judge(target: Target, fetch: Fetch, answer: Answer, now: datetime) -> Alive:
    """Judge an answer of any status."""
    if answer.status not in {200, 203}:
        return by_status(answer.status)
    try:
        page, _ = understand(answer, fetch, now)
    except FetchFailed:
        if calls_itself_missing(answer):
            return by_status(404)
        raise
    return look(target, page, now)


def by_status(status: int) -> Alive:
    """Judge an answer by its status alone."""
    if status in {404, 410}:
        return Alive(standing=Standing.GONE, reason=f"its page answers {status}")
    return Alive(standing=Standing.UNKNOWN, reason=f"its page answers {status}")


def shows_title(title: str, text: str) -> bool:
    """Whether a text holds the title: all its words in order, whatever stands between words that are not letters."""
    words = _words(title)
    return bool(words) and f" {words} " in f" {_words(text)} "


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _in_data(target: Target, page: Page) -> Alive:
    import json

    try:
        data = json.loads(page.body)
    except (ValueError, RecursionError):
        return Alive(standing=Standing.UNKNOWN, reason="its data could not be read")
    if isinstance(data, dict) and data.get("removed") is True:
        return Alive(standing=Standing.GONE, reason="its data says that it was removed")
    if not target.title or shows_title(target.title, " ".join(_strings(data))):
        return Alive(standing=Standing.ALIVE, reason="its data answers")
    return Alive(standing=Standing.UNKNOWN, reason="its data does not hold its title")


def _strings(data: object, depth: int = 0) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif depth < 20 and isinstance(data, dict):
        for value in data.values():
            yield from _strings(value, depth + 1)
    elif depth < 20 and isinstance(data, list):
        for value in data:
            yield from _strings(value, depth + 1)


def _markup(page: Page, now: datetime) -> tuple[list[datetime], int]:
    """The validThrough dates of the page's JobPostings, and how many postings there are."""
    from spiders.extract.dates import parse_date
    from spiders.extract.markup import job_postings

    found = job_postings(page.body, page.encoding).postings
    dates = [parse_date(posting.get("validThrough"), now=now, end_of_day=True) for posting in found]
    return [date for date in dates if date is not None], len(found)


def _visible(page: Page) -> Iterator[str]:
    """The texts that a reader sees, one for each innermost block; without scripts, hidden parts, menus and asides."""
    from spiders.extract.markup import parse_html

    tree = parse_html(page.body, page.encoding)
    if tree is None:
        return
    for hidden in tree.xpath(
        "//script|//style|//template|//noscript|//nav|//aside|//footer|//*[@hidden]|//*[@aria-hidden='true']"
        "|//*[contains(translate(@style, ' ', ''), 'display:none')]"
    ):
        hidden.drop_tree() if hidden.getparent() is not None else None
    for element in tree.iter(*_BLOCKS):
        text = (
            " ".join(" ".join(element.itertext()).split())
            if _is_leaf(element)
            else " ".join((element.text or "").split())
        )
        if text:
            yield text
        tail = " ".join((element.tail or "").split())
        if tail:
            yield tail


def _is_leaf(element: object) -> bool:
    inline = {"b", "strong", "em", "i", "u", "br", "span", "a", "small", "mark", "font", "wbr", "abbr"}
    return all(isinstance(child.tag, str) and child.tag in inline for child in element.iterdescendants())  # type: ignore[attr-defined]


def _is_notice(line: str) -> bool:
    return len(line) <= _SENTENCE and bool(_CLOSED.search(line)) and not _CONDITIONAL.search(line)


def _is_above(asked: str, got: str) -> bool:
    """Whether a redirect led from an ad up to a list, the site's front page or an error page."""
    before, after = urlsplit(asked), urlsplit(got)
    path, landed = unquote(before.path).rstrip("/"), unquote(after.path).rstrip("/")
    if path == landed and before.query == after.query:
        return False
    if re.search(r"(?i)/(404|not-?found|error|expired|job-?closed|closed)\b", landed):
        return True
    same = (before.hostname or "").removeprefix("www.") == (after.hostname or "").removeprefix("www.")
    return same and landed != path and path.startswith(f"{landed}/")
