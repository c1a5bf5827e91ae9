"""Mastodon and servers that speak its API (https://docs.joinmastodon.org/methods/statuses/).

The server itself says how long a post may be. `Idempotency-Key` makes a repeated post one post for an hour; after that,
and whenever an outcome is unknown, the account's own posts are read back.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn

from pydantic import Field

from aggregator.errors import ChannelDown, SendLater, SendRefused, SendUnknown
from aggregator.model import Message, Post, Receipt
from aggregator.settings.secrets import EnvSecret
from publishers import pictures
from publishers.base import Abilities, Channel, ChannelOptions, Limits
from publishers.fresh import fresh_connections
from publishers.recall import SLACK, never_left, same_post

if TYPE_CHECKING:
    from mastodon import Mastodon as Client

PAGE = 40
"""Statuses asked for at once: the most the API gives."""
PAGES = 10
"""So many pages are read back at most when a post is looked up."""


class MastodonOptions(ChannelOptions):
    """A Mastodon account; the token is an application's (Preferences → Development), with the scopes
    `read:accounts read:statuses write:statuses write:media`.
    """

    server: str = Field(pattern=r"^https?://")
    """Address of the account's server, such as `https://mastodon.nu`."""
    token: EnvSecret
    visibility: Literal["public", "unlisted"] = "public"
    timeout: float = Field(30, gt=0, le=300)
    """Seconds to wait for an answer, and for the server to take in a picture."""


class Mastodon(Channel):
    """One account on one server."""

    kind = "mastodon"
    title = "Mastodon"
    abilities = Abilities(look_up=True, delete=True)
    Options: ClassVar[type[ChannelOptions]] = MastodonOptions
    options: MastodonOptions

    def __init__(self, name: str, options: ChannelOptions) -> None:
        super().__init__(name, options)
        self._limits: Limits | None = None

    @property
    def limits(self) -> Limits:
        """What the server says, asked once; Mastodon's defaults where it gives no answer or no token is set."""
        if self.missing():
            return _limits({})
        if self._limits is None:
            self._limits = _limits(self._instance())
        return self._limits

    def sign_in(self) -> None:
        self._own_account(self._client())

    def send(self, post: Post, *, now: datetime) -> Receipt:
        client = self._client()
        media = self._picture(client, post.message)
        try:
            status = client.status_post(
                post.message.text,
                media_ids=media,
                visibility=self.options.visibility,
                language=post.message.language,
                idempotency_key=post.seed,
            )
        except Exception as error:  # noqa: BLE001 - the client raises many kinds, some of them undocumented
            self._translate(client, error, accepted=True)
        return _receipt(status, now)

    def look_up(self, post: Post) -> Receipt | None:
        client = self._client()
        account = self._own_account(client)
        oldest, last = post.due - SLACK, None
        for _ in range(PAGES):
            try:
                page = client.account_statuses(account["id"], exclude_reblogs=True, limit=PAGE, max_id=last)
            except Exception as error:  # noqa: BLE001 - as in send
                self._translate(client, error, accepted=True)
            for status in page:
                if same_post(post.message, _text(status["content"]), _links(status["content"])):
                    return _receipt(status, status["created_at"])
            if not page or page[-1]["created_at"] < oldest:
                return None
            last = page[-1]["id"]
        raise SendUnknown(f"{self.options.server}: none of the last {PAGE * PAGES} posts is older than {oldest:%F %R}")

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:  # noqa: ARG002 - deleted, not edited
        receipt = post.receipt if post.receipt and post.receipt.remote_id else self.look_up(post)
        if receipt is None:
            return
        client = self._client()
        try:
            client.status_delete(receipt.remote_id)
        except Exception as error:  # noqa: BLE001 - as in send
            if type(error).__name__ == "MastodonNotFoundError":
                return
            self._translate(client, error, accepted=True)

    # --- the server ----------------------------------------------------------------------------------------------

    def _client(self, *, token: bool = True) -> Client:
        from mastodon import Mastodon as Client

        client = Client(
            api_base_url=self.options.server,
            access_token=self.options.token.reveal() if token else None,
            ratelimit_method="throw",
            request_timeout=self.options.timeout,
            user_agent="jobbfyr",
        )
        fresh_connections(client.session, timeout=self.options.timeout)
        return client

    def _instance(self) -> dict[str, Any]:
        client = self._client(token=False)
        for ask in (client.instance_v2, client.instance_v1):
            try:
                return dict(ask())
            except Exception:  # noqa: BLE001, S112 - an older server or none: the next way, then the defaults
                continue
        return {}

    def _own_account(self, client: Client) -> Any:  # noqa: ANN401 - the client's dictionary
        try:
            return client.account_verify_credentials()
        except Exception as error:  # noqa: BLE001 - as in send
            self._translate(client, error, accepted=False)

    def _picture(self, client: Client, message: Message) -> list[Any] | None:
        image = self.picture(message)
        if image is None:
            return None
        content, media_type = pictures.load(image, self.limits.image_bytes)
        try:
            media = client.media_post(content, mime_type=media_type, description=image.alt)
            patience, pause = time.monotonic() + self.options.timeout, 0.1
            while not media.get("url") and time.monotonic() < patience:  # 202, then 206 while the server works on it
                time.sleep(pause)
                pause = min(pause * 2, 5.0)
                media = client.media(media)
        except Exception as error:  # noqa: BLE001 - as in send
            self._translate(client, error, accepted=False)
        if not media.get("url"):
            raise SendLater(
                f"{self.options.server} was still working on the picture after {self.options.timeout:.0f} s"
            )
        return [media]

    def _translate(self, client: Client, error: Exception, *, accepted: bool) -> NoReturn:
        """Raise what the error means for a post; `accepted`: the call that failed may have published or removed it."""
        from mastodon import errors

        server = self.options.server
        if isinstance(error, errors.MastodonRatelimitError):
            after = client.ratelimit_reset - time.time() if client.ratelimit_reset else None
            raise SendLater(f"{server} asks to wait", after=after) from error
        if isinstance(error, errors.MastodonNetworkError):
            kind = SendUnknown if accepted and not never_left(error) else SendLater
            raise kind(f"{server} gave no answer: {self.redact(str(error))}") from error
        status = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else 0
        what = f"{server} answered {' '.join(str(part) for part in error.args[1:])}"
        if isinstance(error, errors.MastodonServiceUnavailableError):
            raise SendLater(what) from error
        if status >= 500:
            raise (SendUnknown if accepted else SendLater)(what) from error
        if status in {401, 403}:
            raise ChannelDown(what, hint=f"check {self.options.token.env} and its scopes") from error
        if status >= 400:
            raise SendRefused(what) from error
        if not accepted:  # nothing was published yet, whatever this is
            raise SendLater(f"{server}: {type(error).__name__}: {self.redact(str(error))}") from error
        raise error  # nothing the server said: a fault of ours or of the client's


def _limits(instance: dict[str, Any]) -> Limits:
    """The instance's own limits (v1 or v2); Mastodon's defaults for what it does not say."""
    configuration = instance.get("configuration") or {}
    statuses = configuration.get("statuses") or {}
    media = configuration.get("media_attachments") or {}

    def number(value: Any, default: int) -> int:  # noqa: ANN401 - what a server wrote
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else default

    return Limits(
        count="mastodon",
        text=number(statuses.get("max_characters", instance.get("max_toot_chars")), 500),
        link=number(statuses.get("characters_reserved_per_url"), 23),
        alt=number(media.get("description_limit"), 1500),
        image_bytes=number(media.get("image_size_limit"), 8_000_000),
        images=number(statuses.get("max_media_attachments"), 4),
    )


def _receipt(status: Any, at: datetime) -> Receipt:  # noqa: ANN401 - the client's dictionary
    return Receipt(remote_id=str(status["id"]), url=str(status.get("url") or ""), at=at.astimezone(UTC))


def _text(content: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", content))


def _links(content: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', content)]


CHANNEL = Mastodon
