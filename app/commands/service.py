"""`quanyan serve`, `init` and `check-config`."""

from datetime import timedelta
from typing import Annotated, Literal

import typer

from app.alert_rules import SHIPPED, load_book
from app.channels import load_channels
from app.clock import SystemClock, wall_now
from app.commands.common import Config
from app.commands.running import few_heaps, hold_collector, run_until_signalled
from app.duty import load_plan
from app.heartbeat import open_heartbeat
from app.logs import configure
from app.settings import Settings, load, secret
from app.stores import influx_options, open_operational
from app.targets import load_targets

Only = Literal["ingest", "engine", "api"]


def serve(
    config: Config = None,
    only: Annotated[Only | None, typer.Option(help="Run one process of three; needs InfluxDB.")] = None,
) -> None:
    """Run the service against the configured broker and stores, until SIGTERM or Ctrl-C.

    By default in one process. SIGHUP reads rules, chains and channels again (with `--only`: sent to the engine).
    """
    hold_collector()
    few_heaps()
    settings = load(config)
    configure(settings.log.level, settings.log.format)
    if only is None:
        from app.wiring import build  # late: the other commands start without the web framework

        system = build(settings, SystemClock(), wall_now)
        run_until_signalled(
            system.lifecycle, system.health.dead, system.reloading.on_signal, lambda: system.engine.beginning.over
        )
    else:
        from app.apart.processes import BUILDERS

        process = BUILDERS[only](settings, (SystemClock(), wall_now))
        run_until_signalled(process.lifecycle, process.health.dead, process.on_hangup, process.settled)


def init(config: Config = None) -> None:
    """Make the stores ready: migrate the operational database, make the bucket with its retention. Repeatable."""
    settings = load(config)
    open_operational(settings).close()
    typer.echo(f"operational data: {settings.operational_url()} is migrated")
    if settings.telemetry.kind == "influx":
        from store.telemetry.influx_setup import ensure_bucket  # late: only where InfluxDB is used

        done = ensure_bucket(influx_options(settings), timedelta(days=settings.telemetry.retention_days))
        typer.echo(f"telemetry: {done} at {settings.telemetry.url}")
    else:
        typer.echo(f"telemetry: DuckDB makes {settings.under_data(settings.telemetry.path)} at the first start")


def check_config(config: Config = None) -> None:
    """Check settings, secrets, targets, rules, channels, chains; nothing is started. Exit code 2 names each mistake."""
    settings = load(config)
    _check_secrets(settings)
    targets = load_targets(settings.targets_file, settings.city.place)
    rules = load_book(settings.rules_folder or SHIPPED).rules
    channels = load_channels(settings.channels_file, settings.city.place, wall_now)
    plan = load_plan(settings.duty_file, channels.contacts)
    open_heartbeat(settings, dict)
    typer.echo(f"settings are right; {len(targets)} targets of the plan, {len(rules)} alert rules")
    typer.echo(f"channels: {', '.join(channels.contacts)}; chains of escalation: {', '.join(plan.chains)}")
    typer.echo(settings.model_dump_json(indent=2))


def _check_secrets(settings: Settings) -> None:
    secret(settings.mqtt.password, settings.mqtt.password_file, "mqtt.password")
    secret(settings.operational.password, settings.operational.password_file, "operational.password")
    if settings.telemetry.kind == "influx":
        influx_options(settings)
