"""Validated files -> `Settings`. Nothing here can fail: everything was checked before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from aggregator.model import Campaign, Expect, Partner, Promise, Rules, SlotTime, Source, Story, Tier, Wish
from aggregator.settings import models
from aggregator.settings.crosscheck import municipalities, municipality_code
from aggregator.settings.documents import MAIN
from aggregator.settings.quick import absolute_address
from aggregator.settings.types import (
    Brand,
    ChannelEntry,
    Collect,
    Database,
    Operator,
    Region,
    Registry,
    Settings,
    Site,
)
from aggregator.settings.yamltree import Path as Steps
from aggregator.tagging.rules import Area, Override, TagRules, Topic

Options = Mapping[tuple[str, Steps], BaseModel]


def build(folder: Path, registry: Registry, files: Mapping[str, Any], options: Options) -> Settings:
    """`files` are the models by file; `options` the kinds' and channels' own by file and path."""
    main: models.MainFile = files[MAIN]
    table = municipalities(registry)
    region = _region(main.region, table)
    partner_files = {file: model for file, model in files.items() if isinstance(model, models.PartnerFile)}
    sources = tuple(source for file, one in partner_files.items() for source in _sources(file, one, options))
    return Settings(
        folder=folder,
        region=region,
        operator=Operator(name=main.operator.name, contact=main.operator.contact, website=main.operator.website or ""),
        database=Database(address=absolute_address(folder, main.database.address), password=main.database.password),
        output=folder / main.output,
        site=Site(address=main.site.address.rstrip("/"), title=main.site.title, intro=main.site.intro),
        brand=_brand(folder, files["brand/brand.yml"]),
        collect=Collect(**main.collect.model_dump()),
        rules=Rules(
            municipalities=region.municipalities,
            time_zone=region.time_zone,
            home_language=region.languages[0],
            **main.rules.model_dump(),
        ),
        tiers=tuple(_tier(key, tier) for key, tier in main.tiers.items()),
        partners=tuple(_partner(one, table) for one in partner_files.values()),
        sources=sources,
        channels=_channels(files["channels.yml"], options),
        campaigns=tuple(_campaign(key, one, table) for key, one in files["campaigns.yml"].campaigns.items()),
        stories=tuple(_story(key, one) for key, one in files["stories.yml"].stories.items()),
        tags=_tags(files["tags.yml"], region, sources),
    )


def _codes(words: list[str], table: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(municipality_code(word, table) or word for word in words)


def _region(model: models.RegionModel, table: Mapping[str, str]) -> Region:
    return Region(
        key=model.key,
        name=model.name,
        country=model.country,
        time_zone=model.time_zone,
        languages=tuple(model.languages),
        municipalities=_codes(model.municipalities, table),
        areas=tuple(
            Area(
                key=key,
                label=area.name,
                municipalities=_codes(area.municipalities, table),
                names=tuple(area.names),
            )
            for key, area in model.areas.items()
        ),
        hashtags={language: tuple(tags) for language, tags in model.hashtags.items()},
    )


def _brand(folder: Path, model: models.BrandFile) -> Brand:
    mark = folder / model.mark if model.mark is not None else None
    return Brand(primary=model.colours.primary, accent=model.colours.accent, mark=mark)


def _tier(key: str, model: models.TierModel) -> Tier:
    promises = tuple(Promise(content=one.content, posts=one.posts, per=one.per) for one in model.promises)
    return Tier(key=key, name=model.name, fee=model.fee, max_employees=model.max_employees, promises=promises)


def _partner(model: models.PartnerFile, table: Mapping[str, str]) -> Partner:
    return Partner(
        key=model.key,
        name=model.name,
        tier=model.tier,
        since=model.since,
        until=model.until,
        website=model.website or "",
        organization_number=model.organization_number or "",
        names=tuple(model.names),
        presentation=model.presentation,
        places=_codes(model.places, table),
        logo=model.logo or "",
    )


def _sources(file: str, partner: models.PartnerFile, options: Options) -> list[Source]:
    return [
        Source(
            key=f"{partner.key}/{model.name or model.kind}",
            partner=partner.key,
            kind=model.kind,
            url=model.url or "",
            options=options[file, ("sources", at, "options")].model_dump(
                mode="json", exclude_unset=True, by_alias=True
            ),
            expect=Expect(**model.expect.model_dump()),
            place=model.place,
            employer=model.employer,
        )
        for at, model in enumerate(partner.sources)
    ]


def _channels(model: models.ChannelsFile, options: Options) -> tuple[ChannelEntry, ...]:
    return tuple(
        ChannelEntry(name=name, kind=str(entry["kind"]), options=options["channels.yml", ("channels", name)])
        for name, entry in model.channels.items()
    )


def _campaign(key: str, model: models.CampaignModel, table: Mapping[str, str]) -> Campaign:
    times = sorted(
        (models.DAYS.index(day), time) for entry in model.slots for day in entry.days for time in entry.times
    )
    tags = {
        str(axis): _codes(codes, table) if axis == "municipality" else tuple(codes)
        for axis, codes in model.wish.tags.items()
    }
    return Campaign(
        key=key,
        name=model.name,
        content=tuple(model.content),
        channels=tuple(model.channels),
        language=model.language,
        slots=tuple(SlotTime(weekday=weekday, time=time) for weekday, time in times),
        wish=Wish(tags=tags, partners=tuple(model.wish.partners), fresh_only=model.wish.fresh_only),
        first=model.first,
        last=model.last,
        on_red_days=model.on_red_days,
        round_up_size=model.round_up_size,
    )


def _story(key: str, model: models.StoryModel) -> Story:
    return Story(
        key=key,
        title=model.title,
        text=model.text,
        link=model.link or "",
        image=model.image or "",
        alt=model.alt,
    )


def _tags(model: models.TagsFile, region: Region, sources: tuple[Source, ...]) -> TagRules:
    return TagRules(
        areas=region.areas,
        topics=tuple(
            Topic(code=code, label=one.label, words=tuple(one.words), ssyk=tuple(one.ssyk))
            for code, one in model.topics.items()
        ),
        overrides=tuple(Override(words=tuple(one.words), ssyk=one.ssyk) for one in model.titles),
        languages=region.languages,
        municipalities=region.municipalities,
        places={source.key: source.place for source in sources if source.place},
    )
