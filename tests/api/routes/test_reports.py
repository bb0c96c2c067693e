"""Reports over HTTP: their list, their forms, and what cannot be had."""

import pytest

from tests.support.api_client import Client


def test_every_kind_of_report_is_listed_with_its_title(reader: Client) -> None:
    items = reader.get("/api/v1/reports").json()["items"]
    assert [item["kind"] for item in items] == ["daily", "monthly", "quarterly", "annual"]
    assert items[0]["title"] == "济南市城市运行日报"


@pytest.mark.parametrize(
    ("form", "media_type", "shown"),
    [
        ("json", "application/json", "inline"),
        ("csv", "text/csv", "attachment"),
        ("xlsx", "application/vnd.openxmlformats", "attachment"),
        ("html", "text/html", "inline"),
    ],
)
def test_a_report_comes_in_four_forms(reader: Client, form: str, media_type: str, shown: str) -> None:
    found = reader.get(f"/api/v1/reports/daily?format={form}&day=2026-11-20")
    assert found.status_code == 200
    assert found.headers["content-type"].startswith(media_type)
    assert found.headers["content-disposition"] == f"{shown}; filename*=UTF-8''daily-2026-11-20.{form}"
    assert "default-src 'none'" in found.headers["content-security-policy"]


@pytest.mark.parametrize(
    "query", ["day=2026-11-23", "day=2099-01-01", "day=yesterday", "day=0", "format=pdf", "lang=fr"]
)
def test_what_cannot_be_had_says_why(reader: Client, query: str) -> None:
    found = reader.get(f"/api/v1/reports/daily?{query}")
    assert found.status_code == 422
    assert found.json()["errors"]
