"""Why: everything that was decided about a vacancy, gathered from the rows that were written when it was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.choose import why_not
from aggregator.model import Event, PlanItem, Post, Refusal, Vacancy

if TYPE_CHECKING:
    from aggregator.app.house import House
    from aggregator.store import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One vacancy's life. `refusals` are the rules that keep it out of the plan now; `planned` where it stands in it;
    `passed_over` the planned slots that considered it and took something else.
    """

    vacancy: Vacancy
    members: tuple[Member, ...]
    posts: tuple[Post, ...]
    planned: tuple[PlanItem, ...]
    passed_over: tuple[tuple[PlanItem, Refusal], ...]
    refusals: tuple[Refusal, ...]
    events: tuple[Event, ...]


def find(house: House, words: str) -> list[str]:
    """Ids of the vacancies that an id, an address, `source#identifier` or words of a title mean, each once."""
    found = house.store.vacancies.find(words)
    return list(dict.fromkeys(member.vacancy for member in found if member.vacancy))


def lone_postings(house: House, words: str) -> list[Member]:
    """Postings that the words mean and that belong to no vacancy: open applications, drafts."""
    return [member for member in house.store.vacancies.find(words) if not member.vacancy]


def explain(house: House, vacancy: Vacancy) -> Explanation:
    """Gather what is known of one vacancy."""
    now = house.clock.now()
    store = house.store
    members = store.vacancies.members(vacancy.id)
    plan = store.plans.items(now, now + timedelta(days=10))
    posts = tuple(store.outbox.posts_of_vacancy(vacancy.id))
    content = f"vacancy:{vacancy.id}"
    subjects = [f"vacancy:{vacancy.id}", *(f"posting:{member.posting.key}" for member in members)]
    return Explanation(
        vacancy=vacancy,
        members=members,
        posts=posts,
        planned=tuple(
            item
            for item in plan
            if item.content and vacancy.id in item.content.vacancies and item.slot.key not in {p.slot for p in posts}
        ),
        passed_over=tuple(
            (item, refusal)
            for item in (plan if vacancy.open else ())
            for refusal in item.refused
            if refusal.content in {content, vacancy.id}
        ),
        refusals=_refusals(house, vacancy, now),
        events=store.journal.about(*subjects),
    )


def _refusals(house: House, vacancy: Vacancy, now: datetime) -> tuple[Refusal, ...]:
    """The rule that keeps it out everywhere, else what each campaign that cannot take it says."""
    settings = house.settings
    partners = {partner.key: partner for partner in settings.partners}
    everywhere = why_not(vacancy, partners=partners, rules=settings.rules, now=now)
    if everywhere is not None:
        return (everywhere,)
    asked = (
        why_not(vacancy, partners=partners, rules=settings.rules, now=now, campaign=campaign)
        for campaign in settings.campaigns
    )
    return tuple(refusal for refusal in asked if refusal is not None)
