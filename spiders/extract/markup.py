"""JobPostings in a page's own markup: JSON-LD wherever it stands, microdata and RDFa.

JSON-LD is cut out of the bytes first (some twenty times cheaper than parsing the page); only a page that mentions a
JobPosting and gave none that way is parsed.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_DEPTH = 40
"""How deep things are looked for inside things; real pages stay below 8."""


@dataclass(frozen=True, slots=True)
class Markup:
    """What was found: JobPostings as JSON-like objects, and what is wrong with blocks that could not be read."""

    postings: tuple[Mapping[str, object], ...]
    unread: tuple[str, ...] = ()


def job_postings(body: bytes, encoding: str) -> Markup:
    """All JobPostings in a page, JSON-LD before microdata before RDFa, in their order; none twice."""
    if b"JobPosting" not in body:
        return Markup(())
    found, unread = _in_blocks(_cut_out(body, encoding))
    if not found:
        found, unread = _by_parsing(body, encoding, unread)
    return Markup(tuple(found), tuple(unread))


def _in_blocks(blocks: Iterator[str]) -> tuple[list[Mapping[str, object]], list[str]]:
    found: list[Mapping[str, object]] = []
    unread: list[str] = []
    for block in blocks:
        try:
            data = read_block(block)
        except ValueError as error:
            if "JobPosting" in block:
                unread.append(str(error))
            continue
        found.extend(posting for posting in postings_in(data) if posting not in found)
    return found, unread


def _cut_out(body: bytes, encoding: str) -> Iterator[str]:
    """The contents of `<script type="application/ld+json">` by scanning; the scan is linear in the page's size."""
    lowered = body.lower()
    at = 0
    while (at := lowered.find(b"ld+json", at)) != -1:
        opened = lowered.rfind(b"<", max(0, at - 400), at)
        start = lowered.find(b">", at)
        if start == -1:
            return
        if opened != -1 and lowered.startswith(b"<script", opened) and b">" not in lowered[opened:at]:
            end = lowered.find(b"</script", start)
            if end == -1:
                return
            yield body[start + 1 : end].decode(encoding, "replace")
            at = end
        else:
            at += 7


_WRAPPING = re.compile(
    r"\A\s*(?:(?://\s*)?<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!--)|(?:(?://\s*)?\]\]>|/\*\s*\]\]>\s*\*/|-->)\s*;?\s*\Z"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_IN_QUOTES = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def read_block(block: str) -> object:
    """JSON-LD as search engines tolerate it: wrapped in CDATA or comments, HTML-escaped as a whole, with raw line
    breaks in texts, trailing commas or a trailing semicolon. Raises `ValueError` for what is none.
    """
    text = _WRAPPING.sub("", block).strip().rstrip(";").lstrip("\ufeff")
    failure: Exception | None = None
    for repaired in _repairs(text):
        try:
            return json.loads(repaired, strict=False)
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error
        except ValueError as error:
            failure = error
    raise ValueError(f"a JSON-LD block cannot be read: {failure}")


def _repairs(text: str) -> Iterator[str]:
    """The text as it is, then, only when that was no JSON, with one fault after the other mended."""
    yield text
    if "&quot;" in text:
        text = html.unescape(text)
        yield text
    yield _without_commas(text)


def _without_commas(text: str) -> str:
    """Trailing commas removed outside of quoted texts."""
    text = text.replace("\x00", "")
    pieces: list[str] = []
    end = 0
    for quoted in _IN_QUOTES.finditer(text):
        pieces += (text[end : quoted.start()], quoted.group())
        end = quoted.end()
    pieces.append(text[end:])
    bare = _TRAILING_COMMA.sub(r"\1", "\x00".join(pieces[::2]))  # NUL: where the quoted texts stood
    outside = bare.split("\x00")
    return "".join(part for pair in zip(outside, [*pieces[1::2], ""], strict=True) for part in pair)


def postings_in(data: object) -> list[Mapping[str, object]]:
    """Every JobPosting in a JSON-LD document: at its top, in lists, in `@graph`, or inside other things. References
    (`{"@id": "#org"}`) are replaced by what they mean.
    """
    things = list(_things(data))
    named = {thing["@id"]: thing for thing in things if isinstance(thing.get("@id"), str) and len(thing) > 1}
    return [_resolved(thing, named) for thing in things if is_type(thing.get("@type"), "JobPosting")]


def _things(data: object, depth: int = 0) -> Iterator[Mapping[str, object]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(data, list):
        for one in data:
            yield from _things(one, depth + 1)
    elif isinstance(data, dict):
        yield data
        for value in data.values():
            if isinstance(value, dict | list):
                yield from _things(value, depth + 1)


def _resolved(thing: Mapping[str, object], named: Mapping[object, Mapping[str, object]]) -> Mapping[str, object]:
    def meant(value: object) -> object:
        if isinstance(value, list):
            return [meant(one) for one in value]
        if isinstance(value, Mapping) and len(value) == 1 and isinstance(value.get("@id"), str):
            return named.get(value["@id"], value)
        return value

    return {str(name).rpartition("schema:")[2]: meant(value) for name, value in thing.items()}


def is_type(value: object, name: str) -> bool:
    """Whether an `@type` or `itemtype` names this schema.org type, alone or among others, short or as an address."""
    if isinstance(value, list):
        return any(is_type(one, name) for one in value)
    return isinstance(value, str) and re.split(r"[/#:]", value.strip())[-1] == name


def _by_parsing(body: bytes, encoding: str, unread: list[str]) -> tuple[list[Mapping[str, object]], list[str]]:
    tree = parse_html(body, encoding)
    if tree is None:
        return [], unread
    blocks = (script.text or "" for script in tree.iter("script") if "json" in (script.get("type") or "").lower())
    found, also_unread = _in_blocks(block for block in blocks if "JobPosting" in block)
    for names in (_MICRODATA, _RDFA):
        found = found or list(_items(tree, names))
    return found, unread or also_unread


def parse_html(body: bytes, encoding: str) -> HtmlElement | None:
    """The page's tree, or None when it has none (an empty answer)."""
    from lxml import etree
    from lxml import html as lxml_html

    text = body.decode(encoding, "replace").replace("\x00", "")
    try:
        make: Any = lxml_html.HTMLParser  # its stub is untyped
        parser = make(encoding="utf-8", huge_tree=False, no_network=True)
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return tree


@dataclass(frozen=True, slots=True)
class _Names:
    """The attributes of one syntax: what opens a thing, names its type, names a property, and gives an identifier."""

    scope: str
    type: str
    property: str
    identifier: str
    elsewhere: str = ""


_MICRODATA = _Names("itemscope", "itemtype", "itemprop", "itemid", "itemref")
_RDFA = _Names("typeof", "typeof", "property", "resource")
"""RDFa Lite: what job pages use of it. Prefixes (`schema:title`) are dropped, since one vocabulary is looked for."""


def _items(tree: HtmlElement, names: _Names) -> Iterator[Mapping[str, object]]:
    for element in tree.iter():
        if isinstance(element.tag, str) and element.get(names.scope) is not None and _is_item(element, names):
            yield _item(element, tree, 0, names)


def _is_item(element: HtmlElement, names: _Names) -> bool:
    return any(is_type(one, "JobPosting") for one in (element.get(names.type) or "").split())


def _item(scope: HtmlElement, tree: HtmlElement, depth: int, names: _Names) -> Mapping[str, object]:
    found: dict[str, object] = {"@type": _local(scope.get(names.type) or "")}
    if scope.get(names.identifier):
        found["@id"] = scope.get(names.identifier)
    # Deeper references could multiply.
    elsewhere = (scope.get(names.elsewhere) or "").split()[:20] if names.elsewhere and depth == 0 else []
    roots = [scope, *(other for name in elsewhere for other in tree.xpath("//*[@id=$name]", name=name))]
    for element in (one for root in roots for one in _properties(root, scope, names)):
        nested = element.get(names.scope) is not None and depth < 6
        value = _item(element, tree, depth + 1, names) if nested else _value(element)
        for name in map(_local, (element.get(names.property) or "").split()):
            if name not in found:
                found[name] = value
            elif isinstance(known := found[name], list):
                known.append(value)
            else:
                found[name] = [known, value]
    return found


def _local(name: str) -> str:
    """A name without its vocabulary: `https://schema.org/title` and `schema:title` are `title`."""
    return re.split(r"[/#:]", name.strip())[-1]


def _properties(root: HtmlElement, scope: HtmlElement, names: _Names) -> Iterator[HtmlElement]:
    """Elements with a property's name that belong to this scope: not those inside a nested one."""
    pending = [root] if root is not scope else list(root)[::-1]
    while pending:
        element = pending.pop()
        if not isinstance(element.tag, str):
            continue
        if element.get(names.property):
            yield element
        if element.get(names.scope) is None:
            pending.extend(list(element)[::-1])


_VALUE_IN = {
    "a": "href",
    "area": "href",
    "link": "href",
    "img": "src",
    "time": "datetime",
    "data": "value",
    "meter": "value",
}


def _value(element: HtmlElement) -> str:
    """A property's value: its `content`, the attribute its element keeps it in, or what is inside, markup and all."""
    from lxml import etree

    content = element.get("content")
    if content is None and element.tag in _VALUE_IN:
        content = element.get(_VALUE_IN[element.tag])
    if content is not None:
        return str(content)
    if not len(element):
        return element.text or ""
    inside = [html.escape(element.text or "", quote=False)]
    inside += [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return "".join(inside)
