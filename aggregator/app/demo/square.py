"""The demo's town square: one small server on loopback that speaks as much of Bluesky's, Mastodon's and X's protocols
as their channels use, so that the demo's posts really go out over HTTP and can be taken down again.

It checks what the real services check of a post's shape and keeps everything in memory; `Square.posts` is what
passers-by see. It is no test double: the tests run against stricter servers of their own, and a real Bluesky PDS.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DID = "did:plc:fyrbygdendemo0000000000"


@dataclass(slots=True, kw_only=True)
class SquarePost:
    """A post as it stands on the square; `deleted` once it was taken down."""

    network: str
    id: str
    text: str
    language: str
    alts: tuple[str, ...] = ()
    images: tuple[bytes, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, read whole."""

    path: str
    query: dict[str, list[str]]
    headers: Any
    body: bytes

    def json(self) -> dict[str, Any]:
        """Its JSON body; an empty object when there is none."""
        return dict(json.loads(self.body)) if self.body else {}

    def form(self) -> dict[str, list[bytes]]:
        """Its form fields, urlencoded or multipart."""
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/"):
            message = BytesParser(_class=EmailMessage, policy=HTTP).parsebytes(
                f"Content-Type: {kind}\r\n\r\n".encode() + self.body
            )
            fields: dict[str, list[bytes]] = {}
            for part in message.iter_parts():
                name = part.get_param("name", header="content-disposition")
                content = part.get_payload(decode=True)
                fields.setdefault(str(name), []).append(content if isinstance(content, bytes) else b"")
            return fields
        return {
            name: [value.encode() for value in values] for name, values in parse_qs(self.body.decode("utf-8")).items()
        }


Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Square:
    """What has been posted, by network and id."""

    address: str = ""
    posts: dict[tuple[str, str], SquarePost] = field(default_factory=dict)
    _media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, request: Request) -> Answer:
        """Find the room that a request is for."""
        with self._lock:
            for verb, pattern, room in ROOMS:
                found = re.fullmatch(pattern, request.path) if verb == method else None
                if found:
                    return room(self, request, *found.groups())
        return 404, {"error": "NotFound", "message": f"{method} {request.path}"}

    # Bluesky

    def session(self, _request: Request) -> Answer:
        token = ".".join(
            base64.urlsafe_b64encode(part).decode().rstrip("=")
            for part in (b'{"alg":"none"}', b'{"exp":4102444800}', b"demo")
        )
        return 200, {"did": DID, "handle": "fyrbygden.test", "accessJwt": token, "refreshJwt": token, "active": True}

    def blob(self, request: Request) -> Answer:
        media = hashlib.sha256(request.body).hexdigest()
        self._media[media] = (request.body, "")
        link = "bafkrei" + base64.b32encode(bytes.fromhex(media)).decode().lower().rstrip("=")
        self._media[link] = (request.body, "")
        kind = request.headers.get("Content-Type", "image/png")
        return 200, {"blob": {"$type": "blob", "ref": {"$link": link}, "mimeType": kind, "size": len(request.body)}}

    def put_record(self, request: Request) -> Answer:
        body = request.json()
        record, key = body["record"], body["rkey"]
        if not re.fullmatch(r"[2-7a-z]{13}", key):
            return 400, {"error": "InvalidRequest", "message": "the key is not a TID"}
        if len(record["text"].encode()) > 3000:
            return 400, {"error": "InvalidRequest", "message": "text too long"}
        embed = record.get("embed") or {}
        images = embed.get("images") or []
        self.posts["bluesky", key] = SquarePost(
            network="bluesky",
            id=key,
            text=record["text"],
            language=(record.get("langs") or [""])[0],
            alts=tuple(image.get("alt", "") for image in images),
            images=tuple(self._media[image["image"]["ref"]["$link"]][0] for image in images),
        )
        uri = f"at://{DID}/app.bsky.feed.post/{key}"
        return 200, {"uri": uri, "cid": "bafyreib2rxk3rh6kzwq", "validationStatus": "valid"}

    def get_record(self, request: Request) -> Answer:
        key = request.query["rkey"][0]
        post = self.posts.get(("bluesky", key))
        if post is None or post.deleted:
            return 400, {"error": "RecordNotFound", "message": "no such record"}
        uri = f"at://{DID}/app.bsky.feed.post/{key}"
        return 200, {"uri": uri, "cid": "bafyreib2rxk3rh6kzwq", "value": {"text": post.text}}

    def delete_record(self, request: Request) -> Answer:
        self._take_down("bluesky", request.json()["rkey"])
        return 200, {}

    # Mastodon

    def instance(self, _request: Request) -> Answer:
        statuses = {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23}
        return 200, {
            "domain": "fyrbygden.test",
            "title": "Torget",
            "version": "4.2.0",
            "configuration": {"statuses": statuses, "media_attachments": {"description_limit": 1500}},
        }

    def account(self, _request: Request) -> Answer:
        return 200, {"id": "1", "username": "fyrbygden", "acct": "fyrbygden"}

    def media(self, request: Request) -> Answer:
        form = request.form()
        number = str(next(self._numbers))
        self._media[number] = (form["file"][0], form.get("description", [b""])[0].decode())
        return 200, {"id": number, "type": "image", "url": f"{self.address}/media/{number}"}

    def media_ready(self, _request: Request, number: str) -> Answer:
        return 200, {"id": number, "type": "image", "url": f"{self.address}/media/{number}"}

    def status(self, request: Request) -> Answer:
        key = request.headers.get("Idempotency-Key", "")
        if key and key in self._keys:
            return 200, self._status(self._keys[key])
        if request.headers.get("Content-Type", "").startswith("application/json"):
            body = request.json()
            text, language, media = body.get("status", ""), body.get("language", ""), body.get("media_ids") or []
        else:
            form = request.form()
            text = form.get("status", [b""])[0].decode()
            language = form.get("language", [b""])[0].decode()
            media = [item.decode() for item in form.get("media_ids[]", []) + form.get("media_ids", [])]
        number = str(next(self._numbers))
        kept = [self._media[str(item)] for item in media]
        self.posts["mastodon", number] = SquarePost(
            network="mastodon",
            id=number,
            text=text,
            language=language,
            alts=tuple(alt for _, alt in kept),
            images=tuple(image for image, _ in kept),
        )
        if key:
            self._keys[key] = number
        return 200, self._status(number)

    def _status(self, number: str) -> dict[str, Any]:
        post = self.posts["mastodon", number]
        return {
            "id": number,
            "url": f"{self.address}/@fyrbygden/{number}",
            "uri": f"{self.address}/users/fyrbygden/statuses/{number}",
            "content": f"<p>{post.text}</p>",
            "created_at": "2026-01-01T00:00:00.000Z",
            "visibility": "public",
            "language": post.language,
        }

    def delete_status(self, _request: Request, number: str) -> Answer:
        if ("mastodon", number) not in self.posts:
            return 404, {"error": "Record not found"}
        self._take_down("mastodon", number)
        return 200, self._status(number)

    # X

    def me(self, _request: Request) -> Answer:
        return 200, {"data": {"id": "42", "name": "Fyrbygden", "username": "fyrbygden"}}

    def x_media(self, request: Request) -> Answer:
        number = str(next(self._numbers))
        body = request.json() if request.body.startswith(b"{") else {}
        image = base64.b64decode(body["media"]) if body else request.form()["media"][0]
        self._media[number] = (image, "")
        return 200, {
            "data": {"id": number, "media_key": f"3_{number}", "size": len(image), "expires_after_secs": 86400}
        }

    def x_metadata(self, request: Request) -> Answer:
        body = request.json()
        image, _ = self._media[str(body["id"])]
        self._media[str(body["id"])] = (image, body["metadata"]["alt_text"]["text"])
        return 200, {"data": {"id": body["id"], "associated_metadata": body["metadata"]}}

    def tweet(self, request: Request) -> Answer:
        body = request.json()
        number = str(next(self._numbers))
        kept = [self._media[str(item)] for item in body.get("media", {}).get("media_ids", [])]
        self.posts["x", number] = SquarePost(
            network="x",
            id=number,
            text=body["text"],
            language="",
            alts=tuple(alt for _, alt in kept),
            images=tuple(image for image, _ in kept),
        )
        return 201, {"data": {"id": number, "text": body["text"], "edit_history_tweet_ids": [number]}}

    def delete_tweet(self, _request: Request, number: str) -> Answer:
        self._take_down("x", number)
        return 200, {"data": {"deleted": True}}

    def _take_down(self, network: str, key: str) -> None:
        post = self.posts.get((network, key))
        if post is not None:
            post.deleted = True


ROOMS: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("POST", r"/xrpc/com\.atproto\.server\.(?:create|refresh)Session", Square.session),
    ("POST", r"/xrpc/com\.atproto\.repo\.uploadBlob", Square.blob),
    ("POST", r"/xrpc/com\.atproto\.repo\.putRecord", Square.put_record),
    ("GET", r"/xrpc/com\.atproto\.repo\.getRecord", Square.get_record),
    ("POST", r"/xrpc/com\.atproto\.repo\.deleteRecord", Square.delete_record),
    ("GET", r"/api/v[12]/instance/?", Square.instance),
    ("GET", r"/api/v1/accounts/verify_credentials", Square.account),
    ("POST", r"/api/v[12]/media", Square.media),
    ("GET", r"/api/v1/media/(\d+)", Square.media_ready),
    ("POST", r"/api/v1/statuses", Square.status),
    ("DELETE", r"/api/v1/statuses/(\d+)", Square.delete_status),
    ("GET", r"/2/users/me", Square.me),
    ("POST", r"/2/media/upload", Square.x_media),
    ("POST", r"/2/media/metadata", Square.x_metadata),
    ("POST", r"/2/tweets", Square.tweet),
    ("DELETE", r"/2/tweets/(\d+)", Square.delete_tweet),
)


@contextmanager
def town_square() -> Iterator[Square]:
    """Run the square until the block ends."""
    square = Square()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(square))
    server.daemon_threads = True
    square.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), name="demo-square", daemon=True).start()
    try:
        yield square
    finally:
        server.shutdown()
        server.server_close()


def _handler(square: Square) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            request = Request(
                path=parts.path, query=parse_qs(parts.query), headers=self.headers, body=self.rfile.read(length)
            )
            try:
                status, body = square.answer(self.command, request)
            except Exception as error:  # noqa: BLE001 - a visitor's odd request must not close the square
                status, body = 400, {"error": "InvalidRequest", "message": f"{type(error).__name__}: {error}"}
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server finds methods by these names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Stay silent; the demo tells what happens in its own words."""

    return Handler
