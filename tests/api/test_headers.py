import pytest

from tests.support.api_client import Client
from tests.support.api_services import SmallCity


@pytest.mark.parametrize("path", ["/", "/livez", "/openapi.json", "/api/v1/devices", "/nothing"])
def test_every_answer_carries_the_security_headers(reader: Client, path: str) -> None:
    headers = reader.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in headers
    assert "access-control-allow-origin" not in headers


def test_answers_of_a_simulated_city_say_so(city: SmallCity, reader: Client) -> None:
    assert "quanyan-clock" not in reader.get("/livez").headers
    assert Client(city.with_changes(simulated=True)).get("/livez").headers["quanyan-clock"] == "simulated"
