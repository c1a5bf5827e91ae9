"""One cycle, in one line:

    settings.load → crawl(sources) → kind.read → Harvest → health.judge → store.known → decide → store.apply
    → dedupe.link → tagging.tag → choose.plan → verify → compose → outbox.dispatch → channel.send → outbox.settle
    → close posts of closed vacancies → site → report

Each arrow is one function that can be called alone, is safe to run twice, and commits what it did before the next one
begins: one transaction per harvest, one per post step, and the network is never called inside a transaction. A cycle
that is killed anywhere is taken up by the next one. `now` comes from the house's clock and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Plan, Problem

if TYPE_CHECKING:
    from aggregator.app.collect import Collected
    from aggregator.app.house import House
    from aggregator.app.understand import Understood
    from publishers.site import SiteReport


@dataclass(slots=True, kw_only=True)
class CycleReport:
    """What a cycle did. `posts` counts posts by the state they were taken to; `exit_code` is the command's."""

    started_at: datetime
    finished_at: datetime | None = None
    collected: Collected | None = None
    understood: Understood | None = None
    plan: Plan | None = None
    posts: Counter[str] = field(default_factory=Counter)
    site: SiteReport | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 when some source or post failed. A promise that falls behind is told, but is no failure."""
        planned = self.plan.shortfalls if self.plan else ()
        return 1 if any(problem.level == "error" and problem not in planned for problem in self.problems) else 0


def run_cycle(house: House, *, collect: bool = True, publish: bool = True) -> CycleReport:
    """Do one whole cycle, or only its collecting or its publishing half.

    The caller holds the region's lock. Raises `StoreError` when the database fails; everything else that goes wrong
    is a problem in the report, and the steps after it go on.
    """
    from aggregator.app.collect import collect_sources
    from aggregator.app.publish import close_posts, send_due, tidy_outbox
    from aggregator.app.site import build_site, sweep_cards
    from aggregator.app.understand import understand

    now = house.clock.now()
    run = house.store.journal.start_run(_command(collect=collect, publish=publish), now)
    report = CycleReport(started_at=now)
    if collect:
        report.collected = collect_sources(house)
        report.problems += report.collected.problems
        report.understood = understand(house)
    if publish:
        build_site(house, now)  # before the posts, whose links must not lead nowhere, and again after them
        sent = tidy_outbox(house, now)
        report.plan, dispatched = send_due(house, now)
        sent = sent + dispatched + close_posts(house, now)
        report.posts.update(sent.counts)
        problems = [*sent.problems, *report.plan.shortfalls]
        report.problems += problems
        house.store.journal.report(problems, "publish", now)
        report.site = build_site(house, now)
        sweep_cards(house, now)
    report.finished_at = house.clock.now()
    outcome = "ok" if report.exit_code == 0 else "problems"
    house.store.journal.finish_run(run, report.finished_at, outcome, summary(report))
    return report


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
