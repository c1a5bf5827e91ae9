"""A web server that answers well until one address, where it hangs, resets, or says that it is busy."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.support.loopback import JsonHandler


class Rude(JsonHandler):
    """`misbehaves_at` is a part of the path (with its method before it where given); `how` is `hang` (no answer until
    the client gives up), `reset` (the connection is torn down after the request was read) or a status."""

    misbehaves_at: ClassVar[str]
    how: ClassVar[str]
    answers: ClassVar[Mapping[str, Any]]
    seen: ClassVar[list[str]]

    @classmethod
    def that(cls, at: str, how: str, answers: Mapping[str, Any]) -> type[Rude]:
        """A server class that misbehaves at one address and gives `answers` (by a part of the path) elsewhere."""
        return type("RudeOne", (cls,), {"misbehaves_at": at, "how": how, "answers": answers, "seen": []})

    def handle_any(self, body: bytes) -> None:
        asked = f"{self.command} {self.path}"
        self.seen.append(asked)
        if self.misbehaves_at in asked:
            self._misbehave()
            return
        answer = next((value for part, value in self.answers.items() if part in asked), None)
        self.answer(404 if answer is None else 200, answer if answer is not None else {"error": "NotFound"})

    def _misbehave(self) -> None:
        self.close_connection = True
        if self.how == "hang":
            threading.Event().wait(3)
        elif self.how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            headers = {"Retry-After": "37"} if self.how == "429" else {}
            self.answer(int(self.how), {"error": "Busy", "message": "not now"}, headers)
