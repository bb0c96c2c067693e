"""The built page: which file, in which coding, under which policy; and a change is never asked for by another site."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from api.base_map import BaseMap
from api.web import PAGES, WebFiles
from domain.datum import Datum
from domain.record import Role
from domain.register import Register
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import SECTION


@pytest.fixture
def page(city: SmallCity, tmp_path: Path) -> Client:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>泉眼</title>", encoding="utf-8")
    (folder / "favicon.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "assets" / "main-abc.js").write_bytes(b"plain")
    (folder / "assets" / "main-abc.js.gz").write_bytes(gzip.compress(b"from the packed file"))
    return Client(city.with_changes(web=WebFiles(folder)))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?wall",
        "/map?wall",
        "/map?hide=roads+streetlight.l",
        "/map",
        "/devices/sl-0001",
        *(f"/{name}" for name in PAGES),
    ],
)
def test_every_view_is_the_one_document_under_a_strict_policy(page: Client, path: str) -> None:
    found = page.get(path)
    assert found.status_code == 200
    assert "泉眼" in found.text
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert found.headers["cache-control"] == "no-cache"
    policy = found.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_a_browser_at_a_path_of_nothing_gets_the_page_which_says_so_and_a_program_the_problem(page: Client) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    found = page.get("/duty", headers=browser)
    assert (found.status_code, found.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "泉眼" in found.text
    for path, headers in (("/duty", {}), ("/api/v1/nothing", browser)):
        assert page.get(path, headers=headers).headers["content-type"].startswith("application/problem+json")


def test_a_file_comes_in_the_best_coding_that_the_browser_takes(page: Client) -> None:
    plain = page.get("/assets/main-abc.js", headers={"Accept-Encoding": "identity"})
    packed = page.get("/assets/main-abc.js", headers={"Accept-Encoding": "gzip"})
    assert (plain.text, "content-encoding" in plain.headers) == ("plain", False)
    assert (packed.text, packed.headers["content-encoding"]) == ("from the packed file", "gzip")
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    refused = page.get("/assets/main-abc.js", headers={"Accept-Encoding": "gzip;q=0, *"})
    assert (refused.text, "content-encoding" in refused.headers) == ("plain", False)


def test_a_browser_that_has_a_file_is_told_so(page: Client) -> None:
    first = page.get("/", headers={"Accept-Encoding": "identity"})
    again = page.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_was_not_built_is_not_found_and_the_first_page_still_says_where_to_go(reader: Client) -> None:
    assert reader.get("/map").status_code == 404
    assert "make web" in reader.get("/map").json()["detail"]
    assert reader.get("/assets/nothing.js").status_code == 404
    assert "openapi.json" in reader.get("/").text


def test_a_key_becomes_a_session_that_no_script_can_read(city: SmallCity) -> None:
    nobody = city.client(None)
    answer = nobody.post("/api/v1/session", json={"key": city.secrets[Role.OPERATE]})
    assert answer.status_code == 200
    assert (answer.json()["role"], answer.json()["city"]) == ("operate", "济南市")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    held = {"Cookie": cookie.partition(";")[0]}
    assert nobody.get("/api/v1/session", headers=held).json()["name"] == "operate key"
    assert nobody.get("/api/v1/keys", headers=held).status_code == 403


@pytest.mark.parametrize("key", ["qy_wrong", "qy_wr\u00f6ng", " "])
def test_a_wrong_key_is_no_session(city: SmallCity, key: str) -> None:
    answer = city.client(None).post("/api/v1/session", json={"key": key})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_logging_out_makes_the_browser_forget(city: SmallCity) -> None:
    answer = city.client(None).delete("/api/v1/session")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://quanyan.test"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://quanyan.test"}, 201),
        ({"Origin": "http://evil.test"}, 403),
        ({}, 403),
    ],
)
def test_a_cookie_changes_nothing_for_another_site(city: SmallCity, headers: dict[str, str], status: int) -> None:
    held = {"Cookie": f"quanyan_session={city.secrets[Role.ADMIN]}", **headers}
    body = {"name": "wall", "role": "read", "expires_at": None}
    assert city.client(None).post("/api/v1/keys", json=body, headers=held).status_code == status


def test_the_open_door_of_the_demo_is_shut_to_other_sites_too(city: SmallCity) -> None:
    demo = Client(city.with_changes(anonymous=Role.ADMIN))
    body = {"name": "wall", "role": "read", "expires_at": None}
    assert demo.post("/api/v1/keys", json=body, headers={"Origin": "http://evil.test"}).status_code == 403
    assert demo.post("/api/v1/keys", json=body).status_code == 201


def test_the_map_has_a_sign_for_every_place(reader: Client, city: SmallCity) -> None:
    places = reader.get("/api/v1/map/places?kind=streetlight").json()
    signs = reader.get("/api/v1/map/signs?kind=streetlight").json()
    assert places["ids"] == sorted(places["ids"])
    assert len(places["ids"]) == len(places["lon"]) == len(places["names"]) == len(signs["signs"]) == 12
    assert {places["groups"][n] for n in places["group"]} == {"branch-1", "jingshi"}
    assert signs["register_version"] == places["register_version"] == city.view.known.version


def test_a_map_opens_on_where_the_registers_devices_stand(reader: Client, city: SmallCity) -> None:
    assert reader.get("/api/v1/map/extent").json() == _bounds(117.0, 36.65, 117.011, 36.65)
    station = replace(SECTION, lon=117.5, lat=36.7)
    moved = replace(city.view.known.timeline(SECTION.id)[0], device=station)
    city.view.known = city.view.known.changed({SECTION.id: (moved,)}, city.view.known.version + 1)
    assert reader.get("/api/v1/map/extent").json() == _bounds(117.0, 36.65, 117.5, 36.7)
    city.view.known = Register({}, city.view.known.version + 1)
    assert reader.get("/api/v1/map/extent").json() == {"bounds": None}


def _bounds(*degrees: float) -> dict[str, dict[str, float]]:
    return {"bounds": dict(zip(("west", "south", "east", "north"), degrees, strict=True))}


def test_the_policy_is_opened_for_the_tiles_of_a_base_map_and_for_nothing_else(city: SmallCity, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>", encoding="utf-8")
    origin = "https://t0.tianditu.gov.cn"
    base = BaseMap((f"{origin}/vec_w/wmts?tk=secret",), (origin,), "天地图", Datum.CGCS2000, 18)
    client = Client(city.with_changes(web=WebFiles(tmp_path, base.origins), base_map=base))
    policy = client.get("/").headers["content-security-policy"]
    opened = [part.split()[0] for part in policy.split("; ") if origin in part.split()]
    assert opened == ["img-src", "connect-src"]
    assert "secret" not in repr(base)
    assert "secret" not in policy


def test_the_base_map_says_its_datum_and_without_one_there_are_no_tiles(city: SmallCity, reader: Client) -> None:
    assert reader.get("/api/v1/map/base").json()["tiles"] == []
    base = BaseMap(("https://a.example/{z}/{x}/{y}.png",), ("https://a.example",), "A", Datum.GCJ02, 17)
    said = Client(city.with_changes(base_map=base), city.secrets[Role.READ]).get("/api/v1/map/base").json()
    assert said == {
        "tiles": ["https://a.example/{z}/{x}/{y}.png"],
        "attribution": "A",
        "coordinates": "GCJ-02",
        "max_zoom": 17,
    }
