"""What the plan cannot meet, as problems with numbers: promises, the no-degree share, places, empty slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.choose.desk import Candidate, Desk
from aggregator.choose.pick import Pool
from aggregator.choose.reasons import KIND_WORDS
from aggregator.model import ContentKind, PlanItem, Problem, Promise, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What there was to choose from: candidates that some campaign may show, and standing refusals by partner."""

    candidates: tuple[Candidate, ...]
    refused: tuple[Refusal, ...]

    @classmethod
    def of(cls, pools: Mapping[str, Pool], refused: Sequence[Refusal]) -> Supply:
        found = {one.id: one for some in pools.values() for one in some.candidates}
        return cls(candidates=tuple(found.values()), refused=tuple(refused))


def shortfalls(
    desk: Desk, supply: Supply, items: Sequence[PlanItem], *, now: datetime, end: datetime
) -> tuple[Problem, ...]:
    """Everything the plan leaves unmet, the gravest first."""
    found = [*_promises(desk, supply, now, end), *_no_degree(desk, supply), *_places(desk, supply), *_empty(items)]
    rank = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(found, key=lambda problem: rank[problem.level]))


def _promises(desk: Desk, supply: Supply, now: datetime, end: datetime) -> list[Problem]:
    found = []
    for (partner, kind), promises in sorted(desk.promises.items()):
        for promise in promises:
            periods = {
                period.starts: period
                for at in (now, end - timedelta(seconds=1))
                if (period := desk.stretch(partner, promise, at)) is not None
            }
            for period in periods.values():
                over = period.ends <= end
                due = float(period.promised) if over else period.due(end)
                got = desk.got(partner, kind, period)
                if (over and got < period.promised) or due - got >= 1:
                    found.append(_behind(desk, supply, partner, promise, (got, period.promised, due, over)))
    return found


def _behind(
    desk: Desk, supply: Supply, partner: str, promise: Promise, numbers: tuple[int, int, float, bool]
) -> Problem:
    got, promised, due, over = numbers
    name = desk.partners[partner].name
    words = KIND_WORDS[promise.content]
    when = f"the {promise.per.value} ends within the plan" if over else f"{due:.1f} are due at the plan's end"
    able = sum(one.partner == partner for one in supply.candidates)
    why = ""
    if promise.content is ContentKind.VACANCY:
        why = f"; it has {able} vacancies that may be shown" if able else f"; {_nothing(desk, supply, partner)}"
    return Problem(
        level="error" if over else "warning",
        code="promise-behind",
        where=partner,
        message=f"{name} gets {got} of {promised} {words} promised this {promise.per.value}: {when}{why}",
        data={
            "partner": partner,
            "content": promise.content.value,
            "per": promise.per.value,
            "promised": promised,
            "got": got,
            "due": round(due, 2),
            "candidates": able,
        },
    )


def _nothing(desk: Desk, supply: Supply, partner: str) -> str:
    """Why a partner has no vacancy that may be shown."""
    ids = {f"vacancy:{vacancy.id}" for vacancy in desk.vacancies.values() if vacancy.partner == partner}
    counts = Counter(refusal.rule for refusal in supply.refused if refusal.content in ids)
    if not counts:
        return "it has no vacancy that any campaign wants" if ids else "it has no vacancies"
    return "none of its vacancies may be shown: " + ", ".join(f"{n} {rule}" for rule, n in counts.most_common())


def _no_degree(desk: Desk, supply: Supply) -> list[Problem]:
    if not desk.posts or not desk.quota_short(more=0):
        return []
    able = sum(one.no_degree for one in supply.candidates)
    share = desk.no_degree / desk.posts
    wanted = desk.rules.no_degree_share
    return [
        Problem(
            level="warning",
            code="no-degree-share",
            where="plan",
            message=(
                f"{desk.no_degree} of {desk.posts} vacancy posts ({share:.0%}) surely need no degree, {wanted:.0%} are"
                f" wanted; {able} vacancies that may be shown surely need none"
            ),
            data={"no_degree": desk.no_degree, "posts": desk.posts, "wanted": wanted, "candidates": able},
        )
    ]


def _places(desk: Desk, supply: Supply) -> list[Problem]:
    able = {code for one in supply.candidates for code in one.municipalities}
    unseen = [code for code in desk.rules.municipalities if desk.places[code] <= 0]
    found = []
    for level, codes, why in (
        ("warning", [code for code in unseen if code in able], "though they have vacancies that may be shown"),
        ("info", [code for code in unseen if code not in able], "for they have no vacancy that may be shown"),
    ):
        if codes:
            named = ", ".join(_label(desk, code) for code in codes)
            message = f"municipalities not seen in {desk.rules.window_days} days nor in the plan, {why}: {named}"
            data = {"municipalities": codes}
            found.append(Problem(level=level, code="municipality-unseen", where="plan", message=message, data=data))
    return found


def _label(desk: Desk, code: str) -> str:
    labels = (
        tag.label
        for vacancy in desk.vacancies.values()
        for tag in vacancy.tags
        if tag.axis == "municipality" and tag.code == code and tag.label
    )
    return next(labels, code)


def _empty(items: Sequence[PlanItem]) -> list[Problem]:
    empty = [item.slot.key for item in items if item.content is None]
    if not empty:
        return []
    message = f"{len(empty)} of {len(items)} slots stay empty; the plan says why at each"
    return [Problem(level="info", code="slots-empty", where="plan", message=message, data={"slots": empty})]
