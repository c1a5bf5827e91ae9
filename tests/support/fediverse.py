"""A server that speaks Mastodon's API on loopback, written after docs.joinmastodon.org: instance, media with
processing, statuses with Idempotency-Key, own timeline, delete, rate limits. What it does wrong is set from outside."""

from __future__ import annotations

import html
import re
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.support.loopback import JsonHandler, serving

TOKEN = "en-riktig-token"
ME = {"id": "7", "username": "fyr", "acct": "fyr", "display_name": "Fyr", "url": "https://fedi.example/@fyr"}


@dataclass
class Fediverse:
    """The server's memory. `faults` are done to the next status posts in order: `hang` and `reset` accept the post
    and give no answer, `hang-before` does not accept it, a status number is answered instead."""

    url: str = ""
    statuses: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    faults: deque[str] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    instance: int = 2
    max_characters: int = 500
    reserved: int = 23
    limited_until: float = 0.0
    keeps_keys: bool = True
    lock: threading.RLock = field(default_factory=threading.RLock)

    def count(self, text: str) -> int:
        """Code points with every address as `reserved` of them: enough for the plain texts of these tests."""
        return len(re.sub(r"https?://\S+", "x" * self.reserved, text))


class Handler(JsonHandler):
    world: ClassVar[Fediverse]

    def handle_any(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        path, query = parts.path.rstrip("/"), {key: values[0] for key, values in parse_qs(parts.query).items()}
        with self.world.lock:
            self.world.asked.append(f"{self.command} {path}")
        if path.endswith("/instance"):
            return self._instance(path)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.answer(401, {"error": "The access token is invalid"})
        if time.time() < self.world.limited_until:
            return self.answer(429, {"error": "Too many requests"})
        if path == "/api/v1/accounts/verify_credentials":
            return self.answer(200, ME)
        if path == "/api/v1/accounts/7/statuses":
            return self._timeline(query)
        if path == "/api/v2/media" and self.command == "POST":
            return self._take_media(body)
        if path.startswith("/api/v1/media/"):
            return self._show_media(path.rpartition("/")[2])
        if path == "/api/v1/statuses" and self.command == "POST":
            return self._post(body)
        if path.startswith("/api/v1/statuses/") and self.command == "DELETE":
            return self._delete(path.rpartition("/")[2])
        return self.answer(404, {"error": "Record not found"})

    def _instance(self, path: str) -> None:
        world = self.world
        if path == "/api/v2/instance" and world.instance < 2:
            return self.answer(404, {"error": "Not Found"})
        configuration = {
            "statuses": {
                "max_characters": world.max_characters,
                "max_media_attachments": 4,
                "characters_reserved_per_url": world.reserved,
            },
            "media_attachments": {"image_size_limit": 16777216, "description_limit": 1500},
        }
        described: dict[str, Any] = {
            "version": "4.5.1" if world.instance == 2 else "3.4.1",
            "title": "Fyr",
            "configuration": configuration,
        }
        if path == "/api/v2/instance":
            described["api_versions"] = {"mastodon": 7}
        return self.answer(200, described)

    def _timeline(self, query: dict[str, str]) -> None:
        last = int(query.get("max_id") or 10**9)
        newest = [status for status in reversed(self.world.statuses) if int(status["id"]) < last]
        return self.answer(200, newest[: int(query.get("limit") or 20)])

    def _take_media(self, body: bytes) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        fields: dict[Any, Any] = {}
        for part in message_from_bytes(head + body).get_payload():
            name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr] # multipart holds parts
            fields[name] = part.get_payload(decode=True)  # type: ignore[union-attr] # as above
        number = str(len(self.world.media) + 1)
        kept = {"id": number, "bytes": fields["file"], "description": fields["description"].decode(), "looks": 0}
        self.world.media[number] = kept
        return self.answer(202, {"id": number, "type": "image", "url": None, "description": kept["description"]})

    def _show_media(self, number: str) -> None:
        kept = self.world.media[number]
        kept["looks"] += 1
        ready = kept["looks"] > 1
        shown = {"id": number, "type": "image", "url": f"{self.world.url}/{number}.png" if ready else None}
        return self.answer(200 if ready else 206, shown)

    def _post(self, body: bytes) -> None:
        form = parse_qs(body.decode())
        text = form.get("status", [""])[0]
        with self.world.lock:
            fault = self.world.faults.popleft() if self.world.faults else ""
            if fault.isdigit():
                return self.answer(int(fault), {"error": "Something went wrong"})
        if fault == "hang-before":
            threading.Event().wait(2)
            return self.vanish()
        with self.world.lock:
            if self.world.count(text) > self.world.max_characters:
                return self.answer(422, {"error": "Validation failed: Text character limit exceeded"})
            key = self.headers.get("Idempotency-Key", "") if self.world.keeps_keys else ""
            known = next(
                (status for status in self.world.statuses if key and self.world.keys.get(key) == status["id"]), None
            )
            status = known or self._keep(text, form, key)
        if fault == "hang":
            threading.Event().wait(2)
        if fault in {"hang", "reset"}:
            return self.vanish()
        return self.answer(200, status)

    def _keep(self, text: str, form: dict[str, list[str]], key: str) -> dict[str, Any]:
        number = str(100 + len(self.world.keys) + len(self.world.statuses))
        shown = re.sub(
            r"https?://(\S+)",
            lambda m: f'<a href="{m[0]}" rel="nofollow"><span class="invisible">https://</span><span>{m[1]}</span></a>',
            html.escape(text, quote=False),
        )
        status = {
            "id": number,
            "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "content": f"<p>{shown}</p>".replace("\n", "<br />"),
            "url": f"https://fedi.example/@fyr/{number}",
            "language": form.get("language", [""])[0],
            "visibility": form.get("visibility", [""])[0],
            "text": text,
            "media": form.get("media_ids[]", []),
        }
        self.world.statuses.append(status)
        self.world.log.append(text)
        self.world.keys[key or f"none-{number}"] = number
        return status

    def _delete(self, number: str) -> None:
        with self.world.lock:
            found = next((status for status in self.world.statuses if status["id"] == number), None)
            if found is None:
                return self.answer(404, {"error": "Record not found"})
            self.world.statuses.remove(found)
        return self.answer(200, found)

    def answer(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        if status == 429:
            reset = datetime.fromtimestamp(self.world.limited_until, UTC).isoformat().replace("+00:00", "Z")
            headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        super().answer(status, body, headers)


@contextmanager
def a_fediverse() -> Iterator[Fediverse]:
    """A server of its own for one test."""
    world = Fediverse()
    with serving(type("OneFediverse", (Handler,), {"world": world})) as world.url:
        yield world
