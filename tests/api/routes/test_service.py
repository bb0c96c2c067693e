"""Probes, metrics and the first page."""

import re

from domain.errors import Problem
from domain.record import Role
from tests.support.api_client import Client
from tests.support.api_services import SmallCity, SmallReload


def test_live_and_ready_say_200_when_all_is_well(reader: Client) -> None:
    for path in ("/livez", "/readyz"):
        answer = reader.get(path)
        assert (answer.status_code, answer.json()) == (
            200,
            {"ok": True, "process": "all", "failures": {}, "simulated": False},
        )


def test_a_dead_thread_is_not_alive(city: SmallCity, reader: Client) -> None:
    city.condition.gone.append("writer")
    answer = reader.get("/livez")
    assert (answer.status_code, answer.json()["failures"]) == (503, {"writer": "does not run"})
    assert reader.get("/readyz").status_code == 200


def test_an_absent_store_is_not_ready_but_alive(city: SmallCity, reader: Client) -> None:
    city.condition.failing["telemetry"] = "away"
    assert (reader.get("/readyz").status_code, reader.get("/livez").status_code) == (503, 200)


def test_metrics_are_prometheus_text(reader: Client) -> None:
    answer = reader.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "up 1.0" in answer.text


def test_the_first_page_needs_nothing_from_elsewhere(city: SmallCity) -> None:
    page = city.client(None).get("/").text
    links = re.findall(r'href="([^"]+)"', page)
    assert {"/openapi.json", "/api/v1/targets", "/readyz"} <= set(links)
    assert all(link.startswith("/") for link in links)
    assert not re.search(r"<script|<style|<link|<img|style=", page)
    assert "Simulated" not in page


def test_the_first_page_of_a_simulated_city_says_so(city: SmallCity) -> None:
    assert "Simulated" in Client(city.with_changes(simulated=True)).get("/").text


def test_pages_that_would_load_from_the_internet_are_off(reader: Client) -> None:
    assert [reader.get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]


def test_the_openapi_document_is_served_without_a_key(city: SmallCity) -> None:
    document = city.client(None).get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_a_reload_says_what_changed_and_a_refusal_names_each_mistake(city: SmallCity) -> None:
    assert city.client(Role.OPERATE).post("/api/v1/reload").status_code == 403
    done = city.client().post("/api/v1/reload").json()
    assert (done["rules"]["changed"], done["channels"]["begun_anew"]) == (["lamp-dark"], False)
    wrong = SmallReload([Problem("duty.toml", 3, "chains.urgent", "must be a table")])
    api = city.with_changes(reload=wrong)
    refused = Client(api, city.secrets[Role.ADMIN]).post("/api/v1/reload")
    assert refused.status_code == 409
    assert refused.json()["errors"] == [{"place": "duty.toml:3", "name": "chains.urgent", "reason": "must be a table"}]
