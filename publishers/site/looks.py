"""The style sheet's colours, worked out from the brand so that every text can be read in light and in dark. Pure."""

from __future__ import annotations

from publishers.cards.brand import Brand, contrast, ink_on, mix, readable_on

_LIGHT = {
    "paper": "#f7f6f2",
    "card": "#ffffff",
    "text": "#14202b",
    "muted": "#4d5a66",
    "line": "#deddd6",
    "edge": "#84857d",
}
_DARK = {
    "paper": "#0f171e",
    "card": "#18232d",
    "text": "#e9eef2",
    "muted": "#a8b5c0",
    "line": "#2b3945",
    "edge": "#70808d",
}


def colours(brand: Brand, *, dark: bool) -> dict[str, str]:
    """Each role's colour. Texts have at least 4.5:1 on the grounds they stand on; fields' edges and the focus
    ring at least 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
    """
    roles = dict(_DARK if dark else _LIGHT)
    nearest = roles["card"] if dark else roles["paper"]
    ground = mix(brand.primary, "#000000", 0.3) if dark else brand.primary
    ink = ink_on(ground)
    gleam = readable_on(brand.accent, ground)
    link = readable_on(brand.accent if dark else brand.primary, nearest)
    light = mix(brand.accent, "#ffffff", 0.5)
    beams = (mix(ground, light, share / 100) for share in (12, 9, 6, 3, 0))
    return roles | {
        "ground": ground,
        "ink": ink,
        "gleam": gleam,
        "beam": next(beam for beam in beams if contrast(ink, beam) >= 4.5),
        "accent": brand.accent,
        "accent-ink": ink_on(brand.accent),
        "link": link,
        "focus": link,
        "button": link,
        "button-ink": ink_on(link),
    }


def style_sheet(brand: Brand, rules: str, font: str) -> str:
    """The whole style sheet: colours for light and dark, then the rules with the font's file name in them."""

    def root(roles: dict[str, str]) -> str:
        return ":root{" + "".join(f"--{name}:{value};" for name, value in roles.items()) + "}"

    light, dark = root(colours(brand, dark=False)), root(colours(brand, dark=True))
    return f"{light}\n@media (prefers-color-scheme: dark){{{dark}}}\n{rules.replace('FONT', font)}"
