"""The fifth step: the web site, built anew from what is open now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.app.drafts import card_brand
from aggregator.model import ContentKind, PostState

if TYPE_CHECKING:
    from aggregator.app.house import House
    from publishers.site import SiteData, SiteReport

CLOSED_SHOWN = timedelta(days=90)
"""How long a closed vacancy's page stays, saying so and showing similar ones: as long as old links are followed."""

HIGHLIGHTED = timedelta(days=2)
"""How long a vacancy that was posted stands among the first ones on the site."""


def site_data(house: House, now: datetime) -> SiteData:
    """Everything the site shows, as it stands now."""
    from aggregator.taxonomy import municipality
    from publishers.site import SiteData

    settings = house.settings
    region = settings.region
    vacancies = house.store.vacancies
    names = ((code, municipality(code)) for code in region.municipalities)
    return SiteData(
        key=region.key,
        name=region.name,
        languages=region.languages,
        time_zone=region.time_zone,
        country=region.country,
        brand=card_brand(settings),
        address=settings.site.address,
        title=settings.site.title,
        intro=settings.site.intro,
        generated_at=now,
        vacancies=(*vacancies.open(), *vacancies.closed_since(now - CLOSED_SHOWN)),
        partners=settings.partners,
        tiers=settings.tiers,
        stories=settings.stories,
        municipalities={code: known.name for code, known in names if known is not None},
        aliases=vacancies.aliases(),
        highlights=_highlights(house, now),
        media=settings.folder,
        operator=settings.operator.name,
        operator_website=settings.operator.website,
    )


def _highlights(house: House, now: datetime) -> tuple[str, ...]:
    """Vacancies posted lately, the latest first."""
    sent = [
        post
        for post in house.store.outbox.since(now - HIGHLIGHTED)
        if post.state is PostState.SENT and post.content.kind is ContentKind.VACANCY
    ]
    sent.sort(key=lambda post: post.due, reverse=True)
    return tuple(dict.fromkeys(key for post in sent for key in post.content.vacancies))


def build_site(house: House, now: datetime) -> SiteReport:
    """Build the site into the output folder; the old one stands until the new one is whole."""
    from publishers.cards import CardFolder
    from publishers.site import build

    settings = house.settings
    with house.progress.step("building the site") as step:
        cards = CardFolder(settings.output / "cards")
        report = build(site_data(house, now), settings.output / "site", cards=cards)
        step.note = f"{report.pages} pages, {report.written} of {report.written + report.kept} files new"
    return report
