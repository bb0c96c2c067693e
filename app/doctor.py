"""What is wrong with an installation, and how to mend it: `quanyan doctor`. It may run beside the service."""

import os
import platform
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from app.alert_rules import SHIPPED, load_book
from app.channels import load_channels
from app.clock import wall_now
from app.doctor_finding import Finding, Level
from app.doctor_retention import look as look_at_retention
from app.duty import load_plan
from app.heartbeat import open_heartbeat
from app.settings import Settings
from app.stores import influx_options, mqtt_options, operational_place
from app.targets import load_targets
from domain.errors import ConfigError, QuanyanError
from domain.native import COMPILED
from ingest.broker_probe import TRIED, BrokerFound, probe

Found = Iterator[Finding]
_SPARE: Final = 2**30
"""Bytes that must be free beside what the journal may still take."""
_SKEW_S: Final = (2.0, 60.0)
"""From here on the clock is told of; from there on it is wrong: readings of the future go to the quarantine."""
_OPEN: Final = 0o077
_FLIGHT: Final = 100
_SAVED_S: Final = 300
_QUEUE: Final = 100_000
"""So many messages a broker should keep for Quanyan while it is away (our choice; `config/` has a million)."""


def examine(settings: Settings, broker_file: Path | None = None) -> Iterator[Finding]:
    """Yield everything that is found. A check that cannot be made is a finding, never an exception."""
    checks: dict[str, Callable[[], Found]] = {
        "versions": _versions,
        "files": lambda: _files(settings),
        "permissions": lambda: _permissions(settings),
        "disk": lambda: _disk(settings),
        "broker": lambda: _broker(settings, broker_file),
        "telemetry": lambda: _telemetry(settings),
        "retention": lambda: look_at_retention(settings),
        "database": lambda: _database(settings),
    }
    for part, check in checks.items():
        try:
            yield from check()
        except ConfigError as error:
            for problem in error.problems:
                yield Finding(part, Level.WRONG, str(problem), "correct the setting or the file that it names")
        except QuanyanError as error:
            yield Finding(part, Level.WRONG, str(error), "is it up, and is the address right?")
        except OSError as error:
            said = f"{error.filename}: {error.strerror}" if error.filename is not None else str(error)
            yield Finding(part, Level.WRONG, said, "is the path right, and may this user use it?")


def _versions() -> Found:
    said = f"quanyan {version('quanyan')}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield Finding("versions", Level.OK, said)
    if not COMPILED:
        mend = "`make install` where Cargo and a C compiler are"
        yield Finding("versions", Level.WARN, "without the compiled hot path: readings cost twice the time", mend)


def _files(settings: Settings) -> Found:
    place = settings.city.place
    targets = load_targets(settings.targets_file, place)
    rules = load_book(settings.rules_folder or SHIPPED)
    channels = load_channels(settings.channels_file, place, wall_now)
    plan = load_plan(settings.duty_file, channels.contacts)
    beats = open_heartbeat(settings, dict) is not None
    counts = {"targets": targets, "rules": rules.rules, "chains": plan.chains, "channels": channels.channels}
    said = ", ".join(f"{len(items)} {name}" for name, items in counts.items())
    yield Finding("files", Level.OK, said)
    if set(channels.contacts) == {"log"}:
        mend = "name a channels_file with a channel that people see (docs/channels.md)"
        yield Finding("files", Level.WARN, "alerts are told to the log alone", mend)
    if not beats:
        mend = "set [heartbeat] to a service outside (docs/operations.md)"
        yield Finding("files", Level.WARN, "nobody is told when this machine is gone", mend)


def _permissions(settings: Settings) -> Found:
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:  # raises when it may not be written
        file.write(b"x")
        file.flush()
        os.fsync(file.fileno())
    yield Finding("permissions", Level.OK, f"{folder} can be written, and fsync works")
    secrets = (
        *(settings.mqtt.password_file, settings.operational.password_file, settings.telemetry.token_file),
        *(settings.mqtt.key_file, settings.heartbeat.url_file),
    )
    for path in (p for p in secrets if p is not None and p.exists()):
        if path.stat().st_mode & _OPEN:
            yield Finding("permissions", Level.WARN, f"{path} can be read by others", f"chmod 600 {path}")


def _disk(settings: Settings) -> Found:
    journal = settings.under_data(settings.journal.folder)
    held = sum(f.stat().st_size for f in journal.glob("*") if f.is_file()) if journal.is_dir() else 0
    free, wanted = shutil.disk_usage(settings.data_dir).free, max(0, settings.journal.cap_bytes - held)
    cap = _size(settings.journal.cap_bytes)
    said = f"{_size(free)} free in {settings.data_dir}; the journal holds {_size(held)} of {cap}"
    if free < _SPARE:
        yield Finding("disk", Level.WRONG, said, "make room: without it nothing is acknowledged")
    elif free < wanted + _SPARE:
        yield Finding(
            "disk", Level.WARN, said, "the disk is full before the cap: make room, or lower journal.cap_bytes"
        )
    else:
        yield Finding("disk", Level.OK, said)


# -- broker -----------------------------------------------------------------------------------------------------------


def _broker(settings: Settings, file: Path | None) -> Found:
    options = mqtt_options(settings)
    where = f"mqtt://{options.host}:{options.port}"
    found = probe(options)
    if found.refused is not None:
        yield Finding(
            "broker", Level.WRONG, f"{where}: {found.refused}", "is it up; are address, user and password right?"
        )
        return
    yield Finding("broker", Level.OK, f"{where} answers")
    yield from _broker_limits(settings, found)
    yield from _queue(found, checked=file is not None)
    if options.protocol == "3.1.1":
        mend = 'set mqtt.protocol = "5" if the broker speaks it'
        yield Finding("broker", Level.WARN, "MQTT 3.1.1: only the broker bounds what is in flight", mend)
    if file is not None:
        yield from mosquitto_file(file)


def _broker_limits(settings: Settings, found: BrokerFound) -> Found:
    if found.not_granted:
        mend = "let the account read city/v1/# with QoS 1 (config/mosquitto.acl)"
        yield Finding("broker", Level.WRONG, f"may not read {', '.join(found.not_granted)}", mend)
    if found.max_qos < 1:
        yield Finding("broker", Level.WRONG, "the broker allows QoS 0 only", "max_qos must be 1 or more")
    size = settings.ingest.max_payload_bytes
    if found.max_packet is not None and found.max_packet <= size:
        mend = f"max_packet_size above {size}, so that what is too large is quarantined and not cut off"
        yield Finding("broker", Level.WARN, f"packets above {found.max_packet} bytes are refused", mend)
    if found.session_expiry is not None:
        mend = "persistent_client_expiration of at least mqtt.session_expiry_s"
        yield Finding("broker", Level.WARN, f"sessions are kept for {found.session_expiry} s only", mend)


def _queue(found: BrokerFound, *, checked: bool) -> Found:
    if found.kept is None:
        if not checked:
            mend = "give its configuration: quanyan doctor --broker-config mosquitto.conf"
            said = "this account may not publish, so what is kept for an absent session could not be tried"
            yield Finding("broker", Level.OK, said, mend)
    elif found.kept < TRIED:
        said = f"of {TRIED} messages {found.kept} were kept for an absent session: the others are lost in an outage"
        yield Finding("broker", Level.WRONG, said, f"max_queued_messages of at least {_QUEUE} (docs/operations.md)")
    else:
        yield Finding("broker", Level.OK, f"kept all of {TRIED} messages for an absent session")


def mosquitto_file(path: Path) -> Found:
    """Judge the configuration of a Mosquitto. Raises `OSError`."""
    text = path.read_text(encoding="utf-8")
    values = dict(re.findall(r"^\s*([a-z_]+)\s+(\S+)", text, re.MULTILINE))

    def judged(key: str, default: str, good: Callable[[str], bool], mend: str) -> Finding:
        value = values.get(key, default)
        said = f"{path}: {key} {value}{'' if key in values else ' (default)'}"
        return Finding("broker", Level.OK, said) if good(value) else Finding("broker", Level.WRONG, said, mend)

    yield judged(
        "persistence", "false", "true".__eq__, "persistence true: else a restart of the broker loses its queues"
    )
    enough = f"0 (no limit) or {_QUEUE} and more"
    yield judged("max_queued_messages", "1000", lambda v: int(v) == 0 or int(v) >= _QUEUE, enough)
    yield judged(
        "max_inflight_messages", "20", lambda v: int(v) == 0 or int(v) >= _FLIGHT, "5000: each fsync covers them all"
    )
    yield judged("autosave_interval", "1800", lambda v: 0 < int(v) <= _SAVED_S, "60: so much is lost when it is killed")


# -- stores -----------------------------------------------------------------------------------------------------------


def _telemetry(settings: Settings) -> Found:
    kept = settings.telemetry
    if kept.kind == "duckdb":
        path = settings.under_data(kept.path)
        state = f"{_size(path.stat().st_size)}" if path.exists() else "not made yet"
        yield Finding("telemetry", Level.OK, f"DuckDB {path}: {state}")
        return
    from store.telemetry.influx_probe import look  # late: only where InfluxDB is used

    found = look(influx_options(settings))
    yield Finding("telemetry", Level.OK, f"InfluxDB {found.version} at {kept.url}")
    yield from _clock("InfluxDB", found.now)
    if found.refused is not None:
        yield Finding(
            "telemetry", Level.WRONG, f"the token is refused: {found.refused}", "is telemetry.token_file right?"
        )
    elif found.retention_s is None:
        mend = "`quanyan init` makes it, with a token that may"
        yield Finding("telemetry", Level.WRONG, f"there is no bucket {kept.bucket!r} in {kept.org!r}", mend)
    elif found.retention_s != kept.retention_days * 86400:
        said = (
            f"the bucket keeps {found.retention_s // 86400} days, the settings say {kept.retention_days} (0 = for ever)"
        )
        yield Finding("telemetry", Level.WARN, said, "`quanyan init` sets it")


def _database(settings: Settings) -> Found:
    from store.operational.probe import look  # late: SQLAlchemy is large

    url = settings.operational_url()
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        yield Finding("database", Level.WRONG, f"{url} is not there", "`quanyan init` makes it")
        return
    found = look(operational_place(settings))
    if found.form != found.newest:
        said = f"{found.server}: tables are of form {found.form or 'none'}, this release needs {found.newest}"
        yield Finding("database", Level.WRONG, said, "`quanyan init` (take a backup first)")
        return
    yield Finding("database", Level.OK, f"{found.server}, tables of form {found.form}")
    yield from _clock("PostgreSQL", found.now)
    for setting in found.unsafe:
        yield Finding("database", Level.WRONG, f"PostgreSQL: {setting}: a commit may be lost", "set it to on")
    if found.devices:
        yield Finding("database", Level.OK, f"{found.devices} devices in the register")
    else:
        mend = "`quanyan register load FILE`: without it every reading is quarantined"
        yield Finding("database", Level.WRONG, "the register is empty", mend)
    if not found.keys:
        yield Finding("database", Level.WARN, "there is no API key", "`quanyan keys create NAME --role admin`")


def _clock(who: str, theirs: datetime | None) -> Found:
    if theirs is None:
        return
    skew = (wall_now() - theirs).total_seconds()
    said = f"this clock is {skew:+.1f} s against that of {who}"
    mend = "let both machines follow one time server (chrony, systemd-timesyncd)"
    slight, wrong = _SKEW_S
    level = Level.OK if abs(skew) < slight else Level.WARN if abs(skew) < wrong else Level.WRONG
    yield Finding("clock", level, said, "" if level is Level.OK else mend)


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:  # noqa: PLR2004 - what the units mean
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"
