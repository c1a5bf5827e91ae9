"""A web server that answers well until one address, where it hangs, resets, or says that it is busy."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar


class Rude(BaseHTTPRequestHandler):
    """`misbehaves_at` is a part of the path (with its method before it where given); `how` is `hang` (no answer until
    the client gives up), `reset` (the connection is torn down after the request was read) or a status."""

    protocol_version = "HTTP/1.1"
    misbehaves_at: ClassVar[str]
    how: ClassVar[str]
    answers: ClassVar[Mapping[str, Any]]
    seen: ClassVar[list[str]]

    @classmethod
    def that(cls, at: str, how: str, answers: Mapping[str, Any]) -> type[Rude]:
        """A server class that misbehaves at one address and gives `answers` (by a part of the path) elsewhere."""
        return type("RudeOne", (cls,), {"misbehaves_at": at, "how": how, "answers": answers, "seen": []})

    def handle_any(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = f"{self.command} {self.path}"
        self.seen.append(asked)
        if self.misbehaves_at in asked:
            self._misbehave()
            return
        answer = next((value for part, value in self.answers.items() if part in asked), None)
        self._answer(404 if answer is None else 200, answer if answer is not None else {"error": "NotFound"}, {})

    def _misbehave(self) -> None:
        self.close_connection = True
        if self.how == "hang":
            threading.Event().wait(3)
        elif self.how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            headers = {"Retry-After": "37"} if self.how == "429" else {}
            self._answer(int(self.how), {"error": "Busy", "message": "not now"}, headers)

    def _answer(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the standard library's names

    def log_message(self, *_: object) -> None:
        """Tests have their own ways of telling."""

    def finish(self) -> None:
        """A client that went away is part of the game."""
        try:
            super().finish()
        except OSError:
            self.close_connection = True
