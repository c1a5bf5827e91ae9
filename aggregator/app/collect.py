"""The first step of a cycle: ask every source, judge what it said, and take it in, one transaction a harvest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aggregator.decide import decide
from aggregator.errors import StoreError
from aggregator.health import judge
from aggregator.model import Closed, Decision, Harvest, Health, Opened, Problem, Reopened, Updated, Verdict

if TYPE_CHECKING:
    from aggregator.app.house import House
    from aggregator.model import Source
    from aggregator.settings import Settings
    from spiders.manners import Manners


@dataclass(slots=True)
class Collected:
    """What collecting came to: changes counted by name, each source's verdict, and what went wrong."""

    changes: Counter[str] = field(default_factory=Counter)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    requests: int = 0

    def note(self, decision: Decision) -> None:
        """Count a decision's changes."""
        for change in decision.changes:
            self.changes[NAMES[type(change)]] += 1


NAMES: Mapping[type, str] = {Opened: "opened", Updated: "updated", Closed: "closed", Reopened: "reopened"}


def manners(house: House) -> Manners:
    """How we behave toward the sites, from the house's settings."""
    return manners_of(house.settings)


def manners_of(settings: Settings) -> Manners:
    """How we behave toward the sites, from the settings; the User-Agent says who we are and how to reach us."""
    from importlib.metadata import version

    from spiders.manners import Manners

    operator, collect = settings.operator, settings.collect
    return Manners(
        user_agent=f"Jobbfyr/{version('jobbfyr')} (+{operator.contact}; {operator.name})",
        seconds_between_requests=collect.seconds_between_requests,
        seconds_per_request=collect.timeout,
        max_bytes=collect.max_bytes,
        max_pages=collect.max_pages,
        max_redirects=collect.max_redirects,
        concurrency=collect.concurrency,
        allow_private=collect.allow_private,
    )


def collect_sources(house: House) -> Collected:
    """Fetch all sources in one session and apply each harvest the moment it is ready."""
    from spiders.crawl import Job, crawl

    collected = Collected()
    sources = {source.key: source for source in house.settings.sources}
    known = {key: house.store.harvests.known(key) for key in sources}
    jobs = [Job(source=source, known=known[key]) for key, source in sources.items()]
    with house.progress.step("collecting", total=len(jobs)) as step:

        def take(harvest: Harvest) -> None:
            _apply(house, sources[harvest.source], harvest, collected)
            step.advance()

        now = house.clock.now()
        crawl(jobs, manners(house), on_harvest=take, timeout=house.settings.collect.run_timeout, now=now)
        for applied in (house.store.harvests.expire(now), house.store.harvests.retire(sources.keys(), now)):
            if applied.closed:
                collected.changes["closed"] += applied.closed
        step.note = ", ".join(f"{count} {name}" for name, count in collected.changes.items()) or "nothing new"
    return collected


def _apply(house: House, source: Source, harvest: Harvest, collected: Collected) -> None:
    """Take one harvest in. One that cannot be is told and changes nothing; only the database's failure is raised."""
    now = house.clock.now()
    try:
        harvest = signed(harvest, next(p.name for p in house.settings.partners if p.key == source.partner))
        known = house.store.harvests.known(source.key)
        verdict = judge(source, known, harvest, now)
        decision = decide(source, known, harvest, verdict, now)
        house.store.harvests.apply(source, harvest, decision, verdict, now)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug that one source's data woke; the other sources go on
        what = f"its harvest could not be taken in: {type(error).__name__}: {error}"
        problem = Problem(level="error", code="harvest-crashed", where=source.key, message=what)
        collected.problems.append(problem)
        house.store.journal.report([problem], f"source:{source.key}", now)
        return
    collected.verdicts[source.key] = verdict
    collected.note(decision)
    collected.requests += harvest.counts.get("requests", 0)
    collected.problems += [*harvest.problems, *verdict.problems]
    if verdict.health is Health.FAILED and not any(p.level == "error" for p in (*harvest.problems, *verdict.problems)):
        problem = Problem(level="error", code="source-failed", where=source.key, message=verdict.reason)
        collected.problems.append(problem)


def signed(harvest: Harvest, partner: str) -> Harvest:
    """The harvest with the partner's name on ads that name no employer, which on its own page goes without saying."""
    if all(posting.hiring_organization for posting in harvest.postings):
        return harvest
    return replace(
        harvest,
        postings=tuple(
            posting if posting.hiring_organization else replace(posting, hiring_organization=partner)
            for posting in harvest.postings
        ),
    )
