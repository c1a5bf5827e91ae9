"""Which pages a site has and what each shows, one edition (language) at a time. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from aggregator.model import Partner, Vacancy
from publishers.cards.words import in_language
from publishers.site.data import SiteData
from publishers.site.marks import maker, mark_of, mark_of_vacancy
from publishers.site.page import OtherLanguage, Page, PageImage
from publishers.site.similar import Similar
from publishers.site.structured import job_posting, json_in_page
from publishers.site.text import blocks, one_line, slug, summary, web_address
from publishers.site.views import (
    Edition,
    JobView,
    PartnerView,
    StoryView,
    facts_of,
    is_open,
    job_view,
    partner_view,
    story_view,
)


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A municipality with its page and the number of its open vacancies in words."""

    code: str
    name: str
    path: str
    count: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A drop-down of the filters: its options as (value, words)."""

    id: str
    label: str
    all: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Toggle:
    """A checkbox of the filters."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Outside:
    """A link that leaves the site."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page that has not been made yet: where it is, and the `mark` of everything that decides what it says, so that
    it need not be made when that has not changed. `changed` is when its content last did, when that is known.
    """

    path: str
    paths: Mapping[str, str]
    mark: str
    make: Callable[[], Page]
    index: bool = True
    changed: datetime | None = None


class Shelf:
    """What is the same in every language: which vacancies are open and in which order, and what resembles what.

    `marks` are hashes of what pages can say of each vacancy.
    """

    def __init__(self, data: SiteData, vacancies: Sequence[Vacancy]) -> None:
        first = {key: place for place, key in enumerate(data.highlights)}
        ordered = sorted(vacancies, key=lambda each: (each.opened_at, each.id), reverse=True)
        ordered.sort(key=lambda each: (first.get(each.id, len(first)), not each.pinned))
        self.all = tuple(ordered)
        self.open = tuple(vacancy for vacancy in ordered if is_open(vacancy, data))
        self.by_id = {vacancy.id: vacancy for vacancy in ordered}
        self._mark = data.mark
        fees = {tier.key: tier.fee for tier in data.tiers}
        today = data.generated_at.date()
        present = [partner for partner in data.partners if partner.until is None or partner.until >= today]
        self.partners = tuple(sorted(present, key=lambda each: (-fees.get(each.tier, 0), each.name.casefold())))

    @cached_property
    def similar(self) -> Mapping[str, tuple[Vacancy, ...]]:
        """The open vacancies that each resembles most."""
        similar = Similar(self.open)
        return {vacancy.id: similar.to(vacancy) for vacancy in self.all}

    @cached_property
    def marks(self) -> Mapping[str, str]:
        return {vacancy.id: mark_of_vacancy(vacancy) for vacancy in self.all}

    @cached_property
    def places(self) -> Mapping[str, tuple[str, ...]]:
        """The municipalities of each open vacancy."""
        return {vacancy.id: vacancy.codes("municipality") for vacancy in self.open}

    @cached_property
    def by_partner(self) -> Mapping[str, list[Vacancy]]:
        """Partner key -> its open vacancies."""
        found: dict[str, list[Vacancy]] = {}
        for vacancy in self.open:
            found.setdefault(vacancy.partner, []).append(vacancy)
        return found

    def recall(self, former: Mapping[str, Any]) -> None:
        """Take marks and likenesses from what `memo` said after the last build, if it was of these very vacancies."""
        key = self._key()
        if not key or former.get("key") != key or former.get("marks", {}).keys() != self.by_id.keys():
            return
        self.__dict__["marks"] = former["marks"]
        self.__dict__["similar"] = {
            id_: tuple(self.by_id[other] for other in others) for id_, others in former["similar"].items()
        }

    def memo(self) -> dict[str, Any]:
        """What the next build of the same vacancies need not work out again, as JSON."""
        if not (key := self._key()):
            return {}
        similar = {id_: [other.id for other in others] for id_, others in self.similar.items()}
        return {"key": key, "marks": dict(self.marks), "similar": similar}

    def _key(self) -> str:
        return mark_of(maker(), self._mark) if self._mark else ""

    def mark(self, vacancies: Sequence[Vacancy]) -> str:
        """The mark of a list of vacancies in their order."""
        return mark_of(*(self.marks[vacancy.id] for vacancy in vacancies))


class Pages:
    """All pages of one edition. `images` are the cards by vacancy id, and the region's own under `region:<language>`;
    `base` is the mark of what every page shows or is made by.
    """

    def __init__(
        self,
        edition: Edition,
        editions: Sequence[Edition],
        shelf: Shelf,
        images: Mapping[str, PageImage],
        base: str = "",
    ) -> None:
        self.edition = edition
        self._editions = editions
        self._shelf = shelf
        self._images = images
        self._base = base
        self._say = edition.speech.say
        self._views: dict[str, JobView] = {}

    def job(self, key: str) -> JobView:
        """A vacancy as lists show it."""
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = job_view(self._shelf.by_id[key], self.edition)
        return view

    def __iter__(self) -> Iterator[Sheet]:
        """Every page but 404 and those of merged ids."""
        edition, shelf = self.edition, self._shelf
        every = shelf.mark(shelf.open)
        today = edition.speech.date(edition.data.generated_at)
        yield self._sheet(self._roots(), self._index, "index", every, today)
        for place in self.places:
            here = self._jobs_in(place)
            counts = [(other.code, other.count) for other in self.places]
            make = partial(self._municipality, place)
            paths = self._paths("municipality", _last(place.path))
            yield self._sheet(paths, make, "place", place, shelf.mark(here), counts, index=bool(here))
        if shelf.partners:
            yield self._sheet(self._paths("employers"), self._partners, "partners", every)
            for partner in shelf.partners:
                theirs = shelf.mark(shelf.by_partner.get(partner.key, ()))
                make = partial(self._partner, partner.key)
                yield self._sheet(self._paths("employers", slug(partner.key)), make, "partner", partner.key, theirs)
        if self.stories:
            yield self._sheet(self._paths("life"), self._stories, "stories")
            for view in self.stories:
                yield self._sheet(self._paths("life", slug(view.key)), partial(self._story, view), "story", view.key)
        for vacancy in shelf.all:
            yield self._job_sheet(vacancy)

    def _job_sheet(self, vacancy: Vacancy) -> Sheet:
        shelf = self._shelf
        marks = (shelf.marks[vacancy.id], *(shelf.marks[other.id] for other in shelf.similar[vacancy.id]))
        open_ = is_open(vacancy, self.edition.data)
        image = self._images.get(vacancy.id) if open_ else None
        return self._sheet(
            self._paths("job", vacancy.id),
            partial(self._vacancy, vacancy),
            "job",
            open_,
            image,
            *marks,
            index=open_,
            changed=max(vacancy.opened_at, vacancy.lead.retrieved_at, vacancy.closed_at or vacancy.opened_at),
        )

    def _sheet(
        self,
        paths: Mapping[str, str],
        make: Callable[[], Page],
        *parts: object,
        index: bool = True,
        changed: datetime | None = None,
    ) -> Sheet:
        language = self.edition.language
        own = self._images.get(f"region:{language}")
        mark = mark_of(self._base, language, own, *parts)
        return Sheet(path=paths[language], paths=paths, mark=mark, make=make, index=index, changed=changed)

    def entries(self, most: int | None = None) -> list[tuple[Vacancy, JobView]]:
        """The open vacancies as feeds list them, the newest first; at most so many."""
        newest = sorted(self._shelf.open, key=lambda each: (each.opened_at, each.id), reverse=True)[:most]
        return [(vacancy, self.job(vacancy.id)) for vacancy in newest]

    def not_found(self) -> Page:
        """The page a web server shows for an address that does not exist."""
        return Page(
            template="404.html.j2",
            path="404.html",
            title=self._say("not_found"),
            description="",
            paths={},
            context={},
            index=False,
            others=self._others(self._roots()),
        )

    def moved(self, alias: str, target: str) -> Page:
        """The page of an id that was merged into another."""
        job = self.job(target)
        return Page(
            template="moved.html.j2",
            path=self.edition.path("job", alias),
            title=job.title,
            description="",
            paths={self.edition.language: job.path},
            context={"target": job},
            index=False,
        )

    # --- what is listed ---------------------------------------------------------------------------------------------

    @cached_property
    def _open_jobs(self) -> tuple[JobView, ...]:
        return tuple(self.job(vacancy.id) for vacancy in self._shelf.open)

    @cached_property
    def places(self) -> tuple[PlaceView, ...]:
        """The region's municipalities in their order; two of one name are told apart by their codes."""
        counts = Counter(code for codes in self._shelf.places.values() for code in codes)
        names = Counter(slug(name) for name in self.edition.data.municipalities.values())
        views = []
        for code, name in self.edition.data.municipalities.items():
            key = slug(name) if names[slug(name)] == 1 else slug(f"{name}-{code}")
            path = self.edition.path("municipality", key)
            views.append(PlaceView(code, one_line(name), path, str(counts[code])))
        return tuple(views)

    @cached_property
    def partners(self) -> dict[str, PartnerView]:
        """Partner key -> its view, in the order of the tiers."""
        views = (self._partner_view(each, self._shelf.by_partner.get(each.key, ())) for each in self._shelf.partners)
        return {view.key: view for view in views}

    @cached_property
    def _heads(self) -> dict[str, PartnerView]:
        """Partner key -> its view without its vacancies, as a vacancy's page names it."""
        return {each.key: self._partner_view(each, ()) for each in self._shelf.partners}

    def _partner_view(self, partner: Partner, vacancies: Sequence[Vacancy]) -> PartnerView:
        return partner_view(partner, tuple(self.job(vacancy.id) for vacancy in vacancies), self.edition)

    @cached_property
    def stories(self) -> tuple[StoryView, ...]:
        return tuple(story_view(story, self.edition) for story in self.edition.data.stories)

    @cached_property
    def _partner_of(self) -> dict[str, Partner]:
        return {partner.key: partner for partner in self._shelf.partners}

    # --- pages ------------------------------------------------------------------------------------------------------

    def _page(
        self,
        template: str,
        paths: Mapping[str, str],
        *,
        title: str,
        description: str,
        here: str = "",
        og_type: str = "website",
        index: bool = True,
        image: PageImage | None = None,
        **context: object,
    ) -> Page:
        return Page(
            template=template,
            path=paths[self.edition.language],
            title=title,
            description=description,
            paths=paths,
            context=context,
            here=here,
            og_type=og_type,
            index=index,
            image=image or self._images.get(f"region:{self.edition.language}"),
            others=self._others(paths),
        )

    def _others(self, paths: Mapping[str, str]) -> tuple[OtherLanguage, ...]:
        own = self.edition.language
        return tuple(
            OtherLanguage(language=other.language, path=paths[other.language], name=own_name(other.language))
            for other in self._editions
            if other.language != own and other.language in paths
        )

    def _paths(self, part: str, key: str = "") -> dict[str, str]:
        return {other.language: other.path(part, key) for other in self._editions}

    def _roots(self) -> dict[str, str]:
        return {other.language: other.root for other in self._editions}

    def _index(self) -> Page:
        intro = in_language(self.edition.data.intro, self.edition.language)
        return self._page(
            "index.html.j2",
            self._roots(),
            title=self.edition.title,
            description=summary(intro, 160),
            here="jobs",
            intro=one_line(intro),
            jobs=self._open_jobs,
            choices=self._choices(),
            toggles=self._toggles(),
            municipalities=self.places,
            stories=self.stories,
            updated=self.edition.speech.date(self.edition.data.generated_at),
        )

    def _choices(self) -> tuple[Choice, ...]:
        """Only what some open vacancy has is offered, so no choice alone leads to nothing."""
        say, jobs = self._say, self._open_jobs
        places = tuple((place.code, f"{place.name} ({place.count})") for place in self.places if place.count != "0")
        levels = tuple((level, say(f"level_{level}")) for level in sorted({job.level for job in jobs} & set("1234")))
        languages = sorted({job.language for job in jobs} - {""}, key=self.edition.speech.name_of)
        named = tuple((code, self.edition.speech.name_of(code)) for code in languages)
        choices = (
            Choice("m", say("municipality"), say("all_municipalities"), places),
            Choice("l", say("level"), say("all_levels"), levels),
            Choice("s", say("ad_language"), say("all_languages"), named),
        )
        return tuple(choice for choice in choices if len(choice.options) > 1)

    def _toggles(self) -> tuple[Toggle, ...]:
        found = []
        if any(job.no_degree for job in self._open_jobs):
            found.append(Toggle("d", self._say("only_no_degree")))
        if any(job.remote for job in self._open_jobs):
            found.append(Toggle("r", self._say("only_remote")))
        return tuple(found)

    def _jobs_in(self, place: PlaceView) -> list[Vacancy]:
        return [vacancy for vacancy in self._shelf.open if place.code in self._shelf.places[vacancy.id]]

    def _municipality(self, place: PlaceView) -> Page:
        jobs = tuple(self.job(vacancy.id) for vacancy in self._jobs_in(place))
        title = self._say("jobs_in", place=place.name)
        key = _last(place.path)
        return self._page(
            "list.html.j2",
            self._paths("municipality", key),
            title=title,
            description=f"{title}: {self.edition.speech.counted(len(jobs))}.",
            here="",
            index=bool(jobs),
            place=place.name,
            jobs=jobs,
            municipalities=self.places,
        )

    def _partners(self) -> Page:
        return self._page(
            "partners.html.j2",
            self._paths("employers"),
            title=self._say("employers"),
            description=self._say("employers_intro"),
            here="employers",
            partners=tuple(self.partners.values()),
        )

    def _partner(self, key: str) -> Page:
        view = self.partners[key]
        return self._page(
            "partner.html.j2",
            self._paths("employers", slug(view.key)),
            title=view.name,
            description=view.lead,
            here="employers",
            partner=view,
        )

    def _stories(self) -> Page:
        return self._page(
            "stories.html.j2",
            self._paths("life"),
            title=self._say("life"),
            description=self._say("stories_intro", region=self.edition.region),
            here="life",
            stories=self.stories,
        )

    def _story(self, view: StoryView) -> Page:
        return self._page(
            "story.html.j2",
            self._paths("life", slug(view.key)),
            title=view.title,
            description=view.lead,
            here="life",
            og_type="article",
            story=view,
        )

    def _vacancy(self, vacancy: Vacancy) -> Page:
        data, job = self.edition.data, self.job(vacancy.id)
        partner = self._partner_of.get(vacancy.partner)
        url = f"{data.address}/{job.path}"
        markup = None
        if job.open:
            markup = job_posting(
                vacancy,
                url=url,
                partner=partner,
                region=in_language(data.name, data.languages[0]),
                country=data.country,
                time_zone=data.time_zone,
            )
        return self._page(
            "job.html.j2",
            self._paths("job", vacancy.id),
            title=", ".join(part for part in (job.title, job.employer, job.places) if part),
            description=summary(vacancy.lead.description, 160) or job.title,
            og_type="article",
            index=job.open,
            image=self._images.get(vacancy.id) if job.open else None,
            job=job,
            facts=facts_of(vacancy, job, self.edition),
            text=blocks(vacancy.lead.description),
            apply=apply_address(vacancy),
            share=share_links(job, url, self._say("share_mail")),
            similar=tuple(self.job(other.id) for other in self._shelf.similar[vacancy.id]),
            partner=self._heads.get(vacancy.partner),
            markup=markup_in_page(markup),
        )


def _last(path: str) -> str:
    """A path's last part."""
    return path.rstrip("/").rsplit("/", 1)[1]


def markup_in_page(markup: dict[str, object] | None) -> str:
    """JSON-LD for a page, marked as safe because `json_in_page` made it so; "" for none."""
    from markupsafe import Markup

    return Markup(json_in_page(markup)) if markup else ""  # noqa: S704 - every <, > and & in it is escaped


def apply_address(vacancy: Vacancy) -> str:
    """Where to apply: the ad's own application or else the ad, if that is an ordinary web address; "" otherwise."""
    return web_address(vacancy.lead.apply_url) or web_address(vacancy.lead.url)


def share_links(job: JobView, url: str, mail: str) -> tuple[Outside, ...]:
    """Plain links that carry the page's address; nothing is loaded from anyone until one is followed."""
    words = quote(f"{job.title}, {job.employer}" if job.employer else job.title, safe="")
    there = quote(url, safe="")
    return (
        Outside(mail, f"mailto:?subject={words}&body={there}"),
        Outside("WhatsApp", f"https://wa.me/?text={words}%20{there}"),
        Outside("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?url={there}"),
        Outside("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={there}"),
    )


def own_name(language: str) -> str:
    """A language's name in itself, "Svenska"; its code when babel does not know it."""
    from babel import Locale, UnknownLocaleError

    try:
        return (Locale.parse(language).get_language_name(language) or language).capitalize()
    except (UnknownLocaleError, ValueError):
        return language
