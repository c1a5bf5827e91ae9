"""XML from strangers: no entities, no DOCTYPE, no network, libxml2's own limits on depth and size kept on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

_PROLOG_DOCTYPE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*\?>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*<!(?:DOCTYPE|ENTITY)", re.IGNORECASE
)
_ILLEGAL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bce-f]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE
)


class XmlRefusedError(ValueError):
    """The bytes are not XML that may be read: not well-formed, or with a DOCTYPE. The message says which, in words."""


def refuse_doctype(body: bytes) -> None:
    """Raise `XmlRefusedError` for a document with a DOCTYPE: no job feed needs one, and entity bombs do."""
    if _PROLOG_DOCTYPE.match(body):
        raise XmlRefusedError("it declares a DOCTYPE, which feeds have no use for and entity bombs need")


def parse_xml(body: bytes) -> _Element:
    """The root element of well-formed XML; `XmlRefusedError` for anything else.

    Control characters that XML forbids and that text editors leave behind are dropped first. A document that is cut off
    is refused, never half read: what is missing at its end would look like vacancies that closed.
    """
    from lxml import etree

    refuse_doctype(body)
    try:
        root = etree.fromstring(_ILLEGAL.sub(b"", body), _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlRefusedError(str(error) or "it is empty") from error
    if _has_doctype(root):
        raise XmlRefusedError("it declares a DOCTYPE, which feeds have no use for and entity bombs need")
    return root


def salvage_xml(body: bytes) -> _Element | None:
    """What can be read of a broken document, for showing while its source is being mended; None when nothing can."""
    from lxml import etree

    if _PROLOG_DOCTYPE.match(body):
        return None
    try:
        root = etree.fromstring(_ILLEGAL.sub(b"", body), _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root is None or _has_doctype(root) else root


def _has_doctype(root: _Element) -> bool:
    """Whether there is a DOCTYPE that the bytes' scan did not see, such as one in UTF-16."""
    return bool(getattr(root.getroottree().docinfo, "doctype", ""))


def _parser(*, recover: bool) -> XMLParser:
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def local_name(element: _Element) -> str:
    """The element's name without its namespace ("" for what is not an element)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def inner_text(element: _Element | None) -> str:
    """All text inside an element, CDATA included; "" for None."""
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def fields_of(element: _Element) -> dict[str, str]:
    """The texts of an element's children by local name in lower case; of several the first that has text."""
    found: dict[str, str] = {}
    for child in element:
        name = local_name(child).lower()
        if name and not found.get(name):
            found[name] = inner_text(child)
    return found
