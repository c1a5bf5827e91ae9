"""The few operations of X's API v2 that are used, on loopback, written after docs.x.com: media, metadata, posts, own
timeline. What it does wrong is set from outside."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.support.loopback import JsonHandler, serving

KEYS = {
    "X_CONSUMER_KEY": "konsument-nyckel",
    "X_CONSUMER_SECRET": "konsument-hemlighet",
    "X_ACCESS_TOKEN": "konto-nyckel",
    "X_ACCESS_TOKEN_SECRET": "konto-hemlighet",
}


@dataclass
class XWorld:
    """The server's memory. `faults` are done to the next posts in order: `hang` and `reset` accept the post and give
    no answer; else a status, with the body and headers that go with it."""

    url: str = ""
    tweets: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: deque[tuple[Any, dict[str, Any], dict[str, str]]] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    page: int = 100
    refuses_duplicates: bool = True
    made: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fail(self, how: Any, body: dict[str, Any] | None = None, **headers: str) -> None:
        self.faults.append((how, body or {}, {name.replace("_", "-"): value for name, value in headers.items()}))


class Handler(JsonHandler):
    world: ClassVar[XWorld]

    def handle_any(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        with self.world.lock:
            self.world.asked.append(f"{self.command} {parts.path}")
        signed = self.headers.get("Authorization", "")
        fields = dict(re.findall(r'(\w+)="([^"]*)"', signed))
        if (
            not signed.startswith("OAuth ")
            or not {"oauth_signature", "oauth_nonce", "oauth_timestamp"} <= fields.keys()
        ):
            return self.answer(401, {"title": "Unauthorized", "detail": "Unauthorized", "status": 401})
        if (fields["oauth_consumer_key"], fields["oauth_token"]) != (KEYS["X_CONSUMER_KEY"], KEYS["X_ACCESS_TOKEN"]):
            return self.answer(401, {"title": "Unauthorized", "detail": "Unauthorized", "status": 401})
        sent = json.loads(body) if body else {}
        match self.command, parts.path.split("/")[2:]:
            case "GET", ["users", "me"]:
                return self.answer(200, {"data": {"id": "42", "name": "Fyr", "username": "fyr"}})
            case "GET", ["users", "42", "tweets"]:
                return self._timeline(query)
            case "POST", ["media", "upload"]:
                return self._take_media(sent)
            case "POST", ["media", "metadata"]:
                return self._describe(sent)
            case "POST", ["tweets"]:
                return self._post(sent)
            case "DELETE", ["tweets", number]:
                return self._delete(number)
        return self.answer(404, {"title": "Not Found Error", "detail": parts.path, "status": 404})

    def _take_media(self, sent: dict[str, Any]) -> None:
        if set(sent) != {"media", "media_category"} or sent["media_category"] != "tweet_image":
            return self.answer(400, {"errors": [{"message": "unexpected fields"}], "title": "Invalid Request"})
        number = str(900 + len(self.world.media))
        self.world.media[number] = {"bytes": base64.b64decode(sent["media"], validate=True), "alt": ""}
        shown = {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86400}
        return self.answer(200, {"data": shown})

    def _describe(self, sent: dict[str, Any]) -> None:
        self.world.media[sent["id"]]["alt"] = sent["metadata"]["alt_text"]["text"]
        return self.answer(200, {"data": {"id": sent["id"], "associated_metadata": sent["metadata"]}})

    def _post(self, sent: dict[str, Any]) -> None:
        world = self.world
        with world.lock:
            how, body, headers = world.faults.popleft() if world.faults else ("", {}, {})
            if isinstance(how, int):
                return self.answer(how, body, headers)
            if (
                not set(sent) <= {"text", "media"}
                or not set(sent.get("media", {}).get("media_ids", ())) <= world.media.keys()
            ):
                return self.answer(400, {"errors": [{"message": "invalid request"}], "title": "Invalid Request"})
            if world.refuses_duplicates and any(tweet["sent"] == sent["text"] for tweet in world.tweets):
                detail = "You are not allowed to create a Tweet with duplicate content."
                return self.answer(403, {"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403})
            tweet = self._keep(sent)
        if how == "hang":
            threading.Event().wait(2)
        if how in {"hang", "reset"}:
            return self.vanish()
        return self.answer(
            201, {"data": {"id": tweet["id"], "text": tweet["text"], "edit_history_tweet_ids": [tweet["id"]]}}
        )

    def _keep(self, sent: dict[str, Any]) -> dict[str, Any]:
        self.world.made += 1
        number = str(1990000000000000000 + self.world.made)
        urls = [
            {"url": f"https://t.co/{self.world.made}x{at}", "expanded_url": link, "display_url": link[8:30]}
            for at, link in enumerate(re.findall(r"https?://\S+", sent["text"]))
        ]
        shown = sent["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for url in urls:
            shown = shown.replace(url["expanded_url"], url["url"])
        tweet = {
            "id": number,
            "text": shown,
            "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "entities": {"urls": urls},
            "edit_history_tweet_ids": [number],
            "sent": sent["text"],
            "media": sent.get("media", {}).get("media_ids", []),
        }
        self.world.tweets.append(tweet)
        self.world.log.append(sent["text"])
        return tweet

    def _timeline(self, query: dict[str, str]) -> None:
        assert datetime.fromisoformat(query["start_time"])
        start = int(query.get("pagination_token", "0"))
        size = min(int(query["max_results"]), self.world.page)
        newest = list(reversed(self.world.tweets))
        page = newest[start : start + size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if start + size < len(newest):
            meta["next_token"] = str(start + size)
        shown = [
            {key: tweet[key] for key in ("id", "text", "created_at", "entities", "edit_history_tweet_ids")}
            for tweet in page
        ]
        return self.answer(200, {"data": shown, "meta": meta} if page else {"meta": meta})

    def _delete(self, number: str) -> None:
        with self.world.lock:
            found = [tweet for tweet in self.world.tweets if tweet["id"] == number]
            for tweet in found:
                self.world.tweets.remove(tweet)
        if not found:
            return self.answer(404, {"title": "Not Found Error", "detail": "no such tweet", "status": 404})
        return self.answer(200, {"data": {"deleted": True}})


@contextmanager
def an_x() -> Iterator[XWorld]:
    """A server of its own for one test."""
    world = XWorld()
    with serving(type("OneX", (Handler,), {"world": world})) as world.url:
        yield world
