"""The download handler Scrapy calls: one guarded HTTP exchange through aiohttp, bounded in time, size and address.

Own code instead of Scrapy's handlers, because the guards need it: the address is judged at the moment a socket is made
for it (so neither a redirect nor a second DNS answer can slip past), certificates are verified, one time-out spans the
whole exchange, the body is bounded while it is unpacked, and a compressed body that breaks off is an error (Scrapy
2.19 hands on what it could unpack of it).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
import zlib
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import yarl
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response

from spiders.addresses import check, refusal
from spiders.fetching import FetchFailed, shown

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from spiders.spider import Collector

_OURS = ("Accept", "Accept-Encoding", "User-Agent")


class AddressRefused(OSError):  # noqa: N818 - said of the address, as the others of this room
    """No socket is made for this address."""


class GuardedHandler(BaseDownloadHandler):
    """One instance per scheme and session."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._spider = cast("Collector", crawler.spider)
        self._manners = self._spider.manners
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, socket_factory=self._socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=(*_OURS, "Content-Type"),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=self._manners.seconds_to_connect),
        )

    async def download_request(self, request: Request) -> Response:
        """Wait for the host's turn, then fetch. Raises `FetchFailed` for everything that can go wrong."""
        host = check(request.url)
        await self._turn(host, request)
        async with self._spider.room:
            self._spider.hosts.started(host, time.monotonic())
            try:
                async with asyncio.timeout(self._manners.seconds_per_request):
                    return await self._exchange(request)
            except FetchFailed:
                raise
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                raise self._explained(error, request.url) from error

    async def close(self) -> None:
        await self._session.close()

    async def _turn(self, host: str, request: Request) -> None:
        """Sleep until the host may be asked again; not at all when the source's time would be over by then."""
        hosts, deadline = self._spider.hosts, request.meta["deadline"]
        while (wait := hosts.wait(host, now := time.monotonic())) > 0:
            if now + wait > deadline:
                raise FetchFailed(
                    "time-ran-out",
                    f"{shown(request.url)} would have to wait another {wait:.0f} s for its turn at {host}, "
                    "which is more than the source has left",
                )
            await asyncio.sleep(wait)

    async def _exchange(self, request: Request) -> Response:
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in request.headers.items()
            for value in values
        ]
        async with self._session.request(
            request.method,
            yarl.URL(request.url, encoded=True),
            headers=headers,
            data=request.body or None,
            allow_redirects=False,
        ) as answer:
            body = await self._body(answer, request)
            kept = [(name, value) for name, value in answer.headers.items() if name.lower() != "content-encoding"]
            return Response(request.url, status=answer.status, headers=kept, body=body, request=request)

    async def _body(self, answer: aiohttp.ClientResponse, request: Request) -> bytes:
        most = self._manners.max_bytes
        if (answer.content_length or 0) > most:
            raise _too_large(request.url, most)
        unpack = _unpacker(answer.headers.get("Content-Encoding", ""), request.url)
        body, sent = bytearray(), 0
        async for chunk in answer.content.iter_any():
            sent += len(chunk)
            if unpack is None:
                body += chunk
            else:
                body += unpack.feed(chunk, most - len(body) + 1)
            if sent > most or len(body) > most:
                raise _too_large(request.url, most)
        if unpack is not None and sent and not unpack.finished:
            raise FetchFailed("truncated", f"{shown(request.url)}: the compressed page broke off")
        request.meta["bytes"] = sent
        return bytes(body)

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for the very address about to be connected to, when that may be."""
        family, kind, protocol, _, address = info
        why = refusal(
            address[0],
            allow_private=self._manners.allow_private,
            allow_networks=self._manners.allow_networks,
        )
        if why:
            raise AddressRefused(why)
        return socket.socket(family=family, type=kind, proto=protocol)

    def _explained(self, error: Exception, url: str) -> FetchFailed:
        where = shown(url)
        causes = _causes(error)
        refused = next((cause for cause in causes if isinstance(cause, AddressRefused)), None)
        if refused is not None or "not a canonical IPv4" in str(error):
            return FetchFailed("address-refused", f"{where}: {refused or error}")
        if isinstance(error, aiohttp.ClientSSLError) or any(isinstance(cause, ssl.SSLError) for cause in causes):
            return FetchFailed("tls-failed", f"{where}: {error}")
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return FetchFailed("host-unknown", f"{where}: the name does not resolve ({error.strerror})")
        if isinstance(error, TimeoutError):
            return FetchFailed("timeout", f"{where}: no whole answer in {self._manners.seconds_per_request:g} s")
        if isinstance(error, aiohttp.ClientConnectorError):
            return FetchFailed("host-down", f"{where}: {error.strerror or error}")
        if isinstance(error, aiohttp.ClientPayloadError):
            return FetchFailed("truncated", f"{where}: the page broke off")
        if isinstance(error, aiohttp.InvalidURL):
            return FetchFailed("address-refused", f"{where}: not a usable address")
        return FetchFailed("broken-answer", f"{where}: {type(error).__name__} {error}".rstrip())


class _Inflate:
    """Bounded gzip and deflate, raw deflate (against RFC 9110, yet sent by some) and several gzip members included."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._begun = False
        self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        self._members = 0

    @property
    def finished(self) -> bool:
        return self._stream.eof or (self._members > 0 and not self._begun)

    def feed(self, chunk: bytes, most: int) -> bytes:
        """What `chunk` unpacks to, at most about `most` bytes: the caller stops when it has got that many."""
        out = bytearray()
        while chunk and len(out) < most:
            if self._stream.eof:  # another member, or padding after the last
                if not chunk.startswith(b"\x1f\x8b"):
                    return bytes(out)
                self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
            out += self._inflate(chunk, most - len(out))
            chunk = self._stream.unconsumed_tail or self._stream.unused_data
            if self._stream.eof:
                self._members += 1
                self._begun = False
        return bytes(out)

    def _inflate(self, chunk: bytes, most: int) -> bytes:
        try:
            out = self._stream.decompress(chunk, max(1, most))
        except zlib.error as error:
            if self._begun:
                raise FetchFailed("truncated", f"{shown(self._url)}: the compressed page is damaged") from error
            self._stream = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
            try:
                out = self._stream.decompress(chunk, max(1, most))
            except zlib.error:
                raise FetchFailed("truncated", f"{shown(self._url)}: not compressed as it says") from error
        self._begun = True
        return out


def _unpacker(encoding: str, url: str) -> _Inflate | None:
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    names = [name for name in names if name != "identity"]
    if not names:
        return None
    if len(names) == 1 and names[0] in {"gzip", "x-gzip", "deflate"}:
        return _Inflate(url)
    raise FetchFailed("unsupported-encoding", f"{shown(url)}: sent as {encoding!r}, which was not asked for")


def _too_large(url: str, most: int) -> FetchFailed:
    return FetchFailed("too-large", f"{shown(url)}: more than {most:,} bytes")


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
