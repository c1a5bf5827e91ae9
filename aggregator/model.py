"""The words of the house: frozen types that every room shares and that import nothing of ours.

Read them from the top in the order in which a vacancy travels: what is collected (`Source`, `JobPosting`,
`Harvest`), what changed (`Change`, `Decision`), what it means (`Vacancy`, `Tag`), who pays for what (`Partner`,
`Tier`, `Promise`), what is shown when (`Campaign`, `Slot`, `PlanItem`), and what went out (`Message`, `Receipt`,
`Post`). Names follow schema.org's JobPosting where it has one. All times are aware `datetime`s in UTC unless a
name says otherwise; codes (SCB's municipalities, SSYK 2012, ISCO-08) are strings, for their leading zeros. A catalogue,
and long for that: nothing in it does anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

Words = Mapping[str, str]
"""A text in several languages: ISO 639-1 code -> text."""

NOTHING: Mapping[str, Any] = {}

# --- collected -----------------------------------------------------------------------------------------------------


class PostingKey(NamedTuple):
    """What a posting is known by for ever: the source's key and the ATS's own identifier, both raw."""

    source: str
    identifier: str

    def __str__(self) -> str:
        return f"{self.source}#{self.identifier}"


class RemoteMode(StrEnum):
    """Where the work may be done; schema.org knows only TELECOMMUTE, which is `REMOTE` here."""

    ON_SITE = "on-site"
    HYBRID = "hybrid"
    REMOTE = "remote"


class ListingKind(StrEnum):
    """What an advertisement turned out to be. Only `VACANCY` is ever published."""

    VACANCY = "vacancy"
    OPEN_APPLICATION = "open-application"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """schema.org Place with its PostalAddress, as far as the source told. `name` is the whole text as written.

    `country` is ISO 3166-1 alpha-2; `municipality_code` is SCB's and only set when the *source* gave it.
    """

    name: str = ""
    street_address: str = ""
    postal_code: str = ""
    locality: str = ""
    region: str = ""
    country: str = ""
    municipality_code: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPosting:
    """What one source said about one job, cleaned but not interpreted; contact persons are already gone.

    `identifier` is the ATS's own and never changes by cleaning. `description` is plain text with a blank line
    between paragraphs and `- ` before list items. `employment_type` uses schema.org's words (FULL_TIME, PART_TIME,
    CONTRACTOR, TEMPORARY, INTERN, VOLUNTEER, PER_DIEM, OTHER). `occupation_code` is SSYK 2012 (4 digits) and only
    set when the source gave a code. `raw` keeps, beside each parsed field, the text it was read from.
    """

    source: str
    identifier: str
    title: str
    url: str
    retrieved_from: str
    retrieved_at: datetime
    apply_url: str = ""
    hiring_organization: str = ""
    organization_number: str = ""
    job_location: tuple[Place, ...] = ()
    job_location_type: RemoteMode | None = None
    employment_type: tuple[str, ...] = ()
    date_posted: datetime | None = None
    valid_through: datetime | None = None
    description: str = ""
    in_language: str = ""
    base_salary: str = ""
    reference_number: str = ""
    department: str = ""
    occupation_code: str = ""
    occupation_label: str = ""
    total_job_openings: int | None = None
    listing: ListingKind = ListingKind.VACANCY
    raw: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> PostingKey:
        return PostingKey(self.source, self.identifier)

    def expired(self, now: datetime) -> bool:
        """Whether its own last day has passed."""
        return self.valid_through is not None and self.valid_through < now


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What an operator expects of a source; `aggregator.health` judges each harvest against it.

    `min`: fewest postings of a healthy harvest. `max_closed_share`: largest share of the open postings that may
    vanish at once, 0-1, before the source is quarantined. `misses`: complete harvests in a row a posting must be
    missing from before it is closed, unless its own page says that it is gone.
    """

    min: int = 0
    max_closed_share: float = 0.5
    misses: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One configured address of a partner. `key` is `partner/name`; `options` are the kind's own, validated.

    `place` is where its jobs are when an ad itself does not say (the operator's word, never ours); `employer`
    replaces the organisation's name in all its postings.
    """

    key: str
    partner: str
    kind: str
    url: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    expect: Expect = Expect()
    place: str = ""
    employer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something an operator may have to know. `code` is stable and hyphenated; `where` names the source, channel
    or post; `level` is `error`, `warning` or `info`; `data` is JSON-able.
    """

    level: str
    code: str
    where: str
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """What a server gave to ask it again cheaply: the address with its ETag, Last-Modified and body's SHA-256."""

    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """One source's run. `complete` is true only when every page was read and understood.

    `not_modified`: the source said (or its bytes showed) that nothing changed; `postings` is then empty and says
    nothing about closures. `unchanged`: identifiers seen in the listing whose pages needed no new look. `removed`:
    identifiers that the source itself declared gone (a stream's removals, an ad page answering 404 or 410).
    `gone`: those of `removed` that the listing no longer showed and whose own page was looked at and is gone.
    `incremental`: absence from `postings` means nothing (a stream of changes). `counts` are its own counters:
    `requests`, `bytes`, `pages`, `items`, `duplicates`, `status/200` and so on.
    """

    source: str
    started_at: datetime
    finished_at: datetime
    postings: tuple[JobPosting, ...] = ()
    problems: tuple[Problem, ...] = ()
    complete: bool = False
    not_modified: bool = False
    incremental: bool = False
    unchanged: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    validators: tuple[Validator, ...] = ()
    cursor: str = ""

    @property
    def listed(self) -> frozenset[str]:
        """Identifiers that the source showed as open; what it also declared removed is not among them."""
        return (frozenset(posting.identifier for posting in self.postings) | self.unchanged) - self.removed


# --- changed -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingState:
    """What the store remembers of a posting. `misses` counts complete harvests in a row without it."""

    identifier: str
    fingerprint: str
    url: str = ""
    open: bool = True
    misses: int = 0
    first_seen: datetime
    last_seen: datetime
    closed_at: datetime | None = None
    title: str = ""
    valid_through: datetime | None = None

    def expired(self, now: datetime) -> bool:
        """Whether its own last day has passed."""
        return self.valid_through is not None and self.valid_through < now


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A harvest that was not believed and waits for others to say the same. `code` is the problem's; `began` is when
    the source stopped being believed, `since` when it first said just this, and `times` how many harvests have;
    `identifiers` are those that must go on being away (a mass closure) or being listed (new identifiers).
    """

    code: str
    began: datetime
    since: datetime
    times: int = 1
    identifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the store remembers of a source. `baseline` is true until its first complete harvest was applied.

    `last_harvest` is the latest one of any verdict, `last_success` the latest healthy or unchanged one; `last_count`
    is how many postings that one listed. `validators` and `cursor` are those of the latest success, so that an
    unbelieved answer is asked for again.
    """

    key: str
    baseline: bool = True
    last_success: datetime | None = None
    last_count: int = 0
    quarantined_at: datetime | None = None
    quarantine_reason: str = ""
    validators: tuple[Validator, ...] = ()
    cursor: str = ""
    last_harvest: datetime | None = None
    suspicion: Suspicion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A source as it stood before a harvest: its state and its postings by identifier."""

    source: SourceState
    postings: Mapping[str, PostingState] = field(default_factory=dict)


class Health(StrEnum):
    """The verdict on a harvest. Only `HEALTHY` may close what is missing."""

    HEALTHY = "healthy"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    FAILED = "failed"
    SUSPICIOUS = "suspicious"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`quarantine` keeps the source's vacancies from being closed or newly posted; `reason` says why in words.

    `suspicion` is what the next harvest is compared with; `confirmed` are identifiers whose absence has been shown
    often enough to be believed at once.
    """

    health: Health
    quarantine: bool = False
    reason: str = ""
    problems: tuple[Problem, ...] = ()
    suspicion: Suspicion | None = None
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A posting met for the first time. `baseline`: it came with the source's first harvest, so it is not news."""

    posting: JobPosting
    baseline: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """A known posting whose content changed; `fields` names what did."""

    posting: JobPosting
    reason: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A posting that is gone: removed by its source, expired by its own date, or missing long enough."""

    key: PostingKey
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A closed posting that its source lists again; `posting` is None when its own page was not read anew."""

    key: PostingKey
    reason: str
    posting: JobPosting | None = None


Change = Opened | Updated | Closed | Reopened


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a harvest does to the store: changes, identifiers merely seen again, and identifiers missed (with the
    new count of misses). `renamed` tells of identifiers under which an ad known by another one now stands.
    """

    changes: tuple[Change, ...] = ()
    seen: tuple[str, ...] = ()
    missed: Mapping[str, int] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)


# --- understood ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a tag was given: the `words` that decided, the `field` they stood in, and the `rule` that read them."""

    field: str
    words: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One thing said about a vacancy. `axis` is one of `municipality county area remote ssyk isco skill_level
    education seniority language languages_required employment_type topic`; `confidence` is 0-1 and means the
    share of such tags expected to be right.
    """

    axis: str
    code: str
    label: str
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0

    @property
    def sure(self) -> bool:
        """Whether the tag may count toward a promise."""
        return self.confidence >= 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A posting's place in a vacancy. `vacancy` is an existing vacancy's id, or "" when the postings that share
    `group` are a new one; `matched` is the posting it was recognised by; `score` is 0-1, `reason` says it in words.
    """

    key: PostingKey
    group: str
    vacancy: str = ""
    matched: PostingKey | None = None
    score: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A word about two postings that no re-run may overrule: the operator's (`kind` is `merge` or `split`), or the
    source's own doing, which gave an ad a new identifier (`renamed`).
    """

    kind: str
    a: PostingKey
    b: PostingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """One opening, made of one or more postings. `id` is short, public, and survives merging.

    `partner` is the partner it counts for; `lead` is the posting whose words are shown; `fresh` is false for what a
    source already had when it was added; `held` is why it may not be newly posted ("" when it may): quarantine of
    all its sources, or the operator's `block`.
    """

    id: str
    partner: str
    title: str
    lead: JobPosting
    postings: tuple[JobPosting, ...]
    tags: tuple[Tag, ...] = ()
    open: bool = True
    fresh: bool = True
    opened_at: datetime
    closed_at: datetime | None = None
    close_reason: str = ""
    held: str = ""
    pinned: bool = False

    def codes(self, axis: str, *, sure: bool = False) -> tuple[str, ...]:
        """Codes of its tags on an axis, only the sure ones when asked."""
        return tuple(tag.code for tag in self.tags if tag.axis == axis and (tag.sure or not sure))


# --- promised ------------------------------------------------------------------------------------------------------


class ContentKind(StrEnum):
    """What a slot can hold."""

    VACANCY = "vacancy"
    ROUND_UP = "round-up"
    SPOTLIGHT = "spotlight"
    STORY = "story"


class Period(StrEnum):
    """The stretch of time over which a promise is counted, in the region's calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """So many posts of a kind per period, counted once per content and slot whatever the number of channels."""

    content: ContentKind
    posts: int
    per: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A level of partnership. `fee` is SEK a year excluding VAT; `max_employees` is the size of company it is for,
    None for no upper bound.
    """

    key: str
    name: Words
    fee: int
    promises: tuple[Promise, ...]
    max_employees: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Who pays to be seen. `names` are other names it is known by in ads; `since` is when its partnership began
    (promises are counted from then); `places` are municipality codes of its sites.
    """

    key: str
    name: str
    tier: str
    since: date | None = None
    until: date | None = None
    website: str = ""
    organization_number: str = ""
    names: tuple[str, ...] = ()
    presentation: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    logo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One of the region's own values as content: title and text by language, an optional link and picture."""

    key: str
    title: Words
    text: Words
    link: str = ""
    image: str = ""
    alt: Mapping[str, str] = field(default_factory=dict)


# --- chosen --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which vacancies a campaign wants: each axis named must have one of the codes named (`{"county": ("20",)}`)."""

    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partners: tuple[str, ...] = ()
    fresh_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTime:
    """When a campaign has a slot: weekday 0-6 from Monday and wall-clock time in the region's zone, `HH:MM`."""

    weekday: int
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Which content goes to which channels in which language, and when. `first` and `last` are local dates,
    both included; `on_red_days` tells whether public holidays keep their slots.
    """

    key: str
    name: Words
    content: tuple[ContentKind, ...]
    channels: tuple[str, ...]
    language: str
    slots: tuple[SlotTime, ...]
    wish: Wish = Wish()
    first: date | None = None
    last: date | None = None
    on_red_days: bool = True
    round_up_size: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One moment of one campaign. `key` is `campaign@local-date`T`HH:MM` and is unique for ever, also when the
    clock is turned back; `at` is UTC.
    """

    key: str
    campaign: str
    at: datetime
    channels: tuple[str, ...]
    language: str
    content: tuple[ContentKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What fills a slot. `key` is `vacancy:ID`, `spotlight:PARTNER`, `story:KEY` or `round-up:ID+ID+...`."""

    kind: ContentKind
    key: str
    vacancies: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    story: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A content that was considered for a slot and not taken, and the rule that said no."""

    content: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """A slot with what was chosen for it (None: the slot stays empty), why, and what was refused."""

    slot: Slot
    content: Content | None
    reasons: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A slot that was used: what was shown for which partners, when, on which channel, needing which education."""

    slot: str
    content: str
    kind: ContentKind
    partners: tuple[str, ...]
    vacancies: tuple[str, ...]
    municipalities: tuple[str, ...]
    no_degree: bool | None
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A partner against one promise in the running period: `due` is what an even pace would have delivered by now,
    `planned` what the plan adds before the period ends.
    """

    partner: str
    promise: Promise
    period_start: date
    period_end: date
    promised: int
    delivered: int
    planned: int
    due: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for every plan. `no_degree_share` is the least share (0-1) of vacancy posts, over the plan and the
    `window_days` before it, that surely need no degree; `rest_days` is how long a vacancy or spotlight rests before
    it is shown again on the same channel; `partner_rest_hours` keeps one partner from two posts close together;
    `min_days_left` keeps out what closes too soon to apply for; `municipalities` are the region's, each to be seen;
    `home_language` is the region's own, whose posts may also show ads in English or of unknown language.
    """

    municipalities: tuple[str, ...] = ()
    no_degree_share: float = 0.3
    window_days: int = 28
    rest_days: int = 21
    partner_rest_hours: int = 20
    min_days_left: int = 3
    time_zone: str = "Europe/Stockholm"
    home_language: str = "sv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The next days, with what cannot be met said in `shortfalls` and each partner's `standings`."""

    made_at: datetime
    items: tuple[PlanItem, ...]
    standings: tuple[Standing, ...] = ()
    shortfalls: tuple[Problem, ...] = ()


# --- published -----------------------------------------------------------------------------------------------------


class PostState(StrEnum):
    """The outbox's states. `CANCELLED` is a post given up before it was sent; `UNKNOWN` waits for a look-up."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture on disk with its words. `width` and `height` are pixels; `media_type` is `image/png` or the like."""

    path: str
    alt: str
    width: int
    height: int
    media_type: str = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCard:
    """What a channel shows under a link when the client must build the card itself."""

    url: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A draft fitted to one channel. `text` already holds `link` unless the channel never shows links or takes
    them apart from the text; `hashtags` are those of the text, without `#`; `marker` is what a look-up can find
    the post by (a part of its link).
    """

    text: str
    language: str
    link: str = ""
    hashtags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    card: LinkCard | None = None
    marker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the channel answered: its own id of the post, the address people can open, and when it was published."""

    remote_id: str
    url: str = ""
    at: datetime
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The outbox row. `key` is `slot/channel` and unique, so a slot can never be sent twice to a channel;
    `seed` is fixed at creation and gives deterministic remote keys; `due_at` is when its slot wanted it out and never
    moves (None: `created_at`), `not_before` when it may next be tried.
    """

    key: str
    slot: str
    channel: str
    content: Content
    language: str
    message: Message
    state: PostState
    seed: str
    created_at: datetime
    not_before: datetime
    attempts: int = 0
    receipt: Receipt | None = None
    error: str = ""
    close_reason: str = ""
    due_at: datetime | None = None

    @property
    def due(self) -> datetime:
        """When it was to go out: what its freshness is counted from."""
        return self.due_at or self.created_at


# --- remembered ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was done and why, as `jobbfyr why` tells it. `subject` is `posting:SOURCE#IDENTIFIER`,
    `vacancy:ID`, `source:KEY`, `post:KEY` or `slot:KEY`; `kind` is stable and hyphenated; `data` is JSON-able.
    """

    at: datetime
    subject: str
    kind: str
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)
