"""The page in a real browser, against a running demo: every view, both languages, both themes, three sizes."""

import math
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.demo import Demo
from tests.support.look import Look
from tests.support.page_truth import counts, differences, measures_shown
from tests.support.processes import free_port, wait_until
from tests.support.servers import ROOT

VIEWS = (
    *("/alerts", "/alerts/{tripped}", "/alerts/quality", "/incidents", "/roster"),
    "/",
    "/map",
    "/lighting",
    "/air",
    "/water",
    "/springs",
    "/parking",
    "/indicators",
    "/indicators/light_on_rate",
    "/devices",
    "/devices/rs-xinfengzhuang",
    "/ingest",
    "/reports",
    "/settings",
)
FIGURES = {"/": 100, "/lighting": 20, "/air": 30, "/water": 80, "/indicators": 80, "/parking": 12, "/ingest": 60}
FIGURES["/alerts/{tripped}"] = 12
"""How many figures, at least, are held against the API's answer on a view that shows many."""
PACE = ("--speed", "300", "--pause", "3600")
AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SIZES = ((1920, 1080), (1280, 800), (390, 844))
"""A wall, a desk, a telephone."""
CODED = ("device:", "supply_point:", "target:", "district:", "section:", "lot:")
"""Subjects that are codes: people call them otherwise."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for the whole file; its story stops by itself once a target is missed."""
    running = Demo(tmp_path_factory.mktemp("web"), free_port(), free_port(), "--devices", "400", *PACE)
    try:
        running.says("the city clock runs at 1x now", timeout=300)
        yield running
    finally:
        running.stop()


@pytest.fixture
def look(chromium: Browser, demo: Demo) -> Iterator[Look]:
    looking = Look(chromium, demo.url, locale="zh-CN")
    yield looking
    looking.context.close()


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_opens_in_both_languages_themes_and_all_sizes_without_a_complaint(
    look: Look, demo: Demo, path: str
) -> None:
    least = FIGURES.get(path, 1)
    path = path.format(tripped=_alerts(demo, "breaker-tripped")[0]["id"])
    page = look.open(path)
    assert _against_wcag(page) == []
    held, wrong = differences(page, look.answers)
    assert wrong == []
    assert held >= least
    for lang in ("zh", "en"):
        page.evaluate("lang => localStorage.setItem('lang', lang)", lang)
        look.open(path)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (lang, scheme, width)
    assert _against_wcag(page) == []  # in English, dark, on a telephone
    assert look.complaints == []


def _against_wcag(page: Page) -> list[tuple[str, list[str]]]:
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
    return [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found["violations"]]


def test_the_missed_target_comes_first_with_the_figures_of_the_api(look: Look, demo: Demo) -> None:
    page = look.open("/")
    first = page.locator("table.targets tbody tr").first
    expect(first.locator(".verdict")).to_contain_text("未达标")
    missed = {row["target"]["id"]: row for row in demo.get("/api/v1/targets?verdict=missed").json()["items"]}
    assert "10-light-on-arterial" in missed
    measure = missed[first.get_attribute("data-target") or ""]["measure"]
    expect(first.locator(".counts")).to_contain_text(f"{measure['numerator']:,.0f} / {measure['denominator']:,.0f}")


def test_each_figure_of_the_plan_is_what_the_api_answers_again_when_it_is_asked_for_that_instant(
    look: Look, demo: Demo
) -> None:
    page = look.open("/")
    shown = measures_shown(page, "table.targets .counts")
    assert len(shown) > 20
    for name, at, text in shown:
        indicator, scope = name.split(" ", 1)
        said = demo.get(f"/api/v1/indicators/{indicator}?{urlencode({'scope': scope, 'at': at})}").json()
        assert text == counts(said), name


def test_a_figure_that_is_not_what_was_said_is_found(look: Look) -> None:
    page = look.open("/")
    assert differences(page, look.answers)[1] == []
    page.locator("table.targets .value strong").first.evaluate("figure => (figure.textContent = '99.9 %')")
    (wrong,) = differences(page, look.answers)[1]
    assert "99.9 %" in wrong


def test_one_click_from_a_number_to_what_made_it(look: Look) -> None:
    page = look.open("/")
    page.locator("tr.missed").first.get_by_role("button", name="依据").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("计算步骤")).to_be_visible()
    expect(dialog.locator("ol.steps li")).not_to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_what_the_service_says_is_told_in_the_language_of_the_page(look: Look, demo: Demo) -> None:
    page = look.open("/")
    expect(page.locator("tr[data-target='10-light-on-arterial'] .reason")).to_contain_text("按假定")
    assert page.locator("main [lang=en]").all_inner_texts() == []  # what has no translation is marked so
    page.locator("tr.missed").first.get_by_role("button", name="依据").click()
    expect(page.get_by_role("dialog").locator("ol.steps li")).not_to_have_count(0)
    assert page.get_by_role("dialog").locator("[lang=en]").all_inner_texts() == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="English").click()
    page.get_by_role("navigation").get_by_role("link", name="Alerts").click()
    expect(page.locator("tr[data-alert]").filter(has_text="Circuit breaker tripped")).not_to_have_count(0)


def test_the_language_is_switched_and_remembered(look: Look) -> None:
    page = look.open("/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("main h1")).to_have_text("Overview")
    page.reload()
    expect(page.locator("main h1")).to_have_text("Overview")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_a_cut_link_is_told_and_an_old_number_never_looks_fresh(look: Look) -> None:
    page = look.open("/")
    page.route("**/api/**", lambda route: route.abort())
    expect(page.locator(".banner.lost")).to_be_visible(timeout=60_000)
    expect(page.locator("tr.missed").first).to_be_visible()  # the last known figures stay, under the banner
    page.unroute("**/api/**")
    expect(page.locator(".banner.lost")).to_have_count(0, timeout=60_000)


def test_a_device_is_found_by_its_name_and_shows_what_it_said(look: Look, demo: Demo) -> None:
    page = look.open("/devices")
    page.get_by_label("查找").fill("辛丰庄")
    page.get_by_role("link", name="辛丰庄").first.click()
    expect(page.locator("main h1")).to_contain_text("rs-xinfengzhuang")
    wait_until(lambda: look.complaints == [], "no complaints", 1)


def test_a_tripped_cabinet_is_acknowledged_and_becomes_a_case_that_goes_its_way(look: Look, demo: Demo) -> None:
    page = look.open("/alerts")
    tripped = page.locator("tr[data-alert]", has_text="断路器跳闸").first.get_attribute("data-alert")
    row = page.locator(f"tr[data-alert='{tripped}']")  # that one, wherever it stands after it has changed
    row.get_by_role("button", name="确认").click()
    expect(row.get_by_role("button", name="确认")).to_have_count(0)  # at once: the service has said that it is recorded
    expect(row).to_contain_text("已确认")
    wait_until(lambda: _state(demo, tripped) == "acknowledged", "the next tick takes it over", 60)
    expect(row).not_to_contain_text("登记中", timeout=60_000)
    row.get_by_role("button", name="立案").click()
    expect(page.locator("main h1")).to_contain_text("断路器跳闸")
    page.get_by_label("单位").fill("市城管局")
    page.get_by_role("button", name="派单", exact=True).click()
    expect(page.locator("main tbody tr").first).to_contain_text("已派单")
    acts = page.get_by_role("form", name="办理")
    expect(acts.get_by_label("动作")).to_have_value("accept")  # the next step of its course
    expect(acts.locator("option[value=close]")).to_have_count(0)  # what would be refused is not offered
    acts.get_by_label("动作").select_option("suspend")
    acts.get_by_role("button", name="挂起", exact=True).click()
    expect(acts.get_by_label("理由")).to_have_attribute("aria-invalid", "true")
    acts.get_by_label("挂起至").fill("2020-01-01T08:00")
    acts.get_by_label("理由").fill("等待备件")
    acts.get_by_role("button", name="挂起", exact=True).click()
    expect(acts.get_by_role("alert")).to_contain_text("须在将来结束")  # told in words, and what was typed stays
    expect(acts.get_by_label("理由")).to_have_value("等待备件")
    expect(acts.get_by_label("单位")).to_have_value("市城管局")
    (case,) = demo.get(f"/api/v1/incidents?alert={tripped}").json()["items"]  # the rule opened it, nobody else did
    assert (case["state"], case["origin"]) == ("dispatched", "alert")


def test_on_a_telephone_the_view_one_is_in_is_seen_in_the_navigation(look: Look) -> None:
    look.page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/settings", "/springs", "/"):
        nav = look.open(path).locator("nav")
        expect(nav.locator(".badge")).to_be_visible()  # it makes the row wider
        expect(nav.locator("[aria-current]")).to_be_in_viewport(ratio=1)


def test_an_alert_has_a_page_on_which_it_is_taken_with_one_thumb(look: Look, demo: Demo) -> None:
    look.page.set_viewport_size({"width": 390, "height": 844})
    page = look.open("/alerts")
    breached = [a for a in _alerts(demo) if (a["state"], a["verdict"]) == ("firing", "breach")]
    waiting = next(a for a in breached if a["rule"] != "breaker-tripped" and a["subject"].startswith(CODED))
    alert = waiting["id"]
    page.locator(f"tr[data-alert='{alert}'] a").click()
    expect(page.locator("main h1")).not_to_contain_text(waiting["subject"].partition(":")[2])  # a name, no code
    expect(page.locator("[data-step]")).not_to_have_count(0)
    expect(page.get_by_role("heading", name="判定依据")).to_be_visible()
    thumb = page.get_by_role("button", name="我来处置：确认")
    box = thumb.bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert box["y"] > 600  # within reach, wherever the page is scrolled to
    look.open("/")
    worst = page.locator("[aria-labelledby=now] li")
    expect(worst).not_to_have_count(0)  # what, where, since when, and who is on it, at one glance
    expect(worst.first).to_contain_text("自 ")
    look.open(f"/alerts/{alert}")
    thumb.click()
    expect(thumb).to_have_count(0)
    wait_until(lambda: _state(demo, alert) == "acknowledged", "the next tick takes it over", 60)
    expect(page.locator("[data-fact=state]")).to_have_text("已确认", timeout=60_000)
    expect(page.locator("[data-step]").last).to_contain_text("确认")


SMALLEST = """
() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let smallest = [Infinity, ""];
  while (texts.nextNode()) {
    const { parentElement: element, data } = texts.currentNode;
    if (!data.trim() || !element.checkVisibility() || element.closest(".hidden, .skip, script, style")) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < smallest[0]) smallest = [size, data];
  }
  return smallest;
}
"""
"""The size of the smallest text that is shown, and what it says."""


def test_a_wall_of_3840_by_2160_pixels_is_read_from_afar(look: Look) -> None:
    width, height = 3840, 2160
    look.page.set_viewport_size({"width": width, "height": height})
    for path in ("/?wall", "/map?wall", "/alerts?wall"):
        page = look.open(path)
        expect(page.locator(".wall-bar")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        size, text = page.evaluate(SMALLEST)
        assert size >= height / 72, (path, text)  # 15 of 1080 pixels on the smaller wall, as on a desk
    assert look.complaints == []


LIGHT_INK = """
() => [...document.querySelectorAll(".chart canvas")].some((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, 50, canvas.height);  // the axis' labels
  return data.some((red, at) => at % 4 === 0 && data[at + 3] > 200 && Math.min(red, data[at + 1], data[at + 2]) > 200);
})
"""


def test_a_chart_is_printed_in_dark_ink_also_from_a_dark_page(look: Look) -> None:
    look.page.emulate_media(color_scheme="dark")
    page = look.open("/lighting")
    wait_until(lambda: bool(page.evaluate(LIGHT_INK)), "the chart is drawn in light ink", 60)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not page.evaluate(LIGHT_INK)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(LIGHT_INK)


def test_a_page_that_does_not_exist_shows_the_way_back(look: Look) -> None:
    page = look.page
    page.goto("/map/nowhere")
    expect(page.locator("main h1")).to_have_text("没有这一页")
    page.get_by_role("link", name="返回总览").click()
    expect(page.locator("table.targets")).to_be_visible()


def test_on_a_telephone_a_row_of_devices_fits_the_screen(look: Look) -> None:
    look.page.set_viewport_size({"width": 390, "height": 844})
    table = look.open("/devices").locator(".wide-table")
    expect(table.locator("tbody tr").first).to_be_visible()
    assert table.evaluate("(table) => table.scrollWidth <= table.clientWidth")


@pytest.mark.parametrize(("width", "height"), SIZES[1:])
def test_the_map_opens_on_the_register_but_for_outliers(look: Look, demo: Demo, width: int, height: int) -> None:
    west, south, east, north = demo.get("/api/v1/map/extent").json()["bounds"].values()
    corners = [(west, south), (east, north)]
    look.page.set_viewport_size({"width": width, "height": height})
    page = look.open("/map")
    canvas = page.locator("canvas.maplibregl-canvas").bounding_box(timeout=60_000) or {"width": 0, "height": 0}
    page.wait_for_url(re.compile("#map="))

    def beside() -> float:
        address = page.evaluate("location.href")  # asked of the browser: what Playwright knows grows old meanwhile
        return _farthest_beside(address, corners, canvas["width"], canvas["height"])

    wait_until(lambda: -80 < beside() < 0, "it is on the screen, and no nearer view would show it", 60)


def _farthest_beside(url: str, places: list[tuple[float, float]], width: float, height: float) -> float:
    """Return how many pixels the farthest place is beside the edge of the map in the address; below 0: inside."""
    zoom, lat, lon = (float(part) for part in url.partition("#map=")[2].split("/"))
    pixels = 512 * 2**zoom
    north = _mercator(lat)
    return max(
        max(abs(x - lon) / 360 * pixels - width / 2, abs(_mercator(y) - north) * pixels - height / 2) for x, y in places
    )


def _mercator(lat: float) -> float:
    """Return how far a latitude is from the equator on a map that is one wide (EPSG:3857)."""
    return math.asinh(math.tan(math.radians(lat))) / math.tau


def _state(demo: Demo, alert: str | None) -> str:
    return str(demo.get(f"/api/v1/alerts/{alert}").json()["state"])


def _alerts(demo: Demo, rule: str | None = None) -> list[dict[str, Any]]:
    query = "" if rule is None else f"&rule={rule}"
    return list(demo.get(f"/api/v1/alerts?open=true&quiet=false{query}").json()["items"])
