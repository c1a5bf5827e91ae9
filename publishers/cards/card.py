"""What a share card says, and the same in words for those who hear it. Pure; `publishers.cards.draw` makes pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from aggregator.model import ContentKind, Partner, Story, Vacancy
from publishers.cards.brand import Brand
from publishers.cards.text import shortened
from publishers.cards.words import apply_by, badge, employer_of, in_language, places_of, say


class CardSize(StrEnum):
    """The three shapes that the channels ask for; `width` and `height` are pixels."""

    LANDSCAPE = "landscape"
    SQUARE = "square"
    PORTRAIT = "portrait"

    @property
    def width(self) -> int:
        return 1200 if self is CardSize.LANDSCAPE else 1080

    @property
    def height(self) -> int:
        return {"landscape": 675, "square": 1080, "portrait": 1350}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardItem:
    """One line of a round-up."""

    title: str
    employer: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything on a card, in words. `language` is ISO 639-1 and rules hyphenation; `deadline` and `badge` are whole
    phrases ("Sök senast 3 december", "Ingen examen krävs"); `text` is a spotlight's or story's running text; `address`
    is the site's, for the card's foot; `picture` (story) and `logo` (spotlight) are paths of PNG, JPEG, WebP or, for
    the logo, SVG files, "" for none. Text may hold anything: what the fonts cannot draw is left out of the picture.
    """

    kind: ContentKind
    language: str
    title: str
    brand: Brand
    region: str = ""
    employer: str = ""
    places: tuple[str, ...] = ()
    deadline: str = ""
    badge: str = ""
    text: str = ""
    items: tuple[CardItem, ...] = ()
    address: str = ""
    picture: str = ""
    logo: str = ""
    picture_alt: str = ""


LONGEST_ALT = 1000
"""Characters of alt text that the narrowest of the channels take."""


def alt_text(card: Card) -> str:
    """What the card says, in the card's language and reading order, as sentences; at most `LONGEST_ALT` characters."""
    named = [card.region] if card.region else []
    match card.kind:
        case ContentKind.VACANCY:
            at = say("alt_vacancy_at", card.language, title=card.title, employer=card.employer)
            said = [at if card.employer else card.title, ", ".join(card.places), card.badge, card.deadline, *named]
        case ContentKind.ROUND_UP:
            lines = [", ".join(part for part in (i.title, i.employer, i.place) if part) for i in card.items]
            said = [card.title, card.badge, "; ".join(lines), *named]
        case ContentKind.SPOTLIGHT:
            said = [card.title, card.text, ", ".join(card.places), *named]
        case ContentKind.STORY:
            said = [card.title, card.text, card.picture_alt, *named]
    sentences = [" ".join(part.split()).rstrip(".") for part in said]
    return shortened(" ".join(f"{part}." for part in sentences if part), LONGEST_ALT)


# --- from the house's own types ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all cards of one region in one language share. `time_zone` is an IANA name: a deadline is a local day."""

    language: str
    brand: Brand
    region: str
    address: str = ""
    time_zone: str = "Europe/Stockholm"


def vacancy_card(vacancy: Vacancy, setting: Setting) -> Card:
    """The card of one opening. The badge only claims what a *sure* tag says."""
    return Card(
        kind=ContentKind.VACANCY,
        language=setting.language,
        title=vacancy.title,
        brand=setting.brand,
        region=setting.region,
        employer=employer_of(vacancy),
        places=places_of(vacancy, setting.language),
        deadline=apply_by(vacancy.lead.valid_through, setting.language, setting.time_zone),
        badge=badge(vacancy, setting.language),
        address=setting.address,
    )


def round_up_card(vacancies: Sequence[Vacancy], setting: Setting, *, title: str = "") -> Card:
    """The card of several openings. Without a `title` it says how many there are; a badge that all share is shown."""
    badges = {badge(vacancy, setting.language) for vacancy in vacancies}
    items = tuple(
        CardItem(
            title=vacancy.title,
            employer=employer_of(vacancy),
            place=", ".join(places_of(vacancy, setting.language)[:2]),
        )
        for vacancy in vacancies
    )
    counted = say("round_up", setting.language, count=str(len(vacancies)), region=setting.region)
    return Card(
        kind=ContentKind.ROUND_UP,
        language=setting.language,
        title=title or counted,
        brand=setting.brand,
        region=setting.region,
        items=items,
        badge=badges.pop() if len(badges) == 1 else "",
        address=setting.address,
    )


def spotlight_card(partner: Partner, setting: Setting, *, places: Sequence[str] = (), logo: str = "") -> Card:
    """The card of a partner's presentation, in the setting's language or else in the first that it is written in."""
    return Card(
        kind=ContentKind.SPOTLIGHT,
        language=setting.language,
        title=partner.name,
        brand=setting.brand,
        region=setting.region,
        text=in_language(partner.presentation, setting.language),
        places=tuple(places),
        address=setting.address,
        logo=logo,
    )


def story_card(story: Story, setting: Setting, *, picture: str = "") -> Card:
    """The card of one of the region's own values; `picture` is the story's image as a path that can be opened."""
    language = setting.language
    return Card(
        kind=ContentKind.STORY,
        language=setting.language,
        title=in_language(story.title, language),
        brand=setting.brand,
        region=setting.region,
        text=in_language(story.text, language),
        address=setting.address,
        picture=picture,
        picture_alt=in_language(story.alt, language) if picture else "",
    )
