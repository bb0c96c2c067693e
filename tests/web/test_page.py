"""The page in a real browser, against a running demo: every view, both languages, both themes, three sizes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.demo import Demo
from tests.support.processes import free_port, wait_until
from tests.support.servers import ROOT

VIEWS = (
    *("/alerts", "/alerts/quality", "/incidents", "/roster"),
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
    "/ingest",
    "/reports",
    "/settings",
)
PACE = ("--speed", "300", "--pause", "3600")
AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
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


class Look:
    """A page that remembers what its console complained about."""

    def __init__(self, browser: Browser, demo: Demo, **options: Any) -> None:
        self.context = browser.new_context(base_url=demo.url, **options)
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "GPU stall" not in text:  # drawing in software is slow, and says so
            self.complaints.append(text)

    def open(self, path: str) -> Page:
        self.page.goto(path)
        expect(self.page.locator("main h1")).to_be_visible()
        expect(self.page.locator("main .loading")).to_have_count(0)
        return self.page


@pytest.fixture
def look(chromium: Browser, demo: Demo) -> Iterator[Look]:
    looking = Look(chromium, demo, locale="zh-CN")
    yield looking
    looking.context.close()


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_opens_without_a_complaint_and_is_accessible(look: Look, path: str) -> None:
    page = look.open(path)
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
    assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found["violations"]] == []
    assert look.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 800), (390, 844)], ids=["wall", "desk", "phone"])
def test_nothing_runs_over_the_side(chromium: Browser, demo: Demo, scheme: str, size: tuple[int, int]) -> None:
    width, height = size
    looking = Look(chromium, demo, color_scheme=scheme, viewport={"width": width, "height": height})
    for path in ("/", "/lighting", "/water"):
        page = looking.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    looking.context.close()


def test_the_missed_target_comes_first_with_the_figures_of_the_api(look: Look, demo: Demo) -> None:
    page = look.open("/")
    first = page.locator("table.targets tbody tr").first
    expect(first.locator(".verdict")).to_contain_text("未达标")
    missed = {row["target"]["id"]: row for row in demo.get("/api/v1/targets?verdict=missed").json()["items"]}
    assert "10-light-on-arterial" in missed
    measure = missed[first.get_attribute("data-target") or ""]["measure"]
    expect(first.locator(".counts")).to_contain_text(f"{measure['numerator']:,.0f} / {measure['denominator']:,.0f}")


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
    page.get_by_role("link", name="Alerts").click()
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
    page.get_by_role("button", name="结案", exact=True).click()
    expect(page.get_by_role("alert").first).to_be_visible()  # not checked yet: the reason is told, nothing is lost
    expect(page.get_by_label("单位")).to_have_value("市城管局")
    (case,) = demo.get(f"/api/v1/incidents?alert={tripped}").json()["items"]  # the rule opened it, nobody else did
    assert (case["state"], case["origin"]) == ("dispatched", "alert")


def test_a_page_that_does_not_exist_shows_the_way_back(look: Look) -> None:
    page = look.page
    page.goto("/map/nowhere")
    expect(page.locator("main h1")).to_have_text("没有这一页")
    page.get_by_role("link", name="返回总览").click()
    expect(page.locator("table.targets")).to_be_visible()


def test_screens_can_be_taken(look: Look, tmp_path: Path) -> None:
    page = look.open("/map")
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    assert len(page.screenshot(path=tmp_path / "map.png")) > 20_000


def _state(demo: Demo, alert: str | None) -> str:
    return str(demo.get(f"/api/v1/alerts/{alert}").json()["state"])
