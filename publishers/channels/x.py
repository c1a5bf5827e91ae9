"""X, through API v2 with the account's own OAuth 1.0a keys. The only file that knows tweepy.

X bills every call, a post with a link thirteen times as much as one without, so a monthly budget belongs to the
channel. tweepy has no time-out and no way to upload pictures in v2; both are done here. Nothing makes a repeated post
one post: an unknown outcome is looked up in the account's own timeline.
Prices and limits: https://docs.x.com/x-api/getting-started/pricing (November 2026).
"""

from __future__ import annotations

import base64
import logging
import time
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, ClassVar, Literal, NoReturn

from pydantic import Field

from aggregator.errors import ChannelDown, SendLater, SendRefused, SendUnknown
from aggregator.model import Message, Post, Receipt
from aggregator.settings.secrets import EnvSecret
from publishers import pictures
from publishers.base import Abilities, Budget, Channel, ChannelOptions, Cost, Limits
from publishers.fresh import fresh_connections
from publishers.lengths import x_links
from publishers.recall import SLACK, never_left, same_post

if TYPE_CHECKING:
    from tweepy import Client

ORIGIN = "https://api.twitter.com"
"""Where tweepy sends everything; requests are taken from here to the option `service`."""
ALT_TEXT = 0.005
"""US dollars for a picture's metadata."""
PAGES = 5
"""So many pages of a hundred posts are read back at most when a post is looked up."""


class XOptions(ChannelOptions):
    """An X account; the keys are an app's (developer.x.com, Keys and tokens) with permission to read and write."""

    consumer_key: EnvSecret
    consumer_secret: EnvSecret
    access_token: EnvSecret
    access_token_secret: EnvSecret
    monthly_budget: float | None = Field(None, ge=0)
    """The most it may cost in a calendar month, US dollars; none when left out."""
    when_short: Literal["drop-link", "wait"] = "wait"
    """What happens to a post that the budget has no room for: it goes without its link, or waits."""
    service: str = Field("https://api.x.com", pattern=r"^https?://[^/]+$")
    """Address of the API."""
    timeout: float = Field(30, gt=0, le=300)
    """Seconds to wait for an answer."""


class X(Channel):
    """One account."""

    kind = "x"
    title = "X"
    abilities = Abilities(look_up=True, delete=True)
    cost = Cost(post=0.015, post_with_link=0.200, delete=0.010)
    Options: ClassVar[type[ChannelOptions]] = XOptions
    options: XOptions

    def __init__(self, name: str, options: ChannelOptions) -> None:
        super().__init__(name, options)
        self._made: Client | None = None
        self._me = ""

    @property
    def limits(self) -> Limits:
        return Limits(count="x-weighted", text=280, link=23, alt=1000, image_bytes=5_000_000, images=4)

    def price(self, message: Message) -> float:
        """Dear with its link, or with anything else that X takes for one, bare domains among them."""
        linked = message.link or x_links(message.text)
        price = self.cost.post_with_link if linked else self.cost.post
        image = self.picture(message)
        return price + (ALT_TEXT if image is not None and image.alt else 0)

    def budget(self) -> Budget | None:
        if self.options.monthly_budget is None:
            return None
        return Budget(monthly=self.options.monthly_budget, when_short=self.options.when_short)

    def sign_in(self) -> None:
        self._account(self._client())

    def send(self, post: Post, *, now: datetime) -> Receipt:
        client = self._client()
        media = self._picture(client, post.message)
        try:
            made = client.create_tweet(text=post.message.text, media_ids=media)
        except Exception as error:  # noqa: BLE001 - tweepy lets requests' own errors through
            self._translate(error, accepted=True)
        return _receipt(str(made.data["id"]), now)

    def look_up(self, post: Post) -> Receipt | None:
        client = self._client()
        account, token = self._account(client), None
        for _ in range(PAGES):
            try:
                page = client.get_users_tweets(
                    account,
                    user_auth=True,
                    max_results=100,
                    exclude=["replies", "retweets"],
                    tweet_fields=["created_at", "entities"],
                    start_time=post.due - SLACK,
                    pagination_token=token,
                )
            except Exception as error:  # noqa: BLE001 - as in send
                self._translate(error, accepted=True)
            for tweet in page.data or ():
                urls = (tweet.entities or {}).get("urls", ())
                text = unescape(tweet.text)
                for url in urls:
                    text = text.replace(url["url"], " ")
                if same_post(post.message, text, [url.get("expanded_url", "") for url in urls]):
                    return _receipt(str(tweet.id), tweet.created_at or post.due)
            token = page.meta.get("next_token")
            if token is None:
                return None
        raise SendUnknown(f"X: more than {PAGES * 100} posts to look through")

    def close(self, post: Post, closure: Message, *, now: datetime) -> None:  # noqa: ARG002 - deleted, not edited
        receipt = post.receipt if post.receipt and post.receipt.remote_id else self.look_up(post)
        if receipt is None:
            return
        try:
            self._client().delete_tweet(receipt.remote_id)
        except Exception as error:  # noqa: BLE001 - as in send
            if _status(error) == 404:
                return
            self._translate(error, accepted=True)

    # --- the service ---------------------------------------------------------------------------------------------

    def _client(self) -> Client:
        if self._made is not None:
            return self._made
        import tweepy

        for name in ("tweepy", "oauthlib", "requests_oauthlib"):  # at DEBUG they write down headers and signatures
            logging.getLogger(name).setLevel(logging.INFO)
        client = tweepy.Client(
            consumer_key=self.options.consumer_key.reveal(),
            consumer_secret=self.options.consumer_secret.reveal(),
            access_token=self.options.access_token.reveal(),
            access_token_secret=self.options.access_token_secret.reveal(),
            wait_on_rate_limit=False,
        )
        fresh_connections(client.session, timeout=self.options.timeout, origin=ORIGIN, service=self.options.service)
        self._made = client
        return client

    def _account(self, client: Client) -> str:
        if not self._me:
            try:
                self._me = str(client.get_me(user_auth=True).data.id)
            except Exception as error:  # noqa: BLE001 - as in send
                self._translate(error, accepted=False)
        return self._me

    def _picture(self, client: Client, message: Message) -> list[str] | None:
        image = self.picture(message)
        if image is None:
            return None
        content, _ = pictures.load(image, self.limits.image_bytes)
        upload = {"media": base64.b64encode(content).decode(), "media_category": "tweet_image"}
        try:
            number = str(client.request("POST", "/2/media/upload", json=upload, user_auth=True).json()["data"]["id"])
            if image.alt:
                described = {"id": number, "metadata": {"alt_text": {"text": image.alt}}}
                client.request("POST", "/2/media/metadata", json=described, user_auth=True)
        except Exception as error:  # noqa: BLE001 - as in send
            self._translate(error, accepted=False)
        return [number]

    def _translate(self, error: Exception, *, accepted: bool) -> NoReturn:
        """Raise what the error means for a post; `accepted`: the call that failed may have published or removed it."""
        import tweepy

        status = _status(error)
        if status == 0:
            if not isinstance(error, OSError):  # requests' errors are; anything else is a fault of ours or of tweepy's
                if accepted:
                    raise error
                raise SendLater(f"X: {type(error).__name__}: {self.redact(str(error))}") from error
            kind = SendUnknown if accepted and not never_left(error) else SendLater
            raise kind(f"X gave no answer: {type(error).__name__}") from error
        what = f"X answered {self.redact(' '.join(str(error).split()))}"
        capped = "usage cap" in what.casefold() or "usage-capped" in what.casefold()
        if isinstance(error, tweepy.TooManyRequests) and not capped:
            after = error.reset_time - time.time() if error.reset_time else None
            raise SendLater(what, after=after) from error
        if status == 403 and "duplicate" in what.casefold():
            raise SendUnknown(what, hint="it may be there already; it is looked up") from error
        if status == 402 or capped:
            raise ChannelDown(what, hint="the account is out of credits; buy some at developer.x.com") from error
        if status in {401, 403}:
            raise ChannelDown(what, hint="check the four keys and that the app may write") from error
        if status == 503 or (status >= 500 and not accepted):
            raise SendLater(what) from error
        if status >= 500:
            raise SendUnknown(what) from error
        raise SendRefused(what) from error


def _status(error: Exception) -> int:
    return int(getattr(getattr(error, "response", None), "status_code", 0) or 0)


def _receipt(number: str, at: datetime) -> Receipt:
    return Receipt(remote_id=number, url=f"https://x.com/i/status/{number}", at=at.astimezone(UTC))


CHANNEL = X
