"""Keys over HTTP."""

from tests.support.api_client import Client
from tests.support.api_services import SmallCity

KEYS = "/api/v1/keys"


def test_a_new_key_works_at_once_and_its_secret_is_shown_once(city: SmallCity, admin: Client) -> None:
    answer = admin.post(KEYS, json={"name": "dashboard", "role": "read", "expires_at": "2027-01-01T00:00:00+08:00"})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    secret = answer.json()["secret"]
    assert Client(city.api, secret).get("/api/v1/devices").status_code == 200
    listing = admin.get(KEYS)
    assert secret not in listing.text
    assert "sha256" not in listing.text
    assert {k["name"] for k in listing.json()["items"]} >= {"dashboard"}


def test_a_revoked_key_stops_at_once_and_its_record_is_kept(city: SmallCity, admin: Client) -> None:
    made = admin.post(KEYS, json={"name": "lost", "role": "admin"}).json()
    assert admin.delete(f"{KEYS}/{made['id']}").status_code == 204
    assert Client(city.api, made["secret"]).get("/api/v1/devices").status_code == 401
    kept = {k["id"]: k["revoked_at"] for k in admin.get(KEYS).json()["items"]}
    assert kept[made["id"]] == "2026-11-24T12:00:00Z"


def test_a_name_is_taken_once(admin: Client) -> None:
    assert admin.post(KEYS, json={"name": "twice", "role": "read"}).status_code == 201
    assert admin.post(KEYS, json={"name": "twice", "role": "read"}).status_code == 409


def test_a_key_is_not_born_expired(admin: Client) -> None:
    answer = admin.post(KEYS, json={"name": "old", "role": "read", "expires_at": "2026-11-24T12:00:00Z"})
    assert answer.json()["errors"][0]["name"] == "expires_at"


def test_an_unknown_key_is_404(admin: Client) -> None:
    assert admin.delete(f"{KEYS}/nothing").status_code == 404
