"""A page as the XML or JSON that its kind expects, or the problems that say in words why it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aggregator.model import Problem, Source
from spiders.base import Page
from spiders.extract.posting import looks_like_html, problem, read_json
from spiders.extract.xml import XmlRefusedError, inner_text, local_name, parse_xml, salvage_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_BARE_AMPERSAND = re.compile(rb"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)")


def xml_of(page: Page, source: Source, *roots: str, without: str = "") -> tuple[_Element | None, list[Problem]]:
    """The root element, which must have one of these local names (none given: any), and what is wrong with the page.

    A document that is not well-formed is mended where that is certain: bare ampersands, as in addresses, are escaped,
    and elements whose name begins with `without` are cut out. One that is cut off is an error, and what stands before
    the break is returned all the same. None: there is nothing to read.
    """
    where = page.url
    if looks_like_html(page.body):
        told = f"{where} answers with a web page instead of its feed: it has moved or is switched off"
        return None, [problem(source, "not-a-feed", told, url=where)]
    problems: list[Problem] = []
    root: _Element | None
    try:
        root = _parsed(page.body, without)
    except XmlRefusedError as error:
        problems.append(problem(source, "broken-feed", f"the feed {where} cannot be read: {error}", url=where))
        root = salvage_xml(page.body)
    if root is not None and roots and local_name(root).lower() not in {name.lower() for name in roots}:
        told = f"{where} is XML of another kind (<{local_name(root)}>)"
        return None, [*problems, problem(source, "not-a-feed", told, url=where)]
    return root, problems


def _parsed(body: bytes, without: str) -> _Element:
    try:
        return parse_xml(body)
    except XmlRefusedError as error:
        mended = _BARE_AMPERSAND.sub(b"&amp;", body)
        if without:
            name = re.escape(without).encode() + rb"\w*"
            # Bounded, so that an element that never ends costs no more than its length.
            mended = re.sub(rb"<(" + name + rb")\b[^<>]*>[^<]{0,2000}</\1\s*>", b"", mended, flags=re.IGNORECASE)
            mended = re.sub(rb"</?" + name + rb"\b[^<>]*>", b"", mended, flags=re.IGNORECASE)
        if mended == body:
            raise
        try:
            return parse_xml(mended)
        except XmlRefusedError:
            raise error from None


def json_of(page: Page, source: Source) -> tuple[object, list[Problem]]:
    """The page's JSON and what is wrong with it; the JSON is None when there is none."""
    try:
        return read_json(page), []
    except ValueError as error:
        return None, [problem(source, "not-json", f"{page.url}: {error}", url=page.url)]


def elements(root: _Element, *path: str) -> Iterator[_Element]:
    """All elements at a path of local names below `root`, whatever their namespace and case."""
    if not path:
        yield root
        return
    name = path[0].lower()
    for child in root:
        if local_name(child).lower() == name:
            yield from elements(child, *path[1:])


def text_at(root: _Element, *path: str) -> str:
    """The first text there is at a path of local names below `root`."""
    return next((text for element in elements(root, *path) if (text := inner_text(element))), "")


def texts_at(root: _Element, *path: str) -> tuple[str, ...]:
    """All texts at a path of local names below `root`, each once, in their order."""
    return tuple(dict.fromkeys(text for element in elements(root, *path) if (text := inner_text(element))))
