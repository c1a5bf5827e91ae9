"""The second step: which postings are one vacancy, and what each vacancy means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Problem

if TYPE_CHECKING:
    from aggregator.app.house import House
    from aggregator.tagging import TagRules


@dataclass(slots=True, kw_only=True)
class Understood:
    """How many postings were placed and how many vacancies tagged; `problems` tells which could not be."""

    linked: int = 0
    tagged: int = 0
    problems: list[Problem] = field(default_factory=list)


def understand(house: House) -> Understood:
    """Place new and changed postings in vacancies, then tag the vacancies that this touched.

    A vacancy whose tagging breaks is told, keeps the tags it had, and is tried again the next time.
    """
    from aggregator.tagging import tag

    now = house.clock.now()
    vacancies = house.store.vacancies
    understood = Understood(linked=_recognise(house, now))
    rules = house.settings.tags
    mark = rules_mark(rules)
    untagged = vacancies.untagged(mark)
    with house.progress.step("tagging", total=len(untagged) or None) as step:
        tags = {}
        for vacancy in untagged:
            try:
                tags[vacancy.id] = tag(vacancy.postings, rules)
            except Exception as error:  # noqa: BLE001 - a bug that one ad's text woke; the others are tagged
                what = f"“{vacancy.title}” at {vacancy.lead.url} could not be tagged: {type(error).__name__}: {error}"
                problem = Problem(level="error", code="cannot-tag", where=vacancy.id, message=what)
                understood.problems.append(problem)
            step.advance()
        vacancies.save_tags(tags, now, mark)
        understood.tagged = len(tags)
    house.store.journal.report(understood.problems, "understand", now)
    return understood


def _recognise(house: House, now: datetime) -> int:
    """Place the postings that are new or changed; how many that concerned. What it worked with is let go at its end."""
    from aggregator.dedupe import keys, link

    vacancies = house.store.vacancies
    postings = vacancies.unlinked()
    linked = 0
    with house.progress.step("recognising", total=len(postings) or None) as step:
        if postings:
            links = link(postings, vacancies.index(), vacancies.rulings())
            by_key = {posting.key: keys(posting) for posting in postings}
            vacancies.save_links(links, by_key, now, partner_of=house.partner_of)
            linked = len(links)
        step.done = len(postings)
    return linked


def rules_mark(rules: TagRules) -> str:
    """A short text that changes when what decides tags does: the operator's words, or our own version."""
    from hashlib import sha256
    from importlib.metadata import version

    return sha256(f"{version('jobbfyr')} {rules!r}".encode()).hexdigest()[:16]
