"""Markup to the plain text that the house keeps: a blank line between paragraphs, `- ` before list items."""

from __future__ import annotations

import codecs
import html
import re

from aggregator.schema_org import clean

MAX_MARKUP = 400_000
"""Characters of markup that are read of one description; the longest real ad met was below 40,000."""

_TAGS = (
    "a|abbr|article|b|blockquote|body|br|button|center|dd|div|dl|dt|em|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe"
    "|img|li|main|nav|ol|p|pre|s|script|section|small|span|strong|style|sub|sup|svg|table|tbody|td|th|thead|tr|u|ul|video"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(rf"&(?:amp;)*lt;/?(?:{_TAGS})(?:\s|/|&(?:amp;)*gt;)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_BULLET = re.compile(r"^[ \t]*[•·●▪◦‣∙*][ \t]+|^[ \t]*[–—-][ \t]+", re.MULTILINE)
_BULLET_ONLY = re.compile(r"^[ \t]*[•·●▪◦‣∙][ \t]*$\n?", re.MULTILINE)
_NUMBERED = re.compile(r"^[ \t]+(\d{1,3}\.)[ \t]+", re.MULTILINE)
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_GAPS = re.compile(r"\n{3,}")


def looks_like_markup(text: str) -> bool:
    """Whether the text holds HTML tags (and not merely a `<` or two)."""
    return _TAG.search(text) is not None


def to_text(body: str) -> str:
    """A description as plain text, whatever it came as: HTML, HTML escaped once or twice, or text already.

    Scripts, styles and pictures are dropped, words are kept whole across inline tags, entities are resolved. Line
    breaks of a text without markup are its own and stay.
    """
    body = body[:MAX_MARKUP]
    for _ in range(4):  # HTML inside HTML inside JSON inside XML is the deepest that was met
        if looks_like_markup(body):
            body = _render(body)
        elif _ESCAPED_TAG.search(body):
            body = html.unescape(body)
        else:
            break
    if _ENTITY.search(body):
        body = html.unescape(body)
    return tidy(body)


def tidy(text: str) -> str:
    """Plain text with one kind of line end, one kind of bullet, single blanks and at most one empty line in a row."""
    text = clean(_INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = _BULLET.sub("- ", _BULLET_ONLY.sub("", text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """A title or a name: markup and entities gone, all on one line."""
    if "&" in text or "<" in text:
        text = to_text(text)
    return " ".join(clean(_INVISIBLE.sub("", text)).split())


def body_of(body: str, title: str) -> str:
    """The description as text, or "" when it says no more than the title does."""
    text = to_text(body)
    short = len(text) <= 2 * len(title) + 20  # only then is a comparison of all letters worth its time
    return "" if short and _bare(text) == _bare(title) else text


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _render(markup: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(clean(markup), alt_texts=False, links=False)
    return _NUMBERED.sub(r"\1 ", text)


_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{2,40})|<meta[^>]{0,200}?charset\s*=\s*["']?([\w.-]{2,40})""",
    re.IGNORECASE,
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(body: bytes, charset: str = "") -> str:
    """The encoding to read bytes with: their byte-order mark, the `charset` of the headers, what they declare, or UTF-8
    when they are valid UTF-8, else Windows-1252 (in which undeclared Swedish pages are written).
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name
    declared = _DECLARED.search(body[:2048])
    names = [charset, *(group.decode("ascii", "replace") for group in (declared.groups() if declared else ()) if group)]
    for name in names:
        try:
            found = codecs.lookup(name).name if name else ""
        except LookupError:
            continue
        if found and _decodes(body, found):
            return "cp1252" if found == "iso8859-1" else found
    return "utf-8" if _decodes(body, "utf-8") else "cp1252"


def _decodes(body: bytes, encoding: str) -> bool:
    """Whether the declared encoding can be the true one: pages that declare UTF-8 and are not are common."""
    try:
        body.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return False
    return True
