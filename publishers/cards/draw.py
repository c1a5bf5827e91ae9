"""Cards as PNG: one typst template, our own fonts, no file or network access from within the template.

Everything a card says travels as one JSON text in typst's `sys.inputs`, so nothing in a title can be read as markup
or code; pictures travel in it as bytes, shrunk beforehand to what the card can show.
"""

from __future__ import annotations

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregator.errors import JobbfyrError
from publishers.cards.brand import READABLE, Brand, contrast, ink_on, mix, readable_on
from publishers.cards.card import Card, CardSize
from publishers.cards.text import breakable, drawable, shortened
from publishers.cards.words import PHRASES, say

if TYPE_CHECKING:
    import typst
    from PIL import Image as Pictures

LARGEST = 900_000
"""Bytes a card may have: Bluesky takes 1,000,000, the least of the channels."""

_PIXELS_PER_POINT = 72.0
_MOST_PIXELS = 60_000_000
_SHOWN_ITEMS = {CardSize.LANDSCAPE: 6, CardSize.SQUARE: 6, CardSize.PORTRAIT: 8}
_TITLE, _NAME, _TEXT = 180, 90, 420
"""Longest title, name and running text on a card, in characters; the alt text has them whole."""


def render(card: Card, size: CardSize) -> bytes:
    """The card as a PNG of exactly `size`, under `LARGEST` bytes; the same card gives the same bytes.

    Raises `JobbfyrError` when a picture, logo or mark cannot be read.
    """
    import typst

    data = json.dumps(_inputs(card, size), ensure_ascii=False, sort_keys=True)
    try:
        drawn = _compiler().compile(format="png", ppi=_PIXELS_PER_POINT, sys_inputs={"card": data})
    except typst.TypstError as error:
        raise JobbfyrError(f"the card of {card.title!r} cannot be drawn: {error}", hint=_hint(card)) from error
    assert isinstance(drawn, bytes)
    return drawn if len(drawn) < LARGEST else _lighter(drawn)


def _hint(card: Card) -> str:
    return f"look at the SVG files of its mark and logo: {card.brand.mark or '-'}, {card.logo or '-'}"


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    """Fonts are read once a process; they and the template are the only files that drawing touches."""
    import typst

    here = Path(__file__).parent
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[here / "fonts"])
    if not fonts.families():
        raise JobbfyrError(f"the cards' fonts are missing from {here / 'fonts'}", hint="install Jobbfyr again")
    return typst.Compiler(here / "card.typ", root=here, font_paths=fonts)


def _inputs(card: Card, size: CardSize) -> dict[str, Any]:
    """The card as the template wants it: texts cleaned, colours worked out, pictures as bytes."""
    brand = card.brand
    shown = card.items[: _SHOWN_ITEMS[size]]
    hidden = len(card.items) - len(shown)
    places = list(dict.fromkeys(filter(None, (drawable(place) for place in card.places))))
    return {
        "kind": card.kind.value,
        "language": card.language if card.language in PHRASES else "en",
        "width": size.width,
        "height": size.height,
        "title": _title(card),
        "region": breakable(shortened(card.region, _NAME)),
        "employer": breakable(shortened(card.employer, _NAME)),
        "places": breakable(shortened(", ".join(places), _NAME)),
        "deadline": breakable(card.deadline),
        "badge": breakable(card.badge),
        "kicker": say(card.kind.value, card.language),
        "text": breakable(shortened(card.text, _TEXT)),
        "address": breakable(shortened(card.address, _NAME)),
        "items": [
            {
                "title": breakable(shortened(item.title, 90)) or say("open_job", card.language),
                "by": breakable(shortened(" · ".join(part for part in (item.employer, item.place) if part), 80)),
            }
            for item in shown
        ],
        "more": say("more_items", card.language, count=str(hidden)) if hidden else "",
        **palette(brand),
        "mark": _svg(brand.mark),
        "picture": _picture(card.picture, size) if card.picture else [],
        "logo": _logo(card.logo),
    }


def palette(brand: Brand) -> dict[str, str]:
    """The card's colours by role. `ink`, `soft` and `accent_text` are readable on `ground` and on `beam`, which is
    ground with as much of the accent's light in it as that allows; `accent_ink` is readable on `accent`.
    """
    ground = brand.primary
    ink = ink_on(ground)
    roles = {
        "ground": ground,
        "ink": ink,
        "soft": readable_on(mix(ink, ground, 0.25), ground),
        "accent": brand.accent,
        "accent_ink": ink_on(brand.accent),
        "accent_text": readable_on(brand.accent, ground),
        "rule": mix(ground, ink, 0.28),
    }
    texts = (roles["ink"], roles["soft"], roles["accent_text"])
    light = mix(brand.accent, "#ffffff", 0.5)
    beams = (mix(ground, light, share / 100) for share in (12, 10, 8, 5, 3, 0))
    roles["beam"] = next(beam for beam in beams if all(contrast(text, beam) >= READABLE for text in texts))
    return roles


def _title(card: Card) -> str:
    """The title as far as the fonts can draw it; one in another script is replaced by what kind of post it is."""
    drawn = breakable(shortened(card.title, _TITLE))
    letters = sum(letter.isalpha() for letter in card.title)
    return drawn if sum(letter.isalpha() for letter in drawn) * 2 >= max(letters, 1) else _stand_in(card)


def _stand_in(card: Card) -> str:
    return say("open_job", card.language) if card.kind.value == "vacancy" else say(card.kind.value, card.language)


def read_picture(path: str) -> bytes:
    """A file's bytes. Raises `JobbfyrError` when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise JobbfyrError(f"the picture {path} cannot be read: {error.strerror}", hint="correct its path") from error


def _svg(path: str) -> str:
    return read_picture(path).decode("utf-8", errors="replace") if path else ""


def _logo(path: str) -> dict[str, object]:
    """An SVG as text, anything else re-encoded as a PNG no larger than the card can show it."""
    if not path:
        return {}
    if path.lower().endswith(".svg"):
        return {"svg": _svg(path)}
    with opened(path) as picture:
        picture.thumbnail((640, 320))
        held = io.BytesIO()
        picture.convert("RGBA").save(held, "PNG")
    return {"png": list(held.getvalue())}


def _picture(path: str, size: CardSize) -> list[int]:
    """A photograph cut to the part of the card it fills, as JPEG bytes without its metadata."""
    from PIL import ImageOps

    box = (size.width * 5 // 12, size.height) if size is CardSize.LANDSCAPE else (size.width, size.height // 2)
    with opened(path) as picture:
        turned = ImageOps.exif_transpose(picture)
        held = io.BytesIO()
        ImageOps.fit(turned.convert("RGB"), box).save(held, "JPEG", quality=86)
    return list(held.getvalue())


def opened(path: str) -> Pictures.Image:
    """A raster picture, decoded. Raises `JobbfyrError` for what is none, is broken, or is far too large."""
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(read_picture(path)))
        if picture.width * picture.height > _MOST_PIXELS:
            raise JobbfyrError(f"the picture {path} has more than {_MOST_PIXELS} pixels", hint="make it smaller")
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise JobbfyrError(f"the picture {path} is not a picture that can be read", hint="use PNG or JPEG") from error
    return picture


def _lighter(drawn: bytes) -> bytes:
    """A photograph's PNG with fewer colours, until it is light enough for every channel."""
    from PIL import Image

    with Image.open(io.BytesIO(drawn)) as picture:
        plain = picture.convert("RGB")
    for colours in (256, 128, 64, 32):
        held = io.BytesIO()
        plain.quantize(colours).save(held, "PNG", optimize=True)
        if held.tell() < LARGEST:
            break
    return held.getvalue()
