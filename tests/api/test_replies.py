"""Entity tags and conditional requests, over a route that has them."""

from tests.support.api_client import Client

PATH = "/api/v1/devices/sl-0001"


def test_a_caller_who_has_it_already_gets_304_without_a_body(reader: Client) -> None:
    first = reader.get(PATH)
    again = reader.get(PATH, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_weak_tag_and_a_star_match_too(reader: Client) -> None:
    tag = reader.get(PATH).headers["etag"]
    assert reader.get(PATH, headers={"If-None-Match": f"W/{tag}"}).status_code == 304
    assert reader.get(PATH, headers={"If-None-Match": "*"}).status_code == 304


def test_another_tag_gets_the_whole_answer(reader: Client) -> None:
    assert reader.get(PATH, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_tag_follows_the_content(reader: Client, operator: Client) -> None:
    before = reader.get(PATH)
    body = before.json()["device"]
    del body["id"]
    operator.put(PATH, json={**body, "name": "改名"})
    assert reader.get(PATH).headers["etag"] != before.headers["etag"]


def test_representations_differ_in_their_tags(reader: Client) -> None:
    json = reader.get("/api/v1/devices").headers["etag"]
    assert reader.get("/api/v1/devices?format=geojson").headers["etag"] != json
