"""Work done on the page in a real browser: silences, the roster, the map's search, the quarantine's replay."""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.demo import Demo
from tests.support.processes import free_port, wait_until

ROSTER: dict[str, list[dict[str, Any]]] = {
    "people": [
        {"id": i, "name": n, "unit": "市城管局"} for i, n in (("ann", "王安"), ("bo", "李博"), ("chen", "陈辰"))
    ],
    "shifts": [{"id": "all", "title": "全天", "start": "00:00", "end": "00:00"}],
    "rotations": [
        {"id": "o", "shift": "all", "role": "officer", "teams": [["ann"], ["bo"]], "first_day": "2026-01-01"},
        {"id": "l", "shift": "all", "role": "leader", "teams": [["chen"]], "first_day": "2026-01-01"},
    ],
}
DARK: Final = (193, 18, 31)
"""The colour of a dark lamp on the map (`web/src/map/colours.ts`)."""
GRASS: Final = bytes((120, 180, 90))
STATIONS: Final = re.compile(r"/map/places\?kind=air_station$")
DRAWN: Final = """
() => new Promise((done) => {
  const gl = document.querySelector("canvas.maplibregl-canvas").getContext("webgl2");
  const told = { drawElements: 0, drawArrays: 0, drawArraysInstanced: 0 };
  for (const name of Object.keys(told)) {
    const draw = gl[name].bind(gl);
    gl[name] = (...all) => {
      told[name] += 1;
      draw(...all);
      if (name === "drawArrays") requestAnimationFrame(() => done(told.drawElements));
    };
  }
  document.querySelector(".maplibregl-ctrl-zoom-in").click();
})
"""
"""Zooms in, and says after a frame how often something was drawn that is not of our own layers."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own: what is done here changes it."""
    folder = tmp_path_factory.mktemp("work")
    running = Demo(folder, free_port(), free_port(), "--devices", "400", "--speed", "300", "--pause", "3600")
    try:
        running.says("the city clock runs at 1x now", timeout=300)
        yield running
    finally:
        running.stop()


@pytest.fixture
def page(chromium: Browser, demo: Demo) -> Iterator[Page]:
    context = chromium.new_context(base_url=demo.url, locale="zh-CN", viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def _post(demo: Demo, path: str, body: object) -> httpx.Response:
    return httpx.post(f"{demo.url}{path}", json=body, timeout=30).raise_for_status()


def test_a_wrong_field_of_a_silence_is_told_at_the_field_and_what_was_typed_stays(page: Page, demo: Demo) -> None:
    page.goto("/alerts")
    form = page.get_by_role("form", name="新建静默或挂牌")
    form.get_by_label("取值").fill("supply_point:sp-370102-0001")
    form.get_by_role("button", name="新建静默或挂牌").click()
    reason = form.get_by_label("说明")
    expect(reason).to_have_attribute("aria-invalid", "true", timeout=60_000)
    expect(form.get_by_text("不能为空")).to_be_visible()
    expect(form.get_by_label("取值")).to_have_value("supply_point:sp-370102-0001")
    reason.fill("更换灯具")
    form.get_by_role("button", name="新建静默或挂牌").click()
    row = page.locator("tr[data-silence]")
    expect(row).to_contain_text("检修挂牌", timeout=60_000)
    expect(row).to_contain_text("更换灯具")
    (silence,) = demo.get("/api/v1/silences").json()["items"]
    assert silence["matchers"] == {"within": "supply_point:sp-370102-0001"}
    row.get_by_role("button", name="撤回").click()
    expect(row).to_have_count(0, timeout=60_000)


def test_somebody_stands_in_and_a_swap_counts_once_a_leader_has_agreed(page: Page, demo: Demo) -> None:
    _post(demo, "/api/v1/duty/import", ROSTER)
    page.goto("/roster")
    form = page.get_by_role("form", name="登记替班")
    form.get_by_label("由谁值班").select_option("bo")
    form.get_by_role("button", name="登记替班").click()
    expect(form.get_by_label("说明")).to_have_attribute("aria-invalid", "true", timeout=60_000)
    expect(form.get_by_label("由谁值班")).to_have_value("bo")
    form.get_by_label("说明").fill("家中有事")
    form.get_by_role("button", name="登记替班").click()
    expect(page.locator("[data-override]")).to_contain_text("李博", timeout=60_000)
    swap = page.get_by_role("form", name="申请换班")
    giver, day = _officer_tomorrow(demo)
    swap.get_by_label("让班人").select_option(giver)
    swap.get_by_label("接班人").select_option("bo" if giver == "ann" else "ann")
    swap.get_by_label("让出班次日期").fill(day)
    swap.get_by_label("说明").fill("看病")
    swap.get_by_role("button", name="申请换班").click()
    asked = page.locator("[data-swap]")
    expect(asked).to_contain_text("待审批", timeout=60_000)
    asked.get_by_role("button", name="批准").click()
    expect(asked).to_contain_text("已批准", timeout=60_000)
    assert demo.get("/api/v1/duty/roster").json()["swaps"][0]["decided_by"] == "chen"


def _officer_tomorrow(demo: Demo) -> tuple[str, str]:
    """Who is on duty as an officer on the day after tomorrow, and that day."""
    spans = demo.get(
        "/api/v1/duty/spans?role=officer&start=2026-12-20T00:00:00%2B08:00&end=2026-12-20T12:00:00%2B08:00"
    )
    return spans.json()["items"][0]["person"], "2026-12-20"


def test_a_heavy_pollution_level_is_issued_by_a_person_and_is_in_force_from_then_on(page: Page, demo: Demo) -> None:
    page.goto("/air")
    form = page.get_by_role("form", name="发布预警")
    form.get_by_label("预警等级").select_option("orange", timeout=60_000)
    form.get_by_role("button", name="发布预警").click()
    expect(form.get_by_label("发布依据")).to_have_attribute("aria-invalid", "true", timeout=60_000)
    form.get_by_label("发布依据").fill("预报 AQI > 200 持续 48 小时")
    form.get_by_role("button", name="发布预警").click()
    expect(page.locator(".warn-orange").first).to_be_visible(timeout=60_000)
    expect(form).to_have_count(0, timeout=60_000)  # one at a time
    (case,) = demo.get("/api/v1/incidents?origin=warning").json()["items"]
    expect(page.get_by_role("link", name=case["id"])).to_be_visible(timeout=60_000)


def test_dark_lamps_and_cabinets_on_the_page_are_those_of_the_api(page: Page, demo: Demo) -> None:
    page.goto("/lighting")
    first = page.locator("tr[data-cabinet]").first
    expect(first).to_contain_text("断路器跳闸", timeout=60_000)  # trouble comes first
    (tripped,) = demo.get("/api/v1/lighting/cabinets?trouble=true&limit=1").json()["items"]
    assert first.get_attribute("data-cabinet") == tripped["id"]
    dark = demo.get("/api/v1/lighting/dark-lamps").json()["items"]
    lamp = next(each for each in dark if each["cabinet"] == "tripped")
    row = page.locator(f"tr[data-lamp='{lamp['id']}']")
    expect(row).to_contain_text("控制箱：✗ 断路器跳闸", timeout=60_000)
    expect(row).to_contain_text(lamp["alert"]["title"])


def test_a_device_is_found_on_the_map_and_leads_to_its_page(page: Page) -> None:
    page.goto("/map")
    page.get_by_label("查找名称或编号").fill("rs-xinfengzhuang")
    page.get_by_role("search").get_by_role("button").first.click()
    card = page.get_by_role("complementary", name="rs-xinfengzhuang")
    expect(card.get_by_role("heading")).to_contain_text("辛丰庄", timeout=60_000)
    card.get_by_role("link", name="打开设备页").click()
    expect(page.locator("main h1")).to_contain_text("rs-xinfengzhuang", timeout=60_000)


def test_a_dark_lamp_has_its_colour_on_the_map_unless_left_out_and_leads_to_what_it_said(
    page: Page, demo: Demo
) -> None:
    lamp, place = _dark_lamp(demo)
    page.goto(f"/map#map=19/{place}")
    middle = _middle_of_the_map(page)
    wait_until(lambda: _is_dark(_pixel(page, *middle)), "it is drawn", 60)
    dark = page.locator("[data-state='streetlight.d']")
    assert int(dark.locator("small").inner_text()) > 0
    dark.press("Space")
    expect(dark).to_have_attribute("aria-pressed", "false")
    wait_until(lambda: not _is_dark(_pixel(page, *middle)), "dark lamps are left out", 60)
    page.reload()  # the address says so, and where one looks
    expect(dark).to_have_attribute("aria-pressed", "false", timeout=60_000)
    assert re.search(r"\?hide=streetlight\.d#map=19/", page.url)
    dark.click()
    wait_until(lambda: _is_dark(_pixel(page, *middle)), "it is drawn again", 60)
    page.mouse.click(*middle)
    expect(page.get_by_role("complementary", name=lamp)).to_be_visible(timeout=60_000)


def test_the_tiles_of_a_base_map_are_seen_below_the_lamps(page: Page, demo: Demo) -> None:
    tiles = [f"{demo.url}/tiles/{{z}}/{{x}}/{{y}}.png"]
    base = {"tiles": tiles, "attribution": "测绘", "coordinates": "CGCS2000", "max_zoom": 18}
    page.route("**/api/v1/map/base", lambda route: route.fulfill(json=base))
    page.route("**/tiles/**", lambda route: route.fulfill(body=_png(GRASS), content_type="image/png"))
    page.goto(f"/map#map=19/{_dark_lamp(demo)[1]}")
    x, y = _middle_of_the_map(page)
    beside = [(x, y - 180), (x, y + 180), (x - 180, y), (x + 180, y)]
    wait_until(lambda: GRASS in [_pixel(page, *place) for place in beside], "the tiles are drawn, beside the road", 60)
    wait_until(lambda: _is_dark(_pixel(page, x, y)), "the lamp is above them", 60)
    expect(page.locator(".datum")).to_contain_text("CGCS2000")


def _dark_lamp(demo: Demo) -> tuple[str, str]:
    """Return the id of a dark lamp and its place as the map's address has it.

    Its road is 50 pixels away at zoom 19, on any side.
    """
    lamps = demo.get("/api/v1/map/places?kind=streetlight").json()
    signs = demo.get("/api/v1/map/signs?kind=streetlight").json()["signs"]
    dark = next(n for n, sign in enumerate(signs) if sign == "d" and lamps["lon"][n] is not None)
    return lamps["ids"][dark], f"{lamps['lat'][dark]}/{lamps['lon'][dark]}"


def _is_dark(pixel: bytes) -> bool:
    return max(abs(a - b) for a, b in zip(pixel, DARK, strict=True)) < 40


def test_the_ground_follows_the_theme_and_a_layer_is_left_out_before_it_is_there(page: Page, demo: Demo) -> None:
    stations = demo.get("/api/v1/map/places?kind=air_station").json()
    held: list[Route] = []
    page.route(STATIONS, lambda route: held.append(route))  # noqa: PLW0108 - it wants a function
    page.goto(f"/map#map=19/{stations['lat'][0]}/{stations['lon'][0]}")
    middle = _middle_of_the_map(page)
    layer = page.locator("[data-layer='air_station'] input")
    layer.uncheck()
    wait_until(  # the pixel first: what is held is heard of only while something is asked of the browser
        lambda: _pixel(page, *middle) == _ground(page) and bool(held), "the ground is drawn, the stations wait", 60
    )
    light = _ground(page)
    with page.expect_response(STATIONS):
        for each in held:
            each.continue_()
    page.get_by_label("配色").select_option("dark")
    wait_until(lambda: _pixel(page, *middle) == _ground(page) != light, "the ground is dark, and nothing is on it", 60)
    layer.check()
    wait_until(lambda: _pixel(page, *middle) != _ground(page), "the station is there", 60)


def test_a_frame_of_the_map_is_its_own_layers_and_nothing_else(page: Page) -> None:
    page.goto("/map")
    _middle_of_the_map(page)
    assert page.evaluate(DRAWN) == 0


def _middle_of_the_map(page: Page) -> tuple[int, int]:
    box = page.locator("canvas.maplibregl-canvas").bounding_box(timeout=60_000)
    assert box is not None
    return round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)


def _ground(page: Page) -> bytes:
    """Return red, green and blue of the page's background."""
    said: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return bytes(int(part) for part in re.findall(r"\d+", said)[:3])


def _png(colour: bytes) -> bytes:
    """Return a picture of one pixel."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" + colour)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(b)) + t + b + struct.pack(">I", zlib.crc32(t + b)) for t, b in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _pixel(page: Page, x: int, y: int) -> bytes:
    """Return red, green and blue at a point of the page: what one pixel of a PNG holds behind its filter."""
    png = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    packed, at = b"", len(b"\x89PNG\r\n\x1a\n")
    while at < len(png):
        end = at + 8 + int.from_bytes(png[at : at + 4], "big")
        packed += png[at + 8 : end] if png[at + 4 : at + 8] == b"IDAT" else b""
        at = end + 4
    return zlib.decompress(packed)[1:4]


def test_what_waits_in_the_quarantine_is_replayed_once_its_device_is_registered(page: Page, demo: Demo) -> None:
    now = demo.get("/api/v1/ingest").json()["now"]
    reading = {"device": "rg-new", "at": now, "seq": 1, "values": {"rain_5min": 0.2}}
    _post(demo, "/api/v1/readings", reading)
    wait_until(lambda: _waiting(demo) == 1, "it is in the quarantine", 60)
    page.goto("/ingest")
    expect(page.get_by_role("button", name="未登记设备 1")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="未登记设备 1").click()
    page.get_by_role("button", name="试重放").click()
    expect(page.get_by_role("status").filter(has_text="1 条中 0 条可被接收")).to_be_visible(timeout=60_000)
    gauge = demo.get("/api/v1/devices?kind=rain_gauge&limit=1").json()["items"][0]
    known = {k: v for k, v in gauge.items() if k != "id"} | {"name": "新雨量站", "valid_from": "2026-01-01T00:00:00Z"}
    httpx.put(f"{demo.url}/api/v1/devices/rg-new", json=known, timeout=30).raise_for_status()
    page.get_by_role("button", name="试重放").click()
    page.get_by_role("button", name="重放 1 条").click()
    expect(page.locator("[data-replay]")).to_contain_text("已收 1 / 1", timeout=60_000)


def _waiting(demo: Demo) -> int:
    return int(demo.get("/api/v1/quarantine").json()["counts"].get("unknown_device", 0))
