"""The page against a service that goes away and comes back: nothing missed, nothing that looks fresher than it is."""

import json
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from app.clock import wall_now
from tests.support.processes import wait_until
from tests.support.relay import Relay
from tests.support.service import Service

RULE = """
[[rule]]
name = "surge"
title = "浪涌"
kind = "streetlight"
severity = "critical"
group = "subject"
condition = { type = "threshold", metric = "voltage", above = 280 }
"""
LAMP = {
    "kind": "streetlight",
    "district": "370102",
    "management_area": "370102",
    "responsible_unit": "照明中心",
    "state": "in_service",
    "valid_from": "2026-01-01T00:00:00Z",
    "lon": 117.03,
    "lat": 36.66,
    "attributes": {"road": "甲路", "road_class": "arterial", "supply_point": "SP1", "lighting_use": "functional"},
}
LISTEN = """
const Plain = EventSource;
window.told = [];
window.opened = false;
window.EventSource = class extends Plain {
  constructor(url) {
    super(url);
    this.addEventListener("open", () => (window.opened = true));
    for (const type of ["register.changed", "alert.raised", "reset"]) {
      this.addEventListener(type, (message) => window.told.push([message.type, Number(message.lastEventId)]));
    }
  }
};
"""
"""Writes down what the page's own stream tells it, beside the page."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service without a broker, with one rule."""
    home = tmp_path_factory.mktemp("live")
    (home / "rules").mkdir()
    (home / "rules" / "lamps.toml").write_text(RULE, encoding="utf-8")
    built = Service(home, {"QUANYAN_MQTT__PORT": "1", "QUANYAN_RULES_FOLDER": str(home / "rules")})
    built.start(ready=False)
    yield built
    built.close()


@pytest.fixture
def cable(service: Service) -> Iterator[Relay]:
    relay = Relay(service.port)
    relay.mend()
    yield relay
    relay.cut()


@pytest.fixture
def page(chromium: Browser, service: Service, cable: Relay) -> Iterator[Page]:
    context = chromium.new_context(base_url=cable.url, locale="zh-CN")
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("密钥").fill(service.key)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("main h1")).to_have_text("总览")
    yield page
    context.close()


def _put(service: Service, device: str) -> None:
    service.put(f"devices/{device}", LAMP | {"name": f"灯{device}"}).raise_for_status()


def _opened(page: Page) -> None:
    """Wait until the page's stream is open; a question that is asked after it is answered after its first words."""
    # not `wait_for_function`: it looks again from inside the page, where the policy forbids to evaluate a text
    wait_until(lambda: bool(page.evaluate("window.opened")), "the stream is open", 60)
    page.evaluate("fetch('/api/v1/indicators').then((answer) => answer.text())")


def _told(page: Page, count: int) -> list[tuple[str, int]]:
    wait_until(lambda: len(page.evaluate("window.told")) >= count, f"the page has heard {count} events", 60)
    return [(str(kind), int(ident)) for kind, ident in page.evaluate("window.told")]


def test_a_refused_key_is_a_sentence_and_what_was_typed_stays(chromium: Browser, cable: Relay) -> None:
    context = chromium.new_context(base_url=cable.url, locale="zh-CN")
    page = context.new_page()
    page.goto("/alerts")
    page.get_by_label("密钥").fill("qy_wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_have_text("密钥无效、已过期或已吊销")
    expect(page.get_by_label("密钥")).to_have_value("qy_wrong")
    context.close()


def test_what_happens_while_the_link_is_cut_is_told_afterwards_and_nothing_twice(
    page: Page, service: Service, cable: Relay
) -> None:
    _opened(page)
    _put(service, "L1")
    _told(page, 1)
    cable.cut()
    expect(page.locator(".banner.lost")).to_be_visible(timeout=60_000)
    for device in ("L2", "L3", "L4"):
        _put(service, device)
    cable.mend()
    expect(page.locator(".banner.lost")).to_have_count(0, timeout=60_000)
    told = _told(page, 4)
    assert [kind for kind, _ in told] == ["register.changed"] * 4
    assert [ident for _, ident in told] == sorted({ident for _, ident in told})


def test_a_link_that_is_cut_before_the_first_event_misses_nothing_either(
    page: Page, service: Service, cable: Relay
) -> None:
    _opened(page)
    cable.cut()
    expect(page.locator(".banner.lost")).to_be_visible(timeout=60_000)
    _put(service, "L5")
    cable.mend()
    assert [kind for kind, _ in _told(page, 1)] == ["register.changed"]


def test_a_restarted_service_is_found_again_without_a_new_login(page: Page, service: Service) -> None:
    expect(page.locator("table.targets")).to_be_visible(timeout=60_000)
    service.stop()
    expect(page.locator(".banner.lost")).to_be_visible(timeout=60_000)
    expect(page.locator("table.targets")).to_be_visible()  # what was known stays, under the banner
    service.start(ready=False)
    expect(page.locator(".banner.lost")).to_have_count(0, timeout=60_000)
    _put(service, "L6")
    assert [kind for kind, _ in _told(page, 1)][-1] == "register.changed"
    page.get_by_role("link", name="设备", exact=True).click()
    expect(page.get_by_role("link", name="灯L6")).to_be_visible()


def test_what_the_service_refuses_is_told_as_a_sentence_with_a_way_to_go_on(page: Page) -> None:
    answer = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": "The store is away."}
    body = json.dumps(answer)
    page.route(
        "**/api/v1/devices?*", lambda r: r.fulfill(status=503, content_type="application/problem+json", body=body)
    )
    page.get_by_role("link", name="设备", exact=True).click()
    failure = page.locator("main").get_by_role("alert")
    expect(failure).to_contain_text("无法取得数据")
    expect(failure).to_contain_text("The store is away.")
    page.unroute("**/api/v1/devices?*")
    failure.get_by_role("button", name="重试").click()
    expect(failure).to_have_count(0)


def test_a_view_whose_code_does_not_arrive_says_so_and_can_be_asked_for_again(page: Page) -> None:
    page.route("**/assets/air-*", lambda route: route.abort())
    page.get_by_role("link", name="空气", exact=True).click()
    failure = page.locator("main").get_by_role("alert")
    expect(failure).to_contain_text("服务没有应答")
    page.unroute("**/assets/air-*")
    failure.get_by_role("button", name="重试").click()
    expect(page.locator("main h1")).to_have_text("空气")


def test_a_key_that_is_made_on_the_page_opens_the_api_until_it_is_revoked_there(page: Page, service: Service) -> None:
    page.get_by_role("link", name="设置", exact=True).click()
    form = page.locator("form", has=page.get_by_role("button", name="生成"))
    form.get_by_label("名称").fill("值班大屏")
    form.get_by_label("角色").select_option("operate")
    form.get_by_role("button", name="生成").click()
    secret = form.locator("code").inner_text(timeout=60_000)
    url, headers = f"{service.url}/api/v1/session", {"Authorization": f"Bearer {secret}"}
    told = httpx.get(url, headers=headers).raise_for_status().json()
    assert (told["name"], told["role"]) == ("值班大屏", "operate")
    row = page.locator("tr[data-key]", has_text="值班大屏")
    expect(row).to_contain_text("操作")
    row.get_by_role("button", name="吊销").click()
    expect(row).to_contain_text("已吊销", timeout=60_000)
    assert httpx.get(url, headers=headers).status_code == 401
    page.reload()
    expect(row).to_contain_text("已吊销", timeout=60_000)
    expect(page.get_by_text(secret)).to_have_count(0)  # it was shown once


def test_the_wall_sounds_after_a_touch_until_the_urgent_alert_is_acknowledged(page: Page, service: Service) -> None:
    _put(service, "L1")
    reading = {"device": "L1", "at": wall_now().isoformat(), "values": {"voltage": 300.0}}
    assert service.post("readings", {"readings": [reading]}).is_success
    page.goto("/?wall")
    bar = page.locator(".wall-bar")
    expect(bar).to_contain_text("紧急: 浪涌", timeout=60_000)
    expect(bar).to_contain_text("声响未开")  # no browser lets a page sound before somebody has touched it
    expect(bar).to_have_attribute("data-ringing", "false")
    page.locator("main h1").click()
    expect(bar).to_have_attribute("data-ringing", "true")
    expect(bar).to_contain_text("声响已开")
    (alert,) = service.get("alerts", open="true")["items"]
    assert service.post(f"alerts/{alert['id']}/acknowledge", {"until": None, "comment": ""}).is_success
    expect(bar).to_have_attribute("data-ringing", "false", timeout=60_000)
    expect(bar).to_contain_text("没有未确认的紧急告警")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
