"""What each file of a region may hold, as pydantic models: one model a file, descriptions for editors, local checks.

Validation is strict and goes through JSON, so that a number is never taken for text, nor text for a number; what
concerns several files is checked in `crosscheck`. Longer than other files, so that everything an operator may write
stands in one place. Only `loader` and `schema` import this: building the models costs some 50 ms.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from aggregator.model import ContentKind, Period
from aggregator.settings import checks
from aggregator.settings.secrets import EnvSecret

Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A name that lasts: small letters a-z, digits and single hyphens."""

Text = Annotated[str, Field(min_length=1), AfterValidator(checks.text)]
Words = Annotated[dict[str, Text], Field(min_length=1, description="The text by language, such as {sv: …, en: …}")]
Municipality = Annotated[
    str, Field(description='A municipality: its SCB code in quotes ("2081") or its name (Borlänge)', min_length=1)
]
WebAddress = Annotated[
    str, AfterValidator(checks.web_address), Field(json_schema_extra={"format": "uri", "pattern": "^https?://"})
]
TimeOfDay = Annotated[
    str, AfterValidator(checks.time_of_day), Field(json_schema_extra={"pattern": checks.TIME_PATTERN})
]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1, such as sv or en")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", description='"#rrggbb", in quotes because of the #')]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AXES: Final = (
    "municipality", "county", "area", "remote", "ssyk", "isco", "skill_level", "education", "seniority", "language",
    "languages_required", "employment_type", "topic",
)  # fmt: skip
"""The axes of `aggregator.model.Tag`."""
Axis = Literal[
    "municipality", "county", "area", "remote", "ssyk", "isco", "skill_level", "education", "seniority", "language",
    "languages_required", "employment_type", "topic",
]  # fmt: skip


class Model(BaseModel):
    """No unknown keys, no conversions between types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# --- jobbfyr.yml ---------------------------------------------------------------------------------------------------


class AreaModel(Model):
    """A named part of the region, such as Siljan or Höga Kusten."""

    name: Words
    municipalities: Annotated[list[Municipality], Field(min_length=1, description="What the area is made of")]
    names: list[Text] = Field([], description="Further ways it is written in ads, such as High Coast")


class RegionModel(Model):
    """The region that people might move to."""

    key: Key = Field(description="The region's lasting name, such as hoga-kusten")
    name: Words
    country: str = Field("SE", pattern=r"^[A-Z]{2}$", description="ISO 3166-1; gives the public holidays")
    time_zone: Annotated[str, AfterValidator(checks.time_zone)] = Field(
        "Europe/Stockholm", description="IANA time zone in which campaigns' times are meant"
    )
    languages: list[LanguageCode] = Field(["sv", "en"], min_length=1, description="The first is the site's own")
    municipalities: Annotated[
        list[Municipality], Field(min_length=1, description="The region's municipalities, each to be seen")
    ]
    areas: dict[Key, AreaModel] = Field({}, description="Named areas by key; ads in them are tagged with the area")
    hashtags: dict[str, list[Annotated[str, AfterValidator(checks.hashtag)]]] = Field(
        {}, description="Hashtags by language, without #, the most wanted first"
    )


class OperatorModel(Model):
    """Who runs this installation."""

    name: Text = Field(description="The organisation that runs this installation")
    contact: Annotated[str, AfterValidator(checks.contact)] = Field(
        description="E-mail or web page that webmasters can reach; it stands in the User-Agent of every request"
    )
    website: WebAddress | None = Field(None, description="The organisation's own web site")


class DatabaseModel(Model):
    """The database's address and where its password is found."""

    address: Annotated[str, AfterValidator(checks.database)] = Field(
        description="sqlite:///file.db (in this folder) or postgresql+psycopg://user@host/name"
    )
    password: EnvSecret | None = Field(None, description="{env: NAME}: the variable that holds the password")


class SiteModel(Model):
    """The web site."""

    address: WebAddress = Field(description="Where the site will be reached, such as https://jobb.example.se")
    title: Words
    intro: Words


class CollectModel(Model):
    """Manners toward the sites that are read."""

    seconds_between_requests: float = Field(1.0, ge=0, le=600, description="Seconds between two requests to one host")
    timeout: float = Field(30.0, ge=1, le=300, description="Seconds one request may take")
    run_timeout: float = Field(900.0, ge=10, le=86_400, description="Seconds one collection may take in all")
    max_bytes: int = Field(20_000_000, ge=1000, le=2_000_000_000, description="Largest answer in bytes")
    max_pages: int = Field(300, ge=1, le=100_000, description="Most listing pages of one source in one run")
    max_redirects: int = Field(5, ge=0, le=20, description="Longest chain of redirects")
    concurrency: int = Field(8, ge=1, le=64, description="How many hosts are asked at the same time")
    allow_private: bool = Field(
        default=False, description="Allow sources on the own network (loopback and private addresses)"
    )


class PromiseModel(Model):
    """So many posts of one kind of content per period."""

    content: ContentKind = Field(description="What is posted")
    posts: int = Field(ge=1, le=1000, description="How many posts, counted once whatever the number of channels")
    per: Period = Field(description="The calendar period the posts are counted in")


class TierModel(Model):
    """A level of partnership."""

    name: Words
    fee: int = Field(ge=0, le=10_000_000, description="SEK a year, excluding VAT")
    max_employees: int | None = Field(None, ge=1, description="Largest company the tier is for; none: no upper bound")
    promises: list[PromiseModel] = Field(description="What a partner of this tier is promised")

    @field_validator("promises")
    @classmethod
    def _once_each(cls, promises: list[PromiseModel]) -> list[PromiseModel]:
        pairs = [(promise.content, promise.per) for promise in promises]
        twice = next((pair for at, pair in enumerate(pairs) if pair in pairs[:at]), None)
        if twice is not None:
            raise ValueError(f"two promises of {twice[0]} posts per {twice[1]}; add them up into one")
        return promises


class RulesModel(Model):
    """What holds for every plan."""

    no_degree_share: float = Field(
        0.3, ge=0, le=1, description="Least share (0-1) of vacancy posts that surely need no degree"
    )
    window_days: int = Field(28, ge=1, le=366, description="Days before the plan that the share looks back on")
    rest_days: int = Field(21, ge=0, le=366, description="Days before the same content returns on a channel")
    partner_rest_hours: int = Field(20, ge=0, le=720, description="Hours between two posts for one partner")
    min_days_left: int = Field(3, ge=0, le=60, description="Fewest days left to apply when a vacancy is posted")


class MainFile(Model):
    """jobbfyr.yml: the region, who runs it, where it keeps and shows things, what partners are promised."""

    region: RegionModel
    operator: OperatorModel
    database: DatabaseModel = DatabaseModel(address="sqlite:///jobbfyr.db", password=None)
    output: Annotated[str, AfterValidator(checks.inside)] = Field(
        "output", description="Folder for the site, cards and hand-off packs, inside this one"
    )
    site: SiteModel
    collect: CollectModel = CollectModel()
    tiers: dict[Key, TierModel] = Field({}, description="Levels of partnership by key, as partners' files name them")
    rules: RulesModel = RulesModel()

    @model_validator(mode="before")
    @classmethod
    def _short_database(cls, data: Any) -> Any:  # noqa: ANN401 - it is not validated yet
        if isinstance(data, dict) and isinstance(data.get("database"), str):
            return {**data, "database": {"address": data["database"]}}
        return data


# --- partners/*.yml ------------------------------------------------------------------------------------------------


class ExpectModel(Model):
    """What a healthy harvest looks like; anything else is held back and reported."""

    min: int = Field(0, ge=0, description="Fewest vacancies of a healthy harvest")
    max_closed_share: float = Field(
        0.5, ge=0, le=1, description="Largest share (0-1) of open vacancies that may vanish at once"
    )
    misses: int = Field(2, ge=1, le=30, description="Complete harvests in a row a vacancy must be missing from")


class SourceModel(Model):
    """One address where the partner's vacancies are found."""

    name: Key | None = Field(
        None, description="Lasting name within the partner, by default the kind; renaming it makes its ads new ones"
    )
    kind: str = Field(description="What job system it is")
    url: WebAddress | None = Field(None, description="The address; some kinds need none")
    options: dict[str, Any] = Field({}, description="What this kind can be told")
    expect: ExpectModel = ExpectModel()
    place: str = Field("", description="Where the work is when an ad does not say")
    employer: str = Field("", description="The employer's name to show in all its ads, instead of the ad's own")


class PartnerFile(Model):
    """partners/NAME.yml: one partner company and where its vacancies are found."""

    key: Key = Field(description="The partner's lasting name; changing it makes all its ads new ones")
    name: Text = Field(description="The company's name as people know it")
    tier: str = Field(description="Key of its tier in jobbfyr.yml")
    since: date | None = Field(
        None, description="First day of the partnership, YYYY-MM-DD; promises count from it (none: from the first run)"
    )
    until: date | None = Field(None, description="Last day of the partnership, YYYY-MM-DD")
    website: WebAddress | None = Field(None, description="The company's own web site")
    organization_number: Annotated[str, AfterValidator(checks.organization_number)] | None = Field(
        None, description="Swedish organisation number, NNNNNN-NNNN"
    )
    names: list[Text] = Field([], description="Other names it is known by in ads")
    places: list[Municipality] = Field([], description="Municipalities where it works")
    logo: Annotated[str, AfterValidator(checks.inside)] | None = Field(
        None, description="Picture in this region's folder, such as brand/logos/acme.svg"
    )
    presentation: dict[str, Text] = Field({}, description="The company presented, by language")
    sources: list[SourceModel] = Field([], description="Where its vacancies are found")

    @model_validator(mode="after")
    def _in_order(self) -> PartnerFile:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError(f"until ({self.until}) is before since ({self.since})")
        return self


# --- channels.yml, campaigns.yml, stories.yml, tags.yml, brand/brand.yml -------------------------------------------


class ChannelsFile(Model):
    """channels.yml: where posts go. Each channel has a `kind` and, beside it, that kind's own options."""

    channels: dict[Key, dict[str, Any]] = Field({}, description="Channels by name")


class SlotsModel(Model):
    """Days and times: a slot for each time on each day."""

    days: list[Day] = Field(min_length=1, description="mon tue wed thu fri sat sun")
    times: list[TimeOfDay] = Field(min_length=1, description="HH:MM in the region's time zone")


class WishModel(Model):
    """Which vacancies the campaign wants."""

    tags: dict[Axis, Annotated[list[Text], Field(min_length=1)]] = Field(
        {}, description="By axis, the codes wanted: {education: [none, upper-secondary]}"
    )
    partners: list[str] = Field([], description="Keys of partners; none named: all")
    fresh_only: bool = Field(default=False, description="Only vacancies that are new since their source was added")


class CampaignModel(Model):
    """What goes where and when."""

    name: Words
    content: list[ContentKind] = Field(min_length=1, description="What may fill a slot, the most wanted first")
    channels: list[str] = Field(min_length=1, description="Names of channels in channels.yml")
    language: LanguageCode
    slots: list[SlotsModel] = Field(min_length=1, description="When the campaign posts")
    wish: WishModel = WishModel()
    first: date | None = Field(None, description="First day, YYYY-MM-DD")
    last: date | None = Field(None, description="Last day, YYYY-MM-DD")
    on_red_days: bool = Field(default=True, description="Whether public holidays keep their slots")
    round_up_size: int = Field(5, ge=2, le=20, description="How many vacancies a round-up gathers")

    @field_validator("slots")
    @classmethod
    def _no_slot_twice(cls, slots: list[SlotsModel]) -> list[SlotsModel]:
        seen: set[tuple[str, str]] = set()
        for pair in ((day, time) for entry in slots for day in entry.days for time in entry.times):
            if pair in seen:
                raise ValueError(f"{pair[0]} {pair[1]} is named twice")
            seen.add(pair)
        return slots

    @model_validator(mode="after")
    def _in_order(self) -> CampaignModel:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError(f"last ({self.last}) is before first ({self.first})")
        return self


class CampaignsFile(Model):
    """campaigns.yml: what goes to which channels, in which language, when."""

    campaigns: dict[Key, CampaignModel] = Field({}, description="Campaigns by key")


class StoryModel(Model):
    """One of the region's own values."""

    title: Words
    text: Words
    link: WebAddress | None = Field(None, description="Where to read more; the site's own page of the story when none")
    image: Annotated[str, AfterValidator(checks.inside)] | None = Field(
        None, description="Picture in this region's folder"
    )
    alt: dict[str, Text] = Field({}, description="What the picture shows, by language")

    @model_validator(mode="after")
    def _picture_said(self) -> StoryModel:
        if self.image is not None and not self.alt:
            raise ValueError("a picture needs its alt text, for those who cannot see it")
        return self


class StoriesFile(Model):
    """stories.yml: the region's own values, told to people who might move."""

    stories: dict[Key, StoryModel] = Field({}, description="Stories by key")


class TopicModel(Model):
    """Something to tag ads with."""

    label: Words
    words: list[Text] = Field(
        [], description="Words that show it in an ad: whole words, any case, * at the end for any ending"
    )
    ssyk: list[Annotated[str, Field(pattern=r"^[0-9]{1,4}$")]] = Field(
        [], description='Occupations that show it: SSYK 2012 codes or their beginnings, in quotes ("21")'
    )

    @model_validator(mode="after")
    def _has_signs(self) -> TopicModel:
        if not self.words and not self.ssyk:
            raise ValueError("needs words or ssyk, or no ad would ever have it")
        return self


class TitleModel(Model):
    """The operator's word about what occupation a title is."""

    words: list[Text] = Field(min_length=1, description="A title that holds all of these, in any order")
    ssyk: str = Field(pattern=r"^[0-9]{4}$", description='SSYK 2012, four digits in quotes, such as "7212"')


class TagsFile(Model):
    """tags.yml: the operator's own topics, and its word about titles that are read wrongly."""

    topics: dict[Key, TopicModel] = Field({}, description="Topics by code")
    titles: list[TitleModel] = Field([], description="Titles whose occupation is settled here")


class ColoursModel(Model):
    """Two colours; the others are derived so that text on them can be read."""

    primary: Colour = "#0b3954"
    accent: Colour = "#f2b134"


class BrandFile(Model):
    """brand/brand.yml: what the region looks like."""

    colours: ColoursModel = ColoursModel()
    mark: Annotated[str, AfterValidator(checks.inside), AfterValidator(checks.svg)] | None = Field(
        None, description="The mark, an SVG file in this region's folder, such as brand/mark.svg"
    )


FILES: Final[dict[str, type[Model]]] = {
    "jobbfyr.yml": MainFile,
    "channels.yml": ChannelsFile,
    "campaigns.yml": CampaignsFile,
    "stories.yml": StoriesFile,
    "tags.yml": TagsFile,
    "brand/brand.yml": BrandFile,
}
"""The region's files but for `partners/*.yml`, which are `PartnerFile`s."""
