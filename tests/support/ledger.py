"""What a service says it has, read through its API and its store."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import httpx

from tests.support.influx import InfluxServer
from tests.support.processes import wait_until
from tests.support.service import Service


def settled(service: Service, timeout: float = 300) -> dict[str, Any]:
    """Wait until nothing is in hand anywhere, and return the accounting."""

    def done() -> bool:
        status = service.get("ingest")
        account = status["accounting"]
        in_hand = account["deliveries"]["in_hand"] + account["readings"]["in_hand"]
        lags = [line for line in service.metrics().splitlines() if line.startswith("quanyan_journal_lag{")]
        behind = sum(float(line.rsplit(" ", 1)[1]) for line in lags if 'consumer="store"' in line)
        return bool(in_hand == 0 and behind == 0 and status["engine"]["lag_deliveries"] == 0)

    wait_until(done, "everything is settled", timeout)
    account: dict[str, Any] = service.get("ingest")["accounting"]
    return account


def stored_in_influx(
    server: InfluxServer, bucket: str, since: datetime = datetime(1970, 1, 1, tzinfo=UTC)
) -> set[tuple[str, datetime]]:
    """The identity of every reading in a bucket that was made at `since` or later, by a Flux query."""
    text = server.flux(
        f'from(bucket: "{bucket}") |> range(start: {since.isoformat()}, stop: 2100-01-01T00:00:00Z)'
        ' |> filter(fn: (r) => r._field == "content" and r._measurement !~ /_superseded$/)'
        ' |> keep(columns: ["device", "_time"]) |> group()'
    )
    rows = csv.DictReader(line for line in io.StringIO(text) if line.strip() and not line.startswith("#"))
    found = [(row["device"], datetime.fromisoformat(row["_time"])) for row in rows if row["_time"] != "_time"]
    assert len(found) == len(set(found))
    return set(found)


def counted_by_flux(server: InfluxServer, bucket: str) -> int:
    """How many readings a bucket holds, counted by the server."""
    text = server.flux(
        f'from(bucket: "{bucket}") |> range(start: 0, stop: 2100-01-01T00:00:00Z)'
        ' |> filter(fn: (r) => r._field == "content" and r._measurement !~ /_superseded$/)'
        " |> group() |> count()"
    )
    rows = [line for line in text.splitlines() if line.startswith(",_result")]
    return int(rows[0].rsplit(",", 1)[1]) if rows else 0


def quarantined(service: Service) -> list[dict[str, Any]]:
    """Every entry of the quarantine, page by page."""
    items: list[dict[str, Any]] = []
    url: str | None = f"{service.url}/api/v1/quarantine?limit=1000"
    while url:
        answer = httpx.get(url, headers={"Authorization": f"Bearer {service.key}"}, timeout=60)
        assert answer.is_success, answer.text
        items += answer.json()["items"]
        url = urljoin(url, answer.links["next"]["url"]) if "next" in answer.links else None
    return items


def identity_holds(account: dict[str, Any]) -> bool:
    """Whether both sums of invariant 6 are exact."""
    d, r = account["deliveries"], account["readings"]
    deliveries = d["journaled"] + d["refused"] + d["dropped"] + d["forgotten"] + d["in_hand"]
    readings = r["stored"] + r["duplicate"] + r["conflict"] + r["quarantined"] + r["not_kept"] + r["in_hand"]
    return bool(d["received"] == deliveries and r["readings"] == readings)
