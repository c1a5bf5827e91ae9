"""Scrapy's settings for one session: what is left of its defaults, and why the rest is changed."""

from __future__ import annotations

from typing import Any

from spiders.manners import Manners

_BASE = "scrapy.downloadermiddlewares"

_EXTENSIONS = (
    "closespider.CloseSpider",
    "corestats.CoreStats",
    "feedexport.FeedExporter",
    "logcount.LogCount",  # log_count/ERROR leaks between sources; every source counts for itself
    "logstats.LogStats",
    "memdebug.MemoryDebugger",
    "memusage.MemoryUsage",
    "remote_control.RemoteControl",  # a server that runs code sent to it
    "spiderstate.SpiderState",
    "telnet.TelnetConsole",
    "throttle.AutoThrottle",
)
"""Scrapy's extensions, none of which is wanted."""


def settings(manners: Manners) -> dict[str, Any]:
    """The settings that carry out `manners`.

    The spider asks through `engine.download_async` and reads answers itself, one coroutine per source, so that no
    request can be lost in a scheduler and no source ends early; spider middlewares, pipelines and the duplicate filter
    have nothing to do. Of the downloader's middlewares only redirects and headers are Scrapy's; retries, robots.txt,
    compression, time-outs and sizes are ours, for the reasons told where they are.
    """
    ours = "spiders.middleware"
    return {
        "TWISTED_REACTOR_ENABLED": False,  # asyncio alone: less work for each request
        "USER_AGENT": manners.user_agent,
        "ROBOTSTXT_OBEY": False,  # RobotsMiddleware does
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,  # a proxy from the environment would carry requests past the address guard
        "COMPRESSION_ENABLED": False,  # unpacked, and bounded, by the download handler
        "RETRY_ENABLED": False,  # PatienceMiddleware waits between attempts
        "METAREFRESH_ENABLED": False,
        "REDIRECT_MAX_TIMES": manners.max_redirects,
        "CONCURRENT_REQUESTS": 0,  # no common queue in which one slow host's requests keep all others waiting
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,  # spiders.hosts keeps the distances, across sources, redirects and retries
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "*/*",
            "Accept-Language": "sv,en;q=0.8",
            "Accept-Encoding": "gzip, deflate",
        },
        "DOWNLOAD_HANDLERS": {
            "http": "spiders.download.GuardedHandler",
            "https": "spiders.download.GuardedHandler",
            "data": None,
            "file": None,
            "ftp": None,
            "s3": None,
        },
        "DOWNLOADER_MIDDLEWARES": {
            f"{_BASE}.offsite.OffsiteMiddleware": None,
            f"{_BASE}.httpauth.HttpAuthMiddleware": None,
            f"{_BASE}.downloadtimeout.DownloadTimeoutMiddleware": None,
            f"{_BASE}.redirect.RedirectMiddleware": None,
            f"{_BASE}.stats.DownloaderStats": None,
            f"{ours}.RobotsMiddleware": 100,
            f"{ours}.PatienceMiddleware": 550,
            f"{ours}.QuietRedirectMiddleware": 600,
            f"{ours}.TallyMiddleware": 900,
        },
        "EXTENSIONS": dict.fromkeys(f"scrapy.extensions.{name}" for name in _EXTENSIONS),
        "LOG_ENABLED": False,  # the session sets up logging itself: warnings and worse, to stderr
        "STATS_DUMP": False,
    }
