"""Servers on loopback for the channels' tests: started on a free port, ended with the test that asked for them."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def or_skip(reason: str) -> None:
    """Skip the test for want of a server, or fail it where servers are required (JOBBFYR_REQUIRE_SERVERS=1)."""
    if os.environ.get("JOBBFYR_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve with the handler on a free port of 127.0.0.1; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class JsonHandler(BaseHTTPRequestHandler):
    """A request handler that answers JSON and takes dying clients as they come. Subclasses write `handle_any(body)`."""

    protocol_version = "HTTP/1.1"

    def handle_any(self, body: bytes) -> None:
        raise NotImplementedError

    def _read_then_handle(self) -> None:
        self.handle_any(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    do_GET = do_POST = do_PUT = do_DELETE = _read_then_handle  # noqa: N815 - the standard library's names

    def answer(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def vanish(self) -> None:
        """Tear the connection down without an answer."""
        self.close_connection = True
        self.connection.close()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Tests look at the server's memory instead."""


@contextmanager
def a_pds() -> Iterator[str]:
    """A real Bluesky PDS; gives its address. Skips where it is not installed."""
    installed = ROOT / ".servers" / "pds"
    if not (installed / "installed").exists():
        or_skip("the Bluesky PDS is not installed: run tests/support/pds/setup.sh")
    script = ROOT / "tests" / "support" / "pds" / "server.mjs"
    with tempfile.TemporaryDirectory() as data:
        command = ["node", str(script), str(installed), data]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin
            assert process.stdout
            try:
                line = process.stdout.readline()
                if not line:
                    pytest.fail("the Bluesky PDS did not come up")
                yield json.loads(line)["url"]
            finally:
                process.stdin.close()
                process.wait(10)
