"""Collecting beside plain asynchronous clients on the same local server: `python -m benchmarks.crawl [PAGES]`.

Eight hosts (ports) serve ad pages of 2.6 kB; each client reads PAGES (default 1,600) of them, at every host one request
at a time, without pauses. Ours also reads robots.txt, guards addresses, judges and parses each page, and sends its
harvests through a pipe; the start of its process is told apart. A second table is 200 sources of which none changed.
Ratios are against httpx in the same run.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from typing import Any

from spiders.crawl import Job, crawl
from tests.support.boards import NOW, as_job, manners, remembered

HOSTS = 8
BODY = ("Svetsare till Ludvika. " + "Vi söker dig som vill arbeta nära naturen. " * 58).encode()


def serve(ports: Connection, pages: int) -> None:
    """Eight web servers in one process of their own, until killed."""
    from aiohttp import web

    async def run() -> None:
        found = []
        for _ in range(HOSTS):
            app = web.Application()
            app.router.add_get("/jobs/{id}", _ad)
            app.router.add_get("/jobs.json", _list(pages // HOSTS))
            app.router.add_get("/source/{id}", _unchanged)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            found.append(runner.addresses[0][1])
        ports.send(found)
        await asyncio.Event().wait()

    asyncio.run(run())


async def _ad(_: Any) -> Any:
    from aiohttp import web

    return web.Response(body=BODY, content_type="text/plain", charset="utf-8")


async def _unchanged(request: Any) -> Any:
    from aiohttp import web

    body = json.dumps({"jobs": [{"id": "1", "title": "Svetsare", "url": f"http://{request.host}/jobs/1"}]})
    if request.headers.get("If-None-Match") == '"1"':
        return web.Response(status=304, headers={"ETag": '"1"'})
    return web.Response(text=body, content_type="application/json", headers={"ETag": '"1"'})


def _list(count: int) -> Callable[[Any], Coroutine[Any, Any, Any]]:
    async def answer(request: Any) -> Any:
        from aiohttp import web

        base = f"http://{request.host}/jobs"
        jobs = [{"id": str(n), "title": f"Jobb {n}", "url": f"{base}/{n}", "page": True} for n in range(count)]
        return web.json_response({"jobs": jobs})

    return answer


def ours(ports: list[int], pages: int) -> float:
    jobs = [as_job(f"http://127.0.0.1:{port}/jobs.json", f"host/{port}") for port in ports]
    harvests = crawl(jobs, manners(max_requests=10**6, seconds_per_source=300), timeout=300, now=NOW)
    assert all(harvest.complete and len(harvest.postings) == pages // HOSTS for harvest in harvests)
    return max(harvest.counts["seconds_ms"] for harvest in harvests) / 1000


def plain_httpx(ports: list[int], pages: int) -> float:
    import httpx

    async def run() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:

            async def host(port: int) -> None:
                for number in range(pages // HOSTS):
                    answer = await client.get(f"http://127.0.0.1:{port}/jobs/{number}")
                    assert len(answer.content) == len(BODY)

            await asyncio.gather(*(host(port) for port in ports))

    began = time.monotonic()
    asyncio.run(run())
    return time.monotonic() - began


def plain_aiohttp(ports: list[int], pages: int) -> float:
    import aiohttp

    async def run() -> None:
        async with aiohttp.ClientSession() as session:

            async def host(port: int) -> None:
                for number in range(pages // HOSTS):
                    async with session.get(f"http://127.0.0.1:{port}/jobs/{number}") as answer:
                        assert len(await answer.read()) == len(BODY)

            await asyncio.gather(*(host(port) for port in ports))

    began = time.monotonic()
    asyncio.run(run())
    return time.monotonic() - began


def unchanged_cycle(ports: list[int], sources: int) -> None:
    """A no-change cycle beside the first one."""
    jobs = [as_job(f"http://127.0.0.1:{ports[n % HOSTS]}/source/{n}", f"source/{n}") for n in range(sources)]
    for name in ("first harvest", "nothing changed"):
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        harvests = crawl(jobs, manners(), timeout=300, now=NOW)
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        unchanged = sum(harvest.not_modified for harvest in harvests)
        requests = sum(harvest.counts["requests"] for harvest in harvests)
        print(f"{name:16} {sources} sources  {requests} requests  {unchanged} unchanged  {wall:.2f} s  {cpu:.2f} s CPU")
        jobs = [
            Job(source=job.source, kind=job.kind, known=remembered(harvest))
            for job, harvest in zip(jobs, harvests, strict=True)
        ]


def main() -> int:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 1600
    ours_end, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, pages), daemon=True)
    server.start()
    ports: list[int] = ours_end.recv()
    try:
        clients = {"httpx": plain_httpx, "aiohttp": plain_aiohttp, "jobbfyr": ours}
        rates = {}
        for name, client in clients.items():
            began = time.monotonic()
            seconds = client(ports, pages)
            start = time.monotonic() - began - seconds
            rates[name] = pages / seconds
            ratio = rates[name] / rates["httpx"]
            print(f"{name:8} {rates[name]:7.0f} requests/s  {ratio:5.2f} × httpx  start and end {start:.2f} s")
        unchanged_cycle(ports, 200)
    finally:
        server.terminate()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
