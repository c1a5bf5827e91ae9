"""One small named rule per refusal. A rule returns why a vacancy may not be shown, or "" when it may.

`STANDING` rules hold whatever the slot; `CAMPAIGN` rules look at the campaign's language and wish. The rules that
depend on the moment (`deadline`, `rest`, `partner-rest`) need what else is planned; `aggregator.choose.pick` asks them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.model import Campaign, Content, ContentKind, ListingKind, Partner, Refusal, Rules, Vacancy

NO_DEGREE = frozenset({"none", "upper-secondary"})
"""Education codes that count as "needs no degree": nothing beyond school is demanded. A higher vocational diploma
is a degree here, because it takes years of study; unknown never counts."""

READ_AT_HOME = frozenset({"en"})
"""Languages whose ads may also stand in posts in the region's own language: Swedes read English, and many
employers in the regions advertise in nothing else. The reverse does not hold: an English post needs an English ad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What standing rules need to know beside the vacancy."""

    rules: Rules
    partners: Mapping[str, Partner]
    today: date


def needs_no_degree(vacancy: Vacancy) -> bool | None:
    """Whether an ad surely demands no degree; None when that is not sure either way."""
    codes = vacancy.codes("education", sure=True)
    if not codes or "unknown" in codes:
        return None
    return set(codes) <= NO_DEGREE


def facts(content: Content, vacancies: Mapping[str, Vacancy]) -> tuple[tuple[str, ...], bool | None]:
    """What the ledger records of a content: the municipalities surely shown, and whether it surely needs no degree
    (only said of single vacancies; a round-up or another content has None).
    """
    shown = [vacancies[key] for key in content.vacancies if key in vacancies]
    places = sorted({code for vacancy in shown for code in vacancy.codes("municipality", sure=True)})
    single = content.kind is ContentKind.VACANCY and len(shown) == 1
    return tuple(places), needs_no_degree(shown[0]) if single else None


def valid_through(vacancy: Vacancy) -> datetime | None:
    """The last moment to apply: what the shown ad says, else the earliest that any of its ads says."""
    if vacancy.lead.valid_through is not None:
        return vacancy.lead.valid_through
    return min((p.valid_through for p in vacancy.postings if p.valid_through is not None), default=None)


def last_slot(vacancy: Vacancy, rules: Rules) -> datetime | None:
    """The last moment at which a post still leaves `min_days_left` to apply; None when the ad has no last day."""
    end = valid_through(vacancy)
    return None if end is None else end - timedelta(days=rules.min_days_left)


def ad_languages(vacancy: Vacancy) -> frozenset[str]:
    """Languages that its ads are written in, as their sources or the tags say."""
    said = {posting.in_language[:2].lower() for posting in vacancy.postings if posting.in_language}
    return frozenset(said | set(vacancy.codes("language")))


def closed(vacancy: Vacancy, _: View) -> str:
    """A vacancy that is no longer advertised is never shown."""
    return "" if vacancy.open else f"closed: {vacancy.close_reason or 'no longer advertised'}"


def held(vacancy: Vacancy, _: View) -> str:
    """Blocked by the operator, or all its sources in quarantine."""
    return vacancy.held


def not_a_vacancy(vacancy: Vacancy, _: View) -> str:
    """Open applications and drafts are no jobs."""
    return "" if vacancy.lead.listing is ListingKind.VACANCY else f"it is an {vacancy.lead.listing.value}, not a job"


def partnership(vacancy: Vacancy, view: View) -> str:
    """Only partners are shown, and only while they are."""
    partner = view.partners.get(vacancy.partner)
    if partner is None:
        return f"{vacancy.partner or 'its employer'} is not a partner"
    if partner.until is not None and view.today > partner.until:
        return f"{partner.name}'s partnership ended {partner.until}"
    if partner.since is not None and view.today < partner.since:
        return f"{partner.name}'s partnership begins {partner.since}"
    return ""


def region(vacancy: Vacancy, view: View) -> str:
    """The work is in one of the region's municipalities, or can be done from there because it is fully remote."""
    wanted = view.rules.municipalities
    if not wanted or "remote" in vacancy.codes("remote"):
        return ""
    codes = vacancy.codes("municipality")
    if not codes:
        return "no municipality is known for it"
    if set(codes) & set(wanted):
        return ""
    labels = [tag.label or tag.code for tag in vacancy.tags if tag.axis == "municipality"]
    return f"{', '.join(labels)} lies outside the region"


StandingRule = Callable[[Vacancy, View], str]
STANDING: tuple[tuple[str, StandingRule], ...] = (
    ("closed", closed),
    ("held", held),
    ("not-a-vacancy", not_a_vacancy),
    ("partnership", partnership),
    ("region", region),
)


def language(vacancy: Vacancy, campaign: Campaign, rules: Rules) -> str:
    """The ad must be in the post's language. A post in the region's own language may also show an ad in English, or
    one whose language is not known.
    """
    written = ad_languages(vacancy)
    if campaign.language in written:
        return ""
    if campaign.language == rules.home_language and (not written or written & READ_AT_HOME):
        return ""
    return f"its ad is in {', '.join(sorted(written)) or 'an unknown language'}, the post in {campaign.language}"


def wish(vacancy: Vacancy, campaign: Campaign, _: Rules) -> str:
    """What the campaign asks for: partners, fresh ones only, and on each axis named one of the codes named."""
    wanted = campaign.wish
    if wanted.partners and vacancy.partner not in wanted.partners:
        return f"{campaign.key} is for {', '.join(wanted.partners)}"
    if wanted.fresh_only and not vacancy.fresh:
        return f"{campaign.key} wants only new vacancies"
    for axis, codes in sorted(wanted.tags.items()):
        if not set(vacancy.codes(axis)) & set(codes):
            has = ", ".join(vacancy.codes(axis)) or "unknown"
            return f"{campaign.key} wants {axis} {' or '.join(codes)}; it is {has}"
    return ""


CampaignRule = Callable[[Vacancy, Campaign, Rules], str]
CAMPAIGN: tuple[tuple[str, CampaignRule], ...] = (("language", language), ("wish", wish))


def standing_refusal(vacancy: Vacancy, view: View) -> Refusal | None:
    """The first standing rule that refuses a vacancy, if any."""
    for name, rule in STANDING:
        reason = rule(vacancy, view)
        if reason:
            return Refusal(content=f"vacancy:{vacancy.id}", rule=name, reason=reason)
    return None


def campaign_refusal(vacancy: Vacancy, campaign: Campaign, rules: Rules) -> Refusal | None:
    """The first rule of a campaign that refuses a vacancy, if any."""
    for name, rule in CAMPAIGN:
        reason = rule(vacancy, campaign, rules)
        if reason:
            return Refusal(content=f"vacancy:{vacancy.id}", rule=name, reason=reason)
    return None


def why_not(
    vacancy: Vacancy, *, partners: Mapping[str, Partner], rules: Rules, now: datetime, campaign: Campaign | None = None
) -> Refusal | None:
    """Why a vacancy cannot be shown at all (or by a campaign) as things stand; None when no rule refuses it."""
    today = now.astimezone(ZoneInfo(rules.time_zone)).date()
    refused = standing_refusal(vacancy, View(rules=rules, partners=partners, today=today))
    if refused is None:
        end = last_slot(vacancy, rules)
        if end is not None and now > end:
            reason = f"it closes {valid_through(vacancy):%Y-%m-%d}, sooner than {rules.min_days_left} days from now"
            refused = Refusal(content=f"vacancy:{vacancy.id}", rule="deadline", reason=reason)
    if refused is None and campaign is not None:
        refused = campaign_refusal(vacancy, campaign, rules)
    return refused
