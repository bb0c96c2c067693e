"""Make the organisation and the bucket that telemetry goes to, with its retention. What `quanyan init` calls."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from influxdb_client.rest import ApiException

from domain.errors import ConfigError, Problem
from store.telemetry.influx_client import border, connect, message_of
from store.telemetry.influx_options import InfluxOptions

_SETTINGS = "telemetry"
_UNKNOWN_TOKEN = "unauthorized access"  # noqa: S105 - what the server says of a token that it does not know


def ensure_bucket(options: InfluxOptions, retention: timedelta) -> str:
    """Make organisation and bucket when they are missing, and set the bucket's retention (0 = for ever).

    Safe to repeat. Returns one line that says what was done. A shorter retention makes InfluxDB drop what is older.

    Raises:
        ConfigError: the server is not set up, or the token is wrong or may not do this; names the setting.
        StoreUnavailable: the server does not answer.
    """
    client = connect(options)
    try:
        with border():
            _check_set_up(client, options)
            return _ensure(client, options, round(retention.total_seconds()))
    finally:
        client.close()


def _check_set_up(client: Any, options: InfluxOptions) -> None:
    if client.api_client.call_api("/api/v2/setup", "GET", response_type="IsOnboarding")[0].allowed:
        reason = (
            "this InfluxDB was never set up; run `influx setup`, or let its image do it (DOCKER_INFLUXDB_INIT_MODE)"
        )
        raise ConfigError([Problem(options.url, 0, f"{_SETTINGS}.url", reason)])


def _ensure(client: Any, options: InfluxOptions, seconds: int) -> str:
    keep = f"for {seconds // 86400} days" if seconds else "for ever"
    where = f"bucket {options.bucket!r} of organisation {options.org!r}, kept {keep}"
    rules = [{"type": "expire", "everySeconds": seconds}]
    org_id = _organisation(client, options)
    api = client.buckets_api()
    with _Allowed(options, f"find or change the bucket {options.bucket!r}"):
        found = _or_none(lambda: api.find_buckets(name=options.bucket, org_id=org_id).buckets)
        if not found:
            api.create_bucket(bucket_name=options.bucket, retention_rules=rules, org=org_id)
            return f"made {where}"
        bucket = found[0]
        if sum(rule.every_seconds for rule in bucket.retention_rules) == seconds:
            return f"unchanged: {where}"
        bucket.retention_rules = rules
        api.update_bucket(bucket=bucket)
        return f"changed: {where}"


def _organisation(client: Any, options: InfluxOptions) -> str:
    api = client.organizations_api()
    with _Allowed(options, f"find or make the organisation {options.org!r}"):
        found = _or_none(lambda: api.find_organizations(org=options.org))
        return str(found[0].id if found else api.create_organization(options.org).id)


def _or_none(find: Callable[[], Any]) -> Any:
    """Return what is found; the server answers 404 where an empty list would do."""
    try:
        return find()
    except ApiException as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise


class _Allowed:
    """Says what the token would have to be allowed, when the server answers 401 or 403."""

    def __init__(self, options: InfluxOptions, what: str) -> None:
        self._options = options
        self._what = what

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if not isinstance(error, ApiException) or error.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return
        unknown = message_of(error) == _UNKNOWN_TOKEN
        reason = "InfluxDB does not accept this token" if unknown else f"this token may not {self._what}"
        raise ConfigError([Problem(self._options.url, 0, f"{_SETTINGS}.token", reason)]) from None
