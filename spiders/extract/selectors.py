"""The little language in which operators say where things stand on a page: `css`, `css@attribute`, `@attribute`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import Tag

BREAKS = ("p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Selector:
    """A parsed rule. `css` "" means the element itself; `attribute` "" its text; `pattern`'s first group (or all it
    matches) is what is kept of the value.
    """

    css: str
    attribute: str = ""
    pattern: str = ""


def parse_selector(rule: str, pattern: str = "") -> Selector:
    """`h2 a@href` to its parts. An `@` inside brackets or quotes belongs to the CSS.

    Raises `ValueError` with what is wrong when the CSS or the pattern is not valid.
    """
    css, mark, attribute = rule.rpartition("@")
    if not mark or not re.fullmatch(r"[\w:.-]+", attribute.strip()):
        css, attribute = rule, ""
    return Selector(check_css(css.strip()), attribute.strip().lower(), check_pattern(pattern))


def check_css(css: str) -> str:
    """The CSS selector itself, when it is one; "" is. Raises `ValueError` otherwise."""
    if css:
        import soupsieve

        try:
            soupsieve.compile(css)
        except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError) as error:
            raise ValueError(f"not a CSS selector: {css!r} ({str(error).splitlines()[0]})") from error
    return css


def check_pattern(pattern: str) -> str:
    """The regular expression itself, when it is one. Raises `ValueError` otherwise."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {pattern!r} ({error})") from error
    return pattern


def select_all(root: Tag, selector: Selector) -> list[Tag]:
    """The elements that the selector's CSS finds."""
    return list(root.select(selector.css)) if selector.css else [root]


def value_of(root: Tag, selector: Selector, *, markup: bool = False) -> str:
    """The first non-empty value the selector finds inside `root`, "" when none; with `markup` as inner HTML."""
    for element in select_all(root, selector):
        value = _attribute(element, selector.attribute) if selector.attribute else _text(element, markup=markup)
        if selector.pattern:
            match = re.search(selector.pattern, value)
            value = (match.group(1) if match.lastindex else match.group()) if match else ""
        if value and value.strip():
            return value.strip()
    return ""


def _attribute(element: Tag, name: str) -> str:
    value = element.get(name)
    return " ".join(value) if isinstance(value, list) else value or ""


def _text(element: Tag, *, markup: bool) -> str:
    if markup:
        return element.decode_contents()
    return " ".join(element.get_text(" " if element.find(BREAKS) else "").split())
