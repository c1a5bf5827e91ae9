"""Large XML from strangers, one item after the other: the same refusals as `spiders.extract.xml`, without its tree.

A feed of 50,000 jobs is a tree of a gigabyte. Here only the item being read is in memory beside the bytes themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, cast

from spiders.extract.xml import XmlRefusedError, local_name, refuse_doctype

if TYPE_CHECKING:
    from lxml.etree import XMLPullParser, _Element

CHUNK = 1 << 16
_ILLEGAL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+")
_AMPERSAND = re.compile(rb"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)")
_CDATA = b"<![CDATA["


class XmlStream:
    """The items of a document. `root` is the local name of its root element, known from the first item on ("" before,
    and for what is no XML).
    """

    def __init__(self, body: bytes, encoding: str = "") -> None:
        self._body = body
        # What declares UTF-8 and is not is Windows-1252; any other encoding libxml2 finds by itself.
        self._encoding = "windows-1252" if encoding == "cp1252" else None
        self._wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
        self.root = ""

    def items(self, *names: str) -> Iterator[_Element]:
        """Every whole element with one of these local names in lower case; each is emptied when the next is asked for.

        Bare ampersands, as in addresses, and HTML's entities are escaped where the document breaks because of them.
        Raises `XmlRefusedError` where it breaks off or is not well-formed, after the items before that, and at once for
        a DOCTYPE.
        """
        refuse_doctype(self._body)
        given = 0
        try:
            for item in self._items(self._body, names):
                given += 1
                yield item
        except XmlRefusedError:
            mended = self._mended()
            if mended == self._body:
                raise
        else:
            return
        yield from islice(self._items(mended, names), given, None)

    def _items(self, body: bytes, names: tuple[str, ...]) -> Iterator[_Element]:
        from lxml import etree

        parser: XMLPullParser = etree.XMLPullParser(
            events=("start", "end"),
            encoding=self._encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for chunk in self._chunks(body):
                parser.feed(chunk)
                yield from self._whole(parser, names)
            parser.close()
            yield from self._whole(parser, names)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise XmlRefusedError(str(error) or "it is empty") from error

    def _chunks(self, body: bytes) -> Iterator[bytes]:
        for at in range(0, len(body), CHUNK):
            chunk = body[at : at + CHUNK]
            yield chunk if self._wide else _ILLEGAL.sub(b"", chunk)

    def _mended(self) -> bytes:
        """The document with every ampersand escaped that begins no entity of XML's own; CDATA is left as it is."""
        if self._wide:
            return self._body
        before, *rest = self._body.split(_CDATA)
        pieces = [_AMPERSAND.sub(b"&amp;", before)]
        for piece in rest:
            inside, end, outside = piece.partition(b"]]>")
            pieces += [_CDATA, inside, end, _AMPERSAND.sub(b"&amp;", outside)]
        return b"".join(pieces)

    def _whole(self, parser: XMLPullParser, names: tuple[str, ...]) -> Iterator[_Element]:
        events = cast("Iterator[tuple[str, _Element]]", parser.read_events())  # no other kinds were asked for
        for event, element in events:
            if event == "start":
                if not self.root:
                    self.root = local_name(element)
                    if getattr(element.getroottree().docinfo, "doctype", ""):  # its stub does not know it
                        raise XmlRefusedError("it declares a DOCTYPE, which feeds have no use for")
            elif local_name(element).lower() in names:
                yield element
                element.clear()
                parent = element.getparent()
                while parent is not None and len(parent) and parent[0] is not element:
                    del parent[0]
