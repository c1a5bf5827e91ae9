"""Everything the site itself says, in Swedish and English, and dates in words. Pure (babel knows the calendars).

A region's other languages show the English words. `{…}` are filled in by `Speech.say`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from publishers.cards.words import local_day

PATHS: dict[str, dict[str, str]] = {
    "sv": {"job": "jobb", "municipality": "kommun", "employers": "arbetsgivare", "life": "livet-har"},
    "en": {"job": "jobs", "municipality": "municipality", "employers": "employers", "life": "life-here"},
}
"""The words in the site's addresses. They are promised to stay: posts, feeds and search engines hold them."""

UI: dict[str, dict[str, str]] = {
    "sv": {
        "skip": "Hoppa till innehållet",
        "menu": "Huvudmeny",
        "jobs": "Lediga jobb",
        "employers": "Arbetsgivare",
        "life": "Livet här",
        "filters": "Filtrera jobben",
        "more_filters": "Fler filter",
        "search": "Sök",
        "search_hint": "Yrke, arbetsgivare eller ort",
        "municipality": "Kommun",
        "all_municipalities": "Alla kommuner",
        "level": "Kvalifikationsnivå",
        "all_levels": "Alla nivåer",
        "level_1": "1 – introduktion på plats räcker",
        "level_2": "2 – yrkeskunskap, oftast gymnasium",
        "level_3": "3 – specialiserad, ofta yrkeshögskola",
        "level_4": "4 – akademisk, oftast högskola",
        "ad_language": "Annonsens språk",
        "all_languages": "Alla språk",
        "only_no_degree": "Utan krav på högskola",
        "only_remote": "Distans eller hybrid",
        "clear": "Rensa filter",
        "shown_all": "{count} lediga jobb",
        "shown_one": "1 ledigt jobb",
        "shown_some": "Visar {shown} av {count} jobb",
        "none_shown": "Inga jobb passar filtren. Ta bort ett filter eller sök på ett kortare ord.",
        "none_at_all": "Just nu finns inga lediga jobb här. Nya kommer efter hand – följ flödet så ser du dem först.",
        "none_here": "Just nu finns inga lediga jobb i {place}. Titta bland jobben i hela {region}.",
        "by_municipality": "Jobb per kommun",
        "jobs_in": "Lediga jobb i {place}",
        "jobs_at": "Lediga jobb hos {employer}",
        "no_jobs_at": "{employer} har inga lediga jobb hos oss just nu.",
        "all_jobs": "Alla lediga jobb",
        "apply": "Läs mer och sök hos {employer}",
        "apply_plain": "Läs mer och sök jobbet",
        "apply_note": "Du ansöker hos arbetsgivaren. Länken går till den ursprungliga annonsen.",
        "no_apply": "Annonsen har ingen länk till ansökan.",
        "facts": "Fakta om jobbet",
        "employer": "Arbetsgivare",
        "place": "Ort",
        "place_unknown": "Orten framgår inte av annonsen",
        "remote": "Arbetssätt",
        "remote_remote": "Distans",
        "remote_hybrid": "Delvis på distans",
        "employment": "Anställning",
        "education": "Utbildning",
        "education_none": "Ingen examen krävs",
        "education_upper-secondary": "Gymnasieutbildning räcker",
        "education_vocational-higher": "Yrkeshögskoleutbildning",
        "education_bachelor": "Högskoleexamen",
        "education_master": "Masterexamen eller motsvarande",
        "education_doctorate": "Doktorsexamen",
        "the_ad_says": "i annonsen står ”{words}”",
        "deadline": "Sista ansökningsdag",
        "published": "Publicerad",
        "first_seen": "Hos oss sedan",
        "openings": "Antal platser",
        "salary": "Lön",
        "apply_by": "Sök senast {date}",
        "closed": "Jobbet går inte längre att söka",
        "closed_why": "Annonsen är borttagen, eller så har ansökningstiden gått ut.",
        "closed_similar": "Här är liknande jobb som går att söka.",
        "ad": "Annonsen",
        "similar": "Liknande jobb",
        "share": "Dela jobbet",
        "share_native": "Dela …",
        "copy": "Kopiera länken",
        "copied": "Länken är kopierad",
        "share_mail": "E-post",
        "website": "Besök {employer} på webben",
        "where": "Finns i {places}",
        "read_more": "Läs mer",
        "follow": "Följ nya jobb",
        "updated": "Uppdaterad {date}",
        "no_cookies": "Inga kakor, ingen spårning.",
        "run_by": "Sidan drivs av {operator}.",
        "not_found": "Sidan finns inte",
        "not_found_text": "Jobbet kan ha tagits bort, eller så är länken fel. Alla lediga jobb finns på startsidan.",
        "to_all_jobs": "Till alla lediga jobb",
        "moved": "Annonsen har flyttat",
        "in_ad_language": "Annons på {language}",
        "count_one": "1 jobb",
        "count_many": "{count} jobb",
        "stories_intro": "Därför väljer människor att leva och arbeta i {region}.",
        "employers_intro": "Arbetsgivarna som vill ha hit dig.",
        "FULL_TIME": "Heltid",
        "PART_TIME": "Deltid",
        "CONTRACTOR": "Uppdrag",
        "TEMPORARY": "Tidsbegränsad",
        "INTERN": "Praktik",
        "VOLUNTEER": "Ideellt arbete",
        "PER_DIEM": "Timanställning",
        "OTHER": "Annat",
    },
    "en": {
        "skip": "Skip to the content",
        "menu": "Main menu",
        "jobs": "Job openings",
        "employers": "Employers",
        "life": "Life here",
        "filters": "Filter the jobs",
        "more_filters": "More filters",
        "search": "Search",
        "search_hint": "Occupation, employer or place",
        "municipality": "Municipality",
        "all_municipalities": "All municipalities",
        "level": "Skill level",
        "all_levels": "All levels",
        "level_1": "1 – you learn it on the job",
        "level_2": "2 – a trade, mostly upper secondary school",
        "level_3": "3 – specialised, often vocational college",
        "level_4": "4 – academic, mostly university",
        "ad_language": "Language of the ad",
        "all_languages": "All languages",
        "only_no_degree": "No degree needed",
        "only_remote": "Remote or hybrid",
        "clear": "Clear filters",
        "shown_all": "{count} job openings",
        "shown_one": "1 job opening",
        "shown_some": "Showing {shown} of {count} jobs",
        "none_shown": "No job fits the filters. Remove a filter or search for a shorter word.",
        "none_at_all": "There are no openings here right now. New ones keep coming: follow the feed to see them first.",
        "none_here": "There are no openings in {place} right now. Have a look at the jobs in all of {region}.",
        "by_municipality": "Jobs by municipality",
        "jobs_in": "Job openings in {place}",
        "jobs_at": "Job openings at {employer}",
        "no_jobs_at": "{employer} has no openings with us right now.",
        "all_jobs": "All job openings",
        "apply": "Read more and apply at {employer}",
        "apply_plain": "Read more and apply",
        "apply_note": "You apply directly to the employer. The link goes to the original ad.",
        "no_apply": "The ad has no link to an application.",
        "facts": "Facts about the job",
        "employer": "Employer",
        "place": "Place",
        "place_unknown": "The ad does not say where",
        "remote": "Way of working",
        "remote_remote": "Remote",
        "remote_hybrid": "Partly remote",
        "employment": "Employment",
        "education": "Education",
        "education_none": "No degree needed",
        "education_upper-secondary": "Upper secondary school is enough",
        "education_vocational-higher": "Higher vocational education",
        "education_bachelor": "University degree",
        "education_master": "Master's degree or equivalent",
        "education_doctorate": "Doctorate",
        "the_ad_says": "the ad says “{words}”",
        "deadline": "Apply by",
        "published": "Published",
        "first_seen": "With us since",
        "openings": "Number of positions",
        "salary": "Pay",
        "apply_by": "Apply by {date}",
        "closed": "This job is no longer open",
        "closed_why": "The ad has been removed or the time to apply is over.",
        "closed_similar": "Here are similar jobs you can apply for.",
        "ad": "The ad",
        "similar": "Similar jobs",
        "share": "Share the job",
        "share_native": "Share …",
        "copy": "Copy the link",
        "copied": "The link is copied",
        "share_mail": "E-mail",
        "website": "Visit {employer} on the web",
        "where": "Found in {places}",
        "read_more": "Read more",
        "follow": "Follow new jobs",
        "updated": "Updated {date}",
        "no_cookies": "No cookies, no tracking.",
        "run_by": "Run by {operator}.",
        "not_found": "There is no such page",
        "not_found_text": "The job may be gone, or the link is wrong. All job openings are on the start page.",
        "to_all_jobs": "To all job openings",
        "moved": "The ad has moved",
        "in_ad_language": "Ad in {language}",
        "count_one": "1 job",
        "count_many": "{count} jobs",
        "stories_intro": "Why people choose to live and work in {region}.",
        "employers_intro": "The employers who want you here.",
        "FULL_TIME": "Full time",
        "PART_TIME": "Part time",
        "CONTRACTOR": "Contract",
        "TEMPORARY": "Temporary",
        "INTERN": "Internship",
        "VOLUNTEER": "Volunteer",
        "PER_DIEM": "Paid by the hour",
        "OTHER": "Other",
    },
}


@dataclass(frozen=True, slots=True)
class Speech:
    """One language of the site, speaking in the region's time zone. `now` decides when a year need not be said."""

    language: str
    time_zone: str
    now: datetime

    @property
    def known(self) -> str:
        """The language whose words are used: the own one, or English."""
        return self.language if self.language in UI else "en"

    def say(self, phrase: str, **values: object) -> str:
        """A phrase with its values filled in. Raises `KeyError` for one that does not exist."""
        return UI[self.known][phrase].format(**values)

    def path(self, part: str) -> str:
        """A word of the site's addresses."""
        return section(self.language, part)

    def date(self, moment: datetime, *, deadline: bool = False) -> str:
        """A local date in words, with its weekday for a deadline and its year when that is not this year."""
        day = local_day(moment, self.time_zone) if deadline else moment.astimezone(ZoneInfo(self.time_zone))
        this_year = self.now.astimezone(ZoneInfo(self.time_zone)).year
        return _date_words(day.date().toordinal(), self.known, weekday=deadline, year=day.year != this_year)

    def iso(self, moment: datetime, *, deadline: bool = False) -> str:
        """The date that `date` says, as `YYYY-MM-DD`."""
        day = local_day(moment, self.time_zone) if deadline else moment.astimezone(ZoneInfo(self.time_zone))
        return day.date().isoformat()

    def name_of(self, language: str) -> str:
        """A language's name in this one, "engelska"; its code when babel does not know it."""
        return _language_name(language, self.known)

    def counted(self, count: int) -> str:
        """A number of jobs in words: "1 jobb", "12 jobb"."""
        return self.say("count_one") if count == 1 else self.say("count_many", count=count)


@lru_cache(maxsize=4096)
def _date_words(ordinal: int, language: str, *, weekday: bool, year: bool) -> str:
    from datetime import date

    from babel.dates import format_date

    pattern = ("EEEE " if weekday else "") + "d MMMM" + (" y" if year else "")
    return str(format_date(date.fromordinal(ordinal), pattern, locale=language))


@lru_cache(maxsize=256)
def _language_name(code: str, language: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(code).get_language_name(language) or code)
    except (UnknownLocaleError, ValueError):
        return code


def section(language: str, part: str) -> str:
    """A word of a language's addresses, such as `jobb` for `job`."""
    return PATHS.get(language, PATHS["en"])[part]
