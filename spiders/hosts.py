"""What a session knows of each host: when it may next be asked, and whether it wants to be asked at all. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Host:
    """One host's state. `free_at` and `rest_until` are moments of a monotonic clock in seconds."""

    delay: float
    free_at: float = 0.0
    rest_until: float = 0.0
    refused: str = ""


class Hosts:
    """The hosts of one session, shared by all its sources, so that politeness holds across them.

    Keys are those of `spiders.addresses.check`. All times come in as arguments.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._hosts: dict[str, Host] = {}

    def of(self, key: str) -> Host:
        """The host's state, made when first asked for."""
        return self._hosts.setdefault(key, Host(self._delay))

    def wait(self, key: str, now: float) -> float:
        """Seconds until the host may be asked."""
        host = self.of(key)
        return max(0.0, host.free_at - now, host.rest_until - now)

    def wait_for_rest(self, key: str, now: float) -> float:
        """Seconds that the host itself asked to be left alone for."""
        return max(0.0, self.of(key).rest_until - now)

    def started(self, key: str, now: float) -> None:
        """A request to the host starts now."""
        host = self.of(key)
        host.free_at = now + host.delay

    def slow_down(self, key: str, seconds: float, now: float) -> None:
        """The host wants at least `seconds` between requests, the one just made included."""
        host = self.of(key)
        if seconds > host.delay:
            host.free_at = max(host.free_at, host.free_at - host.delay + seconds) if host.free_at else now + seconds
            host.delay = seconds

    def rest(self, key: str, seconds: float, now: float) -> None:
        """The host wants to be left alone for `seconds`."""
        host = self.of(key)
        host.rest_until = max(host.rest_until, now + seconds)
