"""What open pages ask of the API: the overview's stream and questions at its own paces, without a browser."""

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx

PACES: Final = {
    "/api/v1/targets": 15.0,
    "/api/v1/alerts?open=true&limit=500&quiet=false": 10.0,
    "/api/v1/ingest": 5.0,
}
"""Each question of the overview and after how many seconds it is asked again (`web/src`)."""
WOKEN: Final = {"target.verdict": "/api/v1/targets", "indicator.measure": "/api/v1/targets"}
"""Events that make the page ask at once; at most once a second."""
CALM_S: Final = 1.0
HISTORY_S: Final = 60.0
HISTORIES: Final = 20
"""Sparklines of the overview."""
HISTORY: Final = "/api/v1/indicators/light_on_rate/history?scope=road_class:arterial&limit=1000"


@dataclass
class Visits:
    """How the questions fared."""

    seconds: list[float] = field(default_factory=list)
    failures: int = 0
    streams: int = 0


@contextmanager
def visiting(url: str, key: str, pages: int) -> Iterator[Visits]:
    """So many pages are open while the block runs; it begins when each has its stream."""
    visits, stop = Visits(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_all(url, key, pages, visits, stop)), name="pages")
    thread.start()
    deadline = time.monotonic() + 180
    while visits.streams < pages and time.monotonic() < deadline and thread.is_alive():
        time.sleep(0.1)
    try:
        assert visits.streams == pages, f"{visits.streams} of {pages} streams are open"
        yield visits
    finally:
        stop.set()
        thread.join()


async def _all(url: str, key: str, pages: int, visits: Visits, stop: threading.Event) -> None:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=120) as client:
        tasks = [asyncio.create_task(_page(client, visits)) for _ in range(pages)]
        await asyncio.to_thread(stop.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _page(client: httpx.AsyncClient, visits: Visits) -> None:
    woken = {path: asyncio.Event() for path in PACES}
    polls = [_poll(client, visits, path, pace, woken[path]) for path, pace in PACES.items()]
    lines = [_poll(client, visits, HISTORY, HISTORY_S, asyncio.Event()) for _ in range(HISTORIES)]
    await asyncio.gather(_listen(client, visits, woken), *polls, *lines)


async def _listen(client: httpx.AsyncClient, visits: Visits, woken: dict[str, asyncio.Event]) -> None:
    async with client.stream("GET", "/api/v1/events", timeout=None) as stream:
        stream.raise_for_status()
        visits.streams += 1
        async for line in stream.aiter_lines():
            if path := WOKEN.get(line.removeprefix("event: ")):
                woken[path].set()


async def _poll(client: httpx.AsyncClient, visits: Visits, path: str, pace: float, woken: asyncio.Event) -> None:
    await asyncio.sleep(random.random() * pace)  # noqa: S311 - pages are opened at different times
    while True:
        began = time.perf_counter()
        try:
            (await client.get(path)).raise_for_status()
            visits.seconds.append(time.perf_counter() - began)
        except httpx.HTTPError:
            visits.failures += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), pace)
            await asyncio.sleep(CALM_S)
        woken.clear()
