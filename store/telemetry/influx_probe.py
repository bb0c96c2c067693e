"""What InfluxDB says of itself, without changing anything of it: for `quanyan doctor`."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from influxdb_client.rest import ApiException

from store.telemetry.influx_client import border, connect, message_of
from store.telemetry.influx_options import InfluxOptions

_REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class InfluxFound:
    """`now` is the server's clock, to a second. `retention_s`: 0 = for ever, None = there is no bucket."""

    version: str
    now: datetime | None
    retention_s: int | None = None
    refused: str | None = None
    """Why the token may not look at the bucket."""


def look(options: InfluxOptions) -> InfluxFound:
    """Return what is found. Raises `StoreUnavailable`."""
    client = connect(options)
    try:
        with border():
            _, _, headers = client.api_client.call_api("/ping", "GET")
            version, date = str(headers.get("X-Influxdb-Version", "?")), headers.get("Date")
            now = parsedate_to_datetime(date) if date else None
            return _with_bucket(client, options, InfluxFound(version, now))
    finally:
        client.close()


def _with_bucket(client: Any, options: InfluxOptions, found: InfluxFound) -> InfluxFound:
    try:
        buckets = client.buckets_api().find_buckets(name=options.bucket, org=options.org).buckets
    except ApiException as error:
        if error.status in _REFUSED:
            return InfluxFound(found.version, found.now, refused=message_of(error) or str(error.reason))
        if error.status == 404:  # noqa: PLR2004 - the server's answer for a bucket or an organisation that is not there
            return found
        raise
    if not buckets:
        return found
    kept = sum(rule.every_seconds for rule in buckets[0].retention_rules)
    return InfluxFound(found.version, found.now, retention_s=kept)
