"""Every error is a problem document of one shape."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.guard import BODY_LIMIT
from api.problems import TITLES
from domain.record import Role
from tests.support.api_client import Client
from tests.support.api_services import SmallCity

JSON = {"Content-Type": "application/json"}


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """Return the document after looking at what all of them share."""
    body: dict[str, Any] = response.json()
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert body["status"] == status
    assert body["title"] == TITLES[status]
    assert body["type"] == "urn:quanyan:problem:" + TITLES[status].lower().replace(" ", "-")
    assert body["detail"]
    return body


def test_an_unknown_path_is_404(reader: Client) -> None:
    problem(reader.get("/api/v1/nothing"), 404)
    problem(reader.get("/api/v1/devices/"), 404)


def test_an_unknown_thing_is_404_and_says_what(reader: Client) -> None:
    assert "nobody" in problem(reader.get("/api/v1/devices/nobody"), 404)["detail"]


def test_a_wrong_method_is_405_with_every_method_of_the_path(reader: Client) -> None:
    response = reader.post("/api/v1/devices/sl-0001")
    problem(response, 405)
    assert response.headers["allow"] == "GET, PUT"


def test_without_a_key_it_is_401_with_a_challenge_without_error(city: SmallCity) -> None:
    response = city.client(None).get("/api/v1/devices")
    problem(response, 401)
    assert response.headers["www-authenticate"] == 'Bearer realm="quanyan"'


def test_a_role_too_low_is_403(reader: Client) -> None:
    assert "admin" in problem(reader.get("/api/v1/keys"), 403)["detail"]


def test_a_body_of_another_type_is_415(operator: Client) -> None:
    problem(operator.post("/api/v1/readings", content=b"device=1", headers={"Content-Type": "text/plain"}), 415)
    problem(operator.post("/api/v1/readings", content=b"{}"), 415)
    problem(operator.put("/api/v1/devices/x", content=b"{}"), 415)


@pytest.mark.parametrize("path", ["/api/v1/readings", "/api/v1/lighting/overrides"])
def test_a_body_that_is_no_json_is_400(operator: Client, path: str) -> None:
    for content in (b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"1" * 5000 + b"}"):
        problem(operator.post(path, content=content, headers=JSON), 400)


async def dripping() -> AsyncIterator[bytes]:
    for _ in range(BODY_LIMIT // 65536 + 1):
        yield b" " * 65536


@pytest.mark.parametrize("path", ["/api/v1/readings", "/api/v1/lighting/overrides"])
def test_a_large_body_is_413_whether_its_length_is_declared_or_not(operator: Client, path: str) -> None:
    problem(operator.post(path, content=b" " * (BODY_LIMIT + 1), headers=JSON), 413)
    problem(operator.post(path, content=dripping(), headers=JSON), 413)


def test_unknown_parameters_are_422_and_named(reader: Client) -> None:
    body = problem(reader.get("/api/v1/devices?knd=streetlight&limt=1"), 422)
    assert {(e["place"], e["name"]) for e in body["errors"]} == {("query", "knd"), ("query", "limt")}
    assert "kind" in body["errors"][0]["reason"]
    assert problem(reader.get("/api/v1/targets/10-arterial?x=1"), 422)["errors"][0]["name"] == "x"


def test_a_parameter_given_twice_is_422(reader: Client) -> None:
    body = problem(reader.get("/api/v1/devices?limit=1&limit=2"), 422)
    assert body["errors"] == [{"place": "query", "name": "limit", "reason": "given more than once"}]


def test_every_wrong_parameter_is_named_with_its_reason(reader: Client) -> None:
    body = problem(reader.get("/api/v1/devices/sl-0001/readings?limit=0&from=2026-11-23"), 422)
    assert {e["name"] for e in body["errors"]} == {"limit", "from"}
    assert next(e["reason"] for e in body["errors"] if e["name"] == "from").startswith("must be an instant of RFC 3339")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (
            "/api/v1/indicators/light_on_rate?scope=road:",
            "must be city, or kind:id like road_class:arterial",
        ),
        ("/api/v1/devices/a%20b", "must be letters and digits"),
        ("/api/v1/completeness?district=%20", "must be one line that is not blank"),
    ],
)
def test_what_was_asked_for_is_told_in_words_not_as_a_pattern(reader: Client, path: str, reason: str) -> None:
    (error,) = problem(reader.get(path), 422)["errors"]
    assert error["reason"].startswith(reason)


def test_a_body_of_another_shape_is_told_without_a_name(operator: Client) -> None:
    body = problem(operator.post("/api/v1/readings", json=[]), 422)
    assert body["detail"].startswith("body: must be one reading")


def test_every_wrong_field_of_a_body_is_named(operator: Client) -> None:
    override = {"scope": "city", "action": "dim", "start": "yesterday", "reason": "", "colour": 1}
    body = problem(operator.post("/api/v1/lighting/overrides", json=override), 422)
    assert {e["name"] for e in body["errors"]} == {"action", "start", "end", "reason", "colour"}
    assert {e["place"] for e in body["errors"]} == {"body"}


@pytest.mark.parametrize("path", ["/api/v1/devices/%00", "/api/v1/devices/a%0ab", "/api/v1/targets/%00", "/%00"])
def test_odd_characters_in_a_path_are_the_callers_mistake(reader: Client, path: str) -> None:
    assert reader.get(path).status_code in {404, 422}


def test_an_absent_store_is_503_and_does_not_tell_where_it_stands(city: SmallCity, reader: Client) -> None:
    city.shelf.away = True
    response = reader.get("/api/v1/devices/sl-0001/readings")
    assert "secret-host" not in problem(response, 503)["detail"]
    assert int(response.headers["retry-after"]) > 0


def test_a_bug_of_ours_is_500_without_its_inside(city: SmallCity) -> None:
    def broken() -> bytes:
        raise RuntimeError("password=hunter2")

    api = city.with_changes(metrics=broken)
    body = problem(Client(api, city.secrets[Role.READ], reraise=False).get("/metrics"), 500)
    assert "hunter2" not in str(body)
