"""What happens to one request: the ways it can fail, and what came back. Knows nothing of Scrapy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

CODES: Mapping[str, str] = {
    "address-refused": "not a public http(s) address, or its name or a redirect leads to one that is not",
    "bad-options": "the source's options do not fit its kind",
    "bad-posting": "a posting without identifier, title or a usable link",
    "broken-answer": "the server broke off or did not speak HTTP",
    "challenge-page": "a robot check stood where the page should be",
    "collecting-failed": "the collecting process itself ended before this source was finished",
    "duplicate-identifier": "two different postings under one identifier",
    "empty-page": "a page with nothing in it",
    "error-page": "a page that calls itself an error, sent as if it were well",
    "forbidden": "the server refuses us (401, 403, 451)",
    "host-down": "no connection to the server",
    "host-left-alone": "another request of this session was refused by the same host, so it was not asked again",
    "host-unknown": "the host's name does not resolve",
    "http-status": "another status than the expected ones",
    "kind-crashed": "the source kind failed on a page",
    "moved": "the source's address redirects permanently; it should be changed in the configuration",
    "not-found": "a listing answers 404 or 410",
    "rate-limited": "the server asks for fewer requests (429), or for a longer rest than a session can give",
    "redirect-loop": "redirects without end",
    "repeated-page": "a further page shows only what an earlier one showed",
    "robots-refused": "robots.txt does not allow the address",
    "robots-unreachable": "robots.txt could not be had, which counts as a refusal",
    "server-error": "the server failed (5xx)",
    "time-ran-out": "the source did not finish in its time",
    "timeout": "one exchange took too long",
    "tls-failed": "the server's certificate or encryption cannot be trusted",
    "too-large": "a page larger than allowed, as sent or as unpacked",
    "too-many-items": "more postings from one source than allowed",
    "too-many-pages": "more listing pages than allowed",
    "too-many-requests": "more requests for one source than allowed",
    "truncated": "a page that ended before its end",
    "unknown-kind": "no source kind of that name",
    "unsupported-encoding": "a compression that was not asked for",
    "wrong-charset": "a page whose letters are not in the charset it names; it was read as well as possible",
    "wrong-media-type": "another kind of content than the address should give, often a retired feed",
}
"""Every problem code of this room and what it means to an operator. `docs/collecting.md` tells them all."""

TRANSIENT = frozenset({"host-down", "host-unknown", "timeout", "broken-answer", "truncated", "server-error"})
"""What may pass by itself and is worth another try."""

_REVEALING = re.compile(r"(?i)(key|token|secret|passw|signature|sig=|auth|validator|hash)")


class FetchFailed(Exception):  # noqa: N818 - what happened, not a kind of error
    """A request that gave no usable answer. `code` is one of `CODES`; `status` the HTTP status when there was one."""

    def __init__(self, code: str, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A server's final answer.

    `headers` have lower-case names; `url` is where redirects ended; `hops` counts them and `permanent` tells whether
    all of them were permanent (301, 308).
    """

    url: str
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hops: int = 0
    permanent: bool = False


def refusal(answer: Answer) -> FetchFailed:
    """What a status that is neither a success nor a page that is not there means."""
    where, status = shown(answer.url), answer.status
    if status in {401, 403, 451}:
        return FetchFailed("forbidden", f"{where} answers {status}", status=status)
    if status == 429:
        return FetchFailed("rate-limited", f"{where} answers 429: too many requests", status=status)
    if status >= 500:
        return FetchFailed("server-error", f"{where} answers {status}", status=status)
    return FetchFailed("http-status", f"{where} answers {status}", status=status)


def shown(url: str) -> str:
    """An address as it may be shown and logged: without credentials and without the values of revealing parameters."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return url[:200]
    query = "&".join(
        f"{name}{equals}…" if equals and _REVEALING.search(name + equals) else f"{name}{equals}{value}"
        for name, equals, value in (part.partition("=") for part in parts.query.split("&"))
    )
    return urlunsplit((parts.scheme, host, parts.path, query, ""))[:500]


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110 §10.2.3): a number or a date; None when it says neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
