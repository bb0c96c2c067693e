"""Settings become open stores and client options. Secrets are read here, and go no further than the client."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from app.settings import Settings, secret
from domain.errors import ConfigError, Problem
from domain.ports import Archive, TelemetryStore
from ingest.budget import Allowance
from ingest.codec import DecodeLimits
from ingest.connection import MqttOptions
from ingest.replayer import ReplayerOptions
from rules.columnar.table import Table
from store.operational.facade import OperationalStore
from store.telemetry.influx_options import InfluxOptions


class ColumnArchive(Archive, Protocol):
    """An archive that is read by columns, too."""

    def columns(self, kind: str, start: datetime, end: datetime, metrics: Sequence[str]) -> Table:
        """Return the readings of a kind with start ≤ at < end as columns of these metrics, each identity once."""
        ...


def open_operational(settings: Settings) -> OperationalStore:
    """Open the operational database and migrate it.

    Raises:
        ConfigError: the URL or the password file is wrong.
        StoreUnavailable: the database is away.
    """
    return OperationalStore(operational_place(settings))


def operational_place(settings: Settings) -> str:
    """Return the URL of the operational database with its password; the folder of a SQLite file is made.

    Raises:
        ConfigError: the URL or the password file is wrong, or the folder cannot be made.
    """
    url = settings.operational_url()
    if url.startswith("sqlite:"):
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = f"{settings.data_dir} cannot be made: {error.strerror}"
            raise ConfigError([Problem("settings", 0, "data_dir", reason)]) from None
    password = secret(settings.operational.password, settings.operational.password_file, "operational.password")
    return with_password(url, password) if password else url


def with_password(url: str, password: str) -> str:
    """Return a database URL with the password put in."""
    parts = urlsplit(url)
    if not parts.username or parts.password is not None:
        reason = "needs a user name and no password, e.g. postgresql+psycopg://quanyan@host/quanyan"
        raise ConfigError([Problem("settings", 0, "operational.url", reason)])
    place = parts.netloc.removeprefix(f"{parts.username}@")
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{quote(password, safe='')}@{place}"))


def open_telemetry(settings: Settings) -> TelemetryStore:
    """Open the telemetry store. InfluxDB may be away: the store says so when it is used."""
    # Late imports: a city uses one of the two, and the command line mostly neither.
    if settings.telemetry.kind == "influx":
        from store.telemetry.influx import InfluxStore

        return InfluxStore(influx_options(settings))
    from store.telemetry.duckdb_store import DuckDbStore

    path = settings.under_data(settings.telemetry.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return DuckDbStore(path)


def open_archive(settings: Settings) -> ColumnArchive:
    """Return the archive; its folder is made with the first reading."""
    from store.archive import ParquetArchive  # pyarrow is large

    return ParquetArchive(settings.under_data(settings.archive.folder))


def influx_options(settings: Settings) -> InfluxOptions:
    """Return how to reach InfluxDB 2.

    Raises:
        ConfigError: there is no token.
    """
    telemetry = settings.telemetry
    token = secret(telemetry.token, telemetry.token_file, "telemetry.token")
    if token is None:
        raise ConfigError([Problem("settings", 0, "telemetry.token_file", "InfluxDB needs a token")])
    return InfluxOptions(
        url=telemetry.url, token=token, org=telemetry.org, bucket=telemetry.bucket, timeout=telemetry.timeout_s
    )


def mqtt_options(settings: Settings) -> MqttOptions:
    """Return how to reach the broker."""
    mqtt = settings.mqtt
    return MqttOptions(
        host=mqtt.host,
        port=mqtt.port,
        client_id=mqtt.client_id,
        username=mqtt.username,
        password=secret(mqtt.password, mqtt.password_file, "mqtt.password"),
        tls=mqtt.tls,
        ca_file=str(mqtt.ca_file) if mqtt.ca_file else None,
        cert_file=str(mqtt.cert_file) if mqtt.cert_file else None,
        key_file=str(mqtt.key_file) if mqtt.key_file else None,
        protocol=mqtt.protocol,
        receive_maximum=mqtt.receive_maximum,
        session_expiry=mqtt.session_expiry_s,
        keepalive=mqtt.keepalive_s,
    )


def decode_limits(settings: Settings) -> DecodeLimits:
    """Return what the border lets in."""
    return DecodeLimits(
        payload_bytes=settings.ingest.max_payload_bytes,
        future=timedelta(seconds=settings.ingest.max_future_s),
        past=timedelta(days=settings.ingest.max_past_days),
    )


def sender_allowance(settings: Settings) -> Allowance:
    """Return how much of what one sender gets wrong is kept."""
    return Allowance(settings.quarantine.sender_at_once, settings.quarantine.sender_per_hour)


def replayer_options(settings: Settings) -> ReplayerOptions:
    """Return what the quarantine keeps."""
    kept = settings.quarantine
    return ReplayerOptions(
        keep=timedelta(days=kept.keep_days) if kept.keep_days else None,
        keep_replayed=timedelta(days=kept.keep_replayed_days),
        max_items=kept.max_entries,
        max_bytes=kept.max_bytes,
    )
