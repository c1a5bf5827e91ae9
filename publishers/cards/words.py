"""The few phrases that cards and the site say about a vacancy, in Swedish and English. Pure (babel knows the dates).

A language that has no phrases of its own here is answered in English.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.model import RemoteMode, Vacancy, Words

PHRASES: dict[str, dict[str, str]] = {
    "sv": {
        "apply_by": "Sök senast {date}",
        "alt_vacancy_at": "{employer} söker: {title}",
        "no_degree": "Ingen examen krävs",
        "upper_secondary": "Gymnasium räcker",
        "remote": "Distans",
        "round_up": "{count} lediga jobb i {region}",
        "open_job": "Ledigt jobb",
        "more_items": "+ {count} till",
        "vacancy": "Ledigt jobb",
        "round-up": "Lediga jobb",
        "spotlight": "Arbetsgivare",
        "story": "Livet här",
    },
    "en": {
        "apply_by": "Apply by {date}",
        "alt_vacancy_at": "{employer} is hiring: {title}",
        "no_degree": "No degree needed",
        "upper_secondary": "No degree needed",
        "remote": "Remote",
        "round_up": "{count} job openings in {region}",
        "open_job": "Job opening",
        "more_items": "+ {count} more",
        "vacancy": "Job opening",
        "round-up": "Job openings",
        "spotlight": "Employer",
        "story": "Life here",
    },
}


def say(phrase: str, language: str, **values: str) -> str:
    """A phrase in a language, with its values filled in. Raises `KeyError` for a phrase that does not exist."""
    return PHRASES.get(language, PHRASES["en"])[phrase].format(**values)


def in_language(words: Words, language: str) -> str:
    """A text in the language asked for, else in the first that it is written in, else ""."""
    return words.get(language) or next(iter(words.values()), "")


def local_day(moment: datetime, time_zone: str) -> datetime:
    """The local moment whose date people mean by a deadline: midnight belongs to the day that ends with it."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return local - timedelta(seconds=1) if (local.hour, local.minute, local.second) == (0, 0, 0) else local


def apply_by(moment: datetime | None, language: str, time_zone: str) -> str:
    """A deadline as a phrase, "Sök senast 3 december"; "" when there is none."""
    from babel.dates import format_date

    if moment is None:
        return ""
    known = language if language in PHRASES else "en"
    pattern = "d MMMM"
    return say("apply_by", language, date=format_date(local_day(moment, time_zone), pattern, locale=known))


def badge(vacancy: Vacancy, language: str) -> str:
    """What to say about education when the ad surely demands no degree; "" otherwise. *Unknown* is never "none"."""
    demanded = vacancy.codes("education", sure=True)
    if demanded == ("none",):
        return say("no_degree", language)
    return say("upper_secondary", language) if demanded == ("upper-secondary",) else ""


def employer_of(vacancy: Vacancy) -> str:
    """The employer as the lead posting names it."""
    return vacancy.lead.hiring_organization


def places_of(vacancy: Vacancy, language: str) -> tuple[str, ...]:
    """Where the work is, for people: its municipalities by name, else what the ad says; remote work is said too."""
    tagged = [tag.label for tag in vacancy.tags if tag.axis == "municipality" and tag.label]
    written = [place.locality or place.name for place in vacancy.lead.job_location]
    places = list(dict.fromkeys(place for place in (tagged or written) if place))
    remote = "remote" in vacancy.codes("remote") or vacancy.lead.job_location_type is RemoteMode.REMOTE
    return (*places, say("remote", language)) if remote else tuple(places)
