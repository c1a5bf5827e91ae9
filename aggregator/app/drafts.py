"""From what was chosen to what is said: a content and a language become a draft and a share card.

Preview and publishing both come through here, which is why the preview shows what goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aggregator.choose import needs_no_degree
from aggregator.errors import JobbfyrError
from aggregator.model import Content, ContentKind, Image, Partner, Vacancy
from publishers.cards.words import in_language

if TYPE_CHECKING:
    from aggregator.settings import Settings
    from publishers.cards import Brand, Card, Setting
    from publishers.compose import Draft, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What drafts are written from: the settings and the vacancies, as they stand at `now`."""

    settings: Settings
    vacancies: Mapping[str, Vacancy]
    now: datetime

    def draft(self, content: Content, language: str, images: tuple[Image, ...] = ()) -> Draft:
        """What to say about a content. Raises `JobbfyrError` when something it names is gone."""
        match content.kind:
            case ContentKind.VACANCY:
                return self._vacancy(content, language, images)
            case ContentKind.ROUND_UP:
                return self._round_up(content, language, images)
            case ContentKind.SPOTLIGHT:
                return self._spotlight(content, language, images)
            case ContentKind.STORY:
                return self._story(content, language, images)

    def card(self, content: Content, language: str) -> Card:
        """The share card of a content."""
        from publishers.cards import round_up_card, spotlight_card, story_card, vacancy_card

        setting = self._setting(language)
        match content.kind:
            case ContentKind.VACANCY:
                return vacancy_card(self._get(content.vacancies[0]), setting)
            case ContentKind.ROUND_UP:
                return round_up_card([self._get(key) for key in content.vacancies], setting)
            case ContentKind.SPOTLIGHT:
                partner = self._partner(content.partners[0])
                logo = self.settings.logo(partner)
                return spotlight_card(partner, setting, logo=str(logo) if logo else "")
            case ContentKind.STORY:
                story = next(story for story in self.settings.stories if story.key == content.story)
                picture = str(self.settings.folder / story.image) if story.image else ""
                return story_card(story, setting, picture=picture)

    def _setting(self, language: str) -> Setting:
        from publishers.cards import Setting

        return Setting(
            language=language,
            brand=card_brand(self.settings),
            region=in_language(self.settings.region.name, language),
            address=self.settings.site.address.partition("://")[2],
            time_zone=self.settings.region.time_zone,
        )

    def _get(self, key: str) -> Vacancy:
        try:
            return self.vacancies[key]
        except KeyError:
            raise JobbfyrError(f"vacancy {key} is no longer open", hint="plan again") from None

    def _partner(self, key: str) -> Partner:
        found = next((partner for partner in self.settings.partners if partner.key == key), None)
        if found is None:
            raise JobbfyrError(f"partner {key} is not in the settings any more", hint="plan again")
        return found

    def _common(self, content: Content, language: str, images: tuple[Image, ...], link: str) -> Draft:
        from publishers.compose import Draft

        region = self.settings.region
        hashtags = region.hashtags.get(language, ())
        return Draft(
            content=content,
            language=language,
            today=self.now.astimezone(ZoneInfo(region.time_zone)).date(),
            link=link,
            region=in_language(region.name, language),
            hashtags=hashtags,
            images=images,
        )

    def _vacancy(self, content: Content, language: str, images: tuple[Image, ...]) -> Draft:
        vacancy = self._get(content.vacancies[0])
        item = self._item(vacancy, language)
        return replace(
            self._common(content, language, images, self._address("job", language, vacancy.id)),
            title=item.title,
            employer=item.employer,
            places=item.places,
            deadline=item.deadline,
            needs_no_degree=item.needs_no_degree,
        )

    def _round_up(self, content: Content, language: str, images: tuple[Image, ...]) -> Draft:
        from publishers.cards.words import say

        items = tuple(self._item(self._get(key), language) for key in content.vacancies)
        region = in_language(self.settings.region.name, language)
        return replace(
            self._common(content, language, images, self._address("", language)),
            title=say("round_up", language, count=str(len(items)), region=region),
            items=items,
            needs_no_degree=all(item.needs_no_degree for item in items),
        )

    def _spotlight(self, content: Content, language: str, images: tuple[Image, ...]) -> Draft:
        partner = self._partner(content.partners[0])
        return replace(
            self._common(content, language, images, self._address("employers", language, partner.key)),
            title=partner.name,
            employer=partner.name,
            text=in_language(partner.presentation, language),
        )

    def _story(self, content: Content, language: str, images: tuple[Image, ...]) -> Draft:
        story = next(story for story in self.settings.stories if story.key == content.story)
        draft = self._common(content, language, images, self._address("life", language, story.key))
        return replace(
            draft,
            title=in_language(story.title, language),
            text=in_language(story.text, language),
            link=story.link or draft.link,
        )

    def _item(self, vacancy: Vacancy, language: str) -> Item:
        from publishers.cards.words import employer_of, local_day, places_of
        from publishers.compose import Item

        deadline = vacancy.lead.valid_through
        zone = self.settings.region.time_zone
        return Item(
            title=vacancy.title,
            employer=employer_of(vacancy),
            places=places_of(vacancy, language),
            deadline=local_day(deadline, zone).date() if deadline else None,
            needs_no_degree=needs_no_degree(vacancy) is True,
        )

    def _address(self, section: str, language: str, key: str = "") -> str:
        from publishers.site import page_address

        return page_address(self.settings.site.address, self.settings.region.languages, language, section, key)


def card_brand(settings: Settings) -> Brand:
    """The region's brand as the cards know it."""
    from publishers.cards import Brand

    brand = settings.brand
    return Brand(primary=brand.primary, accent=brand.accent, mark=str(brand.mark) if brand.mark else "")
