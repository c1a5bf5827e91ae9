"""Why a content stands in its slot, or why the slot stays empty, in words an operator reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aggregator.choose.desk import Desk
from aggregator.choose.pick import Picker
from aggregator.choose.rules import needs_no_degree
from aggregator.model import Content, ContentKind, Promise, Refusal, Slot, Vacancy

KIND_WORDS = {
    ContentKind.VACANCY: "vacancy posts",
    ContentKind.ROUND_UP: "round-ups",
    ContentKind.SPOTLIGHT: "spotlights",
    ContentKind.STORY: "stories",
}


def reasons(picker: Picker, slot: Slot, content: Content | None, refused: Sequence[Refusal]) -> tuple[str, ...]:
    """The reasons for a choice as the desk stood before it was made."""
    desk = picker.desk
    if content is None:
        return (_empty(slot, refused),)
    if content.kind is ContentKind.STORY:
        last = desk.last_shown(content.key, slot.channels)
        return ("a story never shown on these channels" if last == float("-inf") else "the story longest unseen here",)
    paces = tuple(_pace(desk, partner, content.kind, slot) for partner in content.partners)
    if content.kind is ContentKind.SPOTLIGHT:
        return paces
    shown = [desk.vacancies[key] for key in content.vacancies if key in desk.vacancies]
    if content.kind is ContentKind.ROUND_UP:
        free = sum(needs_no_degree(vacancy) is True for vacancy in shown)
        mixed = f"{len(shown)} vacancies of {len(content.partners)} partners, {free} of them surely need no degree"
        return (mixed, *(words for words in paces if words))
    return tuple(words for words in (*_own(desk, shown[0]), *paces) if words)


def _own(desk: Desk, vacancy: Vacancy) -> list[str]:
    """What speaks for a vacancy itself."""
    found = []
    if vacancy.pinned:
        found.append("pinned by the operator")
    if needs_no_degree(vacancy) is True:
        share = f"{desk.no_degree} of {desk.posts} posts before it, {desk.rules.no_degree_share:.0%} wanted"
        found.append(f"surely needs no degree ({share})" if desk.quota_short() else "surely needs no degree")
    found += [
        f"the first from {tag.label or tag.code} in {desk.rules.window_days} days"
        for tag in vacancy.tags
        if tag.axis == "municipality"
        and tag.sure
        and tag.code in desk.rules.municipalities
        and not desk.places[tag.code]
    ]
    if vacancy.fresh:
        found.append(f"new since {vacancy.opened_at.astimezone(desk.zone):%Y-%m-%d}")
    return found


def _pace(desk: Desk, partner: str, kind: ContentKind, slot: Slot) -> str:
    """A partner against its promises of a kind, the one furthest behind."""
    name = desk.partners[partner].name
    best: tuple[float, str] | None = None
    for promise in desk.promises.get((partner, kind), ()):
        words = _promise(desk, partner, promise, slot)
        if words is not None and (best is None or words[0] > best[0]):
            best = words
    if best is None:
        return f"{name} has no promise of {KIND_WORDS[kind]} now; nobody with one could use the slot better"
    return f"{name} {best[1]}"


def _promise(desk: Desk, partner: str, promise: Promise, slot: Slot) -> tuple[float, str] | None:
    period = desk.stretch(partner, promise, slot.at)
    if period is None:
        return None
    got = desk.got(partner, promise.content, period)
    due = period.due(slot.at)
    where = f"{got} of {period.promised} {KIND_WORDS[promise.content]} this {promise.per.value}, {due:.1f} due by then"
    lag = due - got
    return lag, (f"is {lag:.1f} behind its pace ({where})" if lag > 0 else f"keeps its pace ({where})")


def _empty(slot: Slot, refused: Sequence[Refusal]) -> str:
    """Why a slot stays empty."""
    wanted = " or ".join(kind.value for kind in slot.content)
    counts = Counter(refusal.rule for refusal in refused if refusal.content)
    if not counts:
        return f"nothing to show: there is no {wanted} to choose from"
    rules = ", ".join(f"{rule}" for rule, _ in counts.most_common())
    return f"no {wanted} may stand here; refused by: {rules}"
