"""Share cards: `render(card, size) -> bytes` draws one, `CardFolder(folder).get(card, size) -> Image` keeps it.

`vacancy_card`, `round_up_card`, `spotlight_card` and `story_card` make a `Card` of the house's own types; `alt_text`
says what a card says.
"""

from publishers.cards.brand import Brand
from publishers.cards.card import (
    Card,
    CardItem,
    CardSize,
    Setting,
    alt_text,
    round_up_card,
    spotlight_card,
    story_card,
    vacancy_card,
)
from publishers.cards.draw import LARGEST, render
from publishers.cards.folder import CardFolder

__all__ = [
    "LARGEST",
    "Brand",
    "Card",
    "CardFolder",
    "CardItem",
    "CardSize",
    "Setting",
    "alt_text",
    "render",
    "round_up_card",
    "spotlight_card",
    "story_card",
    "vacancy_card",
]
