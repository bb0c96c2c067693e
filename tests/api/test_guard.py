"""Keys and roles: who may do what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.server import api_routes
from api.web import PAGES
from domain.record import Role
from store.operational.keys import new_key
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import BUILT

OPEN = {"/", "/livez", "/readyz"}
PAGE = {"/assets/{name}", "/favicon.svg", *(p for name in PAGES for p in (f"/{name}", f"/{name}/{{rest:path}}"))}
"""The files of the page; `test_web.py` looks at them."""
OPEN_CALLS = {
    *(("POST", "/api/v1/session"), ("DELETE", "/api/v1/session")),
    *(("GET", "/a/{token}"), ("POST", "/a/{token}")),
}
"""Open by what they are for; the tests of session and of acknowledging by link look at them."""
ROLES = {
    ("GET", "/metrics"): Role.READ,
    ("POST", "/api/v1/reload"): Role.ADMIN,
    ("GET", "/api/v1/devices"): Role.READ,
    ("GET", "/api/v1/devices/{device_id}"): Role.READ,
    ("PUT", "/api/v1/devices/{device_id}"): Role.OPERATE,
    ("GET", "/api/v1/devices/{device_id}/history"): Role.READ,
    ("GET", "/api/v1/devices/{device_id}/latest"): Role.READ,
    ("GET", "/api/v1/devices/{device_id}/readings"): Role.READ,
    ("GET", "/api/v1/devices/{device_id}/series"): Role.READ,
    ("GET", "/api/v1/indicators"): Role.READ,
    ("GET", "/api/v1/indicators/{name}"): Role.READ,
    ("GET", "/api/v1/indicators/{name}/explain"): Role.READ,
    ("GET", "/api/v1/indicators/{name}/usual"): Role.READ,
    ("GET", "/api/v1/water/months"): Role.READ,
    ("GET", "/api/v1/lighting/cabinets"): Role.READ,
    ("GET", "/api/v1/lighting/dark-lamps"): Role.READ,
    ("GET", "/api/v1/indicators/{name}/scopes"): Role.READ,
    ("GET", "/api/v1/indicators/{name}/measures"): Role.READ,
    ("GET", "/api/v1/indicators/{name}/history"): Role.READ,
    ("GET", "/api/v1/indicators/{name}/history/revisions"): Role.READ,
    ("GET", "/api/v1/targets"): Role.READ,
    ("GET", "/api/v1/targets/{target_id}"): Role.READ,
    ("POST", "/api/v1/readings"): Role.OPERATE,
    ("GET", "/api/v1/forecasts"): Role.READ,
    ("POST", "/api/v1/forecasts"): Role.OPERATE,
    ("GET", "/api/v1/warnings/air"): Role.READ,
    ("GET", "/api/v1/ingest"): Role.READ,
    ("GET", "/api/v1/quarantine"): Role.READ,
    ("GET", "/api/v1/quarantine/{entry_id}"): Role.READ,
    ("GET", "/api/v1/devices/{device_id}/ledger"): Role.READ,
    ("GET", "/api/v1/completeness"): Role.READ,
    ("GET", "/api/v1/quarantine/counts"): Role.READ,
    ("GET", "/api/v1/quarantine/replays"): Role.READ,
    ("POST", "/api/v1/quarantine/replays"): Role.OPERATE,
    ("POST", "/api/v1/quarantine/replays/trial"): Role.OPERATE,
    ("GET", "/api/v1/quarantine/replays/{replay_id}"): Role.READ,
    ("GET", "/api/v1/lighting/timetables"): Role.READ,
    ("PUT", "/api/v1/lighting/timetables/{timetable_id}"): Role.OPERATE,
    ("GET", "/api/v1/lighting/overrides"): Role.READ,
    ("POST", "/api/v1/lighting/overrides"): Role.OPERATE,
    ("GET", "/api/v1/lighting/overrides/{override_id}"): Role.READ,
    ("DELETE", "/api/v1/lighting/overrides/{override_id}"): Role.OPERATE,
    ("GET", "/api/v1/duty/now"): Role.READ,
    ("GET", "/api/v1/duty/roster"): Role.READ,
    ("GET", "/api/v1/duty/spans"): Role.READ,
    ("GET", "/api/v1/duty/gaps"): Role.READ,
    ("POST", "/api/v1/duty/import"): Role.ADMIN,
    ("POST", "/api/v1/duty/overrides"): Role.OPERATE,
    ("GET", "/api/v1/duty/overrides/{override_id}"): Role.READ,
    ("DELETE", "/api/v1/duty/overrides/{override_id}"): Role.OPERATE,
    ("POST", "/api/v1/duty/swaps"): Role.OPERATE,
    ("GET", "/api/v1/duty/swaps/{swap_id}"): Role.READ,
    ("POST", "/api/v1/duty/swaps/{swap_id}/decision"): Role.OPERATE,
    ("GET", "/api/v1/duty/handovers"): Role.READ,
    ("POST", "/api/v1/duty/handovers"): Role.OPERATE,
    ("GET", "/api/v1/notices"): Role.READ,
    ("GET", "/api/v1/notices/channels"): Role.READ,
    ("GET", "/api/v1/notices/{notice_id}"): Role.READ,
    ("POST", "/api/v1/notices/{notice_id}/resend"): Role.OPERATE,
    ("GET", "/api/v1/alarm-quality"): Role.READ,
    ("GET", "/api/v1/alerts"): Role.READ,
    ("GET", "/api/v1/alerts/{alert_id}"): Role.READ,
    ("GET", "/api/v1/alerts/{alert_id}/notices"): Role.READ,
    ("POST", "/api/v1/alerts/{alert_id}/acknowledge"): Role.OPERATE,
    ("POST", "/api/v1/alerts/{alert_id}/shelve"): Role.OPERATE,
    ("POST", "/api/v1/alerts/{alert_id}/unshelve"): Role.OPERATE,
    ("GET", "/api/v1/rules"): Role.READ,
    ("POST", "/api/v1/rules/reload"): Role.ADMIN,
    ("GET", "/api/v1/silences"): Role.READ,
    ("POST", "/api/v1/silences"): Role.OPERATE,
    ("GET", "/api/v1/silences/{silence_id}"): Role.READ,
    ("PUT", "/api/v1/silences/{silence_id}"): Role.OPERATE,
    ("DELETE", "/api/v1/silences/{silence_id}"): Role.OPERATE,
    ("GET", "/api/v1/events"): Role.READ,
    ("GET", "/api/v1/reports"): Role.READ,
    ("GET", "/api/v1/reports/{kind}"): Role.READ,
    ("GET", "/api/v1/incidents"): Role.READ,
    ("POST", "/api/v1/incidents"): Role.OPERATE,
    ("GET", "/api/v1/incidents/categories"): Role.READ,
    ("GET", "/api/v1/incidents/offers"): Role.READ,
    ("POST", "/api/v1/warnings/air/issue"): Role.OPERATE,
    ("GET", "/api/v1/incidents/{case_id}"): Role.READ,
    ("GET", "/api/v1/incidents/{case_id}/history"): Role.READ,
    ("POST", "/api/v1/incidents/{case_id}/actions"): Role.OPERATE,
    ("GET", "/api/v1/kinds"): Role.READ,
    ("GET", "/api/v1/session"): Role.READ,
    ("GET", "/api/v1/map/places"): Role.READ,
    ("GET", "/api/v1/map/extent"): Role.READ,
    ("GET", "/api/v1/map/base"): Role.READ,
    ("GET", "/api/v1/map/signs"): Role.READ,
    ("GET", "/api/v1/keys"): Role.ADMIN,
    ("POST", "/api/v1/keys"): Role.ADMIN,
    ("DELETE", "/api/v1/keys/{key_id}"): Role.ADMIN,
}
"""The whole table: a route that is added without a line here fails the next test."""


def path_of(template: str) -> str:
    """Fill in a path so that nothing is found behind it."""
    return (
        template.replace("{entry_id}", "1")
        .replace("{notice_id}", "1")
        .replace("{replay_id}", "1")
        .replace("{name}", "nothing")
        .replace("{", "")
        .replace("}", "")
    )


def test_the_table_names_every_route() -> None:
    served = {(m, r.path_format) for r in api_routes() for m in r.methods or () if r.path not in OPEN | PAGE}
    assert served - OPEN_CALLS == set(ROLES)


@pytest.mark.parametrize(("method", "template"), ROLES)
def test_each_role_may_do_what_the_table_says_and_no_more(city: SmallCity, method: str, template: str) -> None:
    if template == "/api/v1/events":
        city.api.state.events.close()  # else the stream would never end
    needed = ROLES[method, template]
    path = path_of(template)
    assert city.client(None).request(method, path).status_code == 401
    for role in Role:
        status = city.client(role).request(method, path).status_code
        assert (status == 403) == (not role.allows(needed)), (role, status)
        assert status != 401


@pytest.mark.parametrize("path", sorted(OPEN))
def test_probes_and_the_first_page_need_no_key(city: SmallCity, path: str) -> None:
    assert city.client(None).get(path).status_code == 200


@pytest.mark.parametrize("presented", ["qy_nonsense", "", "expired", "revoked", "Basic"])
def test_there_is_one_answer_to_every_key_that_is_not_valid(city: SmallCity, presented: str) -> None:
    expired, expired_secret = new_key("old", Role.ADMIN, BUILT, city.wall.now())
    revoked, revoked_secret = new_key("lost", Role.ADMIN, BUILT)
    for key in (expired, replace(revoked, revoked_at=BUILT)):
        city.operational.keys.add(key)
    secret = {"expired": expired_secret, "revoked": revoked_secret}.get(presented, presented)
    header = "Basic YTpi" if presented == "Basic" else f"Bearer {secret}"
    answer = city.client(None).get("/api/v1/devices", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="quanyan", error="invalid_token"'
    assert answer.json()["detail"] == "The key is not valid."


def test_a_key_expires_by_the_wall_clock_and_not_by_the_citys(city: SmallCity) -> None:
    key, secret = new_key("short", Role.READ, BUILT, city.wall.now() + timedelta(hours=1))
    city.operational.keys.add(key)
    city.clock.instant += timedelta(days=365)
    client = Client(city.api, secret)
    assert client.get("/api/v1/devices").status_code == 200
    city.wall.instant += timedelta(hours=1)
    assert client.get("/api/v1/devices").status_code == 401


def test_the_scheme_is_read_in_any_case(city: SmallCity) -> None:
    header = {"Authorization": f"bEaReR {city.secrets[Role.READ]}"}
    assert city.client(None).get("/api/v1/devices", headers=header).status_code == 200


def test_the_demos_anonymous_door_has_one_role_and_does_not_hide_a_bad_key(city: SmallCity) -> None:
    api = city.with_changes(anonymous=Role.READ)
    assert Client(api).get("/api/v1/devices").status_code == 200
    assert Client(api).get("/api/v1/keys").status_code == 403
    assert Client(api, "qy_wrong").get("/api/v1/devices").status_code == 401


def test_the_key_is_judged_before_the_body(city: SmallCity) -> None:
    answer = city.client(None).post("/api/v1/readings", content=b"{", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 401
