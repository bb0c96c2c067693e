"""InfluxDB 2 at arm's length: the one place that calls influxdb-client, and turns its errors into ours.

The data are at fault only when the server says so in its own words (400, 413, 422). A wrong token, a missing bucket,
too many requests, a failing or silent server are all `StoreUnavailable`: nothing is quarantined because of them.
"""

import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

import urllib3
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

from domain.errors import StoreUnavailable
from store.telemetry.influx_options import InfluxOptions
from store.telemetry.line_protocol import PRECISION

_PING_MS = 2000
_ROWS = 10_000
_STATEMENTS = 100
_TICK = timedelta(microseconds=1)
_DROPPED = re.compile(r"dropped=(\d+)")


class Refusal(NamedTuple):
    """The server will not take these lines. `dropped` of them, when it says how many."""

    message: str
    dropped: int | None


class Series(NamedTuple):
    """A part of an answer: rows of one measurement with the values of the tags it was grouped by."""

    measurement: str
    tags: dict[str, str]
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class InfluxClient:
    """Writes, queries and deletes in one bucket. May be used by several threads."""

    def __init__(self, options: InfluxOptions) -> None:
        self._options = options
        self._client: Any = connect(options)
        self._write_api = self._client.write_api(write_options=SYNCHRONOUS)
        self._delete_api = self._client.delete_api()
        self._database, _, self._policy = options.bucket.partition("/")  # InfluxQL's name for the bucket

    def write(self, lines: Sequence[str]) -> Refusal | None:
        """Write lines in one request; they are durable on return. Part of what is refused may have been stored."""
        body = "\n".join(lines).encode()
        options = self._options
        try:
            with border():
                self._write_api.write(options.bucket, options.org, body, write_precision=PRECISION)
        except Refused as error:
            return error.refusal
        return None

    def query(self, statements: Sequence[str]) -> Iterator[Series]:
        """Yield what InfluxQL statements answer, as it comes in."""
        for first in range(0, len(statements), _STATEMENTS):
            yield from self._query(";".join(statements[first : first + _STATEMENTS]))

    def _query(self, statement: str) -> Iterator[Series]:
        where = {"db": self._database, "rp": self._policy} if self._policy else {"db": self._database}
        form = where | {"q": statement, "epoch": "u", "chunked": "true", "chunk_size": str(_ROWS)}
        header = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        with border():
            response: urllib3.HTTPResponse = self._client.api_client.call_api(
                "/query",
                "POST",
                header_params=header,
                post_params=form,
                _preload_content=False,
                _return_http_data_only=True,
                response_type=None,
            )
            response.auto_close = False  # at its end it would close itself below the reader's feet
            try:
                for chunk in io.BufferedReader(response):
                    yield from _series(json.loads(chunk))
            finally:
                response.close()

    def delete(self, measurement: str, device: str, at: datetime) -> None:
        """Remove one point, all fields of it."""
        quoted = device.replace("\\", "\\\\").replace('"', '\\"')
        self._delete(f'_measurement="{measurement}" AND device="{quoted}"', at, at + _TICK)

    def delete_span(self, measurement: str, start: datetime, end: datetime) -> None:
        """Remove the points of a measurement with start ≤ time < end."""
        self._delete(f'_measurement="{measurement}"', start, end - _TICK)  # the server takes the last instant too

    def _delete(self, predicate: str, start: datetime, stop: datetime) -> None:
        options = self._options
        with border():
            self._delete_api.delete(start.isoformat(), stop.isoformat(), predicate, options.bucket, options.org)

    def healthy(self) -> bool:
        """Return whether the server answers at once."""
        try:
            with border():
                self._client.api_client.call_api("/ping", "GET", _request_timeout=_PING_MS)
        except (StoreUnavailable, Refused):
            return False
        return True

    def close(self) -> None:
        """Let go of the connections; idempotent."""
        self._write_api.close()
        self._client.close()


def connect(options: InfluxOptions) -> Any:
    """Return influxdb-client's own client, which is typed only in part. Nothing is sent yet."""
    timeout = round(options.timeout * 1000)
    return InfluxDBClient(options.url, options.token, timeout=timeout, enable_gzip=options.gzip, org=options.org)


class Refused(Exception):
    """The server refuses what was sent, in its own words."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@contextmanager
def border() -> Iterator[None]:
    """Turn the library's errors into ours: `Refused` or `StoreUnavailable`."""
    try:
        yield
    except ApiException as error:
        raise _meaning(error) from error
    except (urllib3.exceptions.HTTPError, OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise StoreUnavailable(f"InfluxDB does not answer: {type(error).__name__}: {error}") from error


def _meaning(error: ApiException) -> Exception:
    """Tell a refusal of the data from everything else. Proxies answer 400 too, but not in the server's own form."""
    message = message_of(error)
    if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused(Refusal(message or "the request is too large", None))
    if error.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY) and message:
        dropped = _DROPPED.search(message)
        return Refused(Refusal(message, int(dropped[1]) if dropped else None))
    return StoreUnavailable(f"InfluxDB answered {error.status}: {message or error.reason}")


def message_of(error: ApiException) -> str:
    """Return the message of InfluxDB's own JSON error, or nothing."""
    try:
        said = json.loads(error.body) if isinstance(error.body, str | bytes) else {}
    except ValueError:
        return ""
    return str(said.get("message", "")) if isinstance(said, dict) and "code" in said else ""


def _series(answer: object) -> Iterator[Series]:
    if not isinstance(answer, dict) or "results" not in answer:
        raise StoreUnavailable("InfluxDB's answer is not one of InfluxDB")
    for result in answer["results"]:
        if "error" in result:
            raise StoreUnavailable(f"InfluxDB cannot answer: {result['error']}")
        for series in result.get("series", ()):
            yield Series(series["name"], series.get("tags", {}), series["columns"], series.get("values", ()))
