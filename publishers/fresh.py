"""A fresh connection for every request of a client library that talks through `requests`.

A kept connection that the server closed unannounced fails the next request after it may have been sent: an unknown
outcome for nothing. A post is a handful of requests, so a connection each costs little.
"""

from __future__ import annotations

from typing import Any


def fresh_connections(session: Any, *, timeout: float, origin: str = "", service: str = "") -> None:  # noqa: ANN401
    """Give a `requests` session a time-out in seconds and a new connection per request.

    Requests to `origin` are taken to `service` instead, where given.
    """
    from requests.adapters import HTTPAdapter  # noqa: TID251 - the session of tweepy and of Mastodon.py is one

    class Fresh(HTTPAdapter):
        def send(self, request: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as requests has it
            self.poolmanager.clear()
            if origin and request.url.startswith(origin):
                request.url = service + request.url.removeprefix(origin)
            request.headers["Connection"] = "close"
            return super().send(request, *args, **{**options, "timeout": timeout})

    session.mount("https://", Fresh())
    session.mount("http://", Fresh())
