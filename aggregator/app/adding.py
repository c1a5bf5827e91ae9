"""What `jobbfyr add` thinks: what a first harvest shows, what looks odd in it, and what a partner's file would say."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aggregator.model import Harvest, JobPosting, ListingKind, Partner, RemoteMode, Source

if TYPE_CHECKING:
    from aggregator.settings import Settings
    from aggregator.tagging import TagRules
    from spiders.detect import Detection

SHARE_EXPECTED = 4
"""A healthy harvest has at least one vacancy for every so many of the first: boards shrink over a summer without
anything being wrong, and a small one may well be empty one day.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One vacancy as the operator is shown it; "" is what the ad does not tell."""

    title: str
    place: str
    skill_level: str
    deadline: str
    url: str


def shown(posting: JobPosting, rules: TagRules) -> Shown:
    """The posting's line, its skill level by the region's own rules."""
    from aggregator.tagging import tag

    tags = tag((posting,), rules)
    levels = [one.code for one in tags if one.axis == "skill_level"]
    told = [place.locality or place.name or place.region for place in posting.job_location]
    places = list(dict.fromkeys(filter(None, told)))
    if posting.job_location_type is RemoteMode.REMOTE:
        places.append("remote")
    return Shown(
        title=posting.title,
        place=", ".join(places),
        skill_level=levels[0] if levels else "",
        deadline=f"{posting.valid_through:%Y-%m-%d}" if posting.valid_through else "",
        url=posting.url,
    )


def vacancies_of(harvest: Harvest) -> list[JobPosting]:
    """What would be published: no open applications and no drafts."""
    return [posting for posting in harvest.postings if posting.listing is ListingKind.VACANCY]


def oddities(harvest: Harvest, source: Source, partner: Partner, now: datetime) -> Iterator[str]:
    """What an operator should look at before saying yes, each a sentence; the source's own problems first."""
    for problem in harvest.problems:
        if problem.level != "info":
            yield f"{problem.level}: {problem.message}"
    if not harvest.complete and not any(problem.level == "error" for problem in harvest.problems):
        yield "not all of it could be read"
    postings = vacancies_of(harvest)
    if not postings:
        yield "nothing is open there now; that can be true, or the wrong page"
    yield from _lacking(postings, source, now)
    yield from _doubled(postings)
    yield from _others(postings, partner)
    for kind, what in ((ListingKind.OPEN_APPLICATION, "open applications"), (ListingKind.DRAFT, "drafts or copies")):
        if number := sum(one.listing is kind for one in harvest.postings):
            yield f"{number} {what} beside them will not be published"


def _lacking(postings: Sequence[JobPosting], source: Source, now: datetime) -> Iterator[str]:
    on_site = [one for one in postings if one.job_location_type is not RemoteMode.REMOTE]
    placeless = 0 if source.place else sum(not one.job_location for one in on_site)
    undated = sum(one.date_posted is None and one.valid_through is None for one in postings)
    english = sum(one.in_language == "en" for one in postings)
    total = len(postings)
    for number, what in (
        (placeless, "tell no place: set `place:` if they are all in one"),
        (undated, "tell neither when they were published nor a last day"),
        (sum(one.expired(now) for one in postings), "have passed their last day"),
        (sum(not one.description for one in postings), "have no text"),
        (english if english == total else 0, "are in English: there may be a Swedish list beside it"),
    ):
        if number:
            yield f"{'all' if number == total else number} of {total} {what}"


def _doubled(postings: Sequence[JobPosting]) -> Iterator[str]:
    same = Counter((one.title.casefold(), one.job_location) for one in postings)
    for (_, _), number in [pair for pair in same.most_common(3) if pair[1] > 1]:
        title = next(one.title for one in postings if same[one.title.casefold(), one.job_location] == number)
        yield f"“{title}” stands there {number} times"


def _others(postings: Sequence[JobPosting], partner: Partner) -> Iterator[str]:
    ours = [plain(name) for name in (partner.name, *partner.names)]
    names = Counter(one.hiring_organization for one in postings if one.hiring_organization)
    foreign = {
        name: number
        for name, number in names.items()
        if not any(one and (one in plain(name) or plain(name) in one) for one in ours)
    }
    if foreign:
        told = ", ".join(f"{name} ({number})" for name, number in Counter(foreign).most_common(3))
        yield f"the ads name other employers than {partner.name}: {told}; add them to its `names:` if they are the same"


# --- what would be written ------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Lower-case ASCII words with hyphens between them: `Höga Kusten Bryggeri AB` → `hoga-kusten-bryggeri-ab`."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ø", "o").replace("æ", "ae"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(one for one in letters if not unicodedata.combining(one))).strip("-")


def partner_key(name: str) -> str:
    """A new partner's lasting key: its name without a legal form at its end; "" when nothing is left."""
    key = re.sub(r"-(?:ab|aktiebolag|publ|hb|kb)$", "", plain(name).removesuffix("-publ"))
    return key[:60].strip("-")


def known_partner(settings: Settings, name: str) -> Partner | None:
    """The partner with this key or one of whose names this is, legal forms aside."""
    key = partner_key(name)
    return next(
        (
            one
            for one in settings.partners
            if name == one.key or key in {one.key, *(partner_key(other) for other in (one.name, *one.names))}
        ),
        None,
    )


def source_name(settings: Settings, partner: str, kind: str) -> str:
    """A name no other source of the partner has: the kind's, or that with a number."""
    taken = {source.key.partition("/")[2] for source in settings.sources if source.partner == partner}
    return next(name for name in (kind, *(f"{kind}-{n}" for n in range(2, 1000))) if name not in taken)


def already_there(settings: Settings, kind: str, url: str, options: Mapping[str, object]) -> str:
    """The key of the source that reads this already; "" when none does."""
    from spiders.extract.links import canonical

    def same(source: Source) -> bool:
        told = all(source.options.get(name) == value for name, value in options.items())
        return source.kind == kind and canonical(source.url) == canonical(url) and (bool(url) or told)

    return next((source.key for source in settings.sources if same(source)), "")


def options_of(found: Detection, partner: Partner) -> dict[str, object]:
    """The kind's options; Platsbanken is told whose ads, which its addresses do not say."""
    options = dict(found.options)
    if found.kind == "platsbanken" and not {"employer", "organization_numbers"} & options.keys():
        if partner.organization_number:
            options["organization_numbers"] = [partner.organization_number]
        else:
            options["employer"] = [partner.name, *partner.names] if partner.names else partner.name
    return options


def source_entry(source: Source, name: str, count: int) -> dict[str, Any]:
    """The source as its file shall say it; what is by default is left out, but not what is expected."""
    entry: dict[str, Any] = {"kind": source.kind}
    if name != source.kind:
        entry["name"] = name
    if source.url:
        entry["url"] = source.url
    if source.options:
        entry["options"] = dict(source.options)
    if source.place:
        entry["place"] = source.place
    return entry | {"expect": {"min": count // SHARE_EXPECTED}}


def lines_written(before: str, after: str) -> tuple[int, int]:
    """The first and the last line (from 1) of `after` that `before` did not have; (0, 0) when it had them all."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    new = [span for tag, _, _, *span in matcher.get_opcodes() if tag in ("insert", "replace")]
    return (new[0][0] + 1, new[-1][1]) if new else (0, 0)
