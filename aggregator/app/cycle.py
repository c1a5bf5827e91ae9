"""One cycle, in one line:

    settings.load → crawl(sources) → kind.read → Harvest → health.judge → store.known → decide → store.apply
    → dedupe.link → tagging.tag → choose.plan → verify → compose → outbox.dispatch → channel.send → outbox.settle
    → close posts of closed vacancies → site → report

Each arrow is one function that can be called alone, is safe to run twice, and commits what it did before the next one
begins: one transaction per harvest, one per post step, and the network is never called inside a transaction. A cycle
that is killed anywhere is taken up by the next one. `now` comes from the house's clock and nowhere else.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.app.attention import Entry, Noted, entries
from aggregator.errors import JobbfyrError, StoreError
from aggregator.model import Plan, Problem

if TYPE_CHECKING:
    from aggregator.app.collect import Collected
    from aggregator.app.house import House
    from aggregator.app.understand import Understood
    from publishers.outbox import OutboxReport
    from publishers.site import SiteReport


@dataclass(slots=True, kw_only=True)
class CycleReport:
    """What a cycle did. `posts` counts posts by the state they were taken to; `failed` names the steps that broke;
    `exit_code` is the command's.
    """

    started_at: datetime
    finished_at: datetime | None = None
    collected: Collected | None = None
    understood: Understood | None = None
    plan: Plan | None = None
    posts: Counter[str] = field(default_factory=Counter)
    site: SiteReport | None = None
    problems: list[Problem] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 when some source or post failed. A promise that falls behind is told, but is no failure."""
        planned = self.plan.shortfalls if self.plan else ()
        return 1 if any(problem.level == "error" and problem not in planned for problem in self.problems) else 0

    def needs(self) -> tuple[Entry, ...]:
        """What needs a person, the most pressing first."""
        sources = self.collected.verdicts.keys() if self.collected else frozenset()
        own = {id(problem) for problem in self.collected.problems} if self.collected else set()
        return entries(
            Noted(problem=one, scope=f"source:{one.where}" if id(one) in own and one.where in sources else "")
            for one in self.problems
        )


def run_cycle(house: House, *, collect: bool = True, publish: bool = True) -> CycleReport:
    """Do one whole cycle, or only its collecting or its publishing half.

    The caller holds the region's lock. Raises `StoreError` when the database fails; everything else that goes wrong
    is a problem in the report, and the steps after it go on.
    """
    started = house.clock.now()
    run = house.store.journal.start_run(_command(collect=collect, publish=publish), started)
    report = CycleReport(started_at=started)
    outcome = "interrupted"
    try:
        if collect:
            _collect(house, report)
        if publish:
            _publish(house, report, started)
        outcome = "ok" if report.exit_code == 0 else "problems"
    except StoreError:
        outcome = "failed"
        raise
    finally:
        report.finished_at = house.clock.now()
        with suppress(StoreError):  # it is being raised already, or the next run will meet it
            house.store.journal.finish_run(run, report.finished_at, outcome, summary(report))
    return report


def _collect(house: House, report: CycleReport) -> None:
    from aggregator.app.collect import collect_sources
    from aggregator.app.understand import understand

    with _step(house, report, "collecting"):
        report.collected = collect_sources(house)
        report.problems += report.collected.problems
    with _step(house, report, "recognising"):
        report.understood = understand(house)
        report.problems += report.understood.problems


def _publish(house: House, report: CycleReport, now: datetime) -> None:
    """Nothing new is sent while the pages that posts link to cannot be built, or what was collected is not understood;
    what must come down comes down all the same.
    """
    from aggregator.app.publish import close_posts, send_due, tidy_outbox
    from aggregator.app.site import build_site, sweep_cards

    found: list[Problem] = []

    def note(done: OutboxReport) -> None:
        report.posts.update(done.counts)
        found.extend(done.problems)

    with _step(house, report, "site"):
        build_site(house, now)  # before the posts, whose links must not lead nowhere, and again after them
    with _step(house, report, "settling"):
        note(tidy_outbox(house, now))
    if not report.failed & {"recognising", "site"}:
        with _step(house, report, "sending"):
            report.plan, dispatched = send_due(house, now)
            note(dispatched)
            found += report.plan.shortfalls
    with _step(house, report, "closing"):
        note(close_posts(house, now))
    if "site" not in report.failed:
        with _step(house, report, "site"):
            report.site = build_site(house, now, draw_cards=False)
            found += report.site.problems if report.site else ()
            sweep_cards(house, now)
    report.problems += found
    house.store.journal.report(found, "publish", now)


@contextmanager
def _step(house: House, report: CycleReport, name: str) -> Iterator[None]:
    """What a step does wrong is a problem in the report, and the steps after it go on, unless the database failed."""
    problems: list[Problem] = []
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        if os.environ.get("JOBBFYR_DEBUG"):
            raise
        ours = isinstance(error, JobbfyrError | OSError)
        what = str(error) if ours else f"{type(error).__name__}: {error}"
        problems.append(Problem(level="error", code=f"{name}-failed", where=name, message=what))
        report.failed.add(name)
        report.problems += problems
    house.store.journal.report(problems, f"step:{name}", report.started_at)


def _command(*, collect: bool, publish: bool) -> str:
    return "run" if collect and publish else "collect" if collect else "publish"


def summary(report: CycleReport) -> dict[str, object]:
    """The report as the store keeps it and as `--json` shows it."""
    collected = report.collected
    return {
        "changes": dict(collected.changes) if collected else None,
        "sources": {key: verdict.health.value for key, verdict in collected.verdicts.items()} if collected else None,
        "quarantined": sorted(key for key, v in collected.verdicts.items() if v.quarantine) if collected else None,
        "requests": collected.requests if collected else 0,
        "linked": report.understood.linked if report.understood else 0,
        "tagged": report.understood.tagged if report.understood else 0,
        "posts": dict(report.posts),
        "errors": sum(problem.level == "error" for problem in report.problems),
        "warnings": sum(problem.level == "warning" for problem in report.problems),
        "exit_code": report.exit_code,
    }
