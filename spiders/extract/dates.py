"""Every way of writing a date that job systems were seen to use, to aware UTC datetimes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aggregator.schema_org import FIRST_TRUE_YEAR, HOME, parse_moment

_MONTHS = {
    **dict.fromkeys(("jan", "januari", "january", "januar"), 1),
    **dict.fromkeys(("feb", "februari", "february", "februar"), 2),
    **dict.fromkeys(("mar", "mars", "march", "marts"), 3),
    **dict.fromkeys(("apr", "april"), 4),
    **dict.fromkeys(("maj", "may", "mai"), 5),
    **dict.fromkeys(("jun", "juni", "june"), 6),
    **dict.fromkeys(("jul", "juli", "july"), 7),
    **dict.fromkeys(("aug", "augusti", "august"), 8),
    **dict.fromkeys(("sep", "sept", "september"), 9),
    **dict.fromkeys(("okt", "oct", "oktober", "october"), 10),
    **dict.fromkeys(("nov", "november"), 11),
    **dict.fromkeys(("dec", "december", "des", "desember"), 12),
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_CLOCK = r"(?:[\s,]*(?:T|kl\.?|at|klockan)?\s*(?P<hour>[01]?\d|2[0-4])[:.](?P<minute>[0-5]\d)(?::[0-5]\d)?)?"
_DAY_MONTH = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?::?[ae]|st|nd|rd|th|\.)?\s+(?P<month>{_MONTH})\.?,?\s+(?P<year>\d{{4}})\b{_CLOCK}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b{_CLOCK}", re.IGNORECASE
)
_FIGURES = re.compile(rf"\b(?P<day>\d{{1,2}})(?P<mark>[./-])(?P<month>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})\b{_CLOCK}")
_ISO_INSIDE = re.compile(
    r"\b(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ,]+(?:kl\.?\s*)?(?P<clock>\d{2}[:.]\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_DOT_NET = re.compile(r"/?Date\((?P<ms>-?\d{1,17})(?:[+-]\d{4})?\)/?")
_AGO = re.compile(
    r"(?P<count>\d{1,3}|an?|en|ett|one)\s*(?P<open>\+?)\s*(?P<unit>minut|min|hour|timm|day|dag|dygn|week|veck|month|månad)\w*\.?"
    r"\s*(?:ago|sed[ae]n)",
    re.IGNORECASE,
)
_UNITS = {
    "minut": 1 / 1440,
    "min": 1 / 1440,
    "hour": 1 / 24,
    "timm": 1 / 24,
    "week": 7,
    "veck": 7,
    "month": 30,
    "månad": 30,
}
_TODAY = re.compile(r"\b(?:today|idag|i dag|just now|nyss)\b", re.IGNORECASE)
_YESTERDAY = re.compile(r"\b(?:yesterday|igår|i går)\b", re.IGNORECASE)


def parse_date(value: object, *, now: datetime, end_of_day: bool = False) -> datetime | None:
    """A date or date-time in any known spelling as aware UTC; None when it is none.

    `value` is a text, or a number of seconds or milliseconds since 1970. Without a zone it is Swedish wall-clock time.
    A bare date is the day's first second, or its last with `end_of_day`. `now` is what "3 days ago" counts from.
    Sentinels for "none" (year 1, 1753 and others before 1990) are None. Day comes before month in `03/04/2026`, as in
    Scandinavia, unless the figures allow only the other order.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _epoch(value)
    text = " ".join(str(value).split())[:80]
    if not text:
        return None
    if re.fullmatch(r"-?\d{9,14}", text):
        return _epoch(int(text))
    if match := _DOT_NET.search(text):
        return _epoch(int(match["ms"]), milliseconds=True)
    if found := parse_moment(text, end_of_day=end_of_day):
        return found
    return _spelled(text, end_of_day=end_of_day) or _rfc822(text) or _relative(text, now)


def _spelled(text: str, *, end_of_day: bool) -> datetime | None:
    if match := _ISO_INSIDE.search(text):
        clock, zone = match["clock"], match["zone"] or ""
        zone = "+00:00" if zone.upper() in ("Z", "UTC", "GMT") else zone
        moment = f"{match['date']}T{clock.replace('.', ':', 2)}{zone}" if clock else match["date"]
        return parse_moment(moment, end_of_day=end_of_day)
    for pattern in (_DAY_MONTH, _MONTH_DAY, _FIGURES):
        # RFC 822 dates hold a day and a month too, but also a zone, which must not be lost.
        if (match := pattern.search(text)) and not re.search(r":\d{2}\s*(?:[+-]\d{4}|GMT|UTC|Z|[A-Z]{3,4})$", text):
            return _from_parts(match, end_of_day=end_of_day)
    return None


def _from_parts(match: re.Match[str], *, end_of_day: bool) -> datetime | None:
    day, year = int(match["day"]), int(match["year"])
    month = _MONTHS.get(match["month"].lower()) or int(match["month"])
    if month > 12 >= day:
        day, month = month, day
    if year < FIRST_TRUE_YEAR:
        return None
    try:
        if match["hour"] is None or match["hour"] == "24":
            return parse_moment(f"{year:04}-{month:02}-{day:02}", end_of_day=end_of_day or match["hour"] == "24")
        return datetime(year, month, day, int(match["hour"]), int(match["minute"]), tzinfo=HOME).astimezone(UTC)
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)  # "-0000" means UTC there
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.year >= FIRST_TRUE_YEAR else None


def _epoch(number: float, *, milliseconds: bool = False) -> datetime | None:
    seconds = number / 1000 if milliseconds or abs(number) >= 1e11 else number
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if FIRST_TRUE_YEAR <= found.year < 2200 else None


def _relative(text: str, now: datetime) -> datetime | None:
    """The first second of the day that is meant, so that the same words give the same date all day; None for "30+ days
    ago", which names no day.
    """
    if match := _AGO.search(text):
        count = int(match["count"]) if match["count"].isdigit() else 1
        days = count * _UNITS.get(match["unit"].lower(), 1)
        if match["open"]:
            return None
    elif _YESTERDAY.search(text):
        days = 1
    elif _TODAY.search(text):
        days = 0
    else:
        return None
    return parse_moment((now - timedelta(days=days)).astimezone(HOME).date().isoformat())
