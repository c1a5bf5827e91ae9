"""What a site's robots.txt says (RFC 9309), through protego. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAX_BYTES = 500 * 1024
"""How much of a robots.txt is read: the least that RFC 9309 §2.5 asks of a parser."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One site's rules for us: our product token, and protego's own object (None when all is allowed)."""

    agent: str
    parsed: Any = None

    def allowed(self, url: str) -> bool:
        """Whether the address may be fetched."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, self.agent))

    @property
    def delay(self) -> float:
        """Seconds it wants between requests, by Crawl-delay or Request-rate; 0 when it does not say."""
        if self.parsed is None:
            return 0.0
        rate = self.parsed.request_rate(self.agent)
        by_rate = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return max(float(self.parsed.crawl_delay(self.agent) or 0.0), by_rate, 0.0)


def product_token(user_agent: str) -> str:
    """The name by which robots.txt knows us: the user agent's first word, without its version."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]


def parse(body: bytes, user_agent: str) -> Rules:
    """Read a robots.txt. Any bytes whatever give rules; what is not understood is not a rule."""
    from protego import Protego

    text = body[:MAX_BYTES].decode("utf-8-sig", errors="replace")
    return Rules(product_token(user_agent), Protego.parse(text))
