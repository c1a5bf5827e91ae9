"""A small region to plan for: partners, tiers, vacancies and campaigns made with few words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from aggregator.model import (
    Campaign,
    ContentKind,
    Delivery,
    JobPosting,
    Partner,
    Period,
    Promise,
    Rules,
    SlotTime,
    Tag,
    Tier,
    Vacancy,
)

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)  # a Monday
MUNICIPALITIES = {"2080": "Falun", "2081": "Borlänge", "2034": "Orsa", "2062": "Mora"}


def vacancy(
    key: str,
    partner: str = "a",
    *,
    place: str = "2080",
    education: str = "none",
    language: str = "sv",
    closes: datetime | None = None,
    opened: datetime = NOW - timedelta(days=3),
    confidence: float = 1.0,
    remote: str = "",
    **more: object,
) -> Vacancy:
    posting = JobPosting(
        source=f"{partner}/jobb",
        identifier=key,
        title=f"Svetsare {key}",
        url=f"https://jobb.example/{key}",
        retrieved_from="https://jobb.example/",
        retrieved_at=opened,
        in_language=language,
        valid_through=closes,
    )
    tags = [Tag(axis="education", code=education, label=education, confidence=confidence)]
    if place:
        tags.append(Tag(axis="municipality", code=place, label=MUNICIPALITIES.get(place, place)))
    if remote:
        tags.append(Tag(axis="remote", code=remote, label=remote))
    made = Vacancy(
        id=key,
        partner=partner,
        title=posting.title,
        lead=posting,
        postings=(posting,),
        tags=tuple(tags),
        opened_at=opened,
    )
    from dataclasses import replace

    return replace(made, **more)  # type: ignore[arg-type] # the fields of Vacancy, checked at run time


def tier(key: str, posts: int = 4, per: Period = Period.MONTH, spotlights: int = 0) -> Tier:
    promises = [Promise(content=ContentKind.VACANCY, posts=posts, per=per)] if posts else []
    if spotlights:
        promises.append(Promise(content=ContentKind.SPOTLIGHT, posts=spotlights, per=per))
    return Tier(key=key, name={"sv": key}, fee=25_000, promises=tuple(promises))


def partner(key: str, tier_key: str = "bas", **more: object) -> Partner:
    from dataclasses import replace

    made = Partner(key=key, name=f"Bolaget {key.upper()}", tier=tier_key, presentation={"sv": "Vi bygger."})
    return replace(made, **more)  # type: ignore[arg-type] # the fields of Partner, checked at run time


def campaign(
    key: str = "jobb",
    *,
    days: tuple[int, ...] = (0, 1, 2, 3, 4),
    times: tuple[str, ...] = ("09:00",),
    content: tuple[ContentKind, ...] = (ContentKind.VACANCY,),
    channels: tuple[str, ...] = ("bluesky", "mastodon"),
    **more: object,
) -> Campaign:
    from dataclasses import replace

    made = Campaign(
        key=key,
        name={"sv": key},
        content=content,
        channels=channels,
        language="sv",
        slots=tuple(SlotTime(weekday=day, time=time) for day in days for time in times),
    )
    return replace(made, **more)  # type: ignore[arg-type] # the fields of Campaign, checked at run time


def delivery(
    content: str,
    at: datetime,
    *,
    slot: str = "",
    partner: str = "a",
    channel: str = "bluesky",
    kind: ContentKind = ContentKind.VACANCY,
    no_degree: bool | None = True,
    places: tuple[str, ...] = ("2080",),
) -> Delivery:
    vacancies = (
        tuple(content.partition(":")[2].split("+")) if kind in {ContentKind.VACANCY, ContentKind.ROUND_UP} else ()
    )
    return Delivery(
        slot=slot or f"jobb@{at:%Y-%m-%dT%H:%M}",
        content=content,
        kind=kind,
        partners=(partner,) if partner else (),
        vacancies=vacancies,
        municipalities=places,
        no_degree=no_degree,
        channel=channel,
        at=at,
    )


RULES = Rules(municipalities=tuple(MUNICIPALITIES), partner_rest_hours=0)
SINCE = date(2026, 1, 1)
