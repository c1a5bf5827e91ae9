"""The static site, swapped in at once: data in, a folder of files out.

`build` makes every page of every language that could say something new, keeps the others, and replaces the public
folder in one step. It needs no network and no clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.errors import JobbfyrError
from aggregator.model import ContentKind, Problem, Vacancy
from publishers.cards import Card, CardFolder, CardSize, Setting, alt_text, vacancy_card
from publishers.cards.draw import read_picture
from publishers.cards.folder import card_maker
from publishers.cards.words import in_language
from publishers.site import feeds, pictures
from publishers.site.data import SiteData, SiteReport
from publishers.site.looks import style_sheet
from publishers.site.marks import mark_of, mark_of_site
from publishers.site.page import Assets, PageImage, render
from publishers.site.pages import Pages, Shelf, apply_address
from publishers.site.text import one_line, slug, summary, web_address
from publishers.site.tree import Tree
from publishers.site.views import Edition, ad_language, edition_of, publishable

MOST_NEW_CARDS = 60
"""Share cards drawn for pages in one build, about two seconds' work; the others show the region's until the next."""


def build(
    data: SiteData, folder: Path, *, cards: CardFolder | None = None, most_new_cards: int = MOST_NEW_CARDS
) -> SiteReport:
    """Build the site of `data` and make `folder` (a symbolic link, replaced in one step) point to it.

    `cards` keeps the pages' share pictures; without it pages have none. One bad vacancy, logo or picture is left out
    and reported as a `Problem`; raises `JobbfyrError` when the site as a whole cannot be built or written, and the
    former site then still stands.
    """
    _check(data)
    problems: list[Problem] = []
    shelf = Shelf(data, _publishable(data, problems))
    with Tree(folder) as tree:
        shelf.recall(tree.former_memo.get("shelf", {}))
        assets = _put_assets(tree, data)
        media = _put_media(tree, data, problems)
        images, drawn, waiting = _put_cards(tree, data, shelf, cards=cards, most=most_new_cards, problems=problems)
        editions = [edition_of(data, language, media) for language in data.languages]
        base = mark_of_site(data, assets, media, shelf.partners)
        editions_pages = [Pages(edition, editions, shelf, images, base) for edition in editions]
        pages = 0
        listed: dict[str, tuple[Mapping[str, str], datetime | None]] = {}
        for own in editions_pages:
            for sheet in own:
                path = f"{sheet.path}index.html"
                if not tree.keep(path, sheet.mark):
                    tree.put(path, render(sheet.make(), own.edition, assets), sheet.mark)
                pages += 1
                if sheet.index:
                    listed.setdefault(sheet.paths[data.languages[0]], (sheet.paths, sheet.changed))
            _put_aliases(tree, own, shelf, assets, base)
            _put_feeds(tree, own, shelf, images, base)
        first = editions_pages[0]
        tree.put("404.html", render(first.not_found(), first.edition, assets))
        mark = mark_of(base, list(listed.values()))
        if not tree.keep("sitemap.xml", mark):
            tree.put("sitemap.xml", feeds.sitemap(list(listed.values()), data.address), mark)
        tree.put("robots.txt", feeds.robots(data.address))
        tree.memo["shelf"] = shelf.memo()
        tree.swap()
    return SiteReport(
        folder=folder,
        pages=pages,
        written=tree.written,
        kept=tree.kept,
        removed=tree.removed,
        cards_drawn=drawn,
        cards_waiting=waiting,
        problems=tuple(problems),
    )


def _check(data: SiteData) -> None:
    if not data.languages:
        raise JobbfyrError("the site has no language", hint="name at least one in region.languages")
    if data.address != data.address.rstrip("/") or not web_address(data.address) or urlsplit(data.address).query:
        raise JobbfyrError(
            f"the site's address {data.address!r} cannot be used",
            hint="write it as https://jobb.example, without a slash",
        )
    if data.generated_at.tzinfo is None:
        raise ValueError("generated_at must be aware")


def _publishable(data: SiteData, problems: list[Problem]) -> list[Vacancy]:
    """The vacancies that can have a page, each id once."""
    kept: dict[str, Vacancy] = {}
    for vacancy in data.vacancies:
        if not publishable(vacancy):
            if vacancy.lead.listing.value == "vacancy":
                problems.append(
                    _problem("site-bad-id", vacancy.id, "its id cannot stand in an address; it has no page")
                )
            continue
        if vacancy.id in kept:
            problems.append(
                _problem("site-double-id", vacancy.id, "two vacancies have this id; the first has the page")
            )
            continue
        if vacancy.open and not apply_address(vacancy):
            problems.append(
                _problem("site-no-link", vacancy.id, "it has no web address to apply at; no button is shown")
            )
        kept[vacancy.id] = vacancy
    return list(kept.values())


def _problem(code: str, where: str, message: str) -> Problem:
    return Problem(level="warning", code=code, where=f"site/{one_line(where)}", message=message)


def _put_assets(tree: Tree, data: SiteData) -> Assets:
    """Style, script, font and icon under names that change with their content, for caches to keep."""
    own = resources.files("publishers.site") / "assets"

    def put(name: str, ending: str, content: bytes) -> str:
        path = f"a/{name}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
        tree.put(path, content)
        return path

    font = put("inter-display-bold", "woff2", (own / "inter-display-bold.woff2").read_bytes())
    sheet = style_sheet(data.brand, (own / "style.css").read_text("utf-8"), font.removeprefix("a/"))
    return Assets(
        style=put("style", "css", sheet.encode()),
        script=put("site", "js", (own / "site.js").read_bytes()),
        font=font,
        icon=put("mark", "svg", pictures.icon(data.brand)),
    )


def _put_media(tree: Tree, data: SiteData, problems: list[Problem]) -> dict[str, str]:
    """Logos and stories' pictures; the path of each under `logo:KEY` or `story:KEY`."""
    wanted = [(f"logo:{p.key}", p.logo, pictures.logo) for p in data.partners if p.logo]
    wanted += [(f"story:{s.key}", s.image, pictures.photo) for s in data.stories if s.image]
    paths: dict[str, str] = {}
    for key, name, make in wanted:
        try:
            path, content = make(pictures.inside(data.media, name))
        except JobbfyrError as error:
            problems.append(_problem("site-picture", key, str(error)))
            continue
        if path not in paths.values():
            tree.put(path, content)
        paths[key] = path
    return paths


def _cards_mark(data: SiteData) -> str:
    """The mark of what all vacancies' cards share."""
    picture = read_picture(data.brand.mark) if data.brand.mark else b""
    shared = (data.languages, data.brand, data.title, data.address, data.time_zone)
    return mark_of(card_maker(), shared, hashlib.sha256(picture).hexdigest())


def _put_cards(
    tree: Tree, data: SiteData, shelf: Shelf, *, cards: CardFolder | None, most: int, problems: list[Problem]
) -> tuple[dict[str, PageImage], int, int]:
    """The share pictures: one of the region in each language, one of each open vacancy in its ad's language."""
    if cards is None:
        return {}, 0, 0
    images: dict[str, PageImage] = {}
    put: set[str] = set()
    drawn = waiting = 0
    base = _cards_mark(data)
    former, now = tree.former_memo.get("cards", {}), tree.memo.setdefault("cards", {})
    wanted: list[tuple[str, str, Callable[[], Card]]] = [
        (f"region:{language}", "", partial(_region_card, data, language)) for language in data.languages
    ]
    wanted += [(each.id, mark_of(base, shelf.marks[each.id]), partial(_card_of, each, data)) for each in shelf.open]
    for key, mark, make in wanted:
        try:
            card = None
            had = former.get(key) if mark else None
            if had is None or had[0] != mark:
                card = make()
                had = [mark, cards.name(card, CardSize.LANDSCAPE), one_line(alt_text(card))]
            path = f"cards/{had[1]}"
            image = PageImage(path=path, alt=had[2], width=CardSize.LANDSCAPE.width, height=CardSize.LANDSCAPE.height)
            if mark:
                now[key] = had
            if path not in put and not tree.keep_file(path):
                if not (cards.folder / had[1]).exists():
                    if drawn >= most:
                        waiting += 1
                        continue
                    cards.get(card or make(), CardSize.LANDSCAPE)
                    drawn += 1
                tree.put_file(path, cards.folder / had[1])
        except JobbfyrError as error:
            problems.append(_problem("site-card", key, str(error)))
            continue
        put.add(path)
        images[key] = image
    return images, drawn, waiting


def _setting(data: SiteData, language: str) -> Setting:
    return Setting(
        language=language,
        brand=data.brand,
        region=in_language(data.title, language),
        address=urlsplit(data.address).netloc,
        time_zone=data.time_zone,
    )


def _card_of(vacancy: Vacancy, data: SiteData) -> Card:
    language = ad_language(vacancy)
    return vacancy_card(vacancy, _setting(data, language if language in data.languages else data.languages[0]))


def _region_card(data: SiteData, language: str) -> Card:
    setting = _setting(data, language)
    return Card(
        kind=ContentKind.STORY,
        language=language,
        title=setting.region,
        brand=data.brand,
        region=in_language(data.name, language),
        text=summary(in_language(data.intro, language), 220),
        address=setting.address,
    )


def _put_aliases(tree: Tree, own: Pages, shelf: Shelf, assets: Assets, base: str) -> None:
    """Pages that lead from merged ids to what they became; an id that still has its own page keeps it."""
    aliases, language = own.edition.data.aliases, own.edition.language
    for alias in aliases:
        target, seen = alias, {alias}
        while target in aliases and aliases[target] not in seen:
            target = aliases[target]
            seen.add(target)
        odd = slug(alias) == "x" or "/" in alias or "." in alias
        if alias in shelf.by_id or target not in shelf.by_id or odd:
            continue
        path = f"{own.edition.path('job', alias)}index.html"
        mark = mark_of(base, language, alias, shelf.marks[target])
        if not tree.keep(path, mark):
            tree.put(path, render(own.moved(alias, target), own.edition, assets), mark)


def _put_feeds(tree: Tree, own: Pages, shelf: Shelf, images: Mapping[str, PageImage], base: str) -> None:
    edition: Edition = own.edition
    entries: Sequence[feeds.Entry] = own.entries(feeds.LONGEST_FEED)
    shown = {vacancy.id: images[vacancy.id] for vacancy, _ in entries if vacancy.id in images}
    addresses = {key: f"{edition.data.address}/{image.path}" for key, image in shown.items()}
    mark = mark_of(base, edition.language, shelf.mark([vacancy for vacancy, _ in entries]), addresses)
    for name, make in (("feed.atom", partial(feeds.atom)), ("feed.json", partial(feeds.json_feed, images=addresses))):
        path = f"{edition.root}{name}"
        if not tree.keep(path, mark):
            tree.put(path, make(entries, edition), mark)


def feed_of(data: SiteData, shape: str) -> str:
    """All open vacancies in one file, in the site's first language: `shape` is `atom`, `json-feed` or `indeed-xml`.

    Raises `ValueError` for another shape.
    """
    _check(data)
    shelf = Shelf(data, _publishable(data, []))
    editions = [edition_of(data, language, {}) for language in data.languages]
    own = Pages(editions[0], editions, shelf, {})
    match shape:
        case "atom":
            return feeds.atom(own.entries(), own.edition).decode()
        case "json-feed":
            return feeds.json_feed(own.entries(), own.edition, {}).decode()
        case "indeed-xml":
            return feeds.indeed(own.entries(), own.edition).decode()
    raise ValueError(f"there is no feed of the shape {shape!r}")
