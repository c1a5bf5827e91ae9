"""Addresses: made absolute, refused when they are not for people's browsers, and bare of tracking."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|msclkid|dclid|yclid|mc_[ce]id|igshid|_ga|_gl|_hs\w+|hsctatracking|promotion|trk|trackingid",
    re.IGNORECASE,
)
_BLANK_OR_CONTROL = re.compile(r"[\x00-\x20\x7f\u00a0\u200b\ufeff]")


def absolute(href: str, base: str = "") -> str:
    """The http(s) address that `href` means on the page `base`; "" for anything else (`javascript:`, `mailto:`, none).

    Line breaks and blanks inside are dropped as browsers do, user names and passwords are refused.
    """
    href = _BLANK_OR_CONTROL.sub(lambda found: "%20" if found.group() == " " else "", href.strip())
    if re.fullmatch(r"https?:/*", href, re.IGNORECASE):  # joined, it would become the page itself
        return ""
    try:
        parts = urlsplit(urljoin(base, href))
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return ""
    return urlunsplit(parts)


def parts_of(url: str) -> SplitResult:
    """An address taken apart; an empty one for what is none (`http://[`). Its `hostname` is in lower case."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def clean_url(href: str, base: str = "") -> str:
    """An absolute address without tracking parameters and without a fragment, unless the fragment is the page's own
    route (`#/jobs/7`); "" when `absolute` refuses it.
    """
    url = absolute(href, base)
    if not url:
        return ""
    parts = urlsplit(url)
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    return urlunsplit(parts._replace(query=_without_tracking(parts), fragment=fragment))


def canonical(url: str) -> str:
    """The form in which two addresses of one page are equal: `clean_url` with its host in lower case, no default port,
    no trailing slash, and its parameters in order.
    """
    cleaned = clean_url(url)
    if not cleaned:
        return ""
    parts = urlsplit(cleaned)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return urlunsplit(("https", host + port, parts.path.rstrip("/"), query, parts.fragment))


def same_site(url: str, other: str) -> bool:
    """Whether two addresses are of one site: equal hosts, or one below the other (`jobb.acme.se` and `www.acme.se`)."""
    hosts = [(urlsplit(one).hostname or "").removeprefix("www.") for one in (url, other)]
    return all(hosts) and (
        hosts[0] == hosts[1] or hosts[0].endswith("." + hosts[1]) or hosts[1].endswith("." + hosts[0])
    )


def with_query(url: str, **parameters: str) -> str:
    """The address with these parameters set; others stay."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*kept, *parameters.items()])))


def _without_tracking(parts: SplitResult) -> str:
    if not parts.query:
        return ""
    kept = [pair for pair in parts.query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0])]
    return "&".join(kept)
