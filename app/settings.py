"""Settings: one TOML file plus environment (`QUANYAN_MQTT__HOST` …). An unknown key is an error that names it.

A secret is given as a file (`…_file`) or by the environment; it never stands in a log or in an error.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from app.alert_settings import AlertSettings
from app.map_settings import MapSettings
from app.operational_settings import OperationalSettings
from app.process_settings import ProcessSettings
from app.retention_settings import ArchiveSettings, HistorySettings, RetentionSettings, clashes
from app.section import Section
from app.toml_file import read_toml
from app.watch_settings import HeartbeatSettings, WatchSettings
from domain.citytime import Place
from domain.errors import ConfigError, Problem

PREFIX = "QUANYAN_"


class CitySettings(Section):
    """Where the city is. The zone decides local days and evening dates, the position sunrise and sunset."""

    name: str = "济南市"
    zone: str = "Asia/Shanghai"
    latitude: float = Field(default=36.65, ge=-90, le=90)
    longitude: float = Field(default=117.12, ge=-180, le=180)

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        try:
            _ = Place(zone).tz
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{zone!r} is no IANA time zone") from None
        return zone

    @property
    def place(self) -> Place:
        """The same for the rules."""
        return Place(self.zone, self.latitude, self.longitude)


class MqttSettings(Section):
    """The broker that devices publish to."""

    host: str = "127.0.0.1"
    port: int = Field(default=1883, ge=1, le=65535)
    client_id: str = Field(default="quanyan-ingest", min_length=1, max_length=128)
    protocol: Literal["5", "3.1.1"] = "5"
    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    receive_maximum: int = Field(default=5000, ge=1, le=65535)
    session_expiry_s: int = Field(default=7 * 86400, ge=0, le=0xFFFFFFFF)
    keepalive_s: int = Field(default=30, ge=5, le=3600)


class JournalSettings(Section):
    """The journal on the local disk. Relative folders count from `data_dir`."""

    folder: Path = Path("journal")
    cap_bytes: int = Field(default=20 * 2**30, ge=2**20)
    roll_bytes: int = Field(default=64 * 2**20, ge=2**16)


class TelemetrySettings(Section):
    """Where readings are kept: `influx` (InfluxDB 2) or `duckdb` (embedded)."""

    kind: Literal["influx", "duckdb"] = "duckdb"
    path: Path = Path("telemetry.duckdb")
    url: str = "http://127.0.0.1:8086"
    org: str = "quanyan"
    bucket: str = "telemetry"
    token: SecretStr | None = None
    token_file: Path | None = None
    retention_days: int = Field(default=0, ge=0)
    """Of the bucket itself. 0 = for ever: [retention] lets go of what is too old, once it is summarised."""
    timeout_s: float = Field(default=30, gt=0, le=600)
    batch_readings: int = Field(default=5000, ge=1, le=50000)


class ApiSettings(Section):
    """The HTTP server."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)


class LinkSettings(Section):
    """Links in messages. Without a public address there are none."""

    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$", max_length=200)
    """Where people's telephones reach this service."""
    secret: SecretStr | None = None
    """Signs what acknowledges; by default one is made once and kept in `data_dir`."""
    secret_file: Path | None = None
    valid_hours: float = Field(default=12, gt=0, le=168)


class IngestSettings(Section):
    """What the border lets in."""

    max_payload_bytes: int = Field(default=1 << 20, ge=1024)
    max_future_s: float = Field(default=300, ge=0)
    max_past_days: float = Field(default=400, gt=0)


class QuarantineSettings(Section):
    """How long and how much of what could not be accepted is kept (city time, by arrival; the oldest goes first)."""

    keep_days: int = Field(default=90, ge=0)
    """0 = no entry goes for its age."""
    keep_replayed_days: int = Field(default=7, ge=0)
    """How long an entry stays to be looked at after its readings were stored."""
    max_entries: int = Field(default=1_000_000, ge=1000)
    max_bytes: int = Field(default=2 * 2**30, ge=2**20)
    sender_at_once: int = Field(default=10_000, ge=1)
    sender_per_hour: int = Field(default=3600, ge=1)
    """Entries of one device or gateway kept in a row, and in an hour; what it gets wrong beyond is only counted."""


class ArrivalSettings(Section):
    """What was expected of each device, and what came."""

    ask_back: bool = True
    """Ask gateways for readings that are missing by `seq`."""
    rest_s: float = Field(default=30, ge=0, le=86400)
    """City time that a gap is let rest before it is asked back: readings overtake one another."""


class EngineSettings(Section):
    """The rules engine."""

    tick_s: float = Field(default=0.5, ge=0.1, le=60)
    snapshot_every_s: float = Field(default=60, ge=1)


class LogSettings(Section):
    """Logs go to standard output, as JSON or as text for people."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["json", "text"] = "json"


class Settings(BaseSettings):
    """All settings. Every key has a default that is safe on one machine; secrets have none."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")

    data_dir: Path = Path("data")
    targets_file: Path | None = None
    """None = the plan's targets that ship with Quanyan."""
    rules_folder: Path | None = None
    """None = the alert rules that ship with Quanyan."""
    duty_file: Path | None = None
    """None = the chains of escalation that ship with Quanyan."""
    channels_file: Path | None = None
    """None = one channel, the log."""
    city: CitySettings = CitySettings()
    mqtt: MqttSettings = MqttSettings()
    journal: JournalSettings = JournalSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    archive: ArchiveSettings = ArchiveSettings()
    retention: RetentionSettings = RetentionSettings()
    history: HistorySettings = HistorySettings()
    alerts: AlertSettings = AlertSettings()
    operational: OperationalSettings = OperationalSettings()
    api: ApiSettings = ApiSettings()
    map: MapSettings = MapSettings()
    links: LinkSettings = LinkSettings()
    ingest: IngestSettings = IngestSettings()
    quarantine: QuarantineSettings = QuarantineSettings()
    arrivals: ArrivalSettings = ArrivalSettings()
    engine: EngineSettings = EngineSettings()
    processes: ProcessSettings = ProcessSettings()
    log: LogSettings = LogSettings()
    watch: WatchSettings = WatchSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment wins over the file (which comes in as init values); no .env file is read behind one's back."""
        _ = settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    def under_data(self, path: Path) -> Path:
        """Return `path`, counted from `data_dir` when it is relative."""
        return path if path.is_absolute() else self.data_dir / path

    def operational_url(self) -> str:
        """Return the database URL, with relative SQLite files counted from `data_dir`. Holds no password."""
        prefix = "sqlite:///"
        url = self.operational.url
        return f"{prefix}{self.under_data(Path(url.removeprefix(prefix)))}" if url.startswith(prefix) else url


def load(path: Path | None = None) -> Settings:
    """Read the settings from a TOML file (optional) and the environment; the environment wins.

    Raises:
        ConfigError: with every mistake: the file or variable, the key and the reason.
    """
    values = read_toml(path) if path else {}
    environ = os.environ
    problems = _unknown_variables(environ)
    if problems:
        raise ConfigError(problems)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigError([_problem(path, environ, e) for e in error.errors(include_input=False)]) from None
    except ValueError as error:  # pydantic-settings: a variable that should hold JSON does not
        raise ConfigError([Problem("environment", 0, "", str(error))]) from None
    found = clashes(
        settings.retention, settings.archive, settings.ingest.max_past_days, settings.telemetry.retention_days
    )
    if clashing := [_named(path, environ, key.split("."), reason) for key, reason in found]:
        raise ConfigError(clashing)
    return settings


def secret(value: SecretStr | None, file: Path | None, key: str) -> str | None:
    """Return a secret from its value or its file, or None when neither is set.

    Raises:
        ConfigError: both are set, or the file cannot be read or is empty.
    """
    if value is not None and file is not None:
        raise ConfigError([Problem("settings", 0, key, f"both {key} and {key}_file are set")])
    if file is None:
        return value.get_secret_value() if value is not None else None
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise ConfigError([Problem(str(file), 0, f"{key}_file", reason or "cannot be read")]) from None
    if not text:
        raise ConfigError([Problem(str(file), 0, f"{key}_file", "the file is empty")])
    return text


def _unknown_variables(environ: Mapping[str, str]) -> list[Problem]:
    """pydantic-settings passes over a variable whose first part it does not know; a typo must not be silent."""
    known = {name.upper() for name in Settings.model_fields}
    ours = [name for name in environ if name.startswith(PREFIX)]
    own = {"QUANYAN_SHARED", "QUANYAN_CONFIG"}
    return [
        Problem("environment", 0, name, "no such setting")
        for name in ours
        if name not in own and name.removeprefix(PREFIX).split("__")[0] not in known
    ]


def _problem(path: Path | None, environ: Mapping[str, str], error: Any) -> Problem:
    keys = [str(part) for part in error["loc"]]
    reason = (
        "no such setting" if error["type"] == "extra_forbidden" else str(error["msg"]).removeprefix("Value error, ")
    )
    return _named(path, environ, keys, reason)


def _named(path: Path | None, environ: Mapping[str, str], keys: Sequence[str], reason: str) -> Problem:
    """Name the place of a setting: the environment where it comes from there, else the file."""
    variable = PREFIX + "__".join(keys).upper()
    if path is None or variable in {name.upper() for name in environ}:
        return Problem("environment", 0, variable, reason)
    return Problem(str(path), 0, ".".join(keys), reason)
