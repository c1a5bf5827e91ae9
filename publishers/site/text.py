"""An ad's plain text as blocks, links that are safe to click, and words fit for an address. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_HEADING = re.compile(r"[^\n]{2,60}")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an ad: `kind` is `heading`, `paragraph` or `list`; a list has its items as `lines`."""

    kind: str
    lines: tuple[str, ...]


def plain(text: str) -> str:
    """`text` without control, direction-override and unpaired surrogate characters, which neither HTML nor XML may
    carry and which could turn a line round.
    """
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """`plain` text with all white space as single spaces."""
    return " ".join(plain(text).split())


@lru_cache(maxsize=256)
def blocks(text: str) -> tuple[Block, ...]:
    """The ad's plain text (blank line between paragraphs, `- ` before list items) as blocks in order."""
    found: list[Block] = []
    for chunk in re.split(r"\n\s*\n", plain(text).replace("\r\n", "\n")):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        while lines:
            bullets = _leading(lines, bullet=True)
            if bullets:
                found.append(Block("list", tuple(line[1:].strip() for line in bullets)))
                lines = lines[len(bullets) :]
                continue
            running = _leading(lines, bullet=False)
            found.append(Block(_kind_of(running), tuple(running)))
            lines = lines[len(running) :]
    return tuple(found)


def _leading(lines: list[str], *, bullet: bool) -> list[str]:
    taken: list[str] = []
    for line in lines:
        if _is_bullet(line) is not bullet:
            break
        taken.append(line)
    return taken


def _is_bullet(line: str) -> bool:
    return line[:1] in "-•*·" and line[1:2] == " " and bool(line[1:].strip())


def _kind_of(lines: list[str]) -> str:
    """A short line of its own that does not end like a sentence is a heading."""
    alone = len(lines) == 1 and _HEADING.fullmatch(lines[0]) and lines[0][-1] not in ".,;!…"
    return "heading" if alone and any(letter.isalpha() for letter in lines[0]) else "paragraph"


def as_html(parts: tuple[Block, ...]) -> str:
    """Blocks as the HTML that Google's JobPosting takes: `p`, `ul`, `li` and `br` only."""
    written = []
    for part in parts:
        lines = [escape(line, quote=False) for line in part.lines]
        if part.kind == "list":
            written.append("<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>")
        else:
            written.append("<p>" + "<br>".join(lines) + "</p>")
    return "".join(written)


def summary(text: str, longest: int) -> str:
    """The text's beginning on one line, at most `longest` characters, ended at a word."""
    line = one_line(re.sub(r"(?m)^[-•*·] ", "", text))
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut[: cut.rfind(" ")] if " " in cut else cut).rstrip(" ,;:–-") + "…"


def web_address(text: str) -> str:
    """`text` when it is an http or https address with a host and nothing odd in it, else ""."""
    address = text.strip()
    if not address or re.search(r"[\x00-\x20\x7f\\<>\"]", address):
        return ""
    try:
        parts = urlsplit(address)
        return address if parts.scheme.lower() in {"http", "https"} and parts.hostname and parts.port != 0 else ""
    except ValueError:
        return ""


def slug(text: str) -> str:
    """Lower-case a-z, 0-9 and hyphens: "Örnsköldsvik" -> "ornskoldsvik"; never empty."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("ø", "o").replace("æ", "ae").replace("ß", "ss"))
    ascii_only = bare.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-") or "x"
