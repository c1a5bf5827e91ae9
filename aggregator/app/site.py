"""The fifth step: the web site, built anew from what is open now."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aggregator.app.drafts import card_brand
from aggregator.model import ContentKind, PostState

if TYPE_CHECKING:
    from aggregator.app.house import House
    from publishers.channels.site import SiteOptions
    from publishers.site import SiteData, SiteReport

CLOSED_SHOWN = timedelta(days=90)
"""How long a closed vacancy's page stays, saying so and showing similar ones: as long as old links are followed."""

EPOCH = datetime.fromtimestamp(0, UTC)

CARDS_KEPT = timedelta(days=120)
"""How long a share card stays on disk after it was drawn; a page that still shows it has it drawn again."""

BUILT = ".site-built.json"
"""What the last build showed, beside the site it built."""

HIGHLIGHTED = timedelta(days=2)
"""How long a vacancy that was posted stands among the first ones on the site."""


def site_data(house: House, now: datetime) -> SiteData:
    """Everything the site shows, as it stands now."""
    vacancies, since = house.store.vacancies, now - CLOSED_SHOWN
    mark = vacancies.mark(now, since)  # before what it is of: what changes in between is met as a change the next time
    shown = (*vacancies.open(), *vacancies.closed_since(since))
    return replace(_frame(house, now), vacancies=shown, mark=mark)


def _frame(house: House, now: datetime) -> SiteData:
    """What the site shows but for its vacancies."""
    from aggregator.taxonomy import municipality
    from publishers.site import SiteData

    settings = house.settings
    region = settings.region
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
        partners=settings.partners,
        tiers=settings.tiers,
        stories=settings.stories,
        municipalities={code: known.name for code, known in names if known is not None},
        aliases=house.store.vacancies.aliases(),
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


def build_site(house: House, now: datetime, *, draw_cards: bool = True) -> SiteReport | None:
    """Build the site into the output folder; the old one stands until the new one is whole.

    Nothing is built when what it would show is what it shows: the same data on the same local day, and no share card
    waiting to be drawn; without `draw_cards` they go on waiting. None when no channel of the kind `site` is switched
    on.
    """
    from publishers.cards import CardFolder
    from publishers.site import build

    options = _options(house)
    if options is None:
        return None
    output = house.settings.output
    folder, note = output / options.folder, output / BUILT
    with house.progress.step("building the site") as step:
        shown = _digest(house, now)
        before = _built(note, folder, shown)
        if before is not None and not (draw_cards and before.cards_waiting):
            step.note = f"{before.pages} pages, nothing to change"
            return before
        most = options.cards_per_build if draw_cards else 0
        report = build(site_data(house, now), folder, cards=CardFolder(output / "cards"), most_new_cards=most)
        if not report.problems:
            files = report.written + report.kept
            facts = {"shown": shown, "pages": report.pages, "files": files, "waiting": report.cards_waiting}
            note.write_text(json.dumps(facts), "utf-8")
        step.note = f"{report.pages} pages, {report.written} of {report.written + report.kept} files new"
    return report


def _options(house: House) -> SiteOptions | None:
    from publishers.channels.site import SiteOptions

    built = (c.options for c in house.channels.values() if isinstance(c.options, SiteOptions) and c.options.enabled)
    return next(built, None)


def sweep_cards(house: House, now: datetime) -> None:
    """Delete the cards that neither a post still to be sent nor the last weeks' posts or pages need."""
    from publishers.cards import CardFolder

    kept = {
        image.path
        for post in house.store.outbox.in_state(PostState.PLANNED, PostState.SENDING, PostState.UNKNOWN)
        for image in post.message.images
    }
    CardFolder(house.settings.output / "cards").sweep(kept, before=(now - CARDS_KEPT).timestamp())


def _built(note: Path, folder: Path, shown: str) -> SiteReport | None:
    """The report of a build that already shows this; None when there is none."""
    from publishers.site import SiteReport

    try:
        facts = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if facts.get("shown") != shown or "waiting" not in facts or not (folder / "index.html").is_file():
        return None
    return SiteReport(
        folder=folder,
        pages=facts["pages"],
        written=0,
        kept=facts["files"],
        removed=0,
        cards_waiting=facts["waiting"],
    )


def _digest(house: House, now: datetime) -> str:
    """A hash of everything that decides how the site looks; of the time, only the local day and what has expired."""
    frame = _frame(house, now)
    day = now.astimezone(ZoneInfo(frame.time_zone)).date()
    vacancies = house.store.vacancies.mark(now, now - CLOSED_SHOWN)
    digest = hashlib.sha256(f"{version('jobbfyr')} {day} {vacancies}".encode())
    digest.update(repr(replace(frame, generated_at=EPOCH)).encode())
    for path in sorted(frame.media.glob("brand/**/*")) if frame.media else ():
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
