"""The second step: which postings are one vacancy, and what each vacancy means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.app.house import House
    from aggregator.settings import Settings
    from aggregator.tagging import TagRules


@dataclass(slots=True, kw_only=True)
class Understood:
    """How many postings were placed and how many vacancies tagged."""

    linked: int = 0
    tagged: int = 0


def tag_rules(settings: Settings) -> TagRules:
    """What tagging is told by a region's settings."""
    from aggregator.tagging import Area, Override, TagRules, Topic

    return TagRules(
        areas=tuple(
            Area(key=area.key, label=area.name, municipalities=area.municipalities) for area in settings.region.areas
        ),
        topics=tuple(Topic(code=topic.code, label=topic.label, words=topic.words) for topic in settings.tags.topics),
        overrides=tuple(
            Override(words=tuple(phrase.split()), ssyk=title.ssyk)
            for title in settings.tags.titles
            for phrase in title.words
        ),
        languages=settings.region.languages,
        municipalities=settings.region.municipalities,
        places={source.key: source.place for source in settings.sources if source.place},
    )


def understand(house: House) -> Understood:
    """Place new and changed postings in vacancies, then tag the vacancies that this touched."""
    from aggregator.dedupe import link
    from aggregator.tagging import tag

    now = house.clock.now()
    vacancies = house.store.vacancies
    understood = Understood()
    postings = vacancies.unlinked()
    with house.progress.step("recognising", total=len(postings) or None) as step:
        if postings:
            links = link(postings, vacancies.index(), vacancies.rulings())
            vacancies.save_links(links, now, partner_of=house.partner_of)
            understood.linked = len(links)
        step.done = len(postings)
    rules = tag_rules(house.settings)
    untagged = vacancies.untagged()
    with house.progress.step("tagging", total=len(untagged) or None) as step:
        for vacancy in untagged:
            vacancies.save_tags(vacancy.id, tag(vacancy.postings, rules), now)
            step.advance()
        understood.tagged = len(untagged)
    return understood
