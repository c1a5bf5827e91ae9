"""What templates are given: a vacancy, a partner and a story as one language of the site shows them. Pure.

Links are paths below the site's root without a leading slash ("en/jobs/ab12cd/"), so that templates can make them
relative to the page they stand on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregator.model import ListingKind, Partner, RemoteMode, Story, Tag, Vacancy
from publishers.cards.words import badge, employer_of, in_language, places_of
from publishers.site.data import SiteData
from publishers.site.text import Block, blocks, one_line, slug, summary, web_address
from publishers.site.words import Speech, section

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of the facts: what it is about, what is said, and the ad's own words for it with their language."""

    name: str
    value: str
    words: str = ""
    iso: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A vacancy in one language. `codes` are its municipalities, `lang` the ad's own language when it is another than
    the page's; `said` is what free text is searched in.
    """

    id: str
    path: str
    title: str
    employer: str
    places: str
    badge: str
    deadline: str
    deadline_iso: str
    open: bool
    lang: str
    language: str
    language_name: str
    remote: str
    remote_words: str
    level: str
    codes: str
    no_degree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerView:
    """A partner in one language; `text` is its presentation."""

    key: str
    path: str
    name: str
    text: tuple[Block, ...]
    lead: str
    website: str
    places: tuple[str, ...]
    logo: str
    jobs: tuple[JobView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """One of the region's own values in one language."""

    key: str
    path: str
    title: str
    text: tuple[Block, ...]
    lead: str
    link: str
    image: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The site in one language: where its pages are and what they say."""

    data: SiteData
    speech: Speech
    root: str
    images: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.speech.language

    @property
    def region(self) -> str:
        return in_language(self.data.name, self.language)

    @property
    def title(self) -> str:
        return in_language(self.data.title, self.language)

    def path(self, part: str, key: str = "") -> str:
        """The path of one of the site's sections, or of a page in it."""
        return f"{self.root}{self.speech.path(part)}/{key}/" if key else f"{self.root}{self.speech.path(part)}/"


def edition_of(data: SiteData, language: str, images: Mapping[str, str]) -> Edition:
    """The edition of `language`; the region's first language stands at the root."""
    speech = Speech(language, data.time_zone, data.generated_at)
    return Edition(
        data=data, speech=speech, root="" if language == data.languages[0] else f"{language}/", images=images
    )


def page_address(address: str, languages: tuple[str, ...], language: str, part: str = "", key: str = "") -> str:
    """The full address of a page, as posts link to it.

    `part` is `job`, `municipality`, `employers`, `life`, or "" for the start page; `key` is a vacancy's id, a
    municipality's name, a partner's or a story's key, or "" for the section's own page. A language that the site does
    not have means its first. Raises `KeyError` for an unknown part.
    """
    chosen = language if language in languages else languages[0]
    root = f"{address.rstrip('/')}/" + ("" if chosen == languages[0] else f"{chosen}/")
    if not part:
        return root
    name = key if part == "job" else slug(key)
    return f"{root}{section(chosen, part)}/{name}/" if key else f"{root}{section(chosen, part)}/"


def publishable(vacancy: Vacancy) -> bool:
    """Whether a vacancy may have a page: it is one, and its id can stand in a path."""
    return vacancy.lead.listing is ListingKind.VACANCY and _SAFE_ID.fullmatch(vacancy.id) is not None


def is_open(vacancy: Vacancy, data: SiteData) -> bool:
    """Open, and not past the ad's own deadline."""
    through = vacancy.lead.valid_through
    return vacancy.open and (through is None or through > data.generated_at)


def ad_language(vacancy: Vacancy) -> str:
    """The language the ad is written in, as tagged or as its source said; "" when unknown."""
    tagged = vacancy.codes("language")
    code = (tagged[0] if tagged else vacancy.lead.in_language[:2]).lower()
    return code if _LANGUAGE.fullmatch(code) else ""


def remote_of(vacancy: Vacancy) -> str:
    """`remote`, `hybrid` or ""."""
    mode = vacancy.lead.job_location_type
    said = [*vacancy.codes("remote"), mode.value if mode else ""]
    return next((code for code in said if code in {RemoteMode.REMOTE.value, RemoteMode.HYBRID.value}), "")


def job_view(vacancy: Vacancy, edition: Edition) -> JobView:
    """A vacancy as lists show it."""
    speech, through = edition.speech, vacancy.lead.valid_through
    language = ad_language(vacancy)
    remote = remote_of(vacancy)
    levels = vacancy.codes("skill_level")
    title = one_line(vacancy.title)
    return JobView(
        id=vacancy.id,
        path=edition.path("job", vacancy.id),
        title=title,
        employer=one_line(employer_of(vacancy)),
        places=one_line(", ".join(place for place in places_of(vacancy, "") if place != "Remote")),
        badge=badge(vacancy, speech.known),
        deadline=speech.say("apply_by", date=speech.date(through, deadline=True)) if through else "",
        deadline_iso=speech.iso(through, deadline=True) if through else "",
        open=is_open(vacancy, edition.data),
        lang=language if language and language != edition.language else "",
        language=language,
        language_name=speech.name_of(language) if language else "",
        remote=remote,
        remote_words=speech.say(f"remote_{remote}") if remote else "",
        level=levels[0] if len(levels) == 1 else "",
        codes=" ".join(vacancy.codes("municipality")),
        no_degree=bool(badge(vacancy, "en")),
    )


def facts_of(vacancy: Vacancy, job: JobView, edition: Edition) -> tuple[Fact, ...]:
    """What people ask first, each as far as the ad tells it."""
    speech, lead = edition.speech, vacancy.lead
    through, posted = lead.valid_through, lead.date_posted
    shown = posted or vacancy.opened_at
    types = [speech.say(word) for word in lead.employment_type if word.isupper() and word != "OTHER"]
    openings = lead.total_job_openings or 0
    facts = [
        Fact(name=speech.say("employer"), value=job.employer),
        Fact(name=speech.say("place"), value=job.places or speech.say("place_unknown")),
        Fact(name=speech.say("remote"), value=job.remote_words),
        Fact(name=speech.say("deadline"), value=speech.date(through, deadline=True), iso=job.deadline_iso)
        if through
        else None,
        Fact(name=speech.say("employment"), value=", ".join(dict.fromkeys(types))),
        _education(vacancy, speech),
        Fact(name=speech.say("level"), value=speech.say(f"level_{job.level}") if job.level in "1234" else "")
        if job.level
        else None,
        Fact(name=speech.say("openings"), value=str(openings) if openings > 1 else ""),
        Fact(name=speech.say("salary"), value=one_line(lead.base_salary)),
        Fact(
            name=speech.say("published" if posted else "first_seen"),
            value=speech.date(shown),
            iso=speech.iso(shown),
        ),
        Fact(name=speech.say("ad_language"), value=job.language_name),
    ]
    return tuple(fact for fact in facts if fact and fact.value)


def _education(vacancy: Vacancy, speech: Speech) -> Fact | None:
    """What the ad surely demands, with the words that say so; nothing when it is not sure."""
    sure = [tag for tag in vacancy.tags if tag.axis == "education" and tag.sure and tag.code != "unknown"]
    if len(sure) != 1:
        return None
    return Fact(name=speech.say("education"), value=speech.say(f"education_{sure[0].code}"), words=_words(sure[0]))


def _words(tag: Tag) -> str:
    """The ad's words behind a tag, when they are the ad's running words and short enough to quote."""
    quotes = [one_line(evidence.words) for evidence in tag.evidence if evidence.field in {"description", "title"}]
    return next((summary(quote, 140) for quote in quotes if len(quote) > 3), "")


def partner_view(partner: Partner, jobs: tuple[JobView, ...], edition: Edition) -> PartnerView:
    """A partner with its open vacancies."""
    text = in_language(partner.presentation, edition.language)
    names = [edition.data.municipalities.get(code, "") for code in partner.places]
    return PartnerView(
        key=partner.key,
        path=edition.path("employers", slug(partner.key)),
        name=one_line(partner.name),
        text=blocks(text),
        lead=summary(text, 160),
        website=web_address(partner.website),
        places=tuple(name for name in names if name),
        logo=edition.images.get(f"logo:{partner.key}", ""),
        jobs=jobs,
    )


def story_view(story: Story, edition: Edition) -> StoryView:
    """One of the region's own values."""
    text = in_language(story.text, edition.language)
    return StoryView(
        key=story.key,
        path=edition.path("life", slug(story.key)),
        title=one_line(in_language(story.title, edition.language)),
        text=blocks(text),
        lead=summary(text, 160),
        link=web_address(story.link),
        image=edition.images.get(f"story:{story.key}", ""),
        alt=one_line(in_language(story.alt, edition.language)),
    )
