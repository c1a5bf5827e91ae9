"""An answer becomes a page that a kind may read, or a reason why not. Pure.

Servers lie: retired feeds answer 200 with HTML, robot checks and error pages come as if all were well, and a charset
is whatever somebody once typed. The content is believed before its label.
"""

from __future__ import annotations

import codecs
import re
from datetime import datetime
from html import unescape

from spiders.base import Fetch, Page
from spiders.fetching import Answer, FetchFailed, shown

_HEAD = 4096
"""How much of a body is looked at to tell what it is; declarations stand in the first kilobyte (HTML §4.2.5.4)."""

_ROOT = re.compile(rb"(?i)<(!doctype\s+html\b|[a-z_][\w:.-]*(?=[\s/>]))")
_HTML_ROOTS = frozenset(
    b"html head body title meta link script style base div p span a main section article header footer nav aside form "
    b"table ul ol dl h1 h2 h3 h4 h5 h6 img iframe center font noscript template button svg".split()
)
"""Elements a web page or a fragment of one may begin with. A feed's root is none of them, whatever its label says."""

_TITLE = re.compile(r"(?i)<title(?:\s[^>]{0,500})?>")
_LONGEST_TITLE = 300
"""Characters of a title that are looked at; pages that call themselves something use a few words."""

_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?\s*([\w.:-]+)")
_DECLARED = re.compile(rb"(?is)<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)|<meta[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)")
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

_NO_SUCH = (
    r"((the |this )?(page|job) )?(was |could )?(not be found|not[ _]found|gone)"
    r"|(sidan? |jobbet )?(hittades (inte|ej)|saknas)"
    r"|(sidan|jobbet|tjänsten|annonsen) (finns inte( längre)?|(kunde|kan) inte hittas|hittas inte)"
    r"|page (does not|doesn.t) exist|oops!?.{0,20}not found"
)
_TROUBLE = (
    r"(an )?error( occurred)?|fel|ett fel (har )?(inträffat|uppstod|uppstått)"
    r"|(internal )?server error|internt serverfel|bad gateway|gateway time-?out|(service )?(temporarily )?unavailable"
    r"|(site |scheduled )?(is )?(under |down for )?(scheduled )?maintenance( mode)?"
    r"|(pågående )?underhåll|underhållsarbete"
    r"|tillfälligt (stängd|otillgänglig)|vi är snart tillbaka|we.ll be (right )?back( soon)?"
)
_NUMBERED = r"((http|error|fel|status)\W*){{0,2}}{status}(\W+(error|fel))?(\W+({words}))?|{words}"
_MISSING = re.compile(rf"(?i)({_NUMBERED.format(status='(404|410)', words=_NO_SUCH)})\W*1?")  # Google's own says !!1
_BROKEN = re.compile(rf"(?i)({_NUMBERED.format(status='50[0-4]', words=_TROUBLE)})\W*")
_CHALLENGE = re.compile(
    r"(?i)just a moment\W*|attention required!?.*|access (to this page has been )?denied|pardon our interruption.*"
    r"|are you (a robot|human).*|robot check|bot verification|security check.*|verify(ing)? you are human.*"
    r"|ddos-guard|checking your browser.*"
)


def media_type(answer: Answer) -> str:
    """What the body is, by its first bytes and then by its label: `html`, `json`, `xml`, or the label's own type."""
    head = answer.body[:_HEAD].removeprefix(codecs.BOM_UTF8)
    label = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if head.startswith(_BINARY):
        return "binary"
    if head.lstrip()[:1] in (b"{", b"["):
        return "json"
    if found := _ROOT.match(head, _after_prolog(head)):
        root = found[1].lower()
        return "html" if root in _HTML_ROOTS or root.startswith(b"!") else "xml"
    return next((word for word in ("html", "json", "xml") if word in label), label)


def charset(answer: Answer) -> tuple[str, bool]:
    """The codec the body is written in, and whether that contradicts its label.

    A byte-order mark wins; then UTF-8 when the bytes are valid UTF-8 beyond ASCII, whatever the label says, since other
    charsets' text almost never is; then the label, then what the content declares; then Windows-1252, which browsers
    take where nothing else holds.
    """
    body = answer.body
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name, False
    labels = [_CHARSET.search(answer.headers.get("content-type", ""))]
    named = [_codec(found[1]) for found in labels if found]
    declared = _DECLARED.search(body[:_HEAD])
    if declared:
        named.append(_codec((declared[1] or declared[2]).decode("ascii")))
    named = [name for name in named if name]
    first = named[0] if named else "utf-8"
    if _decodes(body, "utf-8"):
        return "utf-8", first != "utf-8" and not body.isascii()
    for name in named:
        if name != "utf-8" and _decodes(body, name):
            return name, False
    return "cp1252", first == "utf-8"


def title_of(text: str) -> str:
    """A page's `<title>`, unescaped and on one line, cut to a few hundred characters."""
    found = _TITLE.search(text)
    if found is None:
        return ""
    inside = text[found.end() : found.end() + 2 * _LONGEST_TITLE].partition("<")[0]
    return " ".join(unescape(inside).split())[:_LONGEST_TITLE]


def says_missing(title: str) -> bool:
    """Whether a page by this title says that there is no such page."""
    return _any_part(_MISSING, title)


def calls_itself_missing(answer: Answer) -> bool:
    """Whether an answer's title says that there is no such page, though it may be no page that could be read."""
    return says_missing(title_of(answer.body[: 16 * _HEAD].decode("utf-8", errors="replace")))


def understand(answer: Answer, fetch: Fetch, now: datetime) -> tuple[Page, bool]:
    """The page for a kind to read, and whether its charset was mislabelled.

    Raises `FetchFailed` with `empty-page`, `challenge-page`, `error-page` or `wrong-media-type`.
    """
    where = shown(answer.url)
    if not answer.body.strip():
        raise FetchFailed("empty-page", f"{where}: nothing in it", status=answer.status)
    kind = media_type(answer)
    encoding, mislabelled = charset(answer)
    if kind == "html":
        title = title_of(answer.body[: 16 * _HEAD].decode(encoding, errors="replace"))
        if "cf-mitigated" in answer.headers or _any_part(_CHALLENGE, title):
            raise FetchFailed("challenge-page", f"{where}: a robot check ({title[:80]!r})", status=answer.status)
        if says_missing(title) or _any_part(_BROKEN, title):
            raise FetchFailed("error-page", f"{where}: it calls itself {title[:80]!r}", status=answer.status)
    if fetch.expects and kind != fetch.expects:
        raise FetchFailed("wrong-media-type", f"{where}: {kind or 'something unknown'} where {fetch.expects} was due")
    page = Page(
        url=answer.url,
        status=answer.status,
        body=answer.body,
        encoding=encoding,
        media_type=kind,
        fetch=fetch,
        retrieved_at=now,
    )
    return page, mislabelled


def _after_prolog(head: bytes) -> int:
    """Where the root element or an HTML doctype begins: after declarations, comments and other doctypes."""
    at = 0
    while True:
        at += len(head[at:]) - len(head[at:].lstrip())
        for start, end in ((b"<?", b"?>"), (b"<!--", b"-->"), (b"<!", b">")):
            if head.startswith(start, at) and not re.match(rb"(?i)<!doctype\s+html\b", head[at : at + 40]):
                closing = head.find(end, at + len(start))
                if closing < 0:
                    return at
                at = closing + len(end)
                break
        else:
            return at


def _any_part(pattern: re.Pattern[str], title: str) -> bool:
    """Titles carry the site's name beside their own words; each part is judged alone, and as a whole."""
    return any(pattern.fullmatch(part.strip()) for part in re.split(r"\s[|–—·-]\s|\|", title) if part.strip())


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return ""
    # The WHATWG's standard: pages that say Latin-1 or ASCII mean Windows-1252.
    return "cp1252" if found in {"iso8859-1", "ascii"} else found


def _decodes(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except (UnicodeDecodeError, LookupError, ValueError):
        return False
    return True
