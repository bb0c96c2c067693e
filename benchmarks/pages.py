"""The page in a real browser with 130,000 devices: `python -m benchmarks.pages [--devices 130000] [--minutes 3]`.

A whole Jinan registers and reports over MQTT; then a headless Chromium, drawing in software, opens the overview, moves
over the map, and stays open while data come in. Needs Chromium and the built page (`make web`). The goals are those of
the operations centre's page; the browser, the service, the broker and the fleet share one machine.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import linear_regression, median, quantiles
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.clock import wall_now
from benchmarks import load
from benchmarks.__main__ import program
from benchmarks.chain import GATEWAY_LAMPS, is_night, values
from benchmarks.map_view import View, densest
from benchmarks.report import Figure, report
from tests.support import servers
from tests.support.broker import Mosquitto
from tests.support.processes import wait_until
from tests.support.service import Service

SIZE: Final = (1280, 800)
OPENINGS: Final = 5
IN_VIEW: Final = 20_000
"""Devices on the screen while the map is moved."""
REPORT_S: Final = 300
"""Every lamp reports once in so many seconds."""
SAMPLE_S: Final = 10
PATIENCE_MS: Final = 180_000
MIB: Final = 2**20

FIRST_ROW: Final = """
window.blocked = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) window.blocked += each.duration - 50;
}).observe({ type: "longtask", buffered: true });
window.shown = new Promise((done) => {
  const seen = new MutationObserver(() => {
    if (document.querySelector("table.targets tbody tr") === null) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  });
  seen.observe(document, { childList: true, subtree: true });
});
"""
"""Notes when the first row of the overview has been painted, and for how long the page could not answer so far."""
PRESS: Final = """
() => new Promise((done) => {
  const chip = document.querySelectorAll(".chips button")[1];
  const begin = performance.now();
  chip.click();
  requestAnimationFrame(() => setTimeout(() => done([performance.now() - begin, chip.getAttribute("aria-pressed")])));
})
"""
FRAMES: Final = """
() => {
  const canvas = document.querySelector("canvas.maplibregl-canvas");
  const gl = canvas.getContext("webgl2");
  const pixel = new Uint8Array(4);
  window.answers = [];
  window.frames = [];
  window.watched = performance.now();
  let asked = null;
  for (const type of ["wheel", "pointermove"]) {
    canvas.addEventListener(type, () => (asked ??= performance.now()), { capture: true, passive: true });
  }
  let drawn = false;
  for (const name of ["drawElements", "drawArrays", "drawArraysInstanced"]) {
    const draw = gl[name].bind(gl);
    gl[name] = (...all) => { drawn = true; draw(...all); };
  }
  const watch = (begin) => {
    setTimeout(() => {
      if (!drawn) return;
      drawn = false;
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      const now = performance.now();
      window.frames.push([begin, now - begin]);
      if (asked !== null) window.answers.push(now - asked);
      asked = null;
    });
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
}
"""
"""Times each frame of the map until the last of its pixels is there: reading one back waits for the drawing."""

STILL: Final = """
() => new Promise((done) => {
  const timer = setInterval(() => {
    if (performance.now() - (window.frames.at(-1)?.[0] ?? window.watched) < 3000) return;
    clearInterval(timer);
    done();
  }, 100);
})
"""
"""Waits until the map has drawn nothing for three seconds."""


@contextmanager
def city(home: Path, devices: int) -> Iterator[Service]:
    """A service that knows a whole Jinan, of which every lamp has reported and goes on reporting every five minutes."""
    broker = Mosquitto.create(program(servers.mosquitto()), home / "mosquitto", autosave_s=1800)
    broker.start()
    subject = Service(home, {"QUANYAN_MQTT__PORT": str(broker.port)})
    stop = threading.Event()
    try:
        subject.cli("register", "generate", str(home / "register.csv"), "--devices", str(devices))
        subject.prepare(home / "register.csv")
        subject.start()
        lamps = subject.get("map/places", kind="streetlight")["ids"]
        load.queue(broker.host, broker.port, _round(lamps))
        wait_until(lambda: subject.get("ingest")["accounting"]["readings"]["stored"] >= len(lamps), "all reported", 600)
        threading.Thread(target=_report, args=(broker, lamps, stop), name="lamps", daemon=True).start()
        yield subject
    finally:
        stop.set()
        subject.close()
        broker.kill()


def _report(broker: Mosquitto, lamps: Sequence[str], stop: threading.Event) -> None:
    gateways = -(-len(lamps) // GATEWAY_LAMPS)
    while True:
        for message in _round(lamps):
            if stop.wait(REPORT_S / gateways):
                return
            load.queue(broker.host, broker.port, [message])


def _round(lamps: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield one report of every lamp, in batches as gateways send them."""
    for first in range(0, len(lamps), GATEWAY_LAMPS):
        now = wall_now()
        at, lit = now.isoformat(), is_night(now)
        group = lamps[first : first + GATEWAY_LAMPS]
        readings = [{"device": lamp, "at": at, "values": values(first + n, lit=lit)} for n, lamp in enumerate(group)]
        yield f"city/v1/streetlight/370102/bench-{first}/batch", json.dumps({"readings": readings}).encode()


def visitor(browser: Browser, subject: Service) -> BrowserContext:
    """Somebody who has logged in and has seen nothing yet: no file is in the browser's cache."""
    context = browser.new_context(base_url=subject.url, viewport={"width": SIZE[0], "height": SIZE[1]}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    context.set_default_navigation_timeout(PATIENCE_MS)
    context.request.post("/api/v1/session", data={"key": subject.key})
    return context


def overview(browser: Browser, subject: Service) -> list[Figure]:
    """Return how long the overview takes until rows are painted and a press on a chip has been answered."""
    shown, usable, blocked = [], [], []
    for _ in range(OPENINGS):
        context = visitor(browser, subject)
        context.add_init_script(FIRST_ROW)
        page = context.new_page()
        page.goto("/", wait_until="commit")
        shown.append(page.evaluate("window.shown"))
        pressed, state = page.evaluate(PRESS)
        assert state == "true", "the chip was not pressed"
        usable.append(shown[-1] + pressed)
        blocked.append(page.evaluate("window.blocked"))
        context.close()
    return [
        Figure("overview: rows painted, median", median(shown), "ms"),
        Figure("overview: interactive, median (goal 2,000)", median(usable), "ms"),
        Figure("overview: interactive, worst", max(usable), "ms"),
        Figure("overview: blocked by long tasks, median", median(blocked), "ms"),
    ]


def moved(page: Page, view: View) -> list[Figure]:
    """Return how the map answers to dragging and to the wheel, with so many devices in view."""
    began = time.perf_counter()
    with page.expect_response("**/map/places?kind=streetlight", timeout=PATIENCE_MS) as lamps:
        page.goto(f"/map#map={view.zoom:.2f}/{view.lat:.5f}/{view.lon:.5f}", wait_until="commit")
    lamps.value.finished()
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate(FRAMES)
    page.evaluate(STILL)
    loaded = time.perf_counter() - began - 3
    figures = [
        Figure("map: devices in view", view.devices, "devices"),
        Figure("map: from navigation until it stands still", loaded * 1000, "ms"),
    ]
    for name, act in (("pan", _pan), ("zoom", _zoom)):
        page.evaluate("window.answers.length = 0, window.frames.length = 0")
        act(page)
        page.wait_for_timeout(1500)
        answers, frames = page.evaluate("[window.answers, window.frames.map((f) => f[1])]")
        figures += [
            Figure(f"map: {name} answered, p50 of {len(answers)}", median(answers), "ms"),
            Figure(f"map: {name} answered, p95 (goal 200)", quantiles(answers, n=20)[18], "ms"),
            Figure(f"map: {name} answered, worst", max(answers), "ms"),
            Figure(f"map: {name}, longest frame of {len(frames)}", max(frames), "ms"),
        ]
    return figures


def _pan(page: Page) -> None:
    x, y = SIZE[0] / 2, SIZE[1] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(x + 8 * (step if step < 20 else 40 - step), y + 4 * step)
        page.wait_for_timeout(50)
    page.mouse.up()


def _zoom(page: Page) -> None:
    page.mouse.move(SIZE[0] / 2, SIZE[1] / 2)
    for delta in (-120, -120, 120, 120) * 6:
        page.mouse.wheel(0, delta)
        page.wait_for_timeout(250)


def kept(context: BrowserContext, minutes: float) -> list[Figure]:
    """Return how the memory of open tabs grows over live data, in MiB a minute after a forced collection."""
    tabs: dict[str, Page] = {}
    for name, path in (("overview", "/"), ("alerts", "/alerts"), ("map", "/map")):
        tabs[name] = context.new_page()
        tabs[name].goto(path, wait_until="commit")
        expect(tabs[name].locator("main h1")).to_be_visible(timeout=PATIENCE_MS)
    time.sleep(30)  # what is loaded once is loaded
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in tabs}
    began, elapsed = time.monotonic(), 0.0
    while len(samples["map"]) < 2 or elapsed < minutes:
        for name, page in tabs.items():
            samples[name].append((elapsed, _heap(page)))
        time.sleep(SAMPLE_S)
        elapsed = (time.monotonic() - began) / 60
    figures = []
    for name, taken in samples.items():
        minutes_in, sizes = zip(*taken, strict=True)
        slope = linear_regression(minutes_in, sizes).slope
        figures += [
            Figure(f"memory: {name}, after {minutes:g} min", sizes[-1], "MiB"),
            Figure(f"memory: {name}, slope (goal 0)", slope, "MiB/min"),
        ]
    return figures


def _heap(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    size = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return float(size) / MIB


def measure(home: Path, devices: int, minutes: float) -> list[Figure]:
    """Return all figures."""
    with city(home, devices) as subject, sync_playwright() as playwright:
        chromium = servers.chromium().how
        browser = playwright.chromium.launch(executable_path=chromium, args=list(servers.CHROMIUM_FLAGS))
        view = densest(subject.get("map/places", kind="streetlight"), SIZE, min(IN_VIEW, devices // 4))
        figures = overview(browser, subject)
        print(*figures, sep="\n", flush=True)
        context = visitor(browser, subject)
        page = context.new_page()
        figures += moved(page, view)
        print(*figures, sep="\n", flush=True)
        page.close()
        figures += kept(context, minutes)
        browser.close()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The page with a whole city registered")
    parser.add_argument("--devices", type=int, default=130_000)
    parser.add_argument("--minutes", type=float, default=3, help="how long the tabs stay open for their memory")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quanyan-bench-") as folder:
        print(f"kept in {report(measure(Path(folder), asked.devices, asked.minutes))}")


if __name__ == "__main__":
    main()
