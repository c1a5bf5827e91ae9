"""Whether one value is what it should be. Each function gives its value back or raises `ValueError` with a sentence
for the operator; none of the sentences holds the value where that might be a secret.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

TIME_PATTERN: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_SCHEMES: Final = ("sqlite", "postgresql+psycopg")


def text(value: str) -> str:
    """Something to read: not only spaces."""
    if not value.strip():
        raise ValueError("is empty")
    return value.strip()


def web_address(value: str) -> str:
    """Http or https with a host, no user name, no space."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"is no web address ({error})") from error
    if parts.scheme not in {"http", "https"}:
        raise ValueError("must begin with https:// or http://")
    if not host or port == 0 or re.search(r"[\s\x00-\x1f]", value):
        raise ValueError("is no web address; write it as https://example.se/path")
    if parts.username is not None or parts.password is not None:
        raise ValueError("may not hold a user name or password")
    return value


def time_of_day(value: str) -> str:
    """Wall-clock time, `HH:MM`."""
    if not re.fullmatch(TIME_PATTERN, value):
        raise ValueError(f"{value[:20]!r} is no time of day; write it as 07:30")
    return value


def time_zone(value: str) -> str:
    """A zone of the IANA database."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(f"unknown time zone {value[:40]!r}; write it as Europe/Stockholm") from error
    return value


def hashtag(value: str) -> str:
    """Letters, digits and underscores, at least one letter, no `#`."""
    if value.startswith("#"):
        raise ValueError("is written without its #")
    if not re.fullmatch(r"\w{1,60}", value) or value.isdigit():
        raise ValueError(f"{value[:40]!r} cannot be a hashtag; only letters, digits and _")
    return value


def contact(value: str) -> str:
    """An e-mail address or a web page, and not the example's."""
    if value.startswith(("http://", "https://")):
        return web_address(value)
    if not _EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address or a web page that webmasters can reach")
    return value


def database(value: str) -> str:
    """`sqlite:///file` or `postgresql+psycopg://user@host/name`, without a password. The value is never repeated."""
    scheme, mark, rest = value.partition("://")
    if not mark or scheme not in _SCHEMES:
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    if scheme == "sqlite":
        if not rest.startswith("/") or len(rest) < 2 or ":memory:" in rest or "?" in rest or rest.endswith("/"):
            raise ValueError("must name a file: sqlite:///jobbfyr.db")
        return value
    user, _, server = rest.rpartition("@")
    if ":" in user or re.search(r"[?&]password=", rest):
        raise ValueError(
            "a password in the address is refused; write it as {address: …, password: {env: NAME}} or set PGPASSWORD"
        )
    if "/" not in server or server.endswith("/"):
        raise ValueError("lacks the database's name: postgresql+psycopg://user@host/name")
    return value


def inside(value: str) -> str:
    """A path inside the region's folder, relative to it."""
    path = PurePosixPath(value)
    if not value.strip() or "\\" in value or "\x00" in value:
        raise ValueError("is no path; write it with / as in brand/mark.svg")
    if path.is_absolute() or ".." in path.parts or path == PurePosixPath():
        raise ValueError("must be a path inside the region's folder")
    return value


def svg(value: str) -> str:
    """An SVG file, by its name."""
    if not value.endswith(".svg"):
        raise ValueError("must be an SVG file (its name ends in .svg)")
    return value


def organization_number(value: str) -> str:
    """A Swedish organisation number, `NNNNNN-NNNN`; its last digit is checked (Luhn's formula, as Skatteverket's
    SKV 709 and Bolagsverket give it).
    """
    digits = value.replace("-", "", 1)
    if not re.fullmatch(r"[0-9]{6}-?[0-9]{4}", value):
        raise ValueError("is no organisation number; write it as 556000-0000")
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(digits))
    if total % 10:
        raise ValueError("is no organisation number: its last digit does not fit the others")
    return f"{digits[:6]}-{digits[6:]}"
