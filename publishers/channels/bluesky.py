"""Bluesky, on any personal data server: one record per post under a key made from the post itself.

The record key is a TID made of the post's due time and seed, so putting the same post twice makes one record. Only the
low-level `com.atproto.*` calls are used: the client's `login()` also asks an AppView, which a bare server has not.
Limits: https://docs.bsky.app/docs/advanced-guides/posts and .../rate-limits.
"""

from __future__ import annotations

import hashlib
import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn

from pydantic import Field

from aggregator.errors import ChannelDown, SendLater, SendRefused, SendUnknown
from aggregator.model import Message, Post, Receipt
from aggregator.settings.secrets import EnvSecret
from publishers import pictures
from publishers.base import Abilities, Channel, ChannelOptions, Limits
from publishers.lengths import URL, shorten
from publishers.recall import never_left

if TYPE_CHECKING:
    from atproto_client.client.raw import ClientRaw  # type: ignore[import-untyped] # it carries no types

COLLECTION = "app.bsky.feed.post"
SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
"""The alphabet of TIDs (https://atproto.com/specs/tid)."""


class BlueskyOptions(ChannelOptions):
    """A Bluesky account; the password is an app password (Settings → Privacy and security → App passwords)."""

    service: str = Field("https://bsky.social", pattern=r"^https?://")
    """Address of the account's server."""
    handle: str = Field(min_length=3)
    """The account's handle, such as `jobb.indalarna.se`, without `@`."""
    password: EnvSecret
    embed: Literal["image", "card"] = "image"
    """What stands under the text: the share card with its alt text, or the link's card with that as thumb."""
    timeout: float = Field(30, gt=0, le=300)
    """Seconds to wait for an answer."""


class Bluesky(Channel):
    """One account on one server."""

    kind = "bluesky"
    title = "Bluesky"
    abilities = Abilities(idempotent=True, look_up=True, delete=True, link_card=True)
    Options: ClassVar[type[ChannelOptions]] = BlueskyOptions
    options: BlueskyOptions

    def __init__(self, name: str, options: ChannelOptions) -> None:
        super().__init__(name, options)
        self._client: ClientRaw | None = None
        self._did = ""

    @property
    def limits(self) -> Limits:
        return Limits(count="graphemes", text=300, bytes=3000, alt=2000, image_bytes=1_000_000, images=4)

    def sign_in(self) -> None:
        self._session()

    def send(self, post: Post, *, now: datetime) -> Receipt:
        client = self._session()
        record = self._record(post, now, self._embed(client, post.message))
        try:
            answer = client.com.atproto.repo.put_record(
                {"repo": self._did, "collection": COLLECTION, "rkey": rkey(post), "record": record}
            )
        except Exception as error:  # noqa: BLE001 - the client raises httpx's and its own errors alike
            self._translate(error, accepted=True)
        return self._receipt(post, answer.uri, now)

    def look_up(self, post: Post) -> Receipt | None:
        client = self._session()
        try:
            answer = client.com.atproto.repo.get_record(
                {"repo": self._did, "collection": COLLECTION, "rkey": rkey(post)}
            )
        except Exception as error:  # noqa: BLE001 - as in send
            if _code(error) == "RecordNotFound":
                return None
            self._translate(error, accepted=True)
        value: Any = answer.value
        made = getattr(value, "created_at", None) or value["createdAt"]
        return self._receipt(post, answer.uri, datetime.fromisoformat(made))

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:  # noqa: ARG002 - deleted, not edited
        client = self._session()
        try:
            client.com.atproto.repo.delete_record({"repo": self._did, "collection": COLLECTION, "rkey": rkey(post)})
        except Exception as error:  # noqa: BLE001 - as in send
            self._translate(error, accepted=True)

    # --- the record ----------------------------------------------------------------------------------------------

    def _record(self, post: Post, now: datetime, embed: dict[str, Any] | None) -> dict[str, Any]:
        # Timelines sort by createdAt. It is the due time, the same at every attempt, unless that would bury the post.
        made = post.due if abs(now - post.due) < timedelta(hours=1) else now
        record: dict[str, Any] = {
            "$type": COLLECTION,
            "text": post.message.text,
            "createdAt": made.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "langs": [post.message.language],
        }
        if found := facets(post.message.text):
            record["facets"] = found
        if embed:
            record["embed"] = embed
        return record

    def _embed(self, client: ClientRaw, message: Message) -> dict[str, Any] | None:
        image = self.picture(message)
        if self.options.embed == "card" and message.card is not None:
            card: dict[str, Any] = {
                "uri": message.card.url,
                "title": shorten(message.card.title, 300),
                "description": shorten(message.card.description, 1000),
            }
            if image is not None:
                card["thumb"] = self._upload(client, *pictures.load(image, self.limits.image_bytes))
            return {"$type": "app.bsky.embed.external", "external": card}
        if image is None:
            return None
        picture = {
            "alt": image.alt,
            "image": self._upload(client, *pictures.load(image, self.limits.image_bytes)),
            "aspectRatio": {"width": image.width, "height": image.height},
        }
        return {"$type": "app.bsky.embed.images", "images": [picture]}

    def _upload(self, client: ClientRaw, content: bytes, media_type: str) -> Any:  # noqa: ANN401 - a blob reference
        try:
            # Not upload_blob(): it hands the bytes to httpx in a way that httpx gave up.
            answer = client.invoke_procedure(
                "com.atproto.repo.uploadBlob", content=content, headers={"Content-Type": media_type}
            )
        except Exception as error:  # noqa: BLE001 - as in send
            self._translate(error, accepted=False)
        return answer.content["blob"]

    def _receipt(self, post: Post, uri: str, at: datetime) -> Receipt:
        url = f"https://bsky.app/profile/{self.options.handle}/post/{rkey(post)}"
        return Receipt(remote_id=uri, url=url, at=at)

    # --- the session ---------------------------------------------------------------------------------------------

    def _session(self) -> ClientRaw:
        """A client with a session, made at the first call and kept for the run: sessions are rationed."""
        if self._client is not None:
            return self._client
        from atproto_client.client.raw import ClientRaw
        from atproto_client.request import Request  # type: ignore[import-untyped] # it carries no types
        from httpx import Limits as Pool

        # No connection is kept: one that the server closed unannounced would make an outcome unknown.
        request = Request(timeout=self.options.timeout, limits=Pool(max_keepalive_connections=0))
        client = ClientRaw(self.options.service, request)
        try:
            session = client.com.atproto.server.create_session(
                {"identifier": self.options.handle, "password": self.options.password.reveal()}
            )
        except ChannelDown:
            raise
        except Exception as error:  # noqa: BLE001 - as in send
            self._translate(error, accepted=False)
        client.request.set_additional_headers({"Authorization": f"Bearer {session.access_jwt}"})
        self._did = session.did
        self._client = client
        return client

    def _translate(self, error: Exception, *, accepted: bool) -> NoReturn:
        """Raise what the error means for a post; `accepted`: the call that failed may have published or removed it."""
        from atproto_client.exceptions import RequestErrorBase  # type: ignore[import-untyped] # it carries no types

        answer = error.response if isinstance(error, RequestErrorBase) else None
        if answer is None:
            kind = SendUnknown if accepted and not never_left(error) else SendLater
            raise kind(f"{self.options.service} gave no answer: {type(error).__name__}") from error
        status, what = answer.status_code, f"{self.options.service} answered {error}"
        if status == 429:
            raise SendLater(what, after=_wait(answer.headers)) from error
        if status >= 500:
            raise SendLater(what) from error  # the same key again makes the same record
        if status in {401, 403} or _code(error) in {"ExpiredToken", "InvalidToken"}:
            self._client = None
            if _code(error) in {"ExpiredToken", "InvalidToken"}:
                raise SendLater(what, hint="a new session is made at the next try") from error
            raise ChannelDown(what, hint=f"check the handle and {self.options.password.env}") from error
        raise SendRefused(what) from error


def rkey(post: Post) -> str:
    """The post's TID: its due second, and thirty bits of its seed for the microseconds and the clock's number."""
    digest = int.from_bytes(hashlib.sha256(post.seed.encode()).digest()[:8], "big")
    micros = int(post.due.timestamp()) * 1_000_000 + digest % 1_000_000
    number = (micros << 10) | ((digest >> 32) & 0x3FF)
    return "".join(SORTABLE[(number >> shift) & 31] for shift in range(60, -5, -5))


def facets(text: str) -> list[dict[str, Any]]:
    """Links and hashtags of the text by the ranges of their UTF-8 bytes: what makes them work on Bluesky.

    Compose made everything untrusted plain, so what still looks like a link or hashtag is meant as one.
    """
    found = []
    for match in re.finditer(rf"(?<!\S){URL}|(?<![\w#&])#(\w*[^\W\d_]\w*)", text):
        feature = (
            {"$type": "app.bsky.richtext.facet#tag", "tag": match[1]}
            if match[1]
            else {"$type": "app.bsky.richtext.facet#link", "uri": match[0]}
        )
        start = len(text[: match.start()].encode())
        end = start + len(match[0].encode())
        found.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return found


def _code(error: Exception) -> str:
    content = getattr(getattr(error, "response", None), "content", None)
    return str(getattr(content, "error", "") or "")


def _wait(headers: dict[str, Any]) -> float | None:
    """Seconds until the limit ends, by Retry-After or by `ratelimit-reset` (seconds since 1970)."""
    for name, base in (("retry-after", 0.0), ("ratelimit-reset", time.time())):
        if str(headers.get(name, "")).isdigit():
            return max(float(headers[name]) - base, 1.0)
    return None


CHANNEL = Bluesky
