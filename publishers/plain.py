"""Untrusted words made plain: nothing in them can mention, tag, link, reorder or hide. Pure.

A vacancy's title comes from somebody else's feed. On a channel `@name` would call a stranger, `#word` would join a
conversation, `Acme.com` would become a link (which X bills), and a bidirectional override would turn the text round.
"""

from __future__ import annotations

from functools import cache
from re import Pattern
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

WORD_JOINER = "\u2060"
"""Invisible, forbids a line break, and ends what X, Mastodon and Bluesky take for a domain, a mention or a cashtag."""


class _Patterns(NamedTuple):
    hidden: Pattern[str]
    marks: Pattern[str]
    blank_lines: Pattern[str]
    spaces: Pattern[str]
    scheme: Pattern[str]
    sign: Pattern[str]
    inner_at: Pattern[str]
    inner_hash: Pattern[str]
    domain_dot: Pattern[str]
    cashtag: Pattern[str]


@cache
def _patterns() -> _Patterns:
    import regex

    return _Patterns(
        # Controls, formats (bidi overrides, zero-widths, tags), surrogates, private use and noncharacters; a joiner
        # stays between two pictographs, where it makes one emoji of them, and inside Arabic and Indic words.
        hidden=regex.compile(
            r"(?!\n)[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\uFFFC\uFFFD\u115F\u1160\u3164\uFFA0\u2800]"
            r"|(?![\u200C\u200D])\p{Cf}"
            r"|(?<![\p{Extended_Pictographic}\uFE0F\U0001F3FB-\U0001F3FF])(?<![\p{Arabic}\p{Devanagari}\p{Bengali}\p{M}])"
            r"[\u200C\u200D]"
            r"|[\u200C\u200D](?![\p{Extended_Pictographic}\p{Arabic}\p{Devanagari}\p{Bengali}])"
        ),
        marks=regex.compile(r"(\p{M}{4})\p{M}+"),
        blank_lines=regex.compile(r"\s*\n\s*\n\s*"),
        spaces=regex.compile(r"[^\S\n]+"),
        scheme=regex.compile(
            r"\b(?:[a-z][a-z0-9+.\-]*:/{1,3}|(?:javascript|vbscript|data|mailto|xmpp|magnet|tel):)", regex.I
        ),
        sign=regex.compile(r"(?<![\w\u2060])[@＠#＃﹟﹫]+(?=[\w·・])"),
        inner_at=regex.compile(r"(?<=\w)[@＠﹫](?=\w)"),
        inner_hash=regex.compile(r"[#＃﹟](?=\w)"),
        domain_dot=regex.compile(r"(?<=[\w\-])([.．。｡])(?=[^\W\d_])"),
        cashtag=regex.compile(r"\$(?=[A-Za-z])"),
    )


def clean(text: str, *, lines: bool = False) -> str:
    """The text in NFC without what cannot be seen: controls, bidi marks, zero-widths, surrogates, towers of accents.

    White space is collapsed; with `lines` line breaks stay, at most one empty line between two paragraphs.
    """
    import unicodedata

    rules = _patterns()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = text.replace("\t", " ").replace("\v", "\n").replace("\f", "\n").replace("\x85", "\n")
    text = rules.hidden.sub("", text)
    text = unicodedata.normalize("NFC", rules.marks.sub(r"\1", unicodedata.normalize("NFC", text)))
    if not lines:
        return " ".join(text.split())
    text = rules.spaces.sub(" ", text).strip()
    text = rules.blank_lines.sub("\n\n", text)
    return "\n".join(line.strip() for line in text.split("\n"))


def defuse(text: str, *, lines: bool = False) -> str:
    """The cleaned text with every mention, hashtag, cashtag, address and bare domain made plain words.

    `@name` and `#word` lose their sign (they read on as words), a scheme is dropped, and what must keep its looks
    (`Acme.com`, `kim@acme.com`, `C#-utvecklare`, `$ACME`) gets a word joiner where a platform would begin to link.
    """
    rules = _patterns()
    text = clean(text, lines=lines)
    before = None
    while before != text:  # `##a`, `https://https://a`: what is left after one pass may begin anew
        before = text
        text = rules.sign.sub("", rules.scheme.sub("", text))
    text = rules.inner_at.sub(f"{WORD_JOINER}@{WORD_JOINER}", text)
    text = rules.inner_hash.sub(f"#{WORD_JOINER}", text)
    text = rules.domain_dot.sub(rf"\1{WORD_JOINER}", text)
    text = rules.cashtag.sub(f"${WORD_JOINER}", text)
    return text.strip()


def safe_link(url: str) -> str:
    """The address in ASCII, fit for every platform; "" when it is not a plain http(s) address.

    Refused: other schemes, no host, a user name before the host (`https://bank.se@evil.example`), white space and
    controls. A host with letters beyond ASCII is put in IDNA, a path in percent-encoding.
    """
    if not url or any(sign.isspace() or not sign.isprintable() for sign in url) or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if parts.scheme.lower() not in {"http", "https"} or not host or parts.username is not None:
            return ""
        if ":" not in host:
            host = host.encode("idna").decode("ascii")
    except (UnicodeError, ValueError):
        return ""
    if not all(sign.isalnum() or sign in "-._:" for sign in host):
        return ""
    place = f"[{host}]" if ":" in host else host
    keep = "/:@!$&'()*+,;=~-._%"
    try:
        return urlunsplit(
            (
                parts.scheme.lower(),
                place if port is None else f"{place}:{port}",
                quote(parts.path or "/", safe=keep),
                quote(parts.query, safe=keep + "?"),
                quote(parts.fragment, safe=keep + "?"),
            )
        )
    except UnicodeError:
        return ""


def as_hashtag(word: str) -> str:
    """A word as a hashtag's name, without `#`: its letters, digits and underscores; "" when no letter is left."""
    import unicodedata

    name = "".join(sign for sign in unicodedata.normalize("NFC", word) if sign.isalnum() or sign == "_")
    return name if any(sign.isalpha() for sign in name) else ""
