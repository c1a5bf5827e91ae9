"""A web server on loopback that does what a test tells it to, well-behaved or not. Real sockets, port 0, own threads.

with WebServer() as site:
    site.page("/jobs.json", json_text, etag='"1"')        # answers 304 to the same ETag
    site.on("/slow", Reply(b"…", wait=0.2))  # anything else
    crawl(...site.url("/jobs.json")...)
    assert [a.path for a in site.asked] == [...]
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came. `headers` have lower-case names; `at` is monotonic seconds."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `body` may be an iterable of chunks, sent as they come, `pause` seconds apart; `length` replaces the
    true Content-Length (-1: none is sent and the connection's end is the body's); `raw` sends no head at all; `wait` are
    seconds before anything is sent."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    pause: float = 0.0
    raw: bool = False
    wait: float = 0.0


Handler = Callable[[Asked], Reply]


class WebServer:
    """Use as a context manager. Paths are matched with their query first, then without; else the answer is 404."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.asked: list[Asked] = []
        self._handlers: dict[str, Handler] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._server = _Server((self.host, 0), _handler_class(self))
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    def on(self, path: str, handler: Handler | Reply) -> None:
        """Answer `path` with this, from now on."""
        self._handlers[path] = handler if callable(handler) else lambda _: handler

    def page(self, path: str, body: bytes | str, *, etag: str = "", modified: str = "", **reply: Any) -> None:
        """Serve a page that keeps HTTP's rules for conditional requests when it has a validator."""
        data = body.encode() if isinstance(body, str) else body
        headers = dict(reply.pop("headers", {}))
        headers |= {name: value for name, value in (("ETag", etag), ("Last-Modified", modified)) if value}

        def answer(asked: Asked) -> Reply:
            same = (etag and asked.headers.get("if-none-match") == etag) or (
                not etag and modified and asked.headers.get("if-modified-since") == modified
            )
            return Reply(status=304, headers=headers) if same else Reply(data, headers=headers, **reply)

        self.on(path, answer)

    def gone(self, path: str) -> None:
        """Answer 404 to `path` from now on."""
        self._handlers.pop(path, None)

    def paths(self, *, robots: bool = False) -> list[str]:
        """What was asked, in order; without robots.txt unless wanted."""
        return [asked.path for asked in self.asked if robots or asked.path != "/robots.txt"]

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
        handler = self._handlers.get(asked.path) or self._handlers.get(asked.path.split("?")[0])
        return handler(asked) if handler else Reply(b"not here", status=404, type="text/plain")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is what many tests are about."""


def _handler_class(site: WebServer) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a class that knows its site
    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                self.command,
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
                time.monotonic(),
            )
            with contextlib.suppress(OSError):
                self._send(site.answer(asked))

        do_GET = do_POST = do_HEAD = _serve  # noqa: N815 - http.server's names

        def _send(self, reply: Reply) -> None:
            time.sleep(reply.wait)
            chunks = [reply.body] if isinstance(reply.body, bytes) else reply.body
            if not reply.raw:
                self.send_response(reply.status)
                if reply.status != 304:
                    self.send_header("Content-Type", reply.type)
                whole = reply.body if isinstance(reply.body, bytes) else None
                size = reply.length if reply.length is not None else (len(whole) if whole is not None else -1)
                if size >= 0 and reply.status != 304:
                    self.send_header("Content-Length", str(size))
                if size < 0 or size != len(whole or b""):
                    self.send_header("Connection", "close")
                    self.close_connection = True
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
            else:
                self.close_connection = True
            for chunk in chunks:
                self.wfile.write(chunk)
                self.wfile.flush()
                if reply.pause:
                    time.sleep(reply.pause)

        def log_message(self, *_: object) -> None:
            pass

    return Connection
