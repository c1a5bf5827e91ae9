"""What may stand in a slot, and what is best there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.choose.desk import Candidate, Desk, Order
from aggregator.choose.rules import campaign_refusal
from aggregator.model import Campaign, Content, ContentKind, Refusal, Slot, Story

Rank = tuple[bool, bool, bool, float, bool, float, float, Order]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A campaign's candidates, and those its own rules refuse."""

    campaign: Campaign
    candidates: tuple[Candidate, ...]
    refused: tuple[Refusal, ...]


def pool(campaign: Campaign, candidates: Sequence[Candidate], desk: Desk) -> Pool:
    """Candidates through a campaign's rules."""
    kept, refused = [], []
    for one in candidates:
        refusal = campaign_refusal(one.vacancy, campaign, desk.rules)
        if refusal is None:
            kept.append(one)
        else:
            refused.append(refusal)
    return Pool(campaign=campaign, candidates=tuple(kept), refused=tuple(refused))


class Picker:
    """Chooses for one slot at a time from what the desk allows."""

    def __init__(self, desk: Desk, pools: Mapping[str, Pool], stories: Sequence[Story]) -> None:
        self.desk = desk
        self.pools = pools
        self.stories = sorted(stories, key=lambda story: story.key)

    # --- vacancies ---

    def options(self, slot: Slot, *, partner: str = "") -> list[Candidate]:
        """Candidates that may stand in a slot as things lie, of one partner when asked."""
        resting = self.desk.resting(slot)
        at = slot.at.timestamp()
        near: dict[str, bool] = {}
        found = []
        for one in self.pools[slot.campaign].candidates:
            if (partner and one.partner != partner) or one.last < at or one.id in resting:
                continue
            if one.partner not in near:
                near[one.partner] = self.desk.partner_near(one.partner, slot.at) is not None
            if not near[one.partner]:
                found.append(one)
        return found

    def ranks(self, slot: Slot, options: Sequence[Candidate], kind: ContentKind) -> list[tuple[Rank, Candidate]]:
        """Options with their rank in a slot, unsorted; the lowest is the best. In order: pinned; needs no degree while
        the share is short; its partner behind its pace, the furthest first; a municipality not yet seen; the pace
        again; the partner longest unseen; the partner's own order (least shown, last chance, fresh, newest).
        """
        desk, short = self.desk, self.desk.quota_short()
        seen = desk.places
        of_partner: dict[str, tuple[bool, float, float, float]] = {}
        found = []
        for one in options:
            mine = of_partner.get(one.partner)
            if mine is None:
                pace = desk.pace(one.partner, kind, slot.at)
                behind = pace >= 1
                mine = (not behind, -pace if behind else 0.0, -pace, desk.partner_last(one.partner, slot.at))
                of_partner[one.partner] = mine
            known = True
            for code in one.municipalities:  # a plain loop: this line runs for every vacancy in every slot
                known = known and seen[code] > 0
            rank = (
                not one.pinned,
                short and not one.no_degree,
                mine[0],
                mine[1],
                known,
                mine[2],
                mine[3],
                one.order,
            )
            found.append((rank, one))
        return found

    def vacancy(self, slot: Slot, *, partner: str = "") -> Candidate | None:
        """The best vacancy for a slot, of one partner when asked."""
        ranked = self.ranks(slot, self.options(slot, partner=partner), ContentKind.VACANCY)
        return min(ranked, key=lambda pair: pair[0])[1] if ranked else None

    def round_up(self, slot: Slot) -> Content | None:
        """Several vacancies, the best of each partner in turn so that partners mix, at least two. The share that needs
        no degree holds inside it as far as there are such vacancies.
        """
        resting, at = self.desk.resting(slot), slot.at.timestamp()
        mine = self.pools[slot.campaign]
        options = [one for one in mine.candidates if one.last >= at and one.id not in resting]
        ranked = [one for _, one in sorted(self.ranks(slot, options, ContentKind.ROUND_UP), key=lambda pair: pair[0])]
        size = mine.campaign.round_up_size
        share = self.desk.rules.no_degree_share
        chosen = _mix(ranked, size)
        wanted = min(len(chosen), -int(-(share * len(chosen)) // 1))
        spare = [one for one in ranked if one.no_degree and one not in chosen]
        for _ in range(max(0, wanted - sum(one.no_degree for one in chosen))):
            last = next((one for one in reversed(chosen) if not one.no_degree and not one.pinned), None)
            if last is None or not spare:
                break
            chosen[chosen.index(last)] = spare.pop(0)
        if len(chosen) < 2:
            return None
        ids = tuple(one.id for one in chosen)
        partners = tuple(dict.fromkeys(one.partner for one in chosen))
        return Content(kind=ContentKind.ROUND_UP, key=f"round-up:{'+'.join(ids)}", vacancies=ids, partners=partners)

    # --- spotlights and stories ---

    def spotlight_refusal(self, partner: str, slot: Slot, resting: Mapping[str, float]) -> Refusal | None:
        """Why a partner's presentation may not stand in a slot, if anything says no."""
        who, key, campaign = self.desk.partners[partner], f"spotlight:{partner}", self.pools[slot.campaign].campaign
        day = slot.at.astimezone(self.desk.zone).date()
        near = self.desk.partner_near(partner, slot.at)
        if (who.since and day < who.since) or (who.until and day > who.until):
            return Refusal(content=key, rule="partnership", reason=f"{who.name} is not a partner on {day}")
        if campaign.wish.partners and partner not in campaign.wish.partners:
            return Refusal(content=key, rule="wish", reason=f"{campaign.key} is for other partners")
        if not who.presentation.get(slot.language, "").strip():
            return Refusal(content=key, rule="presentation", reason=f"{who.name} has none in {slot.language!r}")
        if self.desk.left(partner, ContentKind.SPOTLIGHT, slot.at) <= 0:
            return Refusal(content=key, rule="promise", reason=f"{who.name} is owed no spotlight in this period")
        if key in resting:
            return Refusal(content=key, rule="rest", reason=self.rested(resting[key]))
        if near is not None:
            return Refusal(content=key, rule="partner-rest", reason=self.near(partner, near))
        return None

    def spotlight(self, slot: Slot) -> str | None:
        """The partner furthest behind its pace among those owed a spotlight."""
        resting = self.desk.resting(slot)
        ranked = [
            (-self.desk.pace(key, ContentKind.SPOTLIGHT, slot.at), self.desk.partner_last(key, slot.at), key)
            for key in self.desk.partners
            if self.spotlight_refusal(key, slot, resting) is None
        ]
        return min(ranked)[2] if ranked else None

    def story(self, slot: Slot) -> Story | None:
        """The story least recently shown on the slot's channels, in its language."""
        resting = self.desk.resting(slot)
        ranked = [
            (self.desk.last_shown(f"story:{story.key}", slot.channels), story.key, story)
            for story in self.stories
            if f"story:{story.key}" not in resting and story.title.get(slot.language) and story.text.get(slot.language)
        ]
        return min(ranked, key=lambda one: one[:2])[2] if ranked else None

    # --- the slot ---

    def best(self, slot: Slot) -> Content | None:
        """The content for a slot: the kind whose partner is furthest behind its pace when one is behind, else the
        first kind in the campaign's own order that can be filled.
        """
        found: list[tuple[float, Content]] = []
        for kind in slot.content:
            content = self.of_kind(kind, slot)
            if content is not None:
                paces = [self.desk.pace(partner, kind, slot.at) for partner in content.partners]
                found.append((max(paces, default=-1.0), content))
        behind = [pair for pair in found if pair[0] >= 1]
        if behind:
            return max(behind, key=lambda pair: pair[0])[1]
        return found[0][1] if found else None

    def of_kind(self, kind: ContentKind, slot: Slot) -> Content | None:
        """The best content of one kind for a slot."""
        if kind is ContentKind.VACANCY:
            one = self.vacancy(slot)
            return None if one is None else single(one)
        if kind is ContentKind.ROUND_UP:
            return self.round_up(slot)
        if kind is ContentKind.SPOTLIGHT:
            partner = self.spotlight(slot)
            return None if partner is None else spotlight(partner)
        story = self.story(slot)
        return None if story is None else Content(kind=kind, key=f"story:{story.key}", story=story.key)

    def rested(self, when: float) -> str:
        """That something was or will be shown at a time (a POSIX timestamp) too near to show it again."""
        day = datetime.fromtimestamp(when, UTC).astimezone(self.desk.zone)
        return f"shown on {day:%Y-%m-%d}, less than the rest this channel gives"

    def near(self, partner: str, when: float) -> str:
        """That a partner has another post at a time too near."""
        name = self.desk.partners[partner].name
        at = datetime.fromtimestamp(when, UTC).astimezone(self.desk.zone)
        return f"{name} has a post at {at:%Y-%m-%d %H:%M}, within {self.desk.rules.partner_rest_hours} hours"


def single(one: Candidate) -> Content:
    """A vacancy as content."""
    return Content(kind=ContentKind.VACANCY, key=f"vacancy:{one.id}", vacancies=(one.id,), partners=(one.partner,))


def spotlight(partner: str) -> Content:
    """A partner's presentation as content."""
    return Content(kind=ContentKind.SPOTLIGHT, key=f"spotlight:{partner}", partners=(partner,))


def _mix(ranked: Sequence[Candidate], size: int) -> list[Candidate]:
    """The first of each partner, then the second of each and so on, up to `size`."""
    turn: Counter[str] = Counter()
    keyed = []
    for place, one in enumerate(ranked):
        keyed.append((turn[one.partner], place, one))
        turn[one.partner] += 1
    return [one for _, _, one in sorted(keyed, key=lambda entry: entry[:2])][:size]
