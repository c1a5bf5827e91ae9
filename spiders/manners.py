"""How we behave on other people's servers: the limits of one session, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The limits of one session. Times are seconds, sizes bytes.

    `user_agent` must name the software and a way to reach the operator. One request at a time goes to a host, started
    at least `seconds_between_requests` apart, more where its robots.txt asks for more. `seconds_per_request` bounds a
    whole exchange, connecting and reading included, so a server that trickles cannot hold us. `seconds_per_source` is
    what one source may take in all, waits included. `max_bytes` bounds a body both as sent and as unpacked.
    `max_pages` counts a source's listing pages, `max_requests` everything asked for it, robots.txt and retries
    included, `max_items` what its kind may yield. `retries` are attempts after the first for what may pass by itself;
    they wait `backoff`, then twice that and so on. A server's Retry-After is obeyed up to `max_wait`; a longer one
    ends the host's part in this session. `max_checks` bounds how many vanished ads have their own page looked at per
    source. `full_hours`: a source is read in full at least this often even when it says that nothing changed.

    `allow_private` opens loopback and private networks to a demonstration or test; `allow_networks` opens single ones
    (CIDR, `10.1.2.0/24`) to an operator whose partner is on the same intranet. Link-local addresses, where clouds keep
    their metadata, stay closed to both.
    """

    user_agent: str
    seconds_between_requests: float = 1.0
    seconds_to_connect: float = 10.0
    seconds_per_request: float = 30.0
    seconds_per_source: float = 900.0
    max_bytes: int = 20_000_000
    max_pages: int = 300
    max_requests: int = 2_000
    max_items: int = 100_000
    max_redirects: int = 5
    concurrency: int = 32
    retries: int = 2
    backoff: float = 2.0
    max_wait: float = 60.0
    max_checks: int = 20
    full_hours: float = 24.0
    obey_robots: bool = True
    allow_private: bool = False
    allow_networks: tuple[str, ...] = ()
